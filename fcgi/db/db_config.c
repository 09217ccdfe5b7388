#include "fcgi/db/db_config.h"

#include "fcgi/db/db_sql.h"

void db_config_send_lock(struct db *db, const char *environment, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_lock",
		.sql = "select version, locked_by, case when frozen_until is not null then"
		       "  greatest(1, ceil(extract(epoch from frozen_until - clock_timestamp())))::bigint"
		       " end, 0, to_char(frozen_until at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
		       " catalog_stamp from config_lock($1)",
		.n_params = 1,
	};

	db_send(db, &statement, (const char *const[]){environment}, rows);
}

void db_config_send_state(struct db *db, const char *environment, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_state",
		.sql = "select e.version, e.locked_by, case when e.frozen then 1 end, e.workers, null,"
		       " s.stamp from environment_status e, catalog_state s where e.environment = $1",
		.n_params = 1,
		.again = true,
	};

	db_send(db, &statement, (const char *const[]){environment}, rows);
}

void db_config_send_values(struct db *db, const char *environment, const char *writer, int64_t change_id,
			   struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_values",
		.sql = "select e.name, e.value from active_config c"
		       " join active_config_entries e on e.config_id = c.id"
		       " where c.environment = $1"
		       " union all select l, null from catalog_loosened(array[$2::text] ||"
		       "  (select array[created_by::text, edited_by::text] from config_changes"
		       "   where id = $3::bigint)) l",
		.n_params = 3,
		.again = true,
	};
	char text[SQL_INTEGER];

	db_send(db, &statement, (const char *const[]){environment, writer, sql_integer(text, change_id)},
		rows);
}

void db_config_send_rules(struct db *db, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_rules",
		.sql = "select name, expression, message from config_rules order by name collate \"C\"",
		.again = true,
	};

	db_send(db, &statement, NULL, rows);
}

void db_config_send_bring(struct db *db, const struct db_config_bring *bring, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_bring",
		.sql = "select i.name, i.value, s.version from active_config s left join lateral ("
		       "  select r.name::text, r.value from resolved_config r"
		       "  join resolved_config t on t.name = r.name and t.environment = $2"
		       "  where $3::jsonb is null and r.environment = s.environment"
		       "  and r.value is distinct from t.value"
		       "  union all select n.name, r.value from"
		       "  (select distinct e from jsonb_array_elements_text($3::jsonb) e) n (name)"
		       "  left join resolved_config r on r.environment = s.environment and r.name = n.name"
		       " ) i on true where s.environment = $1 order by i.name collate \"C\"",
		.n_params = 3,
		.again = true,
	};

	db_send(db, &statement, (const char *const[]){bring->source, bring->environment, bring->names}, rows);
}

void db_config_send_write(struct db *db, const struct db_config_write *write, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_write",
		.sql = "select version, change_id"
		       " from config_write($1, $2, $3::bigint, $4::jsonb, $5::jsonb, $6, $7, $8, $9, $10,"
		       " $11::bigint)",
		.n_params = 11,
	};
	char base[SQL_INTEGER], change[SQL_INTEGER];

	db_send(db, &statement,
		(const char *const[]){write->environment, write->kind, sql_integer(base, write->base_version),
				      write->changes, write->diff, write->content_hash, write->changed_by,
				      write->approved_by, write->reason, write->request_id,
				      write->change_id == 0 ? NULL : sql_integer(change, write->change_id)},
		rows);
}

enum db_outcome db_config_written(struct db *db, const char *environment, int64_t version,
				  struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_written",
		.sql = "select version, change_id from config_history where environment = $1"
		       " and version = $2::bigint",
		.n_params = 2,
		.again = true,
	};
	char text[SQL_INTEGER];

	return db_query(db, &statement, (const char *const[]){environment, sql_integer(text, version)}, rows);
}

enum db_outcome db_config_document(struct db *db, const char *environment, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_document",
		.sql = "select c.version, json_build_object('environment', c.environment, 'version',"
		       " c.version, 'values', coalesce(json_object_agg(r.name, r.value order by r.name)"
		       "  filter (where r.value is not null), '{}'),"
		       " 'sources', coalesce(json_object_agg(r.name, json_build_object("
		       "  'source', r.source, 'version', r.changed_version,"
		       "  'changed_at', wire_time(r.changed_at), 'changed_by', r.changed_by)"
		       "  order by r.name) filter (where r.value is not null), '{}')), " SIGHT("$1")
		       " from active_config c left join resolved_config r on r.environment = c.environment"
		       " where c.environment = $1 group by c.environment, c.version",
		.n_params = 1,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){environment}, rows);
}

enum db_outcome db_config_value(struct db *db, const char *environment, const char *name,
				struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_value",
		.sql = "select version, body from parameter_json($1, $2)",
		.n_params = 2,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){environment, name}, rows);
}

enum db_outcome db_config_at(struct db *db, const char *environment, int64_t version, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_at",
		.sql = "select version, body from config_json($1, $2::bigint)",
		.n_params = 2,
		.again = true,
	};
	char text[SQL_INTEGER];

	return db_query(db, &statement, (const char *const[]){environment, sql_integer(text, version)}, rows);
}

enum db_outcome db_config_export(struct db *db, const char *environment, const char *version,
				 struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_export",
		.sql = "select version, body from config_export_json($1, $2::bigint)",
		.n_params = 2,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){environment, version}, rows);
}

enum db_outcome db_config_compare(struct db *db, const char *left, const char *right, struct db_rows **rows)
{
	static const struct db_statement statement = {
		.name = "config_compare",
		.sql = "select json_build_object('left', a.environment, 'right', b.environment,"
		       " 'differences', (select coalesce(json_agg("
		       "   json_build_object('name', l.name, 'left', l.value, 'right', r.value)"
		       "   order by l.name), '[]')"
		       "  from resolved_config l join resolved_config r on r.name = l.name"
		       "  where l.environment = a.environment and r.environment = b.environment"
		       "  and l.value is distinct from r.value))"
		       " from active_config a, active_config b where a.environment = $1"
		       " and b.environment = $2",
		.n_params = 2,
		.again = true,
	};

	return db_query(db, &statement, (const char *const[]){left, right}, rows);
}
