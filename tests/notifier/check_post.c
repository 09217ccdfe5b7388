/* Many sends at once: each once, whole, and with its outcome, whoever of the two threads sends it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fcgi/notifier/post.h"
#include "tests/notifier/check_notifier.h"

enum { PAIRS = 300, ROUNDS = 50, LONG = 20000 };

static struct poster *poster;
static int ours[PAIRS], theirs[PAIRS];
static struct post posts[PAIRS];

static void set_up(void)
{
	poster = poster_new();
	ck_assert_ptr_nonnull(poster);
	for (int i = 0; i < PAIRS; i++) {
		int pair[2];
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		ours[i] = pair[0];
		theirs[i] = pair[1];
	}
}

static void tear_down(void)
{
	poster_free(poster);
	for (int i = 0; i < PAIRS; i++) {
		close(ours[i]);
		close(theirs[i]);
	}
}

static struct post parts_of(int i, int round, char own[8])
{
	static const char head[] = "head ", tail[] = " tail";
	int n = snprintf(own, 8, "%d/%d", i, round);
	return (struct post){.fd = ours[i], .n_parts = 3,
			     .parts = {{(char *)head, sizeof(head) - 1}, {own, (size_t)n},
				       {(char *)tail, sizeof(tail) - 1}}};
}

START_TEST(each_of_a_batch_is_sent_once_and_whole)
{
	static const size_t sizes[] = {1, 63, 64, 65, PAIRS};
	size_t n = sizes[_i];
	for (int round = 0; round < ROUNDS; round++) {
		char own[PAIRS][8], heard[64], expected[64];
		for (size_t i = 0; i < n; i++)
			posts[i] = parts_of((int)i, round, own[i]);
		poster_send(poster, posts, n);
		for (size_t i = 0; i < n; i++) {
			int length = snprintf(expected, sizeof(expected), "head %s tail", own[i]);
			ck_assert_int_eq(posts[i].sent, length);
			ck_assert_int_eq(recv(theirs[i], heard, sizeof(heard), MSG_DONTWAIT), length);
			ck_assert_mem_eq(heard, expected, (size_t)length);
		}
	}
}
END_TEST

START_TEST(what_is_long_goes_from_where_it_lies)
{
	char *bytes = calloc(1, LONG), *heard = malloc(LONG);
	bytes[LONG - 1] = 'x';
	posts[0] = (struct post){.fd = ours[0], .n_parts = 2, .parts = {{bytes, 1}, {bytes + 1, LONG - 1}}};
	poster_send(poster, posts, 1);
	ck_assert_int_eq(posts[0].sent, LONG);
	ck_assert_int_eq(recv(theirs[0], heard, LONG, MSG_DONTWAIT), LONG);
	ck_assert_mem_eq(heard, bytes, LONG);
	free(heard);
	free(bytes);
}
END_TEST

START_TEST(who_is_gone_and_who_is_full_are_told_apart_and_keep_nobody)
{
	char own[PAIRS][8], full[4096] = {0};
	close(theirs[1]);
	while (send(ours[2], full, sizeof(full), MSG_DONTWAIT) > 0)
		;
	for (int i = 0; i < PAIRS; i++)
		posts[i] = parts_of(i, 0, own[i]);
	poster_send(poster, posts, PAIRS);
	for (int i = 0; i < PAIRS; i++)
		ck_assert_int_eq(posts[i].sent, i == 1   ? -EPIPE
						: i == 2 ? -EAGAIN
							 : (ssize_t)strlen(own[i]) + 10);
	theirs[1] = -1;
}
END_TEST

TCase *post_cases(void)
{
	TCase *t = tcase_create("post");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, each_of_a_batch_is_sent_once_and_whole, 0, 5);
	tcase_add_test(t, what_is_long_goes_from_where_it_lies);
	tcase_add_test(t, who_is_gone_and_who_is_full_are_told_apart_and_keep_nobody);
	return t;
}
