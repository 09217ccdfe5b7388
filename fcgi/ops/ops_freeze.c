#include "fcgi/ops/ops_freeze.h"

#include <string.h>

#include "fcgi/db/db_config.h"
#include "fcgi/db/db_freeze.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_proposal.h"
#include "fcgi/ops/ops_who.h"

static const char window_word[] = "freeze window";

enum code ops_freeze_list(struct ops *ops, const struct who *who, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	struct text readable = {.bytes = NULL};

	ops_who_environments(who, &readable);
	enum db_outcome outcome = db_freeze_list(ops->db, readable.bytes, &rows);
	text_free(&readable);
	return ops_outcome_document(ops, outcome, "list", rows, 0, json, error);
}

static void fault(struct ops_freeze_faults *faults, bool wrong, const char *name, enum code code,
		  const char *why)
{
	if (!wrong || faults->n == FREEZE_FAULTS)
		return;
	struct violation *at = &faults->at[faults->n++];
	at->name = name;
	code_error(&at->error, code, why, NULL);
}

/* What can be said without the database, which knows the rest: time zones, and which time is earlier. */
static void check(const struct ops_freeze *f, struct ops_freeze_faults *faults)
{
	static const char time_form[] = "not a time such as 2026-01-31T08:00:00Z";
	bool once = f->weekly == NULL;
	struct error wrong;
	enum code reason = ops_proposal_check_reason(f->reason == NULL ? "" : f->reason, &wrong);

	fault(faults, reason != CODE_OK, "reason", reason, wrong.detail);
	fault(faults, once && f->starts_at == NULL, "starts_at", CODE_REQUIRED,
	      "a window begins, or is weekly");
	fault(faults, once && f->ends_at == NULL, "ends_at", CODE_REQUIRED, "a window ends, or is weekly");
	fault(faults, f->starts_at != NULL && !f->starts_well, "starts_at", CODE_INVALID, time_form);
	fault(faults, f->ends_at != NULL && !f->ends_well, "ends_at", CODE_INVALID, time_form);
}

/* What the database refuses a window for, by its SQLSTATE. */
static bool take_refusal(const char *sqlstate, struct ops_freeze_faults *faults)
{
	bool weekly = strcmp(sqlstate, "CV422") == 0, order = strcmp(sqlstate, "23514") == 0;

	fault(faults, weekly, "weekly", CODE_INVALID,
	      "not days (1 to 7, Monday is 1), from and to (HH:MM), and a timezone that there is");
	fault(faults, order, "ends_at", CODE_INVALID, "not after starts_at");
	return weekly || order;
}

struct work {
	struct ops *ops;
	const struct ops_freeze *freeze;
	const struct who *who;
	const char *environment;
	int64_t id;
	bool take; /* the lock, or give it up */
	struct error *error;
	struct db_rows *state, *rows;
	enum code code;
};

static enum db_outcome create_work(struct db *db, void *arg)
{
	struct work *work = arg;
	const struct ops_freeze *f = work->freeze;

	db_freeze_send_create(db,
			      &(struct db_freeze){f->environment, f->starts_at, f->ends_at, f->weekly,
						  f->reason, work->who->login},
			      &work->rows);
	return DB_ROW;
}

static enum code invalid(struct error *error)
{
	return code_refuse(error, CODE_INVALID);
}

enum code ops_freeze_create(struct ops *ops, const struct ops_freeze *freeze, const struct who *who,
			    struct ops_freeze_faults *faults, int64_t *id, struct text *json,
			    struct error *error)
{
	struct work work = {.ops = ops, .freeze = freeze, .who = who};

	faults->n = 0;
	enum code code = ops_who_need(who, ROLE_ADMIN, freeze->environment, error);
	if (code != CODE_OK)
		return code;
	check(freeze, faults);
	if (faults->n > 0)
		return invalid(error);
	enum db_outcome outcome = db_run(ops->db, create_work, &work);
	if (outcome == DB_BROKEN && strcmp(db_sqlstate(ops->db), "CV404") == 0)
		return ops_outcome_code(ops, DB_NONE, "environment", error);
	if (outcome == DB_BROKEN && take_refusal(db_sqlstate(ops->db), faults))
		return invalid(error);
	if (outcome == DB_ROW && work.rows == NULL)
		return code_error(error, CODE_UNAVAILABLE,
				  "the window holds, but its id was lost: list the windows", NULL);
	*id = outcome == DB_ROW ? db_rows_integer(work.rows, 0, 1) : 0;
	return ops_outcome_document(ops, outcome, window_word, work.rows, 0, json, error);
}

static enum db_outcome delete_work(struct db *db, void *arg)
{
	struct work *work = arg;

	db_freeze_send_delete(db, work->id, &work->rows);
	return DB_ROW;
}

enum code ops_freeze_delete(struct ops *ops, int64_t id, const struct who *who, struct error *error)
{
	struct work work = {.ops = ops, .id = id};
	struct db_rows *rows = NULL;
	enum db_outcome outcome = db_freeze_environment(ops->db, id, &rows);
	enum code code = CODE_OK;

	if (outcome == DB_ROW)
		code = ops_who_need(who, ROLE_ADMIN, db_rows_text(rows, 0, 0), error);
	db_rows_free(rows);
	if (code != CODE_OK)
		return code;
	if (outcome == DB_ROW)
		outcome = db_run(ops->db, delete_work, &work);
	db_rows_free(work.rows);
	return ops_outcome_code(ops, outcome, window_word, error);
}

/* Under the row lock, as every write: who has the lock now, and who will. */
static enum db_outcome lock_work(struct db *db, void *arg)
{
	struct work *work = arg;
	const char *login = work->who->login;

	db_config_send_lock(db, work->environment, &work->state);
	enum db_outcome outcome = db_flush(db);
	if (outcome != DB_ROW)
		return outcome;
	work->code = CODE_OK;
	if (db_rows_count(work->state) == 0)
		work->code = ops_outcome_code(work->ops, DB_NONE, "environment", work->error);
	const char *holder = db_rows_text(work->state, 0, CONFIG_LOCKED_BY);
	bool others = holder != NULL && strcmp(holder, login) != 0;
	if (others && (work->take || !ops_who_may(work->who, ROLE_ADMIN, work->environment)))
		work->code = code_error(work->error, CODE_LOCKED, holder, " holds the lock of ",
					work->environment, ": ask for its release;",
					" an editor who is an admin there too may take it away", NULL);
	if (work->code != CODE_OK)
		return DB_NONE;
	if (!work->take || holder == NULL)
		db_freeze_send_lock(db, work->environment, work->take ? login : NULL);
	db_freeze_send_lock_document(db, work->environment, &work->rows);
	return DB_ROW;
}

static void send_document(struct db *db, void *arg)
{
	struct work *work = arg;

	db_freeze_send_lock_document(db, work->environment, &work->rows);
}

/* The answer to a commit that holds may be lost, and what came with it: then it is read again. */
static enum code run_lock(struct work *work, struct text *json)
{
	enum db_outcome outcome = db_run(work->ops->db, lock_work, work);

	if (outcome == DB_ROW && db_rows_count(work->rows) == 0)
		outcome = db_read(work->ops->db, send_document, work);
	enum code code = work->code;
	if (outcome != DB_NONE)
		code = ops_outcome_code(work->ops, outcome, "environment", work->error);

	if (code == CODE_OK && db_rows_count(work->rows) == 1)
		text_put(json, db_rows_text(work->rows, 0, 0), db_rows_length(work->rows, 0, 0));
	db_rows_free(work->state);
	db_rows_free(work->rows);
	return code;
}

enum code ops_freeze_lock(struct ops *ops, const char *environment, const struct who *who, struct text *json,
			  struct error *error)
{
	struct work work = {.ops = ops, .environment = environment, .who = who, .take = true, .error = error};

	return run_lock(&work, json);
}

enum code ops_freeze_unlock(struct ops *ops, const char *environment, const struct who *who,
			    struct error *error)
{
	struct work work = {.ops = ops, .environment = environment, .who = who, .error = error};
	struct text json = {.bytes = NULL};
	enum code code = run_lock(&work, &json);

	text_free(&json);
	return code;
}
