#include "fcgi/ctl/change.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/problem.h"
#include "workerlib/core/name.h"

/* Adds one word; false when it is not a change, or a second one of its name. */
static bool add(const struct ctl *ctl, struct json_object *changes, const char *word)
{
	const char *sign = strchr(word, '=');
	size_t n = sign == NULL ? strlen(word) : (size_t)(sign - word);
	bool to_default = sign == NULL && n > 0 && word[n - 1] == '-';
	char *name = mem_must(strndup(word, to_default ? n - 1 : n));
	bool good = *name != '\0' && (sign != NULL || to_default),
	     again = json_object_object_get_ex(changes, name, NULL);

	if (!good)
		problem_usage(ctl->err, ctl->args->command, "'%s' is neither NAME=VALUE nor NAME-", word);
	else if (again)
		problem_usage(ctl->err, ctl->args->command, "%s is given twice", name);
	else if (to_default)
		member_add(changes, name, NULL);
	else
		member_add_text(changes, name, sign + 1);
	free(name);
	return good && !again;
}

/* NAME VALUE, as the path of the API has it; not where the second word may be a change by itself. */
static bool is_pair(const struct args *args)
{
	const char **words = args->operands;
	size_t n = args->n == 3 ? strlen(words[2]) : 0;

	return n > 0 && name_is_parameter(words[1], strlen(words[1])) && strchr(words[2], '=') == NULL &&
	       words[2][n - 1] != '-';
}

struct json_object *change_parse(const struct ctl *ctl)
{
	struct json_object *changes = mem_must(json_object_new_object());

	if (is_pair(ctl->args)) {
		member_add_text(changes, ctl->args->operands[1], ctl->args->operands[2]);
		return changes;
	}
	for (size_t i = 1; i < ctl->args->n; i++) {
		if (!add(ctl, changes, ctl->args->operands[i])) {
			json_object_put(changes);
			return NULL;
		}
	}
	return changes;
}

/* A word as a shell reads it back. */
static void print_quoted(const char *word, FILE *f)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,:=/+%@";

	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		fputs(word, f);
		return;
	}
	putc('\'', f);
	for (; *word != '\0'; word++)
		*word == '\'' ? fputs("'\\''", f) : putc(*word, f);
	putc('\'', f);
}

void change_print_operands(const struct ctl *ctl, FILE *f)
{
	for (size_t i = 0; i < ctl->args->n; i++) {
		putc(' ', f);
		print_quoted(ctl->args->operands[i], f);
	}
}
