#ifndef CVN_API_ROUTE_H
#define CVN_API_ROUTE_H
/*
 * The table of everything the API answers. What must not be forgotten is a column, and zero means deny: a row
 * without roles is nobody's, without a body limit it takes no body, without a query list no query.
 */
#include <stdbool.h>
#include <stddef.h>

#include "fcgi/api/request.h"

struct reply;
struct server;

/* Fills the reply; anything but CODE_OK becomes a problem. */
typedef enum code route_handler(const struct server *, struct request *, struct reply *);

/* Beside the roles of ops_who.h: who has not said who it is. */
enum { ROLE_ANYBODY = 1 << 8 };

enum route_match { MATCH_NONE, MATCH_REQUIRED, MATCH_OR_NONE };

struct route {
	enum method method;
	/*
	 * Segments below /api. {env} is an environment, and the roles must be held there (in each, where
	 * there are two); {key} a parameter, {id} an identifier, {hash} a SHA-256. Without {env} a role
	 * anywhere will do, unless `everywhere`.
	 */
	const char *pattern;
	route_handler *handler;
	unsigned roles;		  /* one of them */
	size_t body_limit;	  /* bytes */
	const char *content_type; /* NULL: no body */
	bool may_be_empty;	  /* no body at all is an empty object */
	/*
	 * MATCH_REQUIRED: writes, so If-Match says what it is based on.
	 * MATCH_OR_NONE: or If-None-Match: *.
	 */
	enum route_match match;
	/* The handler goes by what is in force in {env}: it is seen when it is asked who asks. */
	bool sees;
	/* Without a query, it is answered by what is known of who asks: others may wait for it. */
	bool brief;
	/* It concerns all environments, so a role in one of them will not do. */
	bool everywhere;
	const char *query; /* names with commas */
};

extern const struct route route_table[];
size_t route_count(void);

/*
 * Finds the row and fills request->route and args. CODE_NOT_FOUND, or CODE_METHOD_NOT_ALLOWED
 * with the methods there are in allow.
 */
enum { ROUTE_ALLOW_MAX = 64 };
enum code route_find(struct request *, char allow[ROUTE_ALLOW_MAX], struct error *);

/* CODE_OK when who holds what the row asks; CODE_UNAUTHENTICATED for nobody, else CODE_FORBIDDEN. */
enum code route_admit(const struct request *, struct error *);

/* CODE_MALFORMED when the query has a name that the row does not. */
enum code route_check_query(const struct request *, struct error *);

const char *route_method_name(enum method);

#endif
