#ifndef CVN_CTL_PROBLEM_H
#define CVN_CTL_PROBLEM_H
/*
 * What goes wrong is said in one shape: what, the details that there are, where, what to do next, and
 * the id by which the server knows the request.
 */
#include <stdio.h>

struct command;
struct reply;
struct request;

/* Says what and where it went wrong, and what is next; members that are NULL are left out. */
struct problem {
	const char *what, *detail, *where, *next, *request_id;
};
void problem_say(const struct problem *, FILE *);

/*
 * Says what is wrong with the command line, and which help to read:
 * the command's, or without one the program's.
 */
void problem_usage(FILE *, const struct command *, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Says an answer that is not a 2xx, with each error that it lists. Bodies that are not problem+json (a
 * proxy's page) are told by their status. next: what to do where the answer leaves that open, or NULL.
 */
void problem_print(const struct request *, const struct reply *, const char *next, FILE *);

#endif
