#ifndef CVN_CORE_RULE_H
#define CVN_CORE_RULE_H
/*
 * Coherence rules: a comparison language over parameters, exact, bounded in steps and depth.
 *
 *   expr    := 'if' expr 'then' expr | or
 *   or      := and ('or' and)*
 *   and     := not ('and' not)*
 *   not     := 'not' not | compare
 *   compare := sum (('<'|'<='|'>'|'>='|'='|'=='|'!=') sum)?
 *   sum     := product (('+'|'-') product)*
 *   product := unary ('*' unary)*
 *   unary   := '-' unary | atom
 *   atom    := '(' expr ')' | number | duration | 'text' | "text" | true | false | NAME
 *
 * Numbers (int and decimal) go with numbers, durations with durations, texts (string and enum) with texts;
 * only the first two have an order and can be added; a number times a duration is a duration; lists are equal
 * or not. Texts have no escapes. All of this is checked when a rule is written.
 *
 * Arithmetic is exact (decimal.h): what does not fit, and what has no value, cannot be computed, and then the
 * rule does not hold. What cannot matter is not computed: b in `if a then b`, `not a or b` when a is false.
 */
#include <stddef.h>

#include "workerlib/core/param.h"

enum { RULE_MAX = 2048, RULE_DEPTH = 32, RULE_PARAMS = 32 }; /* bytes of text; nesting; parameters named */

struct rule {
	const char *name;
	const char *expression;
	const char *message; /* for whoever violates it; if empty, the expression is shown */
};

/* What a rule sees: the catalog and the proposed values, parallel and sorted by name. */
struct rule_scope {
	const struct param *params;
	const char *const *values;
	size_t n;
};

/*
 * Grammar and types against the catalog, without values (scope->values may be NULL); a rule names at least
 * one parameter. CODE_OK, CODE_BAD_RULE, CODE_UNKNOWN_PARAMETER, with the offset in the detail.
 */
enum code rule_define(const struct rule *, const struct rule_scope *, struct error *);

/*
 * CODE_OK: it holds. CODE_RULE_VIOLATED: detail is the message and the values. CODE_BAD_RULE or
 * CODE_UNKNOWN_PARAMETER: it cannot be evaluated (never counted as holding). named[] gets the indices of the
 * parameters it names, in order of name, each once.
 */
enum code rule_check(const struct rule *, const struct rule_scope *, size_t named[RULE_PARAMS],
		     size_t *n_named, struct error *);

#endif
