#include "fcgi/api/auth.h"

#include <string.h>
#include <time.h>

#include "fcgi/api/header.h"
#include "fcgi/ops/ops_who.h"

unsigned auth_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned)now.tv_sec;
}

static enum code refuse(struct error *error)
{
	return code_error(error, CODE_UNAUTHENTICATED,
			  "Authorization is to be there once, as Basic or Bearer credentials", NULL);
}

static enum code basic(struct ops *ops, struct request *request, const char *base64, struct error *error)
{
	char text[1024];
	struct who_try try = {.address = request->address, .now = auth_now()};
	enum code code;

	if (header_basic(base64, text, sizeof text, &try.login, &try.password))
		code = ops_who_password(ops, &try, &request->sight, &request->who, error);
	else
		code = refuse(error);
	explicit_bzero(text, sizeof text);
	return code;
}

static enum code cookie(struct ops *ops, struct request *request, const char *cookies, struct error *error)
{
	if (!header_cookie(cookies, AUTH_COOKIE, request->session, sizeof request->session))
		return CODE_OK;
	enum code code = ops_who_session(ops, request->session, &request->sight, &request->who, error);
	return code == CODE_UNAUTHENTICATED ? CODE_OK : code;
}

enum code auth_identify(struct ops *ops, struct request *request, struct error *error)
{
	bool twice = false;
	const char *header = header_get(request->transport, "HTTP_AUTHORIZATION", &twice), *rest;

	if (twice)
		return refuse(error);
	if (header == NULL)
		return cookie(ops, request, header_get(request->transport, "HTTP_COOKIE", NULL), error);
	if (header_scheme(header, "Basic", &rest))
		return basic(ops, request, rest, error);
	if (header_scheme(header, "Bearer", &rest))
		return ops_who_token(ops, rest, &request->sight, &request->who, error);
	return refuse(error);
}
