#include "fcgi/ctl/args.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/command.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/path.h"
#include "fcgi/ctl/problem.h"

#define MEMBER(member) .offset = offsetof(struct args, member)

static const struct args_option options[] = {
	{.name = "url", .value = "URL", .kind = ARGS_TEXT, MEMBER(url), .env = "CVN_URL",
	 .help = "the console's address (http://127.0.0.1:8080)"},
	{.name = "token", .value = "TOKEN", .kind = ARGS_TEXT, MEMBER(token), .who = true, .env = "CVN_TOKEN",
	 .help = "who asks, by a token; better in the variable, since others see a command line"},
	{.name = "token-file", .value = "FILE", .kind = ARGS_TEXT, MEMBER(token_file), .who = true,
	 .env = "CVN_TOKEN_FILE",
	 .help = "a file whose first line is the token; - reads it from standard input"},
	{.name = "login", .value = "LOGIN", .kind = ARGS_TEXT, MEMBER(login), .who = true, .env = "CVN_LOGIN",
	 .help = "who asks, by name, with --password-file"},
	{.name = "password-file", .value = "FILE", .kind = ARGS_TEXT, MEMBER(password_file),
	 .env = "CVN_PASSWORD_FILE",
	 .help = "a file whose first line is the password; - reads it from standard input"},
	{.name = "json", .kind = ARGS_FLAG, MEMBER(json),
	 .help = "print the answer's JSON, one object a line"},
	{.name = "help", .letter = 'h', .kind = ARGS_FLAG, MEMBER(help),
	 .help = "print this, or the help of the command"},
	{.name = "version", .kind = ARGS_FLAG, MEMBER(version), .help = "print the program's version"},
	{.name = "reason", .value = "TEXT", .kind = ARGS_TEXT, MEMBER(reason), .bit = OPTION_REASON,
	 .help = "why, for the history"},
	{.name = "if-version", .value = "N", .kind = ARGS_NUMBER, MEMBER(if_version),
	 .bit = OPTION_IF_VERSION,
	 .help = "write only on top of version N; without it, on top of whatever is current"},
	{.name = "version", .value = "N", .kind = ARGS_NUMBER, MEMBER(at), .bit = OPTION_VERSION,
	 .query = "version", .help = "a past version, not the current one; after the command's words"},
	{.name = "output", .letter = 'o', .value = "FILE", .kind = ARGS_TEXT, MEMBER(output),
	 .bit = OPTION_OUTPUT, .help = "write to a file, whole or not at all, not to standard output"},
	{.name = "dry-run", .kind = ARGS_FLAG, MEMBER(dry_run), .bit = OPTION_DRY_RUN,
	 .help = "write nothing, show what would be written; exits 1 on a difference"},
	{.name = "from", .value = "ENV", .kind = ARGS_TEXT, MEMBER(from), .bit = OPTION_FROM,
	 .help = "the environment that the values are taken from"},
	{.name = "submit", .kind = ARGS_FLAG, MEMBER(submit), .bit = OPTION_SUBMIT,
	 .help = "submit it at once; without it, it stays a draft"},
	{.name = "comment", .value = "TEXT", .kind = ARGS_TEXT, MEMBER(comment), .bit = OPTION_COMMENT,
	 .help = "what to say with the decision"},
	{.name = "before", .kind = ARGS_FLAG, MEMBER(before), .bit = OPTION_BEFORE,
	 .help = "restore the values from before the entry, not those that it set"},
	{.name = "environment", .value = "ENV", .kind = ARGS_TEXT, MEMBER(environment),
	 .bit = OPTION_ENVIRONMENT, .query = "environment", .help = "only what is of one environment"},
	{.name = "state", .value = "STATE", .kind = ARGS_TEXT, MEMBER(state), .bit = OPTION_STATE,
	 .query = "state",
	 .help = "only draft, pending_approval, approved, active, superseded, rejected or withdrawn"},
	{.name = "created-by", .value = "LOGIN", .kind = ARGS_TEXT, MEMBER(created_by),
	 .bit = OPTION_CREATED_BY, .query = "created_by", .help = "only what this operator has drafted"},
	{.name = "changed-by", .value = "LOGIN", .kind = ARGS_TEXT, MEMBER(changed_by),
	 .bit = OPTION_CHANGED_BY, .query = "changed_by", .help = "only what this operator has changed"},
	{.name = "request-id", .value = "ID", .kind = ARGS_TEXT, MEMBER(request_id), .bit = OPTION_REQUEST_ID,
	 .query = "request_id", .help = "only what this request has written"},
	{.name = "name", .value = "NAME", .kind = ARGS_TEXT, MEMBER(name), .bit = OPTION_NAME,
	 .query = "name", .help = "only what touches one parameter"},
	{.name = "since", .value = "TIME", .kind = ARGS_TEXT, MEMBER(since), .bit = OPTION_SINCE,
	 .query = "since", .help = "only from this time on, e.g. 2026-01-31T08:00:00Z"},
	{.name = "until", .value = "TIME", .kind = ARGS_TEXT, MEMBER(until), .bit = OPTION_UNTIL,
	 .query = "until", .help = "only up to this time"},
	{.name = "kind", .value = "KIND", .kind = ARGS_TEXT, MEMBER(kind), .bit = OPTION_KIND,
	 .query = "kind", .help = "only finetune, backtest, train, paper or live"},
	{.name = "hash", .value = "HASH", .kind = ARGS_TEXT, MEMBER(hash), .bit = OPTION_HASH,
	 .query = "hash", .help = "the hash of a parameter set, or of the content that is approved"},
	{.name = "count", .value = "N", .kind = ARGS_NUMBER, MEMBER(count), .bit = OPTION_COUNT,
	 .query = "limit", .help = "show at most N, up to 200 (50); watch: stop after N events"},
	{.name = "cursor", .value = "CURSOR", .kind = ARGS_TEXT, MEMBER(cursor), .bit = OPTION_CURSOR,
	 .query = "cursor", .help = "go on where the page before ended"},
	{.name = "starts", .value = "TIME", .kind = ARGS_TEXT, MEMBER(starts), .bit = OPTION_STARTS,
	 .help = "when it begins, e.g. 2026-01-31T08:00:00Z"},
	{.name = "ends", .value = "TIME", .kind = ARGS_TEXT, MEMBER(ends), .bit = OPTION_ENDS,
	 .help = "when it ends"},
	{.name = "weekly", .value = "JSON", .kind = ARGS_TEXT, MEMBER(weekly), .bit = OPTION_WEEKLY,
	 .help = "when in each week, an object of days (1 is Monday), from, to, timezone; or @FILE"},
	{.name = "factors", .value = "JSON", .kind = ARGS_TEXT, MEMBER(factors), .bit = OPTION_FACTORS,
	 .help = "what the run varies, an object; or @FILE"},
	{.name = "code-version", .value = "JSON", .kind = ARGS_TEXT, MEMBER(code_version),
	 .bit = OPTION_CODE_VERSION, .help = "the code that runs, an object; or @FILE"},
};
enum { OPTIONS = sizeof options / sizeof options[0] };

const struct args_option *args_options(size_t *n)
{
	*n = OPTIONS;
	return options;
}

#define wrong(args, err, ...) (problem_usage(err, (args)->command, __VA_ARGS__), false)

static bool is_called(const struct args_option *option, const char *name, size_t n)
{
	return strlen(option->name) == n && memcmp(option->name, name, n) == 0;
}

/*
 * The row of a name of n bytes, or of a letter where name is NULL. A command's own option goes before every
 * command's of the same name, once its words were read.
 */
static const struct args_option *find_option(const struct args *args, const char *name, size_t n, char letter)
{
	size_t taken;
	const struct command *command = command_find(args->operands, args->n, &taken);
	const struct args_option *found = NULL;

	for (size_t i = 0; i < OPTIONS; i++) {
		const struct args_option *option = &options[i];
		bool own = command != NULL && (option->bit & (command->options | command->needs)) != 0;

		if (name == NULL ? option->letter == letter : is_called(option, name, n))
			found = found == NULL || own ? option : found;
	}
	return found;
}

static bool read_number(const char *text, int64_t *number)
{
	char *end;

	errno = 0;
	long long n = strtoll(text, &end, 10);
	*number = n;
	return errno == 0 && *end == '\0' && text[0] >= '0' && text[0] <= '9' && n > 0;
}

/* Puts an option's value (NULL for a flag) where its row says. */
static bool set_option(struct args *args, const struct args_option *option, const char *value, FILE *err)
{
	void *member = (char *)args + option->offset;

	switch (option->kind) {
	case ARGS_FLAG:
		*(bool *)member = true;
		return true;
	case ARGS_TEXT:
		*(const char **)member = value;
		return true;
	case ARGS_NUMBER:
		return read_number(value, member) ||
		       wrong(args, err, "--%s takes a number from 1, not '%s'", option->name, value);
	}
	return false;
}

/* Where reading the line stands. */
struct line {
	int argc, at;
	char *const *argv;
	unsigned given; /* OPTION_ bits */
};

/* Reads the option at line->at, and its value, at which line->at then stands. */
static bool read_option(struct args *args, struct line *line, FILE *err)
{
	const char *word = line->argv[line->at];
	bool is_long = word[1] == '-';
	const char *name = word + 2, *value = is_long ? strchr(name, '=') : NULL;
	size_t n = value == NULL ? strlen(name) : (size_t)(value - name);
	const struct args_option *option = is_long         ? find_option(args, name, n, 0)
					   : *name == '\0' ? find_option(args, NULL, 0, word[1])
							   : NULL;

	if (option == NULL)
		return wrong(args, err, "there is no option %.*s", is_long ? (int)n + 2 : (int)strlen(word),
			     word);
	if (option->kind == ARGS_FLAG && value != NULL)
		return wrong(args, err, "--%s takes no value", option->name);
	if (option->kind != ARGS_FLAG && value == NULL && line->at + 1 >= line->argc)
		return wrong(args, err, "--%s needs %s", option->name, option->value);
	if (option->kind != ARGS_FLAG)
		value = value == NULL ? line->argv[++line->at] : value + 1;
	line->given |= option->bit;
	return set_option(args, option, value, err);
}

/* Splits the line into options, which are set, and words, which become the operands. A lone - is a word. */
static bool read_words(struct args *args, struct line *line, FILE *err)
{
	bool only_words = false;

	for (line->at = 1; line->at < line->argc; line->at++) {
		const char *word = line->argv[line->at];

		if (!only_words && strcmp(word, "--") == 0)
			only_words = true;
		else if (only_words || word[0] != '-' || word[1] == '\0')
			args->operands[args->n++] = word;
		else if (!read_option(args, line, err))
			return false;
	}
	return true;
}

/*
 * What was not given comes from the environment. Who asks comes from one place: the command line, or else the
 * first variable of those that can say it.
 */
static void read_environment(struct args *args, char *(*env)(const char *))
{
	bool known = args->token != NULL || args->token_file != NULL || args->login != NULL;

	for (size_t i = 0; i < OPTIONS; i++) {
		const struct args_option *option = &options[i];
		const char *value = option->env == NULL || (option->who && known) ? NULL : env(option->env);
		const char **member = (const char **)(void *)((char *)args + option->offset);

		if (value == NULL || *value == '\0' || *member != NULL)
			continue;
		*member = value;
		known = known || option->who;
	}
	if (args->url == NULL)
		args->url = "http://127.0.0.1:8080";
}

/* Whether the command takes what was given, and was given what it needs. */
static bool check_options(const struct args *args, unsigned given, FILE *err)
{
	const struct command *c = args->command;

	for (size_t i = 0; i < OPTIONS; i++) {
		if (options[i].bit & given & ~(c->options | c->needs))
			return wrong(args, err, "it takes no --%s", options[i].name);
		if (options[i].bit & c->needs & ~given)
			return wrong(args, err, "it needs --%s: %s", options[i].name, options[i].help);
	}
	return true;
}

/* Takes the command's words off the operands, and checks what is left against its row. */
static bool take_command(struct args *args, unsigned given, FILE *err)
{
	size_t taken;
	const struct command *c = command_find(args->operands, args->n, &taken);

	args->command = c;
	if (c == NULL && (args->help || args->version))
		return true;
	if (args->n == 0)
		return wrong(args, err, "a command is missing");
	if (c == NULL)
		return wrong(args, err, "there is no command '%s%s%s'", args->operands[0],
			     args->n > 1 ? " " : "", args->n > 1 ? args->operands[1] : "");
	args->n -= taken;
	memmove(args->operands, args->operands + taken, args->n * sizeof *args->operands);
	if (args->help)
		return true;
	if (args->n < c->least || args->n > c->most)
		return wrong(args, err, "it takes %s, not %zu words",
			     *c->operands == '\0' ? "nothing" : c->operands,
			     args->n);
	return check_options(args, given, err);
}

static bool check_credentials(const struct args *args, FILE *err)
{
	int who = (args->token != NULL) + (args->token_file != NULL) + (args->login != NULL);

	if (args->help || args->version)
		return true;
	if (who > 1)
		return wrong(args, err, "give one of --token, --token-file and --login");
	if (args->token != NULL && args->token[strcspn(args->token, " \t\r\n")] != '\0')
		return wrong(args, err, "a token has no blanks");
	if (args->login != NULL && args->password_file == NULL)
		return wrong(args, err, "--login needs --password-file");
	return true;
}

bool args_parse(struct args *args, int argc, char *const argv[], char *(*env)(const char *), FILE *err)
{
	struct line line = {.argc = argc, .argv = argv};

	*args = (struct args){.operands = mem_must(calloc((size_t)argc + 1, sizeof *args->operands))};
	if (!read_words(args, &line, err) || !take_command(args, line.given, err))
		return false;
	read_environment(args, env);
	return check_credentials(args, err);
}

void args_free(struct args *args)
{
	free(args->operands);
	*args = (struct args){0};
}

char *args_filtered(const struct args *args, char *path_take)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct args_option *option = &options[i];
		const void *member = (const char *)args + option->offset;
		const char *text = option->kind == ARGS_TEXT ? *(const char *const *)member : NULL;
		int64_t number = option->kind == ARGS_NUMBER ? *(const int64_t *)member : 0;

		if (option->query == NULL)
			continue;
		char *digits = number > 0 ? mem_printf("%" PRId64, number) : NULL;
		path_take = path_with(path_take, option->query, digits == NULL ? text : digits);
		free(digits);
	}
	return path_take;
}
