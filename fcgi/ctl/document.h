#ifndef CVN_CTL_DOCUMENT_H
#define CVN_CTL_DOCUMENT_H
/*
 * JSON objects that come by the command line or by a file. They are checked by what the server checks with:
 * json-c alone would clamp a large number and drop the first of two equal names.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct json_object;

/*
 * The object that a word is: as it stands, or @FILE, where @- is standard input; an empty one for NULL. NULL
 * after saying on err why not; what is the option. The caller must free it with json_object_put().
 */
struct json_object *document_read(const char *what, const char *word, FILE *err);

/* The same of a file; - is standard input. */
struct json_object *document_file(const char *path, FILE *err);

/* A file's first line (or, for -, standard input's) without its end. False after saying on err why not. */
bool document_secret(const char *path, char *secret, size_t size, FILE *err);

#endif
