#include "workerlib/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/fail.h"

_Static_assert((int)CVN_BOOL == (int)VALUE_BOOL && (int)CVN_INT == (int)VALUE_INT &&
		       (int)CVN_DECIMAL == (int)VALUE_DECIMAL && (int)CVN_STRING == (int)VALUE_STRING &&
		       (int)CVN_ENUM == (int)VALUE_ENUM && (int)CVN_DURATION == (int)VALUE_DURATION &&
		       (int)CVN_LIST == (int)VALUE_LIST,
	       "the public types are the core's");

static const struct slot empty_slot;

struct snapshot *snapshot_new(int64_t version, int64_t catalog_version, size_t params, size_t rules)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->refs = 1;
	s->version = version;
	s->catalog_version = catalog_version;
	s->room = params;
	s->room_rules = rules;
	s->params = arena_take_array(&s->arena, params, sizeof(*s->params));
	s->values = arena_take_array(&s->arena, params, sizeof(*s->values));
	s->slot_of = arena_take_array(&s->arena, params, sizeof(*s->slot_of));
	s->rules = arena_take_array(&s->arena, rules, sizeof(*s->rules));
	if (s->params && s->values && s->slot_of && s->rules)
		return s;
	snapshot_unref(s);
	return NULL;
}

void snapshot_unref(struct snapshot *s)
{
	if (!s || --s->refs > 0)
		return;
	arena_free(&s->arena);
	free(s);
}

/* A copy of *text in its place; NULL stays NULL. */
static bool keep_text(struct snapshot *s, const char **text)
{
	if (*text)
		*text = arena_text(&s->arena, *text);
	return *text != NULL;
}

static bool keep_optional(struct snapshot *s, const char **text)
{
	return !*text || keep_text(s, text);
}

bool snapshot_add_param(struct snapshot *s, const struct param *param, const char *value)
{
	struct param *p = &s->params[s->n];

	if (s->n == s->room)
		return false;
	*p = *param;
	if (!keep_text(s, &p->name) || !keep_optional(s, &p->allowed_values) ||
	    !keep_optional(s, &p->default_value) || !keep_optional(s, &p->min_value) ||
	    !keep_optional(s, &p->max_value) || !keep_optional(s, &value))
		return false;
	s->values[s->n++] = value;
	return true;
}

bool snapshot_add_rule(struct snapshot *s, const struct rule *rule)
{
	struct rule *r = &s->rules[s->n_rules];

	if (s->n_rules == s->room_rules)
		return false;
	*r = *rule;
	if (!keep_text(s, &r->name) || !keep_text(s, &r->expression) || !keep_text(s, &r->message))
		return false;
	s->n_rules++;
	return true;
}

void snapshot_stamp(struct snapshot *s, const char *stamp)
{
	snprintf(s->catalog_stamp, sizeof(s->catalog_stamp), "%s", stamp ? stamp : "");
}

bool snapshot_is_of(const struct snapshot *s, int64_t catalog_version, const char *stamp)
{
	bool known = stamp && *stamp && *s->catalog_stamp;

	return s->catalog_version == catalog_version && (!known || strcmp(s->catalog_stamp, stamp) == 0);
}

struct snapshot *snapshot_with(const struct snapshot *from, int64_t version, int64_t catalog_version,
			       const char *const *values)
{
	struct snapshot *s = snapshot_new(version, catalog_version, from->n, from->n_rules);
	bool ok = s != NULL;

	for (size_t i = 0; ok && i < from->n; i++)
		ok = snapshot_add_param(s, &from->params[i], values[i]);
	for (size_t i = 0; ok && i < from->n_rules; i++)
		ok = snapshot_add_rule(s, &from->rules[i]);
	if (ok) {
		memcpy(s->defect, from->defect, sizeof(s->defect));
		snapshot_stamp(s, from->catalog_stamp);
		return s;
	}
	snapshot_unref(s);
	return NULL;
}

struct snapshot *snapshot_copy(const struct snapshot *s)
{
	return snapshot_with(s, s->version, s->catalog_version, s->values);
}

void snapshot_refuse(struct snapshot *s, const char *what, const char *why)
{
	cvn_error e;

	if (s->defect[0] != '\0')
		return;
	fail(&e, CVN_E_INVALID, what, ": ", why, NULL);
	memcpy(s->defect, e.detail, sizeof(s->defect));
}

/* ---- checks ---- */

static struct config config_of(const struct snapshot *s)
{
	return (struct config){
		.params = s->params,
		.values = s->values,
		.n = s->n,
		.rules = s->rules,
		.n_rules = s->n_rules,
	};
}

static int refuse(cvn_error *e, const char *name, enum code code, const char *detail)
{
	return fail(e, CVN_E_INVALID, name, ": ", code_message(code), detail[0] ? ": " : "", detail, NULL);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_definition(const struct param *a, const struct param *b)
{
	return strcmp(a->name, b->name) == 0 && a->type == b->type &&
	       same_text(a->allowed_values, b->allowed_values) &&
	       same_text(a->default_value, b->default_value) && same_text(a->min_value, b->min_value) &&
	       same_text(a->max_value, b->max_value) && a->category == b->category &&
	       a->required == b->required && a->deprecated == b->deprecated &&
	       a->hot_reloadable == b->hot_reloadable && a->critical == b->critical &&
	       a->excluded_from_ftf == b->excluded_from_ftf;
}

/* The place is the same as long as none came or went before it: what moved is looked at again. */
static bool has_passed(const struct snapshot *s, const struct snapshot *passed, size_t i)
{
	return passed && i < passed->n && same_text(s->values[i], passed->values[i]) &&
	       same_definition(&s->params[i], &passed->params[i]);
}

/* Definition and value of one parameter, its name after the one before. */
static int check_param(const struct snapshot *s, const struct snapshot *passed, size_t i,
		       char canonical[VALUE_MAX + 1], cvn_error *e)
{
	const struct param *p = &s->params[i];
	const char *value = s->values[i];
	struct error why = {.code = CODE_OK};
	enum code code;

	if (i > 0 && strcmp(s->params[i - 1].name, p->name) >= 0)
		return refuse(e, p->name, CODE_MALFORMED, "out of order");
	if (has_passed(s, passed, i))
		return 0;
	code = param_define(p, &why);
	if (code == CODE_OK && !value && p->required)
		code = CODE_REQUIRED;
	if (code == CODE_OK && value)
		code = param_check(p, value, strlen(value), canonical, &why);
	if (code != CODE_OK)
		return refuse(e, p->name, code, why.detail);
	if (value && strcmp(value, canonical) != 0)
		return refuse(e, p->name, CODE_MALFORMED, "not in canonical form");
	return 0;
}

static int check_rule(const struct snapshot *s, const struct rule *rule, cvn_error *e)
{
	const struct rule_scope scope = {.params = s->params, .values = s->values, .n = s->n};
	size_t named[RULE_PARAMS], n_named = 0;
	struct error why = {.code = CODE_OK};
	enum code code = rule_check(rule, &scope, named, &n_named, &why);

	return code == CODE_OK ? 0 : refuse(e, rule->name, code, why.detail);
}

int snapshot_check(const struct snapshot *s, const struct snapshot *passed, cvn_error *e)
{
	char *canonical;
	int code = 0;

	if (s->defect[0] != '\0')
		return fail(e, CVN_E_INVALID, s->defect, NULL);
	canonical = malloc(VALUE_MAX + 1);
	if (!canonical)
		return fail_memory(e);
	for (size_t i = 0; i < s->n && code == 0; i++)
		code = check_param(s, passed, i, canonical, e);
	for (size_t i = 0; i < s->n_rules && code == 0; i++)
		code = check_rule(s, &s->rules[i], e);
	free(canonical);
	return code;
}

bool snapshot_passes_rules(const struct snapshot *s)
{
	for (size_t i = 0; i < s->n_rules; i++)
		if (check_rule(s, &s->rules[i], NULL) != 0)
			return false;
	return true;
}

/* ---- slots ---- */

static struct slot slot_of_value(const struct param *p, const char *value)
{
	struct slot slot = {.text = value, .param = p};

	if (!value)
		return slot;
	switch (p->type) {
	case VALUE_BOOL:
		slot.integer = value_as_bool(value);
		break;
	case VALUE_INT:
		slot.integer = value_as_int(value);
		slot.real = (double)slot.integer;
		break;
	case VALUE_DURATION:
		slot.integer = value_as_milliseconds(value);
		break;
	case VALUE_DECIMAL:
		slot.real = value_as_decimal(value);
		break;
	case VALUE_STRING:
	case VALUE_ENUM:
	case VALUE_LIST:
	case VALUE_TYPES:
		break;
	}
	return slot;
}

bool snapshot_seal(struct snapshot *s, size_t n_slots)
{
	struct slot *slots = arena_take_array(&s->arena, n_slots, sizeof(*slots));
	struct config config = config_of(s);

	if (!slots)
		return false;
	for (size_t i = 0; i < s->n; i++)
		slots[s->slot_of[i]] = slot_of_value(&s->params[i], s->values[i]);
	s->slots = slots;
	s->n_slots = n_slots;
	config_hash(&config, s->hash);
	return true;
}

const struct slot *snapshot_slot(const struct snapshot *s, size_t slot)
{
	return slot < s->n_slots ? &s->slots[slot] : &empty_slot;
}

bool snapshot_same(const struct slot *a, const struct slot *b)
{
	if (!a->param || !b->param)
		return a->param == b->param;
	return a->param->type == b->param->type && same_text(a->text, b->text);
}

/* ---- two snapshots side by side ---- */

/* The next name of either, in order; SIZE_MAX in *i or *j: not in that one. False: both are at their end. */
struct pair {
	size_t at_from, at_to; /* where to go on */
	size_t from, to;       /* indices of the same name, or SIZE_MAX */
};

static bool next_pair(const struct snapshot *from, const struct snapshot *to, struct pair *p)
{
	bool more_from = p->at_from < from->n, more_to = p->at_to < to->n;
	int order;

	if (!more_from && !more_to)
		return false;
	if (more_from && more_to)
		order = strcmp(from->params[p->at_from].name, to->params[p->at_to].name);
	else
		order = more_from ? -1 : 1;
	p->from = order <= 0 ? p->at_from++ : SIZE_MAX;
	p->to = order >= 0 ? p->at_to++ : SIZE_MAX;
	return true;
}

/* Adds the parameter at `index` of `source`, in its slot; SIZE_MAX: it is not there, and nothing is added. */
static bool take_param(struct snapshot *mix, const struct snapshot *source, size_t index)
{
	if (index == SIZE_MAX)
		return true;
	mix->slot_of[mix->n] = source->slot_of[index];
	return snapshot_add_param(mix, &source->params[index], source->values[index]);
}

struct snapshot *snapshot_mix(const struct snapshot *from, const struct snapshot *to, const bool *newer,
			      size_t n_slots)
{
	struct snapshot *mix = snapshot_new(to->version, to->catalog_version, from->n + to->n, to->n_rules);
	struct pair p = {0};
	bool ok = mix != NULL;

	while (ok && next_pair(from, to, &p)) {
		uint32_t slot = p.to != SIZE_MAX ? to->slot_of[p.to] : from->slot_of[p.from];
		ok = newer[slot] ? take_param(mix, to, p.to) : take_param(mix, from, p.from);
	}
	for (size_t i = 0; ok && i < to->n_rules; i++)
		ok = snapshot_add_rule(mix, &to->rules[i]);
	if (ok && snapshot_seal(mix, n_slots))
		return mix;
	snapshot_unref(mix);
	return NULL;
}

static bool pair_differs(const struct snapshot *from, const struct snapshot *to, const struct pair *p)
{
	if (p->from == SIZE_MAX || p->to == SIZE_MAX)
		return true;
	return !same_text(from->values[p->from], to->values[p->to]);
}

static cvn_change change_of(const struct snapshot *from, const struct snapshot *to, const struct pair *p)
{
	return (cvn_change){
		.name = p->from != SIZE_MAX ? from->params[p->from].name : to->params[p->to].name,
		.old_value = p->from != SIZE_MAX ? from->values[p->from] : NULL,
		.new_value = p->to != SIZE_MAX ? to->values[p->to] : NULL,
	};
}

cvn_change *snapshot_diff(const struct snapshot *from, const struct snapshot *to, size_t *n)
{
	cvn_change *changes;
	struct pair p = {0};
	size_t room = 0;

	*n = 0;
	while (next_pair(from, to, &p))
		room += pair_differs(from, to, &p);
	if (room == 0)
		return NULL;
	changes = calloc(room, sizeof(*changes));
	if (!changes)
		*n = SIZE_MAX;
	p = (struct pair){0};
	while (changes && next_pair(from, to, &p))
		if (pair_differs(from, to, &p))
			changes[(*n)++] = change_of(from, to, &p);
	return changes;
}
