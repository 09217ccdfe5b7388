/* Heads of requests: what is read, what is refused, and that it does not matter where the bytes are cut. */
#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/http.h"
#include "tests/notifier/check_notifier.h"

#define FIRST "GET /api/events?wait=5 HTTP/1.1\r\n"
#define HOST "Host: x\r\n"

static const struct {
	const char *bytes;
	enum http_outcome outcome;
	bool keep, body;
} heads[] = {
	{FIRST HOST "\r\n", HTTP_WHOLE, true, false},
	{FIRST HOST "Connection: close\r\n\r\n", HTTP_WHOLE, false, false},
	{FIRST HOST "Connection: keep-alive, Close\r\n\r\n", HTTP_WHOLE, false, false},
	{"GET / HTTP/1.0\r\n\r\n", HTTP_WHOLE, false, false},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", HTTP_WHOLE, false, true},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", HTTP_WHOLE, true, false},
	{FIRST HOST "X-Other:\r\nX-Other: twice is nobody's business\r\n\r\n", HTTP_WHOLE, true, false},
	{FIRST HOST, HTTP_MORE, true, false},
	{"", HTTP_MORE, false, false},
	{"\r\n", HTTP_BAD, false, false},
	{FIRST "\r\n", HTTP_BAD, false, false},
	{"GET / HTTP/2.0\r\n" HOST "\r\n", HTTP_BAD, false, false},
	{"GET /a b HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD, false, false},
	{"GET http://x/ HTTP/1.1\r\n" HOST "\r\n", HTTP_WHOLE, true, false},
	{"GET http://x HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD, false, false},
	{"GET http:/x HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD, false, false},
	{"GET ftp://x/ HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD, false, false},
	{"GET\t/ HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD, false, false},
	{"GET / HTTP/1.1\n" HOST "\r\n", HTTP_BAD, false, false},
	{FIRST "Host: x\n\r\n", HTTP_BAD, false, false},
	{FIRST HOST " folded: y\r\n\r\n", HTTP_BAD, false, false},
	{FIRST HOST "Name : y\r\n\r\n", HTTP_BAD, false, false},
	{FIRST HOST ": y\r\n\r\n", HTTP_BAD, false, false},
	{FIRST HOST "no colon\r\n\r\n", HTTP_BAD, false, false},
	{FIRST HOST "X-Cvn-Login: a\001b\r\n\r\n", HTTP_BAD, false, false},
	{FIRST HOST HOST "\r\n", HTTP_BAD, false, false},
	{FIRST HOST "X-Cvn-Login: a\r\nx-cvn-login: b\r\n\r\n", HTTP_BAD, false, false},
	{FIRST HOST "Transfer-Encoding: chunked\r\n\r\n", HTTP_BAD, false, false},
	{FIRST HOST "Content-Length: -1\r\n\r\n", HTTP_BAD, false, false},
	{FIRST HOST "Content-Length:\r\n\r\n", HTTP_BAD, false, false},
	{"\026\003\001\002 a TLS hello, by mistake\r\n", HTTP_BAD, false, false},
};

START_TEST(a_head_is_read_strictly)
{
	struct http_request r;
	ck_assert_int_eq(http_read(heads[_i].bytes, strlen(heads[_i].bytes), &r), heads[_i].outcome);
	if (heads[_i].outcome != HTTP_WHOLE)
		return;
	ck_assert_int_eq(r.keep, heads[_i].keep);
	ck_assert_int_eq(r.body, heads[_i].body);
}
END_TEST

START_TEST(who_asks_as_a_proxy_is_asked_means_the_path)
{
	static const char bytes[] = "GET HTTP://x:1/api/events?wait=5 HTTP/1.1\r\n" HOST "\r\n";
	struct http_request r;
	ck_assert_int_eq(http_read(bytes, sizeof(bytes) - 1, &r), HTTP_WHOLE);
	ck_assert(http_is(r.target, "/api/events?wait=5"));
}
END_TEST

START_TEST(a_head_that_is_not_whole_wants_more_wherever_it_is_cut)
{
	static const char bytes[] = FIRST HOST "Authorization:  Bearer t \r\nlast-event-id: 7-1\r\n\r\n"
					       "GET /next";
	size_t head = strlen(bytes) - strlen("GET /next");
	struct http_request r;
	for (size_t n = 0; n < head; n++)
		ck_assert_int_eq(http_read(bytes, n, &r), HTTP_MORE);
	ck_assert_int_eq(http_read(bytes, strlen(bytes), &r), HTTP_WHOLE);
	ck_assert_uint_eq(r.head, head);
	ck_assert(http_is(r.method, "GET"));
	ck_assert(http_is(r.target, "/api/events?wait=5"));
	ck_assert(http_is(r.headers[HTTP_AUTHORIZATION], "Bearer t"));
	ck_assert(http_is(r.headers[HTTP_LAST_EVENT_ID], "7-1"));
	ck_assert_ptr_null(r.headers[HTTP_LOGIN].at);
}
END_TEST

START_TEST(a_head_that_has_no_end_is_too_long)
{
	char *bytes = malloc(HTTP_HEAD_MAX);
	struct http_request r;
	memset(bytes, 'a', HTTP_HEAD_MAX);
	memcpy(bytes, FIRST, strlen(FIRST));
	ck_assert_int_eq(http_read(bytes, HTTP_HEAD_MAX - 1, &r), HTTP_MORE);
	ck_assert_int_eq(http_read(bytes, HTTP_HEAD_MAX, &r), HTTP_TOO_LONG);
	free(bytes);
}
END_TEST

TCase *http_cases(void)
{
	TCase *t = tcase_create("http");
	tcase_add_loop_test(t, a_head_is_read_strictly, 0, sizeof(heads) / sizeof(heads[0]));
	tcase_add_test(t, who_asks_as_a_proxy_is_asked_means_the_path);
	tcase_add_test(t, a_head_that_is_not_whole_wants_more_wherever_it_is_cut);
	tcase_add_test(t, a_head_that_has_no_end_is_too_long);
	return t;
}
