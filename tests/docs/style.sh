#!/bin/sh
# STYLE.md's widths against the sources: a line of C that is longer than it says, a tab counted as it says, fails. Reads
# sources, needs nothing running. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

# number BEFORE AFTER: the number that stands between these words in STYLE.md.
number() {
	sed -n "s/.*$1\([0-9][0-9]*\)$2.*/\1/p" STYLE.md
}

columns=$(number 'lines up to ' ' columns')
tab=$(number 'a tab is ' ' of them')
if [ -z "$columns" ] || [ -z "$tab" ]; then
	echo 'not ok 1 - STYLE.md says how long a line may be, and how wide a tab is'
	echo '1..1'
	exit 1
fi

# sources: what is C of ours, built trees and what npm fetched apart.
sources() {
	find fcgi tests workerlib -name node_modules -prune -o -name '*.[ch]' -print | sort
}

# longer FILE: its lines beyond the width, as FILE:LINE: WIDTH columns.
longer() {
	expand -t "$tab" "$1" | LC_ALL=C.UTF-8 awk -v file="$1" -v most="$columns" \
		'length($0) > most { print file ":" FNR ": " length($0) " columns" }'
}

long=$(for file in $(sources); do longer "$file"; done)
count=$(sources | wc -l)
if [ "$count" -gt 0 ] && [ -z "$long" ]; then
	echo "ok 1 - no line of $count files of C is longer than $columns columns"
	echo '1..1'
	exit
fi
echo "not ok 1 - no line of $count files of C is longer than $columns columns"
printf '%s\n' "$long" | sed 's/^/# break it: /'
echo '1..1'
exit 1
