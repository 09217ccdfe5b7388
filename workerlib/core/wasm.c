#include "workerlib/core/wasm.h"

#include <string.h>

#include "workerlib/core/config.h"
#include "workerlib/core/id.h"

#define NOT_SET UINT32_MAX

static unsigned char in[WASM_IN_SIZE], out[WASM_OUT_SIZE];

/* What a message is read into: the module has no heap, and one caller. */
static struct param params[WASM_PARAMS];
static const char *values[WASM_PARAMS], *proposed[WASM_PARAMS];
static struct change changes[WASM_CHANGES];
static char canonical[WASM_CHANGES][VALUE_MAX + 1];
static struct diff_item diff[WASM_CHANGES];
static struct rule rules[WASM_RULES];
static struct violation violations[WASM_VIOLATIONS];

struct reader {
	const unsigned char *at, *end;
	bool broken; /* the message is not of its form; all that is read from now on is nothing */
};

struct writer {
	unsigned char *at, *end;
	bool broken; /* no room */
};

unsigned char *wasm_in(void)
{
	return in;
}

uint32_t wasm_in_size(void)
{
	return WASM_IN_SIZE;
}

unsigned char *wasm_out(void)
{
	return out;
}

static struct reader reader(uint32_t n)
{
	const bool fits = n <= WASM_IN_SIZE;

	return (struct reader){ .at = in, .end = in + (fits ? n : 0), .broken = !fits };
}

static uint32_t read_number(struct reader *r)
{
	const unsigned char *const b = r->at;

	if (r->broken || r->end - r->at < 4) {
		r->broken = true;
		return 0;
	}
	r->at += 4;
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* A number of things that are to follow, at most max. */
static size_t read_count(struct reader *r, size_t max)
{
	const uint32_t count = read_number(r);

	r->broken = r->broken || count > max;
	return r->broken ? 0 : count;
}

/* NULL: not set. */
static const char *read_field(struct reader *r)
{
	const uint32_t n = read_number(r);
	const char *const text = (const char *)r->at;

	if (r->broken || n == NOT_SET)
		return NULL;
	if (n >= (size_t)(r->end - r->at) || r->at[n] != 0 || memchr(text, 0, n)) {
		r->broken = true;
		return NULL;
	}
	r->at += n + 1;
	return text;
}

/* One that has to be set. */
static const char *read_text(struct reader *r)
{
	const char *const text = read_field(r);

	r->broken = r->broken || !text;
	return r->broken ? "" : text;
}

static void read_variable(struct reader *r, struct param *p)
{
	uint32_t flags;

	memset(p, 0, sizeof(*p));
	p->name = read_text(r);
	if (!value_type_from_name(read_text(r), &p->type))
		r->broken = true;
	p->allowed_values = read_field(r);
	p->default_value = read_field(r);
	p->min_value = read_field(r);
	p->max_value = read_field(r);
	flags = read_number(r);
	p->required = (flags & 1) != 0;
	p->deprecated = (flags & 2) != 0;
}

static void write_bytes(struct writer *w, const void *bytes, size_t n)
{
	if (w->broken || n > (size_t)(w->end - w->at)) {
		w->broken = true;
		return;
	}
	memcpy(w->at, bytes, n);
	w->at += n;
}

static void write_number(struct writer *w, uint32_t number)
{
	const unsigned char bytes[4] = { (unsigned char)number, (unsigned char)(number >> 8),
					 (unsigned char)(number >> 16), (unsigned char)(number >> 24) };

	write_bytes(w, bytes, sizeof(bytes));
}

static void write_field(struct writer *w, const char *text)
{
	const size_t n = strlen(text);

	write_number(w, (uint32_t)n);
	write_bytes(w, text, n + 1);
}

/* A code, and what goes with it: the text that is good, or why there is none. */
static void write_verdict(struct writer *w, enum code code, const char *good, const struct error *e)
{
	write_field(w, code_name(code));
	write_field(w, code == CODE_OK ? good : e->detail);
}

static struct writer writer(void)
{
	return (struct writer){ .at = out, .end = out + WASM_OUT_SIZE };
}

static uint32_t written(const struct writer *w)
{
	return w->broken ? 0 : (uint32_t)(w->at - out);
}

uint32_t wasm_id(void)
{
	struct writer w = writer();

	write_field(&w, CORE_ID);
	return written(&w);
}

uint32_t wasm_message(uint32_t n)
{
	struct reader r = reader(n);
	struct writer w = writer();
	const char *const name = read_text(&r);

	if (r.broken || r.at != r.end)
		return 0;
	write_field(&w, code_message(code_from_name(name)));
	return written(&w);
}

uint32_t wasm_check(uint32_t n)
{
	struct reader r = reader(n);
	struct writer w = writer();
	const char *text;
	struct error e;
	enum code code;

	read_variable(&r, params);
	text = read_text(&r);
	if (r.broken || r.at != r.end)
		return 0;
	code = param_check(params, text, strlen(text), canonical[0], &e);
	write_verdict(&w, code, canonical[0], &e);
	return written(&w);
}

uint32_t wasm_define(uint32_t n)
{
	struct reader r = reader(n);
	struct writer w = writer();
	struct error e;

	read_variable(&r, params);
	if (r.broken || r.at != r.end)
		return 0;
	param_canonical(params, canonical);
	write_verdict(&w, param_define(params, &e), "", &e);
	return written(&w);
}

static size_t read_params(struct reader *r)
{
	const size_t count = read_count(r, WASM_PARAMS);
	size_t i;

	for (i = 0; i < count && !r->broken; i++) {
		read_variable(r, &params[i]);
		values[i] = read_field(r);
		if (i > 0 && strcmp(params[i - 1].name, params[i].name) >= 0)
			r->broken = true;
	}
	return count;
}

static size_t read_changes(struct reader *r)
{
	const size_t count = read_count(r, WASM_CHANGES);
	size_t i;

	for (i = 0; i < count && !r->broken; i++) {
		changes[i].name = read_text(r);
		changes[i].value = read_field(r);
	}
	if (!r->broken && !config_sort_changes(changes, count))
		r->broken = true;
	return count;
}

static void read_rule(struct reader *r, struct rule *rule)
{
	rule->name = read_text(r);
	rule->expression = read_text(r);
	rule->message = read_text(r);
}

static size_t read_rules(struct reader *r)
{
	const size_t count = read_count(r, WASM_RULES);
	size_t i;

	for (i = 0; i < count && !r->broken; i++)
		read_rule(r, &rules[i]);
	return count;
}

uint32_t wasm_define_rule(uint32_t n)
{
	struct rule_scope scope = { .params = params };
	struct reader r = reader(n);
	struct writer w = writer();
	struct error e;

	scope.n = read_params(&r);
	read_rule(&r, rules);
	if (r.broken || r.at != r.end)
		return 0;
	write_verdict(&w, rule_define(rules, &scope, &e), "", &e);
	return written(&w);
}

uint32_t wasm_check_config(uint32_t n)
{
	struct config_result result = { .proposed = proposed, .diff = diff, .violations = violations };
	struct config config = { .params = params, .values = values, .rules = rules };
	struct reader r = reader(n);
	struct writer w = writer();
	size_t n_changes, i;

	config.n = read_params(&r);
	n_changes = read_changes(&r);
	config.n_rules = read_rules(&r);
	if (r.broken || r.at != r.end)
		return 0;
	config_apply(&config, changes, n_changes, canonical, WASM_VIOLATIONS, &result);
	write_number(&w, (uint32_t)result.n_violations);
	for (i = 0; i < result.n_violations && i < WASM_VIOLATIONS; i++) {
		write_field(&w, violations[i].name);
		write_field(&w, code_name(violations[i].error.code));
		write_field(&w, violations[i].error.detail);
	}
	return written(&w);
}
