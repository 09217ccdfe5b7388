#include "fcgi/ctl/table.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/mem.h"

struct table {
	const char *const *heads;
	size_t columns;
	char **cells; /* row by row */
	size_t n, room;
};

struct table *table_new(const char *const *heads, size_t n)
{
	struct table *table = mem_must(calloc(1, sizeof *table));

	table->heads = heads;
	table->columns = n;
	return table;
}

void table_free(struct table *table)
{
	if (table == NULL)
		return;
	for (size_t i = 0; i < table->n; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table);
}

void table_row(struct table *table, const char *const *cells)
{
	if (table->n + table->columns > table->room) {
		table->room = 2 * table->room + 16 * table->columns;
		table->cells = mem_must(realloc(table->cells, table->room * sizeof *table->cells));
	}
	for (size_t i = 0; i < table->columns; i++)
		table->cells[table->n++] = mem_must(strdup(cells[i]));
}

size_t table_count(const struct table *table)
{
	return table->n / table->columns;
}

/* The characters of UTF-8 text; good enough a width for names, numbers and words. */
static size_t width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

void table_text(const char *text, FILE *f)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text, next = (unsigned char)text[1];

		if (c == 0xc2 && next >= 0x80 && next < 0xa0) { /* U+0080 to U+009F, in two bytes */
			putc('?', f);
			text++;
		} else {
			putc(c < 0x20 || c == 0x7f ? '?' : c, f);
		}
	}
}

/* The width of a column; 0 when no row has a text in it. */
static size_t column_width(const struct table *table, size_t column)
{
	size_t max = 0;

	for (size_t i = column; i < table->n; i += table->columns) {
		size_t n = width(table->cells[i]);

		max = n > max ? n : max;
	}
	size_t head = width(table->heads[column]);
	return max == 0 ? 0 : max > head ? max : head;
}

static void print_line(const struct table *table, const char *const *cells, const size_t *widths, FILE *f)
{
	size_t owed = 0;

	/* Blanks are printed before a text, never after the last one. */
	for (size_t i = 0; i < table->columns; i++) {
		if (widths[i] == 0)
			continue;
		if (*cells[i] != '\0') {
			fprintf(f, "%*s", (int)owed, "");
			table_text(cells[i], f);
			owed = 0;
		}
		owed += widths[i] - width(cells[i]) + 2;
	}
	putc('\n', f);
}

void table_print(const struct table *table, FILE *f, int indent)
{
	size_t *widths = mem_must(calloc(table->columns, sizeof *widths));

	for (size_t i = 0; i < table->columns; i++)
		widths[i] = column_width(table, i);
	fprintf(f, "%*s", indent, "");
	print_line(table, table->heads, widths, f);
	for (size_t i = 0; i < table->n; i += table->columns) {
		fprintf(f, "%*s", indent, "");
		print_line(table, (const char *const *)table->cells + i, widths, f);
	}
	free(widths);
}
