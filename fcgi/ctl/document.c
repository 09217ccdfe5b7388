#include "fcgi/ctl/document.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/problem.h"
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

static void say(const char *what, const char *detail, const char *where, FILE *err)
{
	problem_say(&(struct problem){.what = what,
				      .detail = detail,
				      .where = strcmp(where, "-") == 0 ? "standard input" : where,
				      .next = "correct it; nothing was sent"},
		    err);
}

static FILE *open_file(const char *path, FILE *err)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");

	if (file == NULL)
		say("a file cannot be opened", strerror(errno), path, err);
	return file;
}

static void close_file(FILE *file)
{
	if (file != NULL && file != stdin)
		fclose(file);
}

static char *read_file(const char *path, size_t *n, FILE *err)
{
	FILE *file = open_file(path, err);
	char *bytes = file == NULL ? NULL : read_all(file, n);

	if (file != NULL && bytes == NULL)
		say("a file cannot be read", "or it is longer than the 1 MiB that the server takes",
		    path, err);
	close_file(file);
	return bytes;
}

static struct json_object *parse(const char *where, const char *bytes, size_t n, FILE *err)
{
	struct error error;

	if (scan_json(bytes, n, &error) != CODE_OK) {
		say("this is not JSON", error.detail, where, err);
		return NULL;
	}
	struct json_object *json = json_tokener_parse(bytes);
	if (json_object_is_type(json, json_type_object))
		return json;
	say("this is no JSON object", NULL, where, err);
	json_object_put(json);
	return NULL;
}

struct json_object *document_file(const char *path, FILE *err)
{
	size_t n = 0;
	char *bytes = read_file(path, &n, err);
	struct json_object *json = bytes == NULL ? NULL : parse(path, bytes, n, err);

	free(bytes);
	return json;
}

struct json_object *document_read(const char *what, const char *word, FILE *err)
{
	if (word == NULL)
		return mem_must(json_object_new_object());
	if (*word == '@')
		return document_file(word + 1, err);
	char *where = mem_printf("--%s", what);
	struct json_object *json = parse(where, word, strlen(word), err);
	free(where);
	return json;
}

bool document_secret(const char *path, char *secret, size_t size, FILE *err)
{
	FILE *file = open_file(path, err);
	bool read = file != NULL && fgets(secret, (int)size, file) != NULL;

	if (read)
		secret[strcspn(secret, "\r\n")] = '\0';
	else if (file != NULL)
		say("there is no password or token to read", "its first line is empty", path, err);
	close_file(file);
	return read;
}
