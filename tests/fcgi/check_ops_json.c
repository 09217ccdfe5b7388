/* Goal: JSON that a digest is made of is written in one way, and what has none is found. */
#include "tests/fcgi/check_ops.h"

#include <json-c/json.h>
#include <stdio.h>

#include "fcgi/ops/ops_json.h"
#include "fcgi/proc/text.h"

/*
 * The examples of RFC 8785 (3.2.2 to 3.2.4) as far as their
 * numbers are safe integers, and what stands on the edges.
 */
static const struct {
	const char *given, *canonical;
} written[] = {
	{"{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With"
	 " Dagesh\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
	 "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
	 "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":"
	 "\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":"
	 "\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}"},
	{"{\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\", \"literals\":[null, true,"
	 " false]}",
	 "{\"literals\":[null,true,false],\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"},
	{"{ \"b\" : { \"z\" : [ ] , \"a\" : { } } , \"a\" : [ 3, 1, 2 ] }",
	 "{\"a\":[3,1,2],\"b\":{\"a\":{},\"z\":[]}}"},
	{"[9007199254740991,-9007199254740991,0,-0]", "[9007199254740991,-9007199254740991,0,0]"},
	{"{\"10\":1,\"9\":2,\"\":3,\"aa\":4,\"a\":5}", "{\"\":3,\"10\":1,\"9\":2,\"a\":5,\"aa\":4}"},
	{"\"\\u007f\\u0008\\u0009\\u000c\\u001b\"", "\"\x7f\\b\\t\\f\\u001b\""},
};

START_TEST(json_is_written_as_rfc_8785_wants_it)
{
	for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
		struct json_object *value = json_tokener_parse(written[i].given);
		struct text text = {.bytes = NULL};
		struct canon json;

		ck_assert_ptr_null(ops_json_unsafe(value));
		canon_start(&json, text_put, &text);
		ops_json_write(&json, value);
		ck_assert(canon_done(&json));
		ck_assert_str_eq(text.bytes, written[i].canonical);
		text_free(&text);
		json_object_put(value);
	}
}
END_TEST

START_TEST(a_number_that_readers_may_differ_about_is_found_at_any_depth)
{
	static const char *const unsafe[] = {"0.5", "1.0", "1e2", "9007199254740992", "-9007199254740992",
					     "99999999999999999999"};

	for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++) {
		char given[128];
		struct text text = {.bytes = NULL};
		struct canon json;

		snprintf(given, sizeof given, "{\"a\":1,\"b\":[{},{\"c\":[null,%s]}]}", unsafe[i]);
		struct json_object *value = json_tokener_parse(given);
		ck_assert_msg(ops_json_unsafe(value) != NULL, "%s", unsafe[i]);
		canon_start(&json, text_put, &text);
		ops_json_write(&json, value);
		ck_assert(!canon_done(&json));
		text_free(&text);
		json_object_put(value);
	}
}
END_TEST

CHECK_CASE_OF(check_ops_json, "json", json_is_written_as_rfc_8785_wants_it,
	      a_number_that_readers_may_differ_about_is_found_at_any_depth)
