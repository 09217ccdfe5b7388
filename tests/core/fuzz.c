/*
 * A libFuzzer target over all of the core that reads what others wrote. The first byte says what reads the rest.
 * Build it from the top with clang -fsanitize=fuzzer,address,undefined -I. and every source of the core.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/core/param.h"
#include "workerlib/core/payload.h"
#include "workerlib/core/rule.h"
#include "workerlib/core/scan.h"
#include "workerlib/core/wasm.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void hold(int truth)
{
	if (!truth)
		abort();
}

static void json(const char *text, size_t n)
{
	struct error e;

	if (scan_json(text, n, &e) == CODE_OK)
		hold(scan_utf8(text, n));
}

/* The next byte is the type. */
static void value(const char *text, size_t n)
{
	struct param p = { .name = "CVN_P" };
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

static void rule(const char *text, size_t n)
{
	static const struct param params[] = {
		{ .name = "CVN_A", .type = VALUE_DECIMAL }, { .name = "CVN_B", .type = VALUE_DURATION },
		{ .name = "CVN_C", .type = VALUE_STRING },  { .name = "CVN_D", .type = VALUE_BOOL },
		{ .name = "CVN_E", .type = VALUE_LIST },    { .name = "CVN_F", .type = VALUE_INT },
	};
	static const char *const values[] = {
		"999999999999999999.999999999999999999", "90s", "x", "true", "[\"a\"]", NULL,
	};
	const struct rule_scope scope = { .params = params, .values = values, .n = 6 };
	const struct rule tried = { .name = "tried", .expression = text, .message = "" };
	size_t named[RULE_PARAMS], n_named;
	struct error e;
	const enum code defined = rule_define(&tried, &scope, &e);
	const enum code checked = rule_check(&tried, &scope, named, &n_named, &e);

	(void)n;
	/* What is defined is never unknown, and what is not defined never holds, unless it merely names nothing. */
	hold(defined != CODE_OK || checked != CODE_UNKNOWN_PARAMETER);
	hold(defined == CODE_OK || checked != CODE_OK || n_named == 0);
}

static void payload(const char *text, size_t n)
{
	char written[PAYLOAD_MAX];
	struct payload p;

	(void)n;
	if (!payload_read(text, &p))
		return;
	payload_write(&p, written);
	hold(strcmp(written, text) == 0);
}

static void message(const char *text, size_t n)
{
	memcpy(wasm_in(), text, n);
	wasm_check((uint32_t)n);
	wasm_check_config((uint32_t)n);
	wasm_message((uint32_t)n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static void (*const readers[])(const char *, size_t) = { json, value, rule, payload, message };
	char *text;

	if (n == 0 || n > WASM_IN_SIZE)
		return 0;
	text = malloc(n);
	hold(text != NULL);
	memcpy(text, bytes + 1, n - 1);
	text[n - 1] = '\0';
	readers[bytes[0] % (sizeof(readers) / sizeof(readers[0]))](text, n - 1);
	free(text);
	return 0;
}
