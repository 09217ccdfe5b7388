#include <stdio.h>
#include <stdlib.h>

#include "tests/core/check_core.h"
#include "tests/core/corpus.h"
#include "tests/core/properties.h"

static const char *const corpora[] = { "changes", "json", "numbers", "params", "rules", "texts", "values" };

START_TEST(every_case_has_the_answer_that_is_expected)
{
	const char *const top = getenv("CVN_SRCDIR");
	struct corpus_count count = { 0 };
	char path[4096];
	FILE *in;

	snprintf(path, sizeof(path), "%s/tests/core/corpus/%s.tsv", top ? top : CVN_SRCDIR, corpora[_i]);
	in = fopen(path, "r");
	ck_assert_msg(in != NULL, "%s", path);
	corpus_run(corpora[_i], in, NULL, stderr, &count);
	fclose(in);
	ck_assert_uint_gt(count.cases, 50);
	ck_assert_uint_eq(count.wrong, 0);
}
END_TEST

static uint32_t number_of(const char *variable, uint32_t otherwise)
{
	const char *const text = getenv(variable);

	return text ? (uint32_t)strtoul(text, NULL, 10) : otherwise;
}

START_TEST(the_properties_hold_for_drawn_texts)
{
	const uint32_t seed = number_of("CVN_SEED", 20240229);
	char mark[65];
	const char *const failed = properties_run(seed, number_of("CVN_DRAWS", 20000), mark);

	ck_assert_msg(!failed, "CVN_SEED=%u: %s", (unsigned)seed, failed);
}
END_TEST

Suite *suite_corpus(void)
{
	Suite *const suite = suite_create("corpus");
	TCase *const tests = tcase_create("corpus");

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, every_case_has_the_answer_that_is_expected, 0, COUNT_OF(corpora));
	tcase_add_test(tests, the_properties_hold_for_drawn_texts);
	suite_add_tcase(suite, tests);
	return suite;
}
