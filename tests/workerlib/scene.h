#ifndef CVN_TESTS_WORKERLIB_SCENE_H
#define CVN_TESTS_WORKERLIB_SCENE_H
/*
 * A worker against the real servers, by either feed: the tests are the same, and a row of a table says what a
 * feed needs. Between them is a relay that fails when told to. Each test makes an environment of its own,
 * named after its process, in a database with the schema and the demo's catalog.
 *
 * CVN_TEST_DATABASE is the connection string of the schema's owner. For the long-poll feed CVN_TEST_STACK is
 * that of a running stack's, and CVN_TEST_API and CVN_TEST_NOTIFIER are the ports at which it answers.
 * Without them the tests are skipped, and say so.
 */
#include <libpq-fe.h>

#include "tests/workerlib/check_worker.h"
#include "tests/workerlib/relay.h"
#include "workerlib/clock.h"
#include "workerlib/cvnworker.h"

enum { PATIENCE_MS = 8000, HEARTBEAT_MS = 300, KINDS = CVN_EVENT_APPLIED + 1 };

/* The feeds, and what is between a worker and its servers: a relay for each. */
enum { LISTEN, POLL, FEEDS };
enum { TO_DATABASE, TO_API = 0, TO_NOTIFIER, RELAYS };

struct scene;

struct feed_row {
	const char *name, *database; /* the variable with its connection string */
	int relays;
	/* What is said on each way when all is read once. */
	const char *words[RELAYS];
	/* Makes the threshold 0.94 by one version that the worker is not told of. */
	void (*unheard)(struct scene *);
	/* Makes it 0.95 by more versions than anybody would go through one by one. */
	void (*many)(struct scene *);
	int whole_reads; /* that it takes to come back after them */
	/* Who opens with these options may read, and not report. */
	void (*demote)(struct scene *, cvn_options *);
	const char *denial; /* is in what it is then told */
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

/* A suite whose tests run over the feeds at hand; _i is the feed. */
Suite *scene_suite(const char *name, const TTest *const *const *tests, int n);

/* ---- the database ---- */

/* The first value of the first row, to be freed; NULL: there is none. */
char *scene_ask(PGconn *, const char *sql, int n, const char *const *values);

/* changes: {"NAME":"text"}; returns the new version. */
int64_t scene_save(struct scene *, const char *changes);

/* What no operator can do: the threshold and the version change by hand, and nobody is notified. */
void scene_change_behind(struct scene *, const char *value, int step);

/* Likewise: the newest row of the environment's history gets another digest; and the chain is whole again. */
void scene_rewrite_history(struct scene *);
void scene_mend_history(struct scene *);

/* Likewise: the default of the threshold is another one, in a catalog of the same version. */
void scene_rewrite_catalog(struct scene *, const char *threshold);

/* Whether a column of this worker's row in worker_status has that text. */
bool scene_status_is(const struct scene *, const char *column, const char *expected);

/* ---- a worker ---- */

/* Environment, relays, token; then a worker with its callbacks, or what a test opens itself. */
void scene_prepare(struct scene *, int feed);
void scene_start(struct scene *, int feed);
cvn_options *scene_options(const struct scene *, const char *environment);
void scene_set(cvn_options *, const char *name, const char *value);
int scene_open_with(struct scene *, cvn_options *take, cvn_error *);
int scene_open(struct scene *, const char *environment, cvn_error *);
void scene_listen(struct scene *); /* callbacks and handles of the worker */

/* Closes the worker, and sees that the platform knows; then what scene_prepare() made. */
void scene_end(struct scene *);
void scene_close(struct scene *);

/* ---- the caller's own loop ---- */

void scene_turn(struct scene *, int limit_ms);
void scene_turn_for(struct scene *, int ms);

/* Turns the loop until the condition holds; fails after a while. */
#define UNTIL(s, condition)                                                             \
	do {                                                                            \
		int64_t until_limit = clock_ms() + PATIENCE_MS;                         \
		while (!(condition)) {                                                  \
			ck_assert_msg(clock_ms() < until_limit, "%s", #condition);      \
			scene_turn((s), 20);                                            \
		}                                                                       \
	} while (0)

/* ---- faults ---- */

void scene_everywhere(struct scene *, void (*fault)(struct relay *));

/* How often what its feed counts was said. */
int scene_reads(const struct scene *);

#endif
