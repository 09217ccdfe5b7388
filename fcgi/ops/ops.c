#include "fcgi/ops/ops.h"

#include <stdlib.h>

#include "fcgi/db/db.h"
#include "fcgi/ops/ops_asked.h"
#include "fcgi/ops/ops_definitions.h"
#include "fcgi/ops/ops_documents.h"
#include "fcgi/ops/ops_secrets.h"
#include "fcgi/proc/need.h"

struct ops *ops_new(struct db *db, struct ops_tries *tries)
{
	struct ops *ops = need_items(1, sizeof *ops);

	ops->db = db;
	ops->tries = tries;
	ops->secrets = ops_secrets_new();
	ops->documents = ops_documents_new();
	ops->asked = ops_asked_new();
	if (ops->secrets != NULL)
		return ops;
	ops_free(ops);
	return NULL;
}

void ops_free(struct ops *ops)
{
	if (ops == NULL)
		return;
	ops_asked_free(ops->asked);
	ops_definitions_drop(ops->definitions);
	ops_documents_free(ops->documents);
	ops_secrets_free(ops->secrets);
	free(ops);
}

void ops_receive(struct ops *ops)
{
	ops_asked_forget(ops->asked);
}

void ops_start(struct ops *ops)
{
	db_start(ops->db);
}

bool ops_idle(const struct ops *ops)
{
	return db_idle(ops->db);
}

const char *ops_trouble(const struct ops *ops)
{
	return db_error(ops->db)->detail;
}
