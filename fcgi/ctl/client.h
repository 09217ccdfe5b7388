#ifndef CVN_CTL_CLIENT_H
#define CVN_CTL_CLIENT_H
/*
 * The network, and all of it: requests go down, answers come up. client.c is the one file that knows libcurl;
 * tests link a twin of it that answers from a script.
 */
#include <stdbool.h>
#include <stddef.h>

struct json_object;
struct client;

struct client_options {
	const char *url;              /* the console's address, without /api */
	const char *token;            /* Bearer; or NULL */
	const char *login, *password; /* Basic; or NULL */
};

struct request {
	const char *method;       /* "GET", "POST" */
	const char *path;         /* encoded: path_make() */
	struct json_object *body; /* or NULL */
	const char *if_match, *if_none_match; /* whole header values, or NULL */
	long timeout_s;           /* 0: as long as a request should take */
};

struct reply {
	long status; /* 0: no answer */
	bool sent;   /* whether any of the request went out: nothing was written if not */
	char *body; /* NUL-terminated */
	size_t n;
	struct json_object *json; /* of the body; NULL when it is not JSON */
	long retry_after_s;       /* 0: not said */
	char request_id[72];      /* set even when no answer came: the history can be asked for it */
};

/*
 * NULL when the URL cannot be one. The options need not outlive it. The caller must free it with
 * client_free().
 */
struct client *client_new(const struct client_options *);
void client_free(struct client *);

/*
 * True when an answer came, whatever its status. The caller must free it with client_reply_free() in any
 * case.
 */
bool client_call(struct client *, const struct request *, struct reply *);
void client_reply_free(struct reply *);

/* Why the last call got no answer, and where it wanted to go. */
const char *client_why(const struct client *);
const char *client_url(const struct client *);

/* Waits between half of ms and ms, at random, so that many clients do not come back at once. */
void client_pause(struct client *, unsigned ms);

#endif
