#include "workerlib/core/pick.h"

#include <string.h>

#include "workerlib/core/integer.h"
#include "workerlib/core/scan.h"
#include "workerlib/core/utf8.h"

enum { ROWS_MAX = 32 };

/* Whatever follows has been found well-formed: no step here looks for what is wrong. */

static void skip_blanks(struct pick *p)
{
	while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
		p->at++;
}

static bool is_here(struct pick *p, char byte)
{
	skip_blanks(p);
	return p->at < p->end && *p->at == byte;
}

static bool take(struct pick *p, char byte)
{
	bool here = is_here(p, byte);

	p->at += here;
	return here;
}

enum code pick_open(struct pick *p, char *text, size_t n, struct error *e)
{
	*p = (struct pick){.at = text, .end = text + n};
	return scan_json(text, n, e);
}

bool pick_enter(struct pick *p, char bracket)
{
	return take(p, bracket);
}

bool pick_item(struct pick *p)
{
	(void)take(p, ',');
	return !take(p, ']');
}

bool pick_member(struct pick *p, const char **name)
{
	(void)take(p, ',');
	if (take(p, '}') || !pick_text(p, name))
		return false;
	return take(p, ':');
}

static void skip_string(struct pick *p)
{
	for (p->at++; p->at < p->end && *p->at != '"'; p->at++)
		p->at += *p->at == '\\';
	p->at++;
}

/* A number or a word: up to what may follow a value. */
static void skip_word(struct pick *p)
{
	while (p->at < p->end && !memchr(",]} \t\r\n", *p->at, 7))
		p->at++;
}

void pick_skip(struct pick *p)
{
	unsigned depth = 0;

	do {
		skip_blanks(p);
		if (p->at == p->end)
			return;
		if (*p->at == '"')
			skip_string(p);
		else if (*p->at == '{' || *p->at == '[')
			depth++, p->at++;
		else if (*p->at == '}' || *p->at == ']')
			depth--, p->at++;
		else if (*p->at == ',' || *p->at == ':')
			p->at++;
		else
			skip_word(p);
	} while (depth > 0);
}

/* No escape is shorter than what it means, so the text never overtakes what is still to be read. */
static bool take_string(struct pick *p, const char **text)
{
	const char *at = p->at + 1;
	char *out = p->at, bytes[4];
	uint32_t character;

	*text = out;
	while (!scan_string_next(&at, p->end, &character) && character) {
		size_t n = utf8_write(character, bytes);
		memcpy(out, bytes, n);
		out += n;
	}
	*out = '\0';
	p->at += at - p->at;
	return true;
}

static bool take_word(struct pick *p, const char *word)
{
	const char *from;

	skip_blanks(p);
	from = p->at;
	skip_word(p);
	if ((size_t)(p->at - from) == strlen(word) && memcmp(from, word, strlen(word)) == 0)
		return true;
	p->at -= p->at - from;
	return false;
}

bool pick_text(struct pick *p, const char **text)
{
	if (is_here(p, '"'))
		return take_string(p, text);
	*text = NULL;
	return take_word(p, "null");
}

static bool take_integer(struct pick *p, int64_t *i)
{
	const char *from;

	skip_blanks(p);
	from = p->at;
	skip_word(p);
	return integer_read(from, (size_t)(p->at - from), i);
}

static bool take_bool(struct pick *p, bool *b)
{
	*b = take_word(p, "true");
	return *b || take_word(p, "false");
}

static bool take_value(struct pick *p, struct pick *value)
{
	skip_blanks(p);
	value->at = p->at;
	pick_skip(p);
	value->end = p->at;
	return true;
}

/* What a row is when it is null. */
static bool take_null(const struct pick_row *row, void *place)
{
	switch (row->kind) {
	case PICK_TEXT:
		*(const char **)place = NULL;
		break;
	case PICK_INTEGER:
		*(int64_t *)place = PICK_NULL;
		break;
	case PICK_BOOL:
		*(bool *)place = false;
		break;
	case PICK_VALUE:
		*(struct pick *)place = (struct pick){0};
		break;
	}
	return row->nullable;
}

static bool take_row(struct pick *p, const struct pick_row *row, void *out)
{
	void *place = (char *)out + row->offset;

	if (take_word(p, "null"))
		return take_null(row, place);
	switch (row->kind) {
	case PICK_TEXT:
		return is_here(p, '"') && take_string(p, place);
	case PICK_INTEGER:
		return take_integer(p, place);
	case PICK_BOOL:
		return take_bool(p, place);
	case PICK_VALUE:
		return take_value(p, place);
	}
	return false;
}

static size_t find_row(const struct pick_row *rows, size_t n, const char *name)
{
	size_t i = 0;

	while (i < n && strcmp(rows[i].name, name) != 0)
		i++;
	return i;
}

const char *pick_object(struct pick *p, const struct pick_row *rows, size_t n, void *out)
{
	bool seen[ROWS_MAX] = {false};
	const char *name;

	if (n > ROWS_MAX || !pick_enter(p, '{'))
		return "";
	while (pick_member(p, &name)) {
		size_t i = find_row(rows, n, name);
		if (i == n)
			pick_skip(p);
		else if (take_row(p, &rows[i], out))
			seen[i] = true;
		else
			return rows[i].name;
	}
	for (size_t i = 0; i < n; i++)
		if (!seen[i] && !rows[i].optional)
			return rows[i].name;
	return NULL;
}

const char *pick_raw(const struct pick *value)
{
	if (!value->at)
		return NULL;
	*value->end = '\0';
	return value->at;
}
