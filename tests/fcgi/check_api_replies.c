/* Goal: a reply has the status of its code, and a stream its parts or a problem in their place. */
#include "tests/fcgi/check_api.h"

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

CHECK_CASE_OF(check_api_replies, "replies", every_code_has_a_status_and_every_status_a_phrase,
	      a_stream_has_its_parts_in_order_and_no_length, a_stream_that_is_refused_is_a_problem)
