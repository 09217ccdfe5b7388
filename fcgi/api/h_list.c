#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/api/handlers.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_list.h"
#include "workerlib/core/name.h"

enum { PAGE_MAX = 200 };

enum code h_list_environments(const struct server *server, struct request *request, struct reply *reply)
{
	return ops_list_environments(server->ops, &request->who, &reply->body, &reply->error);
}

enum code h_list_catalog(const struct server *server, struct request *request, struct reply *reply)
{
	(void)request;
	return ops_list_catalog(server->ops, &reply->body, &reply->error);
}

enum code h_list_variable(const struct server *server, struct request *request, struct reply *reply)
{
	int64_t version;
	enum code code = ops_list_variable(server->ops, request->args[0], &version, &reply->body, &reply->error);

	if (code == CODE_OK)
		reply_version(reply, version, &request->none_match);
	return code;
}

enum code h_list_rules(const struct server *server, struct request *request, struct reply *reply)
{
	(void)request;
	return ops_list_rules(server->ops, &reply->body, &reply->error);
}

/* A filter that is there must have the form of what it filters. */
static enum code check_filter(const struct request *request, const char *name, bool (*is)(const char *, size_t),
			      struct error *error)
{
	const char *text = request_query(request, name);

	if (text == NULL || is(text, strlen(text)))
		return CODE_OK;
	return code_error(error, CODE_MALFORMED, name, " is not well-formed", NULL);
}

enum code h_list_workers(const struct server *server, struct request *request, struct reply *reply)
{
	enum code code = check_filter(request, "environment", name_is_environment, &reply->error);

	if (code != CODE_OK)
		return code;
	return ops_list_workers(server->ops, &request->who, request_query(request, "environment"), &reply->body,
				&reply->error);
}

/* Decimal digits without a leading zero, so that the database reads the same number. */
static bool is_number(const char *text, size_t n)
{
	return n > 0 && n <= 18 && strspn(text, "0123456789") == n && (n == 1 || *text != '0');
}

static bool is_page(const char *text, size_t n)
{
	return is_number(text, n) && n < 4 && strtol(text, NULL, 10) >= 1 && strtol(text, NULL, 10) <= PAGE_MAX;
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

/* RFC 3339 in UTC or with an offset, e.g. 2026-01-31T08:00:00Z; '#' stands for a digit. */
static bool is_time(const char *text, size_t n)
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

static const struct {
	const char *name;
	bool (*is)(const char *, size_t);
} history_filters[] = {
	{"environment", name_is_environment}, {"name", name_is_parameter}, {"changed_by", name_is_id},
	{"request_id", name_is_id},	      {"since", is_time},	   {"until", is_time},
	{"limit", is_page},		      {"cursor", is_number},
};

enum code h_list_history(const struct server *server, struct request *request, struct reply *reply)
{
	enum code code = CODE_OK;
	int64_t next;
	char cursor[32];

	for (size_t i = 0; code == CODE_OK && i < sizeof history_filters / sizeof *history_filters; i++)
		code = check_filter(request, history_filters[i].name, history_filters[i].is, &reply->error);
	if (code != CODE_OK)
		return code;
	const char *limit = request_query(request, "limit");
	const struct ops_history_filter filter = {
		.environment = request_query(request, "environment"),
		.name = request_query(request, "name"),
		.changed_by = request_query(request, "changed_by"),
		.request_id = request_query(request, "request_id"),
		.since = request_query(request, "since"),
		.until = request_query(request, "until"),
		.after = request_query(request, "cursor"),
		.limit = limit == NULL ? "50" : limit,
	};
	text_add(&reply->body, "{\"entries\":");
	code = ops_list_history(server->ops, &request->who, &filter, &next, &reply->body, &reply->error);
	snprintf(cursor, sizeof cursor, "\"%" PRId64 "\"}", next);
	text_add(&reply->body, ",\"next_cursor\":");
	text_add(&reply->body, next == 0 ? "null}" : cursor);
	return code;
}
