#ifndef CVN_TESTS_CORE_CORPUS_VERB_H
#define CVN_TESTS_CORE_CORPUS_VERB_H
/* What a case of a corpus asks of the core: its first field is the verb, the others are what it is about. */
#include <stdbool.h>
#include <stddef.h>

#include "workerlib/core/code.h"
#include "workerlib/core/value.h"

enum { CORPUS_FIELDS = 24, CORPUS_ANSWER = VALUE_MAX + 512 };

/* A case: its fields (unescaped, each with its length; NULL: not set), and what came of it. */
struct corpus_test {
	const char *field[CORPUS_FIELDS];
	size_t length[CORPUS_FIELDS];
	size_t n;
	char answer[CORPUS_ANSWER];
	struct error error;
};

/* Runs its verb; false: there is no such verb with so many fields. */
bool corpus_verb_run(struct corpus_test *);

/* The answer, and the one that a code is: the code's name behind a '!', or what it is for CODE_OK. */
void corpus_verb_answer(struct corpus_test *, const char *);
void corpus_verb_answer_code(struct corpus_test *, enum code, const char *if_ok);

#endif
