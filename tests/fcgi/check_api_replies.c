/* Goal: a reply has the status of its code, and a stream its parts or a problem in their place. */
#include "tests/fcgi/check_api.h"

#include <stdint.h>
#include <string.h>

#include "fcgi/api/reply.h"
#include "fcgi/api/status.h"
#include "tests/fcgi/sent.h"

START_TEST(every_code_has_a_status_and_every_status_a_phrase)
{
	for (int code = CODE_MALFORMED; code < CODE_COUNT; code++) {
		unsigned status = status_of((enum code)code);
		ck_assert_uint_ge(status, 400);
		ck_assert(status == 500 || strcmp(status_phrase(status), status_phrase(500)) != 0);
	}
	ck_assert_uint_eq(status_of(CODE_OK), 200);
}
END_TEST

static bool next_of_three(void *arg, struct text *part)
{
	int *given = arg;

	if (*given > 0) /* an empty part is no end */
		text_add(part, "more\n");
	return ++*given < 3;
}

START_TEST(a_stream_has_its_parts_in_order_and_no_length)
{
	for (int head = 0; head <= 1; head++) {
		struct sent sent;
		int given = 0;
		struct reply reply = {.type = "text/csv", .stream = {.next = next_of_three, .arg = &given}};

		sent_begin(&sent, head ? "HEAD" : "GET", "/api/history");
		text_add(&reply.body, "first\n");
		ck_assert(reply_write(&reply, &sent.transport, "r1", !head));
		ck_assert_ptr_nonnull(strstr(sent.memory.reply.bytes, "\r\nContent-Type: text/csv\r\n"));
		ck_assert_ptr_null(strstr(sent.memory.reply.bytes, "Content-Length"));
		ck_assert_str_eq(strstr(sent.memory.reply.bytes, "\r\n\r\n"),
				 head ? "\r\n\r\n" : "\r\n\r\nfirst\nmore\nmore\n");
		reply_free(&reply);
		text_free(&sent.memory.reply);
	}
}
END_TEST

START_TEST(a_stream_that_is_refused_is_a_problem)
{
	struct sent sent;
	int given = 0;
	struct reply reply = {.type = "text/csv", .stream = {.next = next_of_three, .arg = &given}};

	sent_begin(&sent, "GET", "/api/history");
	text_add(&reply.body, "first\n");
	reply_problem(&reply, CODE_UNAVAILABLE, "r1");
	ck_assert(reply_write(&reply, &sent.transport, "r1", true));
	sent_expect_problem(&sent.memory.reply, 503, "unavailable");
	ck_assert_int_eq(given, 0);
	reply_free(&reply);
	text_free(&sent.memory.reply);
}
END_TEST

struct noted {
	const struct log_held *held;
	size_t n; /* bytes that were held when the answer was written */
};

static bool note_held(void *arg, const char *bytes, size_t n)
{
	struct noted *noted = arg;

	(void)bytes;
	(void)n;
	noted->n = noted->held->n;
	return true;
}

START_TEST(what_was_written_is_in_the_log_before_it_is_answered)
{
	static const struct {
		const char *method;
		bool held;
	} cases[] = {{"GET", true}, {"HEAD", true}, {"POST", false}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct log_held held = {.n = 0};
		struct noted noted = {.held = &held};
		struct sent sent;

		log_line(&(struct log){.component = "check_api", .held = &held}, LOG_LEVEL_INFO, "event",
			 NULL);
		ck_assert_uint_gt(held.n, 0);
		noted.n = SIZE_MAX;
		sent_begin(&sent, cases[i].method, "/api/config/paper");
		sent.held = &held;
		sent.transport.write = note_held;
		sent.transport.arg = &noted;
		sent_serve(&sent);
		ck_assert_uint_ne(noted.n, SIZE_MAX);
		ck_assert_msg((noted.n > 0) == cases[i].held, "%s", cases[i].method);
	}
}
END_TEST

CHECK_CASE_OF(check_api_replies, "replies", every_code_has_a_status_and_every_status_a_phrase,
	      a_stream_has_its_parts_in_order_and_no_length, a_stream_that_is_refused_is_a_problem,
	      what_was_written_is_in_the_log_before_it_is_answered)
