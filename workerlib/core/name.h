#ifndef CVN_CORE_NAME_H
#define CVN_CORE_NAME_H
/* The grammars of names, as predicates on n bytes. */
#include <stdbool.h>
#include <stddef.h>

bool name_is_parameter(const char *s, size_t n);   /* [A-Z][A-Z0-9_]{1,62} */
bool name_is_environment(const char *s, size_t n); /* [a-z][a-z0-9-]{0,30} */
bool name_is_id(const char *s, size_t n);          /* worker ids, logins, run ids: [A-Za-z0-9._-]{1,64} */
bool name_is_digest(const char *s, size_t n);      /* SHA-256: 64 lower-case hex digits */

#endif
