#include "fcgi/notifier/shared.h"

#include <stdlib.h>

#include <event2/buffer.h>

#include "fcgi/notifier/text.h"

struct shared *shared_new(char *bytes, size_t n)
{
	struct shared *s = text_need(malloc(sizeof(*s)));
	*s = (struct shared){.refs = 1, .n = n, .bytes = bytes};
	return s;
}

struct shared *shared_keep(struct shared *s)
{
	s->refs++;
	return s;
}

void shared_drop(struct shared *s)
{
	if (!s || --s->refs)
		return;
	free(s->bytes);
	free(s);
}

static void sent(const void *bytes, size_t n, void *arg)
{
	(void)bytes;
	(void)n;
	shared_drop(arg);
}

void shared_append(struct shared *s, struct evbuffer *out)
{
	if (evbuffer_add_reference(out, s->bytes, s->n, sent, shared_keep(s)))
		text_need(NULL);
}
