/*
 * Preloaded into a process of ours as it is shipped, this names the moments at which it can end: after each
 * call by which it speaks with nginx, PostgreSQL or a caller. Nothing of the process is compiled for it.
 *
 * The folder that CVN_MOMENTS names is how a test talks to it:
 *
 *   record   where it is there, the name of each moment is appended to it, a line each
 *   armed    "NAME\nACTION\n": the first process that comes to this moment takes the file away and does
 *            the action
 *   fired    then is there: "PID REQUEST\n", with the X-Request-Id that it was about
 *
 * A responder has moments only within requests that bring an X-Request-Id, so that nobody else's
 * reads use up what is armed.
 */
#include <dlfcn.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LABEL_MAX = 48, ASKED = 64, PATH_LENGTH = 256, REQUEST_MAX = 80 };

/* What the calls do not say of each other. A process has one connection at a time, and one request. */
static struct {
	bool serves; /* it is a responder */
	char request[REQUEST_MAX];
	PGconn *conn;
	char asked[ASKED][LABEL_MAX]; /* statements whose answers are to come; "": nothing to name */
	size_t first, n;
	char last[LABEL_MAX]; /* of them */
} now;

/* The call that was meant. */
static void *meant(const char *name)
{
	void *call = dlsym(RTLD_NEXT, name);

	if (call == NULL)
		abort();
	return call;
}
#define MEANT(name) ((__typeof__(&(name)))meant(#name))

/* -- what can be done -- */

static void do_exit(void)
{
	_exit(EXIT_FAILURE);
}

static void do_stop(void)
{
	raise(SIGSTOP);
}

static void do_cut(void)
{
	if (now.conn != NULL)
		shutdown(MEANT(PQsocket)(now.conn), SHUT_RDWR);
}

static const struct {
	const char *name;
	void (*action)(void);
} actions[] = {{"exit", do_exit}, {"stop", do_stop}, {"abort", abort}, {"cut", do_cut}};
enum { ACTIONS = sizeof actions / sizeof *actions };

/* -- the folder -- */

static bool path_of(char path[PATH_LENGTH], const char *name)
{
	const char *folder = getenv("CVN_MOMENTS");

	return folder != NULL && snprintf(path, PATH_LENGTH, "%s/%s", folder, name) < PATH_LENGTH;
}

static void append(const char *file, int flags, const char *line)
{
	char path[PATH_LENGTH];
	int fd = path_of(path, file) ? open(path, flags | O_WRONLY | O_APPEND | O_CLOEXEC, 0644) : -1;

	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) < 0)
		abort();
	close(fd);
}

/* One process gets it, and the test sees it whole. */
static bool take(void)
{
	char armed[PATH_LENGTH], taken[PATH_LENGTH], fired[PATH_LENGTH], line[REQUEST_MAX + 32];

	if (!path_of(armed, "armed") || !path_of(taken, "taken") || !path_of(fired, "fired") ||
	    rename(armed, taken) != 0)
		return false;
	unlink(taken);
	snprintf(line, sizeof line, "%d %s\n", (int)getpid(), now.request);
	append("taken", O_CREAT, line);
	return rename(taken, fired) == 0;
}

/* What is armed: does it name this moment? Then *action is what comes after it. */
static bool is_armed(const char *name, size_t *action)
{
	char path[PATH_LENGTH], text[2 * LABEL_MAX] = "";
	int fd = path_of(path, "armed") ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	size_t length = strlen(name);

	if (fd < 0)
		return false;
	ssize_t got = read(fd, text, sizeof text - 1);
	close(fd);
	if (got < 0 || strncmp(text, name, length) != 0 || text[length] != '\n')
		return false;
	const char *what = text + length + 1;
	size_t word = strcspn(what, "\n");
	for (size_t i = 0; i < ACTIONS; i++) {
		*action = i;
		if (strlen(actions[i].name) == word && strncmp(actions[i].name, what, word) == 0)
			return true;
	}
	abort(); /* the test means something that is not there */
}

static void moment(const char *what, const char *label)
{
	char name[LABEL_MAX + 16];
	size_t action;

	if (now.serves && now.request[0] == '\0')
		return;
	snprintf(name, sizeof name, "%s%s%s\n", what, label[0] == '\0' ? "" : " ", label);
	append("record", 0, name);
	name[strlen(name) - 1] = '\0';
	if (is_armed(name, &action) && take())
		actions[action].action();
}

/* -- PostgreSQL -- */

/* The words of a statement, as far as there is room; it is a name in a file of lines. */
static void label_of(char label[LABEL_MAX], const char *sql)
{
	snprintf(label, LABEL_MAX, "%s", sql);
	for (char *c = label; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ')
			*c = ' ';
	}
}

static void asked(PGconn *conn, const char *label)
{
	if (now.conn != conn)
		now.first = now.n = 0;
	now.conn = conn;
	if (now.n == ASKED)
		abort();
	label_of(now.asked[(now.first + now.n++) % ASKED], label);
	if (label[0] == '\0')
		return;
	label_of(now.last, label);
	moment("ask", now.last);
}

int PQsendQueryPrepared(PGconn *conn, const char *name, int n, const char *const *values, const int *lengths,
			const int *formats, int format)
{
	int sent = MEANT(PQsendQueryPrepared)(conn, name, n, values, lengths, formats, format);

	asked(conn, name);
	return sent;
}

/* It goes out with what it prepares. */
int PQsendPrepare(PGconn *conn, const char *name, const char *sql, int n, const Oid *types)
{
	int sent = MEANT(PQsendPrepare)(conn, name, sql, n, types);

	asked(conn, "");
	return sent;
}

int PQsendQueryParams(PGconn *conn, const char *sql, int n, const Oid *types, const char *const *values,
		      const int *lengths, const int *formats, int format)
{
	int sent = MEANT(PQsendQueryParams)(conn, sql, n, types, values, lengths, formats, format);

	asked(conn, sql);
	return sent;
}

int PQsendQuery(PGconn *conn, const char *sql)
{
	int sent = MEANT(PQsendQuery)(conn, sql);

	asked(conn, sql);
	return sent;
}

int PQpipelineSync(PGconn *conn)
{
	int sent = MEANT(PQpipelineSync)(conn);

	asked(conn, "");
	moment("sent", now.last);
	return sent;
}

PGresult *PQgetResult(PGconn *conn)
{
	PGresult *result = MEANT(PQgetResult)(conn);

	if (result == NULL || conn != now.conn || now.n == 0)
		return result;
	const char *label = now.asked[now.first];
	now.first = (now.first + 1) % ASKED;
	now.n--;
	if (label[0] != '\0')
		moment("answer", label);
	return result;
}

PGnotify *PQnotifies(PGconn *conn)
{
	PGnotify *notice = MEANT(PQnotifies)(conn);

	now.conn = conn;
	if (notice != NULL)
		moment("notice", "");
	return notice;
}

void PQfinish(PGconn *conn)
{
	if (conn == now.conn) {
		now.conn = NULL;
		now.first = now.n = 0;
	}
	MEANT(PQfinish)(conn);
}

/* -- nginx -- */

int FCGX_Accept_r(FCGX_Request *request)
{
	now.serves = true;
	now.request[0] = '\0';
	int outcome = MEANT(FCGX_Accept_r)(request);
	const char *id = outcome == 0 ? MEANT(FCGX_GetParam)("HTTP_X_REQUEST_ID", request->envp) : NULL;

	snprintf(now.request, sizeof now.request, "%s", id == NULL ? "" : id);
	moment("accept", "");
	return outcome;
}

int FCGX_GetStr(char *bytes, int n, FCGX_Stream *stream)
{
	int got = MEANT(FCGX_GetStr)(bytes, n, stream);

	moment("body", "");
	return got;
}

int FCGX_PutStr(const char *bytes, int n, FCGX_Stream *stream)
{
	int put = MEANT(FCGX_PutStr)(bytes, n, stream);

	moment("reply", "");
	return put;
}

void FCGX_Finish_r(FCGX_Request *request)
{
	MEANT(FCGX_Finish_r)(request);
	moment("finish", "");
	now.request[0] = '\0';
}

/* -- callers of the notifier -- */

/* libpq and libcurl send by this one too: only what goes out at once, or not at all, is to a caller. */
ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	ssize_t sent = MEANT(send)(fd, bytes, n, flags);

	if (flags & MSG_DONTWAIT)
		moment("tell", "");
	return sent;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	ssize_t sent = MEANT(sendmsg)(fd, message, flags);

	moment("tell", "");
	return sent;
}
