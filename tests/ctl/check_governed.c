/*
 * Goal: what is proposed, approved, restored, moved between environments or applied to the catalog asks just
 * that, and what was not seen is not approved.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/ctl/command.h"
#include "fcgi/ctl/mem.h"
#include "tests/ctl/check_ctl.h"
#include "tests/ctl/scenario.h"

#define ITEM "{\"name\":\"CVN_M\",\"old\":\"1\",\"new\":\"2\"}"
#define TABLE "PARAMETER  OLD  NEW\nCVN_M      1    2\n"
#define SET(state)                                                                                           \
	"{\"id\":42,\"environment\":\"live\",\"state\":\"" state "\",\"version\":13,"                        \
	"\"content_hash\":\"abc\","                                                                          \
	"\"created_by\":\"ed\",\"created_at\":\"t\",\"reason\":\"why\",\"diff\":[" ITEM "]}"
#define COMPARED(differences) "{\"left\":\"dev\",\"right\":\"live\",\"differences\":[" differences "]}"
#define PLANNED(diff)                                                                                        \
	"{\"environment\":\"live\",\"base_version\":12,\"diff\":[" diff "],\"errors\":[],\"workers\":2}"
#define VALUES(version, a) "{\"version\":" version ",\"values\":{\"CVN_A\":\"" a "\",\"CVN_B\":\"x\"}}"

static const struct scenario scenarios[] = {
	{"a draft says how to submit it",
	  {"change", "create", "live", "CVN_M=2", "--reason", "why"},
	  {{"POST", "/api/changes", "*",
	     "{\"environment\":\"live\",\"changes\":{\"CVN_M\":\"2\"},\"reason\":\"why\","
	     "\"submit\":false}", 201, SET("draft"), 0}},
	  CTL_DONE, TABLE, "change 42 of live is draft\nsubmit it with: cvnctl change submit 42\n"},
	{"what waits for approval says by which hash",
	  {"change", "create", "live", "CVN_M=2", "--reason", "why", "--submit", "--if-version", "12"},
	  {{"POST", "/api/changes", "\"12\"", NULL, 201, SET("pending_approval"), 0}},
	  CTL_DONE, TABLE, "cvnctl change approve 42 --hash abc\n"},
	{"a proposal whose answer is lost is looked for among the change sets",
	  {"change", "create", "live", "CVN_M=2", "--reason", "why"},
	  {{"POST", "/api/changes", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "next: cvnctl change list --request-id twin-1 shows it if it was\n"},
	{"an approval is bound to the hash that it was given",
	  {"change", "approve", "42", "--hash", "abc", "--comment", "fine"},
	  {{"POST", "/api/changes/42/approve", NULL, "{\"content_hash\":\"abc\",\"comment\":\"fine\"}", 200,
	     SET("active"), 0}},
	  CTL_DONE, TABLE, "live is at version 13 (change 42)\n"},
	{"nobody approves what nobody has looked at", {"change", "approve", "42"}, {{0}},
	  CTL_USAGE, "", "it needs --hash, which cvnctl change show 42 tells"},
	{"an approval whose answer is lost is looked for in the change set",
	  {"change", "approve", "42", "--hash", "abc"},
	  {{"POST", "/api/changes/42/approve", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "next: cvnctl change show 42 shows the state that it is in\n"},
	{"a refusal of one's own change says whom to ask",
	  {"change", "approve", "42", "--hash", "abc"},
	  {{"POST", "/api/changes/42/approve", NULL, NULL, 403,
	    "{\"title\":\"t\",\"code\":\"own_change\"}", 0}},
	  CTL_REFUSED, "", "next: ask another approver\n"},
	{"reject, withdraw and submit are the verbs of the API",
	  {"change", "reject", "42", "--comment", "no"},
	  {{"POST", "/api/changes/42/reject", NULL, "{\"comment\":\"no\"}", 200, SET("rejected"), 0}},
	  CTL_DONE, TABLE, "change 42 of live is rejected\n"},
	{"withdraw", {"change", "withdraw", "42"},
	  {{"POST", "/api/changes/42/withdraw", NULL, "{}", 200, SET("withdrawn"), 0}},
	  CTL_DONE, TABLE, "change 42 of live is withdrawn\n"},
	{"an edit replaces what is changed",
	  {"change", "edit", "42", "CVN_M-"},
	  {{"PATCH", "/api/changes/42", NULL, "{\"changes\":{\"CVN_M\":null}}", 200, SET("draft"), 0}},
	  CTL_DONE, TABLE, "change 42 of live is draft\n"},
	{"change sets are listed by their filters, and the next page is named",
	  {"change", "list", "--state", "draft", "--created-by", "ed", "--cursor", "50"},
	  {{"GET", "/api/changes?state=draft&created_by=ed&cursor=50", NULL, NULL, 200,
	     "{\"changes\":[" SET("draft") "],\"next_cursor\":\"42\"}", 0}},
	  CTL_DONE,
	  "CHANGE  ENVIRONMENT  STATE  BASE  VERSION  CREATED  BY  CHANGES  REASON\n"
	  "42      live         draft  -     13       t        ed  CVN_M    why\n",
	  "there are older ones: the same with --cursor 42 shows them\n"},
	{"no change sets is a word, not a table", {"change", "list"},
	  {{"GET", "/api/changes", NULL, NULL, 200, "{\"changes\":[],\"next_cursor\":null}", 0}},
	  CTL_DONE, "", "there are no such change sets\n"},
	{"a change set is shown with its hash and what happened to it",
	  {"change", "show", "42"},
	  {{"GET", "/api/changes/42", NULL, NULL, 200,
	     "{\"id\":42,\"state\":\"active\",\"content_hash\":\"abc\",\"diff\":[" ITEM "],"
	     "\"events\":[{\"at\":\"t\",\"event\":\"submit\",\"actor\":\"ed\",\"detail\":null}],"
	     "\"propagation\":{\"state\":\"propagating\",\"applied\":1,\"total\":2}}", 0}},
	  CTL_DONE,
	  "change       42\nstate        active\nhash         abc\npropagation  propagating, 1 of 2 workers\n"
	  "\n" TABLE
	  "\nAT  EVENT   BY\nt   submit  ed\n",
	  NULL},
	{"the history shows what each entry changed",
	  {"history", "list", "--name", "CVN_M", "--count", "1"},
	  {{"GET", "/api/history?name=CVN_M&limit=1", NULL, NULL, 200,
	     "{\"entries\":[{\"id\":7,\"environment\":\"live\",\"version\":3,\"change_id\":9,"
	     "\"changed_at\":\"t\",\"changed_by\":\"ed\",\"approved_by\":\"ap\",\"reason\":\"why\",\"diff\":["
	     ITEM "]}],\"next_cursor\":null}", 0}},
	  CTL_DONE,
	  "ENTRY  ENVIRONMENT  VERSION  CHANGE  AT  BY  APPROVED  WHAT           REASON\n"
	  "7      live         3        9       t   ed  ap        CVN_M: 1 -> 2  why\n",
	  NULL},
	{"a restore may take the values from before",
	  {"history", "restore", "7", "--before", "--reason", "why"},
	  {{"POST", "/api/history/7/restore", "*", "{\"reason\":\"why\",\"to\":\"before\"}", 201,
	    SET("active"), 0}},
	  CTL_DONE, TABLE, "live is at version 13 (change 42)\n"},
	{"a whole history exits 0", {"history", "verify", "live"},
	  {{"GET", "/api/history/verify?environment=live", NULL, NULL, 200,
	     "{\"ok\":true,\"checked\":9,\"broken_at\":null}", 0}},
	  CTL_DONE, "the history of live is whole: 9 entries\n", NULL},
	{"a broken history exits 1 and says where", {"history", "verify", "live"},
	  {{"GET", NULL, NULL, NULL, 200, "{\"ok\":false,\"checked\":9,\"broken_at\":4}", 0}},
	  CTL_REFUSED, "the history of live is broken at version 4; 9 entries were checked\n", NULL},
	{"environments that differ exit 1", {"config", "compare", "dev", "live"},
	  {{"GET", "/api/config/dev/compare/live", NULL, NULL, 200,
	     COMPARED("{\"name\":\"CVN_A\",\"left\":\"1\",\"right\":null}"), 0}},
	  CTL_REFUSED, "PARAMETER  dev  live\nCVN_A      1    -\n", "1 parameters differ\n"},
	{"environments that do not differ exit 0", {"config", "compare", "dev", "live"},
	  {{"GET", "/api/config/dev/compare/live", NULL, NULL, 200, COMPARED(""), 0}},
	  CTL_DONE, "", "dev and live do not differ\n"},
	{"a past version is compared with what is current", {"config", "diff", "dev", "--version", "9"},
	  {{"GET", "/api/config/dev?version=9", NULL, NULL, 200, VALUES("9", "1"), 0},
	    {"GET", "/api/config/dev", NULL, NULL, 200, VALUES("12", "2"), 0}},
	  CTL_REFUSED, "PARAMETER  dev  dev@9\nCVN_A      2    1\n", "1 parameters differ\n"},
	{"a diff has one other side", {"config", "diff", "dev"}, {{0}},
	  CTL_USAGE, "", "it compares with a file or with --version N, one of them"},
	{"a promotion names what it takes",
	  {"config", "promote", "live", "--from", "paper", "CVN_M", "--reason", "why"},
	  {{"POST", "/api/config/live/promote", "*",
	    "{\"from\":\"paper\",\"names\":[\"CVN_M\"],\"reason\":\"why\"}", 201,
	     SET("pending_approval"), 0}},
	  CTL_DONE, TABLE, "change 42 of live is pending_approval\n"},
	{"a dry run of a promotion is a plan, and exits 1 on a difference",
	  {"config", "promote", "live", "--from=paper", "--reason=why", "--dry-run"},
	  {{"POST", "/api/config/live/promote", "*",
	    "{\"from\":\"paper\",\"reason\":\"why\",\"dry_run\":true}", 200, PLANNED(ITEM), 0}},
	  CTL_REFUSED, TABLE, "live at version 12: 1 changed, 0 refused, 2 workers\n"},
	{"a dry run whose answer is lost has written nothing",
	  {"config", "promote", "live", "--from=paper", "--reason=why", "--dry-run"},
	  {{"POST", "/api/config/live/promote", NULL, NULL, 0, NULL, 0}},
	  CTL_LINK, "", "  nothing was written\n"},
	{"environments are listed with who holds them back",
	  {"environment", "list"},
	  {{"GET", "/api/environments", NULL, NULL, 200,
	     "{\"environments\":[{\"environment\":\"live\",\"version\":3,\"updated_at\":\"t\","
	     "\"updated_by\":\"ed\",\"locked_by\":\"ad\",\"frozen\":true,\"freeze\":{\"until\":\"u\","
	     "\"reason\":\"why\"},\"workers\":2,\"workers_current\":1}]}", 0}},
	  CTL_DONE,
	  "ENVIRONMENT  VERSION  UPDATED  BY  CURRENT WORKERS  LOCKED BY  FROZEN\n"
	  "live         3        t        ed  1 of 2           ad         until u: why\n",
	  NULL},
	{"the windows of a week are shown by their days",
	  {"freeze", "list"},
	  {{"GET", "/api/freeze-windows", NULL, NULL, 200,
	     "{\"freeze_windows\":[{\"id\":3,\"environment\":\"*\",\"starts_at\":null,\"ends_at\":null,"
	     "\"reason\":\"why\",\"weekly\":{\"days\":[6,7],\"from\":\"00:00\",\"to\":\"23:59\","
	     "\"timezone\":\"UTC\"},\"created_by\":\"ad\"}]}", 0}},
	  CTL_DONE,
	  "WINDOW  ENVIRONMENT  STARTS  ENDS  WEEKLY                             BY  REASON\n"
	  "3       *            -       -     days 6, 7 from 00:00 to 23:59 UTC  ad  why\n",
	  NULL},
	{"the catalog is listed with bounds and flags",
	  {"catalog", "list"},
	  {{"GET", "/api/catalog", NULL, NULL, 200,
	     "{\"catalog_version\":8,\"variables\":["
	     "{\"name\":\"CVN_A\",\"type\":\"int\",\"category\":\"threshold\",\"default_value\":\"1\","
	     "\"min_value\":\"0\",\"max_value\":\"9\",\"unit\":\"USD\",\"critical\":true,"
	     "\"hot_reloadable\":false},{\"name\":\"CVN_B\",\"type\":\"enum\",\"category\":\"cooldown\","
	     "\"default_value\":null,\"allowed_values\":[\"x\",\"y\"],\"hot_reloadable\":true}]}", 0}},
	  CTL_DONE,
	  "PARAMETER  TYPE  CATEGORY   DEFAULT  VALUES  UNIT  FLAGS\n"
	  "CVN_A      int   threshold  1        0 .. 9  USD   critical, at restart\n"
	  "CVN_B      enum  cooldown   -        x, y\n",
	  "catalog version 8\n"},
	{"a lock is put and said", {"environment", "lock", "live"},
	  {{"PUT", "/api/environments/live/lock", NULL, NULL, 200,
	    "{\"environment\":\"live\",\"locked_by\":\"ed\"}", 0}},
	  CTL_DONE, "", "live is locked by ed\n"},
	{"what answers with nothing is done", {"environment", "unlock", "live"},
	  {{"DELETE", "/api/environments/live/lock", NULL, NULL, 204, "", 0}},
	  CTL_DONE, "", "live is not locked\n"},
	{"a weekly window is an object",
	  {"freeze", "create", "*", "--reason", "why", "--weekly", "{\"days\":[6,7]}"},
	  {{"POST", "/api/freeze-windows", NULL,
	     "{\"environment\":\"*\",\"reason\":\"why\",\"weekly\":{\"days\":[6,7]}}", 201,
	     "{\"id\":3,\"environment\":\"*\"}", 0}},
	  CTL_DONE, "", "window 3 of * is there\n"},
};

START_TEST(a_governed_command_does_what_its_scenario_says)
{
	scenario_run(&scenarios[_i], NULL);
}
END_TEST

#define SHOWN {"GET", "/api/changes/42", NULL, NULL, 200, SET("pending_approval"), 0}
#define NOT_APPROVED CTL_REFUSED, "", "not approved; nothing was written\n"

static const struct {
	const char *typed;
	struct scenario scenario;
} asked[] = {
	{"yes\n",
	 {"yes approves what was shown", {"change", "approve", "42"},
	  {SHOWN, {"POST", "/api/changes/42/approve", NULL, "{\"content_hash\":\"abc\"}", 200,
		   SET("active"), 0}},
	  CTL_DONE, TABLE, "hash         abc\n\n" TABLE "\napprove this, and put it into force? (yes/no) "}},
	{"no\n", {"no does not approve", {"change", "approve", "42"}, {SHOWN}, NOT_APPROVED}},
	{"y\n", {"only a whole yes approves", {"change", "approve", "42"}, {SHOWN}, NOT_APPROVED}},
	{"yes", {"an answer that was cut does not approve", {"change", "approve", "42"}, {SHOWN},
		 NOT_APPROVED}},
};

START_TEST(on_a_terminal_what_is_approved_is_what_was_shown)
{
	scenario_run(&asked[_i].scenario, asked[_i].typed);
}
END_TEST

/* A file with this text for one test. The caller must remove it, and free the name with free(). */
static char *file_of(const char *text)
{
	char *name = mem_printf("/tmp/check_ctl-XXXXXX");
	int fd = mkstemp(name);
	FILE *f = fdopen(fd, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
	return name;
}

#define VARIABLE(name, most)                                                                                 \
	"{\"name\":\"" name "\",\"type\":\"decimal\",\"category\":\"threshold\",\"max_value\":\"" most "\"}"
#define STORED(name, most)                                                                                   \
	"{\"name\":\"" name "\",\"type\":\"decimal\",\"category\":\"threshold\",\"allowed_values\":null,"    \
	"\"default_value\":null,\"min_value\":null,\"max_value\":\"" most "\",\"description\":\"\","         \
	"\"group_name\":\"\",\"unit\":\"\",\"required\":false,\"deprecated\":false,\"hot_reloadable\":true," \
	"\"critical\":false,\"excluded_from_ftf\":false,\"version\":5,\"updated_at\":\"t\","                 \
	"\"updated_by\":\"a\"}"
#define PUT_BODY(most)                                                                                       \
	"{\"type\":\"decimal\",\"category\":\"threshold\",\"allowed_values\":null,\"default_value\":null,"   \
	"\"min_value\":null,\"max_value\":\"" most "\",\"description\":\"\",\"group_name\":\"\","            \
	"\"unit\":\"\",\"required\":false,\"deprecated\":false,\"hot_reloadable\":true,\"critical\":false,"  \
	"\"excluded_from_ftf\":false,\"reason\":\"why\"}"
#define CATALOG(variables) "{\"catalog_version\":8,\"variables\":[" variables "]}"
#define THREE CATALOG(VARIABLE("CVN_A", "1.50") "," VARIABLE("CVN_B", "2") "," VARIABLE("CVN_C", "3"))
#define STORED_TWO                                                                                           \
	{"GET", "/api/catalog", NULL, NULL, 200, CATALOG(STORED("CVN_A", "1.5") "," STORED("CVN_B", "1")), 0}

/* Scenarios with a file, whose name takes the place of the word FILE. */
static const struct {
	const char *file;
	struct scenario scenario;
} with_files[] = {
	{THREE,
	 {"apply replaces what differs, creates what is missing and leaves the rest",
	  {"catalog", "apply", "FILE", "--reason", "why"},
	  {STORED_TWO,
	    {"PUT", "/api/catalog/CVN_B", "\"5\"", PUT_BODY("2"), 200, "{}", 0},
	    {"PUT", "/api/catalog/CVN_C", "new", PUT_BODY("3"), 201, "{}", 0}},
	  CTL_DONE,
	  "PARAMETER  ACTION   MEMBER     OLD  NEW\n"
	  "CVN_B      replace  max_value  1    2\n"
	  "CVN_C      create   type       -    decimal\n"
	  "CVN_C      create   category   -    threshold\n"
	  "CVN_C      create   max_value  -    3\n",
	  "1 created, 1 replaced, 1 as they were\n"}},
	{CATALOG(VARIABLE("CVN_A", "1.50")),
	 {"apply of what is there already does nothing", {"catalog", "apply", "FILE"}, {STORED_TWO},
	  CTL_DONE, "", "0 created, 0 replaced, 1 as they were\n"}},
	{CATALOG(VARIABLE("CVN_B", "2")),
	 {"a dry run of apply writes nothing and exits 1 on a difference",
	  {"catalog", "apply", "FILE", "--dry-run"}, {STORED_TWO}, CTL_REFUSED,
	  "PARAMETER  ACTION   MEMBER     OLD  NEW\nCVN_B      replace  max_value  1    2\n",
	  "0 to be created, 1 to be replaced, 0 as they were\n"}},
	{THREE,
	 {"apply ends at the first refusal and says what is not done",
	  {"catalog", "apply", "FILE", "--reason", "why"},
	  {STORED_TWO,
	   {"PUT", "/api/catalog/CVN_B", "\"5\"", NULL, 422, "{\"title\":\"t\",\"code\":\"invalid\"}", 0}},
	  CTL_REFUSED, "", "0 created, 0 replaced, 1 as they were, 2 not done\n"}},
	{CATALOG(VARIABLE("CVN_B", "2")),
	 {"apply whose answer is lost may be repeated",
	  {"catalog", "apply", "FILE", "--reason", "why"},
	  {STORED_TWO, {"PUT", "/api/catalog/CVN_B", NULL, NULL, 0, NULL, 0}}, CTL_LINK, "",
	  "next: the same command again is safe: it finds what it has done\n"}},
	{CATALOG("{\"name\":\"CVN_A\",\"tpye\":\"int\"}"),
	 {"apply refuses what it does not know before it asks anything", {"catalog", "apply", "FILE"}, {{0}},
	  CTL_USAGE, "", "a definition has no member 'tpye'"}},
	{CATALOG(VARIABLE("CVN_A", "1") "," VARIABLE("CVN_A", "2")),
	 {"apply refuses two definitions of one name", {"catalog", "apply", "FILE"}, {{0}}, CTL_USAGE, "",
	  "a parameter is defined twice"}},
	{"{\"environment\":\"dev\",\"values\":{\"CVN_A\":\"1.50\"}}",
	 {"another spelling of a value, and what a file does not name, are no difference",
	  {"config", "diff", "dev", "FILE"},
	  {STORED_TWO, {"GET", "/api/config/dev", NULL, NULL, 200, VALUES("12", "1.5"), 0}}, CTL_DONE, "",
	  "do not differ\n"}},
	{"{\"environment\":\"dev\",\"version\":9,\"values\":{\"CVN_A\":\"1\"}}",
	 {"a document of the environment itself is imported on top of its version",
	  {"config", "import", "dev", "FILE", "--reason", "why"},
	  {{"POST", "/api/config/dev/import", "\"9\"",
	     "{\"environment\":\"dev\",\"version\":9,\"values\":{\"CVN_A\":\"1\"},\"reason\":\"why\"}", 201,
	     SET("active"), 0}},
	  CTL_DONE, TABLE, "live is at version 13 (change 42)\n"}},
	{"{\"environment\":\"paper\",\"version\":9,\"values\":{}}",
	 {"a document of another environment is imported on top of whatever is current",
	  {"config", "import", "dev", "FILE", "--reason", "why"},
	  {{"POST", "/api/config/dev/import", "*", NULL, 201, SET("active"), 0}}, CTL_DONE, TABLE,
	  "version 13"}},
	{"{\"values\":1}",
	 {"a file without values is no document", {"config", "diff", "dev", "FILE"}, {{0}}, CTL_USAGE, "",
	  "next: take a file of cvnctl config export\n"}},
};

START_TEST(a_command_with_a_file_does_what_its_scenario_says)
{
	struct scenario scenario = with_files[_i].scenario;
	char *file = file_of(with_files[_i].file);

	for (size_t i = 0; i < SCENARIO_WORDS && scenario.words[i] != NULL; i++) {
		if (strcmp(scenario.words[i], "FILE") == 0)
			scenario.words[i] = file;
	}
	scenario_run(&scenario, NULL);
	unlink(file);
	free(file);
}
END_TEST

TCase *check_governed(void)
{
	TCase *tcase = tcase_create("governed");

	tcase_add_loop_test(tcase, a_governed_command_does_what_its_scenario_says, 0,
			    sizeof scenarios / sizeof scenarios[0]);
	tcase_add_loop_test(tcase, on_a_terminal_what_is_approved_is_what_was_shown, 0,
			    sizeof asked / sizeof asked[0]);
	tcase_add_loop_test(tcase, a_command_with_a_file_does_what_its_scenario_says, 0,
			    sizeof with_files / sizeof with_files[0]);
	return tcase;
}
