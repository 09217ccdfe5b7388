/* A stream through the door: what a reader gets of more events than may be unsent at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>

#include "fcgi/notifier/door.h"
#include "fcgi/notifier/event.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/poll.h"
#include "fcgi/notifier/stream.h"
#include "fcgi/notifier/text.h"
#include "fcgi/proc/log.h"
#include "tests/notifier/check_notifier.h"

enum { ROOM = 8192, EVENTS = 8000, FRAME_LEAST = 100 };

static struct event_base *base;
static struct hub *hub;
static struct stream *rooms;
static struct door *door;
static struct log quiet = {.component = "test", .least = LOG_LEVEL_ERROR};
static struct door_route routes[2];
static char directory[] = "/tmp/cvn-stream-XXXXXX";
static struct sockaddr_un address;
static int fd;
static struct text got;

static void emit(int64_t version)
{
	hub_emit(hub, &(struct event){.type = EVENT_CONFIG_CHANGED,
				      .environment = "paper",
				      .members = {{.name = "key", .text = "CVN_X"},
						  {.name = "version", .number = version}}});
}

static void set_up(void)
{
	struct error error;
	base = event_base_new();
	hub = hub_new(5, ROOM);
	rooms = stream_new(hub, NULL);
	routes[0] = (struct door_route){.path = "/api/events", .entrances = DOOR_NGINX,
					.parameters = poll_parameters,
					.handle = stream_handle, .room = rooms};
	door = door_new(base, routes, NULL, 8, &quiet);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	address.sun_family = AF_UNIX;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", directory);
	ck_assert(door_open_socket(door, address.sun_path, 0600, &error));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
}

static void tear_down(void)
{
	close(fd);
	door_free(door);
	stream_free(rooms);
	hub_free(hub);
	event_base_free(base);
	text_free(&got);
	unlink(address.sun_path);
	rmdir(directory);
}

static void ask(void)
{
	static const char request[] = "GET /api/events HTTP/1.1\r\nHost: x\r\nX-Cvn-Login: viewer\r\n"
				      "X-Cvn-Environments: *\r\nLast-Event-ID: 0000000000000005-0\r\n\r\n";
	ck_assert_int_eq(write(fd, request, sizeof(request) - 1), sizeof(request) - 1);
}

/* The loop runs, nothing is read. */
static void run(void)
{
	for (int i = 0; i < 20; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

/* Reads while the loop runs, until there is nothing more. */
static void read_all(void)
{
	char bytes[4096];
	for (int idle = 0; idle < 20;) {
		ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (n > 0)
			text_add(&got, bytes, (size_t)n);
		idle = n > 0 ? 0 : idle + 1;
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
}

/* Each event once, in order; its last is the hub's. */
static void assert_complete(int64_t last)
{
	const char *at = got.at;
	char data[32];
	for (int64_t version = 1; version <= last; version++) {
		snprintf(data, sizeof(data), "\"version\":%lld}", (long long)version);
		at = strstr(at, "\ndata: ");
		ck_assert_msg(at, "version %lld is missing", (long long)version);
		const char *end = strchr(++at, '\n');
		ck_assert(end && end - at > (ptrdiff_t)strlen(data));
		ck_assert(!strncmp(end - strlen(data), data, strlen(data)));
	}
	ck_assert_ptr_null(strstr(at, "\ndata: "));
}

START_TEST(who_was_away_for_long_gets_all_of_it)
{
	for (int64_t version = 1; version <= EVENTS; version++)
		emit(version);
	ask();
	read_all();
	assert_complete(EVENTS);
	emit(EVENTS + 1);
	hub_wake(hub);
	read_all();
	assert_complete(EVENTS + 1);
	ck_assert_uint_eq(door_dropped(door), 0);
}
END_TEST

START_TEST(what_happens_while_a_reader_is_behind_comes_after_it)
{
	for (int64_t version = 1; version < EVENTS; version++)
		emit(version);
	ask();
	run();
	emit(EVENTS);
	hub_wake(hub);
	run();
	ck_assert_uint_eq(door_waiting(door), 1);
	read_all();
	assert_complete(EVENTS);
}
END_TEST

START_TEST(a_reader_whom_the_ring_overtook_is_told_to_reset)
{
	for (int64_t version = 1; version <= EVENTS; version++)
		emit(version);
	ask();
	run();
	for (int64_t version = 1; version <= ROOM; version++)
		emit(version);
	hub_wake(hub);
	read_all();
	ck_assert_ptr_nonnull(strstr(got.at, "event: reset\nid: 0000000000000005-16192\n"));
	ck_assert_uint_lt(got.n, EVENTS * FRAME_LEAST);
}
END_TEST

START_TEST(a_reader_that_catches_up_and_hangs_up_in_one_moment_is_gone)
{
	char bytes[4096];
	for (int64_t version = 1; version <= EVENTS; version++)
		emit(version);
	ask();
	run();
	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	shutdown(fd, SHUT_WR); /* the loop sees both at once: it may write again, and nobody is there */
	run();
	ck_assert_uint_eq(door_waiting(door), 0);
	ck_assert(door_empty(door));
}
END_TEST

TCase *stream_cases(void)
{
	TCase *t = tcase_create("stream");
	tcase_set_timeout(t, 60); /* the sanitizers search the whole text each time */
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, who_was_away_for_long_gets_all_of_it);
	tcase_add_test(t, what_happens_while_a_reader_is_behind_comes_after_it);
	tcase_add_test(t, a_reader_that_catches_up_and_hangs_up_in_one_moment_is_gone);
	tcase_add_test(t, a_reader_whom_the_ring_overtook_is_told_to_reset);
	return t;
}
