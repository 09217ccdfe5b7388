/* A script for bash that completes what the tables of commands and options have. */
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/noun.h"

/* The options with one of these bits; the global ones for 0. */
static void print_options(unsigned bits, FILE *f)
{
	size_t n;
	const struct args_option *options = args_options(&n);

	for (size_t i = 0; i < n; i++) {
		if (bits == 0 ? options[i].bit == 0 : (options[i].bit & bits) != 0)
			fprintf(f, " --%s", options[i].name);
	}
}

/* `noun) words='verb verb' ;;` for each noun, whose rows are neighbours. */
static void print_verbs(const struct command *rows, size_t n, FILE *f)
{
	const char *noun = "";

	for (size_t i = 0; i < n; i++) {
		if (rows[i].verb == NULL)
			continue;
		if (strcmp(noun, rows[i].noun) != 0)
			fprintf(f, "%s\t\t%s) words='", *noun == '\0' ? "" : "' ;;\n", rows[i].noun);
		fprintf(f, " %s", rows[i].verb);
		noun = rows[i].noun;
	}
	fputs("' ;;\n", f);
}

static void print_nouns(const struct command *rows, size_t n, FILE *f)
{
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(rows[i].noun, rows[i - 1].noun) != 0)
			fprintf(f, " %s", rows[i].noun);
	}
}

/* `'noun verb') words+='--option' ;;` for each command that has options of its own. */
static void print_own_options(const struct command *rows, size_t n, FILE *f)
{
	for (size_t i = 0; i < n; i++) {
		const struct command *c = &rows[i];

		if ((c->needs | c->options) == 0)
			continue;
		if (c->verb == NULL)
			fprintf(f, "\t\t'%s '*) words+='", c->noun);
		else
			fprintf(f, "\t\t'%s %s') words+='", c->noun, c->verb);
		print_options(c->needs | c->options, f);
		fputs("' ;;\n", f);
	}
}

/* A noun, then its verb, then options; the rest are names and files, which bash completes itself. */
int noun_completion(const struct ctl *ctl)
{
	size_t n;
	const struct command *rows = command_table(&n);
	FILE *f = ctl->out;

	fputs("_cvnctl() {\n"
	      "\tlocal words='' noun=${COMP_WORDS[1]} verb=${COMP_WORDS[2]}\n"
	      "\tif [[ $2 == -* ]]; then\n"
	      "\t\twords='",
	      f);
	print_options(0, f);
	fputs("'\n\t\tcase \"$noun $verb\" in\n", f);
	print_own_options(rows, n, f);
	fputs("\t\tesac\n\telif ((COMP_CWORD == 1)); then\n\t\twords='", f);
	print_nouns(rows, n, f);
	fputs("'\n\telif ((COMP_CWORD == 2)); then\n\t\tcase $noun in\n", f);
	print_verbs(rows, n, f);
	fputs("\t\tesac\n\tfi\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$2\")\n"
	      "}\n"
	      "complete -o default -F _cvnctl cvnctl\n",
	      f);
	return CTL_DONE;
}
