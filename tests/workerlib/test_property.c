/*
 * The boundary machine under random lives: each sequence has a seed of its own, and a model, written apart
 * from the machine and as simple as can be, says after each step what must hold.
 *
 *  1 nothing comes into force inside a cycle or a section
 *  2 the applied version never falls, and never moves inside a cycle or section
 *  3 what is in force is what was, or the newest value: one pending value, the newest wins
 *  4 parameters that came together, or were joined, come into force together
 *  5 nothing is ever in force that breaks the rules
 *  6 a risk limit that met an open position is not in force before a heartbeat without one
 *  7 what is not hot never changes, nor what came together with it
 *  8 every version up to the applied one is in force, or waits for the restart
 *  9 at rest, everything that may come into force does, within two steps
 *
 * CVN_SEED and CVN_SEQUENCES in the environment choose others than the built-in ones.
 */
#include "tests/workerlib/check_worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workerlib/core/machine.h"

enum { PARAMETERS = 8, STEPS = 100, SEQUENCES = 20000, TOKENS = 12, VERSIONS = STEPS + 8 };

/* A value is its token; the rules compare tokens of neighbours: 0 <= 1, 2 <= 3. */
static const enum boundary boundaries[PARAMETERS] = {
	BOUNDARY_CYCLE_END, BOUNDARY_POSITION_CLOSE, BOUNDARY_CYCLE_END, BOUNDARY_RESTART,
	BOUNDARY_CYCLE_END, BOUNDARY_POSITION_CLOSE, BOUNDARY_CYCLE_END, BOUNDARY_RESTART,
};

struct world {
	struct machine machine;
	struct machine_param params[PARAMETERS];
	struct machine_set sets[PARAMETERS + 1];
	uint32_t proposed[PARAMETERS];

	uint64_t random;
	bool no_memory;
	struct machine_value wanted[PARAMETERS];
	int64_t version;

	/* the model */
	int cycles, positions, sections[3];
	uint32_t in_force[PARAMETERS];
	int64_t applied;
	int group[PARAMETERS]; /* of what waits; 0: nothing */
	bool held[PARAMETERS]; /* met an open position, no heartbeat without one yet */
	int next_group;
	int64_t excused[PARAMETERS];            /* the version up to which it waited for the restart */
	uint32_t history[VERSIONS][PARAMETERS]; /* the configuration of each version */
	char trace[STEPS + 16];
	int steps;
	const char *broken; /* the property that does not hold */
};

static uint64_t draw(struct world *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (w->random >> 11) % below;
}

static bool rules_hold(const uint32_t *tokens)
{
	return tokens[0] <= tokens[1] && tokens[2] <= tokens[3];
}

static enum machine_answer admit(void *arg, const uint32_t *proposed)
{
	const struct world *w = arg;

	if (w->no_memory)
		return MACHINE_LATER;
	return rules_hold(proposed) ? MACHINE_ADMIT : MACHINE_REFUSE;
}

static void world_start(struct world *w, uint64_t seed)
{
	*w = (struct world){.random = seed * 0x9E3779B97F4A7C15u | 1, .version = 1, .applied = 1};
	machine_start(&w->machine, admit, w);
	machine_grow(&w->machine, w->params, w->sets, w->proposed, PARAMETERS);
	for (int i = 0; i < PARAMETERS; i++) {
		w->wanted[i] = (struct machine_value){.token = 5, .boundary = boundaries[i]};
		w->in_force[i] = w->history[1][i] = 5;
	}
	machine_load(&w->machine, 1, w->wanted);
}

/* ---- the model ---- */

static bool inside(const struct world *w)
{
	return w->cycles || w->sections[0] || w->sections[1] || w->sections[2];
}

static bool is_waiting(const struct world *w, int i)
{
	return w->wanted[i].token != w->in_force[i];
}

static bool group_has(const struct world *w, int group, enum boundary boundary)
{
	for (int i = 0; i < PARAMETERS; i++)
		if (w->group[i] == group && boundaries[i] == boundary)
			return true;
	return false;
}

static bool waits_for_restart(const struct world *w, int i)
{
	return is_waiting(w, i) && group_has(w, w->group[i], BOUNDARY_RESTART);
}

static bool group_held(const struct world *w, int group)
{
	for (int i = 0; i < PARAMETERS; i++)
		if (w->group[i] == group && w->held[i])
			return true;
	return false;
}

/* Everything that waits with a risk limit is held with it. */
static void model_hold(struct world *w)
{
	for (int i = 0; i < PARAMETERS; i++)
		if (w->group[i] && group_has(w, w->group[i], BOUNDARY_POSITION_CLOSE))
			w->held[i] = true;
}

static void model_merge(struct world *w, int from, int to)
{
	for (int i = 0; i < PARAMETERS; i++)
		if (w->group[i] == from)
			w->group[i] = to;
}

/* changed[]: what the new version sets otherwise than the one before. */
static void model_arrival(struct world *w, const bool *changed)
{
	int group = ++w->next_group;
	bool was_held = false;

	for (int i = 0; i < PARAMETERS; i++)
		if (changed[i]) {
			was_held |= w->group[i] && group_held(w, w->group[i]);
			if (w->group[i])
				model_merge(w, w->group[i], group);
			w->group[i] = group;
		}
	for (int i = 0; i < PARAMETERS; i++)
		if (!is_waiting(w, i))
			w->group[i] = 0;
	for (int i = 0; i < PARAMETERS; i++)
		if (w->group[i] == group)
			w->held[i] = group_has(w, group, BOUNDARY_POSITION_CLOSE) &&
				     (was_held || w->positions > 0);
		else if (!w->group[i])
			w->held[i] = false;
}

static void model_event(struct world *w, enum machine_event event)
{
	static const signed char steps[MACHINE_EVENTS][2] = {
		{0, 1}, {0, -1}, {1, 1}, {1, -1}, {2, 1}, {2, -1}, {3, 1}, {3, -1}, {4, 1}, {4, -1}, {0, 0},
	};
	int *counts[] = {&w->cycles, &w->positions, &w->sections[0], &w->sections[1], &w->sections[2]};
	int *count = counts[steps[event][0]];

	*count += steps[event][1];
	if (*count < 0)
		*count = 0;
	if (event == MACHINE_POSITION_OPEN)
		model_hold(w);
	if (event == MACHINE_HEARTBEAT && w->positions == 0)
		memset(w->held, 0, sizeof(w->held));
}

/* ---- the properties ---- */

static void claim(struct world *w, bool holds, const char *property)
{
	if (!holds && !w->broken)
		w->broken = property;
}

static void check_swap(struct world *w, int i, bool entering)
{
	claim(w, !inside(w) || entering, "1: in force inside a cycle or section");
	claim(w, w->params[i].in_force == w->wanted[i].token, "3: in force is not the newest value");
	claim(w, !waits_for_restart(w, i), "7: what waits for the restart came into force");
	claim(w, !w->held[i] || entering, "6: a held risk limit came into force");
	for (int j = 0; j < PARAMETERS; j++)
		if (w->group[j] == w->group[i])
			claim(w, w->params[j].in_force == w->wanted[j].token, "4: a set was torn");
}

/*
 * The configurations up to the applied version: each change of theirs is in force, or over, or waits for the
 * restart; or did so when that version was applied, and still waits.
 */
static void check_version(struct world *w)
{
	const uint32_t *then = w->history[w->applied];

	for (int i = 0; i < PARAMETERS; i++)
		if (waits_for_restart(w, i))
			w->excused[i] = w->applied;

	for (int i = 0; i < PARAMETERS; i++) {
		bool newer = false;
		for (int64_t v = w->applied + 1; v <= w->version; v++)
			newer |= w->history[v][i] != w->history[v - 1][i];
		claim(w, newer || then[i] == w->in_force[i] || w->applied <= w->excused[i],
		      "8: the applied version is not applied");
	}
}

/* entering: the step begins a cycle, section or position; what was ready may go just before it. */
static void check_step(struct world *w, bool entering)
{
	bool quiet_before = !inside(w) || entering;

	for (int i = 0; i < PARAMETERS; i++)
		if (w->params[i].in_force != w->in_force[i])
			check_swap(w, i, entering);
	for (int i = 0; i < PARAMETERS; i++) {
		w->in_force[i] = w->params[i].in_force;
		if (!is_waiting(w, i)) {
			w->group[i] = 0;
			w->held[i] = false;
		}
	}
	claim(w, rules_hold(w->in_force), "5: the rules do not hold in force");
	claim(w, w->machine.applied >= w->applied, "2: the applied version fell");
	claim(w, w->machine.applied == w->applied || quiet_before, "2: the applied version moved inside");
	w->applied = w->machine.applied;
	check_version(w);
}

/* ---- steps ---- */

static void step_stage(struct world *w)
{
	struct machine_value next[PARAMETERS];
	uint32_t tokens[PARAMETERS];
	bool changed[PARAMETERS] = {false};

	do {
		memcpy(next, w->wanted, sizeof(next));
		for (uint64_t n = 1 + draw(w, 3); n > 0; n--)
			next[draw(w, PARAMETERS)].token = (uint32_t)(1 + draw(w, TOKENS));
		for (int i = 0; i < PARAMETERS; i++)
			tokens[i] = next[i].token;
	} while (!rules_hold(tokens));
	for (int i = 0; i < PARAMETERS; i++)
		changed[i] = next[i].token != w->wanted[i].token;
	memcpy(w->wanted, next, sizeof(next));
	memcpy(w->history[++w->version], tokens, sizeof(tokens));
	model_arrival(w, changed);
	machine_stage(&w->machine, w->version, w->wanted);
	check_step(w, false);
}

static bool is_entering(enum machine_event event)
{
	return event == MACHINE_CYCLE_BEGIN || event == MACHINE_POSITION_OPEN ||
	       event == MACHINE_INFERENCE_ENTER || event == MACHINE_ORDER_ENTER ||
	       event == MACHINE_RECONCILE_ENTER;
}

static void step_event(struct world *w, enum machine_event event)
{
	bool entering = is_entering(event) && !inside(w);

	if (!is_entering(event))
		model_event(w, event);
	machine_event(&w->machine, event);
	check_step(w, entering);
	if (is_entering(event))
		model_event(w, event);
}

static void step(struct world *w)
{
	/* Stages and ends a little oftener than beginnings, so that things move. */
	static const char mix[] = "vvvv[[]]]()))hhiIIoOOcCC!";
	static const char *const order = "[]()iIoOcCh";
	char letter = mix[draw(w, sizeof(mix) - 1)];

	w->trace[w->steps++] = letter;
	if (letter == 'v')
		step_stage(w);
	else if (letter == '!')
		w->no_memory = !w->no_memory;
	else
		step_event(w, (enum machine_event)(strchr(order, letter) - order));
}

/* Everything ends; a heartbeat; then nothing that may be in force waits. */
static void come_to_rest(struct world *w)
{
	static const enum machine_event ends[] = {
		MACHINE_INFERENCE_LEAVE, MACHINE_ORDER_LEAVE,    MACHINE_RECONCILE_LEAVE,
		MACHINE_CYCLE_END,       MACHINE_POSITION_CLOSE,
	};
	bool any_restart = false;

	w->no_memory = false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		while (w->machine.counts[i == 4   ? COUNT_POSITION
					 : i == 3 ? COUNT_CYCLE
						  : COUNT_INFERENCE + (int)i] > 0)
			step_event(w, ends[i]);
	step_event(w, MACHINE_HEARTBEAT);
	step_event(w, MACHINE_HEARTBEAT);
	for (int i = 0; i < PARAMETERS; i++)
		any_restart |= waits_for_restart(w, i);
	for (int i = 0; i < PARAMETERS; i++)
		claim(w, any_restart || !is_waiting(w, i), "9: something still waits at rest");
	claim(w, any_restart || w->machine.applied == w->version, "9: the version is behind at rest");
	claim(w, any_restart || machine_waiting(&w->machine) == WAITING_NOTHING,
	      "9: it says that it waits at rest");
}

static void run_sequence(struct world *w, uint64_t seed)
{
	world_start(w, seed);
	for (int i = 0; i < STEPS && !w->broken; i++)
		step(w);
	if (!w->broken)
		come_to_rest(w);
}

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

START_TEST(random_lives)
{
	uint64_t first = number_from("CVN_SEED", 1), n = number_from("CVN_SEQUENCES", SEQUENCES);
	struct world w;

	for (uint64_t seed = first; seed < first + n; seed++) {
		run_sequence(&w, seed);
		ck_assert_msg(!w.broken, "seed %llu, step %d: %s\n%.*s", (unsigned long long)seed, w.steps,
			      w.broken, w.steps, w.trace);
	}
	printf("machine: %llu sequences of %d steps from seed %llu\n", (unsigned long long)n, STEPS,
	       (unsigned long long)first);
}
END_TEST

Suite *property_suite(void)
{
	Suite *suite = suite_create("machine properties");
	TCase *tcase = tcase_create("properties");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, random_lives);
	suite_add_tcase(suite, tcase);
	return suite;
}
