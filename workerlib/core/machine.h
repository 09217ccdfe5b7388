#ifndef CVN_CORE_MACHINE_H
#define CVN_CORE_MACHINE_H
/*
 * The boundary machine: decides when a worker's waiting changes come into force. Pure: no clock, no memory
 * but the caller's, no values but tokens. A token stands for a value of one parameter: equal tokens are equal
 * values, and 0 is "the parameter is not there".
 *
 * Its rules:
 *  - A parameter has at most one pending value, and the newest wins. One that equals the value in force is no
 *    change and leaves its set.
 *  - The changes that arrive together are a set. A set comes into force whole, at the strictest boundary
 *    among its parameters; one that shares a parameter with a waiting set joins it, and they go as one.
 *  - Nothing comes into force inside a cycle or a section.
 *  - A set with a parameter of BOUNDARY_POSITION_CLOSE that arrives while a position is open, or is still
 *    waiting when one opens, is held until the first heartbeat with no position open.
 *  - A set with the boundary BOUNDARY_RESTART waits for the restart. It does not hold the version back.
 *  - Sets overtake each other only when the caller admits the mixed configuration.
 *  - Nothing of this is visible inside a cycle: the applied version too moves only between them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workerlib/core/boundary.h"

/* What a parameter is in the newest configuration. */
struct machine_value {
	uint32_t token;
	enum boundary boundary;
};

struct machine_param {
	uint32_t in_force;
	uint32_t pending; /* meaningful when set is not 0 */
	uint32_t set;     /* 0: nothing pending; else 1 + the index of its set */
	enum boundary boundary;
};

struct machine_set {
	int64_t first; /* the versions it covers */
	int64_t last;
	enum boundary boundary;
	uint32_t size; /* parameters in it */
	bool risky;    /* one of them waits for positions, whatever else the set waits for */
	bool held;     /* until a heartbeat with no position open */
};

enum machine_event {
	MACHINE_CYCLE_BEGIN,
	MACHINE_CYCLE_END,
	MACHINE_POSITION_OPEN,
	MACHINE_POSITION_CLOSE,
	MACHINE_INFERENCE_ENTER,
	MACHINE_INFERENCE_LEAVE,
	MACHINE_ORDER_ENTER,
	MACHINE_ORDER_LEAVE,
	MACHINE_RECONCILE_ENTER,
	MACHINE_RECONCILE_LEAVE,
	MACHINE_HEARTBEAT,
	MACHINE_EVENTS
};

/* What the machine counts; a count is never below zero: an end without a begin is ignored. */
enum machine_count {
	COUNT_CYCLE,
	COUNT_POSITION,
	COUNT_INFERENCE,
	COUNT_ORDER,
	COUNT_RECONCILE,
	MACHINE_COUNTS
};

/* What the oldest waiting set waits for; sets that wait for the restart count only when no other waits. */
enum machine_waiting {
	WAITING_NOTHING,
	WAITING_CYCLE_END,
	WAITING_POSITION_CLOSE,
	WAITING_SECTION_END,
	WAITING_HEARTBEAT,
	WAITING_RESTART,
	MACHINE_WAITINGS
};

/* The caller's word on a mixed configuration: come back later means that it could not tell (no memory). */
enum machine_answer { MACHINE_REFUSE, MACHINE_ADMIT, MACHINE_LATER };

/*
 * proposed[i] is the token parameter i would have in force. After MACHINE_ADMIT it is in force, and the last
 * proposal admitted during a call is what is in force when the call returns.
 */
typedef enum machine_answer machine_admit(void *arg, const uint32_t *proposed);

struct machine {
	struct machine_param *params; /* n places; all three are the caller's */
	struct machine_set *sets;     /* n + 1 places */
	uint32_t *proposed;           /* n places */
	size_t n;
	size_t n_sets;
	unsigned counts[MACHINE_COUNTS];
	int64_t received; /* the newest version accepted */
	int64_t applied;  /* every version up to it is in force, or waits for the restart */
	bool fallen;      /* the database fell back, and applied may follow it */
	bool refused;     /* what is ready was refused as it is: do not ask again until something changes */
	machine_admit *admit;
	void *arg;
};

/* An empty machine: n = 0, version 0. */
void machine_start(struct machine *, machine_admit *, void *arg);

/*
 * Gives it room for n parameters, at least as many as before: params[n], sets[n + 1], proposed[n]; the first
 * ones hold what the old places held.
 */
void machine_grow(struct machine *, struct machine_param *, struct machine_set *, uint32_t *proposed,
		  size_t n);

/* What a worker starts with: in force at once, whatever its boundaries. values[] has n places. */
void machine_load(struct machine *, int64_t version, const struct machine_value *values);

/*
 * A newer configuration, whole, already found valid: what differs from the last one accepted is a set. A
 * version lower than that one's (a restored database) makes one set of all that differs from what is in
 * force, and lets the applied version fall. True: something came into force.
 */
bool machine_stage(struct machine *, int64_t version, const struct machine_value *values);

/* True: something came into force. */
bool machine_event(struct machine *, enum machine_event);

/* The token of parameter i in the newest configuration accepted. */
uint32_t machine_wanted(const struct machine *, size_t i);

/* Whether parameter i waits for the restart; for a boundary (pending and not). */
bool machine_needs_restart(const struct machine *, size_t i);
bool machine_is_pending(const struct machine *, size_t i);

enum machine_waiting machine_waiting(const struct machine *);
const char *machine_waiting_name(enum machine_waiting); /* "cycle_end", ...; NULL for WAITING_NOTHING */

#endif
