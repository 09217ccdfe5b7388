#include "workerlib/answered.h"

#include <stdlib.h>
#include <string.h>

#include "workerlib/core/watch.h"
#include "workerlib/core/worker_report.h"
#include "workerlib/fail.h"
#include "workerlib/snapshot.h"

#define ROW(structure, member, name_, kind_, nullable_)                                                      \
	{                                                                                                    \
		.name = name_, .kind = kind_, .nullable = nullable_, .offset = offsetof(structure, member)   \
	}
#define OPTIONAL_TEXT(structure, member, name_)                                                              \
	{                                                                                                    \
		.name = name_, .kind = PICK_TEXT, .optional = true, .offset = offsetof(structure, member)    \
	}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- bodies ---- */

static int open_body(struct pick *p, struct answered_body body, const char *what, cvn_error *e)
{
	struct error why = {.code = CODE_OK};

	if (body.n > 0 && pick_open(p, body.bytes, body.n, &why) == CODE_OK)
		return CVN_OK;
	return fail(e, CVN_E_LINK, what, " is not what was asked for: ",
		    body.n > 0 ? why.detail : "it is empty", NULL);
}

static int misses(const char *what, const char *member, cvn_error *e)
{
	return fail(e, CVN_E_LINK, what, " is not what was asked for: member ", member, NULL);
}

/* A body that is one object, by a table. */
static int read_body(struct answered_body body, const char *what, const struct pick_row *rows, size_t n,
		     void *out, cvn_error *e)
{
	struct pick p;
	const char *missing;
	int code = open_body(&p, body, what, e);

	if (code != CVN_OK)
		return code;
	missing = pick_object(&p, rows, n, out);
	return missing ? misses(what, missing, e) : CVN_OK;
}

/* ---- the watch, and the report ---- */

int answered_watch(struct answered_body body, struct answered_watch *w, cvn_error *e)
{
	static const struct pick_row rows[] = {
		ROW(struct answered_watch, environment, WATCH_ENVIRONMENT, PICK_TEXT, false),
		ROW(struct answered_watch, version, WATCH_VERSION, PICK_INTEGER, false),
		ROW(struct answered_watch, catalog_version, WATCH_CATALOG_VERSION, PICK_INTEGER, false),
		OPTIONAL_TEXT(struct answered_watch, catalog_stamp, WATCH_CATALOG_STAMP),
		OPTIONAL_TEXT(struct answered_watch, head, WATCH_HEAD),
		ROW(struct answered_watch, from, WATCH_FROM, PICK_INTEGER, true),
		ROW(struct answered_watch, changes, WATCH_CHANGES, PICK_VALUE, false),
		ROW(struct answered_watch, full, WATCH_FULL, PICK_BOOL, false),
	};

	w->catalog_stamp = w->head = NULL;
	return read_body(body, "the answer of the watch", rows, COUNT(rows), w, e);
}

int answered_report(struct answered_body body, struct answered_report *r, cvn_error *e)
{
	static const struct pick_row rows[] = {
		ROW(struct answered_report, version, WORKER_REPORT_VERSION, PICK_INTEGER, false),
		ROW(struct answered_report, catalog_version, WORKER_REPORT_CATALOG_VERSION, PICK_INTEGER,
		    false),
		OPTIONAL_TEXT(struct answered_report, catalog_stamp, WORKER_REPORT_CATALOG_STAMP),
		OPTIONAL_TEXT(struct answered_report, head, WORKER_REPORT_HEAD),
	};

	r->catalog_stamp = r->head = NULL;
	return read_body(body, "the answer to a report", rows, COUNT(rows), r, e);
}

const char *answered_problem(struct answered_body body)
{
	struct problem {
		const char *detail;
	} problem;
	static const struct pick_row rows[] = {ROW(struct problem, detail, "detail", PICK_TEXT, false)};

	return read_body(body, "", rows, COUNT(rows), &problem, NULL) == CVN_OK ? problem.detail : NULL;
}

/* ---- a whole configuration ---- */

struct variable {
	const char *name, *type, *category;
	struct pick allowed;
	const char *default_value, *min_value, *max_value;
	bool required, deprecated, hot_reloadable, critical, excluded_from_ftf;
};

struct value {
	const char *name, *text;
};

/* What is taken out of the bodies, borrowed from them. */
struct parts {
	struct variable *variables;
	struct value *values;
	struct rule *rules;
	size_t n_variables, n_values, n_rules;
	int64_t version;
	struct catalog_state {
		int64_t version;
		const char *stamp; /* NULL: not told */
	} catalog, rules_of;
};

/* Makes room for one more item of an array; NULL: no memory, and the array stays. */
static void *room_for_one(void *array, size_t n, size_t size)
{
	/* Doubled whenever the count is a power of two. */
	return n & (n - 1) ? array : reallocarray(array, n ? 2 * n : 1, size);
}

static int take_variable(struct pick *p, struct parts *parts, cvn_error *e)
{
	static const struct pick_row rows[] = {
		ROW(struct variable, name, "name", PICK_TEXT, false),
		ROW(struct variable, type, "type", PICK_TEXT, false),
		ROW(struct variable, category, "category", PICK_TEXT, false),
		ROW(struct variable, allowed, "allowed_values", PICK_VALUE, true),
		ROW(struct variable, default_value, "default_value", PICK_TEXT, true),
		ROW(struct variable, min_value, "min_value", PICK_TEXT, true),
		ROW(struct variable, max_value, "max_value", PICK_TEXT, true),
		ROW(struct variable, required, "required", PICK_BOOL, false),
		ROW(struct variable, deprecated, "deprecated", PICK_BOOL, false),
		ROW(struct variable, hot_reloadable, "hot_reloadable", PICK_BOOL, false),
		ROW(struct variable, critical, "critical", PICK_BOOL, false),
		ROW(struct variable, excluded_from_ftf, "excluded_from_ftf", PICK_BOOL, false),
	};
	void *more = room_for_one(parts->variables, parts->n_variables, sizeof(*parts->variables));
	const char *missing;

	if (!more)
		return fail_memory(e);
	parts->variables = more;
	missing = pick_object(p, rows, COUNT(rows), &parts->variables[parts->n_variables]);
	if (missing)
		return misses("the catalog", missing, e);
	parts->n_variables++;
	return CVN_OK;
}

static int take_rule(struct pick *p, struct parts *parts, cvn_error *e)
{
	static const struct pick_row rows[] = {
		ROW(struct rule, name, "name", PICK_TEXT, false),
		ROW(struct rule, expression, "expression", PICK_TEXT, false),
		ROW(struct rule, message, "message", PICK_TEXT, false),
	};
	void *more = room_for_one(parts->rules, parts->n_rules, sizeof(*parts->rules));
	const char *missing;

	if (!more)
		return fail_memory(e);
	parts->rules = more;
	missing = pick_object(p, rows, COUNT(rows), &parts->rules[parts->n_rules]);
	if (missing)
		return misses("the list of rules", missing, e);
	parts->n_rules++;
	return CVN_OK;
}

/* {"catalog_version", "catalog_stamp", MEMBER: [...]}: each item of the list to `take`. */
struct list {
	const char *what;
	const char *member;
	int (*take)(struct pick *, struct parts *, cvn_error *);
};

static const struct list catalog_list = {"the catalog", "variables", take_variable};
static const struct list rules_list = {"the list of rules", "rules", take_rule};

static int read_list(struct answered_body body, const struct list *list, struct parts *parts,
		     struct catalog_state *state, cvn_error *e)
{
	struct page {
		struct catalog_state state;
		struct pick items;
	} page = {0};
	const struct pick_row rows[] = {
		ROW(struct page, state.version, "catalog_version", PICK_INTEGER, false),
		OPTIONAL_TEXT(struct page, state.stamp, "catalog_stamp"),
		ROW(struct page, items, list->member, PICK_VALUE, false),
	};
	int code = read_body(body, list->what, rows, COUNT(rows), &page, e);

	if (code == CVN_OK && !pick_enter(&page.items, '['))
		code = misses(list->what, list->member, e);
	while (code == CVN_OK && pick_item(&page.items))
		code = list->take(&page.items, parts, e);
	*state = page.state;
	return code;
}

static int read_values(struct answered_body body, struct parts *parts, cvn_error *e)
{
	static const char what[] = "the configuration";
	struct page {
		int64_t version;
		struct pick values;
	} page = {0};
	static const struct pick_row rows[] = {
		ROW(struct page, version, "version", PICK_INTEGER, false),
		ROW(struct page, values, "values", PICK_VALUE, false),
	};
	struct value value;
	int code = read_body(body, what, rows, COUNT(rows), &page, e);

	if (code == CVN_OK && !pick_enter(&page.values, '{'))
		code = misses(what, "values", e);
	while (code == CVN_OK && pick_member(&page.values, &value.name)) {
		void *more = room_for_one(parts->values, parts->n_values, sizeof(*parts->values));
		if (!more)
			return fail_memory(e);
		parts->values = more;
		if (!pick_text(&page.values, &value.text))
			code = misses(what, value.name, e);
		parts->values[parts->n_values++] = value;
	}
	parts->version = page.version;
	return code;
}

static int by_name(const void *a, const void *b)
{
	/* The name is the first member of all three. */
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

_Static_assert(offsetof(struct variable, name) == 0 && offsetof(struct value, name) == 0 &&
		       offsetof(struct rule, name) == 0,
	       "by_name() finds the names");

static void sort(void *array, size_t n, size_t size)
{
	if (n > 1)
		qsort(array, n, size, by_name);
}

static bool add_variable(struct snapshot *s, const struct variable *v, const char *value)
{
	struct param p = {
		.name = v->name,
		.allowed_values = pick_raw(&v->allowed),
		.default_value = v->default_value,
		.min_value = v->min_value,
		.max_value = v->max_value,
		.required = v->required,
		.deprecated = v->deprecated,
		.hot_reloadable = v->hot_reloadable,
		.critical = v->critical,
		.excluded_from_ftf = v->excluded_from_ftf,
	};

	if (!value_type_from_name(v->type, &p.type))
		snapshot_refuse(s, p.name, "unknown type");
	if (!category_from_name(v->category, &p.category))
		snapshot_refuse(s, p.name, "unknown category");
	return snapshot_add_param(s, &p, value);
}

/* Names are sorted on both sides; a value without a parameter cannot be understood. */
static bool add_variables(struct snapshot *s, const struct parts *parts)
{
	size_t at = 0;
	bool ok = true;

	for (size_t i = 0; ok && i < parts->n_variables; i++) {
		const struct variable *v = &parts->variables[i];
		bool has = at < parts->n_values && strcmp(parts->values[at].name, v->name) == 0;
		ok = add_variable(s, v, has ? parts->values[at].text : NULL);
		at += has;
	}
	if (at < parts->n_values)
		snapshot_refuse(s, parts->values[at].name, "has a value, and is not in the catalog");
	return ok;
}

static struct snapshot *assemble(struct parts *parts, cvn_error *e)
{
	struct snapshot *s =
		snapshot_new(parts->version, parts->catalog.version, parts->n_variables, parts->n_rules);
	bool ok = s != NULL;

	sort(parts->variables, parts->n_variables, sizeof(*parts->variables));
	sort(parts->values, parts->n_values, sizeof(*parts->values));
	sort(parts->rules, parts->n_rules, sizeof(*parts->rules));
	if (ok)
		snapshot_stamp(s, parts->catalog.stamp);
	ok = ok && add_variables(s, parts);
	for (size_t i = 0; ok && i < parts->n_rules; i++)
		ok = snapshot_add_rule(s, &parts->rules[i]);
	if (ok)
		return s;
	snapshot_unref(s);
	fail_memory(e);
	return NULL;
}

static bool is_one_catalog(const struct catalog_state *a, const struct catalog_state *b)
{
	return a->version == b->version && (!a->stamp || !b->stamp || strcmp(a->stamp, b->stamp) == 0);
}

struct snapshot *answered_snapshot(const struct answered_body bodies[ANSWERED_BODIES], bool *moved,
				   cvn_error *e)
{
	struct parts parts = {0};
	struct snapshot *s = NULL;
	int code;

	code = read_list(bodies[ANSWERED_CATALOG], &catalog_list, &parts, &parts.catalog, e);
	if (code == CVN_OK)
		code = read_values(bodies[ANSWERED_VALUES], &parts, e);
	if (code == CVN_OK)
		code = read_list(bodies[ANSWERED_RULES], &rules_list, &parts, &parts.rules_of, e);
	*moved = code == CVN_OK && !is_one_catalog(&parts.catalog, &parts.rules_of);
	if (code == CVN_OK && !*moved)
		s = assemble(&parts, e);
	free(parts.variables);
	free(parts.values);
	free(parts.rules);
	return s;
}

/* ---- a configuration after some changes ---- */

static int lay_over(const struct snapshot *s, const char **values, struct pick *changes, cvn_error *e)
{
	static const char what[] = "the answer of the watch";
	const char *name;

	if (!pick_enter(changes, '{'))
		return misses(what, WATCH_CHANGES, e);
	while (pick_member(changes, &name)) {
		size_t i = param_find(s->params, s->n, name, strlen(name));
		if (i == SIZE_MAX)
			return fail(e, CVN_E_LINK, name, " has changed, and is not in the catalog", NULL);
		if (!pick_text(changes, &values[i]))
			return misses(what, name, e);
	}
	return CVN_OK;
}

struct snapshot *answered_changes(const struct snapshot *from, struct answered_watch *w, cvn_error *e)
{
	const char **values = calloc(from->n + 1, sizeof(*values));
	struct snapshot *s = NULL;
	int code = values ? CVN_OK : fail_memory(e);

	/* A full answer leaves out what has no value. */
	if (code == CVN_OK && !w->full)
		memcpy(values, from->values, from->n * sizeof(*values));
	if (code == CVN_OK)
		code = lay_over(from, values, &w->changes, e);
	if (code == CVN_OK)
		s = snapshot_with(from, w->version, w->catalog_version, values);
	if (code == CVN_OK && !s)
		fail_memory(e);
	free(values);
	return s;
}
