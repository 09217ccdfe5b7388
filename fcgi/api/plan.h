#ifndef CVN_API_PLAN_H
#define CVN_API_PLAN_H
/*
 * What changes would do to an environment,
 * as POST /config/{env}/plan answers it, and whoever else only asks.
 */

struct ops_proposal;
struct reply;

/* The whole body. */
void plan_put(struct reply *, const char *environment, const struct ops_proposal *);

#endif
