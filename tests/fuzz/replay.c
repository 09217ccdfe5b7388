/*
 * Replays what was found: each line of corpus/TARGET.txt is an input, with \xHH for bytes and \\ for a
 * backslash; lines that begin with # are for readers. A broken promise, or a sanitizer, ends the test.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 1 << 16, LINE_MAX_BYTES = 4 * INPUT_MAX };

/* In place; the number of bytes. */
static size_t unescape(char *line)
{
	char *out = line;
	unsigned byte;

	for (const char *in = line; *in != '\0' && *in != '\n'; in++) {
		if (*in != '\\') {
			*out++ = *in;
		} else if (in[1] == 'x' && sscanf(in + 2, "%2x", &byte) == 1) {
			*out++ = (char)byte;
			in += 3;
		} else {
			*out++ = *++in;
		}
	}
	return (size_t)(out - line);
}

static FILE *open_corpus(const char *name)
{
	const char *top = getenv("CVN_SRCDIR");
	char path[512];

	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s.txt", top == NULL ? CVN_SRCDIR : top, name);
	return fopen(path, "r");
}

START_TEST(what_was_found_once_is_read_without_harm)
{
	const struct fuzz_target *const target = &fuzz_targets[_i];
	FILE *const corpus = open_corpus(target->name);
	char *const line = malloc(LINE_MAX_BYTES);
	unsigned n = 0;

	ck_assert_ptr_nonnull(line);
	ck_assert_msg(corpus != NULL, "%s has no corpus", target->name);
	for (; fgets(line, LINE_MAX_BYTES, corpus) != NULL; n++) {
		if (line[0] != '#')
			fuzz_run(target, line, unescape(line));
	}
	fclose(corpus);
	free(line);
	ck_assert_msg(n > 3, "the corpus of %s has %u lines", target->name, n);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("fuzz");
	TCase *const corpora = tcase_create("corpora");
	int n = 0;

	while (fuzz_targets[n].name != NULL)
		n++;
	tcase_set_timeout(corpora, 60);
	tcase_add_loop_test(corpora, what_was_found_once_is_read_without_harm, 0, n);
	suite_add_tcase(suite, corpora);
	SRunner *const runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	const int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
