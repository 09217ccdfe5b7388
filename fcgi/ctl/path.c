#include "fcgi/ctl/path.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/mem.h"

/*
 * RFC 3986's unreserved characters. A lone "." or ".." would be a step in the path: their dots are encoded.
 */
static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~";

static void encode(const char *text, FILE *f)
{
	int dots = strspn(text, ".") == strlen(text);

	for (; *text != '\0'; text++) {
		if (strchr(unreserved, *text) != NULL || (*text == '.' && !dots))
			putc(*text, f);
		else
			fprintf(f, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

char *path_make(const char *segment, ...)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = mem_must(open_memstream(&text, &n));
	va_list list;

	fputs("/api", f);
	va_start(list, segment);
	for (; segment != NULL; segment = va_arg(list, const char *)) {
		putc('/', f);
		encode(segment, f);
	}
	va_end(list);
	return mem_must(fclose(f) == 0 ? text : NULL);
}

char *path_with(char *path_take, const char *name, const char *value)
{
	char *text = NULL;
	size_t n = 0;

	if (value == NULL)
		return path_take;
	FILE *f = mem_must(open_memstream(&text, &n));
	fprintf(f, "%s%c%s=", path_take, strchr(path_take, '?') == NULL ? '?' : '&', name);
	encode(value, f);
	free(path_take);
	return mem_must(fclose(f) == 0 ? text : NULL);
}
