#!/bin/sh
# The manual pages: clean for mandoc, and as complete as the tables of options and the library's list of symbols. TAP.
set -u
cd "$(dirname "$0")/../../man" || exit 1
count=0
failed=0

# result OK NAME DETAILS: one line of TAP; the details are shown when it failed.
result() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $2"
		printf '%s\n' "$3" | sed 's/^/# /'
	fi
}

# documents PAGE PATTERN NAMES: each name, put in the place of @ in the pattern, is a line or part of one in the page; a
# + in a name is a blank.
documents() {
	missing=
	for name in $3; do
		grep -qF -e "$(printf '%s' "$2" | sed "s/@/$name/" | tr + ' ')" "$1" || missing="$missing $name"
	done
	[ -n "$3" ] && [ -z "$missing" ]
	result $? "$1 documents all that the code has" "missing:${missing:- the code has nothing}"
}

flags() {
	sed -n 's/.*\.flag = "\([a-z-]*\)".*/\1/p' "$1"
}

for page in *.[0-9]; do
	said=$(mandoc -Tlint "$page" 2>&1)
	result $? "$page is clean" "$said"
done
documents cvnctl.1 'Fl \-@' "$(sed -n 's/.*{\.name = "\([a-z-]*\)".*/\1/p' ../fcgi/ctl/args.c)"
documents cvnctl.1 '.It Cm @' "$(sed -n -e 's/.*\.noun = "\([a-z]*\)", \.verb = "\([a-z]*\)".*/\1+\2/p' \
	-e 's/.*\.noun = "\([a-z]*\)", \.operands.*/\1/p' ../fcgi/ctl/command.c)"
documents cvnctl.1 '.It Ev @' "$(sed -n 's/.*\.env = "\([A-Z_]*\)".*/\1/p' ../fcgi/ctl/args.c)"
documents cvn-config-api.8 'Fl \-@' "$(flags ../fcgi/api/main.c)"
documents cvn-config-notifier.8 'Fl \-@' "$(flags ../fcgi/notifier/main.c)"

# Every function of the worker library is in the synopsis of one page and of no other, and under its names.
synopses=$(awk '/^\.Sh/ { inside = $2 == "SYNOPSIS" } inside && $1 == ".Fn" { print $2 }' ./*.3 | sort)
names=$(awk '/^\.Sh/ { inside = $2 == "NAME" } inside && $1 == ".Nm" && $2 ~ /^cvn_/ { print $2 }' ./*.3 | sort)
functions=$(sed -n 's/^[[:space:]]*\(cvn_[a-z_]*\);.*/\1/p' ../workerlib/cvnworker.map | sort)
[ -n "$functions" ] && [ "$synopses" = "$functions" ] && [ "$names" = "$functions" ]
result $? "every function of the worker library has one page" "$(printf '%s\n' "$synopses" "$names" "$functions" | sort | uniq -c | awk '$1 != 3')"
documents cvn_options.3 '.It Li @' "$(sed -n 's/^[[:space:]]*\[OPTION_[A-Z_]*\] = {"\([a-z_]*\)".*/\1/p' ../workerlib/options.c)"
documents cvnworker.3 '.It Dv @' "$(sed -n 's/^[[:space:]]*\(CVN_E_[A-Z_]*\) = .*/\1/p' ../workerlib/cvnworker.h)"
documents cvn_state.3 '.It Dv @' "$(sed -n '/^typedef enum cvn_state/,/^}/s/^[[:space:]]*\(CVN_[A-Z_]*\).*/\1/p' ../workerlib/cvnworker.h)"
echo "1..$count"
[ "$failed" -eq 0 ]
