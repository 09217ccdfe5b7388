#ifndef CVN_CTL_CHANGE_H
#define CVN_CTL_CHANGE_H
/* NAME=VALUE (a value) and NAME- (back to the default), or NAME VALUE alone, as the API's "changes". */
#include <stdio.h>

struct ctl;
struct json_object;

/*
 * {"NAME": "VALUE" or null} of the operands behind the first; NULL after saying on err that a word is
 * neither form or names a parameter twice. Whether names and values are good is the server's to say. The
 * caller must free it with json_object_put().
 */
struct json_object *change_parse(const struct ctl *);

/* The command line from its operands on, quoted for a shell: " paper A=1". */
void change_print_operands(const struct ctl *, FILE *);

#endif
