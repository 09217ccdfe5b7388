#ifndef CVN_NOTIFIER_STREAM_H
#define CVN_NOTIFIER_STREAM_H
/*
 * GET /api/events with Accept: text/event-stream: the same events as SSE. A frame's id is the cursor; who comes
 * with one (Last-Event-ID, or `after`) gets what is newer, who comes without one that can be resumed gets a frame
 * of type reset first. A comment every 15 s keeps the line warm. What a reader has not taken in yet waits in the
 * hub, not here; who takes nothing in for ten seconds is dropped. Who has been here for ten minutes is asked to
 * come again, so that a login that ended ends its stream.
 */
#include <stdint.h>

#include "fcgi/notifier/hub.h"

struct event_base;
struct stream;
struct text;
struct visit;

/* The caller must free it with stream_free(), when no visit is parked here any more. */
struct stream *stream_new(struct event_base *, struct hub *);
void stream_free(struct stream *);

/* Takes the visit; its parameters are those of the long poll. */
void stream_handle(void *stream, struct visit *);

/* Since the start: how many were too slow. */
uint64_t stream_dropped(const struct stream *);

/* One event as a frame, and the frame that says reset, appended. */
void stream_frame(struct text *, const struct hub *, const struct hub_event *);
void stream_reset_frame(struct text *, const struct hub *);

#endif
