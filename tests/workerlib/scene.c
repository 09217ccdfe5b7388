#include "tests/workerlib/scene.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What nobody can do to the history, done by its owner for a moment. */
static void write_history(struct scene *s, const char *statement)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
		 "begin; alter table config_history disable trigger config_history_append_only; %s;"
		 " alter table config_history enable trigger config_history_append_only; commit", statement);
	PGresult *result = PQexec(s->db, sql);
	ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(s->db));
	PQclear(result);
}

void scene_rewrite_history(struct scene *s)
{
	char sql[320];

	snprintf(sql, sizeof(sql),
		 "update config_history h set row_hash = reverse(row_hash::text) from active_config c"
		 " where h.config_id = c.id and h.version = c.version and c.environment = '%s'",
		 s->environment);
	write_history(s, sql);
}

void scene_mend_history(struct scene *s)
{
	char sql[640];

	snprintf(sql, sizeof(sql),
		 "do $$ declare r config_history; before char(64) := repeat('0', 64); begin"
		 " for r in select h.* from config_history h where h.environment = '%s'"
		 " order by h.version loop r.prev_hash := before; before := config_history_hash(r);"
		 " update config_history set prev_hash = r.prev_hash, row_hash = before where id = r.id;"
		 " end loop; end $$", s->environment);
	write_history(s, sql);
}

void scene_rewrite_catalog(struct scene *s, const char *threshold)
{
	free(scene_ask(s->db,
		       "update variable_catalog set default_value = $1 where name = 'CVN_ENTRY_THRESHOLD'"
		       " returning name", 1, (const char *const[]){threshold}));
}

static void deaf_to_postgresql(struct scene *);
static void deaf_to_the_notifier(struct scene *);
static void ten_thousand_by_hand(struct scene *);
static void saves_past_the_notifiers_memory(struct scene *);
static void as_a_reader(struct scene *, cvn_options *);
static void as_a_viewer(struct scene *, cvn_options *);

static const struct feed_row feeds[FEEDS] = {
	[LISTEN] = {"listen", "CVN_TEST_DATABASE", 1, {"The stop loss must be smaller", NULL},
		    deaf_to_postgresql, ten_thousand_by_hand, 0, as_a_reader, "permission denied"},
	[POLL] = {"long poll", "CVN_TEST_STACK", 2, {"GET /api/catalog", "\"full\":true"},
		  deaf_to_the_notifier, saves_past_the_notifiers_memory, 1, as_a_viewer,
		  "needs the role worker"},
};

char *scene_ask(PGconn *db, const char *sql, int n, const char *const *values)
{
	PGresult *result = PQexecParams(db, sql, n, NULL, values, NULL, NULL, 0);
	char *text;

	ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(db));
	text = PQntuples(result) && !PQgetisnull(result, 0, 0) ? strdup(PQgetvalue(result, 0, 0)) : NULL;
	PQclear(result);
	return text;
}

/* changes: {"NAME":"text"}; returns the new version. */
int64_t scene_save(struct scene *s, const char *changes)
{
	static const char sql[] =
		"select w.version from active_config c,"
		" lateral config_write($1, 'save', c.version, $2::jsonb,"
		" (select jsonb_agg(jsonb_build_object('name', r.name, 'old', r.value, 'new', t.value)"
		"   order by r.name) from jsonb_each_text($2::jsonb) t"
		"  join resolved_config r on r.environment = $1 and r.name = t.key),"
		" null, 'tester', null, 'a test', 'check_worker') w where c.environment = $1";
	char *text = scene_ask(s->db, sql, 2, (const char *const[]){s->environment, changes});
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
	return scene_ask(s->db, sql, 1, (const char *const[]){s->environment});
}

bool scene_status_is(const struct scene *s, const char *column, const char *expected)
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

void scene_turn(struct scene *s, int limit_ms)
{
	struct pollfd p = {.fd = cvn_worker_fd(s->worker), .events = POLLIN};
	int timeout = cvn_worker_timeout_ms(s->worker);
	cvn_error e = {0};

	(void)poll(&p, 1, timeout < 0 || timeout > limit_ms ? limit_ms : timeout);
	ck_assert_int_eq(cvn_worker_dispatch(s->worker, &e), 0);
}

void scene_turn_for(struct scene *s, int ms)
{
	for (int64_t limit = clock_ms() + ms; clock_ms() < limit;)
		scene_turn(s, 20);
}

/* ---- a scene ---- */

static void scene_environment(struct scene *s)
{
	char *text;

	snprintf(s->environment, sizeof(s->environment), "check-%d-%lld", (int)getpid(),
		 (long long)clock_ms() % 1000000000);
	text = scene_ask(s->db,
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

void scene_set(cvn_options *o, const char *name, const char *value)
{
	cvn_error e = {0};

	ck_assert_msg(cvn_options_set(o, name, value, &e) == 0, "%s", e.detail);
}

/* The token of each test is made for it, and gone afterwards. */
static void token_of(const struct scene *s, char out[64])
{
	snprintf(out, 64, "token-%s", s->environment);
}

static void set_database(const struct scene *s, cvn_options *o, const char *user)
{
	char text[256], dbname[64] = "";

	part_of(s->db, "dbname", dbname, sizeof(dbname));
	snprintf(text, sizeof(text), "host=%s dbname=%s user=%s", s->relays[TO_DATABASE].directory, dbname,
		 user);
	scene_set(o, "database", text);
}

static void set_feed(const struct scene *s, cvn_options *o)
{
	char text[256], token[64], user[64] = "";

	if (s->feed == &feeds[LISTEN]) {
		part_of(s->db, "user", user, sizeof(user));
		set_database(s, o, user);
		return;
	}
	token_of(s, token);
	scene_set(o, "token", token);
	snprintf(text, sizeof(text), "http://127.0.0.1:%d", s->relays[TO_API].port);
	scene_set(o, "url", text);
	snprintf(text, sizeof(text), "http://127.0.0.1:%d/", s->relays[TO_NOTIFIER].port);
	scene_set(o, "watch_url", text);
}

static void as_a_reader(struct scene *s, cvn_options *o)
{
	set_database(s, o, "cvn_reader");
}

static void as_a_viewer(struct scene *s, cvn_options *o)
{
	(void)o;
	free(scene_ask(s->db, "update tokens set role = 'viewer' where name = $1 returning id", 1,
		       (const char *const[]){s->environment}));
}

cvn_options *scene_options(const struct scene *s, const char *environment)
{
	cvn_options *o = cvn_options_new();
	char heartbeat[16];

	snprintf(heartbeat, sizeof(heartbeat), "%d", HEARTBEAT_MS);
	scene_set(o, "environment", environment);
	scene_set(o, "worker_id", s->environment);
	scene_set(o, "heartbeat_ms", heartbeat);
	set_feed(s, o);
	return o;
}

int scene_open_with(struct scene *s, cvn_options *o, cvn_error *e)
{
	int code = cvn_worker_open(o, &s->worker, e);

	cvn_options_free(o);
	return code;
}

int scene_open(struct scene *s, const char *environment, cvn_error *e)
{
	return scene_open_with(s, scene_options(s, environment), e);
}

static void make_token(struct scene *s)
{
	char token[64], *id;

	token_of(s, token);
	id = scene_ask(s->db,
		 "insert into tokens (name, sha256, role, environment, created_by)"
		 " select $2, encode(sha256(convert_to($1, 'UTF8')), 'hex'), 'worker', '*', min(login::text)"
		 " from operators returning id",
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
	relay_start_port(&s->relays[TO_NOTIFIER], atoi(getenv("CVN_TEST_NOTIFIER")),
			 s->feed->words[TO_NOTIFIER]);
	make_token(s);
}

/* What is there before a worker is. */
void scene_prepare(struct scene *s, int feed)
{
	*s = (struct scene){.feed = &feeds[feed], .db = PQconnectdb(getenv(feeds[feed].database))};
	ck_assert_msg(PQstatus(s->db) == CONNECTION_OK, "%s", PQerrorMessage(s->db));
	scene_environment(s);
	start_relays(s);
}

void scene_listen(struct scene *s)
{
	cvn_error e = {0};

	cvn_worker_on_event(s->worker, on_event, s);
	cvn_worker_on_apply(s->worker, on_apply, s);
	cvn_worker_on_validate(s->worker, on_validate, s);
	const int code = cvn_worker_param(s->worker, "CVN_ENTRY_THRESHOLD", CVN_DECIMAL, &s->threshold, &e);
	ck_assert_int_eq(code, 0);
	ck_assert_int_eq(cvn_worker_param(s->worker, "CVN_STOP_LOSS_PCT", CVN_DECIMAL, &s->stop_loss, &e), 0);
}

void scene_start(struct scene *s, int feed)
{
	cvn_error e = {0};

	scene_prepare(s, feed);
	ck_assert_msg(scene_open(s, s->environment, &e) == 0, "%s", e.detail);
	scene_listen(s);
}

void scene_close(struct scene *s)
{
	char token[64];

	token_of(s, token);
	PQclear(PQexecParams(s->db,
			     "delete from tokens"
			     " where sha256 = encode(sha256(convert_to($1, 'UTF8')), 'hex')",
			     1, NULL, (const char *const[]){token}, NULL, NULL, 0));
	for (int i = 0; i < s->feed->relays; i++)
		relay_stop(&s->relays[i]);
	PQfinish(s->db);
}

void scene_end(struct scene *s)
{
	cvn_worker_close(s->worker);
	ck_assert(scene_status_is(s, "state", "offline"));
	scene_close(s);
}

/* ---- faults ---- */

void scene_everywhere(struct scene *s, void (*fault)(struct relay *))
{
	for (int i = 0; i < s->feed->relays; i++)
		fault(&s->relays[i]);
}

/* What the worker has asked for so far, by the words of its feed. */
int scene_reads(const struct scene *s)
{
	int n = 0;

	for (int i = 0; i < s->feed->relays; i++)
		n += relay_count(&s->relays[i]);
	return n;
}

/* What no operator can do: the threshold and the version change by hand, and nobody is notified. */
void scene_change_behind(struct scene *s, const char *value, int step)
{
	char by[16], *text;

	snprintf(by, sizeof(by), "%d", step);
	text = scene_ask(s->db,
		   "with entry as ("
		   "insert into active_config_entries"
		   " (config_id, name, value, version, changed_at, changed_by)"
		   " select id, 'CVN_ENTRY_THRESHOLD', $2, version + 1, now(), 'tester' from active_config"
		   " where environment = $1"
		   " on conflict (config_id, name) do update set value = excluded.value)"
		   " update active_config set version = version + $3::int"
		   " where environment = $1 returning version",
		   3, (const char *const[]){s->environment, value, by});
	ck_assert_ptr_nonnull(text);
	free(text);
}

static void deaf_to_postgresql(struct scene *s)
{
	scene_change_behind(s, "0.94", 1);
}

static void deaf_to_the_notifier(struct scene *s)
{
	relay_silence(&s->relays[TO_NOTIFIER]);
	scene_save(s, "{\"CVN_ENTRY_THRESHOLD\":\"0.94\"}");
}

static void ten_thousand_by_hand(struct scene *s)
{
	scene_change_behind(s, "0.95", 10000);
}

static void saves_past_the_notifiers_memory(struct scene *s)
{
	char changes[64];

	PQclear(PQexec(s->db, "begin"));
	for (int i = 0; i < 1100; i++) {
		snprintf(changes, sizeof(changes), "{\"CVN_ENTRY_THRESHOLD\":\"0.1%d1\"}", i);
		scene_save(s, changes);
	}
	scene_save(s, "{\"CVN_ENTRY_THRESHOLD\":\"0.95\"}");
	PQclear(PQexec(s->db, "commit"));
}

/* ---- suites ---- */

/* Which feeds can be tested: from LISTEN to before this one. */
static int feeds_at_hand(void)
{
	int n = 0;

	while (n < FEEDS && getenv(feeds[n].database))
		n++;
	return n;
}

Suite *scene_suite(const char *name, const TTest *const *const *tests, int n)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	int at_hand = feeds_at_hand();

	tcase_set_timeout(tcase, 240);
	for (int i = 0; i < n && at_hand > 0; i++)
		tcase_add_loop_test(tcase, *tests[i], 0, at_hand);
	for (int i = at_hand; i < FEEDS; i++)
		printf("skipped: %d (%s, %s: %s is not set)\n", n, name, feeds[i].name, feeds[i].database);
	suite_add_tcase(suite, tcase);
	return suite;
}
