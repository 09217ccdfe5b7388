#include "workerlib/report.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(struct report_text *t, size_t n)
{
	size_t room = t->room ? t->room : 256;
	char *bytes;

	while (room - t->n <= n)
		room *= 2;
	if (room == t->room)
		return true;
	bytes = realloc(t->bytes, room);
	if (!bytes)
		return false;
	t->bytes = bytes;
	t->room = room;
	return true;
}

void report_put(void *text, const char *bytes, size_t n)
{
	struct report_text *t = text;

	if (t->failed || !make_room(t, n)) {
		t->failed = true;
		return;
	}
	memcpy(t->bytes + t->n, bytes, n);
	t->n += n;
	t->bytes[t->n] = '\0';
}

static void text_free(struct report_text *t)
{
	free(t->bytes);
	*t = (struct report_text){0};
}

void report_free(struct report *r)
{
	text_free(&r->pending);
	text_free(&r->restart_required);
	text_free(&r->rejected);
}
