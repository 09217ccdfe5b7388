#include "tests/core/corpus_verb.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/corpus_config.h"
#include "workerlib/core/canon.h"
#include "workerlib/core/name.h"
#include "workerlib/core/param.h"
#include "workerlib/core/payload.h"
#include "workerlib/core/scan.h"
#include "workerlib/core/sha256.h"
#include "workerlib/core/utf8.h"

void corpus_verb_answer(struct corpus_test *t, const char *text)
{
	snprintf(t->answer, sizeof(t->answer), "%s", text);
}

void corpus_verb_answer_code(struct corpus_test *t, enum code code, const char *if_ok)
{
	if (code == CODE_OK)
		corpus_verb_answer(t, if_ok);
	else
		snprintf(t->answer, sizeof(t->answer), "!%s", code_name(code));
	/* The code in the error is the one that was returned, or the case is wrong whatever was expected. */
	if (code != CODE_OK && t->error.code != code)
		corpus_verb_answer(t, "the error says another code");
}

static enum value_type type_field(struct corpus_test *t, size_t i)
{
	enum value_type type = VALUE_TYPES;

	if (!value_type_from_name(t->field[i], &type)) {
		fprintf(stderr, "no such type: %s\n", t->field[i]);
		abort();
	}
	return type;
}

/* value TYPE TEXT */
static void do_value(struct corpus_test *t)
{
	char out[VALUE_MAX + 1], again[VALUE_MAX + 1];
	const enum value_type type = type_field(t, 1);
	const enum code code = value_canonical(type, t->field[2], t->length[2], out, &t->error);

	corpus_verb_answer_code(t, code, out);
	if (code != CODE_OK)
		return;
	if (value_canonical(type, out, strlen(out), again, NULL) != CODE_OK || strcmp(out, again) != 0)
		corpus_verb_answer(t, "the canonical text is not canonical");
}

/* compare TYPE A B */
static void do_compare(struct corpus_test *t)
{
	const enum value_type type = type_field(t, 1);
	const int order = value_compare(type, t->field[2], t->field[3]);

	corpus_verb_answer(t, order < 0 ? "<" : order > 0 ? ">" : "=");
	if (value_compare(type, t->field[3], t->field[2]) != -order)
		corpus_verb_answer(t, "not antisymmetric");
}

/* double DECIMAL: the bits of the nearest one */
static void do_double(struct corpus_test *t)
{
	const double nearest = value_as_decimal(t->field[1]);
	uint64_t bits;

	memcpy(&bits, &nearest, sizeof(bits));
	snprintf(t->answer, sizeof(t->answer), "%016" PRIx64, bits);
}

/* milliseconds DURATION */
static void do_milliseconds(struct corpus_test *t)
{
	snprintf(t->answer, sizeof(t->answer), "%" PRId64, value_as_milliseconds(t->field[1]));
}

/* param TYPE ALLOWED MIN MAX TEXT */
static void do_param(struct corpus_test *t)
{
	const struct param p = { .name = "CVN_P", .type = type_field(t, 1), .allowed_values = t->field[2],
				 .min_value = t->field[3], .max_value = t->field[4] };
	char out[VALUE_MAX + 1];
	const enum code code = param_check(&p, t->field[5], t->length[5], out, &t->error);

	corpus_verb_answer_code(t, code, out);
	if (code != CODE_OK && out[0] != '\0')
		corpus_verb_answer(t, "a refused text was given out");
}

/* define NAME TYPE ALLOWED DEFAULT MIN MAX */
static void do_define(struct corpus_test *t)
{
	const struct param p = { .name = t->field[1], .type = type_field(t, 2), .allowed_values = t->field[3],
				 .default_value = t->field[4], .min_value = t->field[5],
				 .max_value = t->field[6] };

	corpus_verb_answer_code(t, param_define(&p, &t->error), "ok");
}

/* allowed TYPE LIST */
static void do_allowed(struct corpus_test *t)
{
	char out[VALUE_MAX + 1];

	const enum code code =
		param_canonical_allowed(type_field(t, 1), t->field[2], t->length[2], out, &t->error);

	corpus_verb_answer_code(t, code, out);
}

/* json TEXT */
static void do_json(struct corpus_test *t)
{
	corpus_verb_answer_code(t, scan_json(t->field[1], t->length[1], &t->error), "ok");
}

/* json-strict TEXT: what others may accept; refused only for what we alone refuse */
static void do_json_strict(struct corpus_test *t)
{
	static const char *const reasons[] = { "a duplicate key", "a lone surrogate", "the character U+0000",
					       "nested too deep" };
	size_t i;

	if (scan_json(t->field[1], t->length[1], &t->error) == CODE_OK) {
		corpus_verb_answer(t, "ok");
		return;
	}
	corpus_verb_answer(t, "refused for no good reason");
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strstr(t->error.detail, reasons[i]))
			corpus_verb_answer(t, "ok");
}

/* utf8 TEXT: valid and printable, valid, or no */
static void do_utf8(struct corpus_test *t)
{
	const bool valid = scan_utf8(t->field[1], t->length[1]);

	corpus_verb_answer(t, utf8_is_text(t->field[1], t->length[1]) ? "text" : valid ? "valid" : "no");
}

static void do_quote(struct corpus_test *t)
{
	char out[UTF8_QUOTED_MAX + 1];

	corpus_verb_answer(t, utf8_quote(t->field[1], t->length[1], out));
}

/* name KIND TEXT */
static void do_name(struct corpus_test *t)
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
	corpus_verb_answer(t, is ? "yes" : "no");
}

/* payload TEXT: what it says; what is read is written again the same */
static void do_payload(struct corpus_test *t)
{
	char written[PAYLOAD_MAX];
	struct payload p;

	if (!payload_read(t->field[1], &p)) {
		corpus_verb_answer(t, "no");
		return;
	}
	snprintf(t->answer, sizeof(t->answer), "%s %s %" PRId64, p.environment, p.key, p.version);
	payload_write(&p, written);
	if (strcmp(written, t->field[1]) != 0)
		corpus_verb_answer(t, "not written as it was read");
}

static void do_sha256(struct corpus_test *t)
{
	sha256_text(t->field[1], t->length[1], t->answer);
}

static void put(void *arg, const char *bytes, size_t n)
{
	strncat(((struct corpus_test *)arg)->answer, bytes, n);
}

/* canon string|integer TEXT */
static void do_canon(struct corpus_test *t)
{
	struct canon canon;

	canon_start(&canon, put, t);
	if (strcmp(t->field[1], "integer") == 0)
		canon_integer(&canon, strtoll(t->field[2], NULL, 10));
	else
		canon_string(&canon, t->field[2], t->length[2]);
	if (!canon_done(&canon))
		corpus_verb_answer(t, "broken");
}

/* code NAME */
static void do_code(struct corpus_test *t)
{
	corpus_verb_answer(t, code_message(code_from_name(t->field[1])));
}

static const struct verb {
	const char *name;
	size_t fields; /* with the verb and the answer; 0: any number */
	void (*run)(struct corpus_test *);
} verbs[] = {
	{ "value", 4, do_value },
	{ "compare", 5, do_compare },
	{ "double", 3, do_double },
	{ "milliseconds", 3, do_milliseconds },
	{ "param", 7, do_param },
	{ "define", 8, do_define },
	{ "allowed", 4, do_allowed },
	{ "json", 3, do_json },
	{ "json-strict", 3, do_json_strict },
	{ "utf8", 3, do_utf8 },
	{ "quote", 3, do_quote },
	{ "name", 4, do_name },
	{ "payload", 3, do_payload },
	{ "sha256", 3, do_sha256 },
	{ "canon", 4, do_canon },
	{ "rule", 3, corpus_config_rule },
	{ "apply", 0, corpus_config_apply },
	{ "boundary", 4, corpus_config_boundary },
	{ "lifecycle", 5, corpus_config_lifecycle },
	{ "code", 3, do_code },
};

bool corpus_verb_run(struct corpus_test *t)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, t->field[0]) == 0 &&
		    (verbs[i].fields == 0 || verbs[i].fields == t->n)) {
			verbs[i].run(t);
			return true;
		}
	return false;
}
