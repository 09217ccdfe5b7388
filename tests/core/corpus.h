#ifndef CVN_TESTS_CORE_CORPUS_H
#define CVN_TESTS_CORE_CORPUS_H
/*
 * Cases as lines of text, for every build of the core: a verb, its fields and the answer that is expected,
 * between tabs. In a field \t \n \r \\ and \xHH stand for bytes, and \- alone for "not set". Lines that begin
 * with # and empty ones are for readers.
 */
#include <stdio.h>

struct corpus_count {
	unsigned cases, wrong;
};

/*
 * Runs the cases of a file and adds them up. Writes a line for each to out (NULL: none): its number, the
 * answer and the detail; and a line to complaints for each that is wrong.
 */
void corpus_run(const char *name, FILE *in, FILE *out, FILE *complaints, struct corpus_count *count);

#endif
