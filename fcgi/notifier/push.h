#ifndef CVN_NOTIFIER_PUSH_H
#define CVN_NOTIFIER_PUSH_H
/*
 * Pushes to a Pushgateway, with libcurl's multi interface in libevent's loop, so that a gateway that is
 * slow or away delays nothing. A group is replaced whole (PUT); a failure is counted, said once, and
 * survived. This is the only room that knows libcurl.
 */
#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct log;
struct push;
struct text;

/*
 * url: of the Pushgateway, without a path; NULL: there is none, and nothing is pushed. NULL: libcurl cannot
 * start. The caller must free it with push_free().
 */
struct push *push_new(struct event_base *, const char *url, const struct log *);
void push_free(struct push *);

/*
 * Replaces or deletes a group: that of the service (worker NULL) or that of one worker. The body is copied.
 * False: too much is under way already, which counts as a failure.
 */
bool push_put(struct push *, const char *worker, const struct text *body);
bool push_delete(struct push *, const char *worker);

/* Nothing is under way. */
bool push_idle(const struct push *);

/* Has deleted(arg, worker) called when the gateway has agreed to delete a worker's group. */
void push_on_deleted(struct push *, void (*deleted)(void *arg, const char *worker), void *arg);

uint64_t push_failures(const struct push *);

/* The path of a group: /metrics/job/cvn_config[/worker@base64/...], appended. */
void push_path(struct text *, const char *worker);

#endif
