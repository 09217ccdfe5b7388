#ifndef CVN_API_HEADER_H
#define CVN_API_HEADER_H
/* The headers of a request, and the grammars of those that we read. */
#include <stdbool.h>
#include <stddef.h>

#include "fcgi/ops/ops_config.h"

struct transport;

/*
 * The value of a CGI parameter; NULL where it is missing,
 * empty or there twice (then *twice is set, if given).
 */
const char *header_get(const struct transport *, const char *name, bool *twice);

/*
 * If-Match, or with weak If-None-Match: a list of tags, of which "12" is a version, or * for
 * any. Everything else is nobody's version, so are weak tags unless they count; a list that is
 * not well-formed names none. NULL: not given.
 */
struct ops_match header_match(const char *text, bool weak);

/*
 * How much Accept (NULL: not given) wants a media type: 0 not at all, else the more the greater its weight is
 * and then the closer it is named. What it says of the type goes before what it says of all like it.
 */
unsigned header_accepts(const char *accept, const char *type);

/* The value of a cookie, copied to out; false: not there, or longer than room. */
bool header_cookie(const char *cookies, const char *name, char *out, size_t room);

/* Whether text begins with the scheme and a blank, in any case; *rest is what follows. */
bool header_scheme(const char *text, const char *scheme, const char **rest);

/* "login:password" in base64, split in place in out. False: it is not that. */
bool header_basic(const char *base64, char *out, size_t room, const char **login, const char **password);

#endif
