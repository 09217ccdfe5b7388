#ifndef CVN_API_ORIGIN_H
#define CVN_API_ORIGIN_H
/* Whether a write comes from a page of another site. Tools send neither of the headers that browsers do. */
#include <stdbool.h>

struct transport;

/* origins: a list with commas of scheme://host[:port], or NULL: the host that the request itself names. */
bool origin_is_ours(const struct transport *, const char *origins);

#endif
