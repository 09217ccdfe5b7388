#ifndef CVN_NOTIFIER_STREAM_H
#define CVN_NOTIFIER_STREAM_H
/*
 * GET /api/events with Accept: text/event-stream: the same events as SSE. A frame's id is the cursor; who
 * comes with one (Last-Event-ID, or `after`) gets what is newer, who comes without one that can be
 * resumed gets a frame of type reset first. A comment every 15 s keeps the line warm. What a reader has
 * not taken in yet waits in the hub, not here. With each comment it is asked anew who reads: a stream
 * whose session or token was revoked ends, and so does, after a minute, one of whom that cannot be asked
 * (it came with a password, and comes again by itself).
 */
#include "fcgi/notifier/hub.h"

struct stream;
struct text;
struct verdicts;
struct visit;

/* The caller must free it with stream_free(), when no visit is parked here any more. */
struct stream *stream_new(struct hub *, struct verdicts *);
void stream_free(struct stream *);

/* Takes the visit; its parameters are those of the long poll. */
void stream_handle(void *stream, struct visit *);

/* One event as a frame, and the frame that says reset, appended. */
void stream_frame(struct text *, const struct hub *, const struct hub_event *);
void stream_reset_frame(struct text *, const struct hub *);

#endif
