#include "fcgi/notifier/scope.h"

#include <string.h>

#include "fcgi/notifier/text.h"

bool scope_is_all(const char *scope)
{
	return !strcmp(scope, SCOPE_ALL);
}

static bool has(const char *scope, const char *environment, size_t n)
{
	for (const char *at = scope; *at;) {
		size_t length = strcspn(at, ",");
		if (length == n && !memcmp(at, environment, n))
			return true;
		at += length + (at[length] == ',');
	}
	return false;
}

bool scope_has(const char *scope, const char *environment)
{
	return scope_is_all(scope) || has(scope, environment, strlen(environment));
}

bool scope_covers(const char *scope, const char *other)
{
	if (scope_is_all(scope))
		return true;
	for (const char *at = other; *at; at += strspn(at, ",")) {
		size_t n = strcspn(at, ",");
		if (!has(scope, at, n))
			return false;
		at += n;
	}
	return true;
}

void scope_add(struct text *scope, const char *environment)
{
	if (scope_is_all(environment))
		text_clear(scope);
	if (!scope->n)
		text_put(scope, environment);
	else if (!scope_has(scope->at, environment))
		text_format(scope, ",%s", environment);
}
