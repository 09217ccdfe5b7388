/*
 * A simulated trading loop on cvnworker: decision cycles of some 200 ms with inference and order sections, a
 * position that opens and closes now and then, a reconciliation every few cycles. It trades nothing.
 *
 *	paper_trader [--feed listen|poll] [--hold] [--reject NAME] [--stall SECONDS]
 *
 *	--feed     listen: to PostgreSQL (default); poll: long poll over HTTP
 *	--hold     opens a position in its first cycle and keeps it to the end: risk limits wait
 *	--reject   refuses every configuration in which that parameter changes
 *	--stall    its tenth cycle takes that long: everything waits
 *
 *	CVN_ENVIRONMENT, CVN_WORKER_ID                as the library's options of those names; needed
 *	CVN_DATABASE                                  for listen
 *	CVN_URL, CVN_TOKEN, CVN_WATCH_URL (optional)  for poll
 *	CVN_CACHE_DIR (optional)                      to start from disk
 *	CVN_BUILD                                     what to call this build (default: paper_trader)
 *	CVN_CYCLE_MS                                  length of a cycle, 20 to 400 (default 200)
 *
 * It logs a JSON object a line on standard output, and ends cleanly on SIGTERM or SIGINT. Inside each cycle
 * it reads every parameter at the start and at the end: if one has changed in between, it says so and exits
 * with 3, for a worker that sees two configurations in one decision must not go on.
 */
#define _POSIX_C_SOURCE 200809L
#include <cvnworker.h>

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARAMETERS = 8, TEXT_MAX = 1024, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_TORN = 3, STALLED_CYCLE = 10 };

static volatile sig_atomic_t stopping;

/* What it reads; the type is checked when the handle is resolved. */
enum parameter {
	ENTRY_THRESHOLD,
	MAX_POSITION,
	COOLDOWN,
	FILTER_TREND,
	STOP_LOSS,
	TAKE_PROFIT,
	MODEL_TYPE,
	SYMBOLS
};

static const struct {
	const char *name;
	cvn_type type;
} wanted[PARAMETERS] = {
	[ENTRY_THRESHOLD] = {"CVN_ENTRY_THRESHOLD", CVN_DECIMAL},
	[MAX_POSITION] = {"CVN_MAX_POSITION_USD", CVN_INT},
	[COOLDOWN] = {"CVN_COOLDOWN", CVN_DURATION},
	[FILTER_TREND] = {"CVN_FILTER_TREND", CVN_BOOL},
	[STOP_LOSS] = {"CVN_STOP_LOSS_PCT", CVN_DECIMAL},
	[TAKE_PROFIT] = {"CVN_TAKE_PROFIT_PCT", CVN_DECIMAL},
	[MODEL_TYPE] = {"CVN_MODEL_TYPE", CVN_ENUM},
	[SYMBOLS] = {"CVN_SYMBOLS", CVN_LIST},
};

struct trader {
	cvn_worker *worker;
	cvn_param params[PARAMETERS];
	const char *id;
	long cycle_ms;
	uint64_t cycle;
	uint32_t random; /* a market of our own, the same for the same worker id */
	double price;
	double entry; /* price of the open position; 0: none */
	int64_t quiet_until_ms;

	/* What it was told to do besides. */
	bool polls, holds;
	const char *rejects; /* NULL: nothing */
	long stall_s;
};

/* ---- log ---- */

/* A text as a JSON string. */
static void put_string(const char *text)
{
	putchar('"');
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\')
			printf("\\%c", *p);
		else if (*p < 0x20)
			printf("\\u%04x", *p);
		else
			putchar(*p);
	}
	putchar('"');
}

/* event and pairs of member and text, then NULL. */
static void log_line(const struct trader *t, const char *event, ...)
{
	char at[32];
	struct timespec now;
	struct tm utc;
	const char *name;
	va_list members;

	clock_gettime(CLOCK_REALTIME, &now);
	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now.tv_sec, &utc));
	flockfile(stdout);
	printf("{\"at\":\"%s\",\"event\":\"%s\",\"worker\":", at, event);
	put_string(t->id);
	va_start(members, event);
	while ((name = va_arg(members, const char *)) != NULL) {
		printf(",\"%s\":", name);
		put_string(va_arg(members, const char *));
	}
	va_end(members);
	printf("}\n");
	fflush(stdout);
	funlockfile(stdout);
}

static const char *number(char out[32], int64_t n)
{
	snprintf(out, 32, "%" PRId64, n);
	return out;
}

static void on_apply(void *arg, const cvn_applied *applied)
{
	const struct trader *t = arg;
	char version[32];

	number(version, applied->version);
	for (size_t i = 0; i < applied->n_changes; i++) {
		const cvn_change *c = &applied->changes[i];
		log_line(t, "config_change_applied", "config_version", version, "env", applied->environment,
			 "parameter_name", c->name, "old", c->old_value ? c->old_value : "", "new",
			 c->new_value ? c->new_value : "", NULL);
	}
}

static void on_event(void *arg, const cvn_event *event)
{
	char version[32];

	log_line(arg, cvn_event_name(event->kind), "config_version", number(version, event->version),
		 "detail", event->detail, NULL);
}

static int on_validate(void *arg, const cvn_proposed *proposed, cvn_error *e)
{
	const struct trader *t = arg;

	for (size_t i = 0; t->rejects && i < proposed->n_changes; i++)
		if (strcmp(proposed->changes[i].name, t->rejects) == 0) {
			snprintf(e->detail, sizeof(e->detail), "this worker was told to reject %s",
				 t->rejects);
			return EXIT_FAILED;
		}
	return CVN_OK;
}

/* ---- the market ---- */

static uint32_t any(struct trader *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 17;
	t->random ^= t->random << 5;
	return t->random;
}

/* From 0 to 1. */
static double chance(struct trader *t)
{
	return any(t) / 4294967295.0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void work(const struct trader *t, long percent)
{
	long ms = t->cycle_ms * percent / 100;
	struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&pause, NULL);
}

/* As long as it was told to, or until it is to end. */
static void stall(const struct trader *t)
{
	int64_t until = now_ms() + t->stall_s * 1000;

	log_line(t, "cycle_stalled", NULL);
	while (!stopping && now_ms() < until)
		work(t, 10);
}

/* ---- one decision ---- */

/* The values as the cycle saw them first. */
struct view {
	char texts[PARAMETERS][TEXT_MAX];
	char hash[65];
	int64_t version;
};

static void view_take(const struct trader *t, struct view *v)
{
	for (int i = 0; i < PARAMETERS; i++)
		snprintf(v->texts[i], TEXT_MAX, "%s", cvn_get_string(t->worker, t->params[i]));
	snprintf(v->hash, sizeof(v->hash), "%s", cvn_worker_config_hash(t->worker));
	v->version = cvn_worker_version(t->worker);
}

static void view_must_hold(const struct trader *t, const struct view *before)
{
	struct view after;

	view_take(t, &after);
	for (int i = 0; i < PARAMETERS; i++)
		if (strcmp(before->texts[i], after.texts[i]) != 0) {
			log_line(t, "config_change_applied_in_forbidden_section", "parameter_name",
				 wanted[i].name, "old", before->texts[i], "new", after.texts[i], NULL);
			exit(EXIT_TORN);
		}
	if (strcmp(before->hash, after.hash) != 0 || before->version != after.version) {
		log_line(t, "config_change_applied_in_forbidden_section", "old", before->hash, "new",
			 after.hash, NULL);
		exit(EXIT_TORN);
	}
}

static void order(struct trader *t)
{
	cvn_section_enter(t->worker, CVN_SECTION_ORDER);
	work(t, 10);
	cvn_section_leave(t->worker, CVN_SECTION_ORDER);
}

static void maybe_enter(struct trader *t, double score)
{
	bool trend_is_up = chance(t) < 0.6;

	if (score < cvn_get_decimal(t->worker, t->params[ENTRY_THRESHOLD]) * 0.5 + 0.4 ||
	    now_ms() < t->quiet_until_ms)
		return;
	if (cvn_get_bool(t->worker, t->params[FILTER_TREND]) && !trend_is_up)
		return;
	if (cvn_get_int(t->worker, t->params[MAX_POSITION]) < 1)
		return;
	order(t);
	t->entry = t->price;
	cvn_position_open(t->worker);
}

/* Leaves at stop or profit, or after a while, so that positions stay short. */
static void maybe_leave(struct trader *t)
{
	double percent = (t->price / t->entry - 1) * 100;
	int64_t cooldown = cvn_get_duration_ms(t->worker, t->params[COOLDOWN]);

	if (percent > -cvn_get_decimal(t->worker, t->params[STOP_LOSS]) &&
	    percent < cvn_get_decimal(t->worker, t->params[TAKE_PROFIT]) && chance(t) > 0.15)
		return;
	order(t);
	t->entry = 0;
	/* A simulated second is a millisecond and a bit. */
	t->quiet_until_ms = now_ms() + cooldown / 100;
	cvn_position_close(t->worker);
}

/* The position that --hold keeps is entered whatever the market does, and never left. */
static void hold(struct trader *t)
{
	if (t->entry > 0)
		return;
	order(t);
	t->entry = t->price;
	cvn_position_open(t->worker);
	log_line(t, "position_held", NULL);
}

static void decide(struct trader *t)
{
	double score;

	cvn_section_enter(t->worker, CVN_SECTION_INFERENCE);
	work(t, 30);
	score = chance(t);
	cvn_section_leave(t->worker, CVN_SECTION_INFERENCE);
	if (t->holds)
		hold(t);
	else if (t->entry > 0)
		maybe_leave(t);
	else
		maybe_enter(t, score);
}

static void reconcile(struct trader *t)
{
	cvn_section_enter(t->worker, CVN_SECTION_RECONCILE);
	work(t, 10);
	cvn_section_leave(t->worker, CVN_SECTION_RECONCILE);
}

static void cycle(struct trader *t)
{
	struct view before;

	t->price *= 1 + (chance(t) - 0.5) / 150;
	cvn_cycle_begin(t->worker);
	view_take(t, &before);
	work(t, 20);
	decide(t);
	if (t->stall_s && t->cycle + 1 == STALLED_CYCLE)
		stall(t);
	view_must_hold(t, &before);
	cvn_cycle_end(t->worker);
	if (++t->cycle % 10 == 0)
		reconcile(t);
	cvn_heartbeat(t->worker);
	work(t, 20);
}

/* ---- start and end ---- */

static void stop(int signal)
{
	(void)signal;
	stopping = 1;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = stop};

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

/* The library's options, and the variables they come from. */
static const struct {
	const char *name, *variable;
	bool needed, of_listen, of_poll;
} settings[] = {
	{"environment", "CVN_ENVIRONMENT", true, true, true},
	{"worker_id", "CVN_WORKER_ID", true, true, true},
	{"build", "CVN_BUILD", false, true, true},
	{"cache_dir", "CVN_CACHE_DIR", false, true, true},
	{"database", "CVN_DATABASE", true, true, false},
	{"url", "CVN_URL", true, false, true},
	{"watch_url", "CVN_WATCH_URL", false, false, true},
	{"token", "CVN_TOKEN", true, false, true},
};

static int set_from_environment(cvn_options *options, bool polls, cvn_error *e)
{
	int code = cvn_options_set(options, "build", "paper_trader", e);

	for (size_t i = 0; !code && i < sizeof(settings) / sizeof(settings[0]); i++) {
		const char *value = getenv(settings[i].variable);
		bool used = polls ? settings[i].of_poll : settings[i].of_listen;
		if (used && value) {
			code = cvn_options_set(options, settings[i].name, value, e);
		} else if (used && settings[i].needed) {
			code = e->code = CVN_E_ARGUMENT;
			snprintf(e->detail, sizeof(e->detail), "%s is not set", settings[i].variable);
		}
	}
	return code;
}

static int open_worker(struct trader *t, cvn_error *e)
{
	cvn_options *options = cvn_options_new();
	int code = options ? CVN_OK : CVN_E_NO_MEMORY;

	if (!code)
		code = set_from_environment(options, t->polls, e);
	if (!code)
		code = cvn_worker_open(options, &t->worker, e);
	for (int i = 0; !code && i < PARAMETERS; i++)
		code = cvn_worker_param(t->worker, wanted[i].name, wanted[i].type, &t->params[i], e);
	cvn_options_free(options);
	return code;
}

static struct trader trader_of_environment(void)
{
	const char *id = getenv("CVN_WORKER_ID"), *length = getenv("CVN_CYCLE_MS");
	long ms = length ? strtol(length, NULL, 10) : 200;
	struct trader t = {.id = id ? id : "",
			   .cycle_ms = ms < 20 || ms > 400 ? 200 : ms,
			   .random = 2463534242u,
			   .price = 100};

	for (const char *p = t.id; *p; p++)
		t.random = (t.random ^ (unsigned char)*p) * 16777619u;
	t.random |= 1;
	return t;
}

/* ---- the command line ---- */

static bool flag_feed(struct trader *t, const char *value)
{
	t->polls = strcmp(value, "poll") == 0;
	return t->polls || strcmp(value, "listen") == 0;
}

static bool flag_hold(struct trader *t, const char *value)
{
	(void)value;
	t->holds = true;
	return true;
}

static bool flag_reject(struct trader *t, const char *value)
{
	t->rejects = value;
	return true;
}

static bool flag_stall(struct trader *t, const char *value)
{
	char *end;

	t->stall_s = strtol(value, &end, 10);
	return *value && !*end && t->stall_s > 0 && t->stall_s <= 3600;
}

static const struct {
	const char *name;
	bool takes_value;
	bool (*set)(struct trader *, const char *value);
} flags[] = {
	{"--feed", true, flag_feed},
	{"--hold", false, flag_hold},
	{"--reject", true, flag_reject},
	{"--stall", true, flag_stall},
};

static bool read_flags(struct trader *t, char **at)
{
	for (; *at; at++) {
		size_t i = 0;
		while (i < sizeof(flags) / sizeof(flags[0]) && strcmp(flags[i].name, *at) != 0)
			i++;
		if (i == sizeof(flags) / sizeof(flags[0]) || (flags[i].takes_value && !*++at) ||
		    !flags[i].set(t, *at))
			return false;
	}
	return true;
}

static int start(struct trader *t, cvn_error *e)
{
	int code = open_worker(t, e);

	if (code)
		return code;
	cvn_worker_on_apply(t->worker, on_apply, t);
	cvn_worker_on_event(t->worker, on_event, t);
	cvn_worker_on_validate(t->worker, on_validate, t);
	return cvn_worker_start(t->worker, e);
}

int main(int argc, char **argv)
{
	struct trader t = trader_of_environment();
	cvn_error e = {0};
	cvn_tag tag;
	char version[32];

	(void)argc;
	if (!read_flags(&t, argv + 1)) {
		fprintf(stderr, "usage: paper_trader [--feed listen|poll] [--hold] [--reject NAME]"
				" [--stall SECONDS]\n");
		return EXIT_USAGE;
	}
	catch_signals();
	if (start(&t, &e) != CVN_OK) {
		log_line(&t, "start_failed", "detail", e.detail, NULL);
		cvn_worker_close(t.worker);
		return EXIT_FAILED;
	}
	cvn_worker_tag(t.worker, &tag);
	log_line(&t, "started", "config_version", number(version, tag.config_version_id), "config_hash",
		 tag.config_hash, "model", cvn_get_string(t.worker, t.params[MODEL_TYPE]), NULL);
	while (!stopping)
		cycle(&t);
	log_line(&t, "stopped", "config_version", number(version, cvn_worker_version(t.worker)), NULL);
	cvn_worker_close(t.worker);
	return 0;
}
