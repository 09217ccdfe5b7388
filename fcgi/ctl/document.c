#include "fcgi/ctl/document.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/mem.h"
#include "workerlib/core/scan.h"

enum { CHUNK = 65536, MOST = 1 << 20 };

/* All of an open file, with a NUL behind; NULL when it cannot be read, or is longer than the server takes. */
static char *read_all(FILE *file, size_t *n)
{
	char *bytes = NULL;
	size_t got;

	*n = 0;
	do {
		bytes = mem_must(realloc(bytes, *n + CHUNK + 1));
		got = fread(bytes + *n, 1, CHUNK, file);
		*n += got;
	} while (got == CHUNK && *n <= MOST);
	bytes[*n] = '\0';
	if (!ferror(file) && *n <= MOST)
		return bytes;
	free(bytes);
	return NULL;
}

static char *read_file(const char *path, size_t *n, FILE *err)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char *bytes = file == NULL ? NULL : read_all(file, n);

	if (bytes == NULL)
		fprintf(err, "cvnctl: %s: %s\n", path,
			file == NULL ? strerror(errno) : "cannot be read, or is too long");
	if (file != NULL && file != stdin)
		fclose(file);
	return bytes;
}

static struct json_object *parse(const char *what, const char *bytes, size_t n, FILE *err)
{
	struct error error;

	if (scan_json(bytes, n, &error) != CODE_OK) {
		fprintf(err, "cvnctl: --%s is not JSON: %s\n", what, error.detail);
		return NULL;
	}
	struct json_object *json = json_tokener_parse(bytes);
	if (json_object_is_type(json, json_type_object))
		return json;
	fprintf(err, "cvnctl: --%s must be an object\n", what);
	json_object_put(json);
	return NULL;
}

struct json_object *document_read(const char *what, const char *word, FILE *err)
{
	size_t n = word == NULL ? 0 : strlen(word);

	if (word == NULL)
		return mem_must(json_object_new_object());
	char *bytes = *word == '@' ? read_file(word + 1, &n, err) : mem_must(strdup(word));
	struct json_object *json = bytes == NULL ? NULL : parse(what, bytes, n, err);
	free(bytes);
	return json;
}
