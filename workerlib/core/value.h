#ifndef CVN_CORE_VALUE_H
#define CVN_CORE_VALUE_H
/*
 * The seven types and their strict grammars. A value is text; each value has exactly one canonical text, and
 * two values are equal when their canonical texts are. Nothing here reads the locale or calls strtod.
 *
 *   bool      true | false
 *   int       -?(0|[1-9]\d*) within 64 bits ("-0" is canonically "0")
 *   decimal   -?(0|[1-9]\d*)(\.\d+)?, at most 18 digits on each side; canonical: no trailing zeros, no "-0"
 *   string    at most 1,024 bytes of printable UTF-8 (utf8.h); as it is
 *   enum      as string
 *   duration  \d+(ms|s|m|h|d), at most 18 digits and within 64 bits of milliseconds; canonical: the largest
 *             unit that is exact; zero is "0s"
 *   list      a JSON array of strings, each as string above; canonical: no blanks, shortest escapes
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/code.h"

enum value_type {
	VALUE_BOOL,
	VALUE_INT,
	VALUE_DECIMAL,
	VALUE_STRING,
	VALUE_ENUM,
	VALUE_DURATION,
	VALUE_LIST,
	VALUE_TYPES
};

enum { VALUE_STRING_MAX = 1024, VALUE_MAX = 8192 }; /* bytes, without the NUL; VALUE_MAX bounds lists */
enum { VALUE_DECIMAL_DIGITS = 18 };                 /* of a decimal, on each side of the point */

const char *value_type_name(enum value_type);
bool value_type_from_name(const char *name, enum value_type *); /* false: no such type */

/*
 * Reads n bytes of text as a value of the type and writes its canonical text, NUL-terminated, to out.
 * CODE_OK, or CODE_BAD_*, CODE_TOO_LONG with a detail; then out is the empty string.
 */
enum code value_canonical(enum value_type, const char *text, size_t n, char out[VALUE_MAX + 1],
			  struct error *);

/* Less than, equal to or greater than zero; exact. Both canonical, of type int, decimal or duration. */
int value_compare(enum value_type, const char *a, const char *b);
bool value_ordered(enum value_type); /* has bounds: int, decimal, duration */

/*
 * The machine's form of a canonical text.
 * A decimal is the nearest double: to compute with, never to compare.
 */
bool value_as_bool(const char *canonical);
int64_t value_as_int(const char *canonical);
double value_as_decimal(const char *canonical);
int64_t value_as_milliseconds(const char *canonical);

#endif
