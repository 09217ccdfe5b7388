#include "fcgi/notifier/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *text_need(void *p)
{
	static const char last_words[] = "{\"level\":\"error\",\"event\":\"no_memory\"}\n";
	if (!p) {
		fputs(last_words, stderr);
		abort();
	}
	return p;
}

static void reserve(struct text *t, size_t more)
{
	size_t wanted = t->n + more + 1;
	if (wanted <= t->room)
		return;
	size_t room = t->room ? t->room : 128;
	while (room < wanted)
		room *= 2;
	t->at = text_need(realloc(t->at, room));
	t->room = room;
}

void text_add(struct text *t, const char *bytes, size_t n)
{
	reserve(t, n);
	memcpy(t->at + t->n, bytes, n);
	t->n += n;
	t->at[t->n] = '\0';
}

void text_put(struct text *t, const char *string)
{
	text_add(t, string, strlen(string));
}

void text_format(struct text *t, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n > 0) {
		reserve(t, (size_t)n);
		t->n += (size_t)vsnprintf(t->at + t->n, (size_t)n + 1, format, again);
	}
	va_end(again);
}

void text_clear(struct text *t)
{
	t->n = 0;
	if (t->at)
		t->at[0] = '\0';
}

void text_free(struct text *t)
{
	free(t->at);
	*t = (struct text){0};
}

char *text_take(struct text *t)
{
	reserve(t, 0);
	char *at = t->at;
	*t = (struct text){0};
	return at;
}

static void sink(void *arg, const char *bytes, size_t n)
{
	text_add(arg, bytes, n);
}

void text_json(struct text *t, struct canon *json)
{
	canon_start(json, sink, t);
}

void text_member_number(struct canon *json, const char *name, int64_t number)
{
	canon_key(json, name);
	canon_integer(json, number);
}
