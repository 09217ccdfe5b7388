#include "fcgi/notifier/shared.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/text.h"

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{200, "OK"},        {400, "Bad Request"},        {401, "Unauthorized"},
	{403, "Forbidden"}, {404, "Not Found"},          {405, "Method Not Allowed"},
	{413, "Content Too Large"}, {503, "Service Unavailable"},
};

struct shared *shared_new(const char *bytes, size_t n)
{
	struct shared *s = text_need(malloc(sizeof(*s) + n));
	*s = (struct shared){.refs = 1, .n = n};
	memcpy(s->bytes, bytes, n);
	return s;
}

struct shared *shared_keep(struct shared *s)
{
	s->refs++;
	return s;
}

void shared_drop(struct shared *s)
{
	if (s && !--s->refs)
		free(s);
}

static const char *reason_of(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Error";
}

struct shared *shared_answer(int status, const char *content_type, const char *more, const struct text *body)
{
	struct text t = {0};
	text_format(&t, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n", status, reason_of(status), content_type);
	text_put(&t, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
	text_put(&t, more);
	if (body)
		text_format(&t, "Content-Length: %zu\r\n", body->n);
	else
		text_put(&t, "Connection: close\r\n");
	text_put(&t, "X-Request-Id: ");
	size_t cut = t.n;
	text_put(&t, "\r\n\r\n");
	if (body && body->n)
		text_add(&t, body->at, body->n);
	struct shared *s = shared_new(t.at, t.n);
	s->cut = cut;
	text_free(&t);
	return s;
}
