#include "workerlib/core/payload.h"

#include <string.h>

#include "workerlib/core/integer.h"
#include "workerlib/core/name.h"

/* If text begins with label, the bytes after it up to `stop` (or the end, for NUL) are the field. */
static const char *field(const char *text, const char *label, char stop, size_t *n)
{
	const size_t skip = strlen(label);
	const char *end;

	if (strncmp(text, label, skip) != 0)
		return NULL;
	end = strchr(text + skip, stop);
	if (!end)
		return NULL;
	*n = (size_t)(end - text) - skip;
	return text + skip;
}

static bool is_key(const char *s, size_t n)
{
	return name_is_parameter(s, n) || (n == 1 && s[0] == '*');
}

bool payload_read(const char *text, struct payload *p)
{
	const char *environment, *key, *version;
	size_t n_environment, n_key, n_version;
	int64_t number;

	environment = field(text, "env=", ',', &n_environment);
	if (!environment || !name_is_environment(environment, n_environment))
		return false;
	key = field(environment + n_environment, ",key=", ',', &n_key);
	if (!key || !is_key(key, n_key))
		return false;
	version = field(key + n_key, ",version=", '\0', &n_version);
	if (!version || version[0] == '-' || !integer_read(version, n_version, &number))
		return false;

	memcpy(p->environment, environment, n_environment);
	p->environment[n_environment] = '\0';
	memcpy(p->key, key, n_key);
	p->key[n_key] = '\0';
	p->version = number;
	return true;
}

static char *append(char *at, const char *text)
{
	const size_t n = strlen(text);

	memcpy(at, text, n);
	return at + n;
}

void payload_write(const struct payload *p, char out[PAYLOAD_MAX])
{
	char *at = out;

	at = append(at, "env=");
	at = append(at, p->environment);
	at = append(at, ",key=");
	at = append(at, p->key);
	at = append(at, ",version=");
	integer_write(p->version, at);
}
