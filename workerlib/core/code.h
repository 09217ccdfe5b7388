#ifndef CVN_CORE_CODE_H
#define CVN_CORE_CODE_H
/*
 * The one error vocabulary, from SQL to JSON to the browser. A row is a code, the name that travels
 * (`code` in problem+json) and a sentence. HTTP statuses are a column beside it in fcgi/api.
 */

/* One X per row: enumerator, name, message. Names are stable; enumerators are not. */
#define CODE_TABLE(X)                                                                             \
	X(CODE_OK, "ok", "no error")                                                              \
	X(CODE_MALFORMED, "malformed", "the request cannot be read")                              \
	X(CODE_TOO_LARGE, "too_large", "the request is longer than this route takes")             \
	X(CODE_UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "send application/json")         \
	X(CODE_UNAUTHENTICATED, "unauthenticated", "log in first")                                \
	X(CODE_FORBIDDEN, "forbidden", "your roles do not allow this")                            \
	X(CODE_CROSS_SITE, "cross_site", "a write from another site is refused")                  \
	X(CODE_CRITICAL_REQUIRES_APPROVAL, "critical_requires_approval",                          \
	  "a critical parameter changes only by an approved change set")                          \
	X(CODE_OWN_CHANGE, "own_change", "somebody else must decide on your change")              \
	X(CODE_NOT_FOUND, "not_found", "there is no such thing")                                  \
	X(CODE_METHOD_NOT_ALLOWED, "method_not_allowed", "this path does not take that method")   \
	X(CODE_FROZEN, "frozen", "a freeze window is in force")                                   \
	X(CODE_LOCKED, "locked", "somebody else holds the lock of this environment")              \
	X(CODE_REFERENCED, "referenced", "something still names it")                              \
	X(CODE_STALE_APPROVAL, "stale_approval", "what was approved is not what is there now")    \
	X(CODE_WRONG_STATE, "wrong_state", "the change set is not in a state that allows this")   \
	X(CODE_RUN_CONFLICT, "run_conflict", "the run exists with other content")                 \
	X(CODE_EXISTS, "exists", "it exists already")                                             \
	X(CODE_STALE, "stale", "the configuration has moved on")                                  \
	X(CODE_PRECONDITION_REQUIRED, "precondition_required", "send If-Match with the version")  \
	X(CODE_INVALID, "invalid", "the values are not valid")                                    \
	X(CODE_NO_CHANGE, "no_change", "nothing would change")                                    \
	X(CODE_TOO_MANY_REQUESTS, "too_many_requests", "too many failed attempts")                \
	X(CODE_UNAVAILABLE, "unavailable", "the database does not answer in time")                \
	X(CODE_INTERNAL, "internal", "an error of ours")                                          \
	X(CODE_NO_MEMORY, "no_memory", "out of memory")                                           \
	X(CODE_BAD_BOOL, "bad_bool", "not true or false")                                         \
	X(CODE_BAD_INT, "bad_int", "not a 64-bit decimal integer")                                \
	X(CODE_BAD_DECIMAL, "bad_decimal", "not a decimal number")                                \
	X(CODE_BAD_DURATION, "bad_duration", "not a duration such as 500ms, 90s, 5m, 1h or 2d")   \
	X(CODE_BAD_LIST, "bad_list", "not a JSON array of strings")                               \
	X(CODE_BAD_STRING, "bad_string", "not printable UTF-8")                                   \
	X(CODE_BAD_NAME, "bad_name", "not a well-formed name")                                    \
	X(CODE_TOO_LONG, "too_long", "longer than it may be")                                     \
	X(CODE_BELOW_MINIMUM, "below_minimum", "below the minimum")                               \
	X(CODE_ABOVE_MAXIMUM, "above_maximum", "above the maximum")                               \
	X(CODE_NOT_ALLOWED, "not_allowed", "not one of the allowed values")                       \
	X(CODE_UNKNOWN_PARAMETER, "unknown_parameter", "the catalog has no such parameter")       \
	X(CODE_DEPRECATED_PARAMETER, "deprecated_parameter", "the parameter is deprecated")       \
	X(CODE_REQUIRED, "required", "a value is required")                                       \
	X(CODE_REASON_REQUIRED, "reason_required", "a reason is required")                        \
	X(CODE_RULE_VIOLATED, "rule_violated", "a coherence rule does not hold")                  \
	X(CODE_BAD_RULE, "bad_rule", "not a well-formed rule")                                    \
	X(CODE_BAD_DEFINITION, "bad_definition", "the definition of the parameter is not valid")  \
	X(CODE_LINK, "link", "the connection is lost")                                            \
	X(CODE_STATE, "state", "the call does not fit the state")

enum code {
#define CODE_ENUM(code, name, message) code,
	CODE_TABLE(CODE_ENUM)
#undef CODE_ENUM
	CODE_COUNT
};

/* Where a function puts what a code alone cannot say. Always NUL-terminated UTF-8, cut at a character. */
struct error {
	enum code code;
	char detail[256];
};

/* The name that travels, and the sentence, of a code; never NULL. Static storage. */
const char *code_name(enum code);
const char *code_message(enum code);

/* The code of a name; CODE_INTERNAL for a name that is not in the table. */
enum code code_from_name(const char *name);

/* code_error(e, code, part, ..., NULL): joins the parts into e->detail (e may be NULL) and returns code. */
enum code code_error(struct error *e, enum code code, ...);

/* The same with the message of the code itself. */
enum code code_refuse(struct error *e, enum code code);

#endif
