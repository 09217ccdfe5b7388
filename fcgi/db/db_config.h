#ifndef CVN_DB_CONFIG_H
#define CVN_DB_CONFIG_H
/* The statements of configuration. What is `sent` comes back with the next db_flush(). */
#include "fcgi/db/db.h"

/* Column numbers of what comes back. */
enum { /* seconds and until: null when not frozen; stamp: by which the definitions in force are known */
	CONFIG_VERSION,
	CONFIG_LOCKED_BY,
	CONFIG_FROZEN_SECONDS,
	CONFIG_WORKERS,
	CONFIG_FROZEN_UNTIL,
	CONFIG_STAMP
};
enum {
	PARAM_NAME,
	PARAM_TYPE,
	PARAM_ALLOWED,
	PARAM_DEFAULT,
	PARAM_MIN,
	PARAM_MAX,
	PARAM_CATEGORY,
	PARAM_REQUIRED,
	PARAM_DEPRECATED,
	PARAM_HOT,
	PARAM_CRITICAL,
	PARAM_EXCLUDED
};
enum { VALUE_NAME, VALUE_TEXT };
enum { RULE_NAME, RULE_EXPRESSION, RULE_MESSAGE };
enum { WRITTEN_VERSION, WRITTEN_CHANGE_ID };
enum { DOCUMENT_VERSION, DOCUMENT_JSON, DOCUMENT_SIGHT };

/* Takes the environment's row lock, for a writer; or only looks, for a plan. No row: no such environment. */
void db_config_send_lock(struct db *, const char *environment, struct db_rows **);
void db_config_send_state(struct db *, const char *environment, struct db_rows **);

/*
 * The values that the environment sets itself and, without a value, the parameters that the writer, or the
 * author or the last editor of the change set (0: none), made easier to write: those are critical for them.
 */
void db_config_send_values(struct db *, const char *environment, const char *writer, int64_t change_id,
			   struct db_rows **);

/* The coherence rules, sorted as strcmp does. */
void db_config_send_rules(struct db *, struct db_rows **);

/*
 * The values of another environment, as rows of CHANGE_ITEM_*: of those in names (a JSON array),
 * known or not, or (NULL) of all that differ from `environment`; one row without a name where
 * there are none, no row: no such source.
 */
struct db_config_bring {
	const char *source, *environment, *names;
};
void db_config_send_bring(struct db *, const struct db_config_bring *, struct db_rows **);

/* The one write. changes and diff are JSON texts as config_write() in SQL takes them. */
struct db_config_write {
	const char *environment;
	const char *kind;
	int64_t base_version;
	const char *changes;
	const char *diff;
	const char *content_hash;
	const char *changed_by;
	const char *approved_by; /* NULL: nobody had to */
	const char *reason;
	const char *request_id;
	int64_t change_id; /* the approved change set that this applies; 0: make one */
};
void db_config_send_write(struct db *, const struct db_config_write *, struct db_rows **);

/* What was written as this version: for a writer that lost its answer. */
enum db_outcome db_config_written(struct db *, const char *environment, int64_t version, struct db_rows **);

/*
 * Whole documents, as JSON text. That of the current configuration comes with a text that identifies it: it
 * begins with the version, and two documents that have the same are the same.
 */
enum db_outcome db_config_document(struct db *, const char *environment, struct db_rows **);
enum db_outcome db_config_value(struct db *, const char *environment, const char *name, struct db_rows **);
enum db_outcome db_config_at(struct db *, const char *environment, int64_t version, struct db_rows **);
/* version NULL: the current one. */
enum db_outcome db_config_export(struct db *, const char *environment, const char *version,
				 struct db_rows **);
/* One column, the document; DB_NONE when one of the two does not exist. */
enum db_outcome db_config_compare(struct db *, const char *left, const char *right, struct db_rows **);

#endif
