/* The names that were resolved: found without a lock, by any thread, while others come. */
#include "tests/workerlib/check_worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/workerlib/alone.h"
#include "workerlib/registry.h"

enum { READERS = 2 };

/* The lock is held meanwhile, and another thread looks, which has never read. */
static void *resolve_again(void *arg)
{
	struct cvn_worker *w = arg;

	for (int i = 0; i < 3; i++)
		(void)alone_handle(w, "CVN_LOW", CVN_DECIMAL);
	return NULL;
}

START_TEST(a_name_that_was_resolved_is_found_without_a_lock)
{
	struct cvn_worker *w = alone_open();
	cvn_param low = alone_handle(w, "CVN_LOW", CVN_DECIMAL);
	pthread_t thread;

	pthread_mutex_lock(&w->engine.lock);
	ck_assert_int_eq(pthread_create(&thread, NULL, resolve_again, w), 0);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(alone_handle(w, "CVN_LOW", CVN_DECIMAL).slot, low.slot);
	ck_assert_ptr_null(w->engine.readers.list);
	pthread_mutex_unlock(&w->engine.lock);
	ck_assert_int_eq(cvn_worker_param(w, "CVN_LOW", CVN_INT, &low, NULL), CVN_E_TYPE);
	/* What is no type is none, also of a name that nobody has resolved. */
	ck_assert_int_eq(cvn_worker_param(w, "CVN_SIZE", (cvn_type)-1, &low, NULL), CVN_E_TYPE);
	alone_close(w);
}
END_TEST

enum { NEWCOMERS = 1000, NEWCOMER_LENGTH = 56 };

/* Names of every length, each differing from the next in one place only. */
static void newcomer(char name[NEWCOMER_LENGTH + 8], int i)
{
	int n = 1 + i % NEWCOMER_LENGTH;

	snprintf(name, NEWCOMER_LENGTH + 8, "D%06u%.*s", (unsigned)i % 1000000, n,
		 "_ABCDEFGHIJKLMNOPQRSTUVWXYZ_ABCDEFGHIJKLMNOPQRSTUVWXYZ_ABCDEFGHI");
}

struct newcomers {
	struct cvn_worker *worker;
	atomic_int there, wrong;
};

/* What is there is found, by its own name and by no other. */
static void *find_newcomers(void *arg)
{
	struct newcomers *all = arg;
	char name[NEWCOMER_LENGTH + 8], before[NEWCOMER_LENGTH + 8];
	int there;

	do {
		there = atomic_load(&all->there);
		strcpy(before, "CVN_LOW");
		for (int i = 0; i < there; i++) {
			cvn_param p = {0}, q = {0};
			newcomer(name, i);
			int found = cvn_worker_param(all->worker, name, CVN_INT, &p, NULL);
			int other = cvn_worker_param(all->worker, before, i ? CVN_INT : CVN_DECIMAL, &q,
						     NULL);
			if (found || other || p.slot == q.slot)
				atomic_fetch_add(&all->wrong, 1);
			memcpy(before, name, sizeof(before));
		}
		newcomer(name, NEWCOMERS);
		if (cvn_worker_param(all->worker, name, CVN_INT, &(cvn_param){0}, NULL) != CVN_E_UNKNOWN)
			atomic_fetch_add(&all->wrong, 1);
	} while (there < NEWCOMERS);
	return NULL;
}

START_TEST(names_are_found_while_others_come)
{
	struct newcomers all = {.worker = alone_open()};
	struct alone_row *rows = calloc(ROWS + NEWCOMERS, sizeof(*rows));
	char (*names)[NEWCOMER_LENGTH + 8] = calloc(NEWCOMERS, sizeof(*names));
	pthread_t threads[READERS];

	ck_assert(rows && names);
	memcpy(rows, alone_rows, sizeof(alone_rows));
	(void)alone_handle(all.worker, "CVN_LOW", CVN_DECIMAL);
	for (int i = 0; i < READERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, find_newcomers, &all), 0);
	for (int i = 0; i < NEWCOMERS; i++) {
		newcomer(names[i], i);
		rows[ROWS + i] = (struct alone_row){
			.param = {.name = names[i], .type = VALUE_INT, .category = CATEGORY_THRESHOLD,
				  .hot_reloadable = true},
			.value = "1"};
		if (i % 50 == 49) {
			alone_stage(all.worker, rows, (size_t)(ROWS + i + 1), i + 2);
			atomic_store(&all.there, i + 1);
		}
	}
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&all.wrong), 0);
	alone_close(all.worker);
	free(names);
	free(rows);
}
END_TEST

enum { REGISTRIES = 5000, NAMES = 60 };

struct asked {
	struct registry registries[REGISTRIES];
	char names[NAMES][NEWCOMER_LENGTH + 8];
	atomic_int filling, wrong;
};

/* In the registry that is being filled, so that the cells looked into are those where names come. */
static void *ask_for_names(void *arg)
{
	struct asked *all = arg;
	int filling;

	while ((filling = atomic_load(&all->filling)) < REGISTRIES)
		for (int i = 0; i < NAMES; i++) {
			const struct registry_name *known = registry_find(&all->registries[filling],
									  all->names[i]);
			if (known && strcmp(known->name, all->names[i]) != 0)
				atomic_fetch_add(&all->wrong, 1);
		}
	return NULL;
}

START_TEST(who_looks_where_a_name_is_about_to_come_is_not_given_it_for_another)
{
	struct asked *all = calloc(1, sizeof(*all));
	struct snapshot *s = snapshot_new(1, 1, NAMES, 0);
	pthread_t threads[READERS];

	ck_assert(all && s);
	for (int i = 0; i < NAMES; i++) {
		newcomer(all->names[i], i);
		const struct param param = {.name = all->names[i], .type = VALUE_INT};
		ck_assert(snapshot_add_param(s, &param, "1"));
	}
	for (int i = 0; i < READERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_for_names, all), 0);
	for (int i = 0; i < REGISTRIES; i++) {
		ck_assert(registry_place(&all->registries[i], s));
		atomic_store(&all->filling, i + 1);
	}
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&all->wrong), 0);
	for (int i = 0; i < REGISTRIES; i++)
		registry_free(&all->registries[i]);
	snapshot_unref(s);
	free(all);
}
END_TEST

TCase *registry_cases(void)
{
	TCase *tcase = tcase_create("registry");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_name_that_was_resolved_is_found_without_a_lock);
	tcase_add_test(tcase, names_are_found_while_others_come);
	tcase_add_test(tcase, who_looks_where_a_name_is_about_to_come_is_not_given_it_for_another);
	return tcase;
}
