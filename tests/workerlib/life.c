#include "tests/workerlib/life.h"

#include <string.h>

enum { TOKENS = 6, HEARTBEAT_MS = 5000, WAIT_MS = 1000 };

#define EACH(i) (int i = 0; i < LIFE_PARAMETERS; i++)

static const enum boundary boundaries[LIFE_PARAMETERS] = {
	BOUNDARY_CYCLE_END, BOUNDARY_POSITION_CLOSE, BOUNDARY_CYCLE_END, BOUNDARY_RESTART,
	BOUNDARY_CYCLE_END, BOUNDARY_POSITION_CLOSE, BOUNDARY_CYCLE_END, BOUNDARY_CYCLE_END,
};

static unsigned bit(int i)
{
	return 1u << i;
}

/* A limit above a threshold, something hot above something not hot, two of a kind, and two risk limits. */
bool life_rules(const uint32_t *t)
{
	return t[0] <= t[1] && t[2] <= t[3] && t[4] <= t[6] && t[1] <= t[5] + 3;
}

static enum machine_answer admit(void *arg, const uint32_t *proposed)
{
	struct life *l = arg;

	if (!l->memory) {
		l->starved = true;
		return MACHINE_LATER;
	}
	if (!life_rules(proposed))
		return MACHINE_REFUSE;
	memcpy(l->admitted, proposed, sizeof(l->admitted));
	return MACHINE_ADMIT;
}

/* ---- the model ---- */

bool life_inside(const struct model *m)
{
	return m->counts[COUNT_CYCLE] || m->counts[COUNT_INFERENCE] || m->counts[COUNT_ORDER] ||
	       m->counts[COUNT_RECONCILE];
}

/* A party in which at least one waits for this boundary, and so all of them; or, of all parties, those. */
unsigned life_waiting_with(const struct life *l, enum boundary boundary)
{
	unsigned with = 0;

	for EACH (i)
		if (l->model.party[i] && l->model.wanted[i].boundary == boundary)
			with |= l->model.party[i];
	return with;
}

/* What differs from what is in force waits; what no longer does leaves its party. */
static void model_leave(struct life *l)
{
	struct model *m = &l->model;

	for EACH (i) {
		if (m->wanted[i].token != l->now.in_force[i] || !m->party[i])
			continue;
		for EACH (j)
			m->party[j] &= ~bit(i);
		m->party[i] = 0;
		m->since[i] = 0;
		m->held &= ~bit(i);
		m->risky &= ~bit(i);
	}
}

/* Those that changed go together from now on, with all that they waited with. */
static void model_join(struct life *l, unsigned changed, int64_t first)
{
	struct model *m = &l->model;
	unsigned party = changed, held = 0;

	for EACH (i)
		if (changed & bit(i))
			party |= m->party[i];
	held = m->held & party;
	for EACH (i)
		if (party & bit(i)) {
			m->party[i] = party;
			m->since[i] = m->since[i] ? m->since[i] : first;
		}
	m->risky &= ~party;
	m->held = held ? m->held | party : m->held;
}

/* A party that has a risk limit since now is held when a position is open; one that has none is not held. */
static void model_measure(struct life *l)
{
	struct model *m = &l->model;
	unsigned risky = life_waiting_with(l, BOUNDARY_POSITION_CLOSE);

	m->held &= risky;
	if (m->counts[COUNT_POSITION])
		m->held |= risky & ~m->risky;
	m->risky = risky;
}

static void model_accept(struct life *l, int64_t version, const struct machine_value *values)
{
	struct model *m = &l->model;
	bool fell = version < m->version;
	/* Other values under the number that was accepted: as a version, it has been applied. */
	int64_t first = fell ? version : m->version + 1;
	unsigned changed = 0;

	if (fell) {
		memset(m->party, 0, sizeof(m->party));
		memset(m->since, 0, sizeof(m->since));
		memset(m->excused, 0, sizeof(m->excused));
		m->held = m->risky = 0;
		m->may_fall = true;
	}
	for EACH (i) {
		uint32_t last = fell ? l->now.in_force[i] : m->wanted[i].token;
		changed |= values[i].token != last ? bit(i) : 0;
	}
	memcpy(m->wanted, values, sizeof(m->wanted));
	m->version = version;
	if (changed)
		model_join(l, changed, first);
	model_leave(l);
	model_measure(l);
}

static const struct {
	enum machine_count count;
	signed char step;
} moves[MACHINE_EVENTS] = {
	[MACHINE_CYCLE_BEGIN] = {COUNT_CYCLE, 1},         [MACHINE_CYCLE_END] = {COUNT_CYCLE, -1},
	[MACHINE_POSITION_OPEN] = {COUNT_POSITION, 1},    [MACHINE_POSITION_CLOSE] = {COUNT_POSITION, -1},
	[MACHINE_INFERENCE_ENTER] = {COUNT_INFERENCE, 1}, [MACHINE_INFERENCE_LEAVE] = {COUNT_INFERENCE, -1},
	[MACHINE_ORDER_ENTER] = {COUNT_ORDER, 1},         [MACHINE_ORDER_LEAVE] = {COUNT_ORDER, -1},
	[MACHINE_RECONCILE_ENTER] = {COUNT_RECONCILE, 1}, [MACHINE_RECONCILE_LEAVE] = {COUNT_RECONCILE, -1},
	[MACHINE_HEARTBEAT] = {COUNT_POSITION, 0},
};

static void model_event(struct model *m, enum machine_event event)
{
	unsigned *count = &m->counts[moves[event].count];

	if (moves[event].step > 0)
		++*count;
	else if (moves[event].step < 0 && *count > 0)
		--*count;
	if (event == MACHINE_POSITION_OPEN)
		m->held = m->risky;
	if (event == MACHINE_HEARTBEAT && m->counts[COUNT_POSITION] == 0)
		m->held = 0;
}

/* ---- what was seen ---- */

static void look(struct life *l)
{
	l->before = l->now;
	for EACH (i)
		l->now.in_force[i] = l->params[i].in_force;
	l->now.applied = l->machine.applied;
	l->swapped = l->waiting = 0;
	for EACH (i) {
		if (l->now.in_force[i] != l->before.in_force[i])
			l->swapped |= bit(i);
		if (l->now.in_force[i] != l->model.wanted[i].token)
			l->waiting |= bit(i);
	}
}

/* After the properties were asked, and before the next step: what is over is forgotten. */
static void settle_books(struct life *l)
{
	unsigned restart = life_waiting_with(l, BOUNDARY_RESTART);

	for EACH (i)
		if (restart & bit(i))
			l->model.excused[i] = l->now.applied;
	model_leave(l);
	if (l->was_open)
		l->model.may_fall = false;
	l->calls = 0;
	l->said = l->at_rest = l->starved = false;
}

/* ---- the world ---- */

/* The machine is about to be asked: what could come into force now? */
static void note_chance(struct life *l)
{
	l->was_open |= !life_inside(&l->model);
	l->held = l->model.held;
	l->calls++;
}

static void stage(struct life *l, int64_t version, const struct machine_value *values)
{
	model_accept(l, version, values);
	note_chance(l);
	l->said = machine_stage(&l->machine, version, values);
}

/* The library reads when it is told to, and when its heartbeat says that it is behind. */
static void catch_up(struct life *l)
{
	if (l->link && l->version != l->rejected && l->version != l->model.version)
		stage(l, l->version, l->saved);
}

static void save(struct life *l, uint32_t argument)
{
	unsigned n = 1 + argument % 3;

	for (argument /= 3; n > 0; n--, argument /= LIFE_PARAMETERS * TOKENS)
		l->saved[argument % LIFE_PARAMETERS].token = 1 + argument / LIFE_PARAMETERS % TOKENS;
	/* A valid one: the limits make room. */
	if (l->saved[0].token > l->saved[1].token)
		l->saved[1].token = l->saved[0].token;
	if (l->saved[2].token > l->saved[3].token)
		l->saved[3].token = l->saved[2].token;
	if (l->saved[4].token > l->saved[6].token)
		l->saved[6].token = l->saved[4].token;
	if (l->saved[1].token > l->saved[5].token + 3)
		l->saved[5].token = l->saved[1].token - 3;
	l->version++;
}

static void step_notify(struct life *l, uint32_t argument)
{
	save(l, argument);
	catch_up(l);
}

static void step_read_failed(struct life *l, uint32_t argument)
{
	save(l, argument);
}

static void step_rejected(struct life *l, uint32_t argument)
{
	save(l, argument);
	l->rejected = l->version;
}

/* No new version: only what waits for what. */
static void step_redefined(struct life *l, uint32_t argument)
{
	l->saved[argument % LIFE_PARAMETERS].boundary =
		(enum boundary)(argument / LIFE_PARAMETERS % BOUNDARIES);
	if (l->link && l->version == l->model.version)
		stage(l, l->version, l->saved);
}

static void step_fell_back(struct life *l, uint32_t argument)
{
	int64_t by = 2 + argument % 3;

	if (l->version <= by)
		return;
	save(l, argument / 3);
	l->version -= by + 1;
	l->rejected = -1;
	catch_up(l);
}

static void step_link_lost(struct life *l, uint32_t argument)
{
	(void)argument;
	l->link = false;
}

static void step_link_back(struct life *l, uint32_t argument)
{
	(void)argument;
	l->link = true;
	if (l->version != l->rejected)
		stage(l, l->version, l->saved);
}

static void step_time(struct life *l, uint32_t argument)
{
	l->clock_ms += WAIT_MS + argument % HEARTBEAT_MS;
	if (l->clock_ms < l->heartbeat_ms)
		return;
	l->heartbeat_ms = l->clock_ms + HEARTBEAT_MS;
	catch_up(l);
}

static void step_memory(struct life *l, uint32_t argument)
{
	(void)argument;
	l->memory = !l->memory;
}

/* The next process: it reads what there is, and nothing is open yet. */
static void step_restart(struct life *l, uint32_t argument)
{
	(void)argument;
	machine_start(&l->machine, admit, l);
	machine_grow(&l->machine, l->params, l->sets, l->proposed, LIFE_PARAMETERS);
	machine_load(&l->machine, l->version, l->saved);
	l->model = (struct model){.version = l->version};
	memcpy(l->model.wanted, l->saved, sizeof(l->saved));
	l->link = true;
	l->was_open = true;
	for EACH (i)
		l->now.in_force[i] = l->saved[i].token;
	l->now.applied = l->version;
}

static void (*const worlds[STEP_KINDS])(struct life *, uint32_t argument) = {
	[STEP_NOTIFY] = step_notify,       [STEP_READ_FAILED] = step_read_failed,
	[STEP_REJECTED] = step_rejected,   [STEP_REDEFINED] = step_redefined,
	[STEP_FELL_BACK] = step_fell_back, [STEP_LINK_LOST] = step_link_lost,
	[STEP_LINK_BACK] = step_link_back, [STEP_TIME] = step_time,
	[STEP_RESTART] = step_restart,     [STEP_MEMORY] = step_memory,
};

/* What was ready may go just before a begin, and just after an end. */
static void step_event(struct life *l, enum machine_event event)
{
	bool begins = moves[event].step > 0;

	if (!begins)
		model_event(&l->model, event);
	note_chance(l);
	l->said = machine_event(&l->machine, event);
	if (begins)
		model_event(&l->model, event);
}

void life_step(struct life *l, struct step step)
{
	settle_books(l);
	l->was_open = !life_inside(&l->model);
	if (step.kind < (enum step_kind)MACHINE_EVENTS)
		step_event(l, (enum machine_event)step.kind);
	else
		worlds[step.kind](l, step.argument);
	look(l);
}

void life_start(struct life *l)
{
	*l = (struct life){.version = 1, .rejected = -1, .heartbeat_ms = HEARTBEAT_MS, .memory = true};
	for EACH (i)
		l->saved[i] = (struct machine_value){.token = 3, .boundary = boundaries[i]};
	step_restart(l, 0);
	look(l);
}

size_t life_rest(const struct life *l, struct step *steps)
{
	size_t n = 0;

	for (int event = 0; event < MACHINE_EVENTS; event++)
		for (unsigned i = 0; moves[event].step < 0 && i < l->model.counts[moves[event].count]; i++)
			steps[n++] = (struct step){.kind = (enum step_kind)event};
	if (!l->memory)
		steps[n++] = (struct step){.kind = STEP_MEMORY};
	steps[n++] = (struct step){.kind = STEP_LINK_BACK};
	steps[n++] = (struct step){.kind = STEP_TIME, .argument = HEARTBEAT_MS - 1};
	steps[n++] = (struct step){.kind = (enum step_kind)MACHINE_HEARTBEAT};
	return n;
}
