#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/help.h"

enum { PASSWORD_MAX = 1024 };

/* The first line of the file (or, for "-", of standard input), without its end. False after saying why. */
static bool read_password(const char *path, char password[PASSWORD_MAX])
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	bool read = f != NULL && fgets(password, PASSWORD_MAX, f) != NULL;

	if (!read)
		fprintf(stderr, "cvnctl: there is no password to read in %s\n", path);
	else
		password[strcspn(password, "\r\n")] = '\0';
	if (f != NULL && f != stdin)
		fclose(f);
	return read;
}

static int run_command(const struct args *args)
{
	char password[PASSWORD_MAX] = "";
	struct client_options options = {
		.url = args->url, .token = args->token, .login = args->login, .password = password};

	if (args->login != NULL && !read_password(args->password_file, password))
		return CTL_USAGE;
	struct client *client = client_new(&options);
	explicit_bzero(password, sizeof password);
	if (client == NULL) {
		fprintf(stderr, "cvnctl: '%s' is not an http or https address\n", args->url);
		return CTL_USAGE;
	}
	int result = args->command->run(
		&(struct ctl){.args = args, .client = client, .out = stdout, .err = stderr});
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
		perror("cvnctl: standard output");
		result = result == CTL_DONE ? CTL_REFUSED : result;
	}
	return result;
}
