#include "workerlib/describe.h"

#include <string.h>

#include "workerlib/clock.h"
#include "workerlib/core/canon.h"
#include "workerlib/engine.h"
#include "workerlib/report.h"

static const char *const state_names[] = {
	[CVN_CURRENT] = "current",
	[CVN_PENDING] = "pending",
	[CVN_RESTART_REQUIRED] = "restart_required",
	[CVN_REJECTED] = "rejected",
};

/* What waits for a boundary, by name, with the version that it waits to complete. */
static void write_pending(const struct engine *e, struct report_text *text)
{
	struct canon c;

	canon_start(&c, report_put, text);
	canon_array(&c);
	for (size_t i = 0; i < e->registry.n; i++) {
		const struct registry_name *name = e->registry.names[i];
		if (name->slot >= e->machine.n || !machine_is_pending(&e->machine, name->slot) ||
		    machine_needs_restart(&e->machine, name->slot))
			continue;
		canon_object(&c);
		canon_member(&c, "name", name->name);
		canon_key(&c, "version");
		canon_integer(&c, e->machine.sets[e->machine.params[name->slot].set - 1].last);
		canon_end(&c, '}');
	}
	canon_end(&c, ']');
}

static void write_restart_required(const struct engine *e, struct report_text *text)
{
	struct canon c;

	canon_start(&c, report_put, text);
	canon_array(&c);
	for (size_t i = 0; i < e->registry.n; i++) {
		const struct registry_name *name = e->registry.names[i];
		if (name->slot < e->machine.n && machine_needs_restart(&e->machine, name->slot))
			canon_string(&c, name->name, strlen(name->name));
	}
	canon_end(&c, ']');
}

static void write_rejected(const struct engine *e, struct report_text *text)
{
	struct canon c;

	if (e->rejected < 0)
		return;
	canon_start(&c, report_put, text);
	canon_object(&c);
	canon_member(&c, "detail", e->rejected_detail);
	canon_key(&c, "version");
	canon_integer(&c, e->rejected);
	canon_end(&c, '}');
}

/* Under the engine's lock. */
static void fill(const struct engine *e, struct report *r, int64_t now)
{
	*r = (struct report){
		.state = state_names[e->state],
		.version = atomic_load(&e->version),
		.waiting_for = machine_waiting_name(e->waiting),
		.waiting_ms = now - e->waiting_since,
		.applied_ms = e->applied_at < 0 ? -1 : now - e->applied_at,
		.forbidden = atomic_load(&e->forbidden),
		.closed = e->closing,
		.number = e->news,
	};
	memcpy(r->config_hash, engine_current(e)->hash, sizeof(r->config_hash));
	write_pending(e, &r->pending);
	write_restart_required(e, &r->restart_required);
	write_rejected(e, &r->rejected);
}

bool describe_report(struct engine *e, struct report *r)
{
	pthread_mutex_lock(&e->lock);
	fill(e, r, clock_ms());
	pthread_mutex_unlock(&e->lock);
	return !r->pending.failed && !r->restart_required.failed && !r->rejected.failed;
}
