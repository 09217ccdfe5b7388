#include "fcgi/notifier/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/notifier/post.h"
#include "fcgi/notifier/shared.h"
#include "fcgi/notifier/text.h"

enum { ROOM = 1024 };

struct outbox {
	struct poster *poster;
	size_t n;
	struct post posts[ROOM];
	struct piece pieces[ROOM]; /* as added; shared is NULL for a rest */
	struct piece *sending[ROOM];
	void *receivers[ROOM];
};

struct piece *piece_keep(const struct piece *of)
{
	struct piece *p = text_need(malloc(sizeof(*p)));
	*p = *of;
	shared_keep(p->shared);
	return p;
}

void piece_free(struct piece *p)
{
	if (!p)
		return;
	shared_drop(p->shared);
	free(p);
}

bool piece_whole(const struct piece *p)
{
	return p->at == p->shared->n + p->n_id;
}

struct outbox *outbox_new(void)
{
	struct outbox *o = text_need(calloc(1, sizeof(*o)));
	o->poster = poster_new();
	if (o->poster)
		return o;
	free(o);
	return NULL;
}

void outbox_free(struct outbox *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->n; i++)
		shared_drop(o->pieces[i].shared);
	poster_free(o->poster);
	free(o);
}

bool outbox_full(const struct outbox *o)
{
	return o->n == ROOM;
}

bool outbox_empty(const struct outbox *o)
{
	return !o->n;
}

void outbox_add(struct outbox *o, void *receiver, struct shared *s, const char *id)
{
	struct piece *p = &o->pieces[o->n];
	o->receivers[o->n++] = receiver;
	p->shared = s ? shared_keep(s) : NULL;
	p->at = 0;
	p->n_id = s && s->cut ? strlen(id) : 0;
	memcpy(p->id, id, p->n_id);
}

/* The parts of a piece that are left. */
static void point(struct post *post, struct piece *p)
{
	struct shared *s = p->shared;
	const struct iovec whole[3] = {
		{s->bytes, s->cut},
		{p->id, p->n_id},
		{s->bytes + s->cut, s->n - s->cut},
	};
	size_t skip = p->at;
	for (size_t i = 0; i < 3; i++) {
		size_t n = whole[i].iov_len;
		if (n > skip)
			post->parts[post->n_parts++] = (struct iovec){(char *)whole[i].iov_base + skip,
								      n - skip};
		skip = skip > n ? skip - n : 0;
	}
}

static void address(struct outbox *o, size_t i, const struct outbox_user *user)
{
	struct piece *rest = NULL;
	int fd = user->where(o->receivers[i], &rest);
	o->posts[i] = (struct post){.fd = fd};
	o->sending[i] = rest ? rest : &o->pieces[i];
	if (fd >= 0)
		point(&o->posts[i], o->sending[i]);
}

void outbox_send(struct outbox *o, const struct outbox_user *user)
{
	size_t n = o->n;
	for (size_t i = 0; i < n; i++)
		address(o, i, user);
	poster_send(o->poster, o->posts, n);
	for (size_t i = 0; i < n; i++) {
		if (o->posts[i].fd >= 0)
			user->sent(o->receivers[i], o->sending[i], o->posts[i].sent);
		shared_drop(o->pieces[i].shared);
	}
	o->n = 0;
}
