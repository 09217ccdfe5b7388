#include "tests/core/corpus.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/core/boundary.h"
#include "workerlib/core/canon.h"
#include "workerlib/core/config.h"
#include "workerlib/core/lifecycle.h"
#include "workerlib/core/name.h"
#include "workerlib/core/payload.h"
#include "workerlib/core/scan.h"
#include "workerlib/core/sha256.h"
#include "workerlib/core/utf8.h"

enum { FIELDS_MAX = 24, LINE_LENGTH_MAX = 200000, ANSWER_MAX = VALUE_MAX + 512 };

/* A case: its fields (unescaped, each with its length; NULL: not set), and what came of it. */
struct test {
	const char *field[FIELDS_MAX];
	size_t length[FIELDS_MAX];
	size_t n;
	char answer[ANSWER_MAX];
	struct error error;
};

static void answer(struct test *t, const char *text)
{
	snprintf(t->answer, sizeof(t->answer), "%s", text);
}

static void answer_code(struct test *t, enum code code, const char *if_ok)
{
	if (code == CODE_OK)
		answer(t, if_ok);
	else
		snprintf(t->answer, sizeof(t->answer), "!%s", code_name(code));
	/* The code in the error is the one that was returned, or the case is wrong whatever was expected. */
	if (code != CODE_OK && t->error.code != code)
		answer(t, "the error says another code");
}

static enum value_type type_field(struct test *t, size_t i)
{
	enum value_type type = VALUE_TYPES;

	if (!value_type_from_name(t->field[i], &type)) {
		fprintf(stderr, "no such type: %s\n", t->field[i]);
		abort();
	}
	return type;
}

/* value TYPE TEXT */
static void do_value(struct test *t)
{
	char out[VALUE_MAX + 1], again[VALUE_MAX + 1];
	const enum value_type type = type_field(t, 1);
	const enum code code = value_canonical(type, t->field[2], t->length[2], out, &t->error);

	answer_code(t, code, out);
	if (code != CODE_OK)
		return;
	if (value_canonical(type, out, strlen(out), again, NULL) != CODE_OK || strcmp(out, again) != 0)
		answer(t, "the canonical text is not canonical");
}

/* compare TYPE A B */
static void do_compare(struct test *t)
{
	const enum value_type type = type_field(t, 1);
	const int order = value_compare(type, t->field[2], t->field[3]);

	answer(t, order < 0 ? "<" : order > 0 ? ">" : "=");
	if (value_compare(type, t->field[3], t->field[2]) != -order)
		answer(t, "not antisymmetric");
}

/* double DECIMAL: the bits of the nearest one */
static void do_double(struct test *t)
{
	const double nearest = value_as_decimal(t->field[1]);
	uint64_t bits;

	memcpy(&bits, &nearest, sizeof(bits));
	snprintf(t->answer, sizeof(t->answer), "%016" PRIx64, bits);
}

/* milliseconds DURATION */
static void do_milliseconds(struct test *t)
{
	snprintf(t->answer, sizeof(t->answer), "%" PRId64, value_as_milliseconds(t->field[1]));
}

/* param TYPE ALLOWED MIN MAX TEXT */
static void do_param(struct test *t)
{
	const struct param p = { .name = "CVN_P", .type = type_field(t, 1), .allowed_values = t->field[2],
				 .min_value = t->field[3], .max_value = t->field[4] };
	char out[VALUE_MAX + 1];
	const enum code code = param_check(&p, t->field[5], t->length[5], out, &t->error);

	answer_code(t, code, out);
	if (code != CODE_OK && out[0] != '\0')
		answer(t, "a refused text was given out");
}

/* define NAME TYPE ALLOWED DEFAULT MIN MAX */
static void do_define(struct test *t)
{
	const struct param p = { .name = t->field[1], .type = type_field(t, 2), .allowed_values = t->field[3],
				 .default_value = t->field[4], .min_value = t->field[5],
				 .max_value = t->field[6] };

	answer_code(t, param_define(&p, &t->error), "ok");
}

/* allowed TYPE LIST */
static void do_allowed(struct test *t)
{
	char out[VALUE_MAX + 1];

	const enum code code =
		param_canonical_allowed(type_field(t, 1), t->field[2], t->length[2], out, &t->error);

	answer_code(t, code, out);
}

/* json TEXT */
static void do_json(struct test *t)
{
	answer_code(t, scan_json(t->field[1], t->length[1], &t->error), "ok");
}

/* json-strict TEXT: what others may accept; refused only for what we alone refuse */
static void do_json_strict(struct test *t)
{
	static const char *const reasons[] = { "a duplicate key", "a lone surrogate", "the character U+0000",
					       "nested too deep" };
	size_t i;

	if (scan_json(t->field[1], t->length[1], &t->error) == CODE_OK) {
		answer(t, "ok");
		return;
	}
	answer(t, "refused for no good reason");
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strstr(t->error.detail, reasons[i]))
			answer(t, "ok");
}

/* utf8 TEXT: valid and printable, valid, or no */
static void do_utf8(struct test *t)
{
	const bool valid = scan_utf8(t->field[1], t->length[1]);

	answer(t, utf8_is_text(t->field[1], t->length[1]) ? "text" : valid ? "valid" : "no");
}

static void do_quote(struct test *t)
{
	char out[UTF8_QUOTED_MAX + 1];

	answer(t, utf8_quote(t->field[1], t->length[1], out));
}

/* name KIND TEXT */
static void do_name(struct test *t)
{
	const char *const s = t->field[2];
	const size_t n = t->length[2];
	bool is = false;

	if (strcmp(t->field[1], "parameter") == 0)
		is = name_is_parameter(s, n);
	else if (strcmp(t->field[1], "environment") == 0)
		is = name_is_environment(s, n);
	else if (strcmp(t->field[1], "id") == 0)
		is = name_is_id(s, n);
	else if (strcmp(t->field[1], "digest") == 0)
		is = name_is_digest(s, n);
	answer(t, is ? "yes" : "no");
}

/* payload TEXT: what it says; what is read is written again the same */
static void do_payload(struct test *t)
{
	char written[PAYLOAD_MAX];
	struct payload p;

	if (!payload_read(t->field[1], &p)) {
		answer(t, "no");
		return;
	}
	snprintf(t->answer, sizeof(t->answer), "%s %s %" PRId64, p.environment, p.key, p.version);
	payload_write(&p, written);
	if (strcmp(written, t->field[1]) != 0)
		answer(t, "not written as it was read");
}

static void do_sha256(struct test *t)
{
	sha256_text(t->field[1], t->length[1], t->answer);
}

static void put(void *arg, const char *bytes, size_t n)
{
	strncat(((struct test *)arg)->answer, bytes, n);
}

/* canon string|integer TEXT */
static void do_canon(struct test *t)
{
	struct canon canon;

	canon_start(&canon, put, t);
	if (strcmp(t->field[1], "integer") == 0)
		canon_integer(&canon, strtoll(t->field[2], NULL, 10));
	else
		canon_string(&canon, t->field[2], t->length[2]);
	if (!canon_done(&canon))
		answer(t, "broken");
}

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
static void do_rule(struct test *t)
{
	const struct rule rule = { .name = "tried", .expression = t->field[1], .message = "" };
	const struct rule_scope scope = { .params = params, .values = values, .n = PARAMS };
	size_t named[RULE_PARAMS], n_named;
	enum code defined, checked;

	defined = rule_define(&rule, &scope, &t->error);
	if (defined != CODE_OK) {
		answer_code(t, defined, "");
		return;
	}
	checked = rule_check(&rule, &scope, named, &n_named, &t->error);
	if (checked == CODE_BAD_RULE)
		answer(t, "not computed");
	else
		answer(t, checked == CODE_OK ? "holds" : "violated");
}

static void answer_more(struct test *t, const char *a, const char *b, const char *c, const char *d)
{
	const size_t used = strlen(t->answer);

	snprintf(t->answer + used, sizeof(t->answer) - used, "%s%s%s%s%s", used ? " " : "", a, b, c, d);
}

/* apply NAME=TEXT|NAME ...: the violations if any, else the differences */
static void do_apply(struct test *t)
{
	static char canonical[FIELDS_MAX][VALUE_MAX + 1];
	const struct config config = {
		.params = params, .values = values, .n = PARAMS, .rules = rules, .n_rules = RULES };
	const char *proposed[PARAMS];
	struct diff_item diff[FIELDS_MAX];
	struct violation violations[64];
	struct config_result result = { .proposed = proposed, .diff = diff, .violations = violations };
	struct change changes[FIELDS_MAX];
	char names[FIELDS_MAX][80];
	size_t n = t->n - 2, i;

	for (i = 0; i < n; i++) {
		const char *const field = t->field[i + 1], *const equals = strchr(field, '=');

		snprintf(names[i], sizeof(names[i]), "%.*s",
			 (int)(equals ? equals - field : (long)strlen(field)), field);
		changes[i] = (struct change){ .name = names[i], .value = equals ? equals + 1 : NULL };
	}
	if (!config_sort_changes(changes, n)) {
		answer(t, "twice");
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
static void do_boundary(struct test *t)
{
	enum category category;

	if (category_from_name(t->field[1], &category))
		answer(t, boundary_name(boundary_of(category, strcmp(t->field[2], "hot") == 0)));
	else
		answer(t, "no");
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
static void do_lifecycle(struct test *t)
{
	const struct lifecycle_row *row;
	enum lifecycle_state from;
	enum code code;

	if (!lifecycle_state_from_name(t->field[1], &from)) {
		answer(t, "no");
		return;
	}
	code = lifecycle_next(from, event_named(t->field[2]), facts_named(t->field[3]), &row);
	t->error.code = code;
	answer_code(t, code, row ? lifecycle_state_name(row->to) : "");
}

/* code NAME */
static void do_code(struct test *t)
{
	answer(t, code_message(code_from_name(t->field[1])));
}

static const struct verb {
	const char *name;
	size_t fields; /* with the verb and the answer; 0: any number */
	void (*run)(struct test *);
} verbs[] = {
	{ "value", 4, do_value },	{ "compare", 5, do_compare },	{ "double", 3, do_double },
	{ "milliseconds", 3, do_milliseconds },				{ "param", 7, do_param },
	{ "define", 8, do_define },	{ "allowed", 4, do_allowed },	{ "json", 3, do_json },
	{ "json-strict", 3, do_json_strict },				{ "utf8", 3, do_utf8 },
	{ "quote", 3, do_quote },	{ "name", 4, do_name },		{ "payload", 3, do_payload },
	{ "sha256", 3, do_sha256 },	{ "canon", 4, do_canon },	{ "rule", 3, do_rule },
	{ "apply", 0, do_apply },	{ "boundary", 4, do_boundary }, { "lifecycle", 5, do_lifecycle },
	{ "code", 3, do_code },
};

static const struct verb *verb_of(const struct test *t)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, t->field[0]) == 0 &&
		    (verbs[i].fields == 0 || verbs[i].fields == t->n))
			return &verbs[i];
	return NULL;
}

/* Lines into fields. */

static unsigned hex(char c)
{
	static const char digits[] = "0123456789abcdef";

	return (unsigned)(strchr(digits, c) - digits);
}

/* Unescapes in place; returns the length. */
static size_t unescape(char *text)
{
	static const char letters[] = "tnr\\", meanings[] = "\t\n\r\\";
	char *to = text;
	const char *at;

	for (at = text; *at; at++) {
		const char *letter;

		if (*at != '\\') {
			*to++ = *at;
		} else if (at[1] == 'x') {
			*to++ = (char)(hex(at[2]) << 4 | hex(at[3]));
			at += 3;
		} else if ((letter = strchr(letters, *++at)) != NULL && *letter) {
			*to++ = meanings[letter - letters];
		} else {
			abort();
		}
	}
	*to = '\0';
	return (size_t)(to - text);
}

static void split(struct test *t, char *line)
{
	char *next = line;

	memset(t, 0, sizeof(*t));
	while (next && t->n < FIELDS_MAX) {
		char *const field = next;

		next = strchr(field, '\t');
		if (next)
			*next++ = '\0';
		if (strcmp(field, "\\-") != 0) {
			t->length[t->n] = unescape(field);
			t->field[t->n] = field;
		}
		t->n++;
	}
}

/* Prints bytes so that every build prints them alike. */
static void print(FILE *out, const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == '\\' || *text == 0x7f)
			fprintf(out, "\\x%02x", (unsigned)(unsigned char)*text);
		else
			fputc(*text, out);
}

static void run_case(struct test *t, char *line)
{
	const struct verb *verb;

	split(t, line);
	verb = verb_of(t);
	if (verb)
		verb->run(t);
	else
		answer(t, "no such verb");
}

static void tell(FILE *out, const char *name, unsigned number, const struct test *t)
{
	fprintf(out, "%s:%u\t", name, number);
	print(out, t->answer);
	fputc('\t', out);
	print(out, t->error.detail);
	fputc('\n', out);
}

static void complain(FILE *out, const char *name, unsigned number, const struct test *t, const char *expected)
{
	fprintf(out, "%s:%u: %s: expected ", name, number, t->field[0]);
	print(out, expected);
	fputs(", got ", out);
	print(out, t->answer);
	fputs(": ", out);
	print(out, t->error.detail);
	fputc('\n', out);
}

void corpus_run(const char *name, FILE *in, FILE *out, FILE *complaints, struct corpus_count *count)
{
	char *const line = malloc(LINE_LENGTH_MAX);
	struct test *const t = malloc(sizeof(*t));
	const char *expected;
	unsigned number = 0;

	if (!line || !t)
		abort();
	while (fgets(line, LINE_LENGTH_MAX, in)) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		run_case(t, line);
		expected = t->field[t->n - 1] ? t->field[t->n - 1] : "";
		count->cases++;
		if (out)
			tell(out, name, number, t);
		if (strcmp(t->answer, expected) == 0)
			continue;
		count->wrong++;
		complain(complaints, name, number, t, expected);
	}
	free(t);
	free(line);
}
