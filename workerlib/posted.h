#ifndef CVN_WORKERLIB_POSTED_H
#define CVN_WORKERLIB_POSTED_H
/* A report as the API takes it (core/worker_report.h). */
#include <stdint.h>

struct feed_identity;
struct report;
struct report_text;

/* Writes the body; a text that has failed was for want of memory. notified_ms as for reported_fill(). */
void posted_write(struct report_text *, const struct feed_identity *, const struct report *,
		  int64_t notified_ms);

#endif
