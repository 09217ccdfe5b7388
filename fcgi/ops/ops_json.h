#ifndef CVN_OPS_JSON_H
#define CVN_OPS_JSON_H
/* JSON that was parsed, in canonical form (RFC 8785): members sorted, and no number but safe integers. */
#include <stddef.h>

#include "workerlib/core/canon.h"

struct json_object;

/*
 * The first number in the value, at any depth, that is no safe integer, as text that lives as
 * long as the value; NULL: there is none. JSON readers do not agree on such numbers, so a digest
 * over them would be nobody's.
 */
const char *ops_json_unsafe(struct json_object *value);

/* Takes the blanks between the tokens of a JSON text out of it, in place: the bytes that are left. */
size_t ops_json_pack(char *json, size_t n);

/* Writes the value; NULL is null. One with an unsafe number breaks the stream. */
void ops_json_write(struct canon *, struct json_object *value);

#endif
