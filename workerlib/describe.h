#ifndef CVN_WORKERLIB_DESCRIBE_H
#define CVN_WORKERLIB_DESCRIBE_H
/* What an engine is in, in the words that travel. */
#include <stdbool.h>

struct engine;
struct report;

/* Fills a report of all but the identity, to be freed with report_free() in any case. False: no memory. */
bool describe_report(struct engine *, struct report *);

#endif
