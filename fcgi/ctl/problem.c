#include "fcgi/ctl/problem.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/ctl/client.h"
#include "fcgi/ctl/command.h"
#include "fcgi/ctl/listing.h"
#include "fcgi/ctl/mem.h"
#include "fcgi/ctl/member.h"
#include "fcgi/ctl/table.h"
#include "workerlib/core/code.h"

static void print_line(const char *before, const char *text, FILE *f)
{
	if (text == NULL || *text == '\0')
		return;
	fputs(before, f);
	table_text(text, f);
	putc('\n', f);
}

/* What comes after the details, whatever they are. */
static void print_rest(const struct problem *problem, FILE *f)
{
	print_line("  where: ", problem->where, f);
	print_line("  next: ", problem->next, f);
	print_line("  request: ", problem->request_id, f);
}

void problem_say(const struct problem *problem, FILE *f)
{
	print_line("cvnctl: ", problem->what, f);
	print_line("  ", problem->detail, f);
	print_rest(problem, f);
}

void problem_usage(FILE *f, const struct command *command, const char *format, ...)
{
	char *what = NULL, *name = command_name(command);
	va_list list;

	va_start(list, format);
	int n = vasprintf(&what, format, list);
	va_end(list);
	char *where = mem_printf("the command line of cvnctl%s%s", *name == '\0' ? "" : " ", name),
	     *next = mem_printf("cvnctl %s%s--help", name, *name == '\0' ? "" : " ");
	problem_say(&(struct problem){.what = mem_must(n < 0 ? NULL : what), .where = where,
				      .next = next},
		    f);
	free(next);
	free(where);
	free(name);
	free(what);
}

/* What to do about a refusal, by its code in the registry of the core. */
static const char *const nexts[CODE_COUNT] = {
	[CODE_UNAUTHENTICATED] = "say who asks: CVN_TOKEN, or CVN_LOGIN with CVN_PASSWORD_FILE",
	[CODE_FORBIDDEN] = "ask somebody whose role allows it",
	[CODE_CRITICAL_REQUIRES_APPROVAL] =
		"propose it instead, with cvnctl change create --submit; config plan names what is critical",
	[CODE_OWN_CHANGE] = "ask another approver",
	[CODE_STALE_APPROVAL] =
		"look at it again with cvnctl change show; somebody who may edit it has to rebase it first",
	[CODE_WRONG_STATE] = "cvnctl change show tells the state that it is in",
	[CODE_FROZEN] = "wait for the end of the freeze window; cvnctl freeze list shows it",
	[CODE_LOCKED] = "ask the holder of the lock to release it; cvnctl environment list names the holder",
	[CODE_EXISTS] = "choose another name",
	[CODE_REFERENCED] = "take away what names it first",
	[CODE_RUN_CONFLICT] = "choose another id, or freeze with the same arguments as before",
	[CODE_INVALID] = "correct what is listed; nothing was written",
	[CODE_NO_CHANGE] = "nothing was written: the values are what was asked for",
	[CODE_NOT_FOUND] = "list what there is: cvnctl environment, change, freeze, history, catalog,"
			   " run, each with list",
	[CODE_MALFORMED] = "correct the arguments; nothing was written",
	[CODE_TOO_LARGE] = "send less at once",
	[CODE_TOO_MANY_REQUESTS] = "wait, then check the credentials",
	[CODE_UNAVAILABLE] = "try again",
	[CODE_INTERNAL] = "look for the request in the log of cvn-config-api",
};

static const char *find_next(const char *code)
{
	enum code known = code_from_name(code); /* a newer server may have others */

	return strcmp(code_name(known), code) == 0 ? nexts[known] : NULL;
}

/* What to do about a write on top of a version that is past. The caller must free it with free(). */
static char *stale_next(struct json_object *json, const char *code)
{
	int64_t current = member_int(json, "current_version", 0);

	if (strcmp(code, "stale") != 0 || current == 0)
		return NULL;
	return mem_printf("version %" PRId64
			  " was saved meanwhile; if this is still what you want, repeat with --if-version %"
			  PRId64, current, current);
}

void problem_print(const struct request *request, const struct reply *reply, const char *next, FILE *f)
{
	struct json_object *json = reply->json;
	const char *title = member_text(json, "title", "the server refused, without a reason");
	const char *code = member_text(json, "code", ""), *detail = member_text(json, "detail", "");
	char *head = mem_printf("%s (%ld%s%s)", title, reply->status, *code == '\0' ? "" : " ", code),
	     *where = mem_printf("%s %s", request->method, request->path), *stale = stale_next(json, code);

	print_line("cvnctl: ", head, f);
	print_line("  ", strcmp(detail, title) == 0 ? "" : detail, f);
	listing_errors(member_list(json, "errors"), f, 2);
	listing_diff(member_list(json, "diff"), f, 2);
	if (reply->retry_after_s > 0)
		fprintf(f, "  not before %ld s from now\n", reply->retry_after_s);
	print_rest(&(struct problem){.where = where,
				     .next = next != NULL ? next : stale != NULL ? stale : find_next(code),
				     .request_id = member_text(json, "instance", reply->request_id)},
		   f);
	free(stale);
	free(where);
	free(head);
}
