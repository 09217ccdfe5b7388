#ifndef CVN_CTL_CHANGE_H
#define CVN_CTL_CHANGE_H
/* NAME=VALUE (a value) and NAME- (back to the default), as the API's "changes". */
#include <stddef.h>
#include <stdio.h>

struct json_object;

/*
 * {"NAME": "VALUE" or null} of n words; NULL with one line on err when a word is neither form or names a
 * parameter twice. Whether names and values are good is the server's to say. The caller must free it with
 * json_object_put().
 */
struct json_object *change_parse(const char *const *words, size_t n, FILE *err);

#endif
