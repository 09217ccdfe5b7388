#include "workerlib/sqlstate.h"

#include <stddef.h>
#include <string.h>

bool sqlstate_passes(const char *sqlstate)
{
	/* By class: connection, rollback, resources, not the state for it, an operator, the system, a bug. */
	static const char *const classes[] = {"08", "40", "53", "55", "57", "58", "XX"};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strncmp(sqlstate, classes[i], 2) == 0)
			return true;
	return false;
}

bool sqlstate_outdates(const char *sqlstate)
{
	return strcmp(sqlstate, "0A000") == 0 || strcmp(sqlstate, "26000") == 0;
}
