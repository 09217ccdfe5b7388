#include "workerlib/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/clock.h"
#include "workerlib/fail.h"

/* ---- references and retirement, under the lock ---- */

static struct snapshot *take_ref(struct snapshot *s)
{
	s->refs++;
	return s;
}

/* Frees what every reading thread has passed. */
static void reclaim(struct engine *e)
{
	struct snapshot **at = &e->retired;
	uint64_t passed;

	if (!e->retired)
		return;
	passed = readers_passed(&e->readers, e->epoch);
	while (*at) {
		struct snapshot *s = *at;
		if (s->epoch > passed) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		s->next = NULL;
		snapshot_unref(s);
	}
}

/* The reference that `current` held goes to the list of the retired. */
static void retire(struct engine *e, struct snapshot *s)
{
	s->epoch = ++e->epoch;
	s->next = e->retired;
	e->retired = s;
}

/* ---- the mix that the machine proposes ---- */

static bool marks_newer(struct engine *e, const uint32_t *proposed)
{
	bool all = true;

	for (size_t i = 0; i < e->machine.n; i++) {
		e->newer[i] = proposed[i] == machine_wanted(&e->machine, i);
		all &= e->newer[i];
	}
	return all;
}

/*
 * The machine's question. All of the newest configuration was found valid when it came; anything between it
 * and what is in force must pass the rules first. What is admitted is ready to be swapped in, so that nothing
 * can fail afterwards.
 */
static enum machine_answer admit(void *arg, const uint32_t *proposed)
{
	struct engine *e = arg;
	struct snapshot *mix;

	if (marks_newer(e, proposed)) {
		mix = take_ref(e->latest);
	} else {
		mix = snapshot_mix(engine_current(e), e->latest, e->newer, e->machine.n);
		if (!mix)
			return MACHINE_LATER;
		if (!snapshot_passes_rules(mix)) {
			snapshot_unref(mix);
			return MACHINE_REFUSE;
		}
	}
	snapshot_unref(e->candidate);
	e->candidate = mix;
	return MACHINE_ADMIT;
}

/* ---- after every event, under the lock ---- */

static bool inside_forbidden(const struct engine *e)
{
	return e->inside[COUNT_CYCLE] || e->inside[COUNT_INFERENCE] || e->inside[COUNT_ORDER] ||
	       e->inside[COUNT_RECONCILE];
}

static void swap(struct engine *e, struct engine_outcome *outcome)
{
	struct snapshot *before = atomic_load(&e->current);

	if (inside_forbidden(e))
		atomic_fetch_add(&e->forbidden, 1);
	outcome->before = take_ref(before);
	outcome->after = take_ref(e->candidate);
	atomic_store_explicit(&e->current, e->candidate, memory_order_release);
	e->candidate = NULL;
	retire(e, before);
}

static void note_waiting(struct engine *e, struct engine_outcome *outcome)
{
	enum machine_waiting waiting = machine_waiting(&e->machine);

	if (waiting == e->waiting)
		return;
	e->waiting = waiting;
	e->waiting_since = clock_ms();
	outcome->news = true;
}

static cvn_state state_of(const struct engine *e)
{
	bool pending = false, restart = false;

	for (size_t i = 0; i < e->machine.n_sets; i++) {
		bool of_restart = e->machine.sets[i].boundary == BOUNDARY_RESTART;
		restart |= of_restart;
		pending |= !of_restart;
	}
	if (e->rejected >= 0)
		return CVN_REJECTED;
	if (restart)
		return CVN_RESTART_REQUIRED;
	return pending ? CVN_PENDING : CVN_CURRENT;
}

/* What waits for a restart may join something that waits already, and then only the state shows it. */
static void note_state(struct engine *e, struct engine_outcome *outcome)
{
	cvn_state state = state_of(e);

	outcome->news |= state != e->state;
	e->state = state;
}

/* Publishes what the machine has done. */
static void conclude(struct engine *e, bool applied, struct engine_outcome *outcome)
{
	int64_t version = atomic_load(&e->version);

	outcome->version = e->machine.applied;
	outcome->news |= applied || version != e->machine.applied;
	if (applied)
		swap(e, outcome);
	/* Only what moves the version has a time from saved to applied. */
	if (applied && e->machine.applied > version) {
		e->applied_at = clock_ms();
		e->applied_news = e->news + 1;
	}
	atomic_store(&e->version, e->machine.applied);
	note_state(e, outcome);
	note_waiting(e, outcome);
	e->news += outcome->news;
	reclaim(e);
}

/* ---- life ---- */

int engine_start(struct engine *e, cvn_error *error)
{
	*e = (struct engine){.applied_at = -1, .rejected = -1};
	if (pthread_mutex_init(&e->lock, NULL) != 0)
		return fail(error, CVN_E_SYSTEM, "no mutex to be had", NULL);
	machine_start(&e->machine, admit, e);
	return CVN_OK;
}

void engine_stop(struct engine *e)
{
	struct snapshot *current = atomic_load(&e->current);

	readers_close(&e->readers);
	reclaim(e);
	snapshot_unref(e->candidate);
	snapshot_unref(e->latest);
	snapshot_unref(current);
	arena_free(&e->room);
	registry_free(&e->registry);
	pthread_mutex_destroy(&e->lock);
}

/* Places for every name the registry has; what was there stays. */
static bool make_room(struct engine *e)
{
	size_t n = e->registry.n, old = e->machine.n;
	struct arena room = {0};
	struct machine_param *params = arena_take_array(&room, n, sizeof(*params));
	struct machine_set *sets = arena_take_array(&room, n + 1, sizeof(*sets));
	uint32_t *proposed = arena_take_array(&room, n, sizeof(*proposed));
	struct machine_value *values = arena_take_array(&room, n, sizeof(*values));
	bool *newer = arena_take_array(&room, n, sizeof(*newer));

	if (!params || !sets || !proposed || !values || !newer) {
		arena_free(&room);
		return false;
	}
	if (old > 0) {
		memcpy(params, e->machine.params, old * sizeof(*params));
		memcpy(sets, e->machine.sets, old * sizeof(*sets));
	}
	machine_grow(&e->machine, params, sets, proposed, n);
	arena_free(&e->room);
	e->room = room;
	e->values = values;
	e->newer = newer;
	return true;
}

/* Slots for the snapshot, and places for all of them. */
static bool place(struct engine *e, struct snapshot *s)
{
	if (!registry_place(&e->registry, s))
		return false;
	if (e->registry.n > e->machine.n && !make_room(e))
		return false;
	return snapshot_seal(s, e->machine.n);
}

/* ---- configurations come ---- */

/* What a handle reads must not change its type or go away under it. */
static bool breaks_handle(const struct slot *in_force, const struct slot *slot)
{
	return in_force->param && (!slot->text || slot->param->type != in_force->param->type);
}

static enum boundary boundary_for(const struct engine *e, size_t i, const struct slot *in_force,
				  const struct slot *slot)
{
	if (atomic_load(&e->registry.slots[i]->handles) && breaks_handle(in_force, slot))
		return BOUNDARY_RESTART;
	return slot->param ? boundary_of(slot->param->category, slot->param->hot_reloadable)
			   : BOUNDARY_CYCLE_END;
}

/* Equal values get equal tokens: the newest configuration's, the one's in force, or a new one. */
static uint32_t token_for(struct engine *e, size_t i, const struct slot *in_force, const struct slot *slot)
{
	if (!slot->param)
		return 0;
	if (snapshot_same(slot, snapshot_slot(e->latest, i)))
		return machine_wanted(&e->machine, i);
	if (snapshot_same(slot, in_force))
		return e->machine.params[i].in_force;
	return ++e->tokens;
}

static void fill_values(struct engine *e, const struct snapshot *s)
{
	for (size_t i = 0; i < e->machine.n; i++) {
		const struct slot *in_force = snapshot_slot(engine_current(e), i),
				  *slot = snapshot_slot(s, i);
		e->values[i].token = token_for(e, i, in_force, slot);
		e->values[i].boundary = boundary_for(e, i, in_force, slot);
	}
}

int engine_load(struct engine *e, struct snapshot *s, cvn_error *error)
{
	int code = CVN_OK;

	pthread_mutex_lock(&e->lock);
	if (place(e, s)) {
		e->latest = s;
		atomic_store(&e->current, take_ref(s));
		for (size_t i = 0; i < e->machine.n; i++)
			e->values[i] = (struct machine_value){.token = ++e->tokens};
		machine_load(&e->machine, s->version, e->values);
		atomic_store(&e->version, s->version);
	} else {
		snapshot_unref(s);
		code = fail_memory(error);
	}
	pthread_mutex_unlock(&e->lock);
	return code;
}

int engine_stage(struct engine *e, struct snapshot *s, struct engine_outcome *outcome)
{
	int code = CVN_OK;

	*outcome = (struct engine_outcome){0};
	pthread_mutex_lock(&e->lock);
	if (place(e, s)) {
		fill_values(e, s);
		snapshot_unref(e->latest);
		e->latest = s;
		outcome->news = e->rejected >= 0 || s->version != e->machine.received;
		e->rejected = -1;
		conclude(e, machine_stage(&e->machine, s->version, e->values), outcome);
	} else {
		snapshot_unref(s);
		code = CVN_E_NO_MEMORY;
	}
	pthread_mutex_unlock(&e->lock);
	return code;
}

void engine_reject(struct engine *e, int64_t version, const char *detail, struct engine_outcome *outcome)
{
	*outcome = (struct engine_outcome){.news = true};
	pthread_mutex_lock(&e->lock);
	e->rejected = version;
	snprintf(e->rejected_detail, sizeof(e->rejected_detail), "%s", detail);
	conclude(e, false, outcome);
	pthread_mutex_unlock(&e->lock);
}

/* ---- the worker says where it is ---- */

/* The engine's own book of what the worker is inside of, so that the machine is measured and not believed. */
static const struct {
	enum machine_count count; /* MACHINE_COUNTS: none */
	bool enters, leaves;
} books[MACHINE_EVENTS] = {
	[MACHINE_CYCLE_BEGIN] = {COUNT_CYCLE, true, false},
	[MACHINE_CYCLE_END] = {COUNT_CYCLE, false, true},
	[MACHINE_POSITION_OPEN] = {MACHINE_COUNTS, false, false},
	[MACHINE_POSITION_CLOSE] = {MACHINE_COUNTS, false, false},
	[MACHINE_INFERENCE_ENTER] = {COUNT_INFERENCE, true, false},
	[MACHINE_INFERENCE_LEAVE] = {COUNT_INFERENCE, false, true},
	[MACHINE_ORDER_ENTER] = {COUNT_ORDER, true, false},
	[MACHINE_ORDER_LEAVE] = {COUNT_ORDER, false, true},
	[MACHINE_RECONCILE_ENTER] = {COUNT_RECONCILE, true, false},
	[MACHINE_RECONCILE_LEAVE] = {COUNT_RECONCILE, false, true},
	[MACHINE_HEARTBEAT] = {MACHINE_COUNTS, false, false},
};

void engine_event(struct engine *e, enum machine_event event, struct engine_outcome *outcome)
{
	enum machine_count count = books[event].count;
	bool applied;

	*outcome = (struct engine_outcome){0};
	pthread_mutex_lock(&e->lock);
	readers_pass(&e->readers, e->epoch);
	if (books[event].leaves && e->inside[count] > 0)
		e->inside[count]--;
	applied = machine_event(&e->machine, event);
	conclude(e, applied, outcome);
	if (books[event].enters)
		e->inside[count]++;
	pthread_mutex_unlock(&e->lock);
}

void engine_enter(struct engine *e)
{
	pthread_mutex_lock(&e->lock);
	readers_enter(&e->readers, e->epoch);
	pthread_mutex_unlock(&e->lock);
}

void engine_pass(struct engine *e)
{
	if (!readers_here(&e->readers))
		return;
	pthread_mutex_lock(&e->lock);
	readers_pass(&e->readers, e->epoch);
	reclaim(e);
	pthread_mutex_unlock(&e->lock);
}

void engine_release(struct engine *e, struct engine_outcome *outcome)
{
	if (!outcome->before)
		return;
	pthread_mutex_lock(&e->lock);
	snapshot_unref(outcome->before);
	snapshot_unref(outcome->after);
	pthread_mutex_unlock(&e->lock);
	outcome->before = outcome->after = NULL;
}

struct snapshot *engine_latest(struct engine *e)
{
	struct snapshot *s;

	pthread_mutex_lock(&e->lock);
	s = take_ref(e->latest);
	pthread_mutex_unlock(&e->lock);
	return s;
}

void engine_unref(struct engine *e, struct snapshot *s)
{
	pthread_mutex_lock(&e->lock);
	snapshot_unref(s);
	pthread_mutex_unlock(&e->lock);
}

/* ---- handles ---- */

/*
 * Once a handle was given out, the parameter keeps this type
 * and has a value until the restart: that is all to ask.
 */
static bool is_handed_out(const struct registry_name *known, cvn_type type)
{
	unsigned handles = known ? atomic_load_explicit(&known->handles, memory_order_acquire) : 0;

	return handles > 0 && handles - 1 == (unsigned)type;
}

static int param_locked(struct engine *e, const char *name, cvn_type type, cvn_param *param, cvn_error *error)
{
	struct registry_name *known = registry_find(&e->registry, name);
	const struct slot *slot;

	if (!known)
		return fail(error, CVN_E_UNKNOWN, name, ": no such parameter", NULL);
	slot = snapshot_slot(engine_current(e), known->slot);
	if (!slot->param)
		return fail(error, CVN_E_UNKNOWN, name, ": no such parameter", NULL);
	if (!slot->text)
		return fail(error, CVN_E_UNKNOWN, name, ": has no value", NULL);
	if ((int)slot->param->type != (int)type)
		return fail(error, CVN_E_TYPE, name, ": is of type ", value_type_name(slot->param->type),
			    NULL);
	/* What waits for an earlier boundary will not wait for the restart any more. */
	if (breaks_handle(slot, snapshot_slot(e->latest, known->slot)) &&
	    !machine_needs_restart(&e->machine, known->slot))
		return fail(error, CVN_E_UNKNOWN, name, ": is about to go, or to change its type", NULL);
	atomic_store_explicit(&known->handles, (unsigned)type + 1, memory_order_release);
	param->slot = known->slot;
	return CVN_OK;
}

int engine_param(struct engine *e, const char *name, cvn_type type, cvn_param *param, cvn_error *error)
{
	const struct registry_name *known = registry_find(&e->registry, name);
	int code;

	if (is_handed_out(known, type)) {
		param->slot = known->slot;
		return CVN_OK;
	}
	pthread_mutex_lock(&e->lock);
	code = param_locked(e, name, type, param, error);
	pthread_mutex_unlock(&e->lock);
	return code;
}

/* ---- state and reports ---- */

cvn_state engine_state(struct engine *e)
{
	cvn_state state;

	pthread_mutex_lock(&e->lock);
	state = e->state;
	pthread_mutex_unlock(&e->lock);
	return state;
}

int64_t engine_tag(struct engine *e, char hash[65])
{
	int64_t version;

	pthread_mutex_lock(&e->lock);
	version = atomic_load(&e->version);
	memcpy(hash, engine_current(e)->hash, 65);
	pthread_mutex_unlock(&e->lock);
	return version;
}

void engine_reported(struct engine *e, uint64_t number)
{
	pthread_mutex_lock(&e->lock);
	if (e->applied_at >= 0 && number >= e->applied_news)
		e->applied_at = -1;
	pthread_mutex_unlock(&e->lock);
}

uint64_t engine_close(struct engine *e)
{
	uint64_t number;

	pthread_mutex_lock(&e->lock);
	e->closing = true;
	number = ++e->news;
	pthread_mutex_unlock(&e->lock);
	return number;
}
