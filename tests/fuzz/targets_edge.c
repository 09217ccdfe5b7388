/* The notifier's own HTTP, and what a worker reads of the platform's answers. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "fcgi/notifier/http.h"
#include "fcgi/notifier/query.h"
#include "workerlib/answered.h"
#include "workerlib/snapshot.h"

static void inside(struct http_slice slice, const char *bytes, size_t n)
{
	hold(slice.at == NULL || (slice.at >= bytes && slice.n <= n && slice.at + slice.n <= bytes + n));
}

/*
 * Every slice lies in the head;
 * fewer bytes never give a whole head where more gave none, and never another one.
 */
static void head(char *bytes, size_t n)
{
	struct http_request request, again;
	const enum http_outcome outcome = http_read(bytes, n, &request);

	if (outcome != HTTP_WHOLE)
		return;
	hold(request.head <= n && request.head <= HTTP_HEAD_MAX);
	inside(request.method, bytes, request.head);
	inside(request.target, bytes, request.head);
	for (size_t i = 0; i < HTTP_HEADERS; i++)
		inside(request.headers[i], bytes, request.head);
	hold(http_read(bytes, request.head, &again) == HTTP_WHOLE && again.head == request.head);
	hold(http_read(bytes, request.head - 1, &again) != HTTP_WHOLE);
}

/* What is let through has no control byte. */
static void question(char *raw, size_t n)
{
	static const char *const names[] = {"environment", "after", "wait", NULL};
	const char *why = NULL;
	struct query query;

	(void)n;
	if (!query_read(&query, raw, names, &why)) {
		hold(why != NULL);
		return;
	}
	for (size_t i = 0; i < 3; i++) {
		for (const char *at = query.values[i]; at != NULL && *at != '\0'; at++)
			hold((unsigned char)*at >= 0x20 && *at != 0x7f);
	}
}

/* The configuration that a watch's changes are laid over. */
static struct snapshot *before(void)
{
	static const struct param params[] = {
		{.name = "CVN_A", .type = VALUE_DECIMAL, .hot_reloadable = true},
		{.name = "CVN_B", .type = VALUE_DURATION, .hot_reloadable = true},
		{.name = "CVN_C", .type = VALUE_STRING},
	};
	static const char *const values[] = {"0.5", "90s", NULL};
	struct snapshot *const snapshot = snapshot_new(7, 3, 3, 0);

	hold(snapshot != NULL);
	for (size_t i = 0; i < 3; i++)
		hold(snapshot_add_param(snapshot, &params[i], values[i]));
	return snapshot;
}

/* Refused, or laid over and judged: never something between. */
static void watch(char *bytes, size_t n)
{
	struct answered_watch answer;
	cvn_error error = {0};
	struct snapshot *from, *to;

	if (answered_watch((struct answered_body){bytes, n}, &answer, &error) != CVN_OK) {
		hold(error.detail[0] != '\0');
		return;
	}
	hold(answer.environment != NULL);
	from = before();
	to = answered_changes(from, &answer, &error);
	if (to != NULL)
		(void)snapshot_check(to, NULL, &error);
	snapshot_unref(to);
	snapshot_unref(from);
}

/* The three bodies of a configuration, with a NUL between. */
static void bodies(char *bytes, size_t n)
{
	struct answered_body three[ANSWERED_BODIES];
	struct snapshot *snapshot;
	cvn_error error = {0};
	bool moved = false;
	char *end = bytes + n;

	for (size_t i = 0; i < ANSWERED_BODIES; i++) {
		const size_t length = strlen(bytes);
		three[i] = (struct answered_body){length > 0 ? bytes : NULL, length};
		bytes = bytes + length < end ? bytes + length + 1 : end;
	}
	snapshot = answered_snapshot(three, &moved, &error);
	if (snapshot != NULL)
		(void)snapshot_check(snapshot, NULL, &error);
	else
		hold(moved || error.detail[0] != '\0');
	snapshot_unref(snapshot);
}

const struct fuzz_target fuzz_targets[] = {
	{"head", head}, {"question", question}, {"watch", watch}, {"bodies", bodies}, {NULL, NULL},
};
