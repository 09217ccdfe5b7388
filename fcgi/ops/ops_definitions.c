#include "fcgi/ops/ops_definitions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_catalog.h"
#include "fcgi/db/db_config.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/proc/need.h"

bool ops_definitions_param(const struct db_rows *rows, size_t i, struct param *param)
{
	*param = (struct param){
		.name = db_rows_text(rows, i, PARAM_NAME),
		.allowed_values = db_rows_text(rows, i, PARAM_ALLOWED),
		.default_value = db_rows_text(rows, i, PARAM_DEFAULT),
		.min_value = db_rows_text(rows, i, PARAM_MIN),
		.max_value = db_rows_text(rows, i, PARAM_MAX),
		.required = db_rows_bool(rows, i, PARAM_REQUIRED),
		.deprecated = db_rows_bool(rows, i, PARAM_DEPRECATED),
		.hot_reloadable = db_rows_bool(rows, i, PARAM_HOT),
		.critical = db_rows_bool(rows, i, PARAM_CRITICAL),
		.excluded_from_ftf = db_rows_bool(rows, i, PARAM_EXCLUDED),
	};
	return value_type_from_name(db_rows_text(rows, i, PARAM_TYPE), &param->type) &&
	       category_from_name(db_rows_text(rows, i, PARAM_CATEGORY), &param->category);
}

struct rule ops_definitions_rule(const struct db_rows *rows, size_t i)
{
	return (struct rule){
		.name = db_rows_text(rows, i, RULE_NAME),
		.expression = db_rows_text(rows, i, RULE_EXPRESSION),
		.message = db_rows_text(rows, i, RULE_MESSAGE),
	};
}

void ops_definitions_send(struct db *db, struct db_rows **params, struct db_rows **rules)
{
	db_catalog_send_params(db, params);
	db_config_send_rules(db, rules);
}

struct ops_definitions *ops_definitions_make(const char *stamp, struct db_rows *params, struct db_rows *rules)
{
	struct ops_definitions *d = need_items(1, sizeof *d);

	d->holders = 1;
	snprintf(d->stamp, sizeof d->stamp, "%s", stamp);
	d->params_rows = params;
	d->rules_rows = rules;
	d->n = db_rows_count(params);
	d->n_rules = db_rows_count(rules);
	d->params = need_items(d->n, sizeof *d->params);
	d->rules = need_items(d->n_rules, sizeof *d->rules);
	for (size_t i = 0; i < d->n; i++) {
		if (!ops_definitions_param(params, i, &d->params[i]))
			d->unknown = d->params[i].name;
	}
	for (size_t i = 0; i < d->n_rules; i++)
		d->rules[i] = ops_definitions_rule(rules, i);
	return d;
}

bool ops_definitions_are(const struct ops_definitions *d, const char *stamp)
{
	return d != NULL && strcmp(d->stamp, stamp) == 0;
}

struct ops_definitions *ops_definitions_hold(struct ops_definitions *d)
{
	if (d != NULL)
		d->holders++;
	return d;
}

void ops_definitions_drop(struct ops_definitions *d)
{
	if (d == NULL || --d->holders > 0)
		return;
	db_rows_free(d->params_rows);
	db_rows_free(d->rules_rows);
	free(d->params);
	free(d->rules);
	free(d);
}
