#include "fcgi/notifier/measures.h"

#include <stdlib.h>

const char *const measures_bounds[MEASURES_LATENCIES] = {"0.05", "0.1", "0.25", "0.5", "1",   "2.5",
							  "5",    "10",  "30",   "60",  "+Inf"};

void measures_take(struct measures *m, struct measure *rows, size_t n, double queue_usage)
{
	free(m->at);
	*m = (struct measures){.at = rows, .n = n, .queue_usage = queue_usage};
}

void measures_forget(struct measures *m)
{
	measures_take(m, NULL, 0, 0);
}

int64_t measures_forbidden(const struct measures *m)
{
	int64_t sum = 0;
	for (size_t i = 0; i < m->n; i++)
		sum += m->at[i].forbidden_applies;
	return sum;
}
