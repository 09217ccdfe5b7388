#ifndef CVN_API_BODY_H
#define CVN_API_BODY_H
/*
 * The body of a request as a JSON object with known members: the core's strict scanner decides what is JSON,
 * json-c reads what passed, and a table says which members there are and of which type.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/code.h"
#include "workerlib/core/config.h"

struct json_object;

enum body_type { BODY_TEXT, BODY_INTEGER, BODY_BOOL, BODY_OBJECT, BODY_ARRAY };

struct body_field {
	const char *name;
	enum body_type type;
	bool required; /* must be there */
	bool nullable; /* may be null */
};

/* Parses n bytes. CODE_OK or CODE_MALFORMED. The caller must free it with body_free(). */
enum code body_parse(const char *bytes, size_t n, struct json_object **, struct error *);
void body_free(struct json_object *);

/*
 * values[i] is the member fields[i] names, or NULL (missing or null). CODE_MALFORMED names what
 * is missing, unknown or of another type.
 */
enum code body_fields(struct json_object *, const struct body_field *, size_t n, struct json_object **values,
		      struct error *);

/* NULL for NULL. Texts live as long as the object. */
const char *body_text(struct json_object *);
int64_t body_integer(struct json_object *); /* 0 for NULL */
bool body_bool(struct json_object *, bool absent); /* absent for NULL */

/* The JSON text of a value; NULL for NULL. Lives until the next call on the same value. */
const char *body_json(struct json_object *);

/*
 * {"NAME":text|null,...} as changes, at most BODY_CHANGES_MAX of them (CODE_TOO_LARGE): each takes room for
 * the longest value. The caller must free() the array, its texts belong to the object.
 */
enum { BODY_CHANGES_MAX = 4096 };
enum code body_changes(struct json_object *, struct change **, size_t *n, struct error *);

/*
 * The members of a worker's report that are not plain:
 * [{"name","version"}], ["NAME"], {"version","detail"}; or NULL.
 */
enum code body_is_worker_detail(struct json_object *pending, struct json_object *restart_required,
				struct json_object *rejected, struct error *error);

#endif
