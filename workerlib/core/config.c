#include "workerlib/core/config.h"

#include <stdint.h>
#include <string.h>

#include "workerlib/core/canon.h"
#include "workerlib/core/sha256.h"

/* Where violations are collected: all are counted, the first ones kept. */
struct findings {
	struct violation *violations;
	size_t max, n;
};

static void found(struct findings *f, const char *name, const struct error *e)
{
	if (f->n < f->max) {
		f->violations[f->n].name = name;
		f->violations[f->n].error = *e;
	}
	f->n++;
}

static void found_code(struct findings *f, const char *name, enum code code)
{
	struct error e;

	code_refuse(&e, code);
	found(f, name, &e);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

size_t config_find(const struct config *config, const char *name, size_t n)
{
	return param_find(config->params, config->n, name, n);
}

/* Moves a change before those of its stride that come after it. */
static void sink(struct change *changes, size_t at, size_t stride)
{
	const struct change moved = changes[at];

	for (; at >= stride && strcmp(changes[at - stride].name, moved.name) > 0; at -= stride)
		changes[at] = changes[at - stride];
	changes[at] = moved;
}

/* Shell's sort: changes come in any order and may be thousands, and the core brings no library. */
bool config_sort_changes(struct change *changes, size_t n)
{
	static const size_t gaps[] = { 1750, 701, 301, 132, 57, 23, 10, 4, 1 };
	size_t g, i;

	for (g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++)
		for (i = gaps[g]; i < n; i++)
			sink(changes, i, gaps[g]);
	for (i = 1; i < n; i++)
		if (strcmp(changes[i - 1].name, changes[i].name) == 0)
			return false;
	return true;
}

/* The value that a change gives its parameter; the one it has, when the change is refused. */
static const char *changed_value(const struct param *p, const struct change *change, const char *current,
				 char *canonical, struct findings *f)
{
	struct error e;

	if (!change->value)
		return p->default_value;
	if (param_check(p, change->value, strlen(change->value), canonical, &e) != CODE_OK) {
		found(f, p->name, &e);
		return current;
	}
	if (same(canonical, current))
		return current;
	if (p->deprecated) {
		found_code(f, p->name, CODE_DEPRECATED_PARAMETER);
		return current;
	}
	return canonical;
}

static void lay_over(const struct config *config, const struct change *change, char *canonical,
		     struct config_result *result, struct findings *f)
{
	const size_t i = config_find(config, change->name, strlen(change->name));

	if (i == SIZE_MAX) {
		found_code(f, change->name, CODE_UNKNOWN_PARAMETER);
		return;
	}
	result->proposed[i] = changed_value(&config->params[i], change, config->values[i], canonical, f);
	if (same(config->values[i], result->proposed[i]))
		return;
	result->diff[result->n_diff].name = config->params[i].name;
	result->diff[result->n_diff].old_value = config->values[i];
	result->diff[result->n_diff].new_value = result->proposed[i];
	result->n_diff++;
}

static void check_required(const struct config *config, const char *const *values, struct findings *f)
{
	size_t i;

	for (i = 0; i < config->n; i++)
		if (config->params[i].required && !values[i])
			found_code(f, config->params[i].name, CODE_REQUIRED);
}

/* Of a parameter whose value was refused, among the first n, no rule can be told whether it holds. */
static bool names_refused(const struct config *config, const size_t *named, size_t n_named,
			  const struct violation *refused, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < n_named; j++)
			if (refused[i].name == config->params[named[j]].name)
				return true;
	return false;
}

static void check_rules(const struct config *config, const char *const *values, struct findings *f)
{
	const struct rule_scope scope = { .params = config->params, .values = values, .n = config->n };
	const size_t n_refused = f->n < f->max ? f->n : f->max;
	size_t named[RULE_PARAMS], n_named, i, j;
	struct error e;

	for (i = 0; i < config->n_rules; i++) {
		if (rule_check(&config->rules[i], &scope, named, &n_named, &e) == CODE_OK ||
		    names_refused(config, named, n_named, f->violations, n_refused))
			continue;
		for (j = 0; j < n_named; j++)
			found(f, config->params[named[j]].name, &e);
		if (n_named == 0)
			found(f, config->rules[i].name, &e);
	}
}

/* What is asked of all values together. */
static void check_whole(const struct config *config, const char *const *values, struct findings *f)
{
	check_required(config, values, f);
	check_rules(config, values, f);
}

void config_apply(const struct config *config, const struct change *changes, size_t n,
		  char (*canonical)[VALUE_MAX + 1], size_t max_violations, struct config_result *result)
{
	struct findings f = { .violations = result->violations, .max = max_violations };
	size_t i;

	result->n_diff = 0;
	for (i = 0; i < config->n; i++)
		result->proposed[i] = config->values[i];
	for (i = 0; i < n; i++)
		lay_over(config, &changes[i], canonical[i], result, &f);
	check_whole(config, result->proposed, &f);
	result->n_violations = f.n;
}

static void check_value(const struct param *p, const char *value, struct findings *f)
{
	char canonical[VALUE_MAX + 1];
	enum code code;
	struct error e;

	code = param_check(p, value, strlen(value), canonical, &e);
	if (code == CODE_OK && strcmp(canonical, value) != 0)
		code = code_error(&e, CODE_INVALID, "is to be written ", canonical, NULL);
	if (code != CODE_OK)
		found(f, p->name, &e);
}

size_t config_check(const struct config *config, struct violation *violations, size_t max_violations)
{
	struct findings f = { .violations = violations, .max = max_violations };
	size_t i;

	for (i = 0; i < config->n; i++)
		if (config->values[i])
			check_value(&config->params[i], config->values[i], &f);
	check_whole(config, config->values, &f);
	return f.n;
}

/* A canonical text is hashed as it is written. */
struct hashed {
	struct sha256 sha256;
	struct canon canon;
};

static void hash_start(struct hashed *h)
{
	sha256_start(&h->sha256);
	canon_start(&h->canon, sha256_put, &h->sha256);
	canon_object(&h->canon);
}

/* Of a text that has no canonical form (a value that is not UTF-8) there is no hash: out is empty. */
static void hash_end(struct hashed *h, char out[65])
{
	unsigned char digest[32];

	canon_end(&h->canon, '}');
	sha256_end(&h->sha256, digest);
	sha256_hex(digest, out);
	if (!canon_done(&h->canon))
		out[0] = '\0';
}

void config_hash(const struct config *config, char out[65])
{
	struct hashed h;
	size_t i;

	hash_start(&h);
	for (i = 0; i < config->n; i++)
		if (config->values[i])
			canon_member(&h.canon, config->params[i].name, config->values[i]);
	hash_end(&h, out);
}

void config_content_hash(const char *environment, const struct diff_item *diff, size_t n, char out[65])
{
	struct hashed h;
	size_t i;

	hash_start(&h);
	canon_key(&h.canon, "changes");
	canon_array(&h.canon);
	for (i = 0; i < n; i++) {
		canon_object(&h.canon);
		canon_member(&h.canon, "name", diff[i].name);
		canon_member(&h.canon, "new", diff[i].new_value);
		canon_member(&h.canon, "old", diff[i].old_value);
		canon_end(&h.canon, '}');
	}
	canon_end(&h.canon, ']');
	canon_member(&h.canon, "environment", environment);
	hash_end(&h, out);
}
