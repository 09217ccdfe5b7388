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
#include "tests/ctl/scenario.h"
#include "tests/ctl/twin.h"

#define PLAN(diff, errors, approval)                                                                         \
	"{\"environment\":\"paper\",\"base_version\":12,\"diff\":[" diff "],\"errors\":[" errors "],"        \
	"\"critical\":[\"CVN_M\"],\"needs_approval\":" approval ",\"restart_required\":[\"CVN_M\"],"         \
	"\"boundaries\":{\"CVN_A\":\"threshold\"},\"workers\":2,\"frozen\":false}"
#define ITEM_A "{\"name\":\"CVN_A\",\"old\":\"0.6\",\"new\":\"0.7\"}"
#define ITEM_M "{\"name\":\"CVN_M\",\"old\":null,\"new\":\"x\"}"
#define ERROR_A "{\"name\":\"CVN_A\",\"code\":\"above_maximum\",\"detail\":\"7 is above 1\"}"
#define SAVED "{\"version\":13,\"change_id\":42,\"diff\":[" ITEM_A "]}"
#define RUN                                                                                              \
	"{\"run_id\":\"r-1\",\"kind\":\"paper\",\"environment\":\"dev\",\"parameter_set_hash\":\"abc\"," \
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
	  {{"GET", "/api/config/paper", NULL, NULL, 200,
	    "{\"version\":12,\"values\":{\"CVN_A\":\"0.6\",\"CVN_B\":null}}", 0}},
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
	  {{"GET", "/api/config/moon", NULL, NULL, 404,
	    "{\"title\":\"there is no such thing\",\"code\":\"not_found\"}", 0}},
	  CTL_REFUSED, "",
	  "cvnctl: there is no such thing (404 not_found)\n  where: GET /api/config/moon\n  next: "},
	{"--json shows a refusal as it came, beside the data",
	  {"config", "get", "moon", "--json"},
	  {{"GET", "/api/config/moon", NULL, NULL, 404, "{\"code\":\"not_found\"}", 0}},
	  CTL_REFUSED, "", "{\"code\":\"not_found\"}\n"},
	{"without an answer there is no connection",
	  {"config", "get", "paper"},
	  {{"GET", "/api/config/paper", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "cvnctl: no answer: the twin is silent\n"},
	{"a page that is not the API's is told",
	  {"config", "get", "paper"},
	  {{"GET", "/api/config/paper", NULL, NULL, 200, "<!doctype html>", 0}},
	  CTL_REFUSED, "", "is --url the console's address?"},
	{"set saves on top of whatever is current",
	  {"config", "set", "paper", "CVN_A=0.7", "CVN_B-", "--reason", "why"},
	  {{"POST", "/api/config/paper", "*",
	    "{\"changes\":{\"CVN_A\":\"0.7\",\"CVN_B\":null},\"reason\":\"why\"}", 200, SAVED, 0}},
	  CTL_DONE, "PARAMETER  OLD  NEW\nCVN_A      0.6  0.7\n", "paper is at version 13 (change 42)\n"},
	{"set --if-version saves on top of that version only",
	  {"config", "set", "paper", "CVN_A=0.7", "--reason=why", "--if-version=9", "--json"},
	  {{"POST", "/api/config/paper", "\"9\"", NULL, 200, SAVED, 0}},
	  CTL_DONE, SAVED "\n", NULL},
	{"freeze prints the hash alone",
	  {"run", "freeze", "r-1", "paper", "dev", "--factors", "{\"A\":\"1\"}"},
	  {{"PUT", "/api/runs/r-1", NULL,
	     "{\"kind\":\"paper\",\"environment\":\"dev\",\"factors\":{\"A\":\"1\"},\"code_version\":{}}",
	     201, RUN, 0}},
	  CTL_DONE, "abc\n", "r-1 is pinned to dev at version 12\n"},
	{"freeze again says that it was done",
	  {"run", "freeze", "r-1", "paper", "dev"},
	  {{"PUT", "/api/runs/r-1", NULL, NULL, 200, RUN, 0}},
	  CTL_DONE, "abc\n", "r-1 was already pinned"},
	{"a freeze whose answer is lost may be repeated",
	  {"run", "freeze", "r-1", "paper", "dev"},
	  {{"PUT", "/api/runs/r-1", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "next: the same command again is safe: it finds what it has done"},
	{"factors that are no object are refused before anything is asked",
	  {"run", "freeze", "r-1", "paper", "dev", "--factors", "[]"}, {{0}},
	  CTL_USAGE, "", "this is no JSON object\n  where: --factors\n"},
	{"factors that say one thing twice are refused before anything is asked",
	  {"run", "freeze", "r-1", "paper", "dev", "--factors", "{\"a\":1,\"a\":2}"}, {{0}},
	  CTL_USAGE, "", "this is not JSON"},
	{"code in a file that is not there is refused before anything is asked",
	  {"run", "freeze", "r-1", "paper", "dev", "--code-version", "@/nowhere/at/all"}, {{0}},
	  CTL_USAGE, "", "No such file or directory\n  where: /nowhere/at/all\n"},
	{"runs are listed by their filters",
	  {"run", "list", "--kind", "paper", "--environment", "dev", "--hash", "abc", "--count", "1"},
	  {{"GET", "/api/runs?environment=dev&kind=paper&hash=abc&limit=1", NULL, NULL, 200,
	     "{\"runs\":[" RUN "],\"next_cursor\":\"1.r-1\"}", 0}},
	  CTL_DONE, "RUN  KIND   ENVIRONMENT  STATUS   VERSION  CREATED  SET\n"
		    "r-1  paper  dev          running  12       -        abc\n",
	  "there are older ones"},
	{"a diff of runs exits with 1 when there is one",
	  {"run", "diff", "r-1", "r-2"},
	  {{"GET", "/api/runs/r-1/diff/r-2", NULL, NULL, 200,
	     "{\"values\":[{\"name\":\"CVN_A\",\"left\":\"1\",\"right\":null}],\"catalog\":[],\"factors\":[],"
	     "\"code_version\":[]}", 0}},
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
	{"set refuses a word that is no change before it asks anything",
	  {"config", "set", "paper", "CVN_A", "--reason", "why"}, {{0}},
	  CTL_USAGE, "", "'CVN_A' is neither NAME=VALUE nor NAME-"},
	{"a save whose answer is lost says how to find it",
	  {"config", "set", "paper", "CVN_A=0.7", "--reason=why", "--if-version=9"},
	  {{"POST", "/api/config/paper", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "cvnctl: no answer: the twin is silent\n"
	  "  it is not known whether this was written\n"
	  "  where: POST http://twin/api/config/paper\n"
	  "  next: cvnctl history list --request-id twin-1 shows it if it was\n"
	  "  request: twin-1\n"},
	{"a save that never left was not written",
	  {"config", "set", "paper", "CVN_A=0.7", "--reason=why"},
	  {{"POST", "/api/config/paper", NULL, NULL, TWIN_UNSENT, NULL, 0}},
	  CTL_LINK, "", "  nothing was written\n"},
	{"a save that a gateway gave up on may have been written",
	  {"config", "set", "paper", "CVN_A=0.7", "--reason=why"},
	  {{"POST", "/api/config/paper", NULL, NULL, 504, "<html>", 0}},
	  CTL_REFUSED, "", "next: cvnctl history list --request-id twin-1 shows it if it was\n"},
	{"a plan whose answer is lost has written nothing",
	  {"config", "plan", "paper", "CVN_A=0.7"},
	  {{"POST", "/api/config/paper/plan", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "  nothing was written\n"},
	{"a stale save says what to do",
	  {"config", "set", "paper", "CVN_A=0.7", "--reason=why", "--if-version=9"},
	  {{"POST", "/api/config/paper", NULL, NULL, 412,
	      "{\"title\":\"moved on\",\"code\":\"stale\",\"current_version\":12,\"diff\":[" ITEM_A "]}", 0}},
	  CTL_REFUSED, "", "repeat with --if-version 12\n"},
	{"a critical save says what to do",
	  {"config", "set", "paper", "CVN_M=1", "--reason=why", "--if-version=9"},
	  {{"POST", "/api/config/paper", NULL, NULL, 403,
	    "{\"title\":\"t\",\"code\":\"critical_requires_approval\"}", 0}},
	  CTL_REFUSED, "", "next: propose it instead, with cvnctl change create"},
	{"a plan with a difference exits 1 and gives the command that saves it",
	  {"config", "plan", "paper", "CVN_A=0.7", "CVN_B=it's"},
	  {{"POST", "/api/config/paper/plan", NULL,
	    "{\"changes\":{\"CVN_A\":\"0.7\",\"CVN_B\":\"it's\"}}", 200, PLAN(ITEM_A, "", "false"), 0}},
	  CTL_REFUSED, "PARAMETER  OLD  NEW  CATEGORY\nCVN_A      0.6  0.7  threshold\n",
	  "paper at version 12: 1 changed, 0 refused, 2 workers\n"
	  "save it with: cvnctl config set paper CVN_A=0.7 'CVN_B=it'\\''s' --if-version 12"
	  " --reason '...'\n"},
	{"a plan marks what is critical and what waits for a restart",
	  {"config", "plan", "paper", "CVN_M=x"},
	  {{"POST", "/api/config/paper/plan", NULL, NULL, 200, PLAN(ITEM_M, "", "true"), 0}},
	  CTL_REFUSED, "PARAMETER  OLD  NEW  NOTE\nCVN_M      -    x    critical, at restart\n",
	  "paper at version 12: 1 changed, 0 refused, 2 workers, needs approval\n"
	  "propose it with: cvnctl change create paper CVN_M=x --submit --if-version 12 --reason '...'\n"},
	{"a plan without a difference exits 0",
	  {"config", "plan", "paper", "CVN_A=0.6"},
	  {{"POST", "/api/config/paper/plan", NULL, NULL, 200, PLAN("", "", "false"), 0}},
	  CTL_DONE, "", "0 changed, 0 refused"},
	{"a plan shows the values that are refused, and gives no command",
	  {"config", "plan", "paper", "CVN_A=7"},
	  {{"POST", "/api/config/paper/plan", NULL, NULL, 200, PLAN("", ERROR_A, "false"), 0}},
	  CTL_REFUSED, "REFUSED  CODE           WHY\nCVN_A    above_maximum  7 is above 1\n",
	  "0 changed, 1 refused"},
	{"workers are listed with what they wait for and why they reject",
	  {"worker", "list", "--environment", "paper"},
	  {{"GET", "/api/workers?environment=paper", NULL, NULL, 200,
	      "{\"workers\":[{\"worker_id\":\"w1\",\"environment\":\"paper\",\"state\":\"pending\","
	      "\"applied_version\":12,\"target_version\":13,\"waiting_for\":\"cycle_end\","
	      "\"restart_required\":[\"CVN_M\",\"CVN_N\"],"
	      "\"rejected\":null,\"last_heartbeat\":\"t\"},{\"worker_id\":\"w2\",\"environment\":\"paper\","
	      "\"state\":\"rejected\",\"applied_version\":null,\"target_version\":13,\"waiting_for\":null,"
	      "\"rejected\":{\"version\":13,\"detail\":\"too hot\"},\"last_heartbeat\":\"t\"}]}", 0}},
	  CTL_DONE,
	  "WORKER  ENVIRONMENT  STATE     APPLIED  TARGET  WAITING FOR  LAST HEARTBEAT  NOTE\n"
	  "w1      paper        pending   12       13      cycle_end    t               CVN_M, CVN_N\n"
	  "w2      paper        rejected  -        13                   t               "
	  "version 13: too hot\n",
	  NULL},
	{"an id under which two processes report shows",
	  {"worker", "list"},
	  {{"GET", "/api/workers", NULL, NULL, 200,
	      "{\"workers\":[{\"worker_id\":\"w1\",\"environment\":\"paper\",\"state\":\"current\","
	      "\"applied_version\":13,\"target_version\":13,\"duplicate\":true,\"last_heartbeat\":\"t\"},"
	      "{\"worker_id\":\"w2\",\"environment\":\"paper\",\"state\":\"current\","
	      "\"applied_version\":13,\"target_version\":13,\"duplicate\":false,"
	      "\"last_heartbeat\":\"t\"}]}", 0}},
	  CTL_DONE,
	  "WORKER  ENVIRONMENT  STATE    APPLIED  TARGET  DUPLICATE  LAST HEARTBEAT\n"
	  "w1      paper        current  13       13      yes        t\n"
	  "w2      paper        current  13       13                 t\n",
	  NULL},
	{"no workers is a word, not a table",
	  {"worker", "list"},
	  {{"GET", "/api/workers", NULL, NULL, 200, "{\"workers\":[]}", 0}},
	  CTL_DONE, "", "no worker has reported"},
	{"watch asks from its cursor, and stops after its count",
	  {"watch", "paper", "--count", "2"},
	  {{"GET", "/api/config/paper", NULL, NULL, 200, "{}", 0},
	    {"GET", "/api/events?environment=paper&wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", "/api/events?environment=paper&after=e%3A1&wait=25", NULL, NULL, 200,
	     EVENTS("e:1", "false", ""), 0},
	    {"GET", "/api/events?environment=paper&after=e%3A1&wait=25", NULL, NULL, 200,
	      EVENTS("e:4", "false", EVENT("e:2", "13") "," EVENT("e:3", "14") "," EVENT("e:4", "15")), 0}},
	  CTL_DONE, "config_changed paper key=CVN_A version=13\nconfig_changed paper key=CVN_A version=14\n",
	  "watching paper\n"},
	{"an environment that is not there is not watched",
	  {"watch", "nope"},
	  {{"GET", "/api/config/nope", NULL, NULL, 404,
	    "{\"status\":404,\"title\":\"there is no such thing\",\"code\":\"not_found\"}", 0}},
	  CTL_REFUSED, "", "there is no such thing (404 not_found)"},
	{"watch --json prints an object a line",
	  {"watch", "--json", "--count=1"},
	  {{"GET", "/api/events?wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 200,
	     EVENTS("e:2", "false", EVENT("e:2", "13")), 0}},
	  CTL_DONE, EVENT("e:2", "13") "\n", "watching every environment\n"},
	{"watch survives a lost link and goes on from its cursor",
	  {"watch", "--count=1"},
	  {{"GET", "/api/events?wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 0, NULL, 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 502, "<html>", 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 200,
	     EVENTS("e:2", "false", EVENT("e:2", "13")), 0}},
	  CTL_DONE, "config_changed paper key=CVN_A version=13\n",
	  "cvnctl: trying again until it answers\ncvnctl: connected again\n"},
	{"watch says when events may have been missed",
	  {"watch", "--count=1"},
	  {{"GET", "/api/events?wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", "/api/events?after=e%3A1&wait=25", NULL, NULL, 200, EVENTS("f:7", "true", ""), 0},
	    {"GET", "/api/events?after=f%3A7&wait=25", NULL, NULL, 200,
	     EVENTS("f:8", "false", EVENT("f:8", "13")), 0}},
	  CTL_DONE, "config_changed paper key=CVN_A version=13\n", "events may have been missed"},
	{"watch whose login is revoked ends",
	  {"watch"},
	  {{"GET", "/api/events?wait=25", NULL, NULL, 200, EVENTS("e:1", "true", ""), 0},
	    {"GET", NULL, NULL, NULL, 401, "{\"title\":\"log in first\",\"code\":\"unauthenticated\"}", 0}},
	  CTL_REFUSED, "", "log in first (401 unauthenticated)"},
	{"watch that never had a connection exits 3",
	  {"watch"}, {{"GET", NULL, NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "no answer: the twin is silent"},
};

START_TEST(a_command_does_what_its_scenario_says)
{
	scenario_run(&scenarios[_i], NULL);
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
	struct scenario_line line;
	struct client *client = twin_new(turns, sizeof turns / sizeof turns[0]);
	FILE *f = open_memstream(&text, &n);

	scenario_parse(&args, &line, &s);
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
