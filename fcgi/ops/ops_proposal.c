#include "fcgi/ops/ops_proposal.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db_change.h"
#include "fcgi/db/db_config.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_definitions.h"
#include "fcgi/proc/need.h"
#include "workerlib/core/canon.h"
#include "workerlib/core/utf8.h"

enum { REASON_MAX = 1024 };

void ops_proposal_free(struct ops_proposal *p)
{
	db_rows_free(p->state);
	db_rows_free(p->values_rows);
	db_rows_free(p->items_rows);
	ops_definitions_drop(p->definitions);
	free(p->params);
	free(p->values);
	free(p->items);
	free(p->canonical);
	free(p->result.proposed);
	free(p->result.diff);
	free(p->result.violations);
	*p = (struct ops_proposal){.state = NULL};
}

/* An entry gives its parameter a value, a name without one is critical for this writer. */
static enum code read_value(struct ops_proposal *p, size_t i, struct error *error)
{
	const char *name = db_rows_text(p->values_rows, i, VALUE_NAME);
	const char *value = db_rows_text(p->values_rows, i, VALUE_TEXT);
	size_t at = config_find(&p->config, name, strlen(name));

	if (at != SIZE_MAX && value == NULL)
		p->params[at].critical = true;
	else if (at != SIZE_MAX)
		p->values[at] = value;
	else if (value != NULL)
		return code_error(error, CODE_INTERNAL, "the catalog has no ", name, ", which has a value",
				  NULL);
	return CODE_OK;
}

/* The parameters are a copy: who writes decides which of them are critical. */
static void lay_out(struct ops_proposal *p, struct ops_definitions *definitions)
{
	ops_definitions_drop(p->definitions);
	free(p->params);
	free(p->values);
	p->definitions = ops_definitions_hold(definitions);
	p->params = need_items(definitions->n, sizeof *p->params);
	p->values = need_items(definitions->n, sizeof *p->values);
	for (size_t i = 0; i < definitions->n; i++) {
		p->params[i] = definitions->params[i];
		p->values[i] = definitions->params[i].default_value;
	}
	p->config = (struct config){p->params, p->values, definitions->n, definitions->rules,
				    definitions->n_rules};
}

enum code ops_proposal_read(struct ops_proposal *p, struct ops_definitions *definitions, struct error *error)
{
	enum code code = CODE_OK;

	if (definitions->unknown != NULL)
		return code_error(error, CODE_INTERNAL, "the definition of ", definitions->unknown,
				  " is not understood", NULL);
	p->version = db_rows_integer(p->state, 0, CONFIG_VERSION);
	p->locked_by = db_rows_text(p->state, 0, CONFIG_LOCKED_BY);
	p->frozen_seconds = db_rows_integer(p->state, 0, CONFIG_FROZEN_SECONDS);
	p->frozen_until = db_rows_text(p->state, 0, CONFIG_FROZEN_UNTIL);
	p->workers = db_rows_integer(p->state, 0, CONFIG_WORKERS);
	lay_out(p, definitions);
	for (size_t i = 0; code == CODE_OK && i < db_rows_count(p->values_rows); i++)
		code = read_value(p, i, error);
	return code;
}

/* A source of which nothing is to be brought is one row without a name. */
void ops_proposal_read_items(struct ops_proposal *p, bool from_source)
{
	size_t n = db_rows_count(p->items_rows);

	free(p->items);
	p->items = need_items(n, sizeof *p->items);
	p->n_items = 0;
	for (size_t i = 0; i < n && db_rows_text(p->items_rows, i, CHANGE_ITEM_NAME) != NULL; i++)
		p->items[p->n_items++] = (struct change){db_rows_text(p->items_rows, i, CHANGE_ITEM_NAME),
							 db_rows_text(p->items_rows, i, CHANGE_ITEM_VALUE)};
	p->source_version = from_source ? db_rows_integer(p->items_rows, 0, CHANGE_ITEM_SOURCE) : 0;
}

bool ops_proposal_is_prose(const char *text)
{
	const char *end = text + strlen(text);
	uint32_t character;

	while (text < end) {
		if (!utf8_next(&text, end, &character))
			return false;
		if (!utf8_is_printable(character) && character != '\n' && character != '\r' &&
		    character != '\t')
			return false;
	}
	return true;
}

enum code ops_proposal_check_reason(const char *reason, struct error *error)
{
	if (reason[strspn(reason, " \t\r\n")] == '\0')
		return code_error(error, CODE_REASON_REQUIRED, code_message(CODE_REASON_REQUIRED), NULL);
	if (strlen(reason) > REASON_MAX)
		return code_error(error, CODE_TOO_LONG, "a reason has at most 1024 bytes", NULL);
	if (!ops_proposal_is_prose(reason))
		return code_error(error, CODE_BAD_STRING, "a reason is printable text, in lines", NULL);
	return CODE_OK;
}

/*
 * The first violation, if it is one: a reason that is missing,
 * too long or not readable. The others follow it.
 */
static void check_reason(struct config_result *result, const char *reason)
{
	struct error error;

	if (ops_proposal_check_reason(reason, &error) == CODE_OK)
		return;
	memmove(result->violations + 1, result->violations,
		result->n_violations * sizeof *result->violations);
	result->violations[0] = (struct violation){"reason", error};
	result->n_violations++;
}

void ops_proposal_apply(struct ops_proposal *p, const char *environment, const struct change *changes,
			size_t n, const char *reason)
{
	/* One a change, one a required parameter, and each rule may name RULE_PARAMS: so all fit. */
	size_t most = n + p->config.n + p->config.n_rules * RULE_PARAMS;

	free(p->canonical);
	free(p->result.proposed);
	free(p->result.diff);
	free(p->result.violations);
	p->changes = changes;
	p->n_changes = n;
	p->canonical = need_items(n, sizeof *p->canonical);
	p->result = (struct config_result){
		.proposed = need_items(p->config.n, sizeof *p->result.proposed),
		.diff = need_items(p->config.n, sizeof *p->result.diff),
		.violations = need_items(most + 1, sizeof *p->result.violations),
	};
	config_apply(&p->config, changes, n, p->canonical, most, &p->result);
	if (reason != NULL)
		check_reason(&p->result, reason);
	config_content_hash(environment, p->result.diff, p->result.n_diff, p->content_hash);
}

const struct param *ops_proposal_param(const struct ops_proposal *p, size_t i)
{
	const char *name = p->result.diff[i].name;

	return &p->params[config_find(&p->config, name, strlen(name))];
}

static bool is_touched(const struct ops_proposal *p, const char *name)
{
	for (size_t i = 0; i < p->result.n_diff; i++) {
		if (strcmp(p->result.diff[i].name, name) == 0)
			return true;
	}
	for (size_t i = 0; i < p->result.n_violations; i++) {
		if (strcmp(p->result.violations[i].name, name) == 0)
			return true;
	}
	return false;
}

const char *ops_proposal_critical(const struct ops_proposal *p, size_t i)
{
	const char *name = p->changes[i].name;
	size_t at = config_find(&p->config, name, strlen(name));

	return at != SIZE_MAX && p->params[at].critical && is_touched(p, name) ? name : NULL;
}

/* Diff and changes are both sorted by name, and every item of the diff is one of the changes. */
void ops_proposal_changes(const struct ops_proposal *p, struct text *text)
{
	struct canon json;

	canon_start(&json, text_put, text);
	canon_object(&json);
	for (size_t i = 0, at = 0; i < p->result.n_diff; i++) {
		const char *name = p->result.diff[i].name;

		while (strcmp(p->changes[at].name, name) != 0)
			at++;
		canon_member(&json, name, p->changes[at].value == NULL ? NULL : p->canonical[at]);
	}
	canon_end(&json, '}');
}

void ops_proposal_diff(const struct ops_proposal *p, struct text *text)
{
	struct canon json;

	canon_start(&json, text_put, text);
	canon_array(&json);
	for (size_t i = 0; i < p->result.n_diff; i++) {
		canon_object(&json);
		canon_member(&json, "name", p->result.diff[i].name);
		canon_member(&json, "new", p->result.diff[i].new_value);
		canon_member(&json, "old", p->result.diff[i].old_value);
		canon_end(&json, '}');
	}
	canon_end(&json, ']');
}
