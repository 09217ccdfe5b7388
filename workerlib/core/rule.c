#include "workerlib/core/rule.h"

#include <string.h>

#include "workerlib/core/decimal.h"
#include "workerlib/core/duration.h"
#include "workerlib/core/integer.h"
#include "workerlib/core/token.h"

/*
 * One pass of recursive descent reads, checks types and computes; where `computing` is false it
 * only reads and checks. So the work is bounded by the length of the text, and what is not
 * computed is checked all the same.
 */

enum kind { KIND_BOOL, KIND_NUMBER, KIND_DURATION, KIND_TEXT, KIND_LIST, KINDS };

static const char *const kind_names[KINDS] = { "true or false", "a number", "a duration", "a text",
					       "a list" };

static const enum kind kind_of_type[VALUE_TYPES] = {
	[VALUE_BOOL] = KIND_BOOL,     [VALUE_INT] = KIND_NUMBER, [VALUE_DECIMAL] = KIND_NUMBER,
	[VALUE_STRING] = KIND_TEXT,   [VALUE_ENUM] = KIND_TEXT,	 [VALUE_DURATION] = KIND_DURATION,
	[VALUE_LIST] = KIND_LIST,
};

struct term {
	enum kind kind;
	bool truth;
	struct decimal number; /* of a duration: milliseconds */
	const char *text;      /* of a text or list */
	size_t n;
};

struct reader {
	const struct rule *rule;
	const struct rule_scope *scope;
	struct token token;
	bool computing;
	unsigned depth;
	size_t *named;
	size_t n_named;
	enum code code; /* the first thing that was wrong */
	struct error *e;
};

static bool expression(struct reader *, struct term *);

static bool fail(struct reader *r, enum code code, const char *why, const char *what)
{
	char offset[INTEGER_MAX + 1];

	if (r->code != CODE_OK)
		return false;
	r->code = code;
	integer_write(r->token.text - r->rule->expression, offset);
	code_error(r->e, code, "at byte ", offset, ": ", why, what, NULL);
	return false;
}

static bool bad(struct reader *r, const char *why)
{
	return fail(r, CODE_BAD_RULE, why, "");
}

/* Notes that there is no result, and lets the reading go on: the other parameters are to be named as well. */
static void uncomputable(struct reader *r, const char *why, const char *what)
{
	fail(r, CODE_BAD_RULE, why, what);
}

/* Tokens. */

static bool is(const struct reader *r, const char *text)
{
	return token_is(&r->token, text);
}

/* Steps over the sign or word, and says whether it was there. */
static bool take(struct reader *r, const char *text)
{
	if (!is(r, text))
		return false;
	token_next(&r->token);
	return true;
}

static bool enter(struct reader *r)
{
	return ++r->depth <= RULE_DEPTH || bad(r, "nested too deep");
}

/* Types. */

static bool want(struct reader *r, const struct term *t, enum kind kind)
{
	return t->kind == kind || fail(r, CODE_BAD_RULE, "this is to be ", kind_names[kind]);
}

static bool is_amount(const struct term *t)
{
	return t->kind == KIND_NUMBER || t->kind == KIND_DURATION;
}

static void computed(struct reader *r, bool fits)
{
	if (!fits)
		uncomputable(r, "cannot be computed: the result has too many digits", "");
}

/* Atoms. */

static bool note(struct reader *r, size_t index)
{
	size_t at = r->n_named;

	while (at > 0 && r->named[at - 1] > index)
		at--;
	if (at > 0 && r->named[at - 1] == index)
		return true;
	if (r->n_named == RULE_PARAMS)
		return bad(r, "names too many parameters");
	memmove(r->named + at + 1, r->named + at, (r->n_named - at) * sizeof(*r->named));
	r->named[at] = index;
	r->n_named++;
	return true;
}

static bool amount(struct term *t, const char *text, size_t n)
{
	int64_t milliseconds;

	if (t->kind == KIND_NUMBER)
		return !decimal_read(&t->number, text, n, VALUE_DECIMAL_DIGITS);
	if (duration_read(text, n, &milliseconds))
		return false;
	decimal_from_integer(&t->number, milliseconds);
	return true;
}

/* A parameter's canonical value as a term. */
static void read_value(struct reader *r, size_t index, struct term *t)
{
	const char *const value = r->scope->values[index];

	if (!value) {
		uncomputable(r, "cannot be computed: no value of ", r->scope->params[index].name);
		return;
	}
	t->text = value;
	t->n = strlen(value);
	t->truth = t->kind == KIND_BOOL && value_as_bool(value);
	if (is_amount(t) && !amount(t, t->text, t->n))
		uncomputable(r, "cannot be computed: not a value of its type: ", value);
}

static bool parameter(struct reader *r, struct term *t)
{
	const size_t index = param_find(r->scope->params, r->scope->n, r->token.text, r->token.n);

	if (index == SIZE_MAX)
		return fail(r, CODE_UNKNOWN_PARAMETER, code_message(CODE_UNKNOWN_PARAMETER), "");
	if (!note(r, index))
		return false;
	t->kind = kind_of_type[r->scope->params[index].type];
	if (r->computing)
		read_value(r, index, t);
	token_next(&r->token);
	return true;
}

static bool literal(struct reader *r, struct term *t)
{
	t->kind = token_has_unit(&r->token) ? KIND_DURATION : KIND_NUMBER;
	if (!amount(t, r->token.text, r->token.n))
		return bad(r, "neither a number nor a duration");
	token_next(&r->token);
	return true;
}

static bool text(struct reader *r, struct term *t)
{
	t->kind = KIND_TEXT;
	t->text = r->token.text;
	t->n = r->token.n;
	token_next(&r->token);
	return true;
}

static bool bracket(struct reader *r, struct term *t)
{
	if (!enter(r) || !expression(r, t))
		return false;
	r->depth--;
	return take(r, ")") || bad(r, "a ) was expected");
}

static bool atom(struct reader *r, struct term *t)
{
	if (r->token.kind == TOKEN_NAME)
		return parameter(r, t);
	if (r->token.kind == TOKEN_NUMBER)
		return literal(r, t);
	if (r->token.kind == TOKEN_TEXT)
		return text(r, t);
	if (take(r, "("))
		return bracket(r, t);
	t->kind = KIND_BOOL;
	t->truth = is(r, "true");
	return take(r, "true") || take(r, "false") || bad(r, "a value was expected");
}

/* Arithmetic. */

static bool unary(struct reader *r, struct term *t)
{
	if (!take(r, "-"))
		return atom(r, t);
	if (!enter(r) || !unary(r, t))
		return false;
	r->depth--;
	if (!is_amount(t))
		return want(r, t, KIND_NUMBER);
	decimal_negate(&t->number);
	return true;
}

static bool multiplies(const struct term *a, const struct term *b)
{
	return is_amount(a) && is_amount(b) && (a->kind == KIND_NUMBER || b->kind == KIND_NUMBER);
}

static bool product(struct reader *r, struct term *t)
{
	struct term right;

	if (!unary(r, t))
		return false;
	while (take(r, "*")) {
		memset(&right, 0, sizeof(right));
		if (!unary(r, &right))
			return false;
		if (!multiplies(t, &right))
			return bad(r, "only a number times a number or a duration is a product");
		if (right.kind == KIND_DURATION)
			t->kind = KIND_DURATION;
		if (r->computing)
			computed(r, decimal_multiply(&t->number, &t->number, &right.number));
	}
	return true;
}

static bool sum(struct reader *r, struct term *t)
{
	struct term right;

	if (!product(r, t))
		return false;
	while (is(r, "+") || is(r, "-")) {
		const bool minus = is(r, "-");

		token_next(&r->token);
		memset(&right, 0, sizeof(right));
		if (!product(r, &right))
			return false;
		if (!is_amount(t))
			return want(r, t, KIND_NUMBER);
		if (!want(r, &right, t->kind))
			return false;
		if (minus)
			decimal_negate(&right.number);
		if (r->computing)
			computed(r, decimal_add(&t->number, &t->number, &right.number));
	}
	return true;
}

/* Comparisons: which outcomes a sign takes. */

enum { LESS = 1, EQUAL = 2, GREATER = 4 };

static const struct comparison {
	const char *sign;
	unsigned takes;
	bool ordered;
} comparisons[] = {
	{ "<", LESS, true },
	{ "<=", LESS | EQUAL, true },
	{ ">", GREATER, true },
	{ ">=", GREATER | EQUAL, true },
	{ "=", EQUAL, false },
	{ "==", EQUAL, false },
	{ "!=", LESS | GREATER, false },
};

static const struct comparison *comparison(const struct reader *r)
{
	size_t i;

	for (i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]); i++)
		if (is(r, comparisons[i].sign))
			return &comparisons[i];
	return NULL;
}

static unsigned outcome(const struct term *a, const struct term *b)
{
	int order;

	if (is_amount(a))
		order = decimal_compare(&a->number, &b->number);
	else if (a->kind == KIND_BOOL)
		order = a->truth - b->truth;
	else
		order = a->n != b->n || (a->n > 0 && memcmp(a->text, b->text, a->n) != 0);
	return order < 0 ? LESS : order > 0 ? GREATER : EQUAL;
}

static bool compare(struct reader *r, struct term *t)
{
	const struct comparison *row;
	struct term right;

	if (!sum(r, t))
		return false;
	row = comparison(r);
	if (!row)
		return true;
	token_next(&r->token);
	memset(&right, 0, sizeof(right));
	if (!sum(r, &right) || !want(r, &right, t->kind))
		return false;
	if (row->ordered && !is_amount(t))
		return fail(r, CODE_BAD_RULE, "there is no order of this kind: ", kind_names[t->kind]);
	t->truth = r->computing && (outcome(t, &right) & row->takes) != 0;
	t->kind = KIND_BOOL;
	return true;
}

/* Logic. */

static bool negation(struct reader *r, struct term *t)
{
	if (!take(r, "not"))
		return compare(r, t);
	if (!enter(r) || !negation(r, t) || !want(r, t, KIND_BOOL))
		return false;
	r->depth--;
	t->truth = !t->truth;
	return true;
}

/* The right side of a connective, computed only if the left side leaves it open. */
static bool right_side(struct reader *r, bool (*side)(struct reader *, struct term *), bool open,
		       struct term *t)
{
	const bool computing = r->computing;

	memset(t, 0, sizeof(*t));
	r->computing = computing && open;
	if (!side(r, t) || !want(r, t, KIND_BOOL))
		return false;
	r->computing = computing;
	return true;
}

static bool conjunction(struct reader *r, struct term *t)
{
	struct term right;

	if (!negation(r, t))
		return false;
	while (is(r, "and")) {
		if (!want(r, t, KIND_BOOL))
			return false;
		token_next(&r->token);
		if (!right_side(r, negation, t->truth, &right))
			return false;
		t->truth = t->truth && right.truth;
	}
	return true;
}

static bool disjunction(struct reader *r, struct term *t)
{
	struct term right;

	if (!conjunction(r, t))
		return false;
	while (is(r, "or")) {
		if (!want(r, t, KIND_BOOL))
			return false;
		token_next(&r->token);
		if (!right_side(r, conjunction, !t->truth, &right))
			return false;
		t->truth = t->truth || right.truth;
	}
	return true;
}

static bool condition(struct reader *r, struct term *t)
{
	struct term then;

	if (!enter(r) || !expression(r, t) || !want(r, t, KIND_BOOL))
		return false;
	if (!take(r, "then"))
		return bad(r, "then was expected");
	if (!right_side(r, expression, t->truth, &then))
		return false;
	r->depth--;
	t->truth = !t->truth || then.truth;
	return true;
}

static bool expression(struct reader *r, struct term *t)
{
	memset(t, 0, sizeof(*t));
	return take(r, "if") ? condition(r, t) : disjunction(r, t);
}

/* A whole rule. */
static enum code run(struct reader *r, bool *holds)
{
	const size_t n = strlen(r->rule->expression);
	struct term t;

	token_begin(&r->token, r->rule->expression, n <= RULE_MAX ? n : 0);
	if (n > RULE_MAX) {
		bad(r, "longer than 2048 bytes");
		return r->code;
	}
	if (!expression(r, &t) || !want(r, &t, KIND_BOOL))
		return r->code;
	if (r->token.kind != TOKEN_END)
		bad(r, "something after the end");
	*holds = t.truth;
	return r->code;
}

enum code rule_define(const struct rule *rule, const struct rule_scope *scope, struct error *e)
{
	size_t named[RULE_PARAMS];
	struct reader r = { .rule = rule, .scope = scope, .named = named, .e = e };
	bool unused;

	if (run(&r, &unused) == CODE_OK && r.n_named == 0)
		bad(&r, "it names no parameter");
	return r.code;
}

/* The message, and every value it is about. */
static enum code violated(const struct reader *r)
{
	const struct rule *const rule = r->rule;
	size_t i;

	code_error(r->e, CODE_RULE_VIOLATED, rule->message[0] ? rule->message : rule->expression, NULL);
	for (i = 0; i < r->n_named && r->e; i++) {
		const char *const value = r->scope->values[r->named[i]];

		code_error(r->e, CODE_RULE_VIOLATED, r->e->detail, i == 0 ? " (" : ", ",
			   r->scope->params[r->named[i]].name, " = ", value ? value : "none",
			   i + 1 == r->n_named ? ")" : "", NULL);
	}
	return CODE_RULE_VIOLATED;
}

enum code rule_check(const struct rule *rule, const struct rule_scope *scope, size_t named[RULE_PARAMS],
		     size_t *n_named, struct error *e)
{
	struct reader r = { .rule = rule, .scope = scope, .named = named, .e = e, .computing = true };
	bool holds = false;

	run(&r, &holds);
	*n_named = r.n_named;
	if (r.code != CODE_OK && e)
		code_error(e, r.code, e->detail, " (rule ", rule->name, ")", NULL);
	if (r.code != CODE_OK)
		return r.code;
	return holds ? CODE_OK : violated(&r);
}
