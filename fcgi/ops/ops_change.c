#include "fcgi/ops/ops_change.h"

#include <stdio.h>

#include "fcgi/db/db_change.h"
#include "fcgi/db/db_config.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_outcome.h"
#include "fcgi/ops/ops_who.h"
#include "workerlib/core/canon.h"

/* A change set on its way through the transaction: one that is made, or one that is there. */
struct work {
	struct ops *ops;
	const struct ops_save *save;	     /* made: of this */
	const char *kind;
	struct ops_origin origin;
	bool submit;
	const struct ops_change_act *act;    /* there: this is done to it */
	struct ops_door door;
	struct ops_changed *changed;
	struct error *error;
	enum code code;			     /* why it ended, when the database is not the reason */
	struct db_rows *row, *id, *written, *document;
};

void ops_changed_free(struct ops_changed *changed)
{
	text_free(&changed->json);
	*changed = (struct ops_changed){.id = 0};
}

static void free_work(struct work *work)
{
	db_rows_free(work->row);
	db_rows_free(work->id);
	db_rows_free(work->written);
	db_rows_free(work->document);
}

/* The content that the proposal gives a change set, in texts that the caller must text_free(). */
static struct db_change_content content_of(const struct ops_proposal *p, const char *reason,
					   struct text *changes, struct text *diff)
{
	ops_proposal_changes(p, changes);
	ops_proposal_diff(p, diff);
	return (struct db_change_content){
		.base_version = p->version,
		.changes = changes->bytes,
		.diff = diff->bytes,
		.content_hash = p->content_hash,
		.reason = reason,
	};
}

/* An edit brings another content; a rebase finds another diff of the same. */
static void send_content(const struct work *work, struct db *db)
{
	const struct ops_change_act *act = work->act;
	struct text changes = {.bytes = NULL}, diff = {.bytes = NULL};
	bool edit = act->event == LIFECYCLE_EDIT;
	const struct db_change_content content =
		content_of(work->door.proposal, edit ? act->reason : NULL, &changes, &diff);

	db_change_send_content(db, act->id, &content, edit ? work->door.actor : NULL);
	text_free(&changes);
	text_free(&diff);
}

/* An event happens to a change set whose facts are known: CODE_OK and what follows is queued, or why not. */
struct event {
	enum lifecycle_state state;
	enum lifecycle_event event;
	bool anew;	 /* with another content, or the same on another base */
	const char *kind, *reason, *comment, *request_id;
};

static enum code happen(struct work *work, const struct event *e)
{
	const struct lifecycle_row *row;
	const struct ops_door *door = &work->door;
	struct db *db = work->ops->db;

	/* 1. What may follow, by the facts, and what refuses it, at the door. */
	lifecycle_next(e->state, e->event, ops_door_facts(door), &row);
	if (row == NULL)
		return code_error(work->error, CODE_WRONG_STATE, "it is ", lifecycle_state_name(e->state),
				  NULL);
	enum code code = ops_door_judge(door, row->guards | (e->anew ? DOOR_DRAFT : 0), work->error);
	if (code != CODE_OK)
		return code;

	/* 2. What it becomes; what is approved is written in the same transaction. */
	if (e->anew)
		send_content(work, db);
	db_change_send_move(db, door->change_id, lifecycle_event_name(e->event),
			    lifecycle_state_name(row->to), door->actor, e->comment, e->request_id);
	if (row->to == LIFECYCLE_APPROVED) {
		const char *approver = e->event == LIFECYCLE_APPROVE ? door->actor : NULL;
		ops_door_send_write(db, door,
				    &(struct ops_door_write){e->kind, e->reason, approver, e->request_id},
				    &work->written);
	}
	return CODE_OK;
}

/* Queued last, so that it comes with the commit. */
static enum db_outcome end_work(struct work *work)
{
	if (work->code != CODE_OK)
		return DB_NONE;
	db_change_send_document(work->ops->db, work->door.change_id, &work->document);
	return DB_ROW;
}

static void put_number(struct canon *json, const char *key, int64_t value)
{
	if (value == 0)
		return;
	canon_key(json, key);
	canon_integer(json, value);
}

/* NULL: nothing is known of it. */
static const char *put_origin(const struct ops_origin *origin, struct text *text)
{
	struct canon json;

	if (origin->environment == NULL && origin->version == 0 && origin->catalog_version == 0)
		return NULL;
	canon_start(&json, text_put, text);
	canon_object(&json);
	put_number(&json, "catalog_version", origin->catalog_version);
	if (origin->environment != NULL)
		canon_member(&json, "environment", origin->environment);
	put_number(&json, "version", origin->version);
	canon_end(&json, '}');
	return text->bytes;
}

/* The draft itself: its id is needed for what follows. */
static enum db_outcome draft(struct work *work, struct db *db, const char *reason)
{
	struct text changes = {.bytes = NULL}, diff = {.bytes = NULL}, origin = {.bytes = NULL};
	struct db_change_content content = content_of(work->door.proposal, reason, &changes, &diff);

	if (work->door.source.environment != NULL)
		work->origin = (struct ops_origin){work->door.source.environment,
						   work->door.proposal->source_version, 0};
	content.origin = put_origin(&work->origin, &origin);

	db_change_send_create(db, work->door.environment, work->kind, &content, work->door.author,
			      work->save->request_id, &work->id);
	enum db_outcome outcome = db_flush(db);
	text_free(&changes);
	text_free(&diff);
	text_free(&origin);
	work->door.change_id = db_rows_integer(work->id, 0, 0);
	return outcome;
}

static enum db_outcome create_work(struct db *db, void *arg)
{
	struct work *work = arg;
	const struct ops_save *save = work->save;
	const char *reason = save->reason == NULL ? "" : save->reason;

	/* 1. Under the lock: what is there, and what it would change. */
	work->door.change_id = 0;
	ops_door_send_lock(db, &work->door);
	enum db_outcome outcome = ops_door_flush(work->ops, &work->door);
	if (outcome != DB_ROW)
		return outcome;
	work->code = ops_door_take_reads(work->ops, &work->door, work->error);
	if (work->code != CODE_OK)
		return DB_NONE;
	ops_door_apply(&work->door, reason);

	/* 2. A draft. */
	work->code = ops_door_judge(&work->door, DOOR_MATCH | DOOR_SOURCE | DOOR_DRAFT, work->error);
	if (work->code != CODE_OK)
		return DB_NONE;
	outcome = draft(work, db, reason);
	if (outcome != DB_ROW)
		return outcome;

	/* 3. Submitted. */
	work->door.stored_hash = work->door.proposal->content_hash;
	if (work->submit)
		work->code = happen(work, &(struct event){
						  .state = LIFECYCLE_DRAFT,
						  .event = LIFECYCLE_SUBMIT,
						  .kind = work->kind,
						  .reason = reason,
						  .request_id = save->request_id,
					  });
	return end_work(work);
}

/* The change set's row, in terms of the door. False: a state that the core has not. */
static bool take_row(struct work *work, struct event *e)
{
	work->door.author = db_rows_text(work->row, 0, CHANGE_CREATED_BY);
	work->door.editor = db_rows_text(work->row, 0, CHANGE_EDITED_BY);
	work->door.stored_hash = db_rows_text(work->row, 0, CHANGE_HASH);
	e->kind = db_rows_text(work->row, 0, CHANGE_KIND);
	e->reason = db_rows_text(work->row, 0, CHANGE_REASON);
	return db_rows_count(work->row) == 1 &&
	       lifecycle_state_from_name(db_rows_text(work->row, 0, CHANGE_STATE), &e->state);
}

static enum code act(struct work *work)
{
	const struct ops_change_act *act = work->act;
	bool edit = act->event == LIFECYCLE_EDIT;
	struct event e = {
		.event = act->event,
		.anew = edit || act->event == LIFECYCLE_REBASE,
		.comment = act->comment,
		.request_id = act->request_id,
	};

	if (!take_row(work, &e))
		return code_error(work->error, CODE_INTERNAL, "the state of the change set is not understood",
				  NULL);
	ops_door_apply(&work->door, edit ? act->reason : NULL);
	return happen(work, &e);
}

static enum db_outcome act_work(struct db *db, void *arg)
{
	struct work *work = arg;

	ops_door_send_lock(db, &work->door);
	db_change_send_lock(db, work->act->id, &work->row);
	enum db_outcome outcome = ops_door_flush(work->ops, &work->door);
	if (outcome != DB_ROW)
		return outcome;
	work->code = ops_door_take_reads(work->ops, &work->door, work->error);
	if (work->code == CODE_OK)
		work->code = act(work);
	return end_work(work);
}

/* The answer to a commit that holds may be lost: then it is asked for again. */
static enum code take_changed(struct work *work)
{
	enum db_outcome outcome = DB_ROW;
	struct ops_changed *changed = work->changed;

	changed->id = work->door.change_id;
	snprintf(changed->author, sizeof changed->author, "%s", work->door.author);
	if (db_rows_count(work->document) == 0)
		outcome = db_change_document(work->ops->db, changed->id, &work->document);
	changed->version = db_rows_integer(work->written, 0, WRITTEN_VERSION);
	enum code code = ops_outcome_document(work->ops, outcome, "change set", work->document, 0,
					      &changed->json, work->error);
	work->document = NULL;
	return code;
}

static enum code run(struct work *work, db_work *transaction)
{
	enum db_outcome outcome = db_run(work->ops->db, transaction, work);
	enum code code;

	if (outcome == DB_ROW)
		code = take_changed(work);
	else if (outcome == DB_NONE)
		code = work->code;
	else
		code = ops_outcome_code(work->ops, outcome, "change set", work->error);
	free_work(work);
	return code;
}

static enum code make(struct ops *ops, const struct ops_save *save, const struct ops_change_way *way,
		      bool submit, struct ops_changed *changed, struct ops_proposal *proposal,
		      struct error *error)
{
	struct work work = {
		.ops = ops,
		.save = save,
		.kind = way->kind,
		.origin = way->origin,
		.submit = submit,
		.door = ops_config_door(save, proposal),
		.changed = changed,
		.error = error,
	};

	enum code code = ops_who_need(save->who, ROLE_EDITOR, save->environment, error);
	if (code != CODE_OK)
		return code;
	if (!config_sort_changes(save->changes, save->n))
		return code_error(error, CODE_MALFORMED, "a parameter is named twice", NULL);
	work.door.items = way->items;
	work.door.source = way->source;
	if (save->environment != changed->environment)
		snprintf(changed->environment, sizeof changed->environment, "%s", save->environment);
	return run(&work, create_work);
}

enum code ops_change_create(struct ops *ops, const struct ops_save *save, bool submit,
			    struct ops_changed *changed, struct ops_proposal *proposal, struct error *error)
{
	return make(ops, save, &(struct ops_change_way){.kind = "change_set"}, submit, changed, proposal,
		    error);
}

enum code ops_change_propose(struct ops *ops, const struct ops_save *save, const struct ops_change_way *way,
			     struct ops_changed *changed, struct ops_proposal *proposal, struct error *error)
{
	return make(ops, save, way, true, changed, proposal, error);
}

/* What has an id, and belongs to an environment. */
struct noun {
	const char *name;
	enum db_outcome (*environment)(struct db *, int64_t id, struct db_rows **);
};

static const struct noun change_set = {"change set", db_change_environment};
static const struct noun history_entry = {"entry of the history", db_change_history_environment};

/* Which environment it is about, into changed. CODE_NOT_FOUND, CODE_FORBIDDEN. */
static enum code find_environment(struct ops *ops, const struct noun *noun, int64_t id, const struct who *who,
				  unsigned role, struct ops_changed *changed, struct error *error)
{
	struct db_rows *rows = NULL;
	enum db_outcome outcome = noun->environment(ops->db, id, &rows);
	enum code code = ops_outcome_code(ops, outcome, noun->name, error);

	if (code == CODE_OK) {
		snprintf(changed->environment, sizeof changed->environment, "%s", db_rows_text(rows, 0, 0));
		code = ops_who_need(who, role, changed->environment, error);
	}
	db_rows_free(rows);
	return code;
}

struct restored {
	int64_t history_id;
	bool before;
};

static void send_restored(struct db *db, const void *arg, struct db_rows **rows)
{
	const struct restored *restored = arg;

	db_change_send_history_items(db, restored->history_id, restored->before, rows);
}

enum code ops_change_restore(struct ops *ops, int64_t history_id, bool before, const struct ops_save *save,
			     struct ops_changed *changed, struct ops_proposal *proposal, struct error *error)
{
	const struct restored restored = {history_id, before};
	const struct ops_change_way way = {.kind = "restore", .items = {send_restored, &restored}};
	struct ops_save here = *save;
	enum code code =
		find_environment(ops, &history_entry, history_id, save->who, ROLE_EDITOR, changed, error);

	if (code != CODE_OK)
		return code;
	here.environment = changed->environment;
	return make(ops, &here, &way, true, changed, proposal, error);
}

/* The role that the lifecycle names for an event, whatever the state. */
static unsigned role_of(enum lifecycle_event event)
{
	const struct lifecycle_row *row;
	size_t i = 0;

	while ((row = lifecycle_row(i)) != NULL && row->event != event)
		i++;
	if (row == NULL || row->role == LIFECYCLE_PLATFORM)
		return 0;
	return row->role == LIFECYCLE_EDITOR ? ROLE_EDITOR : ROLE_APPROVER;
}

static void send_stored(struct db *db, const void *arg, struct db_rows **rows)
{
	const struct ops_change_act *act = arg;

	db_change_send_items(db, act->id, rows);
}

enum code ops_change_act(struct ops *ops, const struct ops_change_act *act, struct ops_changed *changed,
			 struct ops_proposal *proposal, struct error *error)
{
	struct work work = {
		.ops = ops,
		.act = act,
		.door = {
			.proposal = proposal,
			.environment = changed->environment,
			.changes = act->changes,
			.n = act->n,
			.items = {act->event == LIFECYCLE_EDIT ? NULL : send_stored, act},
			.actor = act->who->login,
			.change_id = act->id,
			.seen_hash = act->content_hash,
		},
		.changed = changed,
		.error = error,
	};

	if (act->event == LIFECYCLE_EDIT && !config_sort_changes(act->changes, act->n))
		return code_error(error, CODE_MALFORMED, "a parameter is named twice", NULL);
	enum code code = find_environment(ops, &change_set, act->id, act->who, role_of(act->event), changed,
					  error);
	return code == CODE_OK ? run(&work, act_work) : code;
}

enum code ops_change_get(struct ops *ops, const struct who *who, int64_t id, struct text *json,
			 struct error *error)
{
	struct db_rows *rows = NULL;
	struct ops_changed about;
	enum code code = find_environment(ops, &change_set, id, who, ROLE_OPERATORS, &about, error);

	if (code != CODE_OK)
		return code;
	enum db_outcome outcome = db_change_document(ops->db, id, &rows);
	return ops_outcome_document(ops, outcome, change_set.name, rows, 0, json, error);
}

enum code ops_change_list(struct ops *ops, const struct who *who, const struct ops_change_filter *filter,
			  int64_t *next_id, struct text *json, struct error *error)
{
	struct db_rows *rows = NULL;
	struct text readable = {.bytes = NULL};

	ops_who_environments(who, &readable);
	const struct db_change_filter statement = {
		.environment = filter->environment,
		.state = filter->state,
		.created_by = filter->created_by,
		.request_id = filter->request_id,
		.before = filter->after,
		.limit = filter->limit,
		.readable = readable.bytes,
	};
	enum db_outcome outcome = db_change_list(ops->db, &statement, &rows);
	text_free(&readable);
	*next_id = db_rows_integer(rows, 0, 0);
	return ops_outcome_document(ops, outcome, "list", rows, 1, json, error);
}
