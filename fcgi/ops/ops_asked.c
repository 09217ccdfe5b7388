#include "fcgi/ops/ops_asked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_rows.h"
#include "fcgi/proc/need.h"

struct ops_asked {
	struct db_rows *rows; /* NULL: no answer is there */
	ops_question *question;
	char whom[65], environment[32]; /* empty: of none */
	bool away; /* the database, when it was asked last */
};

struct ops_asked *ops_asked_new(void)
{
	return need_items(1, sizeof(struct ops_asked));
}

static void drop_rows(struct ops_asked *asked)
{
	db_rows_free(asked->rows);
	asked->rows = NULL;
}

void ops_asked_forget(struct ops_asked *asked)
{
	drop_rows(asked);
	asked->away = false;
}

void ops_asked_free(struct ops_asked *asked)
{
	if (asked == NULL)
		return;
	drop_rows(asked);
	free(asked);
}

static bool is_away(const struct ops *ops, enum db_outcome outcome)
{
	return outcome == DB_BROKEN && db_error(ops->db)->code == CODE_UNAVAILABLE;
}

static bool is_same(const struct ops_asked *asked, ops_question *question, const char *whom,
		    const char *environment)
{
	return asked->rows != NULL && asked->question == question && strcmp(asked->whom, whom) == 0 &&
	       strcmp(asked->environment, environment == NULL ? "" : environment) == 0;
}

enum db_outcome ops_asked(struct ops *ops, ops_question *question, const char *whom,
			  const char *environment, const struct db_rows **rows)
{
	struct ops_asked *asked = ops->asked;
	enum db_outcome outcome = asked->away ? DB_BROKEN : DB_ROW;

	if (!asked->away && !is_same(asked, question, whom, environment)) {
		drop_rows(asked);
		outcome = question(ops->db, whom, environment, &asked->rows);
		if (outcome != DB_ROW)
			drop_rows(asked);
		asked->away = is_away(ops, outcome);
		asked->question = question;
		snprintf(asked->whom, sizeof asked->whom, "%s", whom);
		snprintf(asked->environment, sizeof asked->environment, "%s",
			 environment == NULL ? "" : environment);
	}
	*rows = asked->rows;
	return outcome;
}
