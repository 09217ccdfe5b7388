#include "fcgi/ops/ops_documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ops/ops.h"
#include "fcgi/proc/need.h"
#include "fcgi/proc/text.h"

struct document {
	char environment[32];
	char key[OPS_SIGHT_MAX];
	char *bytes; /* NULL: a free place */
	size_t n;
	uint64_t wanted; /* when, by the count of all that was asked and kept */
};

struct ops_documents {
	struct document documents[DOCUMENTS_MAX];
	uint64_t now;
	struct ops_documents_count count;
};

struct ops_documents *ops_documents_new(void)
{
	return need_items(1, sizeof(struct ops_documents));
}

static void drop(struct ops_documents *all, struct document *document)
{
	if (document->bytes == NULL)
		return;
	all->count.documents--;
	all->count.bytes -= document->n;
	free(document->bytes);
	*document = (struct document){.bytes = NULL};
}

void ops_documents_free(struct ops_documents *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < DOCUMENTS_MAX; i++)
		drop(all, &all->documents[i]);
	free(all);
}

/* The environment's; NULL: there is none. */
static struct document *of(struct ops_documents *all, const char *environment)
{
	for (size_t i = 0; i < DOCUMENTS_MAX; i++) {
		if (all->documents[i].bytes != NULL &&
		    strcmp(all->documents[i].environment, environment) == 0)
			return &all->documents[i];
	}
	return NULL;
}

static struct document *free_place(struct ops_documents *all)
{
	struct document *place = all->documents;

	while (place->bytes != NULL)
		place++;
	return place;
}

/* The one that was wanted longest ago; with none at all, a free place. */
static struct document *oldest(struct ops_documents *all)
{
	struct document *least = all->documents;

	for (size_t i = 0; i < DOCUMENTS_MAX; i++) {
		struct document *one = &all->documents[i];
		if (one->bytes != NULL && (least->bytes == NULL || one->wanted < least->wanted))
			least = one;
	}
	return least;
}

bool ops_documents_find(struct ops_documents *all, const char *environment, const char *key,
			struct text *into)
{
	struct document *document = of(all, environment);

	if (document == NULL || strcmp(document->key, key) != 0) {
		all->count.missed++;
		return false;
	}
	all->count.found++;
	document->wanted = ++all->now;
	text_put(into, document->bytes, document->n);
	return true;
}

void ops_documents_keep(struct ops_documents *all, const char *environment, const char *key,
			const char *bytes, size_t n)
{
	struct document *place = of(all, environment);

	if (place != NULL)
		drop(all, place);
	if (n > DOCUMENTS_BYTES || strlen(environment) >= sizeof place->environment ||
	    strlen(key) >= sizeof place->key)
		return;
	while (all->count.bytes + n > DOCUMENTS_BYTES || all->count.documents == DOCUMENTS_MAX)
		drop(all, oldest(all));
	place = free_place(all);
	snprintf(place->environment, sizeof place->environment, "%s", environment);
	snprintf(place->key, sizeof place->key, "%s", key);
	place->bytes = need_copy(bytes, n);
	place->n = n;
	place->wanted = ++all->now;
	all->count.documents++;
	all->count.bytes += n;
}

struct ops_documents_count ops_documents_count(const struct ops_documents *all)
{
	return all->count;
}
