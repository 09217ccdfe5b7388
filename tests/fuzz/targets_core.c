/* The core: what it reads is what operators, the database and anyone who may notify wrote. */
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "workerlib/core/param.h"
#include "workerlib/core/payload.h"
#include "workerlib/core/pick.h"
#include "workerlib/core/rule.h"
#include "workerlib/core/scan.h"
#include "workerlib/core/wasm.h"

/* What the scanner takes is UTF-8, is taken by the reader that works in place, and is walked to its end. */
static void json(char *text, size_t n)
{
	struct error e;
	struct pick p;

	if (scan_json(text, n, &e) != CODE_OK) {
		hold(e.code == CODE_MALFORMED && e.detail[0] != '\0');
		return;
	}
	hold(scan_utf8(text, n));
	hold(pick_open(&p, text, n, &e) == CODE_OK);
	pick_skip(&p);
	hold(p.at <= p.end && strspn(p.at, " \t\r\n") >= (size_t)(p.end - p.at));
}

/* The first byte is the type. What was accepted is canonical, and accepted again as it is. */
static void value(char *text, size_t n)
{
	struct param p = {.name = "CVN_P"};
	char out[VALUE_MAX + 1], again[VALUE_MAX + 1];
	struct error e;

	if (n == 0)
		return;
	p.type = (enum value_type)((unsigned char)text[0] % VALUE_TYPES);
	param_canonical_allowed(p.type, text + 1, n - 1, out, &e);
	if (param_check(&p, text + 1, n - 1, out, &e) != CODE_OK)
		return;
	hold(param_check(&p, out, strlen(out), again, &e) == CODE_OK && strcmp(out, again) == 0);
}

/* What is defined is never unknown, and what is not defined never holds, unless it merely names nothing. */
static void rule(char *text, size_t n)
{
	static const struct param params[] = {
		{.name = "CVN_A", .type = VALUE_DECIMAL}, {.name = "CVN_B", .type = VALUE_DURATION},
		{.name = "CVN_C", .type = VALUE_STRING},  {.name = "CVN_D", .type = VALUE_BOOL},
		{.name = "CVN_E", .type = VALUE_LIST},    {.name = "CVN_F", .type = VALUE_INT},
	};
	static const char *const values[] = {
		"999999999999999999.999999999999999999", "90s", "x", "true", "[\"a\"]", NULL,
	};
	const struct rule_scope scope = {.params = params, .values = values, .n = 6};
	const struct rule tried = {.name = "tried", .expression = text, .message = ""};
	size_t named[RULE_PARAMS], n_named;
	struct error e;
	const enum code defined = rule_define(&tried, &scope, &e);
	const enum code checked = rule_check(&tried, &scope, named, &n_named, &e);

	(void)n;
	hold(defined != CODE_OK || checked != CODE_UNKNOWN_PARAMETER);
	hold(defined == CODE_OK || checked != CODE_OK || n_named == 0);
}

/* What is read is what would be written. */
static void payload(char *text, size_t n)
{
	char written[PAYLOAD_MAX];
	struct payload p;

	(void)n;
	if (!payload_read(text, &p))
		return;
	payload_write(&p, written);
	hold(strcmp(written, text) == 0);
}

/* The browser's door to the core. */
static void message(char *text, size_t n)
{
	if (n > WASM_IN_SIZE)
		return;
	memcpy(wasm_in(), text, n);
	wasm_check((uint32_t)n);
	wasm_check_config((uint32_t)n);
	wasm_message((uint32_t)n);
}

const struct fuzz_target fuzz_targets[] = {
	{"json", json}, {"value", value}, {"rule", rule}, {"payload", payload}, {"message", message},
	{NULL, NULL},
};
