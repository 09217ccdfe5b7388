#include "fcgi/ctl/command.h"

#include <stdint.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/noun.h"

static const struct command commands[] = {
	{.noun = "config", .verb = "get", .operands = "ENV [NAME]", .least = 1, .most = 2,
	 .run = noun_config_get, .help = "the values of an environment, or the value of one parameter"},
	{.noun = "config", .verb = "set", .operands = "ENV NAME=VALUE... --reason TEXT", .least = 2,
	 .most = SIZE_MAX, .options = OPTION_REASON | OPTION_IF_VERSION, .run = noun_config_set,
	 .help = "save values as one version; NAME- returns a parameter to its default"},
	{.noun = "config", .verb = "plan", .operands = "ENV NAME=VALUE...", .least = 2, .most = SIZE_MAX,
	 .run = noun_config_plan,
	 .help = "what the same save would do; writes nothing; exits 1 on a difference"},
	{.noun = "run", .verb = "freeze", .operands = "RUN KIND ENV", .least = 3, .most = 3,
	 .options = OPTION_FACTORS | OPTION_CODE_VERSION, .run = noun_run_freeze,
	 .help = "freeze what the environment resolves to and pin a run to it; safe to repeat"},
	{.noun = "run", .verb = "list", .operands = "",
	 .options = OPTION_KIND | OPTION_ENVIRONMENT | OPTION_HASH | OPTION_COUNT, .run = noun_run_list,
	 .help = "runs and what they are pinned to, newest first"},
	{.noun = "run", .verb = "diff", .operands = "RUN RUN", .least = 2, .most = 2, .run = noun_run_diff,
	 .help = "where the parameter sets of two runs differ; exits 1 on a difference"},
	{.noun = "run", .verb = "rerun", .operands = "RUN NEW-RUN", .least = 2, .most = 2, .run = noun_run_rerun,
	 .help = "pin a new run to the parameter set of another one; safe to repeat"},
	{.noun = "worker", .verb = "list", .operands = "", .options = OPTION_ENVIRONMENT,
	 .run = noun_worker_list, .help = "what each worker has applied, and what it waits for"},
	{.noun = "watch", .operands = "[ENV]", .most = 1, .options = OPTION_COUNT,
	 .run = noun_watch, .help = "events as they happen, one a line, until interrupted"},
};

const struct command *command_table(size_t *n)
{
	*n = sizeof commands / sizeof commands[0];
	return commands;
}

const struct command *command_find(const char *const *words, size_t n, size_t *taken)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		const struct command *c = &commands[i];

		*taken = c->verb == NULL ? 1 : 2;
		if (n >= *taken && strcmp(words[0], c->noun) == 0 &&
		    (c->verb == NULL || strcmp(words[1], c->verb) == 0))
			return c;
	}
	return NULL;
}
