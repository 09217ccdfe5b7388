#include "fcgi/ctl/recheck.h"

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/mem.h"

/* A command, completed by what it looks for, and what its answer means. */
static const struct row {
	const char *command;
	enum { BY_NOTHING, BY_REQUEST, BY_OPERAND } by;
	const char *meaning;
} rows[] = {
	[RECHECK_HISTORY] = {"cvnctl history list --request-id ", BY_REQUEST, " shows it if it was"},
	[RECHECK_CHANGES] = {"cvnctl change list --request-id ", BY_REQUEST, " shows it if it was"},
	[RECHECK_CHANGE] = {"cvnctl change show ", BY_OPERAND, " shows the state that it is in"},
	[RECHECK_FREEZES] = {"cvnctl freeze list", BY_NOTHING, " shows the windows that there are"},
	[RECHECK_REPEAT] = {"the same command again is safe", BY_NOTHING, ": it finds what it has done"},
};

char *recheck_next(const struct args *args, const char *request_id)
{
	const struct row *row = &rows[args->command->recheck];
	const char *keys[] = {[BY_NOTHING] = "", [BY_REQUEST] = request_id, [BY_OPERAND] = args->operands[0]};

	return mem_printf("%s%s%s", row->command, keys[row->by], row->meaning);
}
