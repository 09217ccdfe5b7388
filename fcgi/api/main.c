/* cvn-config-api: options, socket, pool. What a responder does begins in respond(). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/api/listen.h"
#include "fcgi/api/pool.h"
#include "fcgi/api/route_list.h"
#include "fcgi/api/serve.h"
#include "fcgi/api/server.h"
#include "fcgi/api/transport_fcgi.h"
#include "fcgi/api/turn.h"
#include "fcgi/db/db.h"
#include "fcgi/ops/ops.h"
#include "fcgi/ops/ops_secrets.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/proc/options.h"
#include "fcgi/proc/stats.h"

static const char program[] = "cvn-config-api";

enum { DATABASE, SOCKET, SOCKET_MODE, RESPONDERS, STATS, ORIGIN, LOG_LEVEL, HASH_PASSWORD, ROUTES, HELP,
       OPTIONS };
static const struct option_row rows[OPTIONS + 1] = {
	[DATABASE] = {.flag = "database", .help = "libpq connection string", .optional = true},
	[SOCKET] = {.flag = "socket", .help = "path of the FastCGI socket", .optional = true},
	[SOCKET_MODE] = {.flag = "socket-mode", .help = "its mode, octal", .fallback = "0660"},
	[RESPONDERS] = {.flag = "responders", .help = "how many processes answer, 1 to 64", .fallback = "4"},
	[STATS] = {.flag = "stats", .help = "file of the request counters", .optional = true},
	[ORIGIN] = {.flag = "origin",
		    .help = "origins of our pages, with commas; else the host of each request",
		    .optional = true},
	[LOG_LEVEL] = {.flag = "log-level", .help = "debug, info, warning or error", .fallback = "info"},
	[HASH_PASSWORD] = {.flag = "hash-password", .help = "read a password, print its crypt(3) text",
			   .is_switch = true},
	[ROUTES] = {.flag = "routes", .help = "print the route table as JSON", .is_switch = true},
	[HELP] = {.flag = "help", .help = "this text", .is_switch = true},
};

/* What the parent sets up and every responder inherits. */
struct service {
	struct log log;
	const char *database, *origins;
	int listener;
	struct ops_tries *tries;
	struct turn *turn;
	struct stats *stats;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program, what, why);
	return EXIT_FAILURE;
}

/* The connection is made after the fork: two processes cannot share one. */
static int respond(void *arg, unsigned slot)
{
	const struct service *service = arg;
	unsigned places[SERVE_ROUTES];
	struct log_held held = {.n = 0};
	struct log log = service->log;
	int outcome = -1;
	struct db *db = db_new(service->database, program);
	struct ops *ops = db == NULL ? NULL : ops_new(db, service->tries);

	log.held = &held;
	if (ops != NULL) {
		const struct server server = {
			.ops = ops,
			.log = &log,
			.origins = service->origins,
			.stats = service->stats,
			.turn = service->turn,
			.slot = slot,
			.places = places,
		};
		serve_route_places(places, SERVE_ROUTES);
		outcome = transport_fcgi_loop(&server, service->listener);
	}
	ops_free(ops);
	db_free(db);
	return outcome == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int hash_password(void)
{
	char line[1024], hash[SECRET_HASH_MAX];

	if (fgets(line, sizeof line, stdin) == NULL)
		return fail("hash-password", "no password on standard input");
	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '\0')
		return fail("hash-password", "the password is empty");
	if (!ops_secrets_hash(line, hash))
		return fail("hash-password", "crypt(3) has no yescrypt");
	explicit_bzero(line, sizeof line);
	puts(hash);
	return EXIT_SUCCESS;
}

/* An octal mode of at most four digits. */
static bool read_mode(const char *text, unsigned *mode)
{
	size_t n = strlen(text);

	*mode = (unsigned)strtoul(text, NULL, 8);
	return n >= 3 && n <= 4 && strspn(text, "01234567") == n && *mode <= 0777;
}

static struct stats *make_stats(const char *path, unsigned slots)
{
	const char *names[STATS_ROUTES];
	size_t n = serve_route_names(names, STATS_ROUTES);

	return stats_create(path, names, n, slots);
}

static int serve(const char *const values[OPTIONS], struct service *service)
{
	long responders;
	unsigned mode;

	if (values[DATABASE] == NULL || values[SOCKET] == NULL)
		return fail("usage", "--database and --socket must be given (see --help)");
	if (!options_number(values[RESPONDERS], 1, POOL_MAX, &responders))
		return fail("responders", "must be a number from 1 to 64");
	if (!read_mode(values[SOCKET_MODE], &mode))
		return fail("socket-mode", "must be an octal mode such as 0660");
	if (!log_level_from_name(values[LOG_LEVEL], &service->log.least))
		return fail("log-level", "must be debug, info, warning or error");
	service->database = values[DATABASE];
	service->origins = values[ORIGIN];
	service->tries = ops_tries_new();
	service->turn = turn_new();
	if (service->tries == NULL || service->turn == NULL)
		return fail("memory", strerror(errno));
	if (values[STATS] != NULL) {
		service->stats = make_stats(values[STATS], (unsigned)responders);
		if (service->stats == NULL)
			return fail(values[STATS], strerror(errno));
	}
	service->listener = listen_unix(values[SOCKET], mode);
	if (service->listener < 0)
		return fail(values[SOCKET], strerror(errno));
	int status = pool_run(&service->log, (unsigned)responders, respond, service);
	unlink(values[SOCKET]);
	return status;
}

int main(int argc, char *argv[])
{
	const char *values[OPTIONS];
	char why[256];
	struct service service = {.log = {.component = program}, .listener = -1};
	int used = options_read(rows, values, argc, argv, why, sizeof why);

	if (used < 0)
		return fail("usage", why);
	if (used < argc)
		return fail("usage", "it takes options only (see --help)");
	if (values[HELP] != NULL) {
		options_help("cvn-config-api --database CONNINFO --socket PATH [options]", rows);
		return EXIT_SUCCESS;
	}
	if (values[HASH_PASSWORD] != NULL)
		return hash_password();
	if (values[ROUTES] != NULL)
		return route_list_print(stdout) ? EXIT_SUCCESS : fail("routes", strerror(errno));
	int status = serve(values, &service);
	if (service.listener >= 0)
		close(service.listener);
	stats_close(service.stats);
	turn_free(service.turn);
	ops_tries_free(service.tries);
	return status;
}
