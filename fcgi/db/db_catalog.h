#ifndef CVN_DB_CATALOG_H
#define CVN_DB_CATALOG_H
/*
 * The statements that change the catalog and the rules.
 * What is `sent` comes back with the next db_flush().
 */
#include "fcgi/db/db.h"

/* Keeps the catalog and every environment still until the end of the transaction. */
void db_catalog_send_lock(struct db *, struct db_rows **);

/* By id, which is the order of everything here. seconds: null when not frozen. */
enum { WORLD_ENVIRONMENT, WORLD_VERSION, WORLD_LOCKED_BY, WORLD_FROZEN_SECONDS };
void db_catalog_send_environments(struct db *, struct db_rows **);

/* The definitions, with the columns PARAM_*; sorted as strcmp does. */
void db_catalog_send_params(struct db *, struct db_rows **);

/* Entries of all environments, in their order and by name as strcmp does. */
enum { ENTRY_ENVIRONMENT, ENTRY_NAME, ENTRY_VALUE };
void db_catalog_send_entries(struct db *, struct db_rows **);

/*
 * One row about a name: the version of its definition (null: there is none), whether it is this
 * definition (a JSON text or NULL), whether it was deleted once, whether this login needs approval to
 * give it another value, and what names it (null: nothing).
 */
enum { VARIABLE_VERSION, VARIABLE_SAME, VARIABLE_DELETED, VARIABLE_GUARDED, VARIABLE_LOOSENS,
       VARIABLE_REFERENCE };
void db_catalog_send_variable(struct db *, const char *name, const char *definition, const char *login,
			      struct db_rows **);

/* One row about a rule, the first two columns as above. */
void db_catalog_send_rule(struct db *, const char *name, const char *expression, const char *message,
			  struct db_rows **);

/* Both write; content NULL deletes. The row is a version and the document, null after a deletion. */
struct db_catalog_write {
	const char *name;
	const char *content; /* the definition, or the expression */
	const char *message; /* of a rule */
	const char *changed_by;
	const char *reason;
	const char *request_id;
};
void db_catalog_send_variable_write(struct db *, const struct db_catalog_write *, struct db_rows **);
void db_catalog_send_rule_write(struct db *, const struct db_catalog_write *, struct db_rows **);

/* The hints for who listens, sent by the commit. */
void db_catalog_send_notify(struct db *);

/* Documents: one rule with its version; the history of a parameter. */
enum db_outcome db_catalog_rule(struct db *, const char *name, struct db_rows **);
enum db_outcome db_catalog_history(struct db *, const char *name, struct db_rows **);

#endif
