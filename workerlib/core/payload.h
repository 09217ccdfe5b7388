#ifndef CVN_CORE_PAYLOAD_H
#define CVN_CORE_PAYLOAD_H
/* The text of a notification on channel config_changed: env=prod,key=CVN_X,version=12. A hint, never data. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAYLOAD_CHANNEL "config_changed"
#define PAYLOAD_EVENT_CHANNEL "config_event"

enum { PAYLOAD_MAX = 160 };

struct payload {
	char environment[32];
	char key[64]; /* a parameter, or "*" */
	int64_t version;
};

/* False: not such a text (anyone may send one), and *p is untouched. */
bool payload_read(const char *text, struct payload *p);
void payload_write(const struct payload *, char out[PAYLOAD_MAX]);

#endif
