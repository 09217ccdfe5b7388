#include "fcgi/ctl/command.h"

#include <stdint.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/noun.h"

enum { PAGE = OPTION_COUNT | OPTION_CURSOR };

static const struct command commands[] = {
	{.noun = "config", .verb = "get", .operands = "ENV [NAME]", .least = 1, .most = 2,
	 .options = OPTION_VERSION, .run = noun_config_get,
	 .help = "the values of an environment, or the value of one parameter"},
	{.noun = "config", .verb = "set", .operands = "ENV NAME=VALUE...", .least = 2, .most = SIZE_MAX,
	 .needs = OPTION_REASON, .options = OPTION_IF_VERSION, .recheck = RECHECK_HISTORY,
	 .run = noun_config_set,
	 .help = "save values as one version; NAME- returns a parameter to its default"},
	{.noun = "config", .verb = "plan", .operands = "ENV NAME=VALUE...", .least = 2, .most = SIZE_MAX,
	 .run = noun_config_plan,
	 .help = "what the same save would do; writes nothing; exits 1 on a difference"},
	{.noun = "config", .verb = "diff", .operands = "ENV [FILE]", .least = 1, .most = 2,
	 .options = OPTION_VERSION, .run = noun_config_diff,
	 .help = "where a file or a past version differs from what is current; exits 1 where it does"},
	{.noun = "config", .verb = "compare", .operands = "ENV OTHER", .least = 2, .most = 2,
	 .run = noun_config_compare, .help = "where two environments differ; exits 1 where they do"},
	{.noun = "config", .verb = "export", .operands = "ENV", .least = 1, .most = 1,
	 .options = OPTION_VERSION | OPTION_OUTPUT,
	 .run = noun_config_export, .help = "all values as a JSON document, for diff and import"},
	{.noun = "config", .verb = "import", .operands = "ENV FILE", .least = 2, .most = 2,
	 .needs = OPTION_REASON,
	 .options = OPTION_DRY_RUN | OPTION_IF_VERSION, .recheck = RECHECK_CHANGES, .run = noun_config_import,
	 .help = "set the values that a document names, as a change set; - is standard input"},
	{.noun = "config", .verb = "promote", .operands = "ENV [NAME...]", .least = 1, .most = SIZE_MAX,
	 .needs = OPTION_FROM | OPTION_REASON, .options = OPTION_DRY_RUN | OPTION_IF_VERSION,
	 .recheck = RECHECK_CHANGES, .run = noun_config_promote,
	 .help = "take the values of another environment, all or the named ones, as a change set"},

	{.noun = "change", .verb = "list", .operands = "",
	 .options = OPTION_ENVIRONMENT | OPTION_STATE | OPTION_CREATED_BY | OPTION_REQUEST_ID | PAGE,
	 .run = noun_change_list, .help = "change sets, newest first"},
	{.noun = "change", .verb = "show", .operands = "ID", .least = 1, .most = 1, .run = noun_change_show,
	 .help = "a change set: its difference, its hash, what happened to it, which workers have it"},
	{.noun = "change", .verb = "create", .operands = "ENV NAME=VALUE...", .least = 2, .most = SIZE_MAX,
	 .needs = OPTION_REASON, .options = OPTION_SUBMIT | OPTION_IF_VERSION, .recheck = RECHECK_CHANGES,
	 .run = noun_change_create, .help = "draft a change set, critical parameters too"},
	{.noun = "change", .verb = "edit", .operands = "ID NAME=VALUE...", .least = 2, .most = SIZE_MAX,
	 .options = OPTION_REASON, .recheck = RECHECK_CHANGE, .run = noun_change_edit,
	 .help = "replace what a change set changes; it is a draft again"},
	{.noun = "change", .verb = "submit", .operands = "ID", .least = 1, .most = 1,
	 .recheck = RECHECK_CHANGE,
	 .run = noun_change_submit, .help = "ask for approval; what needs none is active at once"},
	{.noun = "change", .verb = "approve", .operands = "ID", .least = 1, .most = 1,
	 .options = OPTION_HASH | OPTION_COMMENT, .recheck = RECHECK_CHANGE, .run = noun_change_approve,
	 .help = "approve the content with this hash and put it into force; on a terminal, shows it"
		 " and asks"},
	{.noun = "change", .verb = "reject", .operands = "ID", .least = 1, .most = 1,
	 .options = OPTION_COMMENT,
	 .recheck = RECHECK_CHANGE, .run = noun_change_reject, .help = "refuse a change set for good"},
	{.noun = "change", .verb = "withdraw", .operands = "ID", .least = 1, .most = 1,
	 .recheck = RECHECK_CHANGE, .run = noun_change_withdraw, .help = "take a change set back"},
	{.noun = "change", .verb = "rebase", .operands = "ID", .least = 1, .most = 1,
	 .recheck = RECHECK_CHANGE,
	 .run = noun_change_rebase, .help = "put it on top of what is current; its hash may be another then"},

	{.noun = "history", .verb = "list", .operands = "",
	 .options = OPTION_ENVIRONMENT | OPTION_NAME | OPTION_CHANGED_BY | OPTION_REQUEST_ID | OPTION_SINCE |
		    OPTION_UNTIL | PAGE,
	 .run = noun_history_list, .help = "what was written, by whom and why, newest first"},
	{.noun = "history", .verb = "restore", .operands = "ID", .least = 1, .most = 1,
	 .needs = OPTION_REASON,
	 .options = OPTION_BEFORE | OPTION_IF_VERSION, .recheck = RECHECK_CHANGES,
	 .run = noun_history_restore,
	 .help = "set what an entry touched to its values again, as a change set"},
	{.noun = "history", .verb = "verify", .operands = "ENV", .least = 1, .most = 1,
	 .run = noun_history_verify, .help = "check the chain of digests; exits 1 where it is broken"},

	{.noun = "catalog", .verb = "list", .operands = "", .run = noun_catalog_list,
	 .help = "the parameters that there are"},
	{.noun = "catalog", .verb = "show", .operands = "NAME", .least = 1, .most = 1,
	 .run = noun_catalog_show, .help = "one parameter: type, bounds, default, flags"},
	{.noun = "catalog", .verb = "apply", .operands = "FILE...", .least = 1, .most = SIZE_MAX,
	 .options = OPTION_REASON | OPTION_DRY_RUN, .recheck = RECHECK_REPEAT, .run = noun_catalog_apply,
	 .help = "create and replace parameters as files say; deletes none; safe to repeat"},

	{.noun = "environment", .verb = "list", .operands = "", .run = noun_environment_list,
	 .help = "environments: version, lock, freeze, workers"},
	{.noun = "environment", .verb = "lock", .operands = "ENV", .least = 1, .most = 1,
	 .recheck = RECHECK_REPEAT, .run = noun_environment_lock,
	 .help = "let nobody else write, until you unlock it"},
	{.noun = "environment", .verb = "unlock", .operands = "ENV", .least = 1, .most = 1,
	 .recheck = RECHECK_REPEAT, .run = noun_environment_unlock, .help = "let everybody write again"},

	{.noun = "freeze", .verb = "list", .operands = "", .run = noun_freeze_list,
	 .help = "the windows in which nothing is applied"},
	{.noun = "freeze", .verb = "create", .operands = "ENV", .least = 1, .most = 1, .needs = OPTION_REASON,
	 .options = OPTION_STARTS | OPTION_ENDS | OPTION_WEEKLY, .recheck = RECHECK_FREEZES,
	 .run = noun_freeze_create, .help = "make a window, once or in each week; '*' is every environment"},
	{.noun = "freeze", .verb = "delete", .operands = "ID", .least = 1, .most = 1,
	 .recheck = RECHECK_FREEZES, .run = noun_freeze_delete, .help = "take a window away"},

	{.noun = "run", .verb = "freeze", .operands = "RUN KIND ENV", .least = 3, .most = 3,
	 .options = OPTION_FACTORS | OPTION_CODE_VERSION, .recheck = RECHECK_REPEAT, .run = noun_run_freeze,
	 .help = "freeze what the environment resolves to and pin a run to it; safe to repeat"},
	{.noun = "run", .verb = "list", .operands = "",
	 .options = OPTION_KIND | OPTION_ENVIRONMENT | OPTION_HASH | PAGE, .run = noun_run_list,
	 .help = "runs and what they are pinned to, newest first"},
	{.noun = "run", .verb = "diff", .operands = "RUN RUN", .least = 2, .most = 2, .run = noun_run_diff,
	 .help = "where the parameter sets of two runs differ; exits 1 on a difference"},
	{.noun = "run", .verb = "rerun", .operands = "RUN NEW-RUN", .least = 2, .most = 2,
	 .recheck = RECHECK_REPEAT, .run = noun_run_rerun,
	 .help = "pin a new run to the parameter set of another one; safe to repeat"},

	{.noun = "worker", .verb = "list", .operands = "", .options = OPTION_ENVIRONMENT,
	 .run = noun_worker_list, .help = "what each worker has applied, and what it waits for"},
	{.noun = "watch", .operands = "[ENV]", .most = 1, .options = OPTION_COUNT,
	 .run = noun_watch, .help = "events as they happen, one a line, until interrupted"},
	{.noun = "completion", .verb = "bash", .operands = "", .run = noun_completion,
	 .help = "a script for bash that completes commands and options: source <(cvnctl completion bash)"},
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

char *command_name(const struct command *c)
{
	if (c == NULL)
		return mem_printf("%s", "");
	return c->verb == NULL ? mem_printf("%s", c->noun) : mem_printf("%s %s", c->noun, c->verb);
}
