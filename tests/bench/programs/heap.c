/*
 * What a worker holds on the heap once it is open: heap CONNINFO ENVIRONMENT, prints {"heap"} in bytes. What
 * libpq makes once in a process (its first connection) is made before.
 */
#include <malloc.h>
#include <stdio.h>

#include <cvnworker.h>
#include <libpq-fe.h>

#include "client.h"

static size_t held(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

int main(int argc, char *argv[])
{
	cvn_worker *worker = NULL;
	cvn_error e = {0};

	if (argc != 3)
		die("usage: heap CONNINFO ENVIRONMENT");
	PQfinish(PQconnectdb(argv[1]));
	size_t before = held();
	cvn_options *options = cvn_options_new();
	if (!options || cvn_options_set(options, "database", argv[1], &e) ||
	    cvn_options_set(options, "environment", argv[2], &e) ||
	    cvn_options_set(options, "worker_id", "bench-heap", &e) || cvn_worker_open(options, &worker, &e))
		die(e.detail);
	cvn_options_free(options);
	printf("{\"heap\":%zu}\n", held() - before);
	cvn_worker_close(worker);
	return 0;
}
