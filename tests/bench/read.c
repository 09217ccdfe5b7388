/*
 * A parameter read by its handle, against getenv() of a variable of the same name: nanoseconds each, the best of ten
 * rounds, while the library listens. Built against the installed library. Prints a row for ./dev bench.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cvnworker.h>

enum { ROUNDS = 10, READS = 5000000 };

static volatile double sink;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double by_handle(const cvn_worker *worker, cvn_param param)
{
	double start = now();

	for (long i = 0; i < READS; i++)
		sink = cvn_get_decimal(worker, param);
	return (now() - start) / READS;
}

static double by_getenv(void)
{
	double start = now();

	for (long i = 0; i < READS; i++)
		sink = *getenv("CVN_ENTRY_THRESHOLD");
	return (now() - start) / READS;
}

static int set(cvn_options *options, const char *name, const char *value, cvn_error *e)
{
	return value ? cvn_options_set(options, name, value, e) : 1;
}

int main(void)
{
	cvn_options *options = cvn_options_new();
	cvn_worker *worker = NULL;
	cvn_error e = {0};
	cvn_param param;
	double ours = 1e9, baseline = 1e9;
	int failed = !options || set(options, "database", getenv("CVN_DATABASE"), &e) || set(options, "environment", "dev", &e) ||
		     set(options, "worker_id", "bench-read", &e) || setenv("CVN_ENTRY_THRESHOLD", "0.58", 1) ||
		     cvn_worker_open(options, &worker, &e) || cvn_worker_start(worker, &e) ||
		     cvn_worker_param(worker, "CVN_ENTRY_THRESHOLD", CVN_DECIMAL, &param, &e);

	for (int i = 0; !failed && i < ROUNDS; i++) {
		double handle = by_handle(worker, param), environment = by_getenv();

		ours = handle < ours ? handle : ours;
		baseline = environment < baseline ? environment : baseline;
	}
	if (failed)
		fprintf(stderr, "read: %s\n", e.detail);
	else
		printf("read by handle\t%.2f ns\t%.2f ns getenv\t%.2f\t<= 1\n", ours, baseline, ours / baseline);
	cvn_worker_close(worker);
	cvn_options_free(options);
	return failed;
}
