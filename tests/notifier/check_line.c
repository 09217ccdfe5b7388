/* Connections through the door: pipelines, cuts, leaving, a head without a body, and the end of it all. */
#include <errno.h>
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
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/visit.h"
#include "fcgi/notifier/wheel.h"
#include "fcgi/proc/log.h"
#include "tests/notifier/check_notifier.h"

#define WHO "Host: x\r\nX-Cvn-Login: viewer\r\nX-Cvn-Environments: *\r\n"
#define NOW "GET /api/events?wait=0 HTTP/1.1\r\n" WHO "X-Request-Id: "
#define PARKED "GET /api/events?wait=60&after=0000000000000005-0 HTTP/1.1\r\n" WHO "\r\n"

static struct event_base *base;
static struct hub *hub;
static struct poll *room;
static struct door *door;
static struct log quiet = {.component = "test", .least = LOG_LEVEL_ERROR};
static struct door_route routes[2];
static char directory[32];
static struct sockaddr_un address;
static int fd;
static struct text got;
static bool ended;

static int connect_one(void)
{
	int one = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(one, (struct sockaddr *)&address, sizeof(address)), 0);
	return one;
}

static void open_door(size_t guests)
{
	struct error error;
	door = door_new(base, routes, NULL, guests, &quiet);
	ck_assert(door_open_socket(door, address.sun_path, 0600, &error));
}

static void set_up(void)
{
	base = event_base_new();
	hub = hub_new(5, 64);
	room = poll_new(hub);
	routes[0] = (struct door_route){.path = "/api/events", .entrances = DOOR_NGINX,
					.parameters = poll_parameters, .handle = poll_handle, .room = room};
	strcpy(directory, "/tmp/cvn-line-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	address.sun_family = AF_UNIX;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", directory);
	open_door(4);
	got = (struct text){0};
	ended = false;
	fd = connect_one();
}

static void tear_down(void)
{
	close(fd);
	door_free(door);
	poll_free(room);
	hub_free(hub);
	event_base_free(base);
	text_free(&got);
	unlink(address.sun_path);
	rmdir(directory);
}

static void run(void)
{
	for (int i = 0; i < 20; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void say(const char *bytes)
{
	ck_assert_int_eq(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	run();
}

/* All that has come so far. */
static const char *heard(void)
{
	char bytes[4096];
	ssize_t n;
	run();
	while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		text_add(&got, bytes, (size_t)n);
	ended = !n || errno == ECONNRESET;
	return got.at ? got.at : "";
}

static size_t answers(void)
{
	size_t n = 0;
	for (const char *at = heard(); (at = strstr(at, "HTTP/1.1 ")); at++)
		n++;
	return n;
}

START_TEST(requests_in_one_piece_are_answered_one_by_one_and_in_order)
{
	say(NOW "a\r\n\r\n" NOW "b\r\n\r\n" NOW "c\r\n\r\n");
	const char *text = heard();
	ck_assert_uint_eq(answers(), 3);
	const char *a = strstr(text, "X-Request-Id: a\r\n"), *b = strstr(text, "X-Request-Id: b\r\n");
	ck_assert(a && b && a < b && strstr(b, "X-Request-Id: c\r\n"));
	ck_assert(!ended);
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte)
{
	static const char request[] = NOW "slow\r\n\r\n";
	for (size_t i = 0; i < strlen(request); i++) {
		ck_assert_uint_eq(answers(), 0);
		say((char[]){request[i], '\0'});
	}
	ck_assert_ptr_nonnull(strstr(heard(), "X-Request-Id: slow\r\n"));
}
END_TEST

START_TEST(what_follows_a_parked_request_waits_its_turn)
{
	say(PARKED NOW "next\r\n\r\n");
	ck_assert_uint_eq(answers(), 0);
	ck_assert_uint_eq(hub_waiting(hub), 1);
	hub_emit(hub, &(struct event){.type = EVENT_FREEZE_WINDOW, .environment = "paper"});
	hub_wake(hub);
	ck_assert_uint_eq(answers(), 2);
	ck_assert(strstr(got.at, "freeze_window") < strstr(got.at, "X-Request-Id: next\r\n"));
}
END_TEST

START_TEST(one_event_reaches_all_who_wait_once)
{
	int others[3];
	say(PARKED);
	for (int i = 0; i < 3; i++) {
		others[i] = connect_one();
		ck_assert_int_gt(write(others[i], PARKED, strlen(PARKED)), 0);
	}
	run();
	ck_assert_uint_eq(hub_waiting(hub), 4);
	hub_emit(hub, &(struct event){.type = EVENT_FREEZE_WINDOW, .environment = "paper"});
	hub_wake(hub);
	hub_wake(hub);
	run();
	for (int i = 0; i < 3; i++) {
		close(fd);
		fd = others[i];
		text_clear(&got);
		ck_assert_uint_eq(answers(), 1);
		ck_assert_ptr_nonnull(strstr(got.at, "freeze_window"));
	}
}
END_TEST

enum { MANY = 200 };

/* Reads what was said to a caller: it was told something. */
static bool told(int caller)
{
	char bytes[4096];
	bool any = false;
	while (recv(caller, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		any = true;
	return any;
}

/* From the latest event on. */
static void ask_again(int caller)
{
	char cursor[HUB_CURSOR], request[256];
	hub_cursor(hub, hub_last(hub), cursor);
	int n = snprintf(request, sizeof(request), "GET /api/events?wait=60&after=%s HTTP/1.1\r\n" WHO "\r\n",
			 cursor);
	ck_assert_int_eq(write(caller, request, (size_t)n), n);
}

/* All of them ask, wait, and are told; then one of them asks: is it read at once? */
static bool is_read_at_once(const int *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ask_again(all[i]);
	while (hub_waiting(hub) < n)
		event_base_loop(base, EVLOOP_ONCE);
	hub_emit(hub, &(struct event){.type = EVENT_FREEZE_WINDOW, .environment = "paper"});
	hub_wake(hub);
	run();
	for (size_t i = 0; i < n; i++)
		ck_assert(told(all[i]));
	ask_again(all[0]);
	run();
	bool at_once = hub_waiting(hub) == 1;
	while (!hub_waiting(hub))
		event_base_loop(base, EVLOOP_ONCE);
	hub_emit(hub, &(struct event){.type = EVENT_FREEZE_WINDOW, .environment = "paper"});
	hub_wake(hub);
	run();
	ck_assert(told(all[0]));
	return at_once;
}

START_TEST(who_was_told_is_read_at_once_however_many_were)
{
	int all[MANY];
	door_free(door);
	open_door(MANY);
	for (size_t i = 0; i < MANY; i++)
		all[i] = connect_one();
	ck_assert(is_read_at_once(all, MANY));
	for (size_t i = 0; i < MANY; i++)
		close(all[i]);
}
END_TEST

START_TEST(who_leaves_is_forgotten_and_who_comes_too_many_is_told)
{
	int others[4];
	say(PARKED);
	ck_assert_uint_eq(hub_waiting(hub), 1);
	for (int i = 0; i < 4; i++)
		others[i] = connect_one();
	run();
	close(fd);
	fd = others[3];
	run();
	ck_assert_uint_eq(hub_waiting(hub), 0);
	int fifth = connect_one();
	run();
	say(NOW "full\r\n\r\n");
	ck_assert_ptr_nonnull(strstr(heard(), "HTTP/1.1 503 "));
	ck_assert_ptr_nonnull(strstr(got.at, "Retry-After: 1\r\n"));
	for (int i = 0; i < 3; i++)
		close(others[i]);
	close(fifth);
	run();
	say(NOW "room\r\n\r\n");
	ck_assert_ptr_nonnull(strstr(heard(), "HTTP/1.1 200 OK\r\n"));
}
END_TEST

static const struct {
	const char *request, *status;
	bool ends;
} refusals[] = {
	{"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n", "401 ", false},
	{"GET /api/nowhere HTTP/1.1\r\n" WHO "\r\n", "404 ", false},
	{"POST /api/events HTTP/1.1\r\n" WHO "Content-Length: 2\r\n\r\n{}", "405 ", true},
	{"GET /api/events?environment=Not%20One HTTP/1.1\r\n" WHO "\r\n", "400 ", false},
	{"GET /api/events?environment=a,b HTTP/1.1\r\n" WHO "\r\n", "400 ", false},
	{"GET /api/events HTTP/1.1\r\nHost: x\r\nX-Cvn-Login: v\r\nX-Cvn-Login: w\r\n\r\n", "400 ", true},
	{"nonsense\r\n", "400 ", true},
};

START_TEST(a_refusal_is_a_problem_and_a_body_nobody_wants_ends_the_line)
{
	say(refusals[_i].request);
	ck_assert_ptr_eq(strstr(heard(), "HTTP/1.1 "), got.at);
	ck_assert(!strncmp(got.at + strlen("HTTP/1.1 "), refusals[_i].status, 4));
	ck_assert_ptr_nonnull(strstr(got.at, "Content-Type: application/problem+json\r\n"));
	ck_assert_int_eq(ended, refusals[_i].ends);
	ck_assert_int_eq(strstr(got.at, "Connection: close\r\n") != NULL, ended);
}
END_TEST

START_TEST(to_head_goes_a_head)
{
	say("HEAD /api/events HTTP/1.1\r\n" WHO "\r\n" NOW "after\r\n\r\n");
	const char *end = strstr(heard(), "\r\n\r\n");
	ck_assert_ptr_nonnull(strstr(got.at, "HTTP/1.1 405 "));
	ck_assert_ptr_nonnull(strstr(got.at, "Allow: GET\r\n"));
	ck_assert(!strncmp(end + 4, "HTTP/1.1 200 OK\r\n", 17));
}
END_TEST

START_TEST(who_waits_when_the_door_closes_is_answered_with_the_cursor)
{
	say(PARKED);
	door_close(door);
	hub_close(hub);
	ck_assert_ptr_nonnull(strstr(heard(),
				     "{\"cursor\":\"0000000000000005-0\",\"reset\":false,\"events\":[]}"));
	ck_assert(ended);
	ck_assert(!door_empty(door));
	close(fd);
	run();
	ck_assert(door_empty(door));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ne(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
}
END_TEST

static int due;

static void on_due(struct wheel_seat *seat)
{
	(void)seat;
	due++;
}

START_TEST(a_deadline_comes_not_early_and_once_and_who_left_has_none)
{
	struct wheel *w = wheel_new(base, on_due);
	struct wheel_seat soon = {0}, later = {0}, left = {0};
	due = 0;
	wheel_sit(w, &later, 60000);
	wheel_sit(w, &left, 100);
	wheel_sit(w, &soon, 50000);
	wheel_sit(w, &soon, 100);
	wheel_leave(w, &left);
	wheel_leave(w, &left);
	event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_eq(due, 0);
	while (!due)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_eq(due, 1);
	ck_assert_ptr_null(soon.next);
	ck_assert_ptr_nonnull(later.next);
	wheel_leave(w, &later);
	wheel_free(w);
}
END_TEST

TCase *line_cases(void)
{
	TCase *t = tcase_create("line");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, requests_in_one_piece_are_answered_one_by_one_and_in_order);
	tcase_add_test(t, a_request_may_come_byte_by_byte);
	tcase_add_test(t, what_follows_a_parked_request_waits_its_turn);
	tcase_add_test(t, one_event_reaches_all_who_wait_once);
	tcase_add_test(t, who_was_told_is_read_at_once_however_many_were);
	tcase_add_test(t, who_leaves_is_forgotten_and_who_comes_too_many_is_told);
	tcase_add_loop_test(t, a_refusal_is_a_problem_and_a_body_nobody_wants_ends_the_line, 0,
			    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(t, to_head_goes_a_head);
	tcase_add_test(t, who_waits_when_the_door_closes_is_answered_with_the_cursor);
	tcase_add_test(t, a_deadline_comes_not_early_and_once_and_who_left_has_none);
	return t;
}
