#!/usr/bin/env bash
# ./dev check [--long]: builds with both compilers and runs every test there is. The last line counts them. With --long
# what has a short and a full form runs in full: storms, faults, crowds; and analysis, fuzzing, valgrind and servers with
# sanitizers besides. Less than an hour in all.
#
# A suite is a program that prints TAP (or a log in TAP); one that says nothing, or ends badly without a failed test,
# counts as a failure. Suites are found where they lie, so that a new one is run from its first day.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

RESULTS=$BUILD/check
STATE='' SUITE_PID='' COUNTER=0
LONG='' # --long
LIMIT_S=1200 # of a suite
# One file after the other: on one stack what a file freezes, locks or makes critical for a moment would else be met by
# others, on machines with more than two processors and on no other.
FILES=(node --test --test-reporter=tap --test-concurrency=1)
PASSED=0 FAILED=0 SKIPPED=0

# add NAME PASSED FAILED SKIPPED SECONDS
add() {
	((PASSED += $2)) || true
	((FAILED += $3)) || true
	((SKIPPED += $4)) || true
	printf '%-44s %5d passed %3d failed %3d skipped %4d s\n' "$1" "$2" "$3" "$4" "$5"
}

# suite NAME COMMAND...: runs it, counts its TAP, shows what failed. TAP_LOG, where set, is the file the program writes
# its TAP to instead of standard output.
suite() {
	local name=$1 start=$SECONDS status=0 output tap passed failed skipped
	shift
	((++COUNTER))
	output=$RESULTS/$COUNTER-$(tr -cs 'a-zA-Z0-9\n' - <<<"$name").log
	setsid timeout --kill-after=10 "$LIMIT_S" "$@" >"$output" 2>&1 </dev/null &
	SUITE_PID=$!
	wait "$SUITE_PID" || status=$?
	kill -KILL -- "-$SUITE_PID" 2>/dev/null || true # what it left behind
	SUITE_PID=''
	tap=${TAP_LOG:-$output}
	[[ -e $tap ]] || tap=/dev/null
	read -r passed failed skipped < <(awk -f "$ROOT/tools/tap.awk" "$tap")
	if ((failed == 0)) && { ((status != 0)) || ((passed + skipped == 0)); }; then
		failed=1
		echo "$name: exit $status with no failed test, or no test at all" >>"$output"
	fi
	add "$name" "$passed" "$failed" "$skipped" $((SECONDS - start))
	if ((failed)); then show "$name" "$tap" "$output"; fi
}

# show NAME TAP LOG: what failed there. How the log ends, too, where it is not that TAP or the TAP tells of nothing.
show() {
	local failures
	failures=$(awk -f "$ROOT/tools/tap_failed.awk" "$2" | sed -n 1,200p)
	{
		printf '%s: all of it in %s\n' "$1" "$3"
		if [[ $failures ]]; then printf '%s\n' "$failures"; fi
		if [[ $2 != "$3" || ! $failures ]]; then tail -n 60 "$3"; fi
	} | sed '2,$s/^/    | /' | tee -a "$RESULTS/failures"
}

# task NAME COMMAND...: a step that is itself a test: passed when it ends well.
task() {
	local name=$1 start=$SECONDS
	shift
	if "$@"; then add "$name" 1 0 0 $((SECONDS - start)); else add "$name" 0 1 0 $((SECONDS - start)); fi
}

# check_suites TREE NAME: the Check programs of a build tree.
check_suites() {
	local program
	while IFS= read -r program; do
		TAP_LOG=$RESULTS/$1-${program##*/}.tap
		rm -f "$TAP_LOG"
		suite "${program#"$BUILD/$1/tests/"} ($2)" env "CK_TAP_LOG_FILE_NAME=$TAP_LOG" CK_VERBOSITY=normal CK_DEFAULT_TIMEOUT=60 "CVN_SRCDIR=$ROOT" \
			"CVN_TEST_DATABASE=$(fresh_database "${1}_${program##*/}")" "CVN_TEST_STACK=$(stack_fact database)" \
			"CVN_TEST_API=$(port_of url)" "CVN_TEST_NOTIFIER=$(port_of notifier)" "$program"
		TAP_LOG=''
	done < <(find "$BUILD/$1/tests" -type f -name 'check_*' -perm -u+x -not -path '*/.libs/*' | sort)
}

# fresh_database NAME: a database with schema and demo, on the stack's server; prints the owner's connection string.
fresh_database() {
	local host
	host=$(socket_directory)
	PGOPTIONS='-c client_min_messages=warning' psql -X -q -d "host=$host user=postgres dbname=postgres" -c "drop database if exists $1" -c "create database $1" >&2
	"$ROOT/sql/apply" "host=$host user=postgres dbname=$1" --demo >&2
	echo "host=$host user=cvn_owner dbname=$1"
}

# stack_fact MEMBER: a text of run.json. port_of MEMBER: the port at the end of a URL there.
stack_fact() { sed -n "s/^ *\"$1\": \"\(.*\)\",*$/\1/p" "$STATE/run.json"; }
port_of() { stack_fact "$1" | sed 's/.*://'; }

socket_directory() { sed -n 's/.*"database": "host=\([^ ]*\) .*/\1/p' "$STATE/run.json"; }

build_everything() {
	local -a missing groups=(run check ${LONG:+long})
	mapfile -t missing < <("$ROOT/tools/packages.sh" missing "${groups[@]}")
	if ((${#missing[@]})); then step "installing packages" "$ROOT/tools/packages.sh" install "${groups[@]}"; fi
	"$ROOT/tools/build.sh" all
	"$ROOT/tools/build.sh" npm tests
	task "build with gcc, warnings are errors" "$ROOT/tools/build.sh" tests gcc
	task "build with clang, sanitizers, warnings are errors" "$ROOT/tools/build.sh" tests clang
	task "build with the thread sanitizer" "$ROOT/tools/build.sh" tests tsan
}

start_stack() { # [WORKERS]
	STATE=$(mktemp -d /tmp/cvn-check-XXXXXXXX)
	chmod 755 "$STATE"
	"$ROOT/tools/run.sh" --detach --state "$STATE" --port "$(free_port)" --workers "${1:-2}" >"$RESULTS/stack.log" 2>&1
}

# with_stack NAME WORKERS FUNCTION: the suites of FUNCTION on a stack of their own.
with_stack() {
	local start=$SECONDS
	if start_stack "$2"; then
		add "$1" 1 0 0 $((SECONDS - start))
		"$3"
	else
		add "$1" 0 1 0 $((SECONDS - start))
		show "$1" /dev/null "$RESULTS/stack.log"
	fi
	stop_stack "$3"
}

stop_stack() {
	[[ $STATE ]] || return 0
	"$ROOT/tools/stop.sh" --state "$STATE" >/dev/null || true
	mkdir -p "$RESULTS/${1:-stack}"
	cp -R "$STATE"/{log,dev.log,*.jsonl} "$RESULTS/${1:-stack}/" 2>/dev/null || true
	rm -rf "$STATE"
	STATE=''
}

leave() {
	local status=$?
	trap '' TERM INT HUP EXIT
	end_step
	if [[ $SUITE_PID ]]; then
		kill -TERM -- "-$SUITE_PID" 2>/dev/null || true
		end_groups 10 "$SUITE_PID"
	fi
	stop_stack
	exit "$status"
}

sources_suites() {
	local script
	suite "layers" "$ROOT/tests/layers"
	task "shellcheck" shellcheck -x "$ROOT/dev" "$ROOT"/tools/*.sh "$ROOT"/tests/workerlib/*.sh "$ROOT/tests/layers" "$ROOT/tests/fuzz/run" "$ROOT/deploy/audit/verify-heads" "$ROOT"/tests/analysis/{static,quiet,valgrind}
	for script in "$ROOT"/tests/docs/*.sh; do suite "docs/${script##*/}" "$script"; done
	suite "contract: static/openapi.yaml" node --test --test-reporter=tap "$ROOT/tests/contract/lint.test.mjs"
	suite "core: one corpus, every build" "$ROOT/tests/core/differential.sh" "$BUILD/gcc"
	suite "worker library, as it is installed" "$ROOT/tests/workerlib/installed.sh" "$PREFIX"
	task "make check, without a server" step "checking without a server" env CVN_SEQUENCES=100 make -C "$BUILD/gcc" check
	suite "faults: the checker" node --test --test-reporter=tap "$ROOT/tests/faults/checker.test.mjs"
}

# The boundary machine: random lives, and bugs seeded into it that the lives must find.
machine_suites() {
	suite "machine: properties (gcc)" "$BUILD/gcc/tests/workerlib/properties"
	suite "machine: properties (clang, sanitizers)" env CVN_SEED=1000000 CVN_SEQUENCES=10000 "$BUILD/clang/tests/workerlib/properties"
	suite "machine: seeded bugs" node --test --test-reporter=tap "$ROOT/tests/workerlib/mutants.test.mjs"
}

stack_suites() {
	local area seen
	local -a files
	suite "sql" "$ROOT/tests/sql/run" "host=$(socket_directory) user=postgres"
	check_suites gcc gcc
	check_suites clang "clang, sanitizers"
	for area in storm engine; do CK_RUN_SUITE=$area check_suites tsan "$area, thread sanitizer"; done
	seen=$RESULTS/contract-seen
	: >"$seen"
	for area in core dev api roles security notifier worker ctl deploy console; do
		mapfile -t files < <(compgen -G "$ROOT/tests/$area/*.test.mjs")
		((${#files[@]})) || continue
		suite "$area, on the stack" env "CVN_STATE=$STATE" "CVN_SCREENSHOT_DIR=$BUILD/screenshots" \
			"CVN_BIN=$PREFIX/bin" "CVN_CROWD=${LONG:+full}" "CVN_CONTRACT_SEEN=$seen" "${FILES[@]}" "${files[@]}"
	done
	suite "python, on the stack" env "CVN_STATE=$STATE" "CVN_PREFIX=$PREFIX" PYTHONDONTWRITEBYTECODE=1 python3 "$ROOT/tests/python/tap.py"
	suite "contract: every operation was heard" env "CVN_CONTRACT_SEEN=$seen" \
		node --test --test-reporter=tap "$ROOT/tests/contract/seen.test.mjs"
}

# What is done to the faulted stack shows in its logs and its timing, so it is nobody else's; and one file at a time.
faults_suites() {
	local file
	for file in "$ROOT"/tests/faults/*.test.mjs; do
		[[ $file == */checker.test.mjs ]] && continue
		suite "faults: $(basename "$file" .test.mjs)" env "CVN_STATE=$STATE" "CVN_BIN=$PREFIX/bin" "CVN_LONG=$LONG" \
			node --test --test-reporter=tap "$file"
	done
}

# The API's tests over servers that are built with sanitizers, and what these had to say, until their end.
sanitized_suites() {
	local area
	local -a files
	for area in api roles security; do
		mapfile -t files < <(compgen -G "$ROOT/tests/$area/*.test.mjs")
		suite "$area, on servers with sanitizers" env "CVN_STATE=$STATE" "CVN_BIN=$PREFIX/bin" CVN_SANITIZED=yes \
			"${FILES[@]}" "${files[@]}"
	done
	"$ROOT/tools/stop.sh" --state "$STATE" >/dev/null
	suite "sanitizers: nothing to say" "$ROOT/tests/analysis/quiet" "$BUILD"/clang/fcgi/cvn-config-{api,notifier} -- \
		"$(readlink -e "$STATE/home" || echo "$STATE")"/log/cvn-config-{api,notifier}.log
}

# What takes its time.
long_suites() {
	suite "static analysis: gcc, clang-tidy" "$ROOT/tests/analysis/static"
	suite "valgrind: what needs no server" "$ROOT/tests/analysis/valgrind" "$BUILD/gcc"
	suite "fuzz: a million inputs each" "$ROOT/tests/fuzz/run" "$BUILD/fuzz" 1000000 json value rule payload message \
		head question watch bodies params query authorization
	suite "fuzz: records, which are slow" "$ROOT/tests/fuzz/run" "$BUILD/fuzz" 100000 records
	CVN_SERVERS=$BUILD/clang/fcgi with_stack "a stack with sanitizers starts" 2 sanitized_suites
}

main() {
	case "$*" in
	'') ;;
	--long) LONG=yes LIMIT_S=1500 ;;
	*) fail "usage: ./dev check [--long]" ;;
	esac
	trap leave EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	rm -rf "$RESULTS"
	mkdir -p "$RESULTS"
	build_everything
	sources_suites
	machine_suites
	with_stack "the stack starts" 2 stack_suites
	with_stack "a stack to be faulted starts" 5 faults_suites
	if [[ $LONG ]]; then long_suites; fi
	trap - EXIT
	if [[ -s $RESULTS/failures ]]; then cat "$RESULTS/failures"; fi # once more, where the end alone is read
	say "$PASSED passed, $FAILED failed, $SKIPPED skipped"
	((FAILED == 0))
}

main "$@"
