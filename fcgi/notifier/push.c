#include "fcgi/notifier/push.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <event2/event.h>

#include "fcgi/notifier/text.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/proc/log.h"

enum { TIMEOUT_MS = 2000, CONNECTIONS = 4, UNDER_WAY = 1024 };

struct push {
	struct event_base *base;
	const struct log *log;
	CURLM *multi;
	struct event *timer;
	char *url;
	struct job *jobs;
	size_t under_way;
	uint64_t failures;
	bool failing; /* and that was said */
	void (*deleted)(void *arg, const char *worker);
	void *arg;
};

/* One request. */
struct job {
	struct job *next, *previous;
	struct push *push;
	CURL *easy;
	struct curl_slist *headers;
	char *deletes; /* the worker whose group it deletes, or NULL */
	char error[CURL_ERROR_SIZE];
};

/* A socket that libcurl wants to have watched. */
struct watch {
	struct push *push;
	struct event *event;
};

static size_t discard(char *bytes, size_t size, size_t n, void *arg)
{
	(void)bytes;
	(void)arg;
	return size * n;
}

/* base64 for paths; the gateway wants it for any value, since "/" and "" have no other spelling. */
static void base64(struct text *t, const char *value)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t n = strlen(value);
	for (size_t i = 0; i < n; i += 3) {
		unsigned bits = 0;
		size_t have = n - i < 3 ? n - i : 3;
		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < have ? (unsigned char)value[i + k] : 0);
		for (size_t k = 0; k <= 3; k++)
			text_add(t, k <= have ? &digits[bits >> (18 - 6 * k) & 63] : "=", 1);
	}
	if (!n)
		text_put(t, "=");
}

void push_path(struct text *t, const char *worker)
{
	text_put(t, "/metrics/job/cvn_config");
	if (!worker)
		return;
	text_put(t, "/worker@base64/");
	base64(t, worker);
}

/* -- outcomes -- */

static void fail(struct push *p, const char *reason)
{
	p->failures++;
	if (p->failing)
		return;
	p->failing = true;
	log_line(p->log, LOG_LEVEL_WARNING, "push_failed",
		 (struct log_member[]){{.name = "reason", .text = reason}, {0}});
}

static void succeed(struct push *p, const struct job *j)
{
	if (p->failing)
		log_line(p->log, LOG_LEVEL_INFO, "push_works_again", (struct log_member[]){{0}});
	p->failing = false;
	if (j->deletes && p->deleted)
		p->deleted(p->arg, j->deletes);
}

static void job_free(struct job *j)
{
	struct push *p = j->push;
	*(j->previous ? &j->previous->next : &p->jobs) = j->next;
	if (j->next)
		j->next->previous = j->previous;
	p->under_way--;
	curl_multi_remove_handle(p->multi, j->easy);
	curl_easy_cleanup(j->easy);
	curl_slist_free_all(j->headers);
	free(j->deletes);
	free(j);
}

static void job_done(struct job *j, CURLcode result)
{
	struct push *p = j->push;
	long status = 0;
	char answer[48];
	curl_easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &status);
	snprintf(answer, sizeof(answer), "the gateway answered %ld", status);
	if (result != CURLE_OK)
		fail(p, *j->error ? j->error : curl_easy_strerror(result));
	else if (status < 200 || status > 299)
		fail(p, answer);
	else
		succeed(p, j);
	job_free(j);
}

static void collect(struct push *p)
{
	const CURLMsg *m;
	int left;
	while ((m = curl_multi_info_read(p->multi, &left))) {
		char *job;
		CURLcode result = m->data.result;
		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &job);
		job_done((struct job *)(void *)job, result);
	}
}

/* -- libcurl in libevent -- */

static void act(struct push *p, curl_socket_t fd, int what)
{
	int running;
	curl_multi_socket_action(p->multi, fd, what, &running);
	collect(p);
}

static void on_io(evutil_socket_t fd, short what, void *arg)
{
	const struct watch *w = arg;
	act(w->push, fd, (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct push *p = arg;
	struct timeval after = tick_interval(ms);
	(void)multi;
	if (ms < 0)
		event_del(p->timer);
	else
		event_add(p->timer, &after);
	return 0;
}

static int set_watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	struct push *p = arg;
	struct watch *w = known;
	(void)easy;
	if (w)
		event_free(w->event);
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(p->multi, fd, NULL);
		free(w);
		return 0;
	}
	if (!w) {
		w = text_need(calloc(1, sizeof(*w)));
		w->push = p;
		curl_multi_assign(p->multi, fd, w);
	}
	short flags = (short)(EV_PERSIST | (what & CURL_POLL_IN ? EV_READ : 0) |
			      (what & CURL_POLL_OUT ? EV_WRITE : 0));
	w->event = text_need(event_new(p->base, fd, flags, on_io, w));
	event_add(w->event, NULL);
	return 0;
}

struct push *push_new(struct event_base *base, const char *url, const struct log *log)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return NULL;
	struct push *p = text_need(calloc(1, sizeof(*p)));
	struct text copy = {0};
	if (url)
		text_put(&copy, url);
	while (copy.n && copy.at[copy.n - 1] == '/')
		copy.at[--copy.n] = '\0';
	p->url = url ? text_take(&copy) : NULL;
	p->base = base;
	p->log = log;
	p->timer = text_need(event_new(base, -1, 0, on_timer, p));
	p->multi = text_need(curl_multi_init());
	curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, set_watch);
	curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p);
	curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p);
	curl_multi_setopt(p->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)CONNECTIONS);
	return p;
}

void push_free(struct push *p)
{
	if (!p)
		return;
	while (p->jobs)
		job_free(p->jobs);
	curl_multi_cleanup(p->multi);
	event_free(p->timer);
	free(p->url);
	free(p);
	curl_global_cleanup();
}

static struct job *job_new(struct push *p)
{
	struct job *j = text_need(calloc(1, sizeof(*j)));
	j->push = p;
	j->easy = text_need(curl_easy_init());
	j->next = p->jobs;
	if (j->next)
		j->next->previous = j;
	p->jobs = j;
	p->under_way++;
	return j;
}

/* NULL: too much is under way. */
static struct job *start(struct push *p, const char *method, const char *worker, const struct text *body)
{
	struct text url = {0};
	if (p->under_way >= UNDER_WAY) {
		fail(p, "the gateway is too slow: too many pushes are under way");
		return NULL;
	}
	struct job *j = job_new(p);
	text_put(&url, p->url);
	push_path(&url, worker);
	j->headers = text_need(curl_slist_append(NULL, "Content-Type: text/plain; version=0.0.4"));
	j->headers = text_need(curl_slist_append(j->headers, "Expect:"));
	curl_easy_setopt(j->easy, CURLOPT_URL, url.at);
	curl_easy_setopt(j->easy, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(j->easy, CURLOPT_HTTPHEADER, j->headers);
	curl_easy_setopt(j->easy, CURLOPT_POSTFIELDSIZE, (long)(body ? body->n : 0));
	curl_easy_setopt(j->easy, CURLOPT_COPYPOSTFIELDS, body && body->at ? body->at : "");
	curl_easy_setopt(j->easy, CURLOPT_WRITEFUNCTION, discard);
	curl_easy_setopt(j->easy, CURLOPT_ERRORBUFFER, j->error);
	curl_easy_setopt(j->easy, CURLOPT_PRIVATE, j);
	curl_easy_setopt(j->easy, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
	curl_easy_setopt(j->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(j->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(j->easy, CURLOPT_NOPROXY, "127.0.0.1,localhost");
	curl_multi_add_handle(p->multi, j->easy);
	text_free(&url);
	return j;
}

bool push_put(struct push *p, const char *worker, const struct text *body)
{
	return !p->url || start(p, "PUT", worker, body);
}

bool push_delete(struct push *p, const char *worker)
{
	struct text copy = {0};
	struct job *j = p->url ? start(p, "DELETE", worker, NULL) : NULL;
	if (!p->url)
		return true;
	if (!j)
		return false;
	if (worker) {
		text_put(&copy, worker);
		j->deletes = text_take(&copy);
	}
	return true;
}

void push_on_deleted(struct push *p, void (*deleted)(void *arg, const char *worker), void *arg)
{
	p->deleted = deleted;
	p->arg = arg;
}

bool push_idle(const struct push *p)
{
	return !p->under_way;
}

uint64_t push_failures(const struct push *p)
{
	return p->failures;
}
