#include "fcgi/notifier/post.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "fcgi/notifier/text.h"

/* Waking the other thread costs what five sends do. */
enum { WORTH_SHARING = 64 };

struct poster {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct post *posts; /* the other thread's half; NULL: it is done */
	size_t n;
	bool over;
};

static void send_some(struct post *posts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct msghdr message = {.msg_iov = posts[i].parts, .msg_iovlen = posts[i].n_parts};
		do
			posts[i].sent = sendmsg(posts[i].fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
		while (posts[i].sent < 0 && errno == EINTR);
		if (posts[i].sent < 0)
			posts[i].sent = -errno;
	}
}

static void *run(void *arg)
{
	struct poster *p = arg;
	pthread_mutex_lock(&p->lock);
	while (!p->over) {
		if (p->posts) {
			pthread_mutex_unlock(&p->lock);
			send_some(p->posts, p->n);
			pthread_mutex_lock(&p->lock);
			p->posts = NULL;
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

static void hand_over(struct poster *p, struct post *posts, size_t n)
{
	pthread_mutex_lock(&p->lock);
	p->posts = posts;
	p->n = n;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

static void wait_for_it(struct poster *p)
{
	pthread_mutex_lock(&p->lock);
	while (p->posts)
		pthread_cond_wait(&p->changed, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void poster_send(struct poster *p, struct post *posts, size_t n)
{
	size_t ours = n < WORTH_SHARING ? n : n / 2;
	if (ours < n)
		hand_over(p, posts + ours, n - ours);
	send_some(posts, ours);
	if (ours < n)
		wait_for_it(p);
}
