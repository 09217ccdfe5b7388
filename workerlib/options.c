#include "workerlib/options.h"

#include <stdlib.h>
#include <string.h>

#include "workerlib/core/name.h"
#include "workerlib/fail.h"

struct cvn_options {
	char *texts[OPTIONS];
};

static bool is_anything(const char *value, size_t n)
{
	(void)value;
	return n > 0 && n <= 4096;
}

static bool is_build(const char *value, size_t n)
{
	(void)value;
	return n <= 128;
}

/* Digits that make a number of an int's reach. */
static bool is_number(const char *value, size_t n)
{
	return n > 0 && n <= 9 && strspn(value, "0123456789") == n;
}

static bool is_heartbeat(const char *value, size_t n)
{
	long ms = is_number(value, n) ? strtol(value, NULL, 10) : 0;

	return ms >= 100 && ms <= 10000;
}

/* available: this build can do it. */
static const struct option_row {
	const char *name;
	bool (*check)(const char *value, size_t n);
	const char *expected;
	bool needed, available;
} rows[OPTIONS] = {
	[OPTION_DATABASE] = {"database", is_anything, "a libpq connection string", true, true},
	[OPTION_URL] = {"url", is_anything, "a base URL", false, false},
	[OPTION_WATCH_URL] = {"watch_url", is_anything, "a base URL", false, false},
	[OPTION_TOKEN] = {"token", is_anything, "a token", false, false},
	[OPTION_ENVIRONMENT] = {"environment", name_is_environment, "[a-z][a-z0-9-]{0,30}", true, true},
	[OPTION_WORKER_ID] = {"worker_id", name_is_id, "[A-Za-z0-9._-]{1,64}", true, true},
	[OPTION_BUILD] = {"build", is_build, "at most 128 bytes", false, true},
	[OPTION_CACHE_DIR] = {"cache_dir", is_anything, "a directory", false, false},
	[OPTION_HEARTBEAT_MS] = {"heartbeat_ms", is_heartbeat, "100 to 10000", false, true},
	[OPTION_CACHE_MAX_AGE_S] = {"cache_max_age_s", is_number, "a number of seconds", false, false},
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
	return options->texts[option] ? (int)strtol(options->texts[option], NULL, 10) : otherwise;
}

int options_complete(const cvn_options *options, cvn_error *e)
{
	for (int i = 0; i < OPTIONS; i++)
		if (options->texts[i] && !rows[i].available)
			return fail(e, CVN_E_UNAVAILABLE, rows[i].name, ": not available in this build yet",
				    NULL);
	for (int i = 0; i < OPTIONS; i++)
		if (!options->texts[i] && rows[i].needed)
			return fail(e, CVN_E_ARGUMENT, rows[i].name, ": must be set", NULL);
	return CVN_OK;
}
