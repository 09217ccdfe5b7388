#include "tests/fuzz/fuzz.h"

#include <string.h>

void fuzz_run(const struct fuzz_target *target, const void *bytes, size_t n)
{
	char *copy = malloc(n + 1);

	hold(copy != NULL);
	if (n > 0)
		memcpy(copy, bytes, n);
	copy[n] = '\0';
	target->run(copy, n);
	free(copy);
}

const struct fuzz_target *fuzz_find(const char *name)
{
	const struct fuzz_target *target = fuzz_targets;

	while (target->name != NULL && strcmp(target->name, name) != 0)
		target++;
	return target->name == NULL ? NULL : target;
}
