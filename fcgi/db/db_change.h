#ifndef CVN_DB_CHANGE_H
#define CVN_DB_CHANGE_H
/* The statements of change sets. What is `sent` comes back with the next db_flush(). */
#include "fcgi/db/db.h"

/* Column numbers of what comes back. */
enum { CHANGE_STATE, CHANGE_KIND, CHANGE_HASH, CHANGE_REASON, CHANGE_CREATED_BY, CHANGE_EDITED_BY };
/* source: a version, only where there is one */
enum { CHANGE_ITEM_NAME, CHANGE_ITEM_VALUE, CHANGE_ITEM_SOURCE };

/* The environment that a change set, or an entry of the history, belongs to: it never changes. */
enum db_outcome db_change_environment(struct db *, int64_t id, struct db_rows **);
enum db_outcome db_change_history_environment(struct db *, int64_t history_id, struct db_rows **);

/* One row, locked; and what it changes, a row an item, sorted as strcmp does. */
void db_change_send_lock(struct db *, int64_t id, struct db_rows **);
void db_change_send_items(struct db *, int64_t id, struct db_rows **);

/* What an entry of the history set, or (before) what was there before it; likewise. */
void db_change_send_history_items(struct db *, int64_t history_id, bool before, struct db_rows **);

/* What a change set is about; texts may be NULL where a statement says so. */
struct db_change_content {
	int64_t base_version;
	const char *changes, *diff, *content_hash;
	const char *reason;
	/* An object, as JSON; NULL: it came from nowhere else. Stays what it was at first. */
	const char *origin;
};

/* A new draft: one row, its id. */
void db_change_send_create(struct db *, const char *environment, const char *kind,
			   const struct db_change_content *, const char *created_by, const char *request_id,
			   struct db_rows **);

/* Another content; reason NULL: the same; edited_by NULL: nobody edited. */
void db_change_send_content(struct db *, int64_t id, const struct db_change_content *, const char *edited_by);

/* What an event makes of it; comment may be NULL. */
void db_change_send_move(struct db *, int64_t id, const char *event, const char *state, const char *actor,
			 const char *comment, const char *request_id);

/* The whole change set as JSON, one column; no row: there is none. */
void db_change_send_document(struct db *, int64_t id, struct db_rows **);
enum db_outcome db_change_document(struct db *, int64_t id, struct db_rows **);

/*
 * Filters may be NULL. request_id: of what made it, or was done to it itself. before: lower ids. Two columns:
 * the last id if there are more, else null; the array.
 */
struct db_change_filter {
	const char *environment, *state, *created_by, *request_id, *before, *limit;
	const char *readable; /* names of environments with commas, or "*"; never NULL */
};
enum db_outcome db_change_list(struct db *, const struct db_change_filter *, struct db_rows **);

#endif
