#include "workerlib/core/canon.h"

#include <string.h>

#include "workerlib/core/integer.h"
#include "workerlib/core/scan.h"
#include "workerlib/core/utf8.h"

enum place { PLACE_FIRST, PLACE_NEXT, PLACE_AFTER_KEY };

static const int64_t safe_integer = (INT64_C(1) << 53) - 1;

static void put(struct canon *c, const char *bytes, size_t n)
{
	if (!c->broken)
		c->put(c->arg, bytes, n);
}

static void put_text(struct canon *c, const char *text)
{
	put(c, text, strlen(text));
}

/* The comma that is due before a value or key at this place. */
static void separate(struct canon *c)
{
	if (c->depth > 0 && c->place[c->depth] == PLACE_NEXT)
		put(c, ",", 1);
	c->place[c->depth] = PLACE_NEXT;
}

void canon_start(struct canon *c, void (*sink)(void *, const char *, size_t), void *arg)
{
	c->put = sink;
	c->arg = arg;
	c->depth = 0;
	c->broken = false;
	c->place[0] = PLACE_FIRST;
}

static void open(struct canon *c, const char *bracket, char close)
{
	separate(c);
	if (c->depth == CANON_DEPTH) {
		c->broken = true;
		return;
	}
	put(c, bracket, 1);
	c->depth++;
	c->place[c->depth] = PLACE_FIRST;
	c->close[c->depth] = close;
}

void canon_object(struct canon *c)
{
	open(c, "{", '}');
}

void canon_array(struct canon *c)
{
	open(c, "[", ']');
}

void canon_end(struct canon *c, char close)
{
	c->broken = c->broken || c->depth == 0 || c->close[c->depth] != close ||
		    c->place[c->depth] == PLACE_AFTER_KEY;
	if (c->broken)
		return;
	put(c, &close, 1);
	c->depth--;
}

/* The escape of RFC 8785 (3.2.2.2) for a byte, or NULL when it stands for itself. */
static const char *escape(unsigned char byte, char room[7])
{
	static const char hex[] = "0123456789abcdef";
	static const char *const named[128] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f",
		['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
	};

	if (byte >= sizeof(named) / sizeof(named[0]))
		return NULL;
	if (byte >= 0x20 || named[byte])
		return named[byte];
	memcpy(room, "\\u00", 4);
	room[4] = hex[byte >> 4];
	room[5] = hex[byte & 15];
	room[6] = '\0';
	return room;
}

static void put_string(struct canon *c, const char *text, size_t n)
{
	size_t from = 0, at;
	char room[7];

	if (!scan_utf8(text, n))
		c->broken = true;
	put(c, "\"", 1);
	for (at = 0; at < n; at++) {
		const char *escaped = escape((unsigned char)text[at], room);

		if (!escaped)
			continue;
		put(c, text + from, at - from);
		put_text(c, escaped);
		from = at + 1;
	}
	put(c, text + from, n - from);
	put(c, "\"", 1);
}

void canon_key(struct canon *c, const char *name)
{
	separate(c);
	put_string(c, name, strlen(name));
	put(c, ":", 1);
	c->place[c->depth] = PLACE_AFTER_KEY;
}

void canon_string(struct canon *c, const char *text, size_t n)
{
	separate(c);
	put_string(c, text, n);
}

void canon_integer(struct canon *c, int64_t i)
{
	char text[INTEGER_MAX + 1];

	separate(c);
	if (i > safe_integer || i < -safe_integer)
		c->broken = true;
	integer_write(i, text);
	put_text(c, text);
}

void canon_null(struct canon *c)
{
	separate(c);
	put_text(c, "null");
}

void canon_bool(struct canon *c, int truth)
{
	separate(c);
	put_text(c, truth ? "true" : "false");
}

void canon_text(struct canon *c, const char *json)
{
	separate(c);
	put_text(c, json);
}

void canon_member(struct canon *c, const char *name, const char *text)
{
	canon_key(c, name);
	if (text)
		canon_string(c, text, strlen(text));
	else
		canon_null(c);
}

bool canon_done(const struct canon *c)
{
	return !c->broken && c->depth == 0 && c->place[0] == PLACE_NEXT;
}

/* Where a character stands among UTF-16 texts: those written as surrogates (U+D800 on) before U+E000. */
static uint32_t rank(const char *text)
{
	uint32_t character = 0;

	utf8_next(&text, text + strlen(text), &character);
	if (character < 0xe000)
		return character;
	return character < 0x10000 ? character + 0x100000 : character - 0x2000;
}

int canon_order(const char *left, const char *right)
{
	while (*left != '\0' && *left == *right) {
		left++;
		right++;
	}
	/*
	 * The first difference may be within a character:
	 * back to where it begins, which is the same in both.
	 */
	while (((unsigned char)*left & 0xc0) == 0x80 || ((unsigned char)*right & 0xc0) == 0x80) {
		left--;
		right--;
	}
	const uint32_t l = rank(left), r = rank(right);

	return l < r ? -1 : l > r;
}
