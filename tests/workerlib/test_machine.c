/*
 * The boundary machine, case by case: a script of one letter a step, and after each step what must be in
 * force.
 *
 * Parameters: t and u wait for the cycle's end, r and s for positions, m for the restart.
 */
#include "tests/workerlib/check_worker.h"

#include <stdio.h>
#include <string.h>

#include "workerlib/core/machine.h"

enum { T, U, R, S, M, PARAMETERS };

static const char names[PARAMETERS + 1] = "tursm";

static const enum boundary boundaries[PARAMETERS] = {
	[T] = BOUNDARY_CYCLE_END,      [U] = BOUNDARY_CYCLE_END, [R] = BOUNDARY_POSITION_CLOSE,
	[S] = BOUNDARY_POSITION_CLOSE, [M] = BOUNDARY_RESTART,
};

struct bench {
	struct machine machine;
	struct machine_param params[PARAMETERS];
	struct machine_set sets[PARAMETERS + 1];
	uint32_t proposed[PARAMETERS];
	struct machine_value wanted[PARAMETERS];
	bool ordered; /* the rule: t <= r */
	bool no_memory;
	int applies;
};

static enum machine_answer admit(void *arg, const uint32_t *proposed)
{
	const struct bench *b = arg;

	if (b->no_memory)
		return MACHINE_LATER;
	return b->ordered && proposed[T] > proposed[R] ? MACHINE_REFUSE : MACHINE_ADMIT;
}

static void bench_start(struct bench *b)
{
	*b = (struct bench){0};
	machine_start(&b->machine, admit, b);
	machine_grow(&b->machine, b->params, b->sets, b->proposed, PARAMETERS);
	for (int i = 0; i < PARAMETERS; i++)
		b->wanted[i] = (struct machine_value){.token = 1, .boundary = boundaries[i]};
	machine_load(&b->machine, 1, b->wanted);
}

static int parameter_of(char letter)
{
	const char *at = strchr(names, letter);

	ck_assert_ptr_nonnull(at);
	return (int)(at - names);
}

static const struct {
	char letter;
	enum machine_event event;
} letters[] = {
	{'[', MACHINE_CYCLE_BEGIN},     {']', MACHINE_CYCLE_END},       {'(', MACHINE_POSITION_OPEN},
	{')', MACHINE_POSITION_CLOSE},  {'h', MACHINE_HEARTBEAT},       {'i', MACHINE_INFERENCE_ENTER},
	{'I', MACHINE_INFERENCE_LEAVE}, {'o', MACHINE_ORDER_ENTER},     {'O', MACHINE_ORDER_LEAVE},
	{'c', MACHINE_RECONCILE_ENTER}, {'C', MACHINE_RECONCILE_LEAVE},
};

static void event_step(struct bench *b, char letter)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == letter) {
			b->applies += machine_event(&b->machine, letters[i].event);
			return;
		}
	ck_abort_msg("no such step: %c", letter);
}

/* "t2r3": a version that sets t to 2 and r to 3. "-" before it: its version is lower than all before. */
static void stage_step(struct bench *b, const char *step)
{
	int64_t version = b->machine.received + 1;

	if (*step == '-') {
		version = b->machine.received - 2;
		step++;
	}
	if (*step == '+') { /* two versions were missed */
		version += 2;
		step++;
	}
	for (; *step; step += 2)
		b->wanted[parameter_of(step[0])].token = (uint32_t)(step[1] - '0');
	b->applies += machine_stage(&b->machine, version, b->wanted);
}

static void run_step(struct bench *b, const char *step)
{
	if (strpbrk(step, "0123456789"))
		stage_step(b, step);
	else if (strcmp(step, "rule") == 0)
		b->ordered = true;
	else if (strcmp(step, "full") == 0)
		b->no_memory = true;
	else if (strcmp(step, "free") == 0)
		b->no_memory = false;
	else
		event_step(b, step[0]);
}

/* "12111 v3 cycle_end": tokens in force, applied version, what it waits for. */
static void describe(const struct bench *b, char out[64])
{
	const char *waiting = machine_waiting_name(machine_waiting(&b->machine));

	for (int i = 0; i < PARAMETERS; i++)
		out[i] = (char)('0' + b->params[i].in_force);
	snprintf(out + PARAMETERS, 64 - PARAMETERS, " v%d %s", (int)b->machine.applied,
		 waiting ? waiting : "-");
}

struct machine_case {
	const char *behaviour;
	struct {
		const char *step, *then;
	} steps[12];
};

static const struct machine_case cases[] = {
	{"a threshold outside everything is in force at once", {{"t2", "21111 v2 -"}}},
	{"a threshold waits for the cycle's end",
	 {{"[", "11111 v1 -"}, {"t2", "11111 v1 cycle_end"}, {"]", "21111 v2 -"}}},
	{"cycles nest",
	 {{"[", "11111 v1 -"},
	  {"[", "11111 v1 -"},
	  {"t2", "11111 v1 cycle_end"},
	  {"]", "11111 v1 cycle_end"},
	  {"]", "21111 v2 -"}}},
	{"a threshold does not wait for positions", {{"(", "11111 v1 -"}, {"t2", "21111 v2 -"}}},
	{"an inference holds everything",
	 {{"i", "11111 v1 -"}, {"t2", "11111 v1 section_end"}, {"I", "21111 v2 -"}}},
	{"an order holds everything",
	 {{"o", "11111 v1 -"}, {"r2", "11111 v1 section_end"}, {"O", "11211 v2 -"}}},
	{"a reconciliation holds everything",
	 {{"c", "11111 v1 -"}, {"t2", "11111 v1 section_end"}, {"C", "21111 v2 -"}}},
	{"a section that outlives its cycle still holds",
	 {{"[", "11111 v1 -"},
	  {"i", "11111 v1 -"},
	  {"t2", "11111 v1 section_end"},
	  {"]", "11111 v1 section_end"},
	  {"I", "21111 v2 -"}}},
	{"sections of different kinds nest",
	 {{"i", "11111 v1 -"},
	  {"o", "11111 v1 -"},
	  {"t2", "11111 v1 section_end"},
	  {"I", "11111 v1 section_end"},
	  {"O", "21111 v2 -"}}},
	{"an end without its begin is ignored",
	 {{"]", "11111 v1 -"}, {"[", "11111 v1 -"}, {"t2", "11111 v1 cycle_end"}, {"]", "21111 v2 -"}}},
	{"a risk limit with no position open is in force at once", {{"r2", "11211 v2 -"}}},
	{"a risk limit that arrives in a position waits for its close and the next heartbeat",
	 {{"(", "11111 v1 -"},
	  {"r2", "11111 v1 position_close"},
	  {"h", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"h", "11211 v2 -"}}},
	{"a cycle's end is not a heartbeat",
	 {{"(", "11111 v1 -"},
	  {"r2", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"[", "11111 v1 heartbeat"},
	  {"]", "11111 v1 heartbeat"},
	  {"h", "11211 v2 -"}}},
	{"positions are counted",
	 {{"(", "11111 v1 -"},
	  {"(", "11111 v1 -"},
	  {"r2", "11111 v1 position_close"},
	  {")", "11111 v1 position_close"},
	  {"h", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"h", "11211 v2 -"}}},
	{"a position that opens again before the heartbeat holds it further",
	 {{"(", "11111 v1 -"},
	  {"r2", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"(", "11111 v1 position_close"},
	  {"h", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"h", "11211 v2 -"}}},
	{"a heartbeat inside a cycle opens the way, the cycle's end lets it go",
	 {{"(", "11111 v1 -"},
	  {"r2", "11111 v1 position_close"},
	  {"[", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"h", "11111 v1 cycle_end"},
	  {"]", "11211 v2 -"}}},
	{"a risk limit that still waits when a position opens waits for it",
	 {{"[", "11111 v1 -"},
	  {"r2", "11111 v1 cycle_end"},
	  {"(", "11111 v1 position_close"},
	  {"]", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"h", "11211 v2 -"}}},
	{"what is not hot waits for the restart, and does not hold the version back",
	 {{"m2", "11111 v2 restart"},
	  {"[", "11111 v2 restart"},
	  {"]", "11111 v2 restart"},
	  {"h", "11111 v2 restart"},
	  {"t2", "21111 v3 restart"}}},
	{"what is not hot and is taken back needs no restart",
	 {{"m2", "11111 v2 restart"}, {"m1", "11111 v3 -"}}},
	{"a set is in force whole, at its strictest boundary",
	 {{"(", "11111 v1 -"},
	  {"t2r2", "11111 v1 position_close"},
	  {"[", "11111 v1 position_close"},
	  {"]", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"h", "21211 v2 -"}}},
	{"a set with something not hot waits whole for the restart",
	 {{"t2m2", "11111 v2 restart"}, {"h", "11111 v2 restart"}}},
	{"the newest value wins",
	 {{"[", "11111 v1 -"},
	  {"t2", "11111 v1 cycle_end"},
	  {"t3", "11111 v1 cycle_end"},
	  {"]", "31111 v3 -"}}},
	{"a value taken back while it waits leaves nothing to do",
	 {{"[", "11111 v1 -"}, {"t2", "11111 v1 cycle_end"}, {"t1", "11111 v1 -"}, {"]", "11111 v3 -"}}},
	{"a set that shares a parameter with a waiting one joins it",
	 {{"(", "11111 v1 -"},
	  {"t2r2", "11111 v1 position_close"},
	  {"t3u3", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"h", "33211 v3 -"}}},
	{"a set on other parameters overtakes one that waits",
	 {{"(", "11111 v1 -"},
	  {"r2", "11111 v1 position_close"},
	  {"t2", "21111 v1 position_close"},
	  {")", "21111 v1 heartbeat"},
	  {"h", "21211 v3 -"}}},
	{"but not when the mix breaks a rule",
	 {{"rule", "11111 v1 -"},
	  {"(", "11111 v1 -"},
	  {"r2", "11111 v1 position_close"},
	  {"t2", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"h", "21211 v3 -"}}},
	{"a set blocked by one that waits for the restart waits for it too, and holds the version back",
	 {{"rule", "11111 v1 -"},
	  {"m2r2", "11111 v2 restart"},
	  {"t2", "11111 v2 restart"},
	  {"h", "11111 v2 restart"}}},
	{"without memory it comes into force at a later boundary",
	 {{"full", "11111 v1 -"},
	  {"t2", "11111 v1 cycle_end"},
	  {"[", "11111 v1 cycle_end"},
	  {"free", "11111 v1 cycle_end"},
	  {"]", "21111 v2 -"}}},
	{"the version does not move inside a cycle",
	 {{"[", "11111 v1 -"}, {"m2", "11111 v1 restart"}, {"]", "11111 v2 restart"}}},
	{"versions that were missed are one set",
	 {{"(", "11111 v1 -"},
	  {"+t2r2", "11111 v1 position_close"},
	  {")", "11111 v1 heartbeat"},
	  {"h", "21211 v4 -"}}},
	{"a database that fell back is followed",
	 {{"t2", "21111 v2 -"}, {"t3", "31111 v3 -"}, {"t4", "41111 v4 -"}, {"-t1", "11111 v2 -"}}},
	{"a database that fell back in a cycle is followed after it, version and all",
	 {{"t2", "21111 v2 -"},
	  {"t3", "31111 v3 -"},
	  {"t4", "41111 v4 -"},
	  {"[", "41111 v4 -"},
	  {"-t1", "41111 v4 cycle_end"},
	  {"]", "11111 v2 -"}}},
	{"what no longer waits for the restart holds the version from then on",
	 {{"t2m2", "11111 v2 restart"},
	  {"[", "11111 v2 restart"},
	  {"m1", "11111 v2 cycle_end"},
	  {"]", "21111 v3 -"}}},
};

START_TEST(case_holds)
{
	const struct machine_case *c = &cases[_i];
	struct bench b;
	char is[64];

	bench_start(&b);
	for (size_t i = 0; i < sizeof(c->steps) / sizeof(c->steps[0]) && c->steps[i].step; i++) {
		run_step(&b, c->steps[i].step);
		describe(&b, is);
		ck_assert_msg(strcmp(is, c->steps[i].then) == 0, "%s: after step %zu (%s): %s, not %s",
			      c->behaviour, i + 1, c->steps[i].step, is, c->steps[i].then);
	}
}
END_TEST

/* A hot parameter made stricter or looser by the catalog while it waits. */
START_TEST(boundary_follows_the_catalog)
{
	struct bench b;

	bench_start(&b);
	run_step(&b, "m2");
	ck_assert(machine_needs_restart(&b.machine, M));
	b.wanted[M].boundary = BOUNDARY_CYCLE_END;
	ck_assert(machine_stage(&b.machine, 2, b.wanted));
	ck_assert_uint_eq(b.params[M].in_force, 2);
	ck_assert_int_eq((int)b.machine.applied, 2);
}
END_TEST

START_TEST(grows_with_new_parameters)
{
	struct machine m;
	struct machine_param params[2], more[3];
	struct machine_set sets[3], more_sets[4];
	uint32_t proposed[3];
	struct machine_value values[3] = {
		{1, BOUNDARY_CYCLE_END}, {1, BOUNDARY_RESTART}, {1, BOUNDARY_CYCLE_END}};
	struct bench any = {0};

	machine_start(&m, admit, &any);
	machine_grow(&m, params, sets, proposed, 2);
	machine_load(&m, 1, values);
	values[1].token = 2;
	machine_stage(&m, 2, values);
	memcpy(more, params, sizeof(params));
	memcpy(more_sets, sets, sizeof(sets));
	machine_grow(&m, more, more_sets, proposed, 3);
	ck_assert(machine_stage(&m, 3, values));
	ck_assert_uint_eq(more[2].in_force, 1);
	ck_assert(machine_needs_restart(&m, 1));
	ck_assert_int_eq((int)m.applied, 3);
}
END_TEST

Suite *machine_suite(void)
{
	Suite *suite = suite_create("machine");
	TCase *tcase = tcase_create("machine");

	tcase_add_loop_test(tcase, case_holds, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(tcase, boundary_follows_the_catalog);
	tcase_add_test(tcase, grows_with_new_parameters);
	suite_add_tcase(suite, tcase);
	return suite;
}
