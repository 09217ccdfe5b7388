#include "fcgi/api/filter.h"

#include <stdlib.h>
#include <string.h>

#include "fcgi/api/request.h"

enum { PAGE_MAX = 200 };

bool filter_is_number(const char *text, size_t n)
{
	return n > 0 && n <= 18 && strspn(text, "0123456789") == n && (n == 1 || *text != '0');
}

bool filter_is_page(const char *text, size_t n)
{
	return filter_is_number(text, n) && n < 4 && strtol(text, NULL, 10) >= 1 &&
	       strtol(text, NULL, 10) <= PAGE_MAX;
}

/* The number that two digits make. */
static int pair(const char *text)
{
	return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Whether there is such a day: text is ####-##-##. */
static bool is_day(const char *text)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = pair(text) * 100 + pair(text + 2), month = pair(text + 5), day = pair(text + 8);
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && leap);
}

/* '#' stands for a digit. */
bool filter_is_time(const char *text, size_t n)
{
	static const char form[] = "####-##-##T##:##:##";
	size_t at = sizeof form - 1;

	for (size_t i = 0; i < at; i++) {
		bool digit = i < n && text[i] >= '0' && text[i] <= '9';
		if (i >= n || (form[i] == '#' ? !digit : text[i] != form[i]))
			return false;
	}
	if (!is_day(text) || pair(text + 11) > 23 || pair(text + 14) > 59 || pair(text + 17) > 59)
		return false;
	if (text[at] == '.') {
		size_t digits = strspn(text + at + 1, "0123456789");
		if (digits == 0 || digits > 6)
			return false;
		at += 1 + digits;
	}
	if (text[at] == 'Z')
		return at + 1 == n;
	return (text[at] == '+' || text[at] == '-') && n == at + 6 && text[at + 3] == ':' &&
	       strspn(text + at + 1, "0123456789") == 2 && strspn(text + at + 4, "0123456789") == 2 &&
	       pair(text + at + 1) <= 14 && pair(text + at + 4) <= 59;
}

enum code filter_check_one(const struct filter *filter, const char *text, struct error *error)
{
	if (text == NULL || filter->is(text, strlen(text)))
		return CODE_OK;
	return code_error(error, CODE_MALFORMED, filter->name, " is not well-formed: it is ", filter->form,
			  NULL);
}

enum code filter_check(const struct request *request, const struct filter *filters, struct error *error)
{
	enum code code = CODE_OK;

	for (; code == CODE_OK && filters->name != NULL; filters++)
		code = filter_check_one(filters, request_query(request, filters->name), error);
	return code;
}

bool filter_read_id(const char *text, int64_t *id)
{
	if (!filter_is_number(text, strlen(text)))
		return false;
	*id = strtoll(text, NULL, 10);
	return true;
}
