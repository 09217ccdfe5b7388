#include "fcgi/ops/ops_door.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/db/db_config.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_definitions.h"
#include "fcgi/ops/ops_outcome.h"

static void send_reads(struct db *db, const struct ops_door *door)
{
	db_config_send_values(db, door->environment, door->actor, door->change_id,
			      &door->proposal->values_rows);
	if (door->items.send != NULL)
		door->items.send(db, door->items.arg, &door->proposal->items_rows);
}

void ops_door_send_lock(struct db *db, const struct ops_door *door)
{
	db_config_send_lock(db, door->environment, &door->proposal->state);
	send_reads(db, door);
}

/* Of an environment that does not exist, nothing has to be known. */
static bool are_known(const struct ops *ops, const struct ops_door *door)
{
	const struct db_rows *state = door->proposal->state;

	return db_rows_count(state) == 0 ||
	       ops_definitions_are(ops->definitions, db_rows_text(state, 0, CONFIG_STAMP));
}

/* What was read with the stamp, or under the lock that keeps it as it is. */
struct definitions_rows {
	struct db_rows *params, *rules;
};

/* Of an environment that is gone meanwhile there is no stamp to keep them by. */
static enum db_outcome keep(struct ops *ops, const struct ops_door *door, struct definitions_rows *rows,
			    enum db_outcome outcome)
{
	const char *stamp = db_rows_text(door->proposal->state, 0, CONFIG_STAMP);

	if (outcome != DB_ROW || stamp == NULL) {
		db_rows_free(rows->params);
		db_rows_free(rows->rules);
		return outcome;
	}
	ops_definitions_drop(ops->definitions);
	ops->definitions = ops_definitions_make(stamp, rows->params, rows->rules);
	return outcome;
}

enum db_outcome ops_door_flush(struct ops *ops, const struct ops_door *door)
{
	struct definitions_rows rows = {.params = NULL};
	enum db_outcome outcome = db_flush(ops->db);

	if (outcome != DB_ROW || are_known(ops, door))
		return outcome;
	ops_definitions_send(ops->db, &rows.params, &rows.rules);
	return keep(ops, door, &rows, db_flush(ops->db));
}

enum code ops_door_take_reads(const struct ops *ops, const struct ops_door *door, struct error *error)
{
	if (db_rows_count(door->proposal->state) == 0)
		return ops_outcome_code(ops, DB_NONE, "environment", error);
	if (door->source.environment != NULL && db_rows_count(door->proposal->items_rows) == 0)
		return ops_outcome_code(ops, DB_NONE, "environment to take the values from", error);
	if (door->items.send != NULL)
		ops_proposal_read_items(door->proposal, door->source.environment != NULL);
	return ops_proposal_read(door->proposal, ops->definitions, error);
}

void ops_door_apply(const struct ops_door *door, const char *reason)
{
	bool read = door->items.send != NULL;

	ops_proposal_apply(door->proposal, door->environment, read ? door->proposal->items : door->changes,
			   read ? door->proposal->n_items : door->n, reason);
}

/* rows NULL: the definitions are known. */
struct reader {
	const struct ops_door *door;
	struct definitions_rows *rows;
};

static void send_plan(struct db *db, void *arg)
{
	const struct reader *reader = arg;

	db_config_send_state(db, reader->door->environment, &reader->door->proposal->state);
	send_reads(db, reader->door);
	if (reader->rows != NULL)
		ops_definitions_send(db, &reader->rows->params, &reader->rows->rules);
}

/* Without a lock the definitions have to be of the same snapshot: all is read again with them. */
static enum db_outcome read_plan(struct ops *ops, const struct ops_door *door)
{
	struct definitions_rows rows = {.params = NULL};
	enum db_outcome outcome = db_read(ops->db, send_plan, &(struct reader){.door = door});

	if (outcome != DB_ROW || are_known(ops, door))
		return outcome;
	return keep(ops, door, &rows, db_read(ops->db, send_plan, &(struct reader){door, &rows}));
}

enum code ops_door_plan(struct ops *ops, const struct ops_door *door, struct error *error)
{
	enum db_outcome outcome = read_plan(ops, door);

	if (outcome != DB_ROW)
		return ops_outcome_code(ops, outcome, "environment", error);
	enum code code = ops_door_take_reads(ops, door, error);
	if (code == CODE_OK)
		ops_door_apply(door, NULL);
	return code;
}

bool ops_match_holds(const struct ops_match *match, int64_t version)
{
	bool holds = match->any;

	for (size_t i = 0; i < match->n; i++)
		holds = holds || match->versions[i] == version;
	return holds;
}

enum { NUMBER_MAX = 24 };

static const char *number(char text[NUMBER_MAX], int64_t value)
{
	snprintf(text, NUMBER_MAX, "%" PRId64, value);
	return text;
}

static bool same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static enum code guard_own(const struct ops_door *door, struct error *error)
{
	if (!same(door->actor, door->author) && !same(door->actor, door->editor))
		return CODE_OK;
	return code_error(error, CODE_OWN_CHANGE,
			  "you made this change set, or edited it last: somebody else must decide on it",
			  NULL);
}

static enum code guard_freeze(const struct ops_door *door, struct error *error)
{
	if (door->proposal->frozen_seconds == 0)
		return CODE_OK;
	return code_error(error, CODE_FROZEN, door->environment, " is frozen until ",
			  door->proposal->frozen_until, ": nothing was written; save again after that", NULL);
}

static enum code guard_lock(const struct ops_door *door, struct error *error)
{
	const char *holder = door->proposal->locked_by;

	if (holder == NULL || same(holder, door->author))
		return CODE_OK;
	return code_error(error, CODE_LOCKED, holder, " holds the lock of ", door->environment,
			  ": nothing was written; ask for its release, or wait for it", NULL);
}

static enum code guard_content(const struct ops_door *door, struct error *error)
{
	if (same(door->seen_hash, door->stored_hash))
		return CODE_OK;
	return code_error(error, CODE_STALE_APPROVAL,
			  "its content is not the one that you approve: read it again", NULL);
}

static enum code guard_base(const struct ops_door *door, struct error *error)
{
	if (same(door->stored_hash, door->proposal->content_hash))
		return CODE_OK;
	return code_error(error, CODE_STALE_APPROVAL, "what it touches in ", door->environment,
			  " has changed since: rebase it first", NULL);
}

static enum code guard_match(const struct ops_door *door, struct error *error)
{
	const struct ops_match *match = &door->match;
	char now[NUMBER_MAX], sent[NUMBER_MAX];

	number(now, door->proposal->version);
	if (!match->given)
		return code_error(error, CODE_PRECONDITION_REQUIRED,
				  "send the version that the change was made from, such as"
				  " If-Match: \"", now, "\" for the current one of ", door->environment,
				  ", or If-Match: * for whatever is current", NULL);
	if (ops_match_holds(match, door->proposal->version))
		return CODE_OK;
	const char *named = match->n == 0 ? "none" : "others";
	if (match->n == 1)
		named = number(sent, match->versions[0]);
	return code_error(error, CODE_STALE, door->environment, " is at version ", now,
			  ", and If-Match names ", named, ": nothing was written; review the diff,"
			  " then send If-Match: \"", now, "\"", NULL);
}

static enum code guard_source(const struct ops_door *door, struct error *error)
{
	const struct ops_door_source *source = &door->source;
	char now[NUMBER_MAX], seen[NUMBER_MAX];

	if (source->version == 0 || source->version == door->proposal->source_version)
		return CODE_OK;
	number(now, door->proposal->source_version);
	return code_error(error, CODE_STALE, source->environment, " is at version ", now,
			  ", and from_version names ", number(seen, source->version),
			  ": nothing was written; review the diff, then send from_version ", now, NULL);
}

static enum code guard_critical(const struct ops_door *door, struct error *error)
{
	const char *first = NULL;
	bool others = false;

	for (size_t i = 0; i < door->proposal->n_changes; i++) {
		const char *name = ops_proposal_critical(door->proposal, i);
		others = others || (first != NULL && name != NULL);
		first = first == NULL ? name : first;
	}
	if (first == NULL)
		return CODE_OK;
	return code_error(error, CODE_CRITICAL_REQUIRES_APPROVAL, first,
			  others ? " and others in errors are" : " is",
			  " critical, or made easier to write by ", door->author,
			  ": propose a change set, which somebody else approves", NULL);
}

static enum code guard_valid(const struct ops_door *door, struct error *error)
{
	const struct config_result *result = &door->proposal->result;
	size_t n = result->n_violations;
	char more[NUMBER_MAX];

	if (n == 0)
		return CODE_OK;
	number(more, (int64_t)n - 1);
	return code_error(error, CODE_INVALID, result->violations[0].name, ": ",
			  result->violations[0].error.detail, n == 1 ? NULL : "; and ", more,
			  " more in errors", NULL);
}

static enum code guard_change(const struct ops_door *door, struct error *error)
{
	char now[NUMBER_MAX];

	if (door->proposal->result.n_diff > 0)
		return CODE_OK;
	return code_error(error, CODE_NO_CHANGE, "every value sent is in force in ", door->environment,
			  " at version ", number(now, door->proposal->version), " already", NULL);
}

/* In the order of the promise in the header, which is the lifecycle's too. */
static const struct {
	unsigned guard;
	enum code (*refuses)(const struct ops_door *, struct error *);
} table[] = {
	{LIFECYCLE_OWN, guard_own},
	{LIFECYCLE_FROZEN, guard_freeze},
	{LIFECYCLE_LOCKED, guard_lock},
	{LIFECYCLE_CONTENT_CHANGED, guard_content},
	{LIFECYCLE_BASE_MOVED, guard_base},
	{DOOR_MATCH, guard_match},
	{DOOR_SOURCE, guard_source},
	{LIFECYCLE_CRITICAL, guard_critical},
	{LIFECYCLE_INVALID, guard_valid},
	{DOOR_NO_CHANGE, guard_change},
};
enum { GUARDS = sizeof table / sizeof *table };

enum code ops_door_judge(const struct ops_door *door, unsigned guards, struct error *error)
{
	enum code code = CODE_OK;

	for (size_t i = 0; code == CODE_OK && i < GUARDS; i++) {
		if ((table[i].guard & guards) != 0)
			code = table[i].refuses(door, error);
	}
	return code;
}

unsigned ops_door_facts(const struct ops_door *door)
{
	unsigned facts = 0;

	for (size_t i = 0; i < GUARDS; i++) {
		if (table[i].refuses(door, NULL) != CODE_OK)
			facts |= table[i].guard;
	}
	return facts;
}

void ops_door_send_write(struct db *db, const struct ops_door *door, const struct ops_door_write *write,
			 struct db_rows **rows)
{
	struct text changes = {.bytes = NULL}, diff = {.bytes = NULL};

	ops_proposal_changes(door->proposal, &changes);
	ops_proposal_diff(door->proposal, &diff);
	db_config_send_write(db,
			     &(struct db_config_write){
				     .environment = door->environment,
				     .kind = write->kind,
				     .base_version = door->proposal->version,
				     .changes = changes.bytes,
				     .diff = diff.bytes,
				     .content_hash = door->proposal->content_hash,
				     .changed_by = door->author,
				     .approved_by = write->approved_by,
				     .reason = write->reason,
				     .request_id = write->request_id,
				     .change_id = door->change_id,
			     },
			     rows);
	text_free(&changes);
	text_free(&diff);
}
