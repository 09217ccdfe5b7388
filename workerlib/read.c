/* The calls of the trading thread: reads, which take no lock, and boundaries, which take one for a moment. */
#include <stddef.h>

#include "workerlib/receive.h"
#include "workerlib/worker.h"

static const struct snapshot *here(const cvn_worker *w)
{
	/* A thread's registration is the engine's business, not a change of the worker. */
	struct engine *e = (struct engine *)(uintptr_t)&w->engine;

	/* In a forked child nothing is ever replaced, and the lock may be somebody's who is not there. */
	if (!readers_here(&e->readers) && !worker_is_forked(w))
		engine_enter(e);
	return engine_current(e);
}

bool cvn_get_bool(const cvn_worker *w, cvn_param p)
{
	return here(w)->slots[p.slot].integer != 0;
}

int64_t cvn_get_int(const cvn_worker *w, cvn_param p)
{
	return here(w)->slots[p.slot].integer;
}

double cvn_get_decimal(const cvn_worker *w, cvn_param p)
{
	return here(w)->slots[p.slot].real;
}

int64_t cvn_get_duration_ms(const cvn_worker *w, cvn_param p)
{
	return here(w)->slots[p.slot].integer;
}

const char *cvn_get_string(const cvn_worker *w, cvn_param p)
{
	return here(w)->slots[p.slot].text;
}

const char *cvn_worker_config_hash(const cvn_worker *w)
{
	return here(w)->hash;
}

static void happen(cvn_worker *w, enum machine_event event)
{
	struct engine_outcome outcome;

	if (worker_is_forked(w))
		return;
	engine_event(&w->engine, event, &outcome);
	receive_conclude(w, &outcome);
}

void cvn_cycle_begin(cvn_worker *w)
{
	happen(w, MACHINE_CYCLE_BEGIN);
}

void cvn_cycle_end(cvn_worker *w)
{
	happen(w, MACHINE_CYCLE_END);
}

void cvn_position_open(cvn_worker *w)
{
	happen(w, MACHINE_POSITION_OPEN);
}

void cvn_position_close(cvn_worker *w)
{
	happen(w, MACHINE_POSITION_CLOSE);
}

void cvn_heartbeat(cvn_worker *w)
{
	happen(w, MACHINE_HEARTBEAT);
}

static const struct {
	enum machine_event enter, leave;
} sections[] = {
	[CVN_SECTION_INFERENCE] = {MACHINE_INFERENCE_ENTER, MACHINE_INFERENCE_LEAVE},
	[CVN_SECTION_ORDER] = {MACHINE_ORDER_ENTER, MACHINE_ORDER_LEAVE},
	[CVN_SECTION_RECONCILE] = {MACHINE_RECONCILE_ENTER, MACHINE_RECONCILE_LEAVE},
};

/* A number from another language may be no section at all. */
static bool is_section(cvn_section section)
{
	return (size_t)section < sizeof(sections) / sizeof(sections[0]);
}

void cvn_section_enter(cvn_worker *w, cvn_section section)
{
	if (is_section(section))
		happen(w, sections[section].enter);
}

void cvn_section_leave(cvn_worker *w, cvn_section section)
{
	if (is_section(section))
		happen(w, sections[section].leave);
}
