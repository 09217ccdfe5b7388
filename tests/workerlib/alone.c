#include "tests/workerlib/alone.h"

#include <stdlib.h>

#include "tests/workerlib/check_worker.h"
#include "workerlib/pump.h"
#include "workerlib/receive.h"

const struct alone_row alone_rows[ROWS] = {
	ALONE_PARAM("CVN_COOLDOWN", VALUE_DURATION, CATEGORY_COOLDOWN, true, "90s"),
	ALONE_PARAM("CVN_FILTER", VALUE_BOOL, CATEGORY_FILTER_FLAG, true, "true"),
	ALONE_PARAM("CVN_HIGH", VALUE_DECIMAL, CATEGORY_RISK_LIMIT, true, "1.5"),
	ALONE_PARAM("CVN_LOW", VALUE_DECIMAL, CATEGORY_THRESHOLD, true, "0.5"),
	ALONE_PARAM("CVN_MODEL", VALUE_STRING, CATEGORY_THRESHOLD, false, "one"),
	ALONE_PARAM("CVN_NOTE", VALUE_STRING, CATEGORY_THRESHOLD, true, NULL),
	ALONE_PARAM("CVN_SIZE", VALUE_INT, CATEGORY_THRESHOLD, true, "-7"),
	ALONE_PARAM("CVN_SYMBOLS", VALUE_LIST, CATEGORY_FILTER_FLAG, true, "[\"A\",\"B\"]"),
};

static const struct rule order = {
	.name = "order", .expression = "CVN_LOW < CVN_HIGH", .message = "low below high"};

struct snapshot *alone_snapshot(const struct alone_row *rows, size_t n, int64_t version)
{
	struct snapshot *s = snapshot_new(version, 1, n, 1);

	ck_assert_ptr_nonnull(s);
	for (size_t i = 0; i < n; i++)
		ck_assert(snapshot_add_param(s, &rows[i].param, rows[i].value));
	ck_assert(snapshot_add_rule(s, &order));
	return s;
}

struct cvn_worker *alone_open(void)
{
	struct cvn_worker *w = calloc(1, sizeof(*w));
	cvn_error e = {0};

	ck_assert_ptr_nonnull(w);
	home_settle(&w->home);
	ck_assert_int_eq(engine_start(&w->engine, &e), 0);
	ck_assert_int_eq(pump_open(w, &e), 0);
	ck_assert_int_eq(engine_load(&w->engine, alone_snapshot(alone_rows, ROWS, 1), &e), 0);
	return w;
}

void alone_close(struct cvn_worker *w)
{
	engine_stop(&w->engine);
	pump_close(w);
	home_leave(&w->home);
	free(w);
}

void alone_stage(struct cvn_worker *w, const struct alone_row *rows, size_t n, int64_t version)
{
	struct snapshot *s = alone_snapshot(rows, n, version);
	struct engine_outcome outcome;
	cvn_error e = {0};

	ck_assert_msg(snapshot_check(s, NULL, &e) == 0, "%s", e.detail);
	ck_assert_int_eq(engine_stage(&w->engine, s, &outcome), 0);
	receive_conclude(w, &outcome);
}

cvn_param alone_handle(struct cvn_worker *w, const char *name, cvn_type type)
{
	cvn_param p = {0};
	cvn_error e = {0};

	ck_assert_msg(cvn_worker_param(w, name, type, &p, &e) == 0, "%s", e.detail);
	return p;
}
