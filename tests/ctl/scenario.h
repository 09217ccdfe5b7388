#ifndef CVN_CHECK_SCENARIO_H
#define CVN_CHECK_SCENARIO_H
/* A whole command against the twin: what it is called with, asks, prints, says and exits with. */
#include <stddef.h>

#include "tests/ctl/twin.h"

struct args;

enum { SCENARIO_TURNS = 6, SCENARIO_WORDS = 12 };

struct scenario {
	const char *name;
	const char *words[SCENARIO_WORDS];
	struct twin_turn turns[SCENARIO_TURNS];
	int exit;
	const char *out;  /* all of it */
	const char *said; /* a part of err; NULL: nothing was said */
};

/*
 * Runs it and fails the test where it differs.
 * typed: what somebody types on the terminal, or NULL without one.
 */
void scenario_run(const struct scenario *, const char *typed);

/* What args_parse() reads, as main() would have it. */
struct scenario_line {
	char text[256];
	char *argv[SCENARIO_WORDS + 1];
};

/* Parses the words of a scenario, which then live in the line. The caller must free args with args_free(). */
void scenario_parse(struct args *, struct scenario_line *, const struct scenario *);

#endif
