#include "tests/workerlib/relay.h"

#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAIRS = 16, BUFFER = 65536 };

struct relay_counts {
	atomic_int words, done; /* done: commands obeyed */
	int sent;
};

union address {
	struct sockaddr any;
	struct sockaddr_un file;
	struct sockaddr_in port;
};

struct pair {
	int client, server; /* -1: free */
};

/* What the process knows. */
struct network {
	int commands, listener;
	union address server;
	socklen_t server_n;
	const char *word;
	struct relay_counts *counts;
	struct pair pairs[PAIRS];
	bool silent, refusing;
};

static void end_pair(struct pair *p)
{
	close(p->client);
	close(p->server);
	p->client = p->server = -1;
}

static void end_all(struct network *n)
{
	for (int i = 0; i < PAIRS; i++)
		if (n->pairs[i].client >= 0)
			end_pair(&n->pairs[i]);
}

static void welcome(struct network *n)
{
	struct pair *p = n->pairs;
	int client = accept(n->listener, NULL, NULL);
	int server = socket(n->server.any.sa_family, SOCK_STREAM, 0);

	while (p < n->pairs + PAIRS && p->client >= 0)
		p++;
	if (n->refusing || p == n->pairs + PAIRS || connect(server, &n->server.any, n->server_n) != 0) {
		close(client);
		close(server);
		return;
	}
	*p = (struct pair){client, server};
}

static void count_words(struct network *n, const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length;

	while ((at = memmem(at, (size_t)(end - at), n->word, strlen(n->word))) != NULL) {
		atomic_fetch_add(&n->counts->words, 1);
		at++;
	}
}

/* False: it has ended. */
static bool pass_on(struct network *n, int from, int to)
{
	char bytes[BUFFER];
	ssize_t length = read(from, bytes, sizeof(bytes));

	if (length > 0)
		count_words(n, bytes, (size_t)length);
	return length > 0 && write(to, bytes, (size_t)length) == length;
}

static void obey(struct network *n)
{
	char command;

	if (read(n->commands, &command, 1) != 1)
		_exit(0);
	n->silent = command == 's';
	n->refusing = command == 'r';
	if (command != 's')
		end_all(n);
	atomic_fetch_add(&n->counts->done, 1);
}

static void turn(struct network *n)
{
	struct pollfd fds[2 + 2 * PAIRS] = {{.fd = n->commands, .events = POLLIN},
					    {.fd = n->silent ? -1 : n->listener, .events = POLLIN}};

	for (int i = 0; i < PAIRS; i++) {
		fds[2 + 2 * i] = (struct pollfd){.fd = n->silent ? -1 : n->pairs[i].client, .events = POLLIN};
		fds[3 + 2 * i] = (struct pollfd){.fd = n->silent ? -1 : n->pairs[i].server, .events = POLLIN};
	}
	if (poll(fds, 2 + 2 * PAIRS, -1) < 0)
		_exit(1);
	for (int i = 0; i < PAIRS; i++) {
		struct pair *p = &n->pairs[i];
		bool ok = true;
		if (fds[2 + 2 * i].revents)
			ok = pass_on(n, p->client, p->server);
		if (ok && fds[3 + 2 * i].revents)
			ok = pass_on(n, p->server, p->client);
		if (!ok)
			end_pair(p);
	}
	if (fds[1].revents)
		welcome(n);
	if (fds[0].revents)
		obey(n);
}

/* The process ends with ours, however that ends. */
static void start(struct relay *r, int listener, const union address *server, socklen_t server_n,
		  const char *word)
{
	int ends[2];

	ck_assert_int_eq(listen(listener, 16), 0);
	ck_assert_int_eq(pipe(ends), 0);
	r->counts = mmap(NULL, sizeof(*r->counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(r->counts, MAP_FAILED);
	r->commands = ends[1];
	r->process = fork();
	if (r->process == 0) {
		struct network n = {.commands = ends[0],
				    .listener = listener,
				    .server = *server,
				    .server_n = server_n,
				    .word = word,
				    .counts = r->counts};
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		close(ends[1]);
		for (int i = 0; i < PAIRS; i++)
			n.pairs[i].client = n.pairs[i].server = -1;
		for (;;)
			turn(&n);
	}
	close(ends[0]);
	close(listener);
}

static void address_in(struct sockaddr_un *address, const char *directory)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	int n = snprintf(address->sun_path, sizeof(address->sun_path), "%s/.s.PGSQL.5432", directory);
	ck_assert_int_lt(n, (int)sizeof(address->sun_path));
}

void relay_start_socket(struct relay *r, const char *directory, const char *word)
{
	union address ours = {0}, server = {0};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*r = (struct relay){0};
	snprintf(r->directory, sizeof(r->directory), "/tmp/cvn-relay-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(r->directory));
	address_in(&ours.file, r->directory);
	address_in(&server.file, directory);
	memcpy(r->path, ours.file.sun_path, sizeof(r->path));
	ck_assert_int_eq(bind(listener, &ours.any, sizeof(ours.file)), 0);
	start(r, listener, &server, sizeof(server.file), word);
}

void relay_start_port(struct relay *r, int port, const char *word)
{
	union address ours = {0}, server = {0};
	socklen_t n = sizeof(ours.port);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*r = (struct relay){0};
	ours.port = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	server.port = ours.port;
	server.port.sin_port = htons((uint16_t)port);
	ck_assert_int_eq(bind(listener, &ours.any, n), 0);
	ck_assert_int_eq(getsockname(listener, &ours.any, &n), 0);
	r->port = ntohs(ours.port.sin_port);
	start(r, listener, &server, sizeof(server.port), word);
}

/* Returns when it was done. */
static void command(struct relay *r, char which)
{
	ck_assert_int_eq((int)write(r->commands, &which, 1), 1);
	r->counts->sent++;
	while (atomic_load(&r->counts->done) < r->counts->sent)
		ck_assert_int_ge(poll(NULL, 0, 1), 0);
}

void relay_cut(struct relay *r)
{
	command(r, 'c');
}

void relay_silence(struct relay *r)
{
	command(r, 's');
}

void relay_go_on(struct relay *r)
{
	command(r, 'g');
}

void relay_refuse(struct relay *r)
{
	command(r, 'r');
}

int relay_count(const struct relay *r)
{
	return atomic_load(&r->counts->words);
}

void relay_stop(struct relay *r)
{
	if (!r->process)
		return;
	close(r->commands);
	kill(r->process, SIGKILL);
	waitpid(r->process, NULL, 0);
	if (r->path[0]) {
		unlink(r->path);
		rmdir(r->directory);
	}
	munmap(r->counts, sizeof(*r->counts));
	*r = (struct relay){0};
}
