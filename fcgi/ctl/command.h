#ifndef CVN_CTL_COMMAND_H
#define CVN_CTL_COMMAND_H
/*
 * The table of commands: a row says what a command takes, who carries it out, and what the help says of it.
 */
#include <stddef.h>
#include <stdio.h>

struct args;
struct client;

/* What the program exits with. */
enum {
	CTL_DONE = 0,
	CTL_REFUSED = 1, /* or a difference, of `plan` */
	CTL_USAGE = 2,
	CTL_LINK = 3, /* no connection */
};

/* What a command is carried out with: data goes to out, everything else to err. */
struct ctl {
	const struct args *args;
	struct client *client;
	FILE *out, *err;
};

struct command {
	const char *noun, *verb; /* verb: NULL when the noun is a command by itself */
	const char *operands;    /* as the help shows them */
	size_t least, most;      /* how many operands */
	unsigned options;        /* OPTION_ bits of args.h, beside the global ones */
	int (*run)(const struct ctl *);
	const char *help;
};

/* The rows, and their number. Static storage. */
const struct command *command_table(size_t *n);

/* The command that the first words name, and how many words that took (1 or 2); NULL when there is none. */
const struct command *command_find(const char *const *words, size_t n, size_t *taken);

#endif
