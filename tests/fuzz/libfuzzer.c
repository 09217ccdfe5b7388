/*
 * A group of targets under libFuzzer: CVN_FUZZ_TARGET names the one to run.
 * tests/fuzz/run builds and calls it.
 */
#include <stdint.h>
#include <stdio.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct fuzz_target *target;

	if (target == NULL) {
		const char *name = getenv("CVN_FUZZ_TARGET");
		target = fuzz_find(name == NULL ? "" : name);
		if (target == NULL) {
			fputs("CVN_FUZZ_TARGET names no target of this program\n", stderr);
			exit(2);
		}
	}
	fuzz_run(target, bytes, n);
	return 0;
}
