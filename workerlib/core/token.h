#ifndef CVN_CORE_TOKEN_H
#define CVN_CORE_TOKEN_H
/* The words of a coherence rule, one at a time. Texts are borrowed from the expression. */
#include <stdbool.h>
#include <stddef.h>

enum token_kind { TOKEN_END, TOKEN_SIGN, TOKEN_NAME, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_BAD };

/* The token that comes next: n bytes at text; of a quoted text, what is between the quotes. */
struct token {
	const char *at, *end; /* not read yet */
	enum token_kind kind;
	const char *text;
	size_t n;
};

/* Stands before the first token of the n bytes of an expression. */
void token_begin(struct token *, const char *expression, size_t n);

/* Steps over it. A sign, and a word in small letters, is TOKEN_SIGN; what is none of them is TOKEN_BAD. */
void token_next(struct token *);

/* Whether it is this sign or word. */
bool token_is(const struct token *, const char *sign_or_word);

/* Whether it is a number with a unit. */
bool token_has_unit(const struct token *);

#endif
