/* cvn-config-notifier: from LISTEN to long polls and streams, and metrics to a Pushgateway, in one loop. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <event2/event.h>

#include "fcgi/notifier/desk.h"
#include "fcgi/notifier/door.h"
#include "fcgi/notifier/health.h"
#include "fcgi/notifier/hub.h"
#include "fcgi/notifier/link.h"
#include "fcgi/notifier/poll.h"
#include "fcgi/notifier/push.h"
#include "fcgi/notifier/rounds.h"
#include "fcgi/notifier/scrape.h"
#include "fcgi/notifier/states.h"
#include "fcgi/notifier/stream.h"
#include "fcgi/notifier/tick.h"
#include "fcgi/notifier/verdict.h"
#include "fcgi/notifier/visit.h"
#include "fcgi/notifier/watch.h"
#include "fcgi/proc/log.h"
#include "fcgi/proc/options.h"
#include "fcgi/proc/sd.h"

enum { EVENTS_KEPT = 8192, DESCRIPTORS_OF_OURS = 64, ROUTES = 7, DRAIN_MS = 5000, DRAIN_LOOK_MS = 20 };

enum {
	DATABASE,
	SOCKET,
	SOCKET_MODE,
	PORT,
	PUSHGATEWAY,
	PUSH_INTERVAL,
	LAG_VERSIONS,
	LAG_SECONDS,
	STATS,
	LOG_LEVEL,
	HELP,
	OPTIONS
};

static const struct option_row options[OPTIONS + 1] = {
	[DATABASE] = {.flag = "database", .help = "libpq connection string"},
	[SOCKET] = {.flag = "socket", .help = "Unix socket for nginx"},
	[SOCKET_MODE] = {.flag = "socket-mode", .help = "its permissions", .fallback = "0660"},
	[PORT] = {.flag = "port", .help = "port on 127.0.0.1 for workers and scrapes"},
	[PUSHGATEWAY] = {.flag = "pushgateway", .help = "base URL of the Pushgateway", .optional = true},
	[PUSH_INTERVAL] = {.flag = "push-interval", .help = "seconds between two pushes", .fallback = "5"},
	[LAG_VERSIONS] = {.flag = "lag-versions", .help = "a worker lags that is more versions behind",
			  .fallback = "3"},
	[LAG_SECONDS] = {.flag = "lag-seconds", .help = "or has been behind for more seconds",
			 .fallback = "60"},
	[STATS] = {.flag = "stats", .help = "file in which the responders count", .optional = true},
	[LOG_LEVEL] = {.flag = "log-level", .help = "debug, info, warning or error", .fallback = "info"},
	[HELP] = {.flag = "help", .help = "this text", .is_switch = true},
};

struct settings {
	const char *values[OPTIONS];
	unsigned socket_mode;
	long port, push_interval;
	struct states_limits lag;
	struct log log;
};

struct notifier {
	struct event_base *base;
	struct event *stops[2], *drain, *watchdog;
	const char *systemd; /* where it listens, or NULL */
	const struct log *log;
	int64_t stop_at; /* when patience ends; 0 until a signal came */
	struct hub *hub;
	struct link *link;
	struct desk *desk;
	struct verdicts *verdicts;
	struct poll *poll;
	struct stream *stream;
	struct watch *watch;
	struct push *push;
	struct scrape scrape;
	struct health health;
	struct rounds *rounds;
	struct door_route routes[ROUTES];
	struct door *door;
};

/* -- settings -- */

static bool read_mode(const char *text, unsigned *mode)
{
	char *end;
	unsigned long n = strtoul(text, &end, 8);
	*mode = (unsigned)n;
	return *text && !*end && n <= 0777;
}

/* Options that are numbers: from one to the most. */
static bool read_numbers(struct settings *s, char *why, size_t room)
{
	long versions = 0, seconds = 0;
	const struct {
		int option;
		long most;
		long *to;
	} rows[] = {
		{PORT, 65535, &s->port},
		{PUSH_INTERVAL, 3600, &s->push_interval},
		{LAG_VERSIONS, 1000000, &versions},
		{LAG_SECONDS, 86400, &seconds},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!options_number(s->values[rows[i].option], 1, rows[i].most, rows[i].to)) {
			snprintf(why, room, "%s: a number from 1 to %ld", options[rows[i].option].flag,
				 rows[i].most);
			return false;
		}
	s->lag = (struct states_limits){.versions = versions, .seconds = seconds};
	return true;
}

static bool read_words(struct settings *s, char *why, size_t room)
{
	if (!read_mode(s->values[SOCKET_MODE], &s->socket_mode))
		snprintf(why, room, "socket-mode: an octal number such as 0660");
	else if (!log_level_from_name(s->values[LOG_LEVEL], &s->log.least))
		snprintf(why, room, "log-level: debug, info, warning or error");
	else
		return true;
	return false;
}

/* 0 to go on, else what to exit with, plus one. */
static int read_settings(struct settings *s, int argc, char *argv[])
{
	char why[160];
	int used = options_read(options, s->values, argc, argv, why, sizeof(why));
	if (s->values[HELP]) {
		options_help("cvn-config-notifier --database CONNINFO --socket PATH --port N",
			     options);
		return 1;
	}
	if (used >= 0 && used < argc)
		snprintf(why, sizeof(why), "%.100s: not an option", argv[used]);
	else if (used >= 0 && read_numbers(s, why, sizeof(why)) && read_words(s, why, sizeof(why)))
		return 0;
	fprintf(stderr, "cvn-config-notifier: %s\n", why);
	return 1 + 2;
}

/* -- the loop -- */

/* Until the last one is answered and the last push is through, or for some seconds. */
static void on_drain(evutil_socket_t fd, short what, void *arg)
{
	struct notifier *n = arg;
	(void)fd;
	(void)what;
	if ((rounds_over(n->rounds) && door_empty(n->door)) || tick_ms() > n->stop_at)
		event_base_loopbreak(n->base);
}

/*
 * Nobody is left without an answer: polls get their cursor,
 * streams end, and our groups leave the Pushgateway.
 */
static void on_stop(evutil_socket_t signal, short what, void *arg)
{
	struct notifier *n = arg;
	struct timeval every = tick_interval(DRAIN_LOOK_MS);
	(void)signal;
	(void)what;
	if (n->stop_at) {
		event_base_loopbreak(n->base);
		return;
	}
	sd_say(n->systemd, "STOPPING=1");
	log_line(n->log, LOG_LEVEL_INFO, "stopping", (struct log_member[]){{0}});
	n->stop_at = tick_ms() + DRAIN_MS;
	door_close(n->door);
	hub_close(n->hub);
	rounds_stop(n->rounds);
	event_add(n->drain, &every);
}

/* The loop turns. */
static void on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	const struct notifier *n = arg;
	(void)fd;
	(void)what;
	sd_say(n->systemd, "WATCHDOG=1");
}

static bool tell_systemd(struct notifier *n)
{
	n->systemd = getenv("NOTIFY_SOCKET");
	int64_t ms = sd_watchdog_ms(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
	struct timeval every = tick_interval(ms);
	n->watchdog = event_new(n->base, -1, EV_PERSIST, on_watchdog, n);
	if (!n->watchdog || (ms && event_add(n->watchdog, &every)))
		return false;
	sd_say(n->systemd, "READY=1");
	return true;
}

static bool watch_signals(struct notifier *n)
{
	static const int signals[] = {SIGTERM, SIGINT};
	for (size_t i = 0; i < 2; i++) {
		n->stops[i] = evsignal_new(n->base, signals[i], on_stop, n);
		if (!n->stops[i] || event_add(n->stops[i], NULL))
			return false;
	}
	n->drain = event_new(n->base, -1, EV_PERSIST, on_drain, n);
	if (!n->drain)
		return false;
	return signal(SIGPIPE, SIG_IGN) != SIG_ERR;
}

/* As many descriptors as there may be; the rest, beside our own, are for guests. */
static size_t raise_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 256;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur <= 2 * DESCRIPTORS_OF_OURS)
		return DESCRIPTORS_OF_OURS;
	return (size_t)limit.rlim_cur - DESCRIPTORS_OF_OURS;
}

/* A browser wants a stream where a program wants a long poll. */
static void handle_events(void *arg, struct visit *v)
{
	struct notifier *n = arg;
	if (v->question->stream)
		stream_handle(n->stream, v);
	else
		poll_handle(n->poll, v);
}

static void lay_routes(struct notifier *n)
{
	static const char *const none[] = {NULL};
	const unsigned both = DOOR_NGINX | DOOR_PORT;
	const struct door_route routes[ROUTES] = {
		{"/api/events", both, false, poll_parameters, handle_events, n},
		{"/api/watch/", both, false, watch_parameters, watch_handle, n->watch},
		{"/api/health", both, true, none, health_handle, &n->health},
		{"/readyz", DOOR_PORT, true, none, health_handle, &n->health},
		{"/livez", DOOR_PORT, true, none, health_handle_alive, &n->health},
		{"/metrics", DOOR_PORT, true, none, scrape_handle, &n->scrape},
		{0},
	};
	memcpy(n->routes, routes, sizeof(routes));
}

static bool build(struct notifier *n, const struct settings *s, struct error *error)
{
	const char *database = s->values[DATABASE];
	n->log = &s->log;
	n->base = event_base_new();
	if (!n->base || !watch_signals(n)) {
		code_error(error, CODE_INTERNAL, "libevent cannot start", NULL);
		return false;
	}
	n->push = push_new(n->base, s->values[PUSHGATEWAY], &s->log);
	if (!n->push) {
		code_error(error, CODE_INTERNAL, "libcurl cannot start", NULL);
		return false;
	}
	n->hub = hub_new(tick_random(), EVENTS_KEPT);
	n->link = link_new(n->base, database, n->hub, &s->log);
	n->desk = desk_new(n->base, database, n->hub, link_sight(n->link), &s->lag, &s->log);
	n->verdicts = verdicts_new(desk_wire(n->desk));
	n->poll = poll_new(n->hub);
	n->stream = stream_new(n->hub, n->verdicts);
	n->watch = watch_new(n->hub, link_sight(n->link), desk_wire(n->desk));
	n->health = (struct health){.link = n->link, .desk = n->desk};
	lay_routes(n);
	n->door = door_new(n->base, n->routes, n->verdicts, raise_limit(), &s->log);
	n->scrape = (struct scrape){.door = n->door, .link = n->link, .desk = n->desk, .push = n->push,
				    .stats_file = s->values[STATS]};
	n->rounds = rounds_new(n->base, n->desk, &n->scrape, n->push, s->push_interval * 1000);
	return door_open_socket(n->door, s->values[SOCKET], s->socket_mode, error) &&
	       door_open_port(n->door, (uint16_t)s->port, error) && tell_systemd(n);
}

static void tear_down(struct notifier *n)
{
	door_free(n->door);
	rounds_free(n->rounds);
	desk_free(n->desk);
	link_free(n->link);
	watch_free(n->watch);
	stream_free(n->stream);
	poll_free(n->poll);
	verdicts_free(n->verdicts);
	scrape_close(&n->scrape);
	push_free(n->push);
	hub_free(n->hub);
	for (size_t i = 0; i < 2; i++)
		if (n->stops[i])
			event_free(n->stops[i]);
	if (n->drain)
		event_free(n->drain);
	if (n->watchdog)
		event_free(n->watchdog);
	if (n->base)
		event_base_free(n->base);
}

int main(int argc, char *argv[])
{
	struct settings settings = {.log = {.component = "notifier"}};
	struct notifier notifier = {0};
	struct error error;
	int status = read_settings(&settings, argc, argv);
	if (status)
		return status - 1;
	if (build(&notifier, &settings, &error)) {
		log_line(&settings.log, LOG_LEVEL_INFO, "started", (struct log_member[]){{0}});
		event_base_dispatch(notifier.base);
		log_line(&settings.log, LOG_LEVEL_INFO, "stopped", (struct log_member[]){{0}});
	} else {
		fprintf(stderr, "cvn-config-notifier: %s\n", error.detail);
		status = 1;
	}
	tear_down(&notifier);
	return status;
}
