#!/bin/sh
# INTERFACES.md against the tables of the code, both ways: a route, event, metric or relation that is only in one of
# them fails. Reads sources, needs nothing running. TAP.
# shellcheck disable=SC2016 # the back quotes are those of Markdown
set -u
cd "$(dirname "$0")/../.." || exit 1
doc=INTERFACES.md
count=0
failed=0

# section HEADING: the lines from that heading to the next of any level.
section() {
	awk -v heading="$1" '/^#/ { inside = ($0 == heading) } inside' "$doc"
}

# same WHAT DOCUMENTED CODED: two lists, one name a line, must be equal and must not be empty.
same() {
	count=$((count + 1))
	documented=$(printf '%s\n' "$2" | sort -u)
	coded=$(printf '%s\n' "$3" | sort -u)
	if [ -n "$coded" ] && [ "$documented" = "$coded" ]; then
		echo "ok $count - $1 are those of the code"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $1 are those of the code"
	[ -n "$coded" ] || echo "# the code's table was not found"
	printf '%s\n' "$documented" "$documented" "$coded" | sort | uniq -u | sed '/^$/d; s/^/# only in the code: /'
	printf '%s\n' "$documented" "$coded" "$coded" | sort | uniq -u | sed '/^$/d; s/^/# only in the document: /'
}

# The names in the first column: `name`, without labels.
first_column() {
	sed -n 's/^| `\([^`{]*\).*/\1/p'
}

# The routes of a table, `METHOD /path`, with the word in the column beside. What a placeholder is called is not compared.
routes_column() {
	sed -n 's/^| `\([A-Z]* [^`]*\)` | \([^ |]*\).*/\1 \2/p' | any_placeholder
}

any_placeholder() {
	sed 's/{[a-z]*}/{}/g'
}

# A row may be several lines: they are joined, and cut at the rows' ends.
api_routes() {
	sed -n '/route_table\[\] = {/,/^};/p' fcgi/api/route.c | tr -d '\n\t' | sed 's/},/},\n/g' |
		sed -n 's/.*METHOD_\([A-Z]*\), *\.pattern = "\([^"]*\)".*\.roles = ROLE_\([A-Z]*\).*/\1 \/\2 \L\3/p' | any_placeholder
}

# The paths of static/openapi.yaml with their methods.
contract_routes() {
	awk '/^  \/.*:$/ { path = substr($1, 1, length($1) - 1) }
		/^    (get|post|put|patch|delete):$/ { print toupper(substr($1, 1, length($1) - 1)), path }' static/openapi.yaml | any_placeholder
}

notifier_routes() {
	sed -n 's/^[[:space:]]*{"\(\/[^"]*\)", .*/\1/p' fcgi/notifier/main.c | sed 's/^\/api//; s/\/$/\/{env}/; s/^/GET /'
}

# noun verb, or noun alone.
documented_commands() {
	section '## Commands' | sed -n 's/^| `\([a-z]*\)` | \(.*\) |$/\1 \2/p' | tr -d '`,' |
		awk '{ for (i = 2; i <= NF; i++) print $2 == "none" ? $1 : $1 " " $i }'
}

coded_commands() {
	sed -n -e 's/.*\.noun = "\([a-z]*\)", \.verb = "\([a-z]*\)".*/\1 \2/p' \
		-e 's/.*\.noun = "\([a-z]*\)", \.operands.*/\1/p' fcgi/ctl/command.c
}

same 'the commands of cvnctl' "$(documented_commands)" "$(coded_commands)"
same 'the routes of the API, and who may call them,' "$(section '### Routes of cvn-config-api' | routes_column)" "$(api_routes)"
same 'the routes of the notifier' "$(section '### Routes of cvn-config-notifier' | routes_column | cut -d ' ' -f 1-2)" \
	"$(notifier_routes | any_placeholder)"
same 'the routes in static/openapi.yaml' "$(contract_routes)" \
	"$(api_routes | cut -d ' ' -f 1-2; notifier_routes | any_placeholder | grep -v -e ' /metrics$' -e ' /livez$' -e ' /readyz$')"
same 'the events' "$(section '### Routes of cvn-config-notifier' | first_column | grep -v ' ')" \
	"$(sed -n 's/.*\[EVENT_[A-Z_]*\] = "\([a-z_]*\)".*/\1/p' fcgi/notifier/event.c)"
same 'the metrics' "$(section '## Metrics' | first_column)" \
	"$(sed -n 's/^[[:space:]]*{"\(cvn_[a-z_]*\)".*/\1/p' fcgi/notifier/metrics.c)"
same 'the relations' "$(section '## Database' | first_column | grep -v -e '^cvn_' -e '^config_changed$' -e '^config_event$')" \
	"$(sed -n -E 's/^create (or replace )?(table|view) ([a-z_]*).*/\3/p' sql/patches/*.sql sql/views/*.sql)"
same 'the roles' "$(section '## Database' | first_column | grep '^cvn_')" \
	"$(sed -n 's/^--   \(cvn_[a-z]*\) .*/\1/p' sql/roles.sql)"
echo "1..$count"
[ "$failed" -eq 0 ]
