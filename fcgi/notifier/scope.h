#ifndef CVN_NOTIFIER_SCOPE_H
#define CVN_NOTIFIER_SCOPE_H
/*
 * Where something holds: environments with commas between, each once, or SCOPE_ALL. An empty one is nowhere.
 */
#include <stdbool.h>

struct text;

#define SCOPE_ALL "*"

bool scope_is_all(const char *scope);

/* Whether the environment is in it. */
bool scope_has(const char *scope, const char *environment);

/* Whether every environment of the other is in it. */
bool scope_covers(const char *scope, const char *other);

/* Adds an environment to the scope in a text, or all of them. */
void scope_add(struct text *scope, const char *environment);

#endif
