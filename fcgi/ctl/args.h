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

/* The options that are not every command's; a row of the command table says which it takes and needs. */
enum {
	OPTION_REASON = 1 << 0,
	OPTION_IF_VERSION = 1 << 1,
	OPTION_ENVIRONMENT = 1 << 2,
	OPTION_COUNT = 1 << 3,
	OPTION_KIND = 1 << 4,
	OPTION_HASH = 1 << 5,
	OPTION_FACTORS = 1 << 6,
	OPTION_CODE_VERSION = 1 << 7,
	OPTION_VERSION = 1 << 8,
	OPTION_OUTPUT = 1 << 9,
	OPTION_DRY_RUN = 1 << 10,
	OPTION_FROM = 1 << 11,
	OPTION_SUBMIT = 1 << 12,
	OPTION_STATE = 1 << 13,
	OPTION_CREATED_BY = 1 << 14,
	OPTION_CHANGED_BY = 1 << 15,
	OPTION_REQUEST_ID = 1 << 16,
	OPTION_NAME = 1 << 17,
	OPTION_SINCE = 1 << 18,
	OPTION_UNTIL = 1 << 19,
	OPTION_CURSOR = 1 << 20,
	OPTION_COMMENT = 1 << 21,
	OPTION_BEFORE = 1 << 22,
	OPTION_STARTS = 1 << 23,
	OPTION_ENDS = 1 << 24,
	OPTION_WEEKLY = 1 << 25,
};

struct args {
	const struct command *command; /* NULL only with help or version */
	const char **operands;
	size_t n;
	const char *url, *token, *token_file, *login, *password_file; /* NULL where not given, but for url */
	const char *reason, *environment, *kind, *hash, *factors, *code_version, *output, *from, *state;
	const char *created_by, *changed_by, *request_id, *name, *since, *until, *cursor, *comment;
	const char *starts, *ends, *weekly;
	int64_t if_version, count, at; /* 0 where not given */
	bool json, help, version, dry_run, submit, before;
};

struct args_option {
	const char *name;
	char letter;                                     /* its short form, or 0 */
	const char *value;                               /* what the help calls its value; NULL for a flag */
	enum { ARGS_FLAG, ARGS_TEXT, ARGS_NUMBER } kind; /* a number is at least 1 */
	size_t offset;                                   /* of its member in struct args */
	unsigned bit;                                    /* OPTION_, or 0 for every command's */
	bool who;                                        /* says who asks: one of these is enough */
	const char *env;                                 /* the variable that stands in for it, or NULL */
	const char *query;                               /* what the API calls it as a filter, or NULL */
	const char *help;
};

/* The rows, and their number. Static storage. */
const struct args_option *args_options(size_t *n);

/*
 * Reads argv[1..argc-1] and, for options not given, the environment through env (getenv). True; or
 * false after saying on err what is wrong. The caller must free it with args_free() in any case.
 * The texts are argv's and the environment's.
 */
bool args_parse(struct args *, int argc, char *const argv[], char *(*env)(const char *), FILE *err);
void args_free(struct args *);

/* path_take with the filters that were given as its query. The caller must free it with free(). */
char *args_filtered(const struct args *, char *path_take);

#endif
