#include "workerlib/core/token.h"

#include <string.h>

#include "workerlib/core/utf8.h"

static const char lower[] = "abcdefghijklmnopqrstuvwxyz", digits[] = "0123456789",
		  upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", number[] = "0123456789.abcdefghijklmnopqrstuvwxyz",
		  name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", signs[] = "()+-*<>=!", ordering[] = "<>=!";

static bool in(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static void span(struct token *t, enum token_kind kind, const char *set)
{
	t->kind = kind;
	while (t->at < t->end && in(*t->at, set))
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

static void sign(struct token *t)
{
	const bool two = in(*t->at, ordering) && t->at + 1 < t->end && t->at[1] == '=';

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
	while (t->at < t->end && in(*t->at, " \t\r\n"))
		t->at++;
	t->text = t->at;
	t->n = 0;
	if (t->at == t->end)
		t->kind = TOKEN_END;
	else if (in(*t->at, digits))
		span(t, TOKEN_NUMBER, number);
	else if (in(*t->at, upper))
		span(t, TOKEN_NAME, name);
	else if (in(*t->at, lower))
		span(t, TOKEN_SIGN, lower);
	else if (in(*t->at, "'\""))
		quoted(t);
	else if (in(*t->at, signs))
		sign(t);
	else
		t->kind = TOKEN_BAD;
}

bool token_is(const struct token *t, const char *sign_or_word)
{
	return t->kind == TOKEN_SIGN && strlen(sign_or_word) == t->n && memcmp(t->text, sign_or_word, t->n) == 0;
}

bool token_has_unit(const struct token *t)
{
	return t->kind == TOKEN_NUMBER && in(t->text[t->n - 1], lower);
}
