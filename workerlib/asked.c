#include "workerlib/asked.h"

#include <stdio.h>
#include <string.h>

#include "workerlib/core/watch.h"
#include "workerlib/core/worker_report.h"

const char asked_catalog[] = "/api/catalog", asked_rules[] = "/api/rules";

void asked_values(char path[ASKED_PATH], const char *environment)
{
	snprintf(path, ASKED_PATH, "/api/config/%s", environment);
}

void asked_changes(char path[ASKED_PATH], const struct asked_watch *w)
{
	snprintf(path, ASKED_PATH,
		 WATCH_PATH "%s?" WATCH_QUERY_VERSION "=%lld&" WATCH_QUERY_CATALOG "=%lld&"
		 WATCH_QUERY_WAIT "=%d%s%s",
		 w->environment, (long long)w->version, (long long)w->catalog_version, w->wait_s,
		 w->head ? "&" WATCH_QUERY_HEAD "=" : "", w->head ? w->head : "");
}

void asked_report(char path[ASKED_PATH], const char *worker_id)
{
	snprintf(path, ASKED_PATH, WORKER_REPORT_PATH "%s" WORKER_REPORT_VERB, worker_id);
}

char *asked_base(const char *url)
{
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	return strndup(url, n);
}
