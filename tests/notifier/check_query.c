/* Raw targets: split, then decoded; what is not well formed is refused. */
#include "fcgi/notifier/query.h"

#include <string.h>

#include "fcgi/notifier/poll.h"
#include "tests/notifier/check_notifier.h"

static const char *const names[] = {"environment", "after", "wait", NULL};

static const struct {
	const char *raw, *environment, *after, *wait; /* all NULL with bad: refused */
	bool bad;
} queries[] = {
	{NULL, NULL, NULL, NULL, false},
	{"", NULL, NULL, NULL, false},
	{"wait=5", NULL, NULL, "5", false},
	{"after=a-1&environment=paper&wait=0", "paper", "a-1", "0", false},
	{"environment=pa%70er", "paper", NULL, NULL, false},
	{"environment=", "", NULL, NULL, false},
	{"&wait=1&", NULL, NULL, "1", false},
	{"wait=1=2", NULL, NULL, "1=2", false},
	{"wait", NULL, NULL, NULL, true},
	{"wait=1&wait=2", NULL, NULL, NULL, true},
	{"limit=1", NULL, NULL, NULL, true},
	{"wai=1", NULL, NULL, NULL, true},
	{"waits=1", NULL, NULL, NULL, true},
	{"after=%", NULL, NULL, NULL, true},
	{"after=%4", NULL, NULL, NULL, true},
	{"after=%4g", NULL, NULL, NULL, true},
	{"after=%00", NULL, NULL, NULL, true},
	{"after=%0a", NULL, NULL, NULL, true},
	{"after=\x7f", NULL, NULL, NULL, true},
};

static void same(const char *a, const char *b)
{
	ck_assert_int_eq(a != NULL, b != NULL);
	if (a)
		ck_assert_str_eq(a, b);
}

START_TEST(a_query_is_read_by_the_names_that_are_known)
{
	struct query q;
	const char *why;
	ck_assert_int_eq(query_read(&q, queries[_i].raw, names, &why), !queries[_i].bad);
	ck_assert_int_eq(why != NULL, queries[_i].bad);
	if (queries[_i].bad)
		return;
	same(q.values[0], queries[_i].environment);
	same(q.values[1], queries[_i].after);
	same(q.values[2], queries[_i].wait);
}
END_TEST

START_TEST(a_query_that_is_too_long_is_refused)
{
	char raw[QUERY_MAX + 16] = "after=";
	struct query q;
	const char *why;
	memset(raw + 6, 'x', QUERY_MAX);
	ck_assert(!query_read(&q, raw, names, &why));
	raw[6 + QUERY_MAX - 1] = '\0';
	ck_assert(query_read(&q, raw, names, &why));
}
END_TEST

static const struct {
	const char *text;
	int seconds;
} waits[] = {
	{NULL, 25}, {"0", 0}, {"7", 7}, {"60", 60}, {"61", 60}, {"9223372036854775807", 60},
	{"", -1}, {"-1", -1}, {"+1", -1}, {" 1", -1}, {"1.5", -1}, {"0x1", -1}, {"9223372036854775808", -1},
};

START_TEST(a_wait_is_a_plain_number_of_at_most_a_minute)
{
	ck_assert_int_eq(poll_wait(waits[_i].text), waits[_i].seconds);
}
END_TEST

TCase *query_cases(void)
{
	TCase *t = tcase_create("query");
	tcase_add_loop_test(t, a_query_is_read_by_the_names_that_are_known, 0,
			    sizeof(queries) / sizeof(queries[0]));
	tcase_add_test(t, a_query_that_is_too_long_is_refused);
	tcase_add_loop_test(t, a_wait_is_a_plain_number_of_at_most_a_minute, 0,
			    sizeof(waits) / sizeof(waits[0]));
	return t;
}
