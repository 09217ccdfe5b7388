#ifndef CVN_OPS_LIST_H
#define CVN_OPS_LIST_H
/* Lists and definitions that PostgreSQL writes as JSON and nobody reads on the way. */
#include "fcgi/ops/ops.h"
#include "fcgi/proc/text.h"

struct who;

enum code ops_list_catalog(struct ops *, struct text *json, struct error *);
enum code ops_list_variable(struct ops *, const char *name, int64_t *version, struct text *json,
			    struct error *);
enum code ops_list_rules(struct ops *, struct text *json, struct error *);

/* Of the environments where who holds a role. environment NULL: all of these. */
enum code ops_list_environments(struct ops *, const struct who *, struct text *json, struct error *);
enum code ops_list_workers(struct ops *, const struct who *, const char *environment, struct text *json,
			   struct error *);

/*
 * Filters may be NULL; since and until are RFC 3339, checked by the caller; after is a cursor: the next_id of
 * the page before. form is json (the page is an array), ndjson or csv (lines).
 */
struct ops_history_filter {
	const char *environment, *name, *changed_by, *request_id, *change_id, *since, *until;
	const char *after, *limit, *form;
};
/* next_id 0: that was the last page. */
enum code ops_list_history(struct ops *, const struct who *, const struct ops_history_filter *,
			   int64_t *next_id, struct text *page, struct error *);

/*
 * Whether the chain of an environment's history holds, in parts that each take less than a request may: {0}
 * to begin with, and again until it has ended. CODE_NOT_FOUND; CODE_FORBIDDEN for who may not read it.
 */
struct ops_verdict {
	int64_t after;	   /* the part begins behind this version */
	int64_t checked;   /* rows so far */
	int64_t broken_at; /* the first version that is wrong or missing; 0: none */
	bool ended;
};
enum code ops_list_verify(struct ops *, const struct who *, const char *environment, struct ops_verdict *,
			  struct error *);

#endif
