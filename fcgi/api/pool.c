#include "fcgi/api/pool.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STOP_MS = 5000, TICK_MS = 100, SOON_MS = 1000, BACKOFF_MS = 1000 };

struct child {
	pid_t pid; /* 0: to be started */
	int64_t started, start_at;
};

struct pool {
	const struct log *log;
	unsigned n;
	struct child children[POOL_MAX];
	pool_work *work;
	void *arg;
	sigset_t signals; /* blocked; sigtimedwait() takes them */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell(const struct pool *pool, enum log_level level, const char *event, int64_t pid,
		 int64_t status)
{
	log_line(pool->log, level, event,
		 (const struct log_member[]){
			 {.name = "pid", .number = &pid},
			 {.name = "status", .number = &status},
			 {.name = NULL}});
}

/* A responder does not outlive its parent. */
static void start(struct pool *pool, unsigned slot)
{
	struct child *child = &pool->children[slot];
	pid_t parent = getpid();

	child->started = now_ms();
	child->pid = fork();
	if (child->pid != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &pool->signals, NULL);
	_exit(getppid() == parent ? pool->work(pool->arg, slot) : EXIT_FAILURE);
}

/* What died at once comes back after a pause, so that a fault does not become a storm. */
static void reap(struct pool *pool)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (unsigned i = 0; i < pool->n; i++) {
			struct child *child = &pool->children[i];
			if (child->pid != pid)
				continue;
			child->pid = 0;
			child->start_at = now_ms() - child->started < SOON_MS ? now_ms() + BACKOFF_MS : 0;
			tell(pool, LOG_LEVEL_WARNING, "responder_ended", pid, status);
		}
	}
}

static void start_missing(struct pool *pool)
{
	for (unsigned i = 0; i < pool->n; i++) {
		if (pool->children[i].pid <= 0 && pool->children[i].start_at <= now_ms())
			start(pool, i);
	}
}

static bool signal_all(const struct pool *pool, int number)
{
	bool any = false;

	for (unsigned i = 0; i < pool->n; i++) {
		if (pool->children[i].pid > 0) {
			kill(pool->children[i].pid, number);
			any = true;
		}
	}
	return any;
}

/* Again and again, and in the end with the signal that nobody can refuse. */
static void stop(struct pool *pool)
{
	const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
	int64_t until = now_ms() + STOP_MS;

	while (signal_all(pool, now_ms() < until ? SIGTERM : SIGKILL)) {
		nanosleep(&tick, NULL);
		reap(pool);
	}
}

int pool_run(const struct log *log, unsigned n, pool_work *work, void *arg)
{
	struct pool pool = {.log = log, .n = n, .work = work, .arg = arg};
	const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
	int number;

	sigemptyset(&pool.signals);
	sigaddset(&pool.signals, SIGTERM);
	sigaddset(&pool.signals, SIGINT);
	sigaddset(&pool.signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &pool.signals, NULL);
	tell(&pool, LOG_LEVEL_INFO, "started", getpid(), 0);
	do {
		reap(&pool);
		start_missing(&pool);
		number = sigtimedwait(&pool.signals, NULL, &tick);
	} while (number != SIGTERM && number != SIGINT);
	stop(&pool);
	tell(&pool, LOG_LEVEL_INFO, "stopped", getpid(), 0);
	return EXIT_SUCCESS;
}
