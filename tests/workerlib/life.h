#ifndef CVN_TESTS_WORKERLIB_LIFE_H
#define CVN_TESTS_WORKERLIB_LIFE_H
/*
 * A random life of a worker, for the boundary machine: a database that configurations are saved in, a link to
 * it, a clock that only steps move, and the worker that says where it is. Beside the machine goes a model,
 * written apart from it and as simple as can be: sets of parameters are bits. properties.c says
 * what must hold after each step.
 */
#include "workerlib/core/machine.h"

enum { LIFE_PARAMETERS = 8, LIFE_STEPS = 200, LIFE_REST = LIFE_STEPS + 4 };

/* What can happen. The events of the machine come first, under their own numbers. */
enum step_kind {
	STEP_NOTIFY = MACHINE_EVENTS, /* saved, notified, read and accepted */
	STEP_READ_FAILED,             /* saved and notified, but the read fails */
	STEP_REJECTED,                /* saved, read and refused: the last good stays */
	STEP_REDEFINED,               /* the catalog changes what a parameter waits for */
	STEP_FELL_BACK,               /* the database is an older one */
	STEP_LINK_LOST,
	STEP_LINK_BACK,
	STEP_TIME, /* goes by, so that the library's own heartbeat is due */
	STEP_RESTART,
	STEP_MEMORY, /* ends, or is there again */
	STEP_KINDS
};

/* A step means the same wherever it stands, so that a life can be cut. */
struct step {
	enum step_kind kind;
	uint32_t argument;
};

/* What the worker has accepted and what it is in: the model. A bit is a parameter. */
struct model {
	unsigned counts[MACHINE_COUNTS];
	struct machine_value wanted[LIFE_PARAMETERS];
	unsigned party[LIFE_PARAMETERS]; /* whom it waits with, itself among them; 0: it does not wait */
	unsigned held;                   /* met an open position, and no heartbeat without one yet */
	unsigned risky;                  /* waits with a risk limit */
	int64_t version;                 /* accepted */
	int64_t since[LIFE_PARAMETERS];  /* the version from which on it waits */
	int64_t excused[LIFE_PARAMETERS]; /* the applied version while it waited for the restart */
	bool may_fall;                   /* the applied version may follow the database down */
};

/* What can be seen of the machine from outside. */
struct view {
	uint32_t in_force[LIFE_PARAMETERS];
	int64_t applied;
};

struct life {
	struct machine machine;
	struct machine_param params[LIFE_PARAMETERS];
	struct machine_set sets[LIFE_PARAMETERS + 1];
	uint32_t proposed[LIFE_PARAMETERS];

	/* the world */
	struct machine_value saved[LIFE_PARAMETERS];
	int64_t version, rejected;
	int64_t clock_ms, heartbeat_ms;
	bool link, memory;

	struct model model;
	struct view before, now;
	unsigned swapped; /* came into force by the last step */
	unsigned waiting; /* accepted, and not in force */
	unsigned held;    /* at the moment when something could come into force */
	unsigned calls;   /* of the machine, by the last step */
	bool was_open;    /* during the last step there was a moment outside of cycles and sections */
	bool said;        /* the machine said that something came into force */
	bool starved;     /* there was no memory when it asked */
	bool at_rest;     /* set by who has taken life_rest()'s steps */
	uint32_t admitted[LIFE_PARAMETERS]; /* what it was last allowed */
};

void life_start(struct life *);

/* One step; afterwards the properties can be asked. */
void life_step(struct life *, struct step);

/*
 * The steps after which nothing may wait any more that can go: every begin ends, the link and
 * memory are there, the library's heartbeat comes, and then the worker's. steps[] has LIFE_REST
 * places. Returns how many.
 */
size_t life_rest(const struct life *, struct step *steps);

/* The rules that every accepted configuration passes, and every mix must. */
bool life_rules(const uint32_t *tokens);

/* Of the model: inside a cycle or section; the parameters that wait with one of this boundary. */
bool life_inside(const struct model *);
unsigned life_waiting_with(const struct life *, enum boundary);

#endif
