#include "workerlib/core/utf8.h"

#include <string.h>

/* By first byte: how many follow, and the least character that needs so many. */
static const struct form {
	unsigned char mask, lead, following;
	uint32_t least;
} forms[] = {
	{ 0x80, 0x00, 0, 0x0 },
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static const struct form *form_of(unsigned char lead)
{
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if ((lead & forms[i].mask) == forms[i].lead)
			return &forms[i];
	return NULL;
}

bool utf8_next(const char **at, const char *end, uint32_t *character)
{
	const unsigned char *byte = (const unsigned char *)*at;
	const struct form *form;
	uint32_t c;
	size_t i;

	if (*at == end || !(form = form_of(byte[0])) || (size_t)(end - *at) <= form->following)
		return false;
	c = byte[0] & (unsigned char)~form->mask;
	for (i = 1; i <= form->following; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return false;
		c = c << 6 | (byte[i] & 0x3f);
	}
	if (c < form->least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return false;
	*character = c;
	*at += form->following + 1;
	return true;
}

size_t utf8_write(uint32_t character, char out[4])
{
	size_t following = 0, i;

	while (following < 3 && character >= forms[following + 1].least)
		following++;
	for (i = following; i > 0; i--) {
		out[i] = (char)(0x80 | (character & 0x3f));
		character >>= 6;
	}
	out[0] = (char)(forms[following].lead | character);
	return following + 1;
}

static const struct range {
	uint32_t from, to;
} unprintable[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfdd0, 0xfdef },
};

bool utf8_is_printable(uint32_t character)
{
	size_t i;

	for (i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]); i++)
		if (character >= unprintable[i].from && character <= unprintable[i].to)
			return false;
	return (character & 0xfffe) != 0xfffe;
}

bool utf8_is_text(const char *text, size_t n)
{
	const char *const end = text + n;
	uint32_t character;

	while (text < end)
		if (!utf8_next(&text, end, &character) || !utf8_is_printable(character))
			return false;
	return true;
}

const char *utf8_quote(const char *text, size_t n, char out[UTF8_QUOTED_MAX + 1])
{
	enum { SHOWN = 40 };
	size_t shown = n;
	char *at = out;

	if (!utf8_is_text(text, n)) {
		strcpy(out, "text that is not printable UTF-8");
		return out;
	}
	if (n > SHOWN)
		for (shown = SHOWN; ((unsigned char)text[shown] & 0xc0) == 0x80; shown--)
			;
	*at++ = '"';
	memcpy(at, text, shown);
	strcpy(at + shown, shown < n ? "...\"" : "\"");
	return out;
}
