#include "fcgi/api/status.h"

#include <stddef.h>

/* A code that is not here is only an item in `errors`, or an error of ours. */
static const unsigned short statuses[CODE_COUNT] = {
	[CODE_OK] = 200,
	[CODE_MALFORMED] = 400,
	[CODE_TOO_LARGE] = 413,
	[CODE_UNSUPPORTED_MEDIA_TYPE] = 415,
	[CODE_UNAUTHENTICATED] = 401,
	[CODE_FORBIDDEN] = 403,
	[CODE_CROSS_SITE] = 403,
	[CODE_CRITICAL_REQUIRES_APPROVAL] = 403,
	[CODE_OWN_CHANGE] = 403,
	[CODE_NOT_FOUND] = 404,
	[CODE_METHOD_NOT_ALLOWED] = 405,
	[CODE_FROZEN] = 409,
	[CODE_LOCKED] = 409,
	[CODE_REFERENCED] = 409,
	[CODE_STALE_APPROVAL] = 409,
	[CODE_WRONG_STATE] = 409,
	[CODE_RUN_CONFLICT] = 409,
	[CODE_EXISTS] = 409,
	[CODE_STALE] = 412,
	[CODE_PRECONDITION_REQUIRED] = 428,
	[CODE_INVALID] = 422,
	[CODE_NO_CHANGE] = 422,
	[CODE_TOO_MANY_REQUESTS] = 429,
	[CODE_UNAVAILABLE] = 503,
	[CODE_INTERNAL] = 500,
};

static const struct {
	unsigned status;
	const char *phrase;
} phrases[] = {
	{200, "OK"},
	{201, "Created"},
	{204, "No Content"},
	{304, "Not Modified"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{409, "Conflict"},
	{412, "Precondition Failed"},
	{413, "Content Too Large"},
	{415, "Unsupported Media Type"},
	{422, "Unprocessable Content"},
	{428, "Precondition Required"},
	{429, "Too Many Requests"},
	{503, "Service Unavailable"},
	{500, "Internal Server Error"},
};
enum { PHRASES = sizeof phrases / sizeof *phrases };

unsigned status_of(enum code code)
{
	unsigned status = (unsigned)code < CODE_COUNT ? statuses[code] : 0;

	return status == 0 ? 500 : status;
}

const char *status_phrase(unsigned status)
{
	size_t i = 0;

	while (i < PHRASES - 1 && phrases[i].status != status)
		i++;
	return phrases[i].phrase;
}
