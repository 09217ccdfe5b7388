#include "fcgi/api/target.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/proc/need.h"
#include "workerlib/core/scan.h"

static const char prefix[] = "/api/";

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In place. False: a bad escape, a control byte, or not UTF-8. */
static bool decode(char *text, bool plus_is_blank)
{
	char *out = text;

	for (const char *in = text; *in != '\0'; in++) {
		char c = *in;
		if (c == '%') {
			int high = hex(in[1]), low = high < 0 ? -1 : hex(in[2]);
			if (low < 0)
				return false;
			c = (char)(high << 4 | low);
			in += 2;
		} else if (c == '+' && plus_is_blank) {
			c = ' ';
		}
		if ((unsigned char)c < 0x20 || c == 0x7f)
			return false;
		*out++ = c;
	}
	*out = '\0';
	return scan_utf8(text, (size_t)(out - text));
}

static enum code bad(struct error *error, const char *why)
{
	return code_error(error, CODE_MALFORMED, why, NULL);
}

static enum code read_path(char *path, struct target *target, struct error *error)
{
	for (char *rest = path, *segment; (segment = strsep(&rest, "/")) != NULL;) {
		if (target->n_segments == TARGET_SEGMENTS)
			return code_error(error, CODE_NOT_FOUND, code_message(CODE_NOT_FOUND), NULL);
		if (!decode(segment, false))
			return bad(error, "the path has a bad escape, a control byte or is not UTF-8");
		target->segments[target->n_segments++] = segment;
	}
	return CODE_OK;
}

static enum code read_query(char *query, struct target *target, struct error *error)
{
	for (char *rest = query, *item; (item = strsep(&rest, "&")) != NULL;) {
		char *value = strchr(item, '=');

		if (*item == '\0')
			continue; /* a separator too many */
		if (value != NULL)
			*value++ = '\0';
		else
			value = item + strlen(item);
		if (target->n_query == TARGET_QUERY || !decode(item, true) || !decode(value, true) ||
		    *item == '\0')
			return bad(error, "a query is NAME=VALUE, several joined by &, in UTF-8 or escaped");
		if (target_query(target, item) != NULL)
			return bad(error, "the query names something twice");
		target->query[target->n_query++] = (struct target_query){item, value};
	}
	return CODE_OK;
}

enum code target_read(const char *raw, struct target *target, struct error *error)
{
	size_t n = strlen(raw);

	*target = (struct target){.memory = NULL};
	if (n > TARGET_MAX)
		return bad(error, "the target is too long");
	if (strncmp(raw, prefix, sizeof prefix - 1) != 0)
		return code_error(error, CODE_NOT_FOUND, code_message(CODE_NOT_FOUND), NULL);
	target->memory = need_copy(raw, n);
	char *path = target->memory + sizeof prefix - 1;
	char *query = strchr(path, '?');
	if (query != NULL)
		*query++ = '\0';
	enum code code = read_path(path, target, error);
	return code == CODE_OK && query != NULL && *query != '\0' ? read_query(query, target, error) : code;
}

void target_free(struct target *target)
{
	free(target->memory);
	*target = (struct target){.memory = NULL};
}

const char *target_query(const struct target *target, const char *name)
{
	for (size_t i = 0; i < target->n_query; i++) {
		if (strcmp(target->query[i].name, name) == 0)
			return target->query[i].value;
	}
	return NULL;
}
