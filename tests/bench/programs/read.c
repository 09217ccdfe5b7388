/*
 * Nanoseconds of a thread's own processor time a read, while the library listens on a thread of its own:
 *
 *   read --database CONNINFO --environment ENV --owner CONNINFO --threads 1|2 --swaps PER-SECOND
 *
 * Prints {"handle","field","getenv","name","swaps"}: a decimal by its handle; a field of a structure behind a
 * pointer; getenv() of the same name; what it costs to look the handle up by name first; and the
 * configurations that came into force meanwhile, a second. Each read takes its address from the one before,
 * so that latency is measured. With more than one thread, the slowest. For --swaps the owner writes versions
 * past the API, which only a machine of one's own allows.
 */
#include "client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cvnworker.h>
#include <libpq-fe.h>

enum { READS = 2000000, LOOKUPS = 200000, THREADS_MAX = 8 };

#define NAME "CVN_ENTRY_THRESHOLD"

struct fields {
	double before, value;
};

struct reader {
	const cvn_worker *worker;
	cvn_worker *lookup;
	cvn_param param;
	const volatile struct fields *fields;
	double handle, field, getenv, name;
};

struct swapper {
	const char *owner, *environment;
	double per_second;
	atomic_bool stop;
};

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* No value is negative; the compiler cannot know it. */
static double by_handle(const struct reader *r)
{
	cvn_param param = r->param;
	double value = 0, start = cpu_ns();

	for (long i = 0; i < READS; i++) {
		param.slot += value < 0;
		value = cvn_get_decimal(r->worker, param);
	}
	return (cpu_ns() - start) / READS;
}

static double by_field(const struct reader *r)
{
	double value = 0, start = cpu_ns();

	for (long i = 0; i < READS; i++)
		value = (r->fields + (value < 0))->value;
	return (cpu_ns() - start) / READS;
}

static double by_getenv(void)
{
	const char *name = NAME;
	double start = cpu_ns();

	for (long i = 0; i < LOOKUPS; i++)
		name += *getenv(name) < 0;
	return (cpu_ns() - start) / LOOKUPS;
}

static double by_name(const struct reader *r)
{
	const char *name = NAME;
	cvn_param param;
	double value = 0, start = cpu_ns();

	for (long i = 0; i < LOOKUPS; i++) {
		name += value < 0;
		if (cvn_worker_param(r->lookup, name, CVN_DECIMAL, &param, NULL))
			die("a parameter is gone");
		value = cvn_get_decimal(r->worker, param);
	}
	return (cpu_ns() - start) / LOOKUPS;
}

static void *read_all(void *arg)
{
	struct reader *r = arg;

	by_handle(r);
	r->handle = by_handle(r);
	r->field = by_field(r);
	r->getenv = by_getenv();
	r->name = by_name(r);
	return NULL;
}

static void *swap(void *arg)
{
	struct swapper *s = arg;
	PGconn *conn = PQconnectdb(s->owner);
	char sql[1024];
	double due = now_us();

	if (PQstatus(conn) != CONNECTION_OK)
		die(PQerrorMessage(conn));
	PQclear(PQexec(conn, "set session_replication_role = replica; set synchronous_commit = off"));
	for (unsigned i = 0; !atomic_load(&s->stop); i++) {
		snprintf(sql, sizeof(sql),
			 "begin; with v as (update active_config set version = version + 1"
			 " where environment = '%s' returning id, version)"
			 " insert into active_config_entries"
			 " (config_id, name, value, version, changed_at, changed_by)"
			 " select id, '" NAME "', '0.%u1', version, now(), 'bench' from v"
			 " on conflict (config_id, name)"
			 " do update set value = excluded.value, version = excluded.version;"
			 " select pg_notify('config_changed',"
			 " format('env=%%s,key=" NAME ",version=%%s', environment, version))"
			 " from active_config where environment = '%s'; commit",
			 s->environment, 10000 + i % 80000, s->environment);
		PGresult *result = PQexec(conn, sql);
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			die(PQerrorMessage(conn));
		PQclear(result);
		due += 1e6 / s->per_second;
		sleep_until(due);
	}
	PQfinish(conn);
	return NULL;
}

static void count(void *arg, const cvn_applied *applied)
{
	(void)applied;
	atomic_fetch_add((atomic_ulong *)arg, 1);
}

static double slowest(const struct reader *readers, int n, size_t member)
{
	double most = 0;

	for (int i = 0; i < n; i++) {
		double one = *(const double *)(const void *)((const char *)&readers[i] + member);
		most = one > most ? one : most;
	}
	return most;
}

static void measure(struct reader *first, int threads, struct swapper *swapper, atomic_ulong *applied)
{
	struct reader readers[THREADS_MAX];
	pthread_t ids[THREADS_MAX], swapping;

	if (swapper->per_second > 0) {
		pthread_create(&swapping, NULL, swap, swapper);
		for (double end = now_us() + 10e6; atomic_load(applied) < 10;) {
			if (now_us() > end)
				die("no configuration came into force");
			sleep_until(now_us() + 1000);
		}
	}
	unsigned long before = atomic_load(applied);
	double start = now_us();
	for (int i = 0; i < threads; i++) {
		readers[i] = *first;
		pthread_create(&ids[i], NULL, read_all, &readers[i]);
	}
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	double swaps = (double)(atomic_load(applied) - before) / (now_us() - start) * 1e6;
	atomic_store(&swapper->stop, true);
	if (swapper->per_second > 0)
		pthread_join(swapping, NULL);
	printf("{\"handle\":%.4f,\"field\":%.4f,\"getenv\":%.4f,\"name\":%.4f,\"swaps\":%.0f}\n",
	       slowest(readers, threads, offsetof(struct reader, handle)),
	       slowest(readers, threads, offsetof(struct reader, field)),
	       slowest(readers, threads, offsetof(struct reader, getenv)),
	       slowest(readers, threads, offsetof(struct reader, name)), swaps);
}

static const char *option(int argc, char *argv[], const char *flag)
{
	for (int i = 1; i + 1 < argc; i += 2)
		if (!strcmp(argv[i], flag))
			return argv[i + 1];
	die(flag);
}

int main(int argc, char *argv[])
{
	cvn_options *options = cvn_options_new();
	cvn_worker *worker = NULL;
	cvn_error e = {0};
	cvn_param param;
	atomic_ulong applied = 0;
	struct fields fields[2] = {{.value = 0.58}, {.value = 0.58}};
	struct swapper swapper = {.owner = option(argc, argv, "--owner"),
				  .environment = option(argc, argv, "--environment"),
				  .per_second = atof(option(argc, argv, "--swaps"))};
	int threads = atoi(option(argc, argv, "--threads"));

	if (threads < 1 || threads > THREADS_MAX)
		die("--threads is a number from 1 to 8");
	if (!options || cvn_options_set(options, "database", option(argc, argv, "--database"), &e) ||
	    cvn_options_set(options, "environment", swapper.environment, &e) ||
	    cvn_options_set(options, "worker_id", "bench-read", &e) || setenv(NAME, "0.58", 1) ||
	    cvn_worker_open(options, &worker, &e) || cvn_worker_param(worker, NAME, CVN_DECIMAL, &param, &e))
		die(e.detail);
	cvn_worker_on_apply(worker, count, &applied);
	if (cvn_worker_start(worker, &e))
		die(e.detail);
	measure(&(struct reader){.worker = worker, .lookup = worker, .param = param, .fields = fields},
		threads, &swapper, &applied);
	cvn_worker_close(worker);
	cvn_options_free(options);
	return 0;
}
