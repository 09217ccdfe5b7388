#include "workerlib/core/code.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

struct row {
	const char *name;
	const char *message;
};

static const struct row rows[CODE_COUNT] = {
#define CODE_ROW(code, name, message) [code] = { name, message },
	CODE_TABLE(CODE_ROW)
#undef CODE_ROW
};

static const struct row *row_of(enum code code)
{
	return &rows[(unsigned)code < CODE_COUNT ? code : CODE_INTERNAL];
}

const char *code_name(enum code code)
{
	return row_of(code)->name;
}

const char *code_message(enum code code)
{
	return row_of(code)->message;
}

enum code code_from_name(const char *name)
{
	unsigned i;

	for (i = 0; i < CODE_COUNT; i++)
		if (strcmp(rows[i].name, name) == 0)
			return (enum code)i;
	return CODE_INTERNAL;
}

/* How much of n bytes at text fits into room without cutting a character in two. */
static size_t fitting(const char *text, size_t n, size_t room)
{
	if (n <= room)
		return n;
	while (room > 0 && ((unsigned char)text[room] & 0xc0) == 0x80)
		room--;
	return room;
}

enum code code_error(struct error *e, enum code code, ...)
{
	const size_t room = e ? sizeof(e->detail) - 1 : 0;
	size_t used = 0;
	const char *part;
	va_list parts;

	if (!e)
		return code;
	e->code = code;
	va_start(parts, code);
	while ((part = va_arg(parts, const char *)) != NULL) {
		const size_t n = strlen(part);
		const size_t fits = fitting(part, n, room - used);

		/* Parts may lie in the detail itself, when a caller puts words around it. */
		memmove(e->detail + used, part, fits);
		used += fits;
		if (fits < n)
			break;
	}
	va_end(parts);
	e->detail[used] = '\0';
	return code;
}

enum code code_refuse(struct error *e, enum code code)
{
	return code_error(e, code, code_message(code), NULL);
}
