#include "workerlib/posted.h"

#include "workerlib/core/canon.h"
#include "workerlib/core/worker_report.h"
#include "workerlib/feed.h"
#include "workerlib/report.h"

/* Below zero: null. */
static void put_integer(struct canon *c, const char *name, int64_t i)
{
	canon_key(c, name);
	if (i < 0)
		canon_null(c);
	else
		canon_integer(c, i);
}

static void put_json(struct canon *c, const char *name, const struct report_text *json)
{
	canon_key(c, name);
	canon_text(c, json->bytes ? json->bytes : "null");
}

void posted_write(struct report_text *text, const struct feed_identity *identity, const struct report *r,
		  int64_t notified_ms)
{
	struct canon c;

	canon_start(&c, report_put, text);
	canon_object(&c);
	put_integer(&c, WORKER_REPORT_APPLIED_MS, r->applied_ms);
	put_integer(&c, WORKER_REPORT_APPLIED_VERSION, r->version);
	canon_member(&c, WORKER_REPORT_BUILD, identity->build);
	canon_key(&c, WORKER_REPORT_CLOSED);
	canon_bool(&c, r->closed);
	canon_member(&c, WORKER_REPORT_CONFIG_HASH, r->config_hash);
	canon_member(&c, WORKER_REPORT_ENVIRONMENT, identity->environment);
	put_integer(&c, WORKER_REPORT_FORBIDDEN, (int64_t)r->forbidden);
	canon_member(&c, WORKER_REPORT_INSTANCE, identity->instance);
	put_integer(&c, WORKER_REPORT_NOTIFIED_MS, notified_ms);
	put_json(&c, WORKER_REPORT_PENDING, &r->pending);
	put_json(&c, WORKER_REPORT_REJECTED, &r->rejected);
	put_json(&c, WORKER_REPORT_RESTART_REQUIRED, &r->restart_required);
	canon_key(&c, WORKER_REPORT_FROM_CACHE);
	canon_bool(&c, r->from_cache);
	canon_member(&c, WORKER_REPORT_STATE, r->state);
	canon_member(&c, WORKER_REPORT_WAITING_FOR, r->waiting_for);
	put_integer(&c, WORKER_REPORT_WAITING_MS, r->waiting_for ? r->waiting_ms : -1);
	canon_end(&c, '}');
}
