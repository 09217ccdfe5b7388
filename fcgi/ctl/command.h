#ifndef CVN_CTL_COMMAND_H
#define CVN_CTL_COMMAND_H
/*
 * The table of commands: a row says what a command takes, who carries it out, what the help says of
 * it, and how to find out whether it was carried out when its answer was lost. Usage, help,
 * completion and the test of the manual page read it.
 */
#include <stddef.h>
#include <stdio.h>

struct args;
struct client;

/* What the program exits with. */
enum {
	CTL_DONE = 0,
	CTL_REFUSED = 1, /* or a difference */
	CTL_USAGE = 2,
	CTL_LINK = 3, /* no connection */
};

/* What a command is carried out with: data goes to out, everything else to err. */
struct ctl {
	const struct args *args;
	struct client *client;
	FILE *out, *err;
	FILE *terminal; /* where somebody can be asked; NULL: nobody can */
};

/* What tells whether a write whose answer was lost was carried out. */
enum recheck {
	RECHECK_NOTHING, /* the command writes nothing */
	RECHECK_HISTORY, /* the history, by the request's id */
	RECHECK_CHANGES, /* the list of change sets, by the request's id */
	RECHECK_CHANGE,  /* the change set that the first operand names */
	RECHECK_FREEZES, /* the list of freeze windows */
	RECHECK_REPEAT,  /* the same command again: it is safe to repeat */
};

struct command {
	const char *noun, *verb; /* verb: NULL when the noun is a command by itself */
	const char *operands;    /* as the help shows them */
	size_t least, most;      /* how many operands */
	unsigned needs;          /* OPTION_ bits of args.h: what must be given */
	unsigned options;        /* what may be, beside the global ones */
	enum recheck recheck;
	int (*run)(const struct ctl *);
	const char *help;
};

/* The rows, and their number. Static storage. */
const struct command *command_table(size_t *n);

/* The command that the first words name, and how many words that took (1 or 2); NULL when there is none. */
const struct command *command_find(const char *const *words, size_t n, size_t *taken);

/* "config set"; "" for NULL. The caller must free it with free(). */
char *command_name(const struct command *);

#endif
