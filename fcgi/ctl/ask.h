#ifndef CVN_CTL_ASK_H
#define CVN_CTL_ASK_H
/*
 * A request whose only good answer is a JSON object, or nothing at all with a 204: what else
 * comes back is told here, once for all commands.
 */
#include <stdbool.h>
#include <stdint.h>

struct ctl;
struct json_object;
struct listing;
struct reply;
struct request;

/* What a command asks, and what becomes of the answer. */
struct ask {
	const char *method;       /* NULL: GET */
	char *path;               /* of path_make(); ask_run() frees it */
	struct json_object *body; /* or NULL; ask_run() frees it */
	enum {
		ASK_ALWAYS,
		ASK_ON_VERSION, /* If-Match: what is current must be version; 0: whatever it is */
		ASK_IF_NEW      /* If-None-Match: there must be none */
	} when;
	int64_t version;
	const struct listing *list; /* prints the answer for people, or else: */
	void (*show)(const struct ctl *, const struct reply *);
	bool (*differs)(struct json_object *); /* whether it makes the command exit 1, or NULL */
};

/*
 * Carries it out: prints the answer, with --json as it came. CTL_DONE; CTL_REFUSED, for a difference or after
 * saying what was refused; CTL_LINK after saying why there was no answer.
 */
int ask_run(const struct ctl *, const struct ask *);

/*
 * Only asks, by GET; path_take is freed. CTL_DONE with a 2xx and its JSON in reply; CTL_REFUSED and CTL_LINK
 * as above. The caller must free the reply with client_reply_free() in any case.
 */
int ask_get(const struct ctl *, char *path_take, struct reply *);

/* The same by any request, and nothing is said of a missing or refusing answer: for who will ask again. */
int ask_quietly(const struct ctl *, const struct request *, struct reply *);

/* Says why the last answer, which ask_quietly() judged so, was none. */
void ask_explain(const struct ctl *, const struct request *, const struct reply *, int judged);

#endif
