#include "fcgi/ctl/help.h"

#include <stddef.h>
#include <stdlib.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/command.h"

/* " --name VALUE" for each option with one of these bits, between before and after. */
static void print_words(unsigned bits, const char *before, const char *after, FILE *f)
{
	size_t n;
	const struct args_option *options = args_options(&n);

	for (size_t i = 0; i < n; i++) {
		const struct args_option *o = &options[i];

		if (o->bit & bits)
			fprintf(f, " %s--%s%s%s%s", before, o->name, o->value == NULL ? "" : " ",
				o->value == NULL ? "" : o->value, after);
	}
}

static void print_usage(const struct command *c, FILE *f)
{
	char *name = command_name(c);

	fprintf(f, "  cvnctl %s%s%s", name, *c->operands == '\0' ? "" : " ", c->operands);
	print_words(c->needs, "", "", f);
	print_words(c->options, "[", "]", f);
	fprintf(f, "\n      %s\n", c->help);
	free(name);
}

/* The options with one of these bits; the global ones for 0. */
static void print_options(const char *head, unsigned bits, FILE *f)
{
	size_t n;
	const struct args_option *options = args_options(&n);

	for (size_t i = 0; i < n; i++) {
		const struct args_option *o = &options[i];

		if (bits == 0 ? o->bit != 0 : (o->bit & bits) == 0)
			continue;
		fputs(head, f);
		head = "";
		int width = fprintf(f, "  --%s%s%s", o->name, o->value == NULL ? "" : " ",
				    o->value == NULL ? "" : o->value);
		if (o->letter != 0)
			width += fprintf(f, ", -%c", o->letter);
		fprintf(f, "%*s%s", width < 24 ? 24 - width : 1, "", o->help);
		fprintf(f, o->env == NULL ? "\n" : " [%s]\n", o->env);
	}
}

static void print_opening(FILE *f)
{
	fputs("Examples:\n"
	      "  cvnctl config get paper CVN_ENTRY_THRESHOLD\n"
	      "  cvnctl config plan paper CVN_ENTRY_THRESHOLD=0.7 CVN_COOLDOWN=90s\n"
	      "  cvnctl config set paper CVN_ENTRY_THRESHOLD=0.7 --reason 'fewer entries overnight'\n"
	      "  cvnctl change approve 42\n"
	      "  cvnctl worker list --environment paper\n"
	      "  cvnctl watch paper --json\n\n"
	      "Commands:\n",
	      f);
}

void help_print(const struct command *command, FILE *f)
{
	size_t n = 1;
	const struct command *commands = command == NULL ? command_table(&n) : command;
	unsigned bits = 0;

	fputs("cvnctl: read, plan, save and approve configuration, over HTTP\n\n", f);
	if (command == NULL)
		print_opening(f);
	else
		fputs("Usage:\n", f);
	for (size_t i = 0; i < n; i++) {
		print_usage(&commands[i], f);
		bits |= commands[i].needs | commands[i].options;
	}
	if (bits != 0)
		print_options(command == NULL ? "\nTheir options:\n" : "\nIts options:\n", bits, f);
	print_options("\nOptions of every command:\n", 0, f);
	fputs("\nExits with 0; 1 for a refusal or a difference; 2 for a wrong command line; 3 for no"
	      " connection.\n", f);
}
