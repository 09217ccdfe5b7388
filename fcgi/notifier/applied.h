#ifndef CVN_NOTIFIER_APPLIED_H
#define CVN_NOTIFIER_APPLIED_H
/*
 * The line config_change_applied of the audit log: worker, version, parameter, and who had saved
 * it. A worker's report says only how far it is; whose changes those were is asked of the history,
 * once for all workers that went the same way.
 */
#include <stdint.h>

struct applied;
struct log;
struct wire;
struct worker;

/* The caller must free it with applied_free(), after the wire. */
struct applied *applied_new(struct wire *, const struct log *);
void applied_free(struct applied *);

/* The worker was at version `from`, and is further now. */
void applied_note(struct applied *, const struct worker *, int64_t from);

/* All of one look are noted: asks. */
void applied_ask(struct applied *);

#endif
