#include "workerlib/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "workerlib/clock.h"
#include "workerlib/fail.h"

enum { CONNECT_MS = 3000, ANSWER_MAX = 16 << 20, SOCKETS = 16, KEEPALIVE_IDLE_S = 5, KEEPALIVE_EVERY_S = 2 };

struct slot {
	CURL *easy; /* NULL: free */
	char *body; /* what is posted */
	struct http_answer answer;
	size_t room;
	int64_t deadline;
	char why[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi; /* NULL: nothing was asked since the last hanging up */
	struct curl_slist *headers;
	struct slot slots[HTTP_SLOTS];
	int epoll_fd;
	int64_t deadline;
	int sockets[SOCKETS]; /* libcurl's, to be let go of in a child; -1: none */
	http_done *done;
	void *arg;
	bool global; /* libcurl is initialised, once for each of us */
};

/* ---- libcurl's sockets in our epoll ---- */

static void remember(struct http *h, int old, int fd)
{
	for (int i = 0; i < SOCKETS; i++)
		if (h->sockets[i] == old) {
			h->sockets[i] = fd;
			return;
		}
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

	(void)purpose;
	if (fd >= 0)
		remember(arg, -1, fd);
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* Taken out by hand: a child that was forked may still hold it, and then closing it here does not. */
static int close_socket(void *arg, curl_socket_t fd)
{
	struct http *h = arg;
	struct epoll_event unused = {0};

	(void)epoll_ctl(h->epoll_fd, EPOLL_CTL_DEL, fd, &unused);
	remember(h, fd, -1);
	return close(fd);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	const struct http *h = arg;
	struct epoll_event event = {.data.fd = fd};

	(void)easy;
	(void)known;
	if (what & CURL_POLL_IN)
		event.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		event.events |= EPOLLOUT;
	if (what == CURL_POLL_REMOVE)
		(void)epoll_ctl(h->epoll_fd, EPOLL_CTL_DEL, fd, &event);
	else if (epoll_ctl(h->epoll_fd, EPOLL_CTL_MOD, fd, &event) != 0)
		return epoll_ctl(h->epoll_fd, EPOLL_CTL_ADD, fd, &event);
	return 0;
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct http *h = arg;

	(void)multi;
	h->deadline = ms < 0 ? CLOCK_NEVER : clock_ms() + ms;
	return 0;
}

/* ---- a request ---- */

/* Two bytes more than asked for, so that there is a NUL behind the text. */
static bool make_room(struct slot *s, size_t n)
{
	size_t room = s->room ? s->room : 4096;
	char *body;

	while (room - s->answer.n <= n)
		room *= 2;
	if (room == s->room)
		return true;
	body = realloc(s->answer.body, room);
	if (!body)
		return false;
	s->answer.body = body;
	s->room = room;
	return true;
}

static size_t take_bytes(char *bytes, size_t size, size_t n, void *arg)
{
	struct slot *s = arg;

	n *= size;
	if (n > ANSWER_MAX - s->answer.n)
		return 0; /* which libcurl takes for a failed write */
	s->answer.no_memory = !make_room(s, n);
	if (s->answer.no_memory)
		return 0;
	memcpy(s->answer.body + s->answer.n, bytes, n);
	s->answer.n += n;
	s->answer.body[s->answer.n] = '\0';
	return n;
}

/* Frees what a request holds. */
static void slot_clear(struct http *h, struct slot *s)
{
	if (s->easy && h->multi)
		curl_multi_remove_handle(h->multi, s->easy);
	curl_easy_cleanup(s->easy);
	free(s->body);
	free(s->answer.body);
	*s = (struct slot){0};
}

#define SET(option, value) (curl_easy_setopt(s->easy, option, value) == CURLE_OK)

static bool set_safety(struct slot *s, struct http *h)
{
	return SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_PROTOCOLS_STR, "http,https") &&
	       SET(CURLOPT_PROXY, "") && SET(CURLOPT_FOLLOWLOCATION, 0L) && SET(CURLOPT_SSL_VERIFYPEER, 1L) &&
	       SET(CURLOPT_SSL_VERIFYHOST, 2L) && SET(CURLOPT_QUICK_EXIT, 1L) &&
	       SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
	       SET(CURLOPT_OPENSOCKETFUNCTION, open_socket) && SET(CURLOPT_OPENSOCKETDATA, h) &&
	       SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket) && SET(CURLOPT_CLOSESOCKETDATA, h);
}

/* The time for an answer is ours: libcurl would give up one that has come, when it is called late. */
static bool set_patience(struct slot *s)
{
	return SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) && SET(CURLOPT_TCP_KEEPALIVE, 1L) &&
	       SET(CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S) &&
	       SET(CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_EVERY_S);
}

static bool set_request(struct slot *s, struct http *h, const struct http_request *request)
{
	return SET(CURLOPT_URL, request->url) && SET(CURLOPT_PATH_AS_IS, 1L) &&
	       SET(CURLOPT_HTTPHEADER, h->headers) &&
	       SET(CURLOPT_USERAGENT, "cvnworker") && SET(CURLOPT_PRIVATE, (char *)s) &&
	       SET(CURLOPT_ERRORBUFFER, s->why) && SET(CURLOPT_WRITEFUNCTION, take_bytes) &&
	       SET(CURLOPT_WRITEDATA, s) &&
	       (!s->body || (SET(CURLOPT_POST, 1L) && SET(CURLOPT_POSTFIELDSIZE, (long)strlen(s->body)) &&
			     SET(CURLOPT_POSTFIELDS, s->body)));
}

#undef SET

static bool open_multi(struct http *h)
{
	if (h->multi)
		return true;
	h->multi = curl_multi_init();
	return h->multi && curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK &&
	       curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h) == CURLM_OK &&
	       curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK &&
	       curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h) == CURLM_OK;
}

static void run_timer(struct http *h)
{
	int running;

	h->deadline = CLOCK_NEVER;
	curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

bool http_ask(struct http *h, int slot, const struct http_request *request)
{
	struct slot *s = &h->slots[slot];

	slot_clear(h, s);
	if (request->body)
		s->body = strdup(request->body);
	s->deadline = clock_ms() + request->timeout_ms;
	s->easy = curl_easy_init();
	if (s->easy && (s->body || !request->body) && open_multi(h) && set_safety(s, h) &&
	    set_patience(s) && set_request(s, h, request) &&
	    curl_multi_add_handle(h->multi, s->easy) == CURLM_OK) {
		/*
		 * Where a connection is there,
		 * the request leaves now and not in a next turn, which may be late.
		 */
		run_timer(h);
		return true;
	}
	slot_clear(h, s);
	return false;
}

/* ---- turns ---- */

/* The slot is free again before its owner hears of it, so that he can ask anew. */
static void finish(struct http *h, struct slot *s, CURLcode result)
{
	struct slot was = *s;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &was.answer.status);
	if (result != CURLE_OK)
		was.answer.why = was.why[0] ? was.why : curl_easy_strerror(result);
	was.answer.no_memory |= result == CURLE_OUT_OF_MEMORY;
	if (was.answer.no_memory)
		was.answer.why = "out of memory";
	s->answer = (struct http_answer){0};
	s->room = 0;
	slot_clear(h, s);
	h->done(h->arg, (int)(s - h->slots), &was.answer);
	free(was.answer.body);
}

static void collect(struct http *h)
{
	const CURLMsg *message;
	int left;

	while (h->multi && (message = curl_multi_info_read(h->multi, &left)) != NULL) {
		CURLcode result = message->data.result;
		char *slot = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
		finish(h, (struct slot *)(void *)slot, result);
	}
}

static void give_up(struct http *h, int64_t now)
{
	for (int i = 0; i < HTTP_SLOTS; i++)
		if (h->slots[i].easy && now >= h->slots[i].deadline)
			finish(h, &h->slots[i], CURLE_OPERATION_TIMEDOUT);
}

static int mask_of(uint32_t events)
{
	return (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
	       (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
}

void http_turn(struct http *h, int64_t now)
{
	struct epoll_event events[SOCKETS];
	int n = epoll_wait(h->epoll_fd, events, SOCKETS, 0), running;

	for (int i = 0; i < n && h->multi; i++)
		curl_multi_socket_action(h->multi, events[i].data.fd, mask_of(events[i].events), &running);
	if (h->multi && now >= h->deadline)
		run_timer(h);
	collect(h);
	give_up(h, now);
}

int http_descriptor(const struct http *h)
{
	return h->epoll_fd;
}

int64_t http_deadline(const struct http *h)
{
	int64_t at = h->deadline;

	for (int i = 0; i < HTTP_SLOTS; i++)
		if (h->slots[i].easy && h->slots[i].deadline < at)
			at = h->slots[i].deadline;
	return at;
}

void http_hang_up(struct http *h)
{
	for (int i = 0; i < HTTP_SLOTS; i++)
		slot_clear(h, &h->slots[i]);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	h->multi = NULL;
	h->deadline = CLOCK_NEVER;
}

void http_abandon(struct http *h)
{
	for (int i = 0; i < SOCKETS; i++)
		if (h->sockets[i] >= 0)
			close(h->sockets[i]);
	close(h->epoll_fd);
}

/* ---- life ---- */

static bool add_header(struct http *h, const char *line)
{
	struct curl_slist *longer = curl_slist_append(h->headers, line);

	if (longer)
		h->headers = longer;
	return longer != NULL;
}

/* No Expect: what is posted is small, and a second round trip for it is not. */
static bool make_headers(struct http *h, const char *token)
{
	static const char start[] = "Authorization: Bearer ";
	size_t n = sizeof(start) + strlen(token);
	char *line = malloc(n);
	bool ok = false;

	if (line) {
		snprintf(line, n, "%s%s", start, token);
		ok = add_header(h, line) && add_header(h, "Content-Type: application/json") &&
		     add_header(h, "Expect:");
	}
	free(line);
	return ok;
}

struct http *http_new(const char *token, http_done *done, void *arg, cvn_error *e)
{
	struct http *h = calloc(1, sizeof(*h));

	if (!h) {
		fail_memory(e);
		return NULL;
	}
	h->done = done;
	h->arg = arg;
	h->deadline = CLOCK_NEVER;
	for (int i = 0; i < SOCKETS; i++)
		h->sockets[i] = -1;
	h->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	h->global = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	if (h->epoll_fd >= 0 && h->global && make_headers(h, token))
		return h;
	if (h->epoll_fd < 0)
		fail(e, CVN_E_SYSTEM, "no descriptor to be had", NULL);
	else
		fail_memory(e);
	http_free(h);
	return NULL;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	http_hang_up(h);
	curl_slist_free_all(h->headers);
	if (h->epoll_fd >= 0)
		close(h->epoll_fd);
	if (h->global)
		curl_global_cleanup();
	free(h);
}
