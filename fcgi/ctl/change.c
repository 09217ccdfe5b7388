#include "fcgi/ctl/change.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"

/* Adds one word; false when it is not a change, or a second one of its name. */
static bool add(struct json_object *changes, const char *word, FILE *err)
{
	const char *sign = strchr(word, '=');
	size_t n = sign == NULL ? strlen(word) : (size_t)(sign - word);
	bool to_default = sign == NULL && n > 0 && word[n - 1] == '-';
	char *name = mem_must(strndup(word, to_default ? n - 1 : n));
	bool good = *name != '\0' && (sign != NULL || to_default),
	     again = json_object_object_get_ex(changes, name, NULL);

	if (!good)
		fprintf(err, "cvnctl: '%s' is neither NAME=VALUE nor NAME-; see cvnctl --help\n", word);
	else if (again)
		fprintf(err, "cvnctl: %s is given twice\n", name);
	else if (to_default)
		member_add(changes, name, NULL);
	else
		member_add_text(changes, name, sign + 1);
	free(name);
	return good && !again;
}

struct json_object *change_parse(const char *const *words, size_t n, FILE *err)
{
	struct json_object *changes = mem_must(json_object_new_object());

	for (size_t i = 0; i < n; i++) {
		if (!add(changes, words[i], err)) {
			json_object_put(changes);
			return NULL;
		}
	}
	return changes;
}
