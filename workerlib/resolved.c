#include "workerlib/resolved.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/cell.h"
#include "workerlib/snapshot.h"

/* kind 0 is the environment, with its version, the catalog's and its stamp; 1 a parameter, 2 a rule. */
const char resolved_sql[] =
	"select * from ("
	"select 0 as kind, a.version::text as name, (select s.version::text from catalog_state s),"
	" (select s.stamp::text from catalog_state s), null, null, null, null, null, null"
	" from active_config a where a.environment = $1"
	" union all "
	"select 1, r.name, r.type, r.allowed_values, r.default_value, r.min_value, r.max_value, r.category,"
	" concat(r.required::int, r.deprecated::int, r.hot_reloadable::int, r.critical::int,"
	" r.excluded_from_ftf::int), r.value from resolved_config r where r.environment = $1"
	" union all "
	"select 2, c.name, c.expression, c.message, null, null, null, null, null, null from config_rules c"
	") t order by t.kind, t.name collate \"C\"";

/* A row an entry, or one without; each has the kind, the versions and the stamp. */
const char resolved_entries_sql[] =
	"select 0, a.version, s.version, s.stamp, e.name, e.value"
	" from active_config a cross join catalog_state s"
	" left join active_config_entries e on e.config_id = a.id where a.environment = $1";

enum column { KIND, NAME, TYPE, ALLOWED, DEFAULT, MINIMUM, MAXIMUM, CATEGORY, FLAGS, VALUE };
enum rule_column { RULE_NAME = 1, RULE_EXPRESSION, RULE_MESSAGE };
enum environment_column { VERSION = 1, CATALOG_VERSION, STAMP };
enum entry_column { ENTRY_NAME = 4, ENTRY_VALUE };

bool resolved_exists(const PGresult *result)
{
	return PQntuples(result) > 0 && PQgetvalue(result, 0, KIND)[0] == '0';
}

static bool add_param(struct snapshot *s, const PGresult *result, int row)
{
	const char *flags = PQgetvalue(result, row, FLAGS);
	struct param p = {
		.name = PQgetvalue(result, row, NAME),
		.allowed_values = cell_text(result, row, ALLOWED),
		.default_value = cell_text(result, row, DEFAULT),
		.min_value = cell_text(result, row, MINIMUM),
		.max_value = cell_text(result, row, MAXIMUM),
	};

	if (!value_type_from_name(PQgetvalue(result, row, TYPE), &p.type))
		snapshot_refuse(s, p.name, "unknown type");
	if (!category_from_name(PQgetvalue(result, row, CATEGORY), &p.category))
		snapshot_refuse(s, p.name, "unknown category");
	if (strlen(flags) != 5) {
		snapshot_refuse(s, p.name, "incomplete definition");
		return true;
	}
	p.required = flags[0] == '1';
	p.deprecated = flags[1] == '1';
	p.hot_reloadable = flags[2] == '1';
	p.critical = flags[3] == '1';
	p.excluded_from_ftf = flags[4] == '1';
	return snapshot_add_param(s, &p, cell_text(result, row, VALUE));
}

static bool add_rule(struct snapshot *s, const PGresult *result, int row)
{
	const struct rule rule = {
		.name = PQgetvalue(result, row, RULE_NAME),
		.expression = PQgetvalue(result, row, RULE_EXPRESSION),
		.message = PQgetvalue(result, row, RULE_MESSAGE),
	};

	return snapshot_add_rule(s, &rule);
}

static size_t count_kind(const PGresult *result, char kind)
{
	size_t n = 0;

	for (int row = 0; row < PQntuples(result); row++)
		n += PQgetvalue(result, row, KIND)[0] == kind;
	return n;
}

struct snapshot *resolved_snapshot(const PGresult *result)
{
	struct snapshot *s = snapshot_new(cell_integer(result, 0, VERSION),
					  cell_integer(result, 0, CATALOG_VERSION), count_kind(result, '1'),
					  count_kind(result, '2'));
	bool ok = s != NULL;

	if (ok)
		snapshot_stamp(s, cell_text(result, 0, STAMP));
	for (int row = 1; ok && row < PQntuples(result); row++) {
		bool is_param = PQgetvalue(result, row, KIND)[0] == '1';
		ok = is_param ? add_param(s, result, row) : add_rule(s, result, row);
	}
	if (ok)
		return s;
	snapshot_unref(s);
	return NULL;
}

/* ---- entries over a whole read ---- */

bool resolved_is_of(const struct snapshot *whole, const PGresult *entries)
{
	return strcmp(whole->catalog_stamp, PQgetvalue(entries, 0, STAMP)) == 0;
}

static bool lay_over(const struct snapshot *whole, const char **values, const PGresult *entries, int row)
{
	const char *name = cell_text(entries, row, ENTRY_NAME);
	size_t i = name ? param_find(whole->params, whole->n, name, strlen(name)) : SIZE_MAX;

	if (i != SIZE_MAX)
		values[i] = PQgetvalue(entries, row, ENTRY_VALUE);
	return !name || i != SIZE_MAX;
}

struct snapshot *resolved_over(const struct snapshot *whole, const PGresult *entries)
{
	const char **values = malloc((whole->n + 1) * sizeof(*values));
	struct snapshot *s = NULL;
	bool ok = values != NULL;

	for (size_t i = 0; ok && i < whole->n; i++)
		values[i] = whole->params[i].default_value;
	for (int row = 0; ok && row < PQntuples(entries); row++)
		ok = lay_over(whole, values, entries, row);
	if (ok)
		s = snapshot_with(whole, cell_integer(entries, 0, VERSION),
				  cell_integer(entries, 0, CATALOG_VERSION), values);
	free(values);
	return s;
}
