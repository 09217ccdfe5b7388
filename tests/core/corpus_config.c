#include "tests/core/corpus_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/corpus_verb.h"
#include "workerlib/core/boundary.h"
#include "workerlib/core/config.h"
#include "workerlib/core/lifecycle.h"

/* What rules and changes are tried on. */

static const struct param params[] = {
	{ .name = "CVN_ASK", .type = VALUE_DECIMAL, .default_value = "0.5", .min_value = "0",
	  .max_value = "100" },
	{ .name = "CVN_BID", .type = VALUE_DECIMAL, .default_value = "1.5", .min_value = "0",
	  .max_value = "100" },
	{ .name = "CVN_COUNT", .type = VALUE_INT, .default_value = "3" },
	{ .name = "CVN_EMPTY", .type = VALUE_INT },
	{ .name = "CVN_HUGE", .type = VALUE_DECIMAL,
	  .default_value = "999999999999999999.999999999999999999" },
	{ .name = "CVN_LABEL", .type = VALUE_STRING, .default_value = "caf\xc3\xa9" },
	{ .name = "CVN_MODEL", .type = VALUE_ENUM, .default_value = "xgboost", .required = true,
	  .allowed_values = "[\"xgboost\", \"lightgbm\"]" },
	{ .name = "CVN_MUST", .type = VALUE_STRING, .required = true },
	{ .name = "CVN_OLD", .type = VALUE_INT, .default_value = "7", .deprecated = true },
	{ .name = "CVN_SYMBOLS", .type = VALUE_LIST, .default_value = "[\"BTC\",\"ETH\"]",
	  .allowed_values = "[\"BTC\",\"ETH\",\"SOL\"]" },
	{ .name = "CVN_TREND", .type = VALUE_BOOL, .default_value = "true" },
	{ .name = "CVN_WAIT", .type = VALUE_DURATION, .default_value = "90s", .min_value = "1s",
	  .max_value = "1d" },
};

enum { PARAMS = sizeof(params) / sizeof(params[0]) };

static const char *const values[PARAMS] = { "0.5",     "1.5", "3", NULL,
					    "999999999999999999.999999999999999999", "caf\xc3\xa9", "xgboost",
					    "yes", "8", "[\"BTC\",\"ETH\"]", "true", "90s" };

static const struct rule rules[] = {
	{ .name = "spread", .expression = "CVN_ASK < CVN_BID", .message = "ask below bid" },
	{ .name = "patience", .expression = "if CVN_TREND then CVN_WAIT >= 30s", .message = "" },
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

/* rule EXPRESSION: how it is defined, and whether it holds on the values */
void corpus_config_rule(struct corpus_test *t)
{
	const struct rule rule = { .name = "tried", .expression = t->field[1], .message = "" };
	const struct rule_scope scope = { .params = params, .values = values, .n = PARAMS };
	size_t named[RULE_PARAMS], n_named;
	enum code defined, checked;

	defined = rule_define(&rule, &scope, &t->error);
	if (defined != CODE_OK) {
		corpus_verb_answer_code(t, defined, "");
		return;
	}
	checked = rule_check(&rule, &scope, named, &n_named, &t->error);
	if (checked == CODE_BAD_RULE)
		corpus_verb_answer(t, "not computed");
	else
		corpus_verb_answer(t, checked == CODE_OK ? "holds" : "violated");
}

static void answer_more(struct corpus_test *t, const char *a, const char *b, const char *c, const char *d)
{
	const size_t used = strlen(t->answer);

	snprintf(t->answer + used, sizeof(t->answer) - used, "%s%s%s%s%s", used ? " " : "", a, b, c, d);
}

/* apply NAME=TEXT|NAME ...: the violations if any, else the differences */
void corpus_config_apply(struct corpus_test *t)
{
	static char canonical[CORPUS_FIELDS][VALUE_MAX + 1];
	const struct config config = {
		.params = params, .values = values, .n = PARAMS, .rules = rules, .n_rules = RULES };
	const char *proposed[PARAMS];
	struct diff_item diff[CORPUS_FIELDS];
	struct violation violations[64];
	struct config_result result = { .proposed = proposed, .diff = diff, .violations = violations };
	struct change changes[CORPUS_FIELDS];
	char names[CORPUS_FIELDS][80];
	size_t n = t->n - 2, i;

	for (i = 0; i < n; i++) {
		const char *const field = t->field[i + 1], *const equals = strchr(field, '=');

		snprintf(names[i], sizeof(names[i]), "%.*s",
			 (int)(equals ? equals - field : (long)strlen(field)), field);
		changes[i] = (struct change){ .name = names[i], .value = equals ? equals + 1 : NULL };
	}
	if (!config_sort_changes(changes, n)) {
		corpus_verb_answer(t, "twice");
		return;
	}
	config_apply(&config, changes, n, canonical, 64, &result);
	for (i = 0; i < result.n_violations; i++) {
		answer_more(t, violations[i].name, ":", code_name(violations[i].error.code), "");
		t->error = violations[i].error;
	}
	for (i = 0; i < result.n_diff && result.n_violations == 0; i++)
		answer_more(t, diff[i].name, ":", diff[i].old_value ? diff[i].old_value : "none",
			    diff[i].new_value ? ">" : ">none"),
			strcat(t->answer, diff[i].new_value ? diff[i].new_value : "");
}

/* boundary CATEGORY hot|cold */
void corpus_config_boundary(struct corpus_test *t)
{
	enum category category;

	if (category_from_name(t->field[1], &category))
		corpus_verb_answer(t, boundary_name(boundary_of(category, strcmp(t->field[2], "hot") == 0)));
	else
		corpus_verb_answer(t, "no");
}

static enum lifecycle_event event_named(const char *name)
{
	unsigned i;

	for (i = 0; i < LIFECYCLE_EVENT_COUNT; i++)
		if (strcmp(lifecycle_event_name((enum lifecycle_event)i), name) == 0)
			return (enum lifecycle_event)i;
	abort();
}

static unsigned facts_named(const char *letters)
{
	static const char known[] = "oflcbiC"; /* own, frozen, locked, content, base, invalid, Critical */
	unsigned facts = 0;

	for (; *letters; letters++) {
		const char *const at = strchr(known, *letters);

		if (at)
			facts |= 1u << (at - known);
	}
	return facts;
}

/* lifecycle STATE EVENT FACTS */
void corpus_config_lifecycle(struct corpus_test *t)
{
	const struct lifecycle_row *row;
	enum lifecycle_state from;
	enum code code;

	if (!lifecycle_state_from_name(t->field[1], &from)) {
		corpus_verb_answer(t, "no");
		return;
	}
	code = lifecycle_next(from, event_named(t->field[2]), facts_named(t->field[3]), &row);
	t->error.code = code;
	corpus_verb_answer_code(t, code, row ? lifecycle_state_name(row->to) : "");
}
