#include "workerlib/core/name.h"

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool in_parameter(char c)
{
	return is_upper(c) || is_digit(c) || c == '_';
}

static bool in_environment(char c)
{
	return is_lower(c) || is_digit(c) || c == '-';
}

static bool in_id(char c)
{
	return is_upper(c) || is_lower(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
}

static bool in_digest(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool all(const char *s, size_t n, bool (*in)(char))
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!in(s[i]))
			return false;
	return true;
}

bool name_is_parameter(const char *s, size_t n)
{
	return n >= 2 && n <= 63 && is_upper(s[0]) && all(s, n, in_parameter);
}

bool name_is_environment(const char *s, size_t n)
{
	return n >= 1 && n <= 31 && is_lower(s[0]) && all(s, n, in_environment);
}

bool name_is_id(const char *s, size_t n)
{
	return n >= 1 && n <= 64 && all(s, n, in_id);
}

bool name_is_digest(const char *s, size_t n)
{
	return n == 64 && all(s, n, in_digest);
}
