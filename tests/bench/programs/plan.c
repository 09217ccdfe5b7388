/*
 * The core's check of a whole configuration, as the responders and workers have it: plan MESSAGE-FILE COUNT
 *
 * The message is one of workerlib/core/wasm.h, copied to its place before each call as a browser writes it.
 * Prints {"us", "violations"}: what a call takes in the median of batches of ten, as they are timed in the
 * page, so that a processor that is taken away meanwhile counts the same for both.
 */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/core/wasm.h"

enum { BATCH = 10 };

static void check(const unsigned char *message, size_t n)
{
	memcpy(wasm_in(), message, n);
	if (!wasm_check_config((uint32_t)n))
		die("the message is not of the form");
}

int main(int argc, char *argv[])
{
	static unsigned char message[WASM_IN_SIZE];
	int count = argc == 3 ? atoi(argv[2]) / BATCH : 0;
	double *times = calloc((size_t)(count > 0 ? count : 1), sizeof(*times));
	FILE *file = argc == 3 ? fopen(argv[1], "r") : NULL;

	if (count < 1 || !file || !times)
		die("usage: plan MESSAGE-FILE COUNT, of at least ten");
	size_t n = fread(message, 1, sizeof(message), file);
	fclose(file);
	for (int i = 0; i < count; i++) {
		double start = now_us();
		for (int k = 0; k < BATCH; k++)
			check(message, n);
		times[i] = (now_us() - start) / BATCH;
	}
	const unsigned char *out = wasm_out();
	printf("{\"us\":%.2f,\"violations\":%u}\n", percentile(times, (size_t)count, 50),
	       (unsigned)(out[0] | out[1] << 8 | out[2] << 16 | (unsigned)out[3] << 24));
	free(times);
	return 0;
}
