#ifndef CVN_CTL_DOCUMENT_H
#define CVN_CTL_DOCUMENT_H
/* A JSON object on the command line: as it stands, or @FILE, where @- is standard input. */
#include <stdio.h>

struct json_object;

/*
 * The object; an empty one for NULL. NULL with one line on err (what: the option) when it cannot be read, or is not
 * what the server takes for JSON: json-c alone would clamp a large number and drop the first of two equal names.
 * The caller must free it with json_object_put().
 */
struct json_object *document_read(const char *what, const char *word, FILE *err);

#endif
