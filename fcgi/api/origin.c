#include "fcgi/api/origin.h"

#include <string.h>
#include <strings.h>

#include "fcgi/api/header.h"
#include "fcgi/api/transport.h"

static bool is_listed(const char *origins, const char *origin)
{
	size_t n = strlen(origin);

	while (*origins != '\0') {
		origins += strspn(origins, ", ");
		size_t length = strcspn(origins, ", ");
		if (length == n && strncasecmp(origins, origin, n) == 0)
			return true;
		origins += length;
	}
	return false;
}

static bool is_own_host(const struct transport *transport, const char *origin)
{
	const char *scheme = header_get(transport, "HTTPS", NULL) != NULL ? "https://" : "http://";
	const char *host = header_get(transport, "HTTP_HOST", NULL);
	size_t n = strlen(scheme);

	return host != NULL && strncmp(origin, scheme, n) == 0 && strcasecmp(origin + n, host) == 0;
}

bool origin_is_ours(const struct transport *transport, const char *origins)
{
	bool twice = false;
	const char *site = header_get(transport, "HTTP_SEC_FETCH_SITE", &twice);
	const char *origin = header_get(transport, "HTTP_ORIGIN", &twice);

	if (twice || (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0))
		return false;
	if (origin == NULL)
		return true;
	return origins != NULL ? is_listed(origins, origin) : is_own_host(transport, origin);
}
