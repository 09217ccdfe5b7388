#ifndef CVN_DB_FREEZE_H
#define CVN_DB_FREEZE_H
/* The statements of freeze windows and of the lock of an environment. */
#include "fcgi/db/db.h"

/*
 * {"freeze_windows":[...]}, one column:
 * of all environments and of the readable ones (names with commas, or "*").
 */
enum db_outcome db_freeze_list(struct db *, const char *readable, struct db_rows **);

/* The environment (or *) that a window freezes; DB_NONE: there is no such window. */
enum db_outcome db_freeze_environment(struct db *, int64_t id, struct db_rows **);

/* A new window; times and weekly (JSON) may be NULL. One row, the window as JSON. */
struct db_freeze {
	const char *environment, *starts_at, *ends_at, *weekly, *reason, *created_by;
};
void db_freeze_send_create(struct db *, const struct db_freeze *, struct db_rows **);
/* One row: whether it was there. */
void db_freeze_send_delete(struct db *, int64_t id, struct db_rows **);

/* Who alone may write; login NULL: nobody in particular. One row: {"environment","locked_by","locked_at"}. */
void db_freeze_send_lock(struct db *, const char *environment, const char *login);
void db_freeze_send_lock_document(struct db *, const char *environment, struct db_rows **);

#endif
