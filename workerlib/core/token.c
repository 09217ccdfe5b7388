#include "workerlib/core/token.h"

#include <string.h>

#include "workerlib/core/utf8.h"

/* What a character may be; some are part of more than one token. */
enum { BLANK = 1, DIGIT = 2, POINT = 4, LOWER = 8, UPPER = 16, LINE = 32, QUOTE = 64, SIGN = 128,
       ORDERING = 256 };
enum { NUMBER = DIGIT | POINT | LOWER, NAME = UPPER | DIGIT | LINE };

static unsigned class_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return UPPER;
	if (c >= 'a' && c <= 'z')
		return LOWER;
	if (c >= '0' && c <= '9')
		return DIGIT;
	switch (c) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return BLANK;
	case '.':
		return POINT;
	case '_':
		return LINE;
	case '\'':
	case '"':
		return QUOTE;
	case '(':
	case ')':
	case '+':
	case '-':
	case '*':
		return SIGN;
	case '<':
	case '>':
	case '=':
	case '!':
		return SIGN | ORDERING;
	default:
		return 0;
	}
}

static void span(struct token *t, enum token_kind kind, unsigned classes)
{
	t->kind = kind;
	while (t->at < t->end && (class_of(*t->at) & classes))
		t->at++;
	t->n = (size_t)(t->at - t->text);
}

/* A text between two of the same quotes; there are no escapes. */
static void quoted(struct token *t)
{
	const char *const close = memchr(t->at + 1, *t->at, (size_t)(t->end - t->at - 1));

	t->kind = TOKEN_BAD;
	t->n = 0;
	if (!close)
		return;
	t->text = t->at + 1;
	t->n = (size_t)(close - t->text);
	t->at = close + 1;
	if (utf8_is_text(t->text, t->n))
		t->kind = TOKEN_TEXT;
}

static void sign(struct token *t, unsigned class)
{
	const bool two = (class & ORDERING) && t->at + 1 < t->end && t->at[1] == '=';

	t->kind = TOKEN_SIGN;
	t->n = two ? 2 : 1;
	t->at += t->n;
}

void token_begin(struct token *t, const char *expression, size_t n)
{
	*t = (struct token){ .at = expression, .end = expression + n, .text = expression };
	token_next(t);
}

void token_next(struct token *t)
{
	unsigned class;

	span(t, TOKEN_END, BLANK);
	t->text = t->at;
	t->n = 0;
	if (t->at == t->end)
		return;
	class = class_of(*t->at);
	if (class & DIGIT)
		span(t, TOKEN_NUMBER, NUMBER);
	else if (class & UPPER)
		span(t, TOKEN_NAME, NAME);
	else if (class & LOWER)
		span(t, TOKEN_SIGN, LOWER);
	else if (class & QUOTE)
		quoted(t);
	else if (class & SIGN)
		sign(t, class);
	else
		t->kind = TOKEN_BAD;
}

bool token_is(const struct token *t, const char *sign_or_word)
{
	return t->kind == TOKEN_SIGN && strlen(sign_or_word) == t->n &&
	       memcmp(t->text, sign_or_word, t->n) == 0;
}

bool token_has_unit(const struct token *t)
{
	return t->kind == TOKEN_NUMBER && (class_of(t->text[t->n - 1]) & LOWER);
}
