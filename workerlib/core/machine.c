#include "workerlib/core/machine.h"

/* One row an event: which count it moves, by how much, and what it does to sets that wait for positions. */
static const struct event_row {
	enum machine_count count; /* MACHINE_COUNTS: none */
	signed char step;
	bool holds;    /* sets that wait for a position's close are held from now on */
	bool releases; /* with no position open, held sets are ready */
} events[MACHINE_EVENTS] = {
	[MACHINE_CYCLE_BEGIN] = {COUNT_CYCLE, 1, false, false},
	[MACHINE_CYCLE_END] = {COUNT_CYCLE, -1, false, false},
	[MACHINE_POSITION_OPEN] = {COUNT_POSITION, 1, true, false},
	[MACHINE_POSITION_CLOSE] = {COUNT_POSITION, -1, false, false},
	[MACHINE_INFERENCE_ENTER] = {COUNT_INFERENCE, 1, false, false},
	[MACHINE_INFERENCE_LEAVE] = {COUNT_INFERENCE, -1, false, false},
	[MACHINE_ORDER_ENTER] = {COUNT_ORDER, 1, false, false},
	[MACHINE_ORDER_LEAVE] = {COUNT_ORDER, -1, false, false},
	[MACHINE_RECONCILE_ENTER] = {COUNT_RECONCILE, 1, false, false},
	[MACHINE_RECONCILE_LEAVE] = {COUNT_RECONCILE, -1, false, false},
	[MACHINE_HEARTBEAT] = {MACHINE_COUNTS, 0, false, true},
};

/* Counts that forbid any apply while they are not zero. */
static const bool forbids[MACHINE_COUNTS] = {
	[COUNT_CYCLE] = true,
	[COUNT_INFERENCE] = true,
	[COUNT_ORDER] = true,
	[COUNT_RECONCILE] = true,
};

static const char *const waiting_names[MACHINE_WAITINGS] = {
	[WAITING_CYCLE_END] = "cycle_end",     [WAITING_POSITION_CLOSE] = "position_close",
	[WAITING_SECTION_END] = "section_end", [WAITING_HEARTBEAT] = "heartbeat",
	[WAITING_RESTART] = "restart",
};

const char *machine_waiting_name(enum machine_waiting waiting)
{
	return waiting_names[waiting];
}

void machine_start(struct machine *m, machine_admit *admit, void *arg)
{
	*m = (struct machine){.admit = admit, .arg = arg};
}

void machine_grow(struct machine *m, struct machine_param *params, struct machine_set *sets,
		  uint32_t *proposed, size_t n)
{
	for (size_t i = m->n; i < n; i++)
		params[i] = (struct machine_param){.boundary = BOUNDARY_CYCLE_END};
	m->params = params;
	m->sets = sets;
	m->proposed = proposed;
	m->n = n;
}

void machine_load(struct machine *m, int64_t version, const struct machine_value *values)
{
	for (size_t i = 0; i < m->n; i++)
		m->params[i] = (struct machine_param){
			.in_force = values[i].token,
			.boundary = values[i].boundary,
		};
	m->n_sets = 0;
	m->received = version;
	m->applied = version;
}

static bool in_section(const struct machine *m)
{
	return m->counts[COUNT_INFERENCE] || m->counts[COUNT_ORDER] || m->counts[COUNT_RECONCILE];
}

/* In a cycle or a section: nothing may come into force. */
static bool is_busy(const struct machine *m)
{
	unsigned busy = 0;

	for (int i = 0; i < MACHINE_COUNTS; i++)
		busy |= forbids[i] ? m->counts[i] : 0;
	return busy != 0;
}

bool machine_is_pending(const struct machine *m, size_t i)
{
	return m->params[i].set != 0;
}

bool machine_needs_restart(const struct machine *m, size_t i)
{
	return m->params[i].set != 0 && m->sets[m->params[i].set - 1].boundary == BOUNDARY_RESTART;
}

uint32_t machine_wanted(const struct machine *m, size_t i)
{
	return m->params[i].set != 0 ? m->params[i].pending : m->params[i].in_force;
}

/* ---- which sets may go ---- */

static bool set_ready(const struct machine_set *s)
{
	return s->boundary != BOUNDARY_RESTART && !s->held;
}

static bool any_ready(const struct machine *m)
{
	for (size_t i = 0; i < m->n_sets; i++)
		if (set_ready(&m->sets[i]))
			return true;
	return false;
}

/* A parameter belongs to what is proposed: to the one set, or (only == n_sets) to any ready one. */
static bool proposed_now(const struct machine *m, const struct machine_param *p, size_t only)
{
	if (p->set == 0)
		return false;
	return only < m->n_sets ? p->set - 1 == only : set_ready(&m->sets[p->set - 1]);
}

/* Takes set `at` out; the others stay in the order in which they came. */
static void set_remove(struct machine *m, size_t at)
{
	m->n_sets--;
	for (size_t i = at; i < m->n_sets; i++)
		m->sets[i] = m->sets[i + 1];
	for (size_t i = 0; i < m->n; i++)
		if (m->params[i].set > at + 1)
			m->params[i].set--;
}

static void remove_empty_sets(struct machine *m)
{
	for (size_t i = m->n_sets; i-- > 0;)
		if (m->sets[i].size == 0)
			set_remove(m, i);
}

static void commit(struct machine *m, size_t only)
{
	for (size_t i = 0; i < m->n; i++) {
		struct machine_param *p = &m->params[i];
		if (!proposed_now(m, p, only))
			continue;
		p->in_force = p->pending;
		m->sets[p->set - 1].size--;
		p->set = 0;
	}
	remove_empty_sets(m);
}

/* Asks for one set, or for all that are ready, and commits what is admitted. */
static enum machine_answer attempt(struct machine *m, size_t only)
{
	enum machine_answer answer;

	for (size_t i = 0; i < m->n; i++) {
		const struct machine_param *p = &m->params[i];
		m->proposed[i] = proposed_now(m, p, only) ? p->pending : p->in_force;
	}
	answer = m->admit(m->arg, m->proposed);
	if (answer == MACHINE_ADMIT)
		commit(m, only);
	return answer;
}

/* All that is ready together; else one by one, the oldest first. */
static enum machine_answer attempt_ready(struct machine *m)
{
	enum machine_answer answer = attempt(m, m->n_sets);

	for (size_t i = 0; answer == MACHINE_REFUSE && i < m->n_sets; i++)
		if (set_ready(&m->sets[i]))
			answer = attempt(m, i);
	return answer;
}

/*
 * The applied version stays where it is when a set that waited for the restart, and so did not count, turns
 * out not to need one.
 */
static void note_applied(struct machine *m)
{
	int64_t applied = m->received;

	for (size_t i = 0; i < m->n_sets; i++)
		if (m->sets[i].boundary != BOUNDARY_RESTART && m->sets[i].first - 1 < applied)
			applied = m->sets[i].first - 1;
	if (applied > m->applied || m->fallen)
		m->applied = applied;
	m->fallen = false;
}

/* Between cycles and sections: lets go what is ready, until nothing more is. */
static bool settle(struct machine *m)
{
	bool any = false;

	if (is_busy(m))
		return false;
	while (!m->refused && any_ready(m)) {
		enum machine_answer answer = attempt_ready(m);
		if (answer == MACHINE_LATER)
			break;
		m->refused = answer == MACHINE_REFUSE;
		any |= answer == MACHINE_ADMIT;
	}
	note_applied(m);
	return any;
}

/* ---- events ---- */

static void count(struct machine *m, const struct event_row *row)
{
	if (row->count == MACHINE_COUNTS)
		return;
	if (row->step > 0)
		m->counts[row->count]++;
	else if (m->counts[row->count] > 0)
		m->counts[row->count]--;
}

/* What was refused may pass when other sets are ready than before. */
static void set_held(struct machine *m, bool held)
{
	for (size_t i = 0; i < m->n_sets; i++) {
		struct machine_set *s = &m->sets[i];
		if (!s->risky || s->held == held)
			continue;
		s->held = held;
		m->refused = false;
	}
}

bool machine_event(struct machine *m, enum machine_event event)
{
	const struct event_row *row = &events[event];
	bool any;

	/* Nothing waits: this is nearly every call. */
	if (m->n_sets == 0 && m->applied == m->received) {
		count(m, row);
		return false;
	}
	any = settle(m);
	count(m, row);
	if (row->holds)
		set_held(m, true);
	if (row->releases && m->counts[COUNT_POSITION] == 0)
		set_held(m, false);
	return settle(m) || any;
}

/* ---- a newer configuration ---- */

/* The database fell back: what is in force is the only thing to compare with. */
static void forget_pending(struct machine *m)
{
	for (size_t i = 0; i < m->n; i++)
		m->params[i].set = 0;
	m->n_sets = 0;
}

/* Every parameter of the set that waits at `from` goes into the set at `to`. */
static void join(struct machine *m, size_t to, size_t from)
{
	struct machine_set *a = &m->sets[to];
	struct machine_set *b = &m->sets[from];

	for (size_t i = 0; i < m->n; i++)
		if (m->params[i].set == from + 1)
			m->params[i].set = (uint32_t)to + 1;
	if (b->first < a->first)
		a->first = b->first;
	a->held |= b->held;
	b->size = 0;
}

/* Collects what differs into the set `fresh`, with every waiting set that it touches. */
static void collect(struct machine *m, size_t fresh, const struct machine_value *values)
{
	for (size_t i = 0; i < m->n; i++) {
		struct machine_param *p = &m->params[i];
		if (values[i].token == machine_wanted(m, i))
			continue;
		if (p->set != 0 && p->set - 1 != fresh)
			join(m, fresh, p->set - 1);
		p->set = (uint32_t)fresh + 1;
		p->pending = values[i].token;
	}
}

/* What is pending and yet equal to what is in force is no change. */
static void drop_equal(struct machine *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->params[i].set != 0 && m->params[i].pending == m->params[i].in_force)
			m->params[i].set = 0;
}

/* The strictest boundary among a set's parameters, as the newest definitions have it. */
static void measure_set(struct machine *m, size_t at)
{
	struct machine_set *s = &m->sets[at];
	bool was_risky = s->risky;

	s->boundary = BOUNDARY_CYCLE_END;
	s->risky = false;
	s->size = 0;
	for (size_t i = 0; i < m->n; i++) {
		if (m->params[i].set != at + 1)
			continue;
		s->size++;
		s->risky |= m->params[i].boundary == BOUNDARY_POSITION_CLOSE;
		if (m->params[i].boundary > s->boundary)
			s->boundary = m->params[i].boundary;
	}
	s->held = s->risky && (s->held || (!was_risky && m->counts[COUNT_POSITION] > 0));
}

static size_t open_set(struct machine *m, int64_t version)
{
	int64_t first = m->received < version ? m->received + 1 : version;

	m->sets[m->n_sets] = (struct machine_set){
		.first = first,
		.last = version,
		.boundary = BOUNDARY_CYCLE_END,
	};
	return m->n_sets++;
}

static bool differs(const struct machine *m, const struct machine_value *values)
{
	for (size_t i = 0; i < m->n; i++)
		if (values[i].token != machine_wanted(m, i))
			return true;
	return false;
}

bool machine_stage(struct machine *m, int64_t version, const struct machine_value *values)
{
	if (version < m->received) {
		forget_pending(m);
		m->received = version - 1;
		m->fallen = true;
	}
	if (differs(m, values))
		collect(m, open_set(m, version), values);
	for (size_t i = 0; i < m->n; i++)
		m->params[i].boundary = values[i].boundary;
	drop_equal(m);
	for (size_t i = 0; i < m->n_sets; i++)
		measure_set(m, i);
	remove_empty_sets(m);
	m->received = version;
	m->refused = false;
	return settle(m);
}

/* ---- what it waits for ---- */

static enum machine_waiting set_waiting(const struct machine *m, const struct machine_set *s)
{
	if (s->boundary == BOUNDARY_RESTART)
		return WAITING_RESTART;
	if (s->held)
		return m->counts[COUNT_POSITION] > 0 ? WAITING_POSITION_CLOSE : WAITING_HEARTBEAT;
	if (in_section(m))
		return WAITING_SECTION_END;
	if (m->counts[COUNT_CYCLE] > 0)
		return WAITING_CYCLE_END;
	return WAITING_NOTHING;
}

/* The oldest set of those that can still go; else the oldest of those that wait for the restart. */
static const struct machine_set *oldest(const struct machine *m)
{
	const struct machine_set *best = NULL;

	for (size_t i = 0; i < m->n_sets; i++) {
		const struct machine_set *s = &m->sets[i];
		if (!best || (best->boundary == BOUNDARY_RESTART && s->boundary != BOUNDARY_RESTART))
			best = s;
	}
	return best;
}

/* A set that is ready and yet was refused waits for what the oldest set that is not ready waits for. */
static enum machine_waiting blocker(const struct machine *m)
{
	enum machine_waiting waiting = WAITING_RESTART;

	for (size_t i = 0; i < m->n_sets; i++)
		if (m->sets[i].held)
			waiting = set_waiting(m, &m->sets[i]);
	return waiting;
}

enum machine_waiting machine_waiting(const struct machine *m)
{
	const struct machine_set *s = oldest(m);
	enum machine_waiting waiting = s ? set_waiting(m, s) : WAITING_NOTHING;

	if (s && waiting == WAITING_NOTHING)
		waiting = m->refused ? blocker(m) : WAITING_CYCLE_END;
	return waiting;
}
