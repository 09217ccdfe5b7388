#include "fcgi/db/db_change.h"

#include "fcgi/db/db_sql.h"

enum db_outcome db_change_environment(struct db *db, int64_t id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "change_environment",
		.sql = "select environment from config_changes where id = $1::bigint",
		.n_params = 1,
		.again = true,
	};
	char text[SQL_INTEGER];

	return db_query(db, &statement, (const char *const[]){sql_integer(text, id)}, rows);
}

enum db_outcome db_change_history_environment(struct db *db, int64_t history_id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "change_history_environment",
		.sql = "select environment from config_history where id = $1::bigint",
		.n_params = 1,
		.again = true,
	};
	char text[SQL_INTEGER];

	return db_query(db, &statement, (const char *const[]){sql_integer(text, history_id)}, rows);
}

void db_change_send_lock(struct db *db, int64_t id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "change_lock",
		.sql = "select state, kind, content_hash, reason, created_by, edited_by"
		       " from config_changes where id = $1::bigint for update",
		.n_params = 1,
	};
	char text[SQL_INTEGER];

	db_send(db, &statement, (const char *const[]){sql_integer(text, id)}, rows);
}

void db_change_send_items(struct db *db, int64_t id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "change_items",
		.sql = "select i.key, i.value from config_changes c, jsonb_each_text(c.changes) i"
		       " where c.id = $1::bigint order by i.key collate \"C\"",
		.n_params = 1,
	};
	char text[SQL_INTEGER];

	db_send(db, &statement, (const char *const[]){sql_integer(text, id)}, rows);
}

void db_change_send_history_items(struct db *db, int64_t history_id, bool before, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "change_history_items",
		.sql = "select d.key, case when $2::bool then h.base_env ->> d.key else d.value end"
		       " from config_history h, jsonb_each_text(h.diff) d"
		       " where h.id = $1::bigint order by d.key collate \"C\"",
		.n_params = 2,
	};
	char text[SQL_INTEGER];

	db_send(db, &statement,
		(const char *const[]){sql_integer(text, history_id), before ? "true" : "false"}, rows);
}

void db_change_send_create(struct db *db, const char *environment, const char *kind,
			   const struct db_change_content *content, const char *created_by,
			   const char *request_id, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "change_create",
		.sql = "select change_create($1, $2, $3::bigint, $4::jsonb, $5::jsonb, $6, $7, $8, $9,"
		       " $10::jsonb)",
		.n_params = 10,
	};
	char base[SQL_INTEGER];

	db_send(db, &statement,
		(const char *const[]){environment, kind, sql_integer(base, content->base_version),
				      content->changes, content->diff, content->content_hash, content->reason,
				      created_by, request_id, content->origin},
		rows);
}

void db_change_send_content(struct db *db, int64_t id, const struct db_change_content *content,
			    const char *edited_by)
{
	static const struct db_statement statement = {
		.name = "change_content",
		.sql = "select change_content($1::bigint, $2::bigint, $3::jsonb, $4::jsonb, $5, $6, $7)",
		.n_params = 7,
	};
	char text[SQL_INTEGER], base[SQL_INTEGER];

	db_send(db, &statement,
		(const char *const[]){sql_integer(text, id), sql_integer(base, content->base_version),
				      content->changes, content->diff, content->content_hash, content->reason,
				      edited_by},
		NULL);
}

void db_change_send_move(struct db *db, int64_t id, const char *event, const char *state, const char *actor,
			 const char *comment, const char *request_id)
{
	static const struct db_statement statement = {
		.name = "change_move",
		.sql = "select change_move($1::bigint, $2, $3, $4, $5, $6)",
		.n_params = 6,
	};
	char text[SQL_INTEGER];

	db_send(db, &statement,
		(const char *const[]){sql_integer(text, id), event, state, actor, comment, request_id}, NULL);
}

static const struct db_statement document = {
	.name = "change_document",
	.sql = "select d from change_document($1::bigint) d where d is not null",
	.n_params = 1,
	.again = true,
};

void db_change_send_document(struct db *db, int64_t id, struct db_rows **rows)
{
	char text[SQL_INTEGER];

	db_send(db, &document, (const char *const[]){sql_integer(text, id)}, rows);
}

enum db_outcome db_change_document(struct db *db, int64_t id, struct db_rows **rows)
{
	char text[SQL_INTEGER];

	return db_query(db, &document, (const char *const[]){sql_integer(text, id)}, rows);
}

enum db_outcome db_change_list(struct db *db, const struct db_change_filter *filter, struct db_rows **rows)
{
	/* One row more than the page is read, to know whether there is a next one. */
	static const struct db_statement statement = {
		.name = "change_list",
		.sql = "with found as (select c.id from config_changes c"
		       "  where ($1::text is null or c.environment = $1)"
		       "  and ($2::text is null or c.state = $2)"
		       "  and ($3::text is null or c.created_by = $3) and ($4::bigint is null or c.id < $4)"
		       "  and ($6 = '*' or c.environment = any (string_to_array($6, ',')))"
		       "  and ($7::text is null or c.id in ("
		       "   select m.id from config_changes m where m.request_id = $7"
		       "   union all select e.change_id from config_change_events e"
		       "    where e.request_id = $7 and e.event <> 'supersede'))"
		       "  order by c.id desc limit $5::int + 1),"
		       " page as (select id from found order by id desc limit $5::int)"
		       " select case when (select count(*) from found) > $5::int"
		       "  then (select min(id) from page) end,"
		       " (select coalesce(json_agg(change_json(c) order by c.id desc), '[]')"
		       "  from config_changes c"
		       "  where c.id in (select id from page))",
		.n_params = 7,
		.again = true,
	};

	return db_query(db, &statement,
			(const char *const[]){filter->environment, filter->state, filter->created_by,
					      filter->before, filter->limit, filter->readable,
					      filter->request_id},
			rows);
}
