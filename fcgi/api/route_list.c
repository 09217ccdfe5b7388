#include "fcgi/api/route_list.h"

#include "fcgi/api/route.h"
#include "fcgi/ops/ops_who.h"

static void print_roles(FILE *out, unsigned roles)
{
	const char *comma = "";

	for (unsigned role = ROLE_VIEWER; role <= ROLE_WORKER; role <<= 1) {
		if ((roles & role) == 0)
			continue;
		fprintf(out, "%s\"%s\"", comma, ops_who_role_name((enum role)role));
		comma = ",";
	}
}

static const char *truth(bool is)
{
	return is ? "true" : "false";
}

/* Nothing in the table needs to be escaped: methods, names and placeholders. */
static void print_row(FILE *out, const struct route *route)
{
	static const char *const matches[] = {
		[MATCH_NONE] = "none", [MATCH_REQUIRED] = "required", [MATCH_OR_NONE] = "or_none",
	};

	fprintf(out, "{\"method\":\"%s\",\"pattern\":\"%s\",\"anybody\":%s,\"roles\":[",
		route_method_name(route->method), route->pattern, truth((route->roles & ROLE_ANYBODY) != 0));
	print_roles(out, route->roles);
	fprintf(out, "],\"everywhere\":%s,\"takes_body\":%s,\"match\":\"%s\"}", truth(route->everywhere),
		truth(route->body_limit > 0), matches[route->match]);
}

bool route_list_print(FILE *out)
{
	for (size_t i = 0; i < route_count(); i++) {
		fputs(i == 0 ? "[" : ",\n", out);
		print_row(out, &route_table[i]);
	}
	fputs("]\n", out);
	return fflush(out) == 0 && !ferror(out);
}
