/*
 * Replays a corpus from standard input, or tries the properties; the same program for every
 * build of the core.
 *   runner NAME < corpus      each answer on standard output; exit 1 when one is not the expected one
 *   runner --properties SEED ROUNDS
 */
#include <stdlib.h>
#include <string.h>

#include "tests/core/corpus.h"
#include "tests/core/properties.h"

static int replay(const char *name)
{
	struct corpus_count count = { 0 };

	corpus_run(name, stdin, stdout, stderr, &count);
	printf("%u cases\n", count.cases);
	return count.wrong > 0 || count.cases == 0;
}

static int try_properties(const char *seed, const char *rounds)
{
	char mark[65];
	const char *const failed =
		properties_run((uint32_t)strtoul(seed, NULL, 10), (unsigned)strtoul(rounds, NULL, 10), mark);

	printf("seed %s: %s %s\n", seed, mark, failed ? failed : "");
	return failed != NULL;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--properties") == 0)
		return try_properties(argv[2], argv[3]);
	if (argc == 2)
		return replay(argv[1]);
	fputs("usage: runner NAME < corpus | runner --properties SEED ROUNDS\n", stderr);
	return 2;
}
