#ifndef CVN_NOTIFIER_DOOR_H
#define CVN_NOTIFIER_DOOR_H
/*
 * The two doors: a Unix socket for nginx, which has asked the API who the caller is and says so in
 * X-Cvn-Login and X-Cvn-Environments, and a port on the loopback, where the notifier asks the database itself
 * (Bearer). What a path demands is a column of its row, and a row that names no entrance is behind none.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/code.h"

struct door;
struct event_base;
struct log;
struct verdicts;
struct visit;

enum { DOOR_NGINX = 1, DOOR_PORT = 2 };

struct door_route {
	const char *path;              /* one that ends with "/" takes an environment as its last segment */
	unsigned entrances;            /* DOOR_NGINX, DOOR_PORT, or both */
	bool anybody;                  /* no login */
	const char *const *parameters; /* of the query, NULL at the end */
	void (*handle)(void *room, struct visit *);
	void *room;
};

/*
 * A door with the routes (a row without a path ends them; they must outlive it). It has room for
 * `guests` visits at a time; more get 503. The caller must free it with door_free(), which cuts
 * the visits that are parked.
 */
struct door *door_new(struct event_base *, const struct door_route *, struct verdicts *, size_t guests,
		      const struct log *);
void door_free(struct door *);

/*
 * How many are waiting for an answer or read a stream;
 * and, since the start, how many took nothing in any more.
 */
size_t door_waiting(const struct door *);
uint64_t door_dropped(const struct door *);

/*
 * Closes the entrances. Who waits is still to be answered, and leaves with the answer;
 * door_empty() says when the last one has.
 */
void door_close(struct door *);
bool door_empty(const struct door *);

/* Opens an entrance. False, with the reason: it cannot be. */
bool door_open_socket(struct door *, const char *path, unsigned mode, struct error *);
bool door_open_port(struct door *, uint16_t port, struct error *);

#endif
