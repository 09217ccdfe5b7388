#include "fcgi/notifier/query.h"

#include <limits.h>
#include <string.h>

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

bool query_decode(const char *raw, size_t n, char *out, size_t max)
{
	size_t length = 0;
	for (size_t i = 0; i < n; i++) {
		int c = (unsigned char)raw[i];
		if (c == '%') {
			int high = n - i > 2 ? hex(raw[i + 1]) : -1;
			int low = n - i > 2 ? hex(raw[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = high * 16 + low;
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || length + 1 >= max)
			return false;
		out[length++] = (char)c;
	}
	out[length] = '\0';
	return true;
}

static size_t find(const char *const *names, const char *name, size_t n)
{
	size_t i = 0;
	while (names[i] && (strlen(names[i]) != n || memcmp(names[i], name, n)))
		i++;
	return i;
}

/* One name=value of n bytes; its value goes to *room. */
static const char *read_one(struct query *q, const char *raw, size_t n, const char *const *names, char **room)
{
	const char *equals = memchr(raw, '=', n);
	if (!equals)
		return "a parameter has no value";
	size_t length = (size_t)(equals - raw);
	size_t i = find(names, raw, length);
	if (!names[i])
		return "there is a parameter that this path does not know";
	if (q->values[i])
		return "a parameter is given twice";
	size_t left = sizeof(q->room) - (size_t)(*room - q->room);
	if (!query_decode(equals + 1, n - length - 1, *room, left))
		return "a parameter is too long or not well encoded";
	q->values[i] = *room;
	*room += strlen(*room) + 1;
	return NULL;
}

bool query_read(struct query *q, const char *raw, const char *const *names, const char **why)
{
	char *room = q->room;
	memset(q->values, 0, sizeof(q->values));
	*why = NULL;
	for (const char *at = raw ? raw : ""; *at && !*why;) {
		size_t n = strcspn(at, "&");
		*why = n ? read_one(q, at, n, names, &room) : NULL;
		at += n + (at[n] == '&');
	}
	return !*why;
}

bool query_number(const char *text, long long *number)
{
	long long n = 0;
	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = *text - '0';
		if (digit < 0 || digit > 9 || n > (LLONG_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*number = n;
	return true;
}
