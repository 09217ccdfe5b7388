/* Goal: the command line is read by the tables alone, and what is wrong with it is said in one line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/help.h"
#include "tests/ctl/check_ctl.h"

enum { WORDS = 16 };

static char *no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static char *full_environment(const char *name)
{
	static char url[] = "http://env", token[] = "env-token", login[] = "env-login", file[] = "env-file",
		    token_file[] = "env-token-file";
	static const struct {
		const char *name;
		char *value;
	} rows[] = {
		{"CVN_URL", url}, {"CVN_TOKEN", token}, {"CVN_LOGIN", login}, {"CVN_PASSWORD_FILE", file},
		{"CVN_TOKEN_FILE", token_file}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].value;
	}
	return NULL;
}

/* Parses a line split at blanks; what was said on err goes into text. The words live in line. */
static bool parse(struct args *args, char *line, char *(*env)(const char *), char *text, size_t size)
{
	char *argv[WORDS] = {line}, *rest = line;
	int argc = 0;

	for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL && argc < WORDS;)
		argv[argc++] = word;
	memset(text, 0, size);
	FILE *err = fmemopen(text, size, "w");
	bool good = args_parse(args, argc, argv, env, err);
	fclose(err);
	return good;
}

static const struct {
	const char *line, *said;
} wrong[] = {
	{"cvnctl", "a command is missing"},
	{"cvnctl config", "there is no command 'config'"},
	{"cvnctl config steal paper", "there is no command 'config steal'"},
	{"cvnctl config get", "it takes ENV [NAME], not 0 words"},
	{"cvnctl config get paper A B", "it takes ENV [NAME], not 3 words"},
	{"cvnctl config set paper", "it takes ENV NAME=VALUE..., not 1 words"},
	{"cvnctl config set paper A=1", "it needs --reason"},
	{"cvnctl config promote live --reason x", "it needs --from"},
	{"cvnctl watch paper live", "it takes [ENV], not 2 words"},
	{"cvnctl change list 42", "it takes nothing, not 1 words"},
	{"cvnctl worker list --reason x", "it takes no --reason"},
	{"cvnctl config get paper --if-version 3", "it takes no --if-version"},
	{"cvnctl config diff paper --version", "--version needs N"},
	{"cvnctl config diff paper --version x", "--version takes a number from 1, not 'x'"},
	{"cvnctl config export paper -o", "--output needs FILE"},
	{"cvnctl config get paper --frobnicate", "there is no option --frobnicate"},
	{"cvnctl config get paper --jso", "there is no option --jso"},
	{"cvnctl config get paper -x", "there is no option -x"},
	{"cvnctl config get paper --json=yes", "--json takes no value"},
	{"cvnctl config get paper --url", "--url needs URL"},
	{"cvnctl watch --count 0", "--count takes a number from 1, not '0'"},
	{"cvnctl watch --count -1", "--count takes a number from 1, not '-1'"},
	{"cvnctl watch --count 1x", "--count takes a number from 1, not '1x'"},
	{"cvnctl watch --count=", "--count takes a number from 1, not ''"},
	{"cvnctl config set paper A=1 --if-version 99999999999999999999",
	 "--if-version takes a number from 1"},
	{"cvnctl watch --login me", "--login needs --password-file"},
	{"cvnctl watch --login me --password-file f --token t",
	 "give one of --token, --token-file and --login"},
	{"cvnctl watch --token-file f --token t", "give one of --token, --token-file and --login"},
};

START_TEST(a_wrong_line_is_refused_with_its_reason)
{
	struct args args;
	char line[128], said[512];

	snprintf(line, sizeof line, "%s", wrong[_i].line);
	ck_assert_msg(!parse(&args, line, no_environment, said, sizeof said), "accepted: %s", wrong[_i].line);
	ck_assert_msg(strstr(said, wrong[_i].said) != NULL, "%s: %s", wrong[_i].line, said);
	ck_assert_int_eq(strncmp(said, "cvnctl: ", 8), 0);
	ck_assert_ptr_nonnull(strstr(said, "\n  where: the command line of cvnctl"));
	ck_assert_ptr_nonnull(strstr(said, "\n  next: cvnctl "));
	args_free(&args);
}
END_TEST

START_TEST(options_stand_anywhere_and_take_values_both_ways)
{
	struct args args;
	char line[] =
		"cvnctl --url=http://a config --json set paper --reason why A=1 --if-version 7 -- --B=2",
	     said[64];

	ck_assert(parse(&args, line, no_environment, said, sizeof said));
	ck_assert_str_eq(args.command->verb, "set");
	ck_assert_str_eq(args.url, "http://a");
	ck_assert_str_eq(args.reason, "why");
	ck_assert_int_eq(args.if_version, 7);
	ck_assert(args.json);
	ck_assert_uint_eq(args.n, 3);
	ck_assert_str_eq(args.operands[0], "paper");
	ck_assert_str_eq(args.operands[1], "A=1");
	ck_assert_str_eq(args.operands[2], "--B=2");
	args_free(&args);
}
END_TEST

START_TEST(a_commands_own_option_goes_before_every_commands_of_its_name)
{
	struct args args;
	char own[] = "cvnctl config diff paper --version 12 -o";
	char all[] = "cvnctl worker list --version", said[512];

	ck_assert(!parse(&args, own, no_environment, said, sizeof said)); /* of -o, which takes a value */
	ck_assert_int_eq(args.at, 12);
	ck_assert(!args.version);
	args_free(&args);
	ck_assert(parse(&args, all, no_environment, said, sizeof said));
	ck_assert(args.version);
	args_free(&args);
}
END_TEST

START_TEST(a_letter_is_its_option)
{
	struct args args;
	char line[] = "cvnctl config export paper -o out.json", said[64];

	ck_assert(parse(&args, line, no_environment, said, sizeof said));
	ck_assert_str_eq(args.output, "out.json");
	args_free(&args);
}
END_TEST

START_TEST(filters_that_were_given_are_the_query)
{
	struct args args;
	char line[] = "cvnctl history list --count 3 --since 2026-01-31T08:00:00Z --changed-by me", said[64];

	ck_assert(parse(&args, line, no_environment, said, sizeof said));
	char *path = args_filtered(&args, strdup("/api/history"));
	ck_assert_str_eq(path, "/api/history?changed_by=me&since=2026-01-31T08%3A00%3A00Z&limit=3");
	free(path);
	args_free(&args);
}
END_TEST

START_TEST(the_environment_stands_in_for_options)
{
	struct args args;
	char line[] = "cvnctl watch", said[512];

	ck_assert(parse(&args, line, full_environment, said, sizeof said));
	ck_assert_str_eq(args.url, "http://env");
	ck_assert_str_eq(args.token, "env-token");
	ck_assert_ptr_null(args.login); /* a token goes before a login */
	ck_assert_ptr_null(args.token_file);
	args_free(&args);
}
END_TEST

START_TEST(a_login_on_the_line_is_not_overruled_by_a_token_in_the_environment)
{
	struct args args;
	char line[] = "cvnctl watch --login me --url http://a", said[64];

	ck_assert(parse(&args, line, full_environment, said, sizeof said));
	ck_assert_str_eq(args.url, "http://a");
	ck_assert_str_eq(args.login, "me");
	ck_assert_str_eq(args.password_file, "env-file");
	ck_assert_ptr_null(args.token);
	args_free(&args);
}
END_TEST

START_TEST(without_an_address_it_is_the_local_console)
{
	struct args args;
	char line[] = "cvnctl worker list", said[64];

	ck_assert(parse(&args, line, no_environment, said, sizeof said));
	ck_assert_str_eq(args.url, "http://127.0.0.1:8080");
	args_free(&args);
}
END_TEST

START_TEST(a_token_cannot_carry_a_header)
{
	struct args args;
	char program[] = "cvnctl", watch[] = "watch", token[] = "--token=a\r\nX-Evil: 1", said[128] = "";
	char *argv[] = {program, watch, token};
	FILE *err = fmemopen(said, sizeof said, "w");

	ck_assert(!args_parse(&args, 3, argv, no_environment, err));
	fclose(err);
	ck_assert_ptr_nonnull(strstr(said, "a token has no blanks"));
	args_free(&args);
}
END_TEST

START_TEST(the_help_names_every_command_and_option_and_no_other)
{
	size_t commands, options, size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);
	const struct command *c = command_table(&commands);
	const struct args_option *o = args_options(&options);

	help_print(NULL, f);
	fclose(f);
	size_t lines = 0;
	for (const char *at = text; (at = strstr(at, "\n  cvnctl ")) != NULL; at++)
		lines++;
	ck_assert_uint_eq(lines, commands + 6); /* and the examples */
	for (size_t i = 0; i < commands; i++) {
		ck_assert_ptr_nonnull(strstr(text, c[i].help));
		ck_assert_ptr_nonnull(c[i].run);
	}
	for (size_t i = 0; i < options; i++)
		ck_assert_msg(strstr(text, o[i].help) != NULL, "--%s", o[i].name);
	free(text);
}
END_TEST

START_TEST(help_of_a_command_needs_no_operands)
{
	struct args args;
	char line[] = "cvnctl config set --help", bare[] = "cvnctl -h", said[64];

	ck_assert(parse(&args, line, no_environment, said, sizeof said));
	ck_assert(args.help);
	ck_assert_str_eq(args.command->verb, "set");
	args_free(&args);
	ck_assert(parse(&args, bare, no_environment, said, sizeof said));
	ck_assert_ptr_null(args.command);
	args_free(&args);
}
END_TEST

TCase *check_args(void)
{
	TCase *tcase = tcase_create("args");

	tcase_add_loop_test(tcase, a_wrong_line_is_refused_with_its_reason, 0,
			    sizeof wrong / sizeof wrong[0]);
	tcase_add_test(tcase, options_stand_anywhere_and_take_values_both_ways);
	tcase_add_test(tcase, a_commands_own_option_goes_before_every_commands_of_its_name);
	tcase_add_test(tcase, a_letter_is_its_option);
	tcase_add_test(tcase, filters_that_were_given_are_the_query);
	tcase_add_test(tcase, the_environment_stands_in_for_options);
	tcase_add_test(tcase, a_login_on_the_line_is_not_overruled_by_a_token_in_the_environment);
	tcase_add_test(tcase, without_an_address_it_is_the_local_console);
	tcase_add_test(tcase, a_token_cannot_carry_a_header);
	tcase_add_test(tcase, the_help_names_every_command_and_option_and_no_other);
	tcase_add_test(tcase, help_of_a_command_needs_no_operands);
	return tcase;
}
