#include "workerlib/fail.h"

#include <stdarg.h>
#include <string.h>

#include "workerlib/core/utf8.h"

/* A cut must not leave half a character. */
static size_t whole_characters(const char *text, size_t n)
{
	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
		n--;
	return n;
}

/* Callers, libraries in their own language and servers give parts that may be anything. */
static void mend_utf8(char *text, size_t n)
{
	const char *at = text, *end = text + n;
	uint32_t character;

	while (at < end)
		if (!utf8_next(&at, end, &character))
			text[at++ - text] = '?';
}

int fail(cvn_error *e, int code, ...)
{
	const char *part;
	size_t at = 0;
	va_list parts;

	if (!e)
		return code;
	e->code = code;
	va_start(parts, code);
	while ((part = va_arg(parts, const char *)) != NULL) {
		size_t n = strlen(part), room = sizeof(e->detail) - 1 - at;
		if (n > room)
			n = whole_characters(part, room);
		memcpy(e->detail + at, part, n);
		at += n;
	}
	va_end(parts);
	e->detail[at] = '\0';
	mend_utf8(e->detail, at);
	return code;
}

int fail_memory(cvn_error *e)
{
	return fail(e, CVN_E_NO_MEMORY, "out of memory", NULL);
}

void fail_one_line(cvn_error *e)
{
	size_t n;

	if (!e)
		return;
	n = strlen(e->detail);
	while (n > 0 && (unsigned char)e->detail[n - 1] <= ' ')
		e->detail[--n] = '\0';
	for (char *at = e->detail; *at; at++)
		if ((unsigned char)*at < ' ')
			*at = ' ';
}
