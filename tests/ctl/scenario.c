#include "tests/ctl/scenario.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/args.h"
#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/mem.h"

static char *no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static size_t count_turns(const struct scenario *s)
{
	size_t n = 0;

	while (n < SCENARIO_TURNS && s->turns[n].method != NULL)
		n++;
	return n;
}

void scenario_parse(struct args *args, struct scenario_line *line, const struct scenario *s)
{
	int argc = 0;
	char *at = line->text;

	line->argv[argc++] = at;
	at = stpcpy(at, "cvnctl") + 1;
	for (size_t i = 0; i < SCENARIO_WORDS && s->words[i] != NULL; i++) {
		ck_assert_uint_lt(strlen(s->words[i]), (size_t)(line->text + sizeof line->text - at));
		line->argv[argc++] = at;
		at = stpcpy(at, s->words[i]) + 1;
	}
	ck_assert(args_parse(args, argc, line->argv, no_environment, stderr));
}

/* What is said and printed is kept in memory. */
struct kept {
	char *text;
	size_t n;
	FILE *f;
};

static void keep(struct kept *kept)
{
	kept->f = mem_must(open_memstream(&kept->text, &kept->n));
}

static void compare(const struct scenario *s, int result, const char *out, const char *err)
{
	ck_assert_msg(result == s->exit, "%s: exits %d: %s", s->name, result, err);
	ck_assert_msg(strcmp(out, s->out) == 0, "%s: prints:\n%s", s->name, out);
	ck_assert_msg(s->said == NULL ? *err == '\0' : strstr(err, s->said) != NULL, "%s: says:\n%s", s->name,
		      err);
}

void scenario_run(const struct scenario *s, const char *typed)
{
	struct kept out, err;
	struct args args;
	struct scenario_line line;
	struct client *client = twin_new(s->turns, count_turns(s));
	char *text = typed == NULL ? NULL : mem_must(strdup(typed));
	FILE *terminal = typed == NULL ? NULL : mem_must(fmemopen(text, strlen(text), "r"));

	keep(&out);
	keep(&err);
	scenario_parse(&args, &line, s);
	int result = args.command->run(&(struct ctl){
		.args = &args, .client = client, .out = out.f, .err = err.f, .terminal = terminal});
	fclose(out.f);
	fclose(err.f);
	compare(s, result, out.text, err.text);
	ck_assert_msg(twin_taken(client) == count_turns(s), "%s: asks %zu times", s->name,
		      twin_taken(client));
	if (terminal != NULL)
		fclose(terminal);
	free(text);
	client_free(client);
	args_free(&args);
	free(out.text);
	free(err.text);
}
