/*
 * What the boundary machine promises, under random lives (life.h): a property is a function and a sentence,
 * and is asked after every step. A life that breaks one is cut down to the steps that it needs. TAP.
 *
 *	CVN_SEED        the first seed (default 1); life n has the seed CVN_SEED + n
 *	CVN_SEQUENCES   how many lives (default 100000), of 200 steps each
 *	CVN_LIFE        instead: one life, as a failure prints it
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/workerlib/life.h"

enum { SEQUENCES = 100000, WORD = 16 };

#define EACH(i) (int i = 0; i < LIFE_PARAMETERS; i++)

static bool has(unsigned set, int i)
{
	return set >> i & 1;
}

/* ---- the properties ---- */

static bool quiet(const struct life *l)
{
	return !l->swapped || l->was_open;
}

static bool steady(const struct life *l)
{
	return l->now.applied == l->before.applied || l->was_open;
}

static bool rising(const struct life *l)
{
	return l->now.applied >= l->before.applied || l->model.may_fall;
}

static bool newest(const struct life *l)
{
	for EACH (i)
		if (machine_wanted(&l->machine, (size_t)i) != l->model.wanted[i].token ||
		    (has(l->swapped, i) && has(l->waiting, i)))
			return false;
	return true;
}

static bool whole(const struct life *l)
{
	for EACH (i)
		if (has(l->swapped, i) && l->model.party[i] & l->waiting)
			return false;
	return true;
}

static bool coherent(const struct life *l)
{
	return life_rules(l->now.in_force);
}

static bool patient(const struct life *l)
{
	return !(l->swapped & l->held);
}

static bool cold(const struct life *l)
{
	return !(l->swapped & life_waiting_with(l, BOUNDARY_RESTART));
}

static bool flagged(const struct life *l)
{
	unsigned restart = life_waiting_with(l, BOUNDARY_RESTART) & l->waiting;

	for EACH (i)
		if (machine_needs_restart(&l->machine, (size_t)i) != has(restart, i) ||
		    machine_is_pending(&l->machine, (size_t)i) != has(l->waiting, i))
			return false;
	return true;
}

static bool true_version(const struct life *l)
{
	unsigned restart = life_waiting_with(l, BOUNDARY_RESTART);

	if (l->model.may_fall && !l->was_open)
		return true; /* it is the old database's until the cycle is over */
	for EACH (i)
		if (has(l->waiting & ~restart, i) && l->now.applied >= l->model.since[i] &&
		    l->now.applied > l->model.excused[i])
			return false;
	return l->now.applied <= l->model.version;
}

static bool said_so(const struct life *l)
{
	if (l->said != (l->swapped != 0))
		return false;
	return !l->said || memcmp(l->admitted, l->now.in_force, sizeof(l->admitted)) == 0;
}

/* Of these parameters the newest value, of the others what is in force. */
static bool passes(const struct life *l, unsigned parameters)
{
	uint32_t mix[LIFE_PARAMETERS];

	for EACH (i)
		mix[i] = has(parameters, i) ? l->model.wanted[i].token : l->now.in_force[i];
	return life_rules(mix);
}

static bool prompt(const struct life *l)
{
	unsigned ready;

	if (!l->calls || l->starved || life_inside(&l->model))
		return true;
	ready = l->waiting & ~life_waiting_with(l, BOUNDARY_RESTART) & ~l->model.held;
	if (ready && passes(l, ready))
		return false;
	for EACH (i)
		if (has(ready, i) && passes(l, l->model.party[i]))
			return false;
	return true;
}

/* Only what waits for the restart, and what the rules tie to it, may be left; and nothing without such. */
static bool restful(const struct life *l)
{
	if (!l->at_rest || life_waiting_with(l, BOUNDARY_RESTART) & l->waiting)
		return true;
	return !l->waiting && l->now.applied == l->model.version;
}

static bool caught_up(const struct life *l)
{
	return !l->at_rest || l->machine.received == l->version || l->version == l->rejected;
}

static bool candid(const struct life *l)
{
	const struct model *m = &l->model;
	bool sections = m->counts[COUNT_INFERENCE] || m->counts[COUNT_ORDER] || m->counts[COUNT_RECONCILE];
	bool held = m->held & l->waiting;

	if (!l->calls || l->starved)
		return true;
	switch (machine_waiting(&l->machine)) {
	case WAITING_NOTHING:
		return !l->waiting;
	case WAITING_CYCLE_END:
		return l->waiting && m->counts[COUNT_CYCLE] && !sections;
	case WAITING_SECTION_END:
		return l->waiting && sections;
	case WAITING_POSITION_CLOSE:
		return held && m->counts[COUNT_POSITION];
	case WAITING_HEARTBEAT:
		return held && !m->counts[COUNT_POSITION];
	case WAITING_RESTART:
		return life_waiting_with(l, BOUNDARY_RESTART) & l->waiting;
	case MACHINE_WAITINGS:
		break;
	}
	return false;
}

static const struct property {
	const char *name, *sentence;
	bool (*holds)(const struct life *);
} properties[] = {
	{"quiet", "nothing comes into force inside a cycle or a section", quiet},
	{"steady", "the applied version does not move inside a cycle or a section", steady},
	{"rising", "the applied version never falls, but with the database", rising},
	{"newest", "a parameter has one pending value, and the newest wins", newest},
	{"whole", "what came together, or was joined, comes into force together", whole},
	{"coherent", "a set overtakes another only when the mix passes the rules", coherent},
	{"patient", "what met an open position waits for its close and the next heartbeat", patient},
	{"cold", "what is not hot never changes, nor what came with it", cold},
	{"flagged", "what waits is named as pending, and what waits for the restart as that", flagged},
	{"true version", "every version up to the applied one is in force, or waits for the restart",
	 true_version},
	{"said so", "applied is said when something was, and of that which was admitted", said_so},
	{"prompt", "nothing waits that may come into force and passes the rules", prompt},
	{"restful", "when all has ended and the link is up, a heartbeat later nothing waits", restful},
	{"caught up", "when the link is up, a heartbeat later the newest version is received", caught_up},
	{"candid", "what it says that it waits for is so", candid},
};

enum { PROPERTIES = sizeof(properties) / sizeof(properties[0]) };

/* ---- steps, and how they are written ---- */

/* Weights: what ends comes a little oftener than what begins, so that things move. */
static const struct {
	char letter;
	unsigned weight;
	const char *sentence;
} kinds[STEP_KINDS] = {
	[MACHINE_CYCLE_BEGIN] = {'[', 9, "a cycle begins"},
	[MACHINE_CYCLE_END] = {']', 12, "a cycle ends"},
	[MACHINE_POSITION_OPEN] = {'(', 6, "a position opens"},
	[MACHINE_POSITION_CLOSE] = {')', 7, "a position closes"},
	[MACHINE_INFERENCE_ENTER] = {'i', 3, "an inference begins"},
	[MACHINE_INFERENCE_LEAVE] = {'I', 5, "an inference ends"},
	[MACHINE_ORDER_ENTER] = {'o', 3, "an order begins"},
	[MACHINE_ORDER_LEAVE] = {'O', 5, "an order ends"},
	[MACHINE_RECONCILE_ENTER] = {'c', 2, "a reconciliation begins"},
	[MACHINE_RECONCILE_LEAVE] = {'C', 4, "a reconciliation ends"},
	[MACHINE_HEARTBEAT] = {'h', 9, "the worker's heartbeat"},
	[STEP_NOTIFY] = {'n', 24, "a configuration is saved, read and accepted if the link is up"},
	[STEP_READ_FAILED] = {'x', 3, "a configuration is saved, and the read fails"},
	[STEP_REJECTED] = {'j', 2, "a configuration is saved, read and rejected"},
	[STEP_REDEFINED] = {'d', 3, "the catalog changes what a parameter waits for"},
	[STEP_FELL_BACK] = {'f', 1, "the database falls back"},
	[STEP_LINK_LOST] = {'l', 2, "the link is lost"},
	[STEP_LINK_BACK] = {'L', 3, "the link is back"},
	[STEP_TIME] = {'t', 3, "time goes by"},
	[STEP_RESTART] = {'r', 1, "the worker restarts"},
	[STEP_MEMORY] = {'m', 2, "memory ends, or is there again"},
};

static struct step read_step(const char *word)
{
	for (int kind = 0; kind < STEP_KINDS; kind++)
		if (kinds[kind].letter == word[0])
			return (struct step){(enum step_kind)kind, (uint32_t)strtoul(word + 1, NULL, 16)};
	fprintf(stderr, "CVN_LIFE: no such step: %s\n", word);
	exit(2);
}

static void write_step(char out[WORD], struct step step)
{
	if (step.kind < (enum step_kind)MACHINE_EVENTS)
		snprintf(out, WORD, "%c", kinds[step.kind].letter);
	else
		snprintf(out, WORD, "%c%" PRIx32, kinds[step.kind].letter, step.argument);
}

/* ---- a life ---- */

struct script {
	struct step steps[LIFE_STEPS];
	size_t n;
};

/* A bit a property. */
static unsigned broken_by(const struct life *l)
{
	unsigned broken = 0;

	for (int p = 0; p < PROPERTIES; p++)
		if (!properties[p].holds(l))
			broken |= 1u << p;
	return broken;
}

/* What the first step that breaks anything breaks; *at steps were taken by then. 0: nothing, to the end. */
static unsigned live(const struct script *script, size_t *at)
{
	struct life l;
	struct step rest[LIFE_REST];
	unsigned broken;
	size_t n;

	life_start(&l);
	broken = broken_by(&l);
	for (*at = 0; !broken && *at < script->n; ++*at) {
		life_step(&l, script->steps[*at]);
		broken = broken_by(&l);
	}
	n = life_rest(&l, rest);
	for (size_t i = 0; !broken && i < n; i++) {
		life_step(&l, rest[i]);
		l.at_rest = i + 1 == n;
		broken = broken_by(&l);
	}
	return broken;
}

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* Which kind a number below 128 stands for. */
struct mix {
	unsigned char kinds[128];
};

static void mix_fill(struct mix *mix)
{
	size_t n = 0;

	for (int kind = 0; kind < STEP_KINDS; kind++)
		for (unsigned w = 0; w < kinds[kind].weight && n < sizeof(mix->kinds); w++)
			mix->kinds[n++] = (unsigned char)kind;
	while (n < sizeof(mix->kinds))
		mix->kinds[n++] = STEP_NOTIFY;
}

static void script_draw(struct script *script, const struct mix *mix, uint64_t seed)
{
	script->n = LIFE_STEPS;
	for (size_t i = 0; i < script->n; i++) {
		uint64_t r = draw(&seed);
		script->steps[i] = (struct step){(enum step_kind)mix->kinds[r & 127], (uint32_t)(r >> 32)};
	}
}

static void script_read(struct script *script, const char *text)
{
	char word[WORD];
	int length;

	for (script->n = 0; script->n < LIFE_STEPS && sscanf(text, "%15s%n", word, &length) == 1;
	     text += length)
		script->steps[script->n++] = read_step(word);
}

/* ---- cutting ---- */

static void script_without(struct script *out, const struct script *script, size_t from, size_t n)
{
	out->n = 0;
	for (size_t i = 0; i < script->n; i++)
		if (i < from || i >= from + n)
			out->steps[out->n++] = script->steps[i];
}

/* Takes away what the failure does not need, in ever smaller pieces, until no single step can go. */
static void shrink(struct script *script, unsigned broken)
{
	struct script shorter;
	size_t at, piece = script->n / 2;

	while (piece > 0) {
		bool cut = false;
		for (size_t from = 0; from < script->n;) {
			script_without(&shorter, script, from, piece);
			if (live(&shorter, &at) & broken) {
				*script = shorter;
				cut = true;
			} else {
				from += piece;
			}
		}
		if (!cut || piece > 1)
			piece /= 2;
	}
}

/* ---- what is said ---- */

static void print_life(const struct script *script)
{
	char word[WORD];

	for (size_t i = 0; i < script->n; i++) {
		write_step(word, script->steps[i]);
		printf("#   %2zu  %-10s %s\n", i + 1, word, kinds[script->steps[i].kind].sentence);
	}
	printf("#       then everything ends, and a heartbeat\n# again: CVN_LIFE='");
	for (size_t i = 0; i < script->n; i++) {
		write_step(word, script->steps[i]);
		printf("%s%s", i ? " " : "", word);
	}
	printf("'\n");
}

/* Of a life that has failed; afterwards the script is as short as can be. */
static void print_failure(struct script *script, unsigned broken, const char *name)
{
	size_t at;

	shrink(script, broken);
	broken = live(script, &at);
	printf("# %s, after step %zu of %zu:\n", name, at, script->n);
	for (int p = 0; p < PROPERTIES; p++)
		if (broken >> p & 1)
			printf("#   not so: %s\n", properties[p].sentence);
	print_life(script);
}

/* One line a property. A life ends with the first step that breaks one; what comes after it was not seen. */
static int print_results(unsigned broken, const char *what)
{
	printf("1..%d\n", PROPERTIES);
	for (int p = 0; p < PROPERTIES; p++)
		printf("%sok %d - %s: %s\n", broken >> p & 1 ? "not " : "", p + 1, properties[p].name,
		       properties[p].sentence);
	printf("# %s\n", what);
	return broken ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int replay(const char *text)
{
	struct script script;
	unsigned broken;
	size_t at;

	script_read(&script, text);
	broken = live(&script, &at);
	if (broken)
		print_failure(&script, broken, "CVN_LIFE");
	return print_results(broken, "one life");
}

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static int random_lives(uint64_t first, uint64_t n)
{
	struct script script;
	struct mix mix;
	unsigned broken = 0;
	size_t at;
	char text[96];

	mix_fill(&mix);
	for (uint64_t seed = first; !broken && seed < first + n; seed++) {
		script_draw(&script, &mix, seed);
		broken = live(&script, &at);
		snprintf(text, sizeof(text), "CVN_SEED=%" PRIu64, seed);
		if (broken)
			print_failure(&script, broken, text);
	}
	snprintf(text, sizeof(text), "%" PRIu64 " lives of %d steps from CVN_SEED=%" PRIu64, n, LIFE_STEPS,
		 first);
	return print_results(broken, text);
}

int main(void)
{
	const char *life = getenv("CVN_LIFE");

	if (life)
		return replay(life);
	return random_lives(number_from("CVN_SEED", 1), number_from("CVN_SEQUENCES", SEQUENCES));
}
