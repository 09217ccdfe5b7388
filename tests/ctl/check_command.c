/*
 * Goal: each command asks what it should, prints data on one stream and words on the other, and exits as
 * promised.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "tests/ctl/check_ctl.h"
#include "tests/ctl/twin.h"

enum { TURNS = 6, WORDS = 12 };

struct scenario {
	const char *name;
	const char *words[WORDS];
	struct twin_turn turns[TURNS];
	int exit;
	const char *out;  /* all of it */
	const char *said; /* a part of err; NULL: nothing was said */
};

#define PLAN(diff, errors, approval)                                                                         \
	"{\"environment\":\"paper\",\"base_version\":12,\"diff\":[" diff "],\"errors\":[" errors "],"        \
	"\"critical\":[\"CVN_M\"],\"needs_approval\":" approval ",\"restart_required\":[\"CVN_M\"],"         \
	"\"boundaries\":{\"CVN_A\":\"threshold\"},\"workers\":2,\"frozen\":false}"
#define ITEM_A "{\"name\":\"CVN_A\",\"old\":\"0.6\",\"new\":\"0.7\"}"
#define ITEM_M "{\"name\":\"CVN_M\",\"old\":null,\"new\":\"x\"}"
#define ERROR_A "{\"name\":\"CVN_A\",\"code\":\"above_maximum\",\"detail\":\"7 is above 1\"}"
#define SAVED "{\"version\":13,\"change_id\":42,\"diff\":[" ITEM_A "]}"
#define RUN                                                                                                  \
	"{\"run_id\":\"r-1\",\"kind\":\"paper\",\"environment\":\"dev\",\"parameter_set_hash\":\"abc\","          \
	"\"config_version\":12,\"status\":\"running\"}"
#define EVENTS(cursor, reset, events)                                                                        \
	"{\"cursor\":\"" cursor "\",\"reset\":" reset ",\"events\":[" events "]}"
#define EVENT(cursor, version)                                                                               \
	"{\"cursor\":\"" cursor                                                                              \
	"\",\"type\":\"config_changed\",\"environment\":\"paper\",\"key\":\"CVN_A\","                        \
	"\"version\":" version "}"

static const struct scenario scenarios[] = {
	{"get prints the values and says the version",
	  {"config", "get", "paper"},
	  {{"GET", "/api/config/paper", NULL, NULL, 200, "{\"version\":12,\"values\":{\"CVN_A\":\"0.6\",\"CVN_B\":null}}", 0}},
	  CTL_DONE, "PARAMETER  VALUE\nCVN_A      0.6\nCVN_B\n", "paper, version 12\n"},
	{"get of one parameter prints its value alone",
	  {"config", "get", "paper", "CVN_A"},
	  {{"GET", "/api/config/paper/CVN_A", NULL, NULL, 200, "{\"name\":\"CVN_A\",\"value\":\"0.6\"}", 0}},
	  CTL_DONE, "0.6\n", NULL},
	{"get --json prints the answer on one line",
	  {"config", "get", "paper", "--json"},
	  {{"GET", "/api/config/paper", NULL, NULL, 200, "{\"version\":12,\n\"values\":{}}\n", 0}},
	  CTL_DONE, "{\"version\":12,\"values\":{}}\n", NULL},
	{"get of what is not there is refused",
	  {"config", "get", "moon"},
	  {{"GET", "/api/config/moon", NULL, NULL, 404, "{\"title\":\"there is no such thing\",\"code\":\"not_found\"}", 0}},
	  CTL_REFUSED, "", "cvnctl: there is no such thing (404 not_found)\n  request: twin-1\n"},
	{"--json shows a refusal as it came, beside the data",
	  {"config", "get", "moon", "--json"},
	  {{"GET", "/api/config/moon", NULL, NULL, 404, "{\"code\":\"not_found\"}", 0}},
	  CTL_REFUSED, "", "{\"code\":\"not_found\"}\n"},
	{"without an answer there is no connection",
	  {"config", "get", "paper"},
	  {{"GET", "/api/config/paper", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "cvnctl: no answer from http://twin: the twin is silent\n"},
	{"a page that is not the API's is told",
	  {"config", "get", "paper"},
	  {{"GET", "/api/config/paper", NULL, NULL, 200, "<!doctype html>", 0}},
	  CTL_REFUSED, "", "is --url the console's address?"},
	{"set saves on top of the version it read",
	  {"config", "set", "paper", "CVN_A=0.7", "CVN_B-", "--reason", "why"},
	  {{"GET", "/api/config/paper", NULL, NULL, 200, "{\"version\":12,\"values\":{}}", 0},
	    {"POST", "/api/config/paper", "\"12\"", "{\"changes\":{\"CVN_A\":\"0.7\",\"CVN_B\":null},\"reason\":\"why\"}",
	      200, SAVED, 0}},
	  CTL_DONE, "PARAMETER  OLD  NEW\nCVN_A      0.6  0.7\n", "paper is at version 13 (change 42)\n"},
	{"set --if-version reads nothing first",
	  {"config", "set", "paper", "CVN_A=0.7", "--reason=why", "--if-version=9", "--json"},
	  {{"POST", "/api/config/paper", "\"9\"", NULL, 200, SAVED, 0}},
	  CTL_DONE, SAVED "\n", NULL},
	{"freeze prints the hash alone",
	  {"run", "freeze", "r-1", "paper", "dev", "--factors", "{\"A\":\"1\"}"},
	  {{"PUT", "/api/runs/r-1", NULL,
	     "{\"kind\":\"paper\",\"environment\":\"dev\",\"factors\":{\"A\":\"1\"},\"code_version\":{}}", 201, RUN, 0}},
	  CTL_DONE, "abc\n", "r-1 is pinned to dev at version 12\n"},
	{"freeze again says that it was done",
	  {"run", "freeze", "r-1", "paper", "dev"},
	  {{"PUT", "/api/runs/r-1", NULL, NULL, 200, RUN, 0}},
	  CTL_DONE, "abc\n", "r-1 was already pinned"},
	{"a freeze whose answer is lost may be repeated",
	  {"run", "freeze", "r-1", "paper", "dev"},
	  {{"PUT", "/api/runs/r-1", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "the same command again is safe"},
	{"factors that are no object are refused before anything is asked",
	  {"run", "freeze", "r-1", "paper", "dev", "--factors", "[]"}, {{0}},
	  CTL_USAGE, "", "--factors must be an object"},
	{"factors that say one thing twice are refused before anything is asked",
	  {"run", "freeze", "r-1", "paper", "dev", "--factors", "{\"a\":1,\"a\":2}"}, {{0}},
	  CTL_USAGE, "", "--factors is not JSON"},
	{"code in a file that is not there is refused before anything is asked",
	  {"run", "freeze", "r-1", "paper", "dev", "--code-version", "@/nowhere/at/all"}, {{0}},
	  CTL_USAGE, "", "/nowhere/at/all: "},
	{"runs are listed by their filters",
	  {"run", "list", "--kind", "paper", "--environment", "dev", "--hash", "abc", "--count", "1"},
	  {{"GET", "/api/runs?kind=paper&environment=dev&hash=abc&limit=1", NULL, NULL, 200,
	     "{\"runs\":[" RUN "],\"next_cursor\":\"1.r-1\"}", 0}},
	  CTL_DONE, "RUN  KIND   ENVIRONMENT  STATUS   VERSION  CREATED  SET\nr-1  paper  dev          running  12       -        abc\n",
	  "there are older ones"},
	{"a diff of runs exits with 1 when there is one",
	  {"run", "diff", "r-1", "r-2"},
	  {{"GET", "/api/runs/r-1/diff/r-2", NULL, NULL, 200,
	     "{\"values\":[{\"name\":\"CVN_A\",\"left\":\"1\",\"right\":null}],\"catalog\":[],\"factors\":[],\"code_version\":[]}", 0}},
	  CTL_REFUSED, "PART    NAME   r-1  r-2\nvalues  CVN_A  1    -\n", NULL},
	{"a diff of equal runs is nothing",
	  {"run", "diff", "r-1", "r-2"},
	  {{"GET", "/api/runs/r-1/diff/r-2", NULL, NULL, 200,
	     "{\"values\":[],\"catalog\":[],\"factors\":[],\"code_version\":[]}", 0}},
	  CTL_DONE, "", NULL},
	{"rerun names the run and the new one",
	  {"run", "rerun", "r-0", "r-1"},
	  {{"POST", "/api/runs/r-0/rerun", NULL, "{\"run_id\":\"r-1\"}", 201, RUN, 0}},
	  CTL_DONE, "abc\n", "r-1 is pinned to dev at version 12\n"},
	{"set needs a reason before it asks anything",
	  {"config", "set", "paper", "CVN_A=0.7"}, {{0}},
	  CTL_USAGE, "", "config set needs --reason"},
	{"set refuses a word that is no change before it asks anything",
	  {"config", "set", "paper", "CVN_A", "--reason", "why"}, {{0}},
	  CTL_USAGE, "", "'CVN_A' is neither NAME=VALUE nor NAME-"},
	{"a save whose answer is lost says how to find it",
	  {"config", "set", "paper", "CVN_A=0.7", "--reason=why", "--if-version=9"},
	  {{"POST", "/api/config/paper", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "the history has it under request twin-1 if so"},
	{"a stale save says what to do",
	  {"config", "set", "paper", "CVN_A=0.7", "--reason=why", "--if-version=9"},
	  {{"POST", "/api/config/paper", NULL, NULL, 412,
	      "{\"title\":\"moved on\",\"code\":\"stale\",\"current_version\":12,\"diff\":[" ITEM_A "]}", 0}},
	  CTL_REFUSED, "", "repeat with --if-version 12\n"},
	{"a critical save says what to do",
	  {"config", "set", "paper", "CVN_M=1", "--reason=why", "--if-version=9"},
	  {{"POST", "/api/config/paper", NULL, NULL, 403, "{\"title\":\"t\",\"code\":\"critical_requires_approval\"}", 0}},
	  CTL_REFUSED, "", "next: leave the critical parameters out"},
	{"a plan with a difference exits 1 and gives the command that saves it",
	  {"config", "plan", "paper", "CVN_A=0.7", "CVN_B=it's"},
	  {{"POST", "/api/config/paper/plan", NULL, "{\"changes\":{\"CVN_A\":\"0.7\",\"CVN_B\":\"it's\"}}", 200,
	      PLAN(ITEM_A, "", "false"), 0}},
	  CTL_REFUSED, "PARAMETER  OLD  NEW  CATEGORY\nCVN_A      0.6  0.7  threshold\n",
	  "paper at version 12: 1 changed, 0 refused, 2 workers\n"
	  "save it with: cvnctl config set paper CVN_A=0.7 'CVN_B=it'\\''s' --if-version 12 --reason '...'\n"},
	{"a plan marks what is critical and what waits for a restart",
	  {"config", "plan", "paper", "CVN_M=x"},
	  {{"POST", "/api/config/paper/plan", NULL, NULL, 200, PLAN(ITEM_M, "", "true"), 0}},
	  CTL_REFUSED, "PARAMETER  OLD  NEW  NOTE\nCVN_M      -    x    critical, at restart\n",
	  "paper at version 12: 1 changed, 0 refused, 2 workers, needs approval\n"},
	{"a plan without a difference exits 0",
	  {"config", "plan", "paper", "CVN_A=0.6"},
	  {{"POST", "/api/config/paper/plan", NULL, NULL, 200, PLAN("", "", "false"), 0}},
	  CTL_DONE, "", "0 changed, 0 refused"},
	{"a plan shows the values that are refused, and gives no command",
	  {"config", "plan", "paper", "CVN_A=7"},
	  {{"POST", "/api/config/paper/plan", NULL, NULL, 200, PLAN("", ERROR_A, "false"), 0}},
	  CTL_REFUSED, "REFUSED  CODE           WHY\nCVN_A    above_maximum  7 is above 1\n", "0 changed, 1 refused"},
	{"workers are listed with what they wait for and why they reject",
	  {"worker", "list", "--environment", "paper"},
	  {{"GET", "/api/workers?environment=paper", NULL, NULL, 200,
	      "{\"workers\":[{\"worker_id\":\"w1\",\"environment\":\"paper\",\"state\":\"pending\",\"applied_version\":12,"
	      "\"target_version\":13,\"waiting_for\":\"cycle_end\",\"restart_required\":[\"CVN_M\",\"CVN_N\"],"
	      "\"rejected\":null,\"last_heartbeat\":\"t\"},{\"worker_id\":\"w2\",\"environment\":\"paper\","
	      "\"state\":\"rejected\",\"applied_version\":null,\"target_version\":13,\"waiting_for\":null,"
	      "\"rejected\":{\"version\":13,\"detail\":\"too hot\"},\"last_heartbeat\":\"t\"}]}", 0}},
	  CTL_DONE,
	  "WORKER  ENVIRONMENT  STATE     APPLIED  TARGET  WAITING FOR  LAST HEARTBEAT  NOTE\n"
	  "w1      paper        pending   12       13      cycle_end    t               CVN_M, CVN_N\n"
	  "w2      paper        rejected  -        13                   t               version 13: too hot\n",
	  NULL},
	{"no workers is a word, not a table",
	  {"worker", "list"},
	  {{"GET", "/api/workers", NULL, NULL, 200, "{\"workers\":[]}", 0}},
	  CTL_DONE, "", "no worker has reported"},
	{"watch asks from its cursor, and stops after its count",
	  {"watch", "paper", "--count", "2"},
	  {{"GET", "/api/events?environment=paper&wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", "/api/events?environment=paper&after=e%3A1&wait=25", NULL, NULL, 200, EVENTS("e:1", "false", ""), 0},
	    {"GET", "/api/events?environment=paper&after=e%3A1&wait=25", NULL, NULL, 200,
	      EVENTS("e:4", "false", EVENT("e:2", "13") "," EVENT("e:3", "14") "," EVENT("e:4", "15")), 0}},
	  CTL_DONE, "config_changed paper key=CVN_A version=13\nconfig_changed paper key=CVN_A version=14\n",
	  "watching paper\n"},
	{"watch --json prints an object a line",
	  {"watch", "--json", "--count=1"},
	  {{"GET", "/api/events?wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 200, EVENTS("e:2", "false", EVENT("e:2", "13")), 0}},
	  CTL_DONE, EVENT("e:2", "13") "\n", "watching every environment\n"},
	{"watch survives a lost link and goes on from its cursor",
	  {"watch", "--count=1"},
	  {{"GET", "/api/events?wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 0, NULL, 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 502, "<html>", 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 200, EVENTS("e:2", "false", EVENT("e:2", "13")), 0}},
	  CTL_DONE, "config_changed paper key=CVN_A version=13\n",
	  "the twin is silent\ncvnctl: trying again until it answers\ncvnctl: connected again\n"},
	{"watch says when events may have been missed",
	  {"watch", "--count=1"},
	  {{"GET", "/api/events?wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 200, EVENTS("f:7", "true", ""), 0},
	    {"GET", "/api/events?after=f%3A7&wait=25", NULL, NULL, 200, EVENTS("f:8", "false", EVENT("f:8", "13")), 0}},
	  CTL_DONE, "config_changed paper key=CVN_A version=13\n", "events may have been missed"},
	{"watch whose login is revoked ends",
	  {"watch"},
	  {{"GET", "/api/events?wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", NULL, NULL, NULL, 401, "{\"title\":\"log in first\",\"code\":\"unauthenticated\"}", 0}},
	  CTL_REFUSED, "", "log in first (401 unauthenticated)"},
	{"watch that never had a connection exits 3",
	  {"watch"}, {{"GET", NULL, NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "no answer from http://twin"},
};

static char *no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static size_t count_turns(const struct scenario *s)
{
	size_t n = 0;

	while (n < TURNS && s->turns[n].method != NULL)
		n++;
	return n;
}

/* What args_parse() reads, as main() would have it. */
struct line {
	char text[256];
	char *argv[WORDS + 1];
};

/* Parses the words of a scenario, which then live in line. */
static void parse(struct args *args, struct line *line, const struct scenario *s)
{
	int argc = 0;
	char *at = line->text;

	line->argv[argc++] = at;
	at = stpcpy(at, "cvnctl") + 1;
	for (size_t i = 0; i < WORDS && s->words[i] != NULL; i++) {
		ck_assert_uint_lt(strlen(s->words[i]), (size_t)(line->text + sizeof line->text - at));
		line->argv[argc++] = at;
		at = stpcpy(at, s->words[i]) + 1;
	}
	ck_assert(args_parse(args, argc, line->argv, no_environment, stderr));
}

START_TEST(a_command_does_what_its_scenario_says)
{
	const struct scenario *s = &scenarios[_i];
	char *out = NULL, *err = NULL;
	size_t n_out = 0, n_err = 0;
	struct args args;
	struct line line;
	struct client *client = twin_new(s->turns, count_turns(s));
	struct ctl ctl = {.args = &args,
			  .client = client,
			  .out = open_memstream(&out, &n_out),
			  .err = open_memstream(&err, &n_err)};

	parse(&args, &line, s);
	int result = args.command->run(&ctl);
	fclose(ctl.out);
	fclose(ctl.err);
	ck_assert_msg(result == s->exit, "%s: exits %d: %s", s->name, result, err);
	ck_assert_msg(strcmp(out, s->out) == 0, "%s: prints:\n%s", s->name, out);
	ck_assert_msg(s->said == NULL ? *err == '\0' : strstr(err, s->said) != NULL, "%s: says:\n%s", s->name,
		      err);
	ck_assert_msg(twin_taken(client) == count_turns(s), "%s: asks %zu times", s->name,
		      twin_taken(client));
	client_free(client);
	args_free(&args);
	free(out);
	free(err);
}
END_TEST

START_TEST(watch_waits_longer_each_time_and_as_long_as_it_is_asked_to)
{
	static const struct twin_turn turns[] = {
		{"GET", NULL, NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
		{"GET", NULL, NULL, NULL, 0, NULL, 0},           /* 500 ms */
		{"GET", NULL, NULL, NULL, 503, "{}", 0},         /* 1000 */
		{"GET", NULL, NULL, NULL, 503, "{}", 7},         /* 14000, of which at least half is waited */
		{"GET", NULL, NULL, NULL, 200, EVENTS("e:2", "false", EVENT("e:2", "13")), 0},
	};
	static const struct scenario s = {.words = {"watch", "--count", "1"}};
	char *text = NULL;
	size_t n = 0;
	struct args args;
	struct line line;
	struct client *client = twin_new(turns, sizeof turns / sizeof turns[0]);
	FILE *f = open_memstream(&text, &n);

	parse(&args, &line, &s);
	ck_assert_int_eq(
		args.command->run(&(struct ctl){.args = &args, .client = client, .out = f, .err = f}),
		CTL_DONE);
	ck_assert_uint_eq(twin_paused_ms(client), 500 + 1000 + 14000);
	fclose(f);
	client_free(client);
	args_free(&args);
	free(text);
}
END_TEST

TCase *check_command(void)
{
	TCase *tcase = tcase_create("command");

	tcase_add_loop_test(tcase, a_command_does_what_its_scenario_says, 0,
			    sizeof scenarios / sizeof scenarios[0]);
	tcase_add_test(tcase, watch_waits_longer_each_time_and_as_long_as_it_is_asked_to);
	return tcase;
}
