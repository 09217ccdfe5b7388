#ifndef CVN_CTL_RECHECK_H
#define CVN_CTL_RECHECK_H
/* How to find out whether a write was carried out when its answer was lost. */

struct args;

/* What to do next, by the command's row. The caller must free it with free(). */
char *recheck_next(const struct args *, const char *request_id);

#endif
