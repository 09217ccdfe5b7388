#include "tests/core/corpus.h"

#include <stdlib.h>
#include <string.h>

#include "tests/core/corpus_verb.h"

enum { LINE_LENGTH_MAX = 200000 };

/* Lines into fields. */

static unsigned hex(char c)
{
	static const char digits[] = "0123456789abcdef";

	return (unsigned)(strchr(digits, c) - digits);
}

/* Unescapes in place; returns the length. */
static size_t unescape(char *text)
{
	static const char letters[] = "tnr\\", meanings[] = "\t\n\r\\";
	char *to = text;
	const char *at;

	for (at = text; *at; at++) {
		const char *letter;

		if (*at != '\\') {
			*to++ = *at;
		} else if (at[1] == 'x') {
			*to++ = (char)(hex(at[2]) << 4 | hex(at[3]));
			at += 3;
		} else if ((letter = strchr(letters, *++at)) != NULL && *letter) {
			*to++ = meanings[letter - letters];
		} else {
			abort();
		}
	}
	*to = '\0';
	return (size_t)(to - text);
}

static void split(struct corpus_test *t, char *line)
{
	char *next = line;

	memset(t, 0, sizeof(*t));
	while (next && t->n < CORPUS_FIELDS) {
		char *const field = next;

		next = strchr(field, '\t');
		if (next)
			*next++ = '\0';
		if (strcmp(field, "\\-") != 0) {
			t->length[t->n] = unescape(field);
			t->field[t->n] = field;
		}
		t->n++;
	}
}

/* Prints bytes so that every build prints them alike. */
static void print(FILE *out, const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == '\\' || *text == 0x7f)
			fprintf(out, "\\x%02x", (unsigned)(unsigned char)*text);
		else
			fputc(*text, out);
}

static void run_case(struct corpus_test *t, char *line)
{
	split(t, line);
	if (!corpus_verb_run(t))
		corpus_verb_answer(t, "no such verb");
}

static void tell(FILE *out, const char *name, unsigned number, const struct corpus_test *t)
{
	fprintf(out, "%s:%u\t", name, number);
	print(out, t->answer);
	fputc('\t', out);
	print(out, t->error.detail);
	fputc('\n', out);
}

static void complain(FILE *out, const char *name, unsigned number, const struct corpus_test *t,
		     const char *expected)
{
	fprintf(out, "%s:%u: %s: expected ", name, number, t->field[0]);
	print(out, expected);
	fputs(", got ", out);
	print(out, t->answer);
	fputs(": ", out);
	print(out, t->error.detail);
	fputc('\n', out);
}

void corpus_run(const char *name, FILE *in, FILE *out, FILE *complaints, struct corpus_count *count)
{
	char *const line = malloc(LINE_LENGTH_MAX);
	struct corpus_test *const t = malloc(sizeof(*t));
	const char *expected;
	unsigned number = 0;

	if (!line || !t)
		abort();
	while (fgets(line, LINE_LENGTH_MAX, in)) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		run_case(t, line);
		expected = t->field[t->n - 1] ? t->field[t->n - 1] : "";
		count->cases++;
		if (out)
			tell(out, name, number, t);
		if (strcmp(t->answer, expected) == 0)
			continue;
		count->wrong++;
		complain(complaints, name, number, t, expected);
	}
	free(t);
	free(line);
}
