#ifndef CVN_API_REQUEST_H
#define CVN_API_REQUEST_H
/* One request on its way through: what was read of it so far, in typed form. */
#include <stdbool.h>
#include <stddef.h>

#include "fcgi/api/target.h"
#include "fcgi/ops/ops_config.h"
#include "fcgi/ops/ops_who.h"

struct json_object;
struct route;
struct transport;

enum { REQUEST_ARGS = 3, REQUEST_ID_MAX = 64 };

enum method { METHOD_OTHER, METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE };

struct request {
	const struct transport *transport;
	char id[REQUEST_ID_MAX + 1];
	const char *address;
	const char *method_name;
	enum method method; /* HEAD is GET without the body */
	bool is_head;
	bool is_https;
	struct target target;
	const struct route *route;
	const char *args[REQUEST_ARGS]; /* what stands for the placeholders of the route, in order */
	struct who who;
	struct ops_sight sight; /* of the environment of the path, where the route wants it */
	char session[129]; /* the secret of the cookie; empty: none */
	struct ops_match match;
	struct ops_match none_match;
	struct json_object *json; /* the body; NULL: the route takes none */
};

/*
 * Reads what needs no body: id, method, target, preconditions.
 * CODE_OK or why not; the id is there in any case.
 */
enum code request_start(struct request *, const struct transport *, struct error *);
void request_free(struct request *);

/* Reads the body as the route wants it: length, type, JSON. */
enum code request_read_body(struct request *, struct error *);

/* A parameter of the query; NULL: not there. */
const char *request_query(const struct request *, const char *name);

#endif
