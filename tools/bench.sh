#!/usr/bin/env bash
# ./dev bench [NAME...]: measures on a stack of its own and prints one table: name, ours, baseline, ratio, target.
# A benchmark is a file in tests/bench that prints such rows, with tabs between; NAME is its name without the ending.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

STATE=''

leave() {
	local status=$?
	trap '' TERM INT HUP EXIT
	if [[ $STATE ]]; then
		"$ROOT/tools/stop.sh" --state "$STATE" >/dev/null || true
		rm -rf "$STATE"
	fi
	exit "$status"
}

# measure FILE: its rows on standard output.
measure() {
	local program
	program=$BUILD/bench/$(basename "$1" .c)
	case $1 in
	*.mjs) CVN_STATE=$STATE node "$1" ;;
	*.c)
		export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig
		mkdir -p "$BUILD/bench"
		# shellcheck disable=SC2046 # words
		gcc -std=gnu11 -O2 -Wall -Wextra -Werror $(pkg-config --cflags cvnworker) -o "$program" "$1" \
			$(pkg-config --libs cvnworker) "-Wl,-rpath,$PREFIX/lib"
		CVN_DATABASE=$(sed -n 's/.*"worker_database": "\(.*\)",/\1/p' "$STATE/run.json") "$program"
		;;
	esac
}

main() {
	local file name wanted=" $* "
	local -a files=()
	for file in "$ROOT"/tests/bench/*.{mjs,c}; do
		name=$(basename "${file%.*}")
		if (($# == 0)) || [[ $wanted == *" $name "* ]]; then files+=("$file"); fi
	done
	((${#files[@]})) || fail "no such benchmark: $*"
	trap leave EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	STATE=$(mktemp -d /tmp/cvn-bench-XXXXXXXX)
	chmod 755 "$STATE"
	"$ROOT/tools/run.sh" --detach --state "$STATE" --port "$(free_port)" >&2
	{
		printf 'name\tours\tbaseline\tratio\ttarget\n'
		for file in "${files[@]}"; do measure "$file"; done
	} | awk -F '\t' '{ printf "%-22s %-12s %-22s %6s  %s\n", $1, $2, $3, $4, $5 }'
}

main "$@"
