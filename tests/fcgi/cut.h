#ifndef CVN_TESTS_FCGI_CUT_H
#define CVN_TESTS_FCGI_CUT_H
/*
 * A relay before PostgreSQL's Unix socket that cuts its first connection when the server says COMMIT, so that
 * the client never hears it. Connections after the first pass untouched.
 */
struct cut {
	char directory[64];
	char path[128];
	int relay; /* process */
	char conninfo[512]; /* the same database, through the relay */
};

/* conninfo must name a socket directory as host. Ends with cut_stop(). */
void cut_start(struct cut *, const char *conninfo);
void cut_stop(struct cut *);

#endif
