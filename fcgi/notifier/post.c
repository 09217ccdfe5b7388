#include "fcgi/notifier/post.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fcgi/notifier/text.h"

enum {
	WORTH_SHARING = 64, /* waking the other thread costs what five sends do */
	CLAIM = 8,          /* few enough that a thread which loses its processor holds up next to nothing */
	SMALL = 2048        /* bytes that are put together before they are sent */
};

struct poster {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct post *posts; /* this batch */
	size_t n;
	atomic_size_t claimed; /* of these; at least n: nothing is left to claim */
	bool open;             /* the other thread may claim too */
	bool helping;          /* and does */
	bool over;
};

/* One piece is sent in less time than several, and is put together in no time. */
static ssize_t send_whole(const struct post *post, size_t n)
{
	char bytes[SMALL], *at = bytes;
	for (size_t i = 0; i < post->n_parts; i++)
		at = mempcpy(at, post->parts[i].iov_base, post->parts[i].iov_len);
	return send(post->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static ssize_t send_parts(struct post *post)
{
	struct msghdr message = {.msg_iov = post->parts, .msg_iovlen = post->n_parts};
	return sendmsg(post->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void send_one(struct post *post)
{
	size_t n = 0;
	for (size_t i = 0; i < post->n_parts; i++)
		n += post->parts[i].iov_len;
	do
		post->sent = n > SMALL ? send_parts(post) : send_whole(post, n);
	while (post->sent < 0 && errno == EINTR);
	if (post->sent < 0)
		post->sent = -errno;
}

static void send_some(struct post *posts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		send_one(&posts[i]);
}

/* Until nothing is left. Whoever has the processor sends: it is not known which of the two will have one. */
static void send_claims(struct poster *p)
{
	size_t at;
	while ((at = atomic_fetch_add(&p->claimed, CLAIM)) < p->n)
		send_some(p->posts + at, p->n - at < CLAIM ? p->n - at : CLAIM);
}

static void *run(void *arg)
{
	struct poster *p = arg;
	pthread_mutex_lock(&p->lock);
	while (!p->over) {
		if (p->open) {
			p->open = false;
			p->helping = true;
			pthread_mutex_unlock(&p->lock);
			send_claims(p);
			pthread_mutex_lock(&p->lock);
			p->helping = false;
			pthread_cond_signal(&p->changed);
		} else {
			pthread_cond_wait(&p->changed, &p->lock);
		}
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Signals are for the loop's thread. */
static bool start(struct poster *p)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool started = !pthread_create(&p->thread, NULL, run, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

struct poster *poster_new(void)
{
	struct poster *p = text_need(calloc(1, sizeof(*p)));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	if (start(p))
		return p;
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
	return NULL;
}

void poster_free(struct poster *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->over = true;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static void open_up(struct poster *p, struct post *posts, size_t n)
{
	pthread_mutex_lock(&p->lock);
	p->posts = posts;
	p->n = n;
	atomic_store(&p->claimed, 0);
	p->open = true;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

/* The other thread has what it claimed to end, or comes too late to claim. */
static void close_up(struct poster *p)
{
	pthread_mutex_lock(&p->lock);
	p->open = false;
	while (p->helping)
		pthread_cond_wait(&p->changed, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void poster_send(struct poster *p, struct post *posts, size_t n)
{
	if (n < WORTH_SHARING) {
		send_some(posts, n);
		return;
	}
	open_up(p, posts, n);
	send_claims(p);
	close_up(p);
}
