#ifndef CVN_CTL_PLAN_H
#define CVN_CTL_PLAN_H
/* A plan: what a change would do, as the API tells it before anything is written. */
#include <stdbool.h>

struct ctl;
struct json_object;
struct reply;

/* Prints the difference and the errors, and a line that sums them up. */
void plan_show(const struct ctl *, const struct reply *);

/* Whether there is a difference, or an error. */
bool plan_differs(struct json_object *);

#endif
