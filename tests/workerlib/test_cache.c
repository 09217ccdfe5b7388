/*
 * The cache on disk: what was written is read again, and whatever is not exactly that is refused
 * with its reason.
 */
#include "tests/workerlib/check_worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workerlib/cache.h"
#include "workerlib/snapshot.h"

enum { NOW = 1000000, MAX_AGE = 600 };

struct scene {
	char directory[64], path[128];
	struct cache *cache;
};

static void scene_start(struct scene *s)
{
	snprintf(s->directory, sizeof(s->directory), "/tmp/cvn-cache-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(s->directory));
	snprintf(s->path, sizeof(s->path), "%s/paper.w-1.cvn", s->directory);
	s->cache = cache_new(s->directory, "paper", "w-1", MAX_AGE);
	ck_assert_ptr_nonnull(s->cache);
}

static void scene_end(struct scene *s)
{
	cache_free(s->cache);
	unlink(s->path);
	ck_assert_int_eq(rmdir(s->directory), 0); /* nothing else was left there */
}

static struct snapshot *configuration(void)
{
	static const struct param params[] = {
		{.name = "CVN_A",
		 .type = VALUE_DECIMAL,
		 .category = CATEGORY_THRESHOLD,
		 .min_value = "0",
		 .max_value = "1",
		 .hot_reloadable = true},
		{.name = "CVN_B",
		 .type = VALUE_ENUM,
		 .category = CATEGORY_RISK_LIMIT,
		 .allowed_values = "[\"one\",\"two\"]",
		 .default_value = "one",
		 .required = true,
		 .critical = true},
		{.name = "CVN_C", .type = VALUE_STRING, .category = CATEGORY_COOLDOWN, .deprecated = true},
	};
	static const struct rule rule = {
		.name = "r", .expression = "CVN_A < 2", .message = "a \"quoted\" line\u00e9"};
	struct snapshot *s = snapshot_new(12, 7, 3, 1);

	ck_assert(snapshot_add_param(s, &params[0], "0.5"));
	ck_assert(snapshot_add_param(s, &params[1], "two"));
	ck_assert(snapshot_add_param(s, &params[2], NULL));
	ck_assert(snapshot_add_rule(s, &rule));
	return s;
}

static void write_configuration(const struct scene *s, int64_t at)
{
	struct snapshot *c = configuration();
	cvn_error e = {0};

	ck_assert_msg(cache_write(s->cache, c, at, &e) == 0, "%s", e.detail);
	snapshot_unref(c);
}

/* Fails to be read, for that reason. */
static void assert_refused(const struct cache *cache, const char *why)
{
	int64_t age;
	cvn_error e = {0};

	ck_assert_ptr_null(cache_read(cache, NOW, &age, &e));
	ck_assert_msg(strstr(e.detail, why) != NULL, "%s", e.detail);
}

START_TEST(what_was_written_is_read_again)
{
	struct scene s;
	struct snapshot *was = configuration(), *is;
	int64_t age = -1;
	cvn_error e = {0};

	scene_start(&s);
	write_configuration(&s, NOW - 30);
	is = cache_read(s.cache, NOW, &age, &e);
	ck_assert_msg(is != NULL, "%s", e.detail);
	ck_assert_int_eq(age, 30);
	ck_assert_int_eq(is->version, 12);
	ck_assert_int_eq(is->catalog_version, 7);
	ck_assert_uint_eq(is->n, was->n);
	for (size_t i = 0; i < is->n; i++) {
		const struct param *a = &was->params[i], *b = &is->params[i];
		ck_assert_str_eq(a->name, b->name);
		ck_assert_pstr_eq(was->values[i], is->values[i]);
		ck_assert_pstr_eq(a->allowed_values, b->allowed_values);
		ck_assert_pstr_eq(a->default_value, b->default_value);
		ck_assert_pstr_eq(a->min_value, b->min_value);
		ck_assert_pstr_eq(a->max_value, b->max_value);
		ck_assert_int_eq((int)a->type, (int)b->type);
		ck_assert_int_eq((int)a->category, (int)b->category);
		ck_assert(a->required == b->required && a->deprecated == b->deprecated &&
			  a->critical == b->critical && a->hot_reloadable == b->hot_reloadable);
	}
	ck_assert_str_eq(is->rules[0].message, was->rules[0].message);
	ck_assert_int_eq(snapshot_check(is, NULL, &e), 0);
	snapshot_unref(was);
	snapshot_unref(is);
	scene_end(&s);
}
END_TEST

START_TEST(it_is_readable_by_its_owner_alone)
{
	struct scene s;
	struct stat st;

	scene_start(&s);
	umask(0);
	write_configuration(&s, NOW);
	ck_assert_int_eq(stat(s.path, &st), 0);
	ck_assert_int_eq((int)(st.st_mode & 07777), 0600);
	scene_end(&s);
}
END_TEST

START_TEST(no_byte_may_be_another)
{
	struct scene s;
	struct stat st;
	FILE *f;

	scene_start(&s);
	write_configuration(&s, NOW);
	ck_assert_int_eq(stat(s.path, &st), 0);
	for (long at = 0; at < st.st_size; at++) {
		int byte;
		f = fopen(s.path, "r+");
		fseek(f, at, SEEK_SET);
		byte = fgetc(f);
		fseek(f, at, SEEK_SET);
		fputc(byte ^ 1, f);
		fclose(f);
		assert_refused(s.cache, "digest does not hold");
		f = fopen(s.path, "r+");
		fseek(f, at, SEEK_SET);
		fputc(byte, f);
		fclose(f);
	}
	scene_end(&s);
}
END_TEST

START_TEST(a_file_that_was_cut_is_refused)
{
	struct scene s;
	struct stat st;

	scene_start(&s);
	write_configuration(&s, NOW);
	ck_assert_int_eq(stat(s.path, &st), 0);
	for (off_t n = st.st_size - 1; n >= 0; n -= 7) {
		ck_assert_int_eq(truncate(s.path, n), 0);
		assert_refused(s.cache, "is damaged");
	}
	scene_end(&s);
}
END_TEST

START_TEST(too_old_and_too_young_are_refused)
{
	struct scene s;

	scene_start(&s);
	write_configuration(&s, NOW - MAX_AGE - 1);
	assert_refused(s.cache, "too old: 601 s, and cache_max_age_s is 600");
	write_configuration(&s, NOW + 3600);
	assert_refused(s.cache, "in the future");
	scene_end(&s);
}
END_TEST

START_TEST(another_environments_is_refused)
{
	struct scene s;
	struct cache *other;
	char path[128];

	scene_start(&s);
	write_configuration(&s, NOW);
	snprintf(path, sizeof(path), "%s/live.w-1.cvn", s.directory);
	ck_assert_int_eq(rename(s.path, path), 0);
	other = cache_new(s.directory, "live", "w-1", MAX_AGE);
	assert_refused(other, "is of environment paper, not of live");
	assert_refused(s.cache, "is not there");
	cache_free(other);
	unlink(path);
	scene_end(&s);
}
END_TEST

START_TEST(what_others_may_write_is_not_believed)
{
	struct scene s;

	scene_start(&s);
	write_configuration(&s, NOW);
	ck_assert_int_eq(chmod(s.path, 0620), 0);
	assert_refused(s.cache, "others may have written it");
	scene_end(&s);
}
END_TEST

START_TEST(a_write_that_fails_leaves_what_was_there)
{
	struct scene s;
	struct snapshot *c = configuration();
	char next[160];
	int64_t age;
	cvn_error e = {0};

	scene_start(&s);
	write_configuration(&s, NOW);
	/* A directory stands where the new file would be written. */
	snprintf(next, sizeof(next), "%s.new", s.path);
	ck_assert_int_eq(mkdir(next, 0700), 0);
	ck_assert_int_eq(cache_write(s.cache, c, NOW, &e), CVN_E_SYSTEM);
	ck_assert_ptr_nonnull(strstr(e.detail, s.path));
	snapshot_unref(c);
	c = cache_read(s.cache, NOW, &age, &e);
	ck_assert_ptr_nonnull(c);
	snapshot_unref(c);
	ck_assert_int_eq(rmdir(next), 0);
	scene_end(&s);
}
END_TEST

Suite *cache_suite(void)
{
	Suite *suite = suite_create("cache");
	TCase *tcase = tcase_create("cache");

	tcase_add_test(tcase, what_was_written_is_read_again);
	tcase_add_test(tcase, it_is_readable_by_its_owner_alone);
	tcase_add_test(tcase, no_byte_may_be_another);
	tcase_add_test(tcase, a_file_that_was_cut_is_refused);
	tcase_add_test(tcase, too_old_and_too_young_are_refused);
	tcase_add_test(tcase, another_environments_is_refused);
	tcase_add_test(tcase, what_others_may_write_is_not_believed);
	tcase_add_test(tcase, a_write_that_fails_leaves_what_was_there);
	suite_add_tcase(suite, tcase);
	return suite;
}
