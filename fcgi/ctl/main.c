#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/document.h"
#include "fcgi/ctl/help.h"
#include "fcgi/ctl/problem.h"

enum { SECRET_MAX = 4096 };

/* Reads the secret that a file holds, if it is a file that says who asks. False after saying why not. */
static bool read_secret(const struct args *args, char secret[SECRET_MAX])
{
	const char *path = args->token_file != NULL ? args->token_file
			   : args->login != NULL    ? args->password_file
						    : NULL;

	return path == NULL || document_secret(path, secret, SECRET_MAX, stderr);
}

static int run_command(const struct args *args)
{
	char secret[SECRET_MAX] = "";
	struct client_options options = {.url = args->url,
					 .token = args->token_file != NULL ? secret : args->token,
					 .login = args->login,
					 .password = secret};

	if (!read_secret(args, secret))
		return CTL_USAGE;
	struct client *client = client_new(&options);
	explicit_bzero(secret, sizeof secret);
	if (client == NULL) {
		problem_usage(stderr, args->command, "'%s' is not an http or https address", args->url);
		return CTL_USAGE;
	}
	int result = args->command->run(&(struct ctl){.args = args,
						      .client = client,
						      .out = stdout,
						      .err = stderr,
						      .terminal = isatty(STDIN_FILENO) ? stdin : NULL});
	client_free(client);
	return result;
}

int main(int argc, char *argv[])
{
	struct args args;
	int result = CTL_DONE;

	if (!args_parse(&args, argc, argv, getenv, stderr))
		result = CTL_USAGE;
	else if (args.help)
		help_print(args.command, stdout);
	else if (args.version)
		puts("cvnctl " PACKAGE_VERSION);
	else
		result = run_command(&args);
	args_free(&args);

	/* Data that did not reach its file must not look like success. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		problem_say(&(struct problem){.what = "the output could not be written",
					      .detail = strerror(errno),
					      .where = "standard output",
					      .next = "make room; what was asked for was done"},
			    stderr);
		result = result == CTL_DONE ? CTL_REFUSED : result;
	}
	return result;
}
