#ifndef CVN_API_TRANSPORT_FCGI_H
#define CVN_API_TRANSPORT_FCGI_H
/* The transport that libfcgi carries; its .c is the only file that includes fcgiapp.h. */
struct server;

/*
 * Serves what comes in on the listening socket until SIGTERM.
 * 0, or -1 when it cannot go on: errno says why.
 */
int transport_fcgi_loop(const struct server *, int listener);

#endif
