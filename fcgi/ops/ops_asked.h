#ifndef CVN_OPS_ASKED_H
#define CVN_OPS_ASKED_H
/*
 * Who asks, and what is in force where they ask: a question to the database for each request, but one for
 * all that ask alike and had been received before it was sent. Nobody is answered by what was so before
 * they asked. If the database is away for one, it is away for all who had been received then: they would
 * wait for it one behind the other.
 */
#include "fcgi/db/db.h"
#include "fcgi/ops/ops.h"

struct ops_asked *ops_asked_new(void);
void ops_asked_free(struct ops_asked *);

/* A request was received: what was answered, or was not, came too early for it. */
void ops_asked_forget(struct ops_asked *);

/* A statement of db_who.h, of a login or a digest, with the environment to look at (NULL: none). */
typedef enum db_outcome ops_question(struct db *, const char *whom, const char *environment,
				     struct db_rows **);

/* *rows stay ours, until something else is asked or the answer is forgotten; NULL where there are none. */
enum db_outcome ops_asked(struct ops *, ops_question *, const char *whom, const char *environment,
			  const struct db_rows **rows);

#endif
