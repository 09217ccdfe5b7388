/*
 * A worker against the real servers, by either feed: the tests are the same, and a row of a table says what a feed
 * needs. Between them is a relay that fails when told to. Each test makes an environment of its own, named after its
 * process, in a database with the schema and the demo's catalog.
 *
 * CVN_TEST_DATABASE is the connection string of the schema's owner. For the long-poll feed CVN_TEST_STACK is that of a
 * running stack's, and CVN_TEST_API and CVN_TEST_NOTIFIER are the ports at which it answers. Without them the tests
 * are skipped, and say so.
 */
#include "tests/workerlib/check_worker.h"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/workerlib/relay.h"
#include "workerlib/clock.h"
#include "workerlib/cvnworker.h"

enum { PATIENCE_MS = 8000, HEARTBEAT_MS = 300, KINDS = CVN_EVENT_APPLIED + 1 };

/* The feeds, and what is between a worker and its servers: a relay for each. */
enum { LISTEN, POLL, FEEDS };
enum { TO_DATABASE, TO_API = 0, TO_NOTIFIER, RELAYS };

struct scene;

static void deaf_to_postgresql(struct scene *);
static void deaf_to_the_notifier(struct scene *);
static void ten_thousand_by_hand(struct scene *);
static void saves_past_the_notifiers_memory(struct scene *);

static const struct feed_row {
	const char *name, *database; /* the variable with its connection string */
	int relays;
	/* What is said on each way when all is read once. */
	const char *words[RELAYS];
	/* Makes the threshold 0.94 by one version that the worker is not told of. */
	void (*unheard)(struct scene *);
	/* Makes it 0.95 by more versions than anybody would go through one by one. */
	void (*many)(struct scene *);
} feeds[FEEDS] = {
	[LISTEN] = {"listen", "CVN_TEST_DATABASE", 1, {"from resolved_config", NULL}, deaf_to_postgresql,
		    ten_thousand_by_hand},
	[POLL] = {"long poll", "CVN_TEST_STACK", 2, {"GET /api/catalog", "\"full\":true"}, deaf_to_the_notifier,
		  saves_past_the_notifiers_memory},
};

struct scene {
	const struct feed_row *feed;
	struct relay relays[RELAYS];
	PGconn *db;
	char directory[128]; /* of the database's socket */
	char environment[32];
	cvn_worker *worker;
	cvn_param threshold, stop_loss;
	int events[KINDS]; /* by kind */
	int applied, validated;
	char last_reject[256], last_loss[256];
	bool reject;
};

static char *ask(PGconn *db, const char *sql, int n, const char *const *values)
{
	PGresult *result = PQexecParams(db, sql, n, NULL, values, NULL, NULL, 0);
	char *text;

	ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(db));
	text = PQntuples(result) && !PQgetisnull(result, 0, 0) ? strdup(PQgetvalue(result, 0, 0)) : NULL;
	PQclear(result);
	return text;
}

/* changes: {"NAME":"text"}; returns the new version. */
static int64_t save(struct scene *s, const char *changes)
{
	static const char sql[] =
		"select w.version from active_config c, lateral config_write($1, 'save', c.version, $2::jsonb,"
		" (select jsonb_agg(jsonb_build_object('name', r.name, 'old', r.value, 'new', t.value) order by r.name)"
		"  from jsonb_each_text($2::jsonb) t join resolved_config r on r.environment = $1 and r.name = t.key),"
		" null, 'tester', null, 'a test', 'check_worker') w where c.environment = $1";
	char *text = ask(s->db, sql, 2, (const char *const[]){s->environment, changes});
	int64_t version;

	ck_assert_ptr_nonnull(text);
	version = strtoll(text, NULL, 10);
	free(text);
	return version;
}

/* A column of this worker's row in worker_status, as text. */
static char *status(const struct scene *s, const char *column)
{
	char sql[160];

	snprintf(sql, sizeof(sql), "select %s from worker_status where worker_id = $1", column);
	return ask(s->db, sql, 1, (const char *const[]){s->environment});
}

static bool status_is(const struct scene *s, const char *column, const char *expected)
{
	char *text = status(s, column);
	bool is = text && strcmp(text, expected) == 0;

	free(text);
	return is;
}

/* ---- the caller's own loop ---- */

static void on_event(void *arg, const cvn_event *event)
{
	struct scene *s = arg;

	s->events[event->kind]++;
	if (event->kind == CVN_EVENT_REJECTED)
		snprintf(s->last_reject, sizeof(s->last_reject), "%s", event->detail);
	if (event->kind == CVN_EVENT_LINK_LOST)
		snprintf(s->last_loss, sizeof(s->last_loss), "%s", event->detail);
}

static void on_apply(void *arg, const cvn_applied *applied)
{
	struct scene *s = arg;

	ck_assert_str_eq(applied->environment, s->environment);
	s->applied++;
}

static int on_validate(void *arg, const cvn_proposed *proposed, cvn_error *e)
{
	struct scene *s = arg;

	s->validated += (int)proposed->n_changes;
	snprintf(e->detail, sizeof(e->detail), "not today");
	return s->reject;
}

static void turn(struct scene *s, int limit_ms)
{
	struct pollfd p = {.fd = cvn_worker_fd(s->worker), .events = POLLIN};
	int timeout = cvn_worker_timeout_ms(s->worker);
	cvn_error e = {0};

	(void)poll(&p, 1, timeout < 0 || timeout > limit_ms ? limit_ms : timeout);
	ck_assert_int_eq(cvn_worker_dispatch(s->worker, &e), 0);
}

/* Turns the loop until the condition holds; fails after a while. */
#define UNTIL(s, condition)                                                                                  \
	do {                                                                                                 \
		int64_t until_limit = clock_ms() + PATIENCE_MS;                                              \
		while (!(condition)) {                                                                       \
			ck_assert_msg(clock_ms() < until_limit, "%s", #condition);                           \
			turn((s), 20);                                                                       \
		}                                                                                            \
	} while (0)

static void turn_for(struct scene *s, int ms)
{
	for (int64_t limit = clock_ms() + ms; clock_ms() < limit;)
		turn(s, 20);
}

/* ---- a scene ---- */

static void scene_environment(struct scene *s)
{
	char *text;

	snprintf(s->environment, sizeof(s->environment), "check-%d-%lld", (int)getpid(),
		 (long long)clock_ms() % 1000000000);
	text = ask(s->db,
		   "select version from environment_create($1, null, 'tester', 'a test', 'check_worker')", 1,
		   (const char *const[]){s->environment});
	ck_assert_ptr_nonnull(text);
	free(text);
}

/* The member of a connection string. */
static void part_of(PGconn *db, const char *keyword, char *out, size_t n)
{
	PQconninfoOption *all = PQconninfo(db);

	for (PQconninfoOption *o = all; o && o->keyword; o++)
		if (strcmp(o->keyword, keyword) == 0 && o->val)
			snprintf(out, n, "%s", o->val);
	PQconninfoFree(all);
}

static void set(cvn_options *o, const char *name, const char *value)
{
	cvn_error e = {0};

	ck_assert_msg(cvn_options_set(o, name, value, &e) == 0, "%s", e.detail);
}

/* The token of each test is made for it, and gone afterwards. */
static void token_of(const struct scene *s, char out[64])
{
	snprintf(out, 64, "token-%s", s->environment);
}

static void set_feed(const struct scene *s, cvn_options *o)
{
	char text[256], token[64], dbname[64] = "", user[64] = "";

	if (s->feed == &feeds[LISTEN]) {
		part_of(s->db, "dbname", dbname, sizeof(dbname));
		part_of(s->db, "user", user, sizeof(user));
		snprintf(text, sizeof(text), "host=%s dbname=%s user=%s", s->relays[TO_DATABASE].directory, dbname,
			 user);
		set(o, "database", text);
		return;
	}
	token_of(s, token);
	set(o, "token", token);
	snprintf(text, sizeof(text), "http://127.0.0.1:%d", s->relays[TO_API].port);
	set(o, "url", text);
	snprintf(text, sizeof(text), "http://127.0.0.1:%d/", s->relays[TO_NOTIFIER].port);
	set(o, "watch_url", text);
}

static cvn_options *options_of(const struct scene *s, const char *environment)
{
	cvn_options *o = cvn_options_new();
	char heartbeat[16];

	snprintf(heartbeat, sizeof(heartbeat), "%d", HEARTBEAT_MS);
	set(o, "environment", environment);
	set(o, "worker_id", s->environment);
	set(o, "heartbeat_ms", heartbeat);
	set_feed(s, o);
	return o;
}

static int open_with(struct scene *s, cvn_options *o, cvn_error *e)
{
	int code = cvn_worker_open(o, &s->worker, e);

	cvn_options_free(o);
	return code;
}

static int scene_open(struct scene *s, const char *environment, cvn_error *e)
{
	return open_with(s, options_of(s, environment), e);
}

static void make_token(struct scene *s)
{
	char token[64], *id;

	token_of(s, token);
	id = ask(s->db,
		 "insert into tokens (name, sha256, role, environment, created_by)"
		 " select $2, encode(sha256(convert_to($1, 'UTF8')), 'hex'), 'worker', '*', min(login::text) from operators"
		 " returning id",
		 2, (const char *const[]){token, s->environment});
	free(id);
}

static void start_relays(struct scene *s)
{
	part_of(s->db, "host", s->directory, sizeof(s->directory));
	if (s->feed == &feeds[LISTEN]) {
		relay_start_socket(&s->relays[TO_DATABASE], s->directory, s->feed->words[TO_DATABASE]);
		return;
	}
	relay_start_port(&s->relays[TO_API], atoi(getenv("CVN_TEST_API")), s->feed->words[TO_API]);
	relay_start_port(&s->relays[TO_NOTIFIER], atoi(getenv("CVN_TEST_NOTIFIER")), s->feed->words[TO_NOTIFIER]);
	make_token(s);
}

/* What is there before a worker is. */
static void scene_prepare(struct scene *s, int feed)
{
	*s = (struct scene){.feed = &feeds[feed], .db = PQconnectdb(getenv(feeds[feed].database))};
	ck_assert_msg(PQstatus(s->db) == CONNECTION_OK, "%s", PQerrorMessage(s->db));
	scene_environment(s);
	start_relays(s);
}

static void scene_listen(struct scene *s)
{
	cvn_error e = {0};

	cvn_worker_on_event(s->worker, on_event, s);
	cvn_worker_on_apply(s->worker, on_apply, s);
	cvn_worker_on_validate(s->worker, on_validate, s);
	ck_assert_int_eq(cvn_worker_param(s->worker, "CVN_ENTRY_THRESHOLD", CVN_DECIMAL, &s->threshold, &e), 0);
	ck_assert_int_eq(cvn_worker_param(s->worker, "CVN_STOP_LOSS_PCT", CVN_DECIMAL, &s->stop_loss, &e), 0);
}

static void scene_start(struct scene *s, int feed)
{
	cvn_error e = {0};

	scene_prepare(s, feed);
	ck_assert_msg(scene_open(s, s->environment, &e) == 0, "%s", e.detail);
	scene_listen(s);
}

static void scene_close(struct scene *s)
{
	char token[64];

	token_of(s, token);
	PQclear(PQexecParams(s->db, "delete from tokens where sha256 = encode(sha256(convert_to($1, 'UTF8')), 'hex')", 1,
			     NULL, (const char *const[]){token}, NULL, NULL, 0));
	for (int i = 0; i < s->feed->relays; i++)
		relay_stop(&s->relays[i]);
	PQfinish(s->db);
}

static void scene_end(struct scene *s)
{
	cvn_worker_close(s->worker);
	ck_assert(status_is(s, "state", "offline"));
	scene_close(s);
}

/* ---- faults ---- */

static void everywhere(struct scene *s, void (*fault)(struct relay *))
{
	for (int i = 0; i < s->feed->relays; i++)
		fault(&s->relays[i]);
}

/* What the worker has asked for so far, by the words of its feed. */
static int reads(const struct scene *s)
{
	int n = 0;

	for (int i = 0; i < s->feed->relays; i++)
		n += relay_count(&s->relays[i]);
	return n;
}

/* What no operator can do: the threshold and the version change by hand, and nobody is notified. */
static void change_behind(struct scene *s, const char *value, int step)
{
	char by[16], *text;

	snprintf(by, sizeof(by), "%d", step);
	text = ask(s->db,
		   "with entry as ("
		   "insert into active_config_entries (config_id, name, value, version, changed_at, changed_by)"
		   " select id, 'CVN_ENTRY_THRESHOLD', $2, version + 1, now(), 'tester' from active_config"
		   " where environment = $1"
		   " on conflict (config_id, name) do update set value = excluded.value)"
		   " update active_config set version = version + $3::int where environment = $1 returning version",
		   3, (const char *const[]){s->environment, value, by});
	ck_assert_ptr_nonnull(text);
	free(text);
}

static void deaf_to_postgresql(struct scene *s)
{
	change_behind(s, "0.94", 1);
}

static void deaf_to_the_notifier(struct scene *s)
{
	relay_silence(&s->relays[TO_NOTIFIER]);
	save(s, "{\"CVN_ENTRY_THRESHOLD\":\"0.94\"}");
}

static void ten_thousand_by_hand(struct scene *s)
{
	change_behind(s, "0.95", 10000);
}

static void saves_past_the_notifiers_memory(struct scene *s)
{
	char changes[64];

	PQclear(PQexec(s->db, "begin"));
	for (int i = 0; i < 1100; i++) {
		snprintf(changes, sizeof(changes), "{\"CVN_ENTRY_THRESHOLD\":\"0.1%d1\"}", i);
		save(s, changes);
	}
	save(s, "{\"CVN_ENTRY_THRESHOLD\":\"0.95\"}");
	PQclear(PQexec(s->db, "commit"));
}

/* ---- tests ---- */

START_TEST(a_save_is_applied_at_the_cycles_end_and_reported)
{
	struct scene s;
	int64_t version;
	char text[24];

	scene_start(&s, _i);
	UNTIL(&s, status_is(&s, "state", "current"));
	cvn_cycle_begin(s.worker);
	version = save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.9\"}");
	UNTIL(&s, s.events[CVN_EVENT_RECEIVED] == 1);
	ck_assert_double_ne(cvn_get_decimal(s.worker, s.threshold), 0.9);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_PENDING);
	UNTIL(&s, status_is(&s, "waiting_for", "cycle_end"));
	cvn_cycle_end(s.worker);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.9);
	ck_assert_int_eq(cvn_worker_version(s.worker), version);
	ck_assert_int_eq(s.applied, 1);
	ck_assert_int_eq(s.events[CVN_EVENT_APPLIED], 1);
	snprintf(text, sizeof(text), "%lld", (long long)version);
	UNTIL(&s, status_is(&s, "applied_version", text));
	ck_assert(status_is(&s, "config_hash", cvn_worker_config_hash(s.worker)));
	ck_assert(status_is(&s, "state", "current"));
	scene_end(&s);
}
END_TEST

START_TEST(a_risk_limit_waits_for_the_position_and_a_heartbeat)
{
	struct scene s;

	scene_start(&s, _i);
	cvn_position_open(s.worker);
	save(&s, "{\"CVN_STOP_LOSS_PCT\":\"0.75\"}");
	UNTIL(&s, status_is(&s, "waiting_for", "position_close"));
	cvn_position_close(s.worker);
	UNTIL(&s, status_is(&s, "waiting_for", "heartbeat"));
	ck_assert_double_ne(cvn_get_decimal(s.worker, s.stop_loss), 0.75);
	cvn_heartbeat(s.worker);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.stop_loss), 0.75);
	UNTIL(&s, status_is(&s, "state", "current"));
	scene_end(&s);
}
END_TEST

START_TEST(what_is_not_hot_is_named_and_not_applied)
{
	struct scene s;
	cvn_param model;
	char before[64];

	scene_start(&s, _i);
	ck_assert_int_eq(cvn_worker_param(s.worker, "CVN_MODEL_TYPE", CVN_ENUM, &model, NULL), 0);
	snprintf(before, sizeof(before), "%s", cvn_get_string(s.worker, model));
	ck_assert_str_ne(before, "catboost");
	save(&s, "{\"CVN_MODEL_TYPE\":\"catboost\"}");
	UNTIL(&s, status_is(&s, "state", "restart_required"));
	ck_assert(status_is(&s, "restart_required::text", "[\"CVN_MODEL_TYPE\"]"));
	ck_assert(status_is(&s, "lag_versions", "0"));
	cvn_heartbeat(s.worker);
	ck_assert_str_eq(cvn_get_string(s.worker, model), before);
	cvn_worker_close(s.worker);
	ck_assert_int_eq(scene_open(&s, s.environment, NULL), 0);
	ck_assert_int_eq(cvn_worker_param(s.worker, "CVN_MODEL_TYPE", CVN_ENUM, &model, NULL), 0);
	ck_assert_str_eq(cvn_get_string(s.worker, model), "catboost");
	scene_end(&s);
}
END_TEST

START_TEST(the_worker_may_refuse_and_keeps_the_last_good)
{
	struct scene s;
	double before;
	int64_t version;

	scene_start(&s, _i);
	before = cvn_get_decimal(s.worker, s.threshold);
	version = cvn_worker_version(s.worker);
	s.reject = true;
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.91\"}");
	UNTIL(&s, status_is(&s, "state", "rejected"));
	ck_assert_str_eq(s.last_reject, "not today");
	ck_assert(status_is(&s, "rejected->>'detail'", "not today"));
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), before);
	ck_assert_int_eq(cvn_worker_version(s.worker), version);
	s.reject = false;
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.92\"}");
	UNTIL(&s, status_is(&s, "state", "current"));
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.92);
	ck_assert_int_eq(cvn_worker_version(s.worker), version + 2);
	scene_end(&s);
}
END_TEST

START_TEST(a_cut_connection_is_made_again_and_nothing_is_missed)
{
	struct scene s;

	scene_start(&s, _i);
	UNTIL(&s, status_is(&s, "state", "current"));
	everywhere(&s, relay_cut);
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.93\"}");
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] >= 1);
	UNTIL(&s, s.events[CVN_EVENT_LINK_BACK] >= 1);
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.93);
	UNTIL(&s, status_is(&s, "state", "current"));
	scene_end(&s);
}
END_TEST

/* The heartbeat brings what no notification told, and who did not tell it is not listened to any more. */
START_TEST(a_lost_notification_costs_one_heartbeat_and_the_connection)
{
	struct scene s;

	scene_start(&s, _i);
	UNTIL(&s, status_is(&s, "state", "current"));
	s.feed->unheard(&s);
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] == 1);
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.94);
	ck_assert_int_eq(cvn_worker_version(s.worker), 2);
	everywhere(&s, relay_go_on);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	scene_end(&s);
}
END_TEST

/* A save and the report of the moment overtake each other in any order; neither is a doubt. */
START_TEST(saves_between_heartbeats_are_no_doubt)
{
	struct scene s;
	char changes[64];
	int64_t version = 0;

	scene_start(&s, _i);
	UNTIL(&s, status_is(&s, "state", "current"));
	for (int i = 0; i < 60; i++) {
		snprintf(changes, sizeof(changes), "{\"CVN_ENTRY_THRESHOLD\":\"0.1%02d1\"}", i);
		version = save(&s, changes);
		turn_for(&s, 17);
	}
	UNTIL(&s, cvn_worker_version(s.worker) == version);
	turn_for(&s, 1000);
	ck_assert_msg(s.events[CVN_EVENT_LINK_LOST] == 0, "%s", s.last_loss);
	scene_end(&s);
}
END_TEST

/* However much was missed: one read, and the newest is in force. */
START_TEST(ten_thousand_missed_changes_are_one_read)
{
	struct scene s;
	int before;
	char *version;

	scene_start(&s, _i);
	UNTIL(&s, status_is(&s, "state", "current"));
	everywhere(&s, relay_refuse);
	before = reads(&s);
	s.feed->many(&s);
	version = ask(s.db, "select version from active_config where environment = $1", 1,
		      (const char *const[]){s.environment});
	everywhere(&s, relay_go_on);
	UNTIL(&s, status_is(&s, "applied_version", version));
	free(version);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.95);
	ck_assert_int_eq(reads(&s) - before, 1);
	ck_assert_int_eq(s.events[CVN_EVENT_RECEIVED], 1);
	scene_end(&s);
}
END_TEST

/* The server is there and does not answer: the deadline ends the connection, the last good stays. */
START_TEST(a_silent_server_is_given_up)
{
	struct scene s;

	scene_start(&s, _i);
	UNTIL(&s, status_is(&s, "state", "current"));
	everywhere(&s, relay_silence);
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] == 1);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_OFFLINE);
	ck_assert_double_gt(cvn_get_decimal(s.worker, s.threshold), 0);
	everywhere(&s, relay_go_on);
	UNTIL(&s, s.events[CVN_EVENT_LINK_BACK] >= 1);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	scene_end(&s);
}
END_TEST

/* A database that was restored from a backup is older than the worker: the worker follows, and says so. */
START_TEST(a_version_that_fell_is_followed_loudly)
{
	struct scene s;

	scene_start(&s, _i);
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.81\"}");
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.82\"}");
	UNTIL(&s, cvn_worker_version(s.worker) == 3);
	change_behind(&s, "0.83", -2);
	UNTIL(&s, s.events[CVN_EVENT_VERSION_FELL] == 1);
	UNTIL(&s, cvn_worker_version(s.worker) == 1);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.83);
	change_behind(&s, "0.82", 2);
	scene_end(&s);
}
END_TEST

START_TEST(forged_notifications_change_nothing)
{
	struct scene s;
	int64_t version;
	char sql[160];

	scene_start(&s, _i);
	UNTIL(&s, status_is(&s, "state", "current"));
	version = cvn_worker_version(s.worker);
	snprintf(sql, sizeof(sql), "notify config_changed, 'env=%s,key=CVN_ENTRY_THRESHOLD,version=999999'",
		 s.environment);
	PQclear(PQexec(s.db, sql));
	PQclear(PQexec(s.db, "notify config_changed, 'nonsense'"));
	turn_for(&s, 600);
	ck_assert_int_eq(cvn_worker_version(s.worker), version);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CURRENT);
	ck_assert_msg(s.events[CVN_EVENT_LINK_LOST] == 0, "%s", s.last_loss);
	scene_end(&s);
}
END_TEST

START_TEST(a_worker_without_a_configuration_does_not_open)
{
	struct scene s;
	cvn_error e = {0};
	cvn_worker *first;

	scene_start(&s, _i);
	first = s.worker;
	ck_assert_int_eq(scene_open(&s, "nowhere", &e), CVN_E_REFUSED);
	ck_assert_ptr_null(s.worker);
	ck_assert_ptr_nonnull(strstr(e.detail, "no such environment"));
	everywhere(&s, relay_refuse);
	ck_assert_int_eq(scene_open(&s, s.environment, &e), CVN_E_LINK);
	everywhere(&s, relay_go_on);
	s.worker = first;
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.96\"}");
	UNTIL(&s, cvn_get_decimal(s.worker, s.threshold) == 0.96);
	scene_end(&s);
}
END_TEST

static int scene_open_cached(struct scene *s, const char *directory, const char *max_age_s, cvn_error *e)
{
	cvn_options *o = options_of(s, s->environment);

	set(o, "cache_dir", directory);
	set(o, "cache_max_age_s", max_age_s);
	return open_with(s, o, e);
}

/* Nobody answers: the last good configuration from disk, marked; and when somebody does, what he says. */
START_TEST(a_start_without_the_platform_is_from_disk)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX", path[128];
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_msg(scene_open_cached(&s, directory, "60", &e) == 0, "%s", e.detail);
	scene_listen(&s);
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.97\"}");
	UNTIL(&s, cvn_worker_version(s.worker) == 2);
	cvn_worker_close(s.worker);
	everywhere(&s, relay_refuse);
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.98\"}");
	ck_assert_msg(scene_open_cached(&s, directory, "60", &e) == 0, "%s", e.detail);
	scene_listen(&s);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CACHED);
	ck_assert_int_eq(cvn_worker_version(s.worker), 2);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.97);
	UNTIL(&s, s.events[CVN_EVENT_CACHED] == 1);
	turn_for(&s, 500);
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CACHED);
	everywhere(&s, relay_go_on);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.98);
	ck_assert_int_eq(s.events[CVN_EVENT_CACHED], 1);
	ck_assert_int_eq(s.events[CVN_EVENT_CACHE_FAILED], 0);
	scene_end(&s);
	snprintf(path, sizeof(path), "%s/%s.%s.cvn", directory, s.environment, s.environment);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

/* Without a usable file there is an error that says both: why not from there, and why not from here. */
START_TEST(a_start_without_platform_and_cache_fails)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX";
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	everywhere(&s, relay_refuse);
	ck_assert_int_eq(scene_open_cached(&s, directory, "60", &e), CVN_E_LINK);
	ck_assert_ptr_null(s.worker);
	ck_assert_msg(strstr(e.detail, "cache: ") != NULL && strstr(e.detail, "is not there; and ") != NULL, "%s",
		      e.detail);
	ck_assert_int_eq(rmdir(directory), 0);
	scene_close(&s);
}
END_TEST

/* A platform that answers is obeyed, also when it says no. */
START_TEST(a_refusal_is_not_answered_from_disk)
{
	struct scene s;
	char directory[] = "/tmp/cvn-feed-XXXXXX";
	cvn_options *o;
	cvn_error e = {0};

	scene_prepare(&s, _i);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	o = options_of(&s, "nowhere");
	set(o, "cache_dir", directory);
	ck_assert_int_eq(open_with(&s, o, &e), CVN_E_REFUSED);
	ck_assert_msg(strstr(e.detail, "cache") == NULL, "%s", e.detail);
	ck_assert_int_eq(rmdir(directory), 0);
	scene_close(&s);
}
END_TEST

/* What a forked child may do with its parent's worker: 0, or the line that was wrong. */
#define CHILD_NEEDS(condition)                                                                               \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			return __LINE__ % 256;                                                               \
	} while (0)

static int live_as_a_child(struct scene *s)
{
	cvn_param p;
	cvn_error e = {0};

	CHILD_NEEDS(cvn_worker_start(s->worker, &e) == CVN_E_FORKED);
	CHILD_NEEDS(cvn_worker_dispatch(s->worker, &e) == CVN_E_FORKED);
	CHILD_NEEDS(cvn_worker_param(s->worker, "CVN_COOLDOWN", CVN_DURATION, &p, &e) == CVN_E_FORKED);
	CHILD_NEEDS(cvn_worker_fd(s->worker) == -1 && cvn_worker_timeout_ms(s->worker) == -1);
	CHILD_NEEDS(cvn_worker_state(s->worker) == CVN_OFFLINE);
	cvn_cycle_begin(s->worker);
	CHILD_NEEDS(cvn_get_decimal(s->worker, s->threshold) > 0);
	cvn_cycle_end(s->worker);
	cvn_heartbeat(s->worker);
	cvn_worker_close(s->worker);
	return 0;
}

START_TEST(a_forked_child_never_touches_the_link)
{
	struct scene s;
	int status = -1;
	pid_t child;
	cvn_error e = {0};

	scene_start(&s, _i);
	ck_assert_int_eq(cvn_worker_start(s.worker, &e), 0);
	/* The thread may hold any lock when the process is forked. */
	for (int i = 0; i < 20; i++) {
		save(&s, i % 2 ? "{\"CVN_ENTRY_THRESHOLD\":\"0.91\"}" : "{\"CVN_ENTRY_THRESHOLD\":\"0.92\"}");
		child = fork();
		if (child == 0)
			_exit(live_as_a_child(&s));
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "line %d", WEXITSTATUS(status));
	}
	for (int64_t limit = clock_ms() + PATIENCE_MS; cvn_worker_version(s.worker) != 21;) {
		ck_assert(clock_ms() < limit);
		usleep(1000);
	}
	ck_assert_int_eq(cvn_worker_state(s.worker), CVN_CURRENT);
	ck_assert_msg(s.events[CVN_EVENT_LINK_LOST] == 0, "%s", s.last_loss);
	scene_end(&s);
}
END_TEST

/* A child that only lives on has the parent's descriptors; those closed since must not keep the loop awake. */
START_TEST(a_childs_descriptors_do_not_keep_the_loop_awake)
{
	struct scene s;
	int turns = 0;
	pid_t child;

	scene_start(&s, _i);
	UNTIL(&s, status_is(&s, "state", "current"));
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	everywhere(&s, relay_refuse);
	UNTIL(&s, s.events[CVN_EVENT_LINK_LOST] == 1);
	everywhere(&s, relay_go_on);
	UNTIL(&s, cvn_worker_state(s.worker) == CVN_CURRENT);
	for (int64_t limit = clock_ms() + 500; clock_ms() < limit; turns++)
		turn(&s, 100);
	ck_assert_int_lt(turns, 100);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	scene_end(&s);
}
END_TEST

/* The same by the background thread: it listens, applies when nothing is in flight, and ends when told. */
START_TEST(the_background_thread_does_the_same)
{
	struct scene s;
	cvn_error e = {0};
	int64_t limit = clock_ms() + PATIENCE_MS;

	scene_start(&s, _i);
	ck_assert_int_eq(cvn_worker_start(s.worker, &e), 0);
	ck_assert_int_eq(cvn_worker_start(s.worker, &e), CVN_E_STATE);
	ck_assert_int_eq(cvn_worker_dispatch(s.worker, &e), CVN_E_STATE);
	save(&s, "{\"CVN_ENTRY_THRESHOLD\":\"0.95\"}");
	while (cvn_get_decimal(s.worker, s.threshold) != 0.95 && clock_ms() < limit)
		usleep(1000);
	ck_assert_double_eq(cvn_get_decimal(s.worker, s.threshold), 0.95);
	while (!status_is(&s, "state", "current") && clock_ms() < limit)
		usleep(1000);
	ck_assert(status_is(&s, "state", "current"));
	ck_assert_uint_eq(cvn_worker_forbidden_applies(s.worker), 0);
	scene_end(&s);
}
END_TEST

static const TTest *const *const tests[] = {
	&a_save_is_applied_at_the_cycles_end_and_reported,
	&a_risk_limit_waits_for_the_position_and_a_heartbeat,
	&what_is_not_hot_is_named_and_not_applied,
	&the_worker_may_refuse_and_keeps_the_last_good,
	&a_cut_connection_is_made_again_and_nothing_is_missed,
	&a_lost_notification_costs_one_heartbeat_and_the_connection,
	&saves_between_heartbeats_are_no_doubt,
	&ten_thousand_missed_changes_are_one_read,
	&a_silent_server_is_given_up,
	&a_version_that_fell_is_followed_loudly,
	&forged_notifications_change_nothing,
	&a_worker_without_a_configuration_does_not_open,
	&a_start_without_the_platform_is_from_disk,
	&a_start_without_platform_and_cache_fails,
	&a_refusal_is_not_answered_from_disk,
	&a_forked_child_never_touches_the_link,
	&a_childs_descriptors_do_not_keep_the_loop_awake,
	&the_background_thread_does_the_same,
};

enum { TESTS = sizeof(tests) / sizeof(tests[0]) };

/* Which feeds can be tested: from LISTEN to before this one. */
static int feeds_at_hand(void)
{
	int n = 0;

	while (n < FEEDS && getenv(feeds[n].database))
		n++;
	return n;
}

Suite *feed_suite(void)
{
	Suite *suite = suite_create("feed");
	TCase *tcase = tcase_create("feed");
	int at_hand = feeds_at_hand();

	tcase_set_timeout(tcase, 60);
	for (int i = 0; i < TESTS && at_hand > 0; i++)
		tcase_add_loop_test(tcase, *tests[i], 0, at_hand);
	for (int i = at_hand; i < FEEDS; i++)
		printf("skipped: %d (%s: %s is not set)\n", TESTS, feeds[i].name, feeds[i].database);
	suite_add_tcase(suite, tcase);
	return suite;
}
