#ifndef CVN_CORE_WASM_H
#define CVN_CORE_WASM_H
/*
 * The core for the browser: no imports, one buffer in, one buffer out, nothing allocated and nothing kept
 * between calls. static/src/core.ts is the other side.
 *
 * A message is a row of numbers and fields, without padding:
 *   number   4 bytes, least first
 *   field    a number, its length in bytes; then the bytes, UTF-8 without NUL; then one NUL.
 *            The length 0xffffffff alone: not set
 *   variable fields name, type, allowed_values (a JSON array), default_value, min_value, max_value as in the
 *            catalog; then a number: 1 if required, plus 2 if deprecated
 *
 * The caller writes a message of n bytes at wasm_in() and calls. Each call returns the length of its answer
 * at wasm_out(), or 0 when the message is not of the form said here, or longer than there is room for: the
 * caller's defect, never a verdict on a value.
 */
#include <stdint.h>

enum { WASM_IN_SIZE = 1 << 21, WASM_OUT_SIZE = 1 << 19 };
enum { WASM_PARAMS = 4096, WASM_CHANGES = 512, WASM_RULES = 512, WASM_VIOLATIONS = 256 };

#ifdef __wasm__
#define WASM_EXPORT(function) __attribute__((export_name(#function))) function
#else
#define WASM_EXPORT(function) function
#endif

unsigned char *WASM_EXPORT(wasm_in)(void);
uint32_t WASM_EXPORT(wasm_in_size)(void);
unsigned char *WASM_EXPORT(wasm_out)(void);

/* -> field: CORE_ID */
uint32_t WASM_EXPORT(wasm_id)(void);

/* field: the name of a code -> field: its sentence */
uint32_t WASM_EXPORT(wasm_message)(uint32_t n);

/* variable, field: a text -> field: name of a code ("ok"); field: the canonical text, or the detail */
uint32_t WASM_EXPORT(wasm_check)(uint32_t n);

/*
 * variable, its texts as they were typed -> field:
 * name of a code ("ok"); field: why it is none, or nothing
 */
uint32_t WASM_EXPORT(wasm_define)(uint32_t n);

/*
 * number of variables; each: variable, field: a value, which is not looked at; sorted by name
 * fields name, expression, message of a rule -> field: name of a code ("ok"); field: why it is
 * none, or nothing
 */
uint32_t WASM_EXPORT(wasm_define_rule)(uint32_t n);

/*
 * number of variables; each: variable, field: its value now (canonical); sorted by name
 * number of changes; each: field: name, field: text, or not set to return to the default
 * number of rules; each: fields name, expression, message
 * -> number of violations, of which WASM_VIOLATIONS follow at most; each: fields name, code, detail
 */
uint32_t WASM_EXPORT(wasm_check_config)(uint32_t n);

#endif
