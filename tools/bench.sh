#!/usr/bin/env bash
# ./dev bench [--check] [--write] [NAME...]: measures on stacks of its own and prints one table: name, ours, baseline, ratio
# with least and most, target, met or MISSED. --check: exits 1 where a target is missed or a benchmark fails. --write: the
# table into README.md and its plot into docs/bench/, which takes all of them.
#
# A benchmark is a file tests/bench/NAME.mjs that prints its rows (tests/bench/lib/bench.mjs); each has a stack to itself,
# so that none finds what another left. What they load it with, and what they compare it with, is in tests/bench/programs.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

STATE='' MEASURE_PID='' CHECK='' WRITE='' FAILED=''
NAMES=()
BIN=$BUILD/bench
RESULTS=$BIN/results.jsonl

leave() {
	local status=$?
	trap '' TERM INT HUP EXIT
	end_step
	if [[ $MEASURE_PID ]]; then
		kill -TERM -- "-$MEASURE_PID" 2>/dev/null || true
		end_groups 15 "$MEASURE_PID"
	fi
	stop_stack
	exit "$status"
}

start_stack() {
	STATE=$(mktemp -d /tmp/cvn-bench-XXXXXXXX)
	chmod 755 "$STATE"
	"$ROOT/tools/run.sh" --detach --state "$STATE" --port "$(free_port)" --workers 0 >"$BIN/stack.log" 2>&1 || {
		tail -n 40 "$BIN/stack.log" >&2
		return 1
	}
}

stop_stack() {
	[[ $STATE ]] || return 0
	"$ROOT/tools/stop.sh" --state "$STATE" >/dev/null || true
	rm -rf "$STATE"
	STATE=''
}

# compile SOURCE...: the first one names the program.
compile() {
	# shellcheck disable=SC2046 # words
	gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror $(pkg-config --cflags cvnworker libpq) -I"$ROOT" -o "$BIN/$(basename "$1" .c)" "$@" \
		$(pkg-config --libs cvnworker libpq) -lfcgi "-Wl,-rpath,$PREFIX/lib"
}

build_programs() {
	local source folder=$ROOT/tests/bench/programs
	export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig
	for source in "$folder"/*.c; do
		case ${source##*/} in
		client.c) ;;
		plan.c) compile "$source" "$folder/client.c" "$ROOT"/workerlib/core/*.c ;;
		*) compile "$source" "$folder/client.c" ;;
		esac
	done
	compile "$ROOT/tests/notifier/crowd.c"
}

prepare() {
	local -a missing
	mkdir -p "$BIN"
	: >"$RESULTS"
	mapfile -t missing < <("$ROOT/tools/packages.sh" missing run bench)
	if ((${#missing[@]})); then step "installing packages" "$ROOT/tools/packages.sh" install run bench >&2; fi
	"$ROOT/tools/build.sh" all >&2
	"$ROOT/tools/build.sh" npm tests >&2
	"$ROOT/tools/build.sh" npm tests/bench/peers >&2
	build_programs
}

# measure NAME: its rows, on a stack of its own.
measure() {
	local start=$SECONDS status=0
	start_stack || status=$?
	if ((status == 0)); then
		CVN_STATE=$STATE CVN_BENCH_BIN=$BIN setsid node "$ROOT/tests/bench/$1.mjs" >>"$RESULTS" </dev/null &
		MEASURE_PID=$!
		wait "$MEASURE_PID" || status=$?
		MEASURE_PID=''
	fi
	stop_stack
	if ((status)); then
		FAILED=yes
		printf '{"name":"%s","failed":"exit %d"}\n' "$1" "$status" >>"$RESULTS"
	fi
	say "$1: $((SECONDS - start)) s" >&2
}

read_arguments() {
	local argument
	for argument; do
		case $argument in
		--check) CHECK=--check ;;
		--write) WRITE=--write ;;
		-*) fail "usage: ./dev bench [--check] [--write] [NAME...]" ;;
		*)
			[[ -e $ROOT/tests/bench/$argument.mjs ]] || fail "no such benchmark: $argument"
			NAMES+=("$argument")
			;;
		esac
	done
	[[ -z $WRITE ]] || ((${#NAMES[@]} == 0)) || fail "--write takes all of them: leave out the names"
	if ((${#NAMES[@]} == 0)); then mapfile -t NAMES <"$ROOT/tests/bench/order"; fi
}

main() {
	local name
	read_arguments "$@"
	trap leave EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	prepare
	for name in "${NAMES[@]}"; do measure "$name"; done
	node "$ROOT/tests/bench/lib/report.mjs" "$RESULTS" $CHECK $WRITE
	[[ -z $CHECK || -z $FAILED ]]
}

main "$@"
