#ifndef CVN_CTL_MEMBER_H
#define CVN_CTL_MEMBER_H
/*
 * Members of an answer's JSON objects. An object may be NULL, a member may be absent, null or of another
 * type: the fallback answers for all of these, since a newer server may say more or less than this program
 * knows.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

/* The member as text: a string as it is, a number or a bool as JSON. It lives as long as the object. */
const char *member_text(struct json_object *, const char *name, const char *fallback);
int64_t member_int(struct json_object *, const char *name, int64_t fallback);
bool member_true(struct json_object *, const char *name);

/* The member when it is an object, else NULL. */
struct json_object *member_object(struct json_object *, const char *name);

/* The member when it is an array, else NULL; and its length, 0 for NULL. */
struct json_object *member_list(struct json_object *, const char *name);
size_t member_count(struct json_object *list);

/* Whether the array holds this string. */
bool member_holds(struct json_object *list, const char *text);

/* The strings of the array, joined by ", ". The caller must free it with free(). */
char *member_joined(struct json_object *list);

/*
 * object[name] = value_take; ends the program when out of memory. value_take may be NULL, which is JSON's
 * null.
 */
void member_add(struct json_object *object, const char *name, struct json_object *value_take);
/* The same with a string. */
void member_add_text(struct json_object *object, const char *name, const char *text);

/* One item more of a list; ends the program when out of memory. */
void member_append(struct json_object *list, struct json_object *value_take);
void member_append_text(struct json_object *list, const char *text);

#endif
