#include "workerlib/core/list.h"

#include <string.h>

#include "workerlib/core/scan.h"
#include "workerlib/core/utf8.h"

static void put(void *arg, const char *bytes, size_t n)
{
	struct list_writer *w = arg;

	if (w->used + n <= VALUE_MAX)
		memcpy(w->out + w->used, bytes, n);
	w->used += n;
}

void list_start(struct list_writer *w, char out[VALUE_MAX + 1])
{
	w->out = out;
	w->used = 0;
	canon_start(&w->canon, put, w);
	canon_array(&w->canon);
}

void list_add(struct list_writer *w, const char *item, size_t n)
{
	canon_string(&w->canon, item, n);
}

enum code list_end(struct list_writer *w, struct error *e)
{
	canon_end(&w->canon, ']');
	w->out[w->used <= VALUE_MAX ? w->used : 0] = '\0';
	if (w->used <= VALUE_MAX)
		return CODE_OK;
	return code_error(e, CODE_TOO_LONG, "a list of more than 8192 bytes", NULL);
}

static enum code refuse(char *out, struct error *e, enum code code, const char *why)
{
	out[0] = '\0';
	return code_error(e, code, why, NULL);
}

enum code list_canonical(const char *text, size_t n, char out[VALUE_MAX + 1], struct error *e)
{
	char item[VALUE_STRING_MAX + 1];
	struct list_writer writer;
	struct scan_list list;

	out[0] = '\0';
	if (scan_list_open(&list, text, n, e) != CODE_OK)
		return CODE_BAD_LIST;
	list_start(&writer, out);
	while (scan_list_next(&list, item, VALUE_STRING_MAX, &n)) {
		if (n > VALUE_STRING_MAX)
			return refuse(out, e, CODE_TOO_LONG, "an item of more than 1024 bytes");
		if (!utf8_is_text(item, n))
			return refuse(out, e, CODE_BAD_LIST, "an item that is not printable");
		list_add(&writer, item, n);
	}
	return list_end(&writer, e);
}

size_t list_count(const char *list, const char *item, size_t n)
{
	char other[VALUE_STRING_MAX + 1];
	struct scan_list items;
	size_t length, count = 0;

	if (scan_list_open(&items, list, strlen(list), NULL) != CODE_OK)
		return 0;
	while (scan_list_next(&items, other, VALUE_STRING_MAX, &length))
		count += length == n && memcmp(other, item, n) == 0;
	return count;
}
