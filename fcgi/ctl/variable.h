#ifndef CVN_CTL_VARIABLE_H
#define CVN_CTL_VARIABLE_H
/*
 * A parameter's definition as a file says it, brought to one form,
 * so that it can be compared with the server's.
 */

struct json_object;

/*
 * The definition with every member that PUT /catalog/{name} takes but the reason, in one order:
 * what is left out (of NULL: all) as the server would set it, values in canonical form. The
 * caller must free it with json_object_put().
 */
struct json_object *variable_whole(struct json_object *variable);

/* The first member that a definition cannot have; NULL: there is none. It lives as long as the object. */
const char *variable_unknown_member(struct json_object *variable);

/*
 * [{"name": member, "left", "right"}] of two definitions of variable_whole(). The caller must free it with
 * json_object_put().
 */
struct json_object *variable_differences(struct json_object *left, struct json_object *right);

/*
 * A value of the definition in canonical form, or as it is when it has none.
 * The caller must free it with free().
 */
char *variable_value(struct json_object *variable, const char *text);

#endif
