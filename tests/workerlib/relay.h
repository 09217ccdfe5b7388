#ifndef CVN_TESTS_WORKERLIB_RELAY_H
#define CVN_TESTS_WORKERLIB_RELAY_H
/*
 * A network that fails when told to: a process between a client and a server, on sockets of this machine. It
 * counts how often one of them has said a word.
 */
#include <sys/types.h>

struct relay {
	pid_t process;
	int commands; /* a pipe to it */
	int port;     /* where a client finds it on 127.0.0.1; 0: in the directory */
	char directory[64], path[108];
	struct relay_counts *counts;
};

/* Before PostgreSQL's socket in that directory. The client's host is relay->directory. */
void relay_start_socket(struct relay *, const char *directory, const char *word);

/* Before a port of 127.0.0.1. */
void relay_start_port(struct relay *, int port, const char *word);

void relay_cut(struct relay *);     /* ends all connections */
void relay_silence(struct relay *); /* passes nothing on any more, and ends nothing */
void relay_go_on(struct relay *);   /* passes on again; what was held back is gone with its connections */
void relay_refuse(struct relay *);  /* ends all connections, and each new one, until relay_go_on() */
int relay_count(const struct relay *);

void relay_stop(struct relay *);

#endif
