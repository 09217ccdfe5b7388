#include "workerlib/options.h"

#include <stdlib.h>
#include <string.h>

#include "workerlib/core/integer.h"
#include "workerlib/core/name.h"
#include "workerlib/core/utf8.h"
#include "workerlib/fail.h"

struct cvn_options {
	char *texts[OPTIONS];
};

static bool is_anything(const char *value, size_t n)
{
	(void)value;
	return n > 0 && n <= 4096;
}

/* A working directory that changes would change which cache is meant. */
static bool is_path(const char *value, size_t n)
{
	return value[0] == '/' && n <= 1024;
}

/* It travels in every report: what could not be stored would cost the link each time. */
static bool is_build(const char *value, size_t n)
{
	return n <= 128 && utf8_is_text(value, n);
}

/* Digits that make a number of an int's reach. */
static bool is_number(const char *value, size_t n)
{
	int64_t unused;

	return n <= 9 && value[0] != '-' && integer_read(value, n, &unused);
}

static bool is_heartbeat(const char *value, size_t n)
{
	int64_t ms = 0;

	return is_number(value, n) && integer_read(value, n, &ms) && ms >= 100 && ms <= 10000;
}

/* What goes into a header: a token of another kind would end it. */
static bool is_token(const char *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (value[i] <= ' ' || value[i] > '~')
			return false;
	return n > 0 && n <= 1024;
}

static bool is_url(const char *value, size_t n)
{
	bool known = strncmp(value, "http://", 7) == 0 || strncmp(value, "https://", 8) == 0;

	const char *host = known ? strstr(value, "//") + 2 : "";

	return *host && *host != '/' && n <= 2048 && strpbrk(value, " \t\r\n?#") == NULL;
}

static const char a_url[] = "http://HOST or https://HOST, without /api, at most 2048 bytes";

/* Which feed an option belongs to: it may only be set with the option that chooses that feed. */
static const struct option_row {
	const char *name;
	bool (*check)(const char *value, size_t n);
	const char *expected;
	bool needed;
	enum option with; /* OPTIONS: with any */
} rows[OPTIONS] = {
	[OPTION_DATABASE] = {"database", is_anything, "a libpq connection string of at most 4096 bytes",
			     false, OPTIONS},
	[OPTION_URL] = {"url", is_url, a_url, false, OPTIONS},
	[OPTION_WATCH_URL] = {"watch_url", is_url, a_url, false, OPTION_URL},
	[OPTION_TOKEN] = {"token", is_token, "a token of role worker, at most 1024 bytes", true, OPTION_URL},
	[OPTION_ENVIRONMENT] = {"environment", name_is_environment, "[a-z][a-z0-9-]{0,30}", true, OPTIONS},
	[OPTION_WORKER_ID] = {"worker_id", name_is_id, "[A-Za-z0-9._-]{1,64}", true, OPTIONS},
	[OPTION_BUILD] = {"build", is_build, "at most 128 bytes of printable UTF-8", false, OPTIONS},
	[OPTION_CACHE_DIR] = {"cache_dir", is_path, "an absolute path of at most 1024 bytes", false, OPTIONS},
	[OPTION_HEARTBEAT_MS] = {"heartbeat_ms", is_heartbeat, "100 to 10000", false, OPTIONS},
	[OPTION_CACHE_MAX_AGE_S] = {"cache_max_age_s", is_number, "a number of seconds", false,
				    OPTION_CACHE_DIR},
};

cvn_options *cvn_options_new(void)
{
	return calloc(1, sizeof(cvn_options));
}

static enum option find(const char *name)
{
	int option = 0;

	while (option < OPTIONS && strcmp(rows[option].name, name) != 0)
		option++;
	return (enum option)option;
}

int cvn_options_set(cvn_options *options, const char *name, const char *value, cvn_error *e)
{
	enum option option;
	char *copy;

	if (!options || !name || !value)
		return fail(e, CVN_E_ARGUMENT, "an option needs a name and a value", NULL);
	option = find(name);
	if (option == OPTIONS)
		return fail(e, CVN_E_ARGUMENT, name, ": no such option", NULL);
	if (!rows[option].check(value, strlen(value)))
		return fail(e, CVN_E_ARGUMENT, name, ": expected ", rows[option].expected, NULL);
	copy = strdup(value);
	if (!copy)
		return fail_memory(e);
	free(options->texts[option]);
	options->texts[option] = copy;
	return CVN_OK;
}

void cvn_options_free(cvn_options *options)
{
	if (!options)
		return;
	for (int i = 0; i < OPTIONS; i++)
		free(options->texts[i]);
	free(options);
}

const char *options_text(const cvn_options *options, enum option option)
{
	return options->texts[option];
}

int options_integer(const cvn_options *options, enum option option, int otherwise)
{
	const char *text = options->texts[option];
	int64_t i = otherwise;

	if (text)
		(void)integer_read(text, strlen(text), &i);
	return (int)i;
}

/* One feed, and one only. */
static int check_feed(const cvn_options *options, cvn_error *e)
{
	bool database = options->texts[OPTION_DATABASE] != NULL, url = options->texts[OPTION_URL] != NULL;

	if (database == url)
		return fail(e, CVN_E_ARGUMENT, database ? "database and url: set one of them, for one feed"
							: "database or url: one must be set",
			    NULL);
	return CVN_OK;
}

static int check_row(const cvn_options *options, const struct option_row *row, bool set, cvn_error *e)
{
	bool belongs = row->with == OPTIONS || options->texts[row->with] != NULL;

	if (set && !belongs)
		return fail(e, CVN_E_ARGUMENT, row->name, ": is of use only with ", rows[row->with].name,
			    NULL);
	if (!set && belongs && row->needed)
		return fail(e, CVN_E_ARGUMENT, row->name, ": must be set", NULL);
	return CVN_OK;
}

int options_complete(const cvn_options *options, cvn_error *e)
{
	int code = check_feed(options, e);

	for (int i = 0; i < OPTIONS && code == CVN_OK; i++)
		code = check_row(options, &rows[i], options->texts[i] != NULL, e);
	return code;
}
