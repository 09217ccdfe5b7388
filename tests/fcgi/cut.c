#include "tests/fcgi/cut.h"

#include <check.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_un address_of(const char *directory, const char *port)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.%s", directory, port);
	return address;
}

/* Passes on what is there. False: the end, or the word that ends it. */
static bool relay(int from, int to, bool cuts)
{
	static const char word[] = "COMMIT"; /* with its NUL, as a command's tag ends */
	char bytes[65536];
	ssize_t n = read(from, bytes, sizeof bytes);

	if (n <= 0 || (cuts && memmem(bytes, (size_t)n, word, sizeof word) != NULL))
		return false;
	return write(to, bytes, (size_t)n) == n;
}

static void serve(int client, const struct sockaddr_un *server, bool cuts)
{
	int upstream = socket(AF_UNIX, SOCK_STREAM, 0);
	struct pollfd ends[2] = {{.fd = client, .events = POLLIN}, {.fd = upstream, .events = POLLIN}};

	if (connect(upstream, (const struct sockaddr *)server, sizeof *server) != 0)
		return;
	for (bool going = true; going && poll(ends, 2, -1) > 0;) {
		if (ends[0].revents != 0)
			going = relay(client, upstream, false);
		if (going && ends[1].revents != 0)
			going = relay(upstream, client, cuts);
	}
	close(upstream);
}

static void run(int listener, const struct sockaddr_un *server)
{
	for (bool first = true;; first = false) {
		int client = accept(listener, NULL, NULL);
		if (client < 0)
			_exit(1);
		if (fork() == 0) {
			serve(client, server, first);
			_exit(0);
		}
		close(client);
	}
}

void cut_start(struct cut *cut, const char *conninfo)
{
	const char *host = NULL, *port = "5432";
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);

	for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++) {
		if (o->val != NULL && strcmp(o->keyword, "host") == 0)
			host = o->val;
		if (o->val != NULL && strcmp(o->keyword, "port") == 0)
			port = o->val;
	}
	ck_assert_ptr_nonnull(host);
	snprintf(cut->directory, sizeof cut->directory, "/tmp/cvn-cut-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(cut->directory));
	struct sockaddr_un server = address_of(host, port), ours = address_of(cut->directory, port);
	snprintf(cut->path, sizeof cut->path, "%s", ours.sun_path);
	snprintf(cut->conninfo, sizeof cut->conninfo, "%s host=%s", conninfo, cut->directory);
	PQconninfoFree(options);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (const struct sockaddr *)&ours, sizeof ours), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	cut->relay = fork();
	if (cut->relay == 0) {
		setpgid(0, 0);
		run(listener, &server);
	}
	setpgid(cut->relay, cut->relay);
	close(listener);
}

void cut_stop(struct cut *cut)
{
	kill(-cut->relay, SIGKILL);
	waitpid(cut->relay, NULL, 0);
	unlink(cut->path);
	rmdir(cut->directory);
}
