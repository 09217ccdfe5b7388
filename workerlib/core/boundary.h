#ifndef CVN_CORE_BOUNDARY_H
#define CVN_CORE_BOUNDARY_H
/* Which category waits for which safe boundary: one table, the only place that says it. */
#include <stdbool.h>

enum category { CATEGORY_THRESHOLD, CATEGORY_FILTER_FLAG, CATEGORY_COOLDOWN, CATEGORY_RISK_LIMIT,
		CATEGORIES };

/* From the least to the strictest; a set waits for the strictest of its parameters. */
enum boundary { BOUNDARY_CYCLE_END, BOUNDARY_POSITION_CLOSE, BOUNDARY_RESTART, BOUNDARIES };

const char *category_name(enum category);
bool category_from_name(const char *name, enum category *); /* false: unknown, and the snapshot is refused */
enum boundary boundary_of(enum category, bool hot_reloadable);
const char *boundary_name(enum boundary); /* "cycle_end", "position_close", "restart" */

#endif
