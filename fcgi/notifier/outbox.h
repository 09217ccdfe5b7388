#ifndef CVN_NOTIFIER_OUTBOX_H
#define CVN_NOTIFIER_OUTBOX_H
/*
 * What is to be sent to many at the end of one turn of the loop, so that it can be sent by two threads. A
 * piece is something shared, with what is one receiver's own, and how far it has come.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct outbox;
struct shared;

enum { PIECE_ID = 65 };

struct piece {
	struct shared *shared;
	size_t at; /* bytes that have been sent */
	size_t n_id;
	char id[PIECE_ID]; /* goes in where the shared bytes are cut */
};

/* A copy. The caller must free it with piece_free(). */
struct piece *piece_keep(const struct piece *);
void piece_free(struct piece *); /* piece_free(NULL) is ok */

bool piece_whole(const struct piece *); /* all of it has been sent */

/* Who asks the outbox to send; it is given each receiver by the pointer that was added. */
struct outbox_user {
	/* Where to; -1: it is no more. *rest: a piece that goes before the one that was added, or NULL. */
	int (*where)(void *receiver, struct piece **rest);
	/* What was sent of the piece: bytes, or a negative errno. Nothing may be added meanwhile. */
	void (*sent)(void *receiver, struct piece *, ssize_t);
};

/* NULL: no second thread can be had. The caller must free it with outbox_free(), which sends nothing. */
struct outbox *outbox_new(void);
void outbox_free(struct outbox *);

bool outbox_full(const struct outbox *);
bool outbox_empty(const struct outbox *);

/* When it is not full; a receiver once. shared NULL: what where() says is left. */
void outbox_add(struct outbox *, void *receiver, struct shared *, const char *id);

/* Sends all of it, once each, and empties it. */
void outbox_send(struct outbox *, const struct outbox_user *);

#endif
