#!/bin/sh
# One corpus through every build of the core: natively by gcc and clang, and as WebAssembly. Their answers must be
# the expected ones and the same to the byte. Prints TAP.
#   differential.sh BUILDDIR [SEED]       BUILDDIR has static/core.wasm; SEED draws the cases of the oracle
set -u
usage() { echo "usage: differential.sh BUILDDIR [SEED]" >&2; exit 2; }
if [ $# -lt 1 ] || [ ! -d "$1" ]; then
	usage
fi
build=$(cd "$1" && pwd)
seed=${2:-20240229}
rounds=20000
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failed=0
count=0

# Says how test number $count went, by the exit status $1; $3 is a file of what to show when it failed.
report() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=1
		[ -z "${3:-}" ] || head -n 20 "$3" | cut -c 1-300 | sed 's/^/# /'
	fi
}

sources="$here/corpus.c $here/corpus_config.c $here/corpus_verb.c $here/properties.c $here/runner.c"
for file in "$top"/workerlib/core/*.c; do
	case $file in */wasm.c) ;; *) sources="$sources $file" ;; esac
done

compile() {
	out=$1
	shift
	# shellcheck disable=SC2086 # the list of sources is words
	"$@" -std=c11 -Wall -Wextra -Werror -I "$top" -o "$work/$out" $sources >"$work/log" 2>&1
	report $? "$out builds" "$work/log"
}

run() {
	program=$1
	shift
	case $program in
	wasm) node --no-warnings "$here/wasi.mjs" "$work/wasm" "$@" ;;
	*) "$work/$program" "$@" ;;
	esac
}

# Replays corpus $2, a file, in build $1 and compares the answers with those of the first build.
replay() {
	corpus=$(basename "$2")
	run "$1" "$corpus" <"$2" >"$work/answers.$1" 2>"$work/wrong"
	status=$?
	report $status "$corpus: $1 gives the expected answers, $(tail -n 1 "$work/answers.$1")" "$work/wrong"
	[ "$1" = gcc ] && return
	diff "$work/answers.gcc" "$work/answers.$1" >"$work/differs" 2>&1
	report $? "$corpus: $1 and gcc answer the same bytes" "$work/differs"
}

compile gcc "${GCC:-gcc}" -O2
compile clang "${CLANG:-clang}" -O2 -fsanitize=undefined -fno-sanitize-recover=all
compile wasm "${WASM_CC:-clang}" -O2 --target=wasm32-wasi -Wl,-z,stack-size=1048576

node "$here/oracle.mjs" "$seed" "$rounds" >"$work/oracle-$seed.tsv" 2>"$work/log"
report $? "the oracle draws $rounds cases a kind from seed $seed" "$work/log"
node "$here/json_cases.mjs" >"$work/json-cases.tsv" 2>"$work/log"
report $? "JSON.parse agrees with the table of JSON: $(head -n 1 "$work/log")" "$work/log"
for path in "$here"/corpus/*.tsv "$work/json-cases.tsv" "$work/oracle-$seed.tsv"; do
	for program in gcc clang wasm; do
		replay "$program" "$path"
	done
done

for program in gcc clang wasm; do
	run "$program" --properties "$seed" "$rounds" >"$work/answers.$program" 2>"$work/log"
	report $? "$program: the properties hold, $(cat "$work/answers.$program")" "$work/answers.$program"
	cmp -s "$work/answers.gcc" "$work/answers.$program"
	report $? "$program: the properties were tried on the same answers" "$work/answers.$program"
done

esbuild=
for place in "$top/static/node_modules" "$top/tests/node_modules" ${NODE_PATH:+"$NODE_PATH"}; do
	[ -n "$esbuild" ] || [ ! -x "$place/.bin/esbuild" ] || esbuild=$place/.bin/esbuild
done
if [ ! -f "$build/static/core.wasm" ]; then
	report 1 "$build/static/core.wasm is built"
elif [ -z "$esbuild" ]; then
	count=$((count + 1))
	echo "ok $count - the console's core # SKIP esbuild is not installed"
else
	"$esbuild" "$top/static/src/core.ts" --format=esm --log-level=error --outfile="$work/core.mjs" &&
		node "$here/wrapper.mjs" "$build/static/core.wasm" "$work/core.mjs" "$here"/corpus/*.tsv >"$work/wrong" 2>&1
	report $? "core.wasm behind core.ts answers as the native core does; $(tail -n 1 "$work/wrong" | sed 's/^# //')" "$work/wrong"
fi

echo "1..$count"
exit $failed
