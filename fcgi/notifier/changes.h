#ifndef CVN_NOTIFIER_CHANGES_H
#define CVN_NOTIFIER_CHANGES_H
/*
 * The states and contents of change sets, as last seen. Pure: rows of the database go in, and each that
 * differs from what was seen comes out as a change_state event, one that was edited or rebased too; so
 * whoever sends, forges or loses a notification, the events tell what is so. Those that cannot move any more
 * are dropped once no older one can still be committed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub;
struct text;

enum { CHANGES_ENVIRONMENT_MAX = 32, CHANGES_STATE_MAX = 20, CHANGES_CONTENT_MAX = 17 };

struct change {
	int64_t id;
	char environment[CHANGES_ENVIRONMENT_MAX];
	char state[CHANGES_STATE_MAX];
	char content[CHANGES_CONTENT_MAX]; /* the beginning of its digest */
};

struct changes {
	struct change *at; /* by rising id */
	size_t n, room;
	int64_t top; /* the youngest there is */
	bool known;  /* the first look is done */
};

void changes_forget(struct changes *);

/* One row of a look, by rising id. True: an event was emitted; the first look emits nothing. */
bool changes_take(struct changes *, struct hub *, int64_t id, const char *environment, const char *state,
		  const char *content);
void changes_end(struct changes *, int64_t top);

/*
 * The ids that ASK_CHANGES is to look at besides those past `top`: what may still move in the environments
 * named (a scope), and what is missing among the youngest and may yet be committed.
 * What has ended is not read again.
 */
void changes_ids(const struct changes *, const char *named, struct text *ids);

#endif
