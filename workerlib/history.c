#include "workerlib/history.h"

#include <stdio.h>
#include <string.h>

const char history_is_another[] =
	"the version has another history than before, so that a backup was restored: all is read again";

bool history_goes_on(struct history *h, int64_t version, const char *head)
{
	bool known = head && *head;

	if (known && *h->head && version == h->version && strcmp(head, h->head) != 0) {
		*h = (struct history){0};
		return false;
	}
	h->version = version;
	snprintf(h->head, sizeof(h->head), "%s", known ? head : "");
	return true;
}

const char *history_head(const struct history *h, int64_t version)
{
	return *h->head && h->version == version ? h->head : NULL;
}
