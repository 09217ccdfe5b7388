#ifndef CVN_API_AUTH_H
#define CVN_API_AUTH_H
/* Who is asking: Authorization (Basic, Bearer) if it is there, else the session cookie, else nobody. */
#include "fcgi/api/request.h"

#define AUTH_COOKIE "cvn_session"

struct ops;

/*
 * Fills request->who, what its sight asks for and, with the cookie, request->session. CODE_OK also
 * for nobody and for a session that has ended; CODE_UNAUTHENTICATED for credentials that are
 * wrong; CODE_TOO_MANY_REQUESTS; CODE_UNAVAILABLE.
 */
enum code auth_identify(struct ops *, struct request *, struct error *);

/* Seconds of a clock that only rises, as ops_who_password() wants them. */
unsigned auth_now(void);

#endif
