#include "fcgi/notifier/visit.h"

#include <stdlib.h>

#include "fcgi/notifier/outbox.h"
#include "fcgi/notifier/problem.h"
#include "fcgi/notifier/shared.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "workerlib/core/name.h"

static struct visit *visit_of(struct line *l)
{
	return (struct visit *)(void *)l;
}

struct visit *visit_new(const struct door_entrance *entrance)
{
	struct visit *v = text_need(calloc(1, sizeof(*v)));
	v->entrance = entrance;
	v->stem = tick_random();
	return v;
}

void visit_closed(struct line *l)
{
	struct visit *v = visit_of(l);
	free(v->id);
	free(v);
}

/* The caller's id when it is one. */
void visit_begin(struct visit *v, const struct http_request *request)
{
	struct http_slice id = request ? request->headers[HTTP_REQUEST_ID] : (struct http_slice){0};
	v->owner = NULL;
	v->arg = NULL;
	v->head_only = request && http_is(request->method, "HEAD");
	if (id.at && name_is_id(id.at, id.n)) {
		struct text copy = {0};
		text_add(&copy, id.at, id.n);
		v->id = text_take(&copy);
	}
}

void visit_park(struct visit *v, const struct visit_owner *owner, void *arg)
{
	v->owner = owner;
	v->arg = arg;
}

void visit_wait(struct visit *v, int64_t ms)
{
	line_wait(&v->line, ms);
}

static char *write_hex(char *at, uint64_t n)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[n >> shift & 15];
	return at;
}

/* Made while a thousand others wait for their answer: so it asks the kernel for nothing. */
static const char *id_of(struct visit *v, char made[PIECE_ID])
{
	if (v->id)
		return v->id;
	*write_hex(write_hex(made, v->stem), ++v->made) = '\0';
	return made;
}

static void finish(struct visit *v)
{
	v->owner = NULL;
	v->question = NULL;
	free(v->id);
	v->id = NULL;
}

/* To HEAD goes what GET would be told, without the body. */
static struct shared *head_of(const struct shared *whole)
{
	static const char end[] = "\r\n\r\n";
	struct shared *head = shared_new(whole->bytes, whole->cut + sizeof(end) - 1);
	head->cut = whole->cut;
	head->last = whole->last;
	return head;
}

void visit_reply(struct visit *v, struct shared *answer)
{
	char made[PIECE_ID];
	struct shared *said = v->head_only ? head_of(answer) : shared_keep(answer);
	line_answer(&v->line, said, id_of(v, made));
	shared_drop(said);
	finish(v);
}

static void reply(struct visit *v, int status, const char *content_type, const char *more,
		  const struct text *body)
{
	struct shared *answer = shared_answer(status, content_type, more, body);
	visit_reply(v, answer);
	shared_drop(answer);
}

void visit_reply_text(struct visit *v, int status, const char *content_type, const struct text *body)
{
	reply(v, status, content_type, "", body);
}

static const char *hints_of(enum code code)
{
	static const struct {
		enum code code;
		const char *hint;
	} hints[] = {
		{CODE_METHOD_NOT_ALLOWED, "Allow: GET\r\n"},
		{CODE_UNAVAILABLE, "Retry-After: 1\r\n"},
		{CODE_UNAUTHENTICATED, "WWW-Authenticate: Bearer realm=\"cvn\"\r\n"},
	};
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (hints[i].code == code)
			return hints[i].hint;
	return "";
}

void visit_problem(struct visit *v, enum code code, const char *detail)
{
	struct text body = {0}, more = {0};
	char made[PIECE_ID];
	if (!v->id) { /* the body names it too */
		struct text copy = {0};
		text_put(&copy, id_of(v, made));
		v->id = text_take(&copy);
	}
	problem_write(&body, code, detail, v->id);
	text_put(&more, hints_of(code));
	if (v->line.ending)
		text_put(&more, "Connection: close\r\n");
	reply(v, problem_status(code), "application/problem+json", more.at, &body);
	text_free(&more);
	text_free(&body);
}

void visit_write(struct visit *v, struct shared *part)
{
	char made[PIECE_ID];
	line_write(&v->line, part, part->cut ? id_of(v, made) : "");
}

void visit_cut(struct visit *v)
{
	finish(v);
	line_cut(&v->line);
}

void visit_gone(struct line *l)
{
	struct visit *v = visit_of(l);
	const struct visit_owner *owner = v->owner;
	finish(v);
	if (owner)
		owner->gone(v->arg);
}

void visit_late(struct line *l)
{
	struct visit *v = visit_of(l);
	if (v->owner && v->owner->late)
		v->owner->late(v->arg);
}

void visit_sent(struct line *l)
{
	struct visit *v = visit_of(l);
	if (v->owner && v->owner->taken)
		v->owner->taken(v->arg);
}
