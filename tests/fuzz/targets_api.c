/*
 * A responder, from FastCGI's records to its reply. Its database is away, so that what would need one is 503
 * and all else is decided by the bytes alone.
 */
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fcgi/api/header.h"
#include "fcgi/api/serve.h"
#include "fcgi/api/server.h"
#include "fcgi/api/target.h"
#include "fcgi/api/transport.h"
#include "fcgi/api/transport_fcgi.h"
#include "fcgi/db/db.h"
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/proc/text.h"
#include "workerlib/core/scan.h"

enum { PARAMS = 64, NOTHING_IS_SAID = LOG_LEVEL_ERROR + 1 };

static const struct server *server(void)
{
	static struct log log = {.component = "fuzz", .least = (enum log_level)NOTHING_IS_SAID};
	static struct server made = {.log = &log, .origins = "https://cvn.test"};

	if (made.ops == NULL)
		made.ops = ops_new(db_new("host=/nonexistent", "fuzz"), ops_tries_new());
	hold(made.ops != NULL);
	return &made;
}

/* -- A request whose parameters are given: NAME=value, a NUL behind each, an empty one before the body. -- */

struct exchange {
	const char *body;
	size_t left;
	struct text reply;
};

static long read_body(void *arg, char *bytes, size_t n)
{
	struct exchange *exchange = arg;
	const size_t part = n < exchange->left ? n : exchange->left;

	memcpy(bytes, exchange->body, part);
	exchange->body += part;
	exchange->left -= part;
	return (long)part;
}

static bool write_reply(void *arg, const char *bytes, size_t n)
{
	text_put(&((struct exchange *)arg)->reply, bytes, n);
	return true;
}

static void free_reply(struct exchange *exchange)
{
	text_free(&exchange->reply);
}

/*
 * A status of four kinds, one blank line,
 * no header that a value has smuggled in, and JSON where there is a body.
 */
static void judge(const struct text *reply, bool is_head)
{
	const char *end = reply->bytes + reply->n;
	const char *blank = memmem(reply->bytes, reply->n, "\r\n\r\n", 4);

	hold(reply->n > 12 && memcmp(reply->bytes, "Status: ", 8) == 0 && blank != NULL);
	const char *status = reply->bytes + 8;
	hold(status[0] == '2' || status[0] == '4' || memcmp(status, "503", 3) == 0);
	for (const char *at = reply->bytes; at < blank; at++)
		hold((unsigned char)*at >= 0x20 || *at == '\r' || *at == '\n');
	const char *body = blank + 4;
	hold(body == end || (!is_head && scan_json(body, (size_t)(end - body), NULL) == CODE_OK));
}

static void params(char *bytes, size_t n)
{
	const char *list[PARAMS + 1] = {NULL};
	struct exchange exchange = {.body = bytes + n, .left = 0};
	char *at = bytes, *const end = bytes + n;
	size_t count = 0;
	bool is_head = false;
	unsigned methods = 0;

	while (at < end && *at != '\0' && count < PARAMS) {
		methods += strncmp(at, "REQUEST_METHOD=", 15) == 0;
		is_head = is_head || strcmp(at, "REQUEST_METHOD=HEAD") == 0;
		list[count++] = at;
		at += strlen(at) + 1;
	}
	if (at < end) {
		exchange.body = at + 1;
		exchange.left = (size_t)(end - at) - 1;
	}
	const struct transport transport = {
		.params = list, .read = read_body, .write = write_reply, .arg = &exchange};
	serve_request(server(), &transport);
	hold(ops_idle(server()->ops));
	judge(&exchange.reply, is_head && methods == 1); /* one that is given twice is none */
	free_reply(&exchange);
}

/* -- Targets: decoded once, nothing below a blank, no name twice. -- */

static void printable(const char *text)
{
	hold(scan_utf8(text, strlen(text)));
	for (; *text != '\0'; text++)
		hold((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static void query(char *raw, size_t n)
{
	struct target target;
	struct error error;

	(void)n;
	if (target_read(raw, &target, &error) == CODE_OK) {
		hold(target.n_segments > 0 && target.n_segments <= TARGET_SEGMENTS &&
		     target.n_query <= TARGET_QUERY);
		for (size_t i = 0; i < target.n_segments; i++)
			printable(target.segments[i]);
		for (size_t i = 0; i < target.n_query; i++) {
			printable(target.query[i].name);
			printable(target.query[i].value);
			hold(target_query(&target, target.query[i].name) == target.query[i].value);
		}
	}
	target_free(&target);
}

/* -- Credentials, cookies and tags. -- */

static void basic(const char *base64)
{
	const char *login = NULL, *password = NULL;
	char out[64];

	if (!header_basic(base64, out, sizeof out, &login, &password))
		return;
	hold(login == out && password == login + strlen(login) + 1 &&
	     password + strlen(password) < out + sizeof out);
}

static void authorization(char *text, size_t n)
{
	const char *rest;
	char value[32];

	(void)n;
	if (header_scheme(text, "Basic", &rest))
		basic(rest);
	else
		basic(text);
	if (header_cookie(text, "cvn_session", value, sizeof value))
		hold(strlen(value) < sizeof value && strchr(value, ';') == NULL);
	hold(header_accepts(text, "text/csv") <= 4003);
	const struct ops_match strong = header_match(text, false), weak = header_match(text, true);
	hold(weak.n <= OPS_MATCH_MAX && strong.any == weak.any);
	hold(strong.n <= weak.n || weak.n == 0); /* none of a list that is too long once weak tags count */
	for (size_t i = 0; i < weak.n; i++)
		hold(weak.versions[i] >= 0);
}

/* -- Raw records, to libfcgi, over a socket: whatever comes, the loop goes on to the next caller. -- */

/*
 * libfcgi forgets some bytes of a caller who does not speak FastCGI. Its callers are those who may open the
 * socket: nginx. LeakSanitizer asks for this by name.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfcgi.so\n";
}

static int listener(struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	/* A name without a file. */
	snprintf(address->sun_path + 1, sizeof address->sun_path - 1, "cvn-fuzz-%ld", (long)getpid());
	hold(fd >= 0 && bind(fd, (struct sockaddr *)address, sizeof *address) == 0 && listen(fd, 8) == 0);
	return fd;
}

/*
 * Lengths of some megabytes at most: of 2 GB and more libfcgi asks the allocator, whose refusal ends the
 * responder, as every refusal does (alloc.c). A long length begins with a byte above 0x7f.
 */
static void limit_lengths(char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)bytes[i] > 0x80)
			bytes[i] = (char)0x80;
	}
}

/*
 * Again and again it is asked to end, which is heard behind who called. By this thread alone: a fuzzer has
 * others, which would end with it.
 */
static void start_endings(void)
{
	const struct itimerspec period = {.it_interval.tv_nsec = 200000, .it_value.tv_nsec = 200000};
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGTERM};
	sigset_t term;
	timer_t endings;

	hold(sigemptyset(&term) == 0 && sigaddset(&term, SIGTERM) == 0);
	hold(sigprocmask(SIG_BLOCK, &term, NULL) == 0);
	event._sigev_un._tid = gettid(); /* which this glibc has no name for yet */
	hold(timer_create(CLOCK_MONOTONIC, &event, &endings) == 0);
	hold(timer_settime(endings, 0, &period, NULL) == 0);
}

static void records(char *bytes, size_t n)
{
	static struct sockaddr_un address;
	static int listening = -1;
	int caller = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	limit_lengths(bytes, n);
	if (listening < 0) {
		listening = listener(&address);
		start_endings();
	}
	hold(caller >= 0 && connect(caller, (struct sockaddr *)&address, sizeof address) == 0);
	for (size_t done = 0; done < n;) {
		const ssize_t part = send(caller, bytes + done, n - done, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (part <= 0)
			break; /* more than a socket holds: what went out will do */
		done += (size_t)part;
	}
	shutdown(caller, SHUT_WR);
	hold(transport_fcgi_loop(server(), listening) == 0);
	hold(ops_idle(server()->ops));
	close(caller);
}

const struct fuzz_target fuzz_targets[] = {
	{"params", params}, {"query", query}, {"authorization", authorization}, {"records", records},
	{NULL, NULL},
};
