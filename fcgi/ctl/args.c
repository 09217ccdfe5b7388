#include "fcgi/ctl/args.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/command.h"
#include "fcgi/ctl/mem.h"

#define MEMBER(member) .offset = offsetof(struct args, member)

static const struct args_option options[] = {
	{.name = "url", .value = "URL", .kind = ARGS_TEXT, MEMBER(url), .env = "CVN_URL",
	 .help = "the console's address (http://127.0.0.1:8080)"},
	{.name = "token", .value = "TOKEN", .kind = ARGS_TEXT, MEMBER(token), .env = "CVN_TOKEN",
	 .help = "who asks, by a token; better in the variable, since others see a command line"},
	{.name = "login", .value = "LOGIN", .kind = ARGS_TEXT, MEMBER(login), .env = "CVN_LOGIN",
	 .help = "who asks, by name, with --password-file"},
	{.name = "password-file", .value = "FILE", .kind = ARGS_TEXT, MEMBER(password_file),
	 .env = "CVN_PASSWORD_FILE", .help = "a file whose first line is the password; - reads it from standard input"},
	{.name = "json", .kind = ARGS_FLAG, MEMBER(json),
	 .help = "print the answer's JSON, one object a line"},
	{.name = "help", .kind = ARGS_FLAG, MEMBER(help), .help = "print this, or the help of the command"},
	{.name = "version", .kind = ARGS_FLAG, MEMBER(version), .help = "print the program's version"},
	{.name = "reason", .value = "TEXT", .kind = ARGS_TEXT, MEMBER(reason), .bit = OPTION_REASON,
	 .help = "why, for the history; required"},
	{.name = "if-version", .value = "N", .kind = ARGS_NUMBER, MEMBER(if_version),
	 .bit = OPTION_IF_VERSION,
	 .help = "save only on top of version N; without it, on top of the version read just before"},
	{.name = "environment", .value = "ENV", .kind = ARGS_TEXT, MEMBER(environment),
	 .bit = OPTION_ENVIRONMENT, .help = "only what is of one environment"},
	{.name = "count", .value = "N", .kind = ARGS_NUMBER, MEMBER(count), .bit = OPTION_COUNT,
	 .help = "stop after N events; show at most N runs"},
	{.name = "kind", .value = "KIND", .kind = ARGS_TEXT, MEMBER(kind), .bit = OPTION_KIND,
	 .help = "only finetune, backtest, train, paper or live"},
	{.name = "hash", .value = "HASH", .kind = ARGS_TEXT, MEMBER(hash), .bit = OPTION_HASH,
	 .help = "only what is pinned to one parameter set"},
	{.name = "factors", .value = "JSON", .kind = ARGS_TEXT, MEMBER(factors), .bit = OPTION_FACTORS,
	 .help = "what the run varies, an object; or @FILE"},
	{.name = "code-version", .value = "JSON", .kind = ARGS_TEXT, MEMBER(code_version),
	 .bit = OPTION_CODE_VERSION, .help = "the code that runs, an object; or @FILE"},
};

const struct args_option *args_options(size_t *n)
{
	*n = sizeof options / sizeof options[0];
	return options;
}

__attribute__((format(printf, 2, 3))) static bool wrong(FILE *err, const char *format, ...)
{
	va_list list;

	fputs("cvnctl: ", err);
	va_start(list, format);
	vfprintf(err, format, list);
	va_end(list);
	fputs("; see cvnctl --help\n", err);
	return false;
}

/* The row of an option's name, which ends at n. */
static const struct args_option *find_option(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (strlen(options[i].name) == n && memcmp(options[i].name, name, n) == 0)
			return &options[i];
	}
	return NULL;
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
		       wrong(err, "--%s takes a number from 1, not '%s'", option->name, value);
	}
	return false;
}

/* Reads the option at argv[*i], and its value, at which *i then stands. */
static bool read_option(struct args *args, int argc, char *const argv[], int *i, unsigned *given, FILE *err)
{
	const char *name = argv[*i] + 2, *value = strchr(name, '=');
	size_t n = value == NULL ? strlen(name) : (size_t)(value - name);
	const struct args_option *option = find_option(name, n);

	if (option == NULL)
		return wrong(err, "there is no option --%.*s", (int)n, name);
	if (option->kind == ARGS_FLAG && value != NULL)
		return wrong(err, "--%s takes no value", option->name);
	if (option->kind != ARGS_FLAG && value == NULL && *i + 1 >= argc)
		return wrong(err, "--%s needs %s", option->name, option->value);
	if (option->kind != ARGS_FLAG)
		value = value == NULL ? argv[++*i] : value + 1;
	*given |= option->bit;
	return set_option(args, option, value, err);
}

/* Splits argv into options, which are set, and words, which become the operands. */
static bool read_words(struct args *args, int argc, char *const argv[], unsigned *given, FILE *err)
{
	bool only_words = false;

	for (int i = 1; i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0)
			only_words = true;
		else if (!only_words && strcmp(argv[i], "-h") == 0)
			args->help = true;
		else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
			if (!read_option(args, argc, argv, &i, given, err))
				return false;
		} else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0')
			return wrong(err, "there is no option %s", argv[i]);
		else
			args->operands[args->n++] = argv[i];
	}
	return true;
}

/*
 * What was not given comes from the environment. Credentials come from one place: a --login on the command
 * line is not overruled by a CVN_TOKEN, and a token in the environment goes before a login there.
 */
static void read_environment(struct args *args, char *(*env)(const char *))
{
	bool by_login = args->login != NULL, by_token = args->token != NULL;

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		const struct args_option *option = &options[i];

		if (option->env == NULL || (by_login && option->offset == offsetof(struct args, token)) ||
		    (by_token && option->offset == offsetof(struct args, login)))
			continue;
		const char **member = (const char **)(void *)((char *)args + option->offset);
		const char *value = env(option->env);
		if (*member == NULL && value != NULL && *value != '\0')
			*member = value;
		by_token = args->token != NULL;
	}
	if (args->url == NULL)
		args->url = "http://127.0.0.1:8080";
}

/* Takes the command's words off the operands, and checks what is left against its row. */
static bool take_command(struct args *args, unsigned given, FILE *err)
{
	size_t taken;

	args->command = command_find(args->operands, args->n, &taken);
	if (args->command == NULL && (args->help || args->version))
		return true;
	if (args->n == 0)
		return wrong(err, "a command is missing");
	if (args->command == NULL)
		return wrong(err, "there is no command '%s%s%s'", args->operands[0], args->n > 1 ? " " : "",
			     args->n > 1 ? args->operands[1] : "");
	args->n -= taken;
	memmove(args->operands, args->operands + taken, args->n * sizeof *args->operands);

	const struct command *c = args->command;
	const char *gap = c->verb == NULL ? "" : " ", *verb = c->verb == NULL ? "" : c->verb;
	if (args->help)
		return true;
	if (args->n < c->least || args->n > c->most)
		return wrong(err, "usage: cvnctl %s%s%s %s", c->noun, gap, verb, c->operands);
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (options[i].bit & given & ~c->options)
			return wrong(err, "%s%s%s takes no --%s", c->noun, gap, verb, options[i].name);
	}
	return true;
}

static bool check_credentials(const struct args *args, FILE *err)
{
	if (args->help || args->version)
		return true;
	if (args->token != NULL && args->token[strcspn(args->token, " \t\r\n")] != '\0')
		return wrong(err, "a token has no blanks");
	if (args->token != NULL && args->login != NULL)
		return wrong(err, "give a token or a login, not both");
	if (args->token == NULL && args->login != NULL && args->password_file == NULL)
		return wrong(err, "--login needs --password-file");
	return true;
}

bool args_parse(struct args *args, int argc, char *const argv[], char *(*env)(const char *), FILE *err)
{
	unsigned given = 0;

	*args = (struct args){.operands = mem_must(calloc((size_t)argc + 1, sizeof *args->operands))};
	if (!read_words(args, argc, argv, &given, err) || !take_command(args, given, err))
		return false;
	read_environment(args, env);
	return check_credentials(args, err);
}

void args_free(struct args *args)
{
	free(args->operands);
	*args = (struct args){0};
}
