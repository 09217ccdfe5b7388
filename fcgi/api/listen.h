#ifndef CVN_API_LISTEN_H
#define CVN_API_LISTEN_H
/*
 * A listening Unix socket with this mode, in the place of a stale one; -1: errno says why
 * (EADDRINUSE: somebody answers there). A short queue would turn a burst into refused
 * connections, so it is as long as the kernel lets it.
 */
int listen_unix(const char *path, unsigned mode);

#endif
