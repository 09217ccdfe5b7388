#include "workerlib/resolved.h"

#include <string.h>

#include "workerlib/cell.h"
#include "workerlib/snapshot.h"

/* kind 0 is the environment, with its version and the catalog's; 1 a parameter, 2 a rule. */
const char resolved_sql[] =
	"select * from ("
	"select 0 as kind, a.version::text as name, (select s.version::text from catalog_state s), null,"
	" null, null, null, null, null, null from active_config a where a.environment = $1"
	" union all "
	"select 1, r.name, r.type, r.allowed_values, r.default_value, r.min_value, r.max_value, r.category,"
	" concat(r.required::int, r.deprecated::int, r.hot_reloadable::int, r.critical::int,"
	" r.excluded_from_ftf::int), r.value from resolved_config r where r.environment = $1"
	" union all "
	"select 2, c.name, c.expression, c.message, null, null, null, null, null, null from config_rules c"
	") t order by t.kind, t.name collate \"C\"";

enum column { KIND, NAME, TYPE, ALLOWED, DEFAULT, MINIMUM, MAXIMUM, CATEGORY, FLAGS, VALUE };
enum rule_column { RULE_NAME = 1, RULE_EXPRESSION, RULE_MESSAGE };
enum environment_column { VERSION = 1, CATALOG_VERSION };

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

	for (int row = 1; ok && row < PQntuples(result); row++) {
		bool is_param = PQgetvalue(result, row, KIND)[0] == '1';
		ok = is_param ? add_param(s, result, row) : add_rule(s, result, row);
	}
	if (ok)
		return s;
	snapshot_unref(s);
	return NULL;
}
