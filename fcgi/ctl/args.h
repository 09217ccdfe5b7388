#ifndef CVN_CTL_ARGS_H
#define CVN_CTL_ARGS_H
/*
 * The command line, read by a table of options that also makes the help. Unlike those of the servers
 * (fcgi/proc/options.h), options stand anywhere on the line, and each command takes its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct command;

/* The options that are not every command's; a row of the command table says which it takes. */
enum {
	OPTION_REASON = 1 << 0,
	OPTION_IF_VERSION = 1 << 1,
	OPTION_ENVIRONMENT = 1 << 2,
	OPTION_COUNT = 1 << 3,
	OPTION_KIND = 1 << 4,
	OPTION_HASH = 1 << 5,
	OPTION_FACTORS = 1 << 6,
	OPTION_CODE_VERSION = 1 << 7,
};

struct args {
	const struct command *command; /* NULL only with help or version */
	const char **operands;
	size_t n;
	const char *url, *token, *login, *password_file; /* NULL where not given, but for url */
	const char *reason, *environment, *kind, *hash, *factors, *code_version;
	int64_t if_version, count; /* 0 where not given */
	bool json, help, version;
};

struct args_option {
	const char *name;
	const char *value;                               /* what the help calls its value; NULL for a flag */
	enum { ARGS_FLAG, ARGS_TEXT, ARGS_NUMBER } kind; /* a number is at least 1 */
	size_t offset;                                   /* of its member in struct args */
	unsigned bit;                                    /* OPTION_, or 0 for every command's */
	const char *env;                                 /* the variable that stands in for it, or NULL */
	const char *help;
};

/* The rows, and their number. Static storage. */
const struct args_option *args_options(size_t *n);

/*
 * Reads argv[1..argc-1] and, for options not given, the environment through env (getenv). True; or false with
 * one line on err. The caller must free it with args_free() in any case. The texts are argv's and the
 * environment's.
 */
bool args_parse(struct args *, int argc, char *const argv[], char *(*env)(const char *), FILE *err);
void args_free(struct args *);

#endif
