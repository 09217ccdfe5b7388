/* Goal: what is sent is encoded, what is shown lines up and cannot move a terminal's cursor. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/change.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/path.h"
#include "fcgi/ctl/problem.h"
#include "fcgi/ctl/table.h"
#include "tests/ctl/check_ctl.h"

static const char *const heads[] = {"NAME", "EMPTY", "VALUE", "NOTE"};

START_TEST(columns_line_up_and_a_column_without_text_is_left_out)
{
	struct table *table = table_new(heads, 4);
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	table_row(table, (const char *const[]){"CVN_A", "", "0.5", ""});
	table_row(table, (const char *const[]){"CVN_LONGER", "", "1", "late"});
	table_row(table, (const char *const[]){"CVN_\xc3\xa9", "", "12345678", ""});
	table_print(table, f, 2);
	fclose(f);
	ck_assert_str_eq(text, "  NAME        VALUE     NOTE\n"
			       "  CVN_A       0.5\n"
			       "  CVN_LONGER  1         late\n"
			       "  CVN_\xc3\xa9       12345678\n");
	free(text);
	table_free(table);
	table_free(NULL);
}
END_TEST

START_TEST(many_rows_are_all_kept)
{
	struct table *table = table_new(heads, 4);

	for (int i = 0; i < 1000; i++)
		table_row(table, (const char *const[]){"a", "b", "c", "d"});
	ck_assert_uint_eq(table_count(table), 1000);
	table_free(table);
}
END_TEST

static const struct {
	const char *text, *shown;
} shown[] = {
	{"plain", "plain"},
	{"a\x1b[2Jb", "a?[2Jb"},
	{"a\x7f\n", "a??"},
	{"\xc2\x9b" "31m", "?31m"},
	{"\xc2\xa0\xe2\x82\xac", "\xc2\xa0\xe2\x82\xac"},
};

START_TEST(control_characters_are_not_printed)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	table_text(shown[_i].text, f);
	fclose(f);
	ck_assert_str_eq(text, shown[_i].shown);
	free(text);
}
END_TEST

START_TEST(every_part_of_a_target_is_encoded)
{
	char *path = path_make("config", "a/b?c#d", "..", "A.B~", NULL);

	path = path_with(path, "none", NULL);
	path = path_with(path, "after", "1&x=\xc3\xa9");
	path = path_with(path, "wait", "25");
	ck_assert_str_eq(path, "/api/config/a%2Fb%3Fc%23d/%2E%2E/A.B~?after=1%26x%3D%C3%A9&wait=25");
	free(path);
}
END_TEST

START_TEST(words_become_changes)
{
	const char *words[] = {"paper", "A=1", "B=", "C-", "D=x=y", "E=z-"};
	const struct args args = {.operands = words, .n = 6};
	struct json_object *changes = change_parse(&(struct ctl){.args = &args, .err = stderr});

	ck_assert_str_eq(json_object_to_json_string_ext(changes, JSON_C_TO_STRING_PLAIN),
			 "{\"A\":\"1\",\"B\":\"\",\"C\":null,\"D\":\"x=y\",\"E\":\"z-\"}");
	json_object_put(changes);
}
END_TEST

START_TEST(one_change_may_be_a_name_and_a_value)
{
	const char *words[] = {"paper", "CVN_A", "0.7"};
	const struct args args = {.operands = words, .n = 3};
	struct json_object *changes = change_parse(&(struct ctl){.args = &args, .err = stderr});

	ck_assert_str_eq(json_object_to_json_string_ext(changes, JSON_C_TO_STRING_PLAIN),
			 "{\"CVN_A\":\"0.7\"}");
	json_object_put(changes);
}
END_TEST

static const struct {
	const char *words[3], *said;
} bad_changes[] = {
	{{"paper", "A", "B=1"}, "'A' is neither NAME=VALUE nor NAME-"},
	{{"paper", "CVN_A", "CVN_B=1"}, "'CVN_A' is neither NAME=VALUE nor NAME-"},
	{{"paper", "CVN_A", "CVN_B-"}, "'CVN_A' is neither"},
	{{"paper", "CVN_A", ""}, "'CVN_A' is neither"},
	{{"paper", "cvn_a", "1"}, "'cvn_a' is neither"},
	{{"paper", "B=1", "=1"}, "'=1' is neither"},
	{{"paper", "-", "B=1"}, "'-' is neither"},
	{{"paper", "", "B=1"}, "'' is neither"},
	{{"paper", "B=1", "B=2"}, "B is given twice"},
	{{"paper", "B-", "B=2"}, "B is given twice"},
};

START_TEST(words_that_are_no_changes_are_refused)
{
	const char *words[] = {bad_changes[_i].words[0], bad_changes[_i].words[1], bad_changes[_i].words[2]};
	const struct args args = {.operands = words, .n = 3};
	char said[256] = "";
	FILE *err = fmemopen(said, sizeof said, "w");

	ck_assert_ptr_null(change_parse(&(struct ctl){.args = &args, .err = err}));
	fclose(err);
	ck_assert_msg(strstr(said, bad_changes[_i].said) != NULL, "%s", said);
}
END_TEST

static const struct {
	long status, retry_after_s;
	const char *body, *text;
} problems[] = {
	{422, 0,
	  "{\"title\":\"the values are not valid\",\"status\":422,\"code\":\"invalid\",\"detail\":\"1 of 1\","
	  "\"instance\":\"r1\",\"errors\":[{\"name\":\"CVN_A\",\"code\":\"above_maximum\","
	  "\"detail\":\"1.5 is above 1\"}]}",
	  "cvnctl: the values are not valid (422 invalid)\n"
	  "  1 of 1\n"
	  "  REFUSED  CODE           WHY\n"
	  "  CVN_A    above_maximum  1.5 is above 1\n"
	  "  where: PUT /api/x\n"
	  "  next: correct what is listed; nothing was written\n"
	  "  request: r1\n"},
	{422, 0,
	  "{\"title\":\"t\",\"code\":\"invalid\",\"instance\":\"r1\","
	  "\"errors\":[{\"name\":\"CVN_A\",\"environment\":\"live\",\"code\":\"c\",\"detail\":\"d\"}]}",
	  "cvnctl: t (422 invalid)\n"
	  "  REFUSED  ENVIRONMENT  CODE  WHY\n"
	  "  CVN_A    live         c     d\n"
	  "  where: PUT /api/x\n"
	  "  next: correct what is listed; nothing was written\n"
	  "  request: r1\n"},
	{412, 0,
	  "{\"title\":\"the configuration has moved on\",\"code\":\"stale\",\"current_version\":13,"
	  "\"instance\":\"r2\",\"diff\":[{\"name\":\"CVN_A\",\"old\":\"0.7\",\"new\":\"0.8\"}]}",
	  "cvnctl: the configuration has moved on (412 stale)\n"
	  "  PARAMETER  OLD  NEW\n"
	  "  CVN_A      0.7  0.8\n"
	  "  where: PUT /api/x\n"
	  "  next: version 13 was saved meanwhile; if this is still what you want,"
	  " repeat with --if-version 13\n"
	  "  request: r2\n"},
	{409, 90, "{\"title\":\"a freeze window is in force\",\"code\":\"frozen\",\"instance\":\"r3\"}",
	  "cvnctl: a freeze window is in force (409 frozen)\n"
	  "  not before 90 s from now\n"
	  "  where: PUT /api/x\n"
	  "  next: wait for the end of the freeze window; cvnctl freeze list shows it\n"
	  "  request: r3\n"},
	{502, 0, "<html>Bad Gateway</html>",
	  "cvnctl: the server refused, without a reason (502)\n"
	  "  where: PUT /api/x\n"
	  "  request: ours\n"},
	{418, 0, "{\"title\":\"a\\u001b[2J\",\"detail\":\"a\\u001b[2J\",\"code\":7,\"errors\":\"none\","
		 "\"instance\":null}",
	  "cvnctl: a?[2J (418 7)\n"
	  "  where: PUT /api/x\n"
	  "  request: ours\n"},
};

START_TEST(a_refusal_is_shown_whole)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	struct reply reply = {.status = problems[_i].status,
			      .retry_after_s = problems[_i].retry_after_s,
			      .request_id = "ours",
			      .json = json_tokener_parse(problems[_i].body)};

	problem_print(&(struct request){.method = "PUT", .path = "/api/x"}, &reply, NULL, f);
	fclose(f);
	ck_assert_str_eq(text, problems[_i].text);
	json_object_put(reply.json);
	free(text);
}
END_TEST

TCase *check_text(void)
{
	TCase *tcase = tcase_create("text");

	tcase_add_test(tcase, columns_line_up_and_a_column_without_text_is_left_out);
	tcase_add_test(tcase, many_rows_are_all_kept);
	tcase_add_loop_test(tcase, control_characters_are_not_printed, 0, sizeof shown / sizeof shown[0]);
	tcase_add_test(tcase, every_part_of_a_target_is_encoded);
	tcase_add_test(tcase, words_become_changes);
	tcase_add_test(tcase, one_change_may_be_a_name_and_a_value);
	tcase_add_loop_test(tcase, words_that_are_no_changes_are_refused, 0,
			    sizeof bad_changes / sizeof bad_changes[0]);
	tcase_add_loop_test(tcase, a_refusal_is_shown_whole, 0, sizeof problems / sizeof problems[0]);
	return tcase;
}
