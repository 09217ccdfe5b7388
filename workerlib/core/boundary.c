#include "workerlib/core/boundary.h"

#include <string.h>

static const struct {
	const char *name;
	enum boundary boundary;
} categories[CATEGORIES] = {
	[CATEGORY_THRESHOLD] = { "threshold", BOUNDARY_CYCLE_END },
	[CATEGORY_FILTER_FLAG] = { "filter_flag", BOUNDARY_CYCLE_END },
	[CATEGORY_COOLDOWN] = { "cooldown", BOUNDARY_CYCLE_END },
	[CATEGORY_RISK_LIMIT] = { "risk_limit", BOUNDARY_POSITION_CLOSE },
};

static const char *const boundaries[BOUNDARIES] = {
	[BOUNDARY_CYCLE_END] = "cycle_end",
	[BOUNDARY_POSITION_CLOSE] = "position_close",
	[BOUNDARY_RESTART] = "restart",
};

const char *category_name(enum category category)
{
	return categories[category].name;
}

bool category_from_name(const char *name, enum category *category)
{
	unsigned i;

	for (i = 0; i < CATEGORIES; i++)
		if (strcmp(categories[i].name, name) == 0) {
			*category = (enum category)i;
			return true;
		}
	return false;
}

enum boundary boundary_of(enum category category, bool hot_reloadable)
{
	return hot_reloadable ? categories[category].boundary : BOUNDARY_RESTART;
}

const char *boundary_name(enum boundary boundary)
{
	return boundaries[boundary];
}
