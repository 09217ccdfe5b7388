#include "workerlib/core/scan.h"

#include <stdint.h>
#include <string.h>

#include "workerlib/core/integer.h"
#include "workerlib/core/utf8.h"

/* 2^18 bits tell whether a key may have been seen; only then is its object read again. */
enum { FILTER_BITS = 18, FILTER_WORDS = 1 << (FILTER_BITS - 5), FILTER_PROBES = 4 };
enum { REREAD_MAX = 1 << 26 }; /* bytes read again, over a whole text */

struct scanner {
	const char *start, *at, *end;
	const char *reason; /* the first thing that was wrong, NULL so far */
	unsigned depth;
	size_t reread;
	uint32_t filter[FILTER_WORDS];
};

static bool value(struct scanner *);

static bool fail(struct scanner *s, const char *reason)
{
	if (!s->reason)
		s->reason = reason;
	return false;
}

static const char *after_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* Steps over one byte, and says whether it was there. */
static bool take(struct scanner *s, char byte)
{
	if (s->at == s->end || *s->at != byte)
		return false;
	s->at++;
	return true;
}

/* What comes after blanks: the byte, or NUL at the end (NUL itself begins nothing). */
static char peek(struct scanner *s)
{
	s->at = after_blanks(s->at, s->end);
	return s->at < s->end ? *s->at : '\0';
}

/*
 * Strings. One character at a time, unescaped, from behind the opening quote; 0 is the closing quote, since
 * U+0000 is not let in. Each returns NULL or what is wrong.
 */

static const char *hex4(const char **at, const char *end, uint32_t *unit)
{
	unsigned i;

	*unit = 0;
	if (end - *at < 4)
		return "an unfinished escape";
	for (i = 0; i < 4; i++) {
		const char c = *(*at)++;
		const char low = (char)(c | 0x20);

		if (c >= '0' && c <= '9')
			*unit = *unit << 4 | (uint32_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			*unit = *unit << 4 | (uint32_t)(low - 'a' + 10);
		else
			return "\\u wants four hex digits";
	}
	return NULL;
}

static const char *unicode_escape(const char **at, const char *end, uint32_t *character)
{
	const char *wrong = hex4(at, end, character);
	uint32_t low;

	if (wrong)
		return wrong;
	if (*character == 0)
		return "the character U+0000";
	if (*character < 0xd800 || *character > 0xdfff)
		return NULL;
	if (*character > 0xdbff || end - *at < 2 || (*at)[0] != '\\' || (*at)[1] != 'u')
		return "a lone surrogate";
	*at += 2;
	wrong = hex4(at, end, &low);
	if (wrong)
		return wrong;
	if (low < 0xdc00 || low > 0xdfff)
		return "a lone surrogate";
	*character = 0x10000 + ((*character - 0xd800) << 10) + (low - 0xdc00);
	return NULL;
}

static const char *escaped(const char **at, const char *end, uint32_t *character)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (*at == end)
		return "an unfinished escape";
	if (**at == 'u') {
		++*at;
		return unicode_escape(at, end, character);
	}
	letter = memchr(letters, **at, sizeof(letters) - 1);
	if (!letter)
		return "an unknown escape";
	++*at;
	*character = (unsigned char)meanings[letter - letters];
	return NULL;
}

const char *scan_string_next(const char **at, const char *end, uint32_t *character)
{
	if (*at == end)
		return "a string without an end";
	if (**at == '"') {
		++*at;
		*character = 0;
		return NULL;
	}
	if (**at == '\\') {
		++*at;
		return escaped(at, end, character);
	}
	if ((unsigned char)**at < 0x20)
		return "a control character in a string";
	return utf8_next(at, end, character) ? NULL : "not UTF-8";
}

/* A whole string; hash gets a mark of its unescaped characters. */
static bool string(struct scanner *s, uint64_t *hash)
{
	uint32_t character;
	const char *wrong;

	if (!take(s, '"'))
		return fail(s, "a string was expected");
	do {
		wrong = scan_string_next(&s->at, s->end, &character);
		if (wrong)
			return fail(s, wrong);
		*hash = (*hash ^ character) * UINT64_C(0x9e3779b97f4a7c15);
		*hash ^= *hash >> 29;
	} while (character);
	return true;
}

/* Keys. All that is read again here was found valid before. */

static bool same_string(const char *a, const char *b, const char *end)
{
	uint32_t x, y;

	do {
		scan_string_next(&a, end, &x);
		scan_string_next(&b, end, &y);
		if (x != y)
			return false;
	} while (x);
	return true;
}

static const char *after_string(const char *at, const char *end)
{
	for (; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at + 1;
}

/* Whether the key at `key` stands in the object already, whose members begin at `from`. */
static bool stands_before(struct scanner *s, const char *from, const char *key)
{
	unsigned nested = 0;
	const char *at;

	s->reread += (size_t)(key - from);
	for (at = from; at < key; at++) {
		const char *const string_at = at;

		if (*at == '{' || *at == '[')
			nested++;
		else if (*at == '}' || *at == ']')
			nested--;
		if (*at != '"')
			continue;
		at = after_string(at + 1, s->end);
		if (nested == 0 && at < key && *after_blanks(at, s->end) == ':' &&
		    same_string(string_at + 1, key + 1, s->end))
			return true;
		at--;
	}
	return false;
}

/* Notes a key's hash; false: certainly new. */
static bool maybe_seen(struct scanner *s, uint64_t hash)
{
	bool seen = true;
	unsigned i;

	for (i = 0; i < FILTER_PROBES; i++) {
		const uint32_t bit = (uint32_t)hash & ((UINT32_C(1) << FILTER_BITS) - 1);
		uint32_t *const word = &s->filter[bit >> 5];
		const uint32_t mask = UINT32_C(1) << (bit & 31);

		seen = seen && (*word & mask);
		*word |= mask;
		hash = hash >> (64 - FILTER_BITS) | hash << FILTER_BITS;
	}
	return seen;
}

static bool key(struct scanner *s, const char *members)
{
	/* The same key in another object is another key. */
	uint64_t hash = (uint64_t)(members - s->start) * UINT64_C(0xff51afd7ed558ccd);
	const char *at;

	if (peek(s) != '"')
		return fail(s, "a key was expected");
	at = s->at;
	if (!string(s, &hash))
		return false;
	if (!maybe_seen(s, hash))
		return true;
	if (stands_before(s, members, at)) {
		s->at = at;
		return fail(s, "a duplicate key");
	}
	return s->reread <= REREAD_MAX || fail(s, "too many keys");
}

/* Values. */

static bool enter(struct scanner *s)
{
	if (s->depth == SCAN_DEPTH)
		return fail(s, "nested too deep");
	s->depth++;
	s->at++;
	return true;
}

/* After a member or item: true at the closing bracket; *more says that a comma promises another one. */
static bool ends(struct scanner *s, char close, bool *more)
{
	*more = false;
	peek(s);
	if (take(s, close)) {
		s->depth--;
		return true;
	}
	*more = take(s, ',');
	return false;
}

static bool object(struct scanner *s)
{
	const char *members;
	bool more = true;

	if (!enter(s))
		return false;
	members = s->at;
	if (peek(s) == '}')
		return ends(s, '}', &more);
	while (more) {
		if (!key(s, members))
			return false;
		if (peek(s) != ':')
			return fail(s, "a colon was expected");
		s->at++;
		if (!value(s))
			return false;
		if (ends(s, '}', &more))
			return true;
	}
	return fail(s, "a comma or } was expected");
}

static bool array(struct scanner *s)
{
	bool more = true;

	if (!enter(s))
		return false;
	if (peek(s) == ']')
		return ends(s, ']', &more);
	while (more) {
		if (!value(s))
			return false;
		if (ends(s, ']', &more))
			return true;
	}
	return fail(s, "a comma or ] was expected");
}

static bool digits(struct scanner *s)
{
	const char *const from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return s->at > from || fail(s, "a digit was expected");
}

static bool number(struct scanner *s)
{
	take(s, '-');
	if (!take(s, '0') && !digits(s))
		return false;
	if (take(s, '.') && !digits(s))
		return false;
	if (!take(s, 'e') && !take(s, 'E'))
		return true;
	if (!take(s, '+'))
		take(s, '-');
	return digits(s);
}

static bool word(struct scanner *s, const char *text)
{
	while (*text)
		if (!take(s, *text++))
			return fail(s, "a value was expected");
	return true;
}

static bool value(struct scanner *s)
{
	uint64_t unused = 0;

	switch (peek(s)) {
	case '{':
		return object(s);
	case '[':
		return array(s);
	case '"':
		return string(s, &unused);
	case 't':
		return word(s, "true");
	case 'f':
		return word(s, "false");
	case 'n':
		return word(s, "null");
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		return number(s);
	default:
		return fail(s, "a value was expected");
	}
}

enum code scan_json(const char *text, size_t n, struct error *e)
{
	struct scanner s = { .start = text, .at = text, .end = text + n };
	char offset[INTEGER_MAX + 1];

	if (value(&s)) {
		peek(&s);
		if (s.at == s.end)
			return CODE_OK;
		fail(&s, "something after the value");
	}
	integer_write(s.at - s.start, offset);
	return code_error(e, CODE_MALFORMED, "at byte ", offset, ": ", s.reason, NULL);
}

/* Lists of strings. */

/*
 * An item from its opening quote; out NULL: only looks.
 * *n as for scan_list_next(). NULL, or what is wrong.
 */
static const char *item(const char **at, const char *end, char *out, size_t max, size_t *n)
{
	bool cut = false;
	size_t used = 0;

	if (*at == end || **at != '"')
		return "an item that is not a string";
	for (++*at;;) {
		uint32_t character;
		char bytes[4];
		size_t length;
		const char *wrong = scan_string_next(at, end, &character);

		if (wrong)
			return wrong;
		if (!character)
			break;
		length = utf8_write(character, bytes);
		cut = cut || used + length > max;
		if (cut)
			continue;
		if (out)
			memcpy(out + used, bytes, length);
		used += length;
	}
	if (out)
		out[used] = '\0';
	*n = cut ? max + 1 : used;
	return NULL;
}

/* The items from the opening bracket to the end of the text. NULL, or what is wrong. */
static const char *items(const char **at, const char *end)
{
	const char *wrong;
	size_t unused;

	*at = after_blanks(*at, end);
	if (*at == end || *(*at)++ != '[')
		return "not an array";
	*at = after_blanks(*at, end);
	if (*at < end && **at == ']') {
		*at = after_blanks(*at + 1, end);
		return *at == end ? NULL : "something after the array";
	}
	for (;;) {
		*at = after_blanks(*at, end);
		wrong = item(at, end, NULL, 0, &unused);
		if (wrong)
			return wrong;
		*at = after_blanks(*at, end);
		if (*at == end || (**at != ',' && **at != ']'))
			return "a comma or ] was expected";
		if (*(*at)++ == ']')
			break;
	}
	*at = after_blanks(*at, end);
	return *at == end ? NULL : "something after the array";
}

enum code scan_list_open(struct scan_list *list, const char *text, size_t n, struct error *e)
{
	const char *at = text;
	const char *wrong = items(&at, text + n);
	char offset[INTEGER_MAX + 1];

	list->at = list->end = text + n;
	if (!wrong) {
		list->at = after_blanks(text, list->end) + 1;
		return CODE_OK;
	}
	integer_write(at - text, offset);
	return code_error(e, CODE_BAD_LIST, "at byte ", offset, ": ", wrong, NULL);
}

bool scan_list_next(struct scan_list *list, char *out, size_t max, size_t *n)
{
	/* Between items only blanks and commas are left, since the list was checked when it was opened. */
	list->at = after_blanks(list->at, list->end);
	if (list->at < list->end && *list->at == ',')
		list->at = after_blanks(list->at + 1, list->end);
	return list->at < list->end && *list->at == '"' && !item(&list->at, list->end, out, max, n);
}

bool scan_utf8(const char *text, size_t n)
{
	const char *const end = text + n;
	uint32_t character;

	while (text < end)
		if (!utf8_next(&text, end, &character))
			return false;
	return true;
}
