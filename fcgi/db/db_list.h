#ifndef CVN_DB_LIST_H
#define CVN_DB_LIST_H
/* Lists that go from PostgreSQL straight to the wire: one row, one column, a JSON document. */
#include "fcgi/db/db.h"

enum db_outcome db_list_catalog(struct db *, struct db_rows **);
enum db_outcome db_list_rules(struct db *, struct db_rows **);

/* Only those of the readable environments: names with commas, or "*". environment NULL: all of these. */
enum db_outcome db_list_environments(struct db *, const char *readable, struct db_rows **);
enum db_outcome db_list_workers(struct db *, const char *readable, const char *environment,
				struct db_rows **);

/* Two columns as DOCUMENT_* of db_config.h: the row's own version, and the definition. */
enum db_outcome db_list_variable(struct db *, const char *name, struct db_rows **);

/*
 * All filters may be NULL. before: entries with a lower id. form: json (an array), ndjson or csv (whole
 * lines). Two columns: the id of the last one if there are more, else null; the page.
 */
struct db_list_history {
	const char *environment, *name, *changed_by, *request_id, *change_id, *since, *until;
	const char *before, *limit, *form;
	const char *readable; /* as above; never NULL */
};
enum db_outcome db_list_history(struct db *, const struct db_list_history *, struct db_rows **);

/*
 * So many versions of the chain after one that was verified,
 * one row: see the columns. DB_NONE: no such environment.
 */
enum { VERIFY_CHECKED, VERIFY_BROKEN_AT, VERIFY_ENDED };
enum db_outcome db_list_verify(struct db *, const char *environment, int64_t after, int64_t limit,
			       struct db_rows **);

#endif
