#include "fcgi/api/header.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fcgi/api/transport.h"

/* What follows NAME= there; NULL: it has another name. */
static const char *value_of(const char *param, const char *name)
{
	while (*name != '\0' && *param == *name) {
		param++;
		name++;
	}
	return *name == '\0' && *param == '=' ? param + 1 : NULL;
}

const char *header_get(const struct transport *transport, const char *name, bool *twice)
{
	const char *value = NULL;

	for (const char *const *at = transport->params; *at != NULL; at++) {
		const char *found = value_of(*at, name);
		if (found == NULL)
			continue;
		if (value != NULL) {
			if (twice != NULL)
				*twice = true;
			return NULL;
		}
		value = found;
	}
	return value == NULL || *value == '\0' ? NULL : value;
}

/* At most 18 digits without a leading zero; else -1. */
static int64_t tag_version(const char *text, size_t n)
{
	if (n == 0 || n > 18 || strspn(text, "0123456789") < n)
		return -1;
	return text[0] == '0' && n > 1 ? -1 : strtoll(text, NULL, 10);
}

/* The next tag of a list, with what follows it in *text. False: it is not well-formed. */
static bool next_tag(const char **text, bool *is_weak, int64_t *version)
{
	const char *at = *text;

	*is_weak = strncmp(at, "W/", 2) == 0;
	at += *is_weak ? 2 : 0;
	size_t n = *at == '"' ? strcspn(at + 1, "\"") : 0;
	if (*at != '"' || at[n + 1] != '"')
		return false;
	*version = tag_version(at + 1, n);
	at += n + 2;
	at += strspn(at, " \t");
	*text = at + strspn(at, ", \t");
	return *at == ',' || *at == '\0';
}

struct ops_match header_match(const char *text, bool weak)
{
	struct ops_match match = {.given = text != NULL};

	if (text == NULL)
		return match;
	match.any = strcmp(text, "*") == 0;
	text += strspn(text, ", \t"); /* items of a list may be empty */
	while (!match.any && *text != '\0') {
		bool is_weak;
		int64_t version;
		if (!next_tag(&text, &is_weak, &version) || match.n == OPS_MATCH_MAX)
			return (struct ops_match){.given = true};
		if (version >= 0 && (weak || !is_weak))
			match.versions[match.n++] = version;
	}
	return match;
}

/* How close a range is to the type: 3 the type, 2 all of its kind, 1 all; 0 is another. */
static unsigned closeness(const char *range, size_t n, const char *type)
{
	size_t kind = strcspn(type, "/") + 1;

	if (n == strlen(type) && strncasecmp(range, type, n) == 0)
		return 3;
	if (n == kind + 1 && strncasecmp(range, type, kind) == 0 && range[kind] == '*')
		return 2;
	return n == 3 && memcmp(range, "*/*", n) == 0;
}

/* The weight among the parameters of a range, in thousandths; 1000 where there is none that can be read. */
static unsigned weight(const char *parameters, size_t n)
{
	const char *end = parameters + n, *at = parameters;
	unsigned thousandths = 0, place = 1000;

	while (at < end && !(strncasecmp(at, "q=", 2) == 0 && strchr("; \t", at[-1]) != NULL))
		at++;
	if (at == end || (at[2] != '0' && at[2] != '1'))
		return 1000;
	for (at += 2; at < end && place > 0 && (*at == '.' || (*at >= '0' && *at <= '9')); at++) {
		if (*at == '.')
			continue;
		thousandths += (unsigned)(*at - '0') * place;
		place /= 10;
	}
	return thousandths > 1000 ? 1000 : thousandths;
}

unsigned header_accepts(const char *accept, const char *type)
{
	unsigned closest = 0, weighs = 0;

	while (accept != NULL && *accept != '\0') {
		accept += strspn(accept, ", \t");
		size_t range = strcspn(accept, ",; \t"), all = strcspn(accept, ",");
		unsigned close = closeness(accept, range, type);
		if (close > closest) {
			closest = close;
			weighs = weight(accept + range, all - range);
		}
		accept += all;
	}
	return weighs == 0 ? 0 : weighs * 4 + closest;
}

bool header_cookie(const char *cookies, const char *name, char *out, size_t room)
{
	size_t n = strlen(name);

	while (cookies != NULL && *cookies != '\0') {
		cookies += strspn(cookies, "; \t");
		size_t length = strcspn(cookies, ";");
		if (length > n && strncmp(cookies, name, n) == 0 && cookies[n] == '=') {
			if (length - n > room)
				return false;
			memcpy(out, cookies + n + 1, length - n - 1);
			out[length - n - 1] = '\0';
			return true;
		}
		cookies += length;
	}
	return false;
}

bool header_scheme(const char *text, const char *scheme, const char **rest)
{
	size_t n = strlen(scheme);

	if (strncasecmp(text, scheme, n) != 0 || text[n] != ' ')
		return false;
	*rest = text + n + strspn(text + n, " ");
	return true;
}

static int digit64(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

bool header_basic(const char *base64, char *out, size_t room, const char **login, const char **password)
{
	size_t n = 0, length = strlen(base64);
	unsigned bits = 0, held = 0;

	while (length > 0 && base64[length - 1] == '=')
		length--;
	for (size_t i = 0; i < length; i++) {
		int digit = digit64(base64[i]);
		if (digit < 0 || n + 1 >= room)
			return false;
		held = (held << 6 | (unsigned)digit) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (char)(held >> bits & 0xff);
		}
	}
	out[n] = '\0';
	char *colon = strchr(out, ':');
	if (colon == NULL || strlen(out) != n)
		return false;
	*colon = '\0';
	*login = out;
	*password = colon + 1;
	return true;
}
