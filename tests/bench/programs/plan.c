/*
 * The core's check of a whole configuration, as the responders and workers have it: plan MESSAGE-FILE COUNT
 *
 * The message is one of workerlib/core/wasm.h, copied to its place before each call as a browser writes it. Prints {"us",
 * "violations"}: the median of the calls.
 */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/core/wasm.h"

int main(int argc, char *argv[])
{
	static unsigned char message[WASM_IN_SIZE];
	int count = argc == 3 ? atoi(argv[2]) : 0;
	double *times = calloc((size_t)(count > 0 ? count : 1), sizeof(*times));
	FILE *file = argc == 3 ? fopen(argv[1], "r") : NULL;

	if (count < 1 || !file || !times)
		die("usage: plan MESSAGE-FILE COUNT");
	size_t n = fread(message, 1, sizeof(message), file);
	fclose(file);
	for (int i = 0; i < count; i++) {
		double start = now_us();
		memcpy(wasm_in(), message, n);
		if (!wasm_check_config((uint32_t)n))
			die("the message is not of the form");
		times[i] = now_us() - start;
	}
	const unsigned char *out = wasm_out();
	printf("{\"us\":%.2f,\"violations\":%u}\n", percentile(times, (size_t)count, 50),
	       (unsigned)(out[0] | out[1] << 8 | out[2] << 16 | (unsigned)out[3] << 24));
	free(times);
	return 0;
}
