#ifndef CVN_OPS_DOCUMENTS_H
#define CVN_OPS_DOCUMENTS_H
/*
 * The documents that were answered last, in this process: one an environment, under a key that says which one
 * it is. It is nothing that can be out of date: whoever asks brings the key that holds now. It has a bound in
 * documents and in bytes; the one that was wanted longest ago goes first.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DOCUMENTS_MAX = 32, DOCUMENTS_BYTES = 1 << 20 };

struct ops_documents;
struct text;

/* The caller must free it with ops_documents_free(). */
struct ops_documents *ops_documents_new(void);
void ops_documents_free(struct ops_documents *);

/* Appends the document of this key to `into`; false: it is not there. Counts which. */
bool ops_documents_find(struct ops_documents *, const char *environment, const char *key, struct text *into);

/* Keeps a copy in the place of the environment's one; not one that is longer than all may be together. */
void ops_documents_keep(struct ops_documents *, const char *environment, const char *key, const char *bytes,
			size_t n);

struct ops_documents_count {
	uint64_t found, missed;
	size_t documents, bytes;
};
struct ops_documents_count ops_documents_count(const struct ops_documents *);

#endif
