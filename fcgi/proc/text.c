#include "fcgi/proc/text.h"

#include <stdlib.h>
#include <string.h>

static void grow(struct text *text, size_t least)
{
	size_t room = text->room < 256 ? 256 : text->room;

	while (room < least)
		room *= 2;
	char *bytes = realloc(text->bytes, room);
	if (bytes == NULL)
		abort();
	text->bytes = bytes;
	text->room = room;
}

void text_put(void *arg, const char *bytes, size_t n)
{
	struct text *text = arg;

	if (text->n + n + 1 > text->room)
		grow(text, text->n + n + 1);
	memcpy(text->bytes + text->n, bytes, n);
	text->n += n;
	text->bytes[text->n] = '\0';
}

void text_add(struct text *text, const char *words)
{
	text_put(text, words, strlen(words));
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){.bytes = NULL};
}
