#include "fcgi/ctl/listing.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/command.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/table.h"

static char *cell(const struct listing_column *column, struct json_object *object)
{
	if (column->text != NULL)
		return column->text(object);
	return mem_must(strdup(member_text(object, column->member, column->absent)));
}

/* Adds the row of one object; cells has room for it. */
static void add_row(struct table *table, const struct listing_column *columns, size_t n, char **cells,
		    struct json_object *object)
{
	for (size_t i = 0; i < n; i++)
		cells[i] = cell(&columns[i], object);
	table_row(table, (const char *const *)cells);
	for (size_t i = 0; i < n; i++)
		free(cells[i]);
}

size_t listing_print(struct json_object *list, const struct listing_column *columns, size_t n, FILE *f,
		     int indent)
{
	size_t rows = member_count(list);
	char **cells = mem_must(calloc(n, sizeof *cells));
	const char **heads = mem_must(calloc(n, sizeof *heads));

	for (size_t i = 0; i < n; i++)
		heads[i] = columns[i].head;
	struct table *table = table_new(heads, n);
	for (size_t i = 0; i < rows; i++)
		add_row(table, columns, n, cells, json_object_array_get_idx(list, i));
	if (rows > 0)
		table_print(table, f, indent);
	table_free(table);
	free(heads);
	free(cells);
	return rows;
}

void listing_page(const struct ctl *ctl, const struct listing *listing, struct json_object *answer)
{
	const char *next = member_text(answer, "next_cursor", "");
	struct json_object *rows = member_list(answer, listing->member);

	if (listing_print(rows, listing->columns, listing->n, ctl->out, 0) == 0)
		fprintf(ctl->err, "%s\n", listing->empty);
	if (*next != '\0')
		fprintf(ctl->err, "there are older ones: the same with --cursor %s shows them\n", next);
}

void listing_object(struct json_object *object, const struct listing_column *columns, size_t n, FILE *f)
{
	int width = 0;

	for (size_t i = 0; i < n; i++) {
		int length = (int)strlen(columns[i].head);

		width = length > width ? length : width;
	}
	for (size_t i = 0; i < n; i++) {
		char *text = cell(&columns[i], object);

		if (*text != '\0') {
			fprintf(f, "%-*s  ", width, columns[i].head);
			table_text(text, f);
			putc('\n', f);
		}
		free(text);
	}
}

size_t listing_diff(struct json_object *diff, FILE *f, int indent)
{
	static const struct listing_column columns[] = {
		{"PARAMETER", "name", "", NULL},
		{"OLD", "old", "-", NULL},
		{"NEW", "new", "-", NULL},
	};

	return listing_print(diff, columns, sizeof columns / sizeof columns[0], f, indent);
}

size_t listing_errors(struct json_object *errors, FILE *f, int indent)
{
	static const struct listing_column columns[] = {
		{"REFUSED", "name", "", NULL},
		/* Where the catalog is written, which is for all of them. */
		{"ENVIRONMENT", "environment", "", NULL},
		{"CODE", "code", "", NULL},
		{"WHY", "detail", "", NULL},
	};

	return listing_print(errors, columns, sizeof columns / sizeof columns[0], f, indent);
}

size_t listing_differences(struct json_object *differences, const char *left, const char *right, FILE *f)
{
	const struct listing_column columns[] = {
		{"PARAMETER", "name", "", NULL},
		{left, "left", "-", NULL},
		{right, "right", "-", NULL},
	};

	return listing_print(differences, columns, sizeof columns / sizeof columns[0], f, 0);
}
