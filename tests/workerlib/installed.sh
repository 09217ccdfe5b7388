#!/usr/bin/env bash
# The worker library as others have it: tests/workerlib/installed.sh PREFIX. Everything is found through pkg-config in
# that installed tree, nothing in the checkout but the examples and the list of symbols. TAP.
set -euo pipefail

PREFIX=$1
ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
count=0
failed=0

# result NAME COMMAND...: a line of TAP; passed when the command ends well. What it printed is shown when not.
result() {
	local name=$1 said
	shift
	count=$((count + 1))
	if said=$("$@" 2>&1); then
		echo "ok $count - $name"
	else
		failed=$((failed + 1))
		echo "not ok $count - $name"
		printf '%s\n' "$said" | sed 's/^/# /'
	fi
}

# variable NAME: of the .pc file.
variable() { pkg-config --variable="$1" cvnworker; }

words() { # words COMMAND...: what it prints, as an array in REPLY
	read -ra REPLY < <("$@")
}

# ---- the header ----

# header COMPILER LANGUAGE STANDARD
header() {
	words pkg-config --cflags cvnworker
	echo '#include <cvnworker.h>' |
		"$1" -x "$2" "-std=$3" -Wall -Wextra -Wpedantic -Wshadow -Werror "${REPLY[@]}" -c -o "$WORK/header.o" -
}

# ---- the example ----

# build TARGET FLAGS...: the example in C, as its author would.
build() {
	local target=$1
	shift
	words pkg-config --cflags "$@" cvnworker
	local -a cflags=("${REPLY[@]}")
	words pkg-config --libs "$@" cvnworker
	gcc -std=c11 -O2 -Wall -Wextra -Werror "${cflags[@]}" -o "$target" "$ROOT/workerlib/examples/paper_trader.c" "${REPLY[@]}"
}

# Without options it says what is missing, in a line of JSON of its own: so it has been linked, and runs.
runs() {
	local said
	said=$(env -u CVN_DATABASE -u CVN_URL -u CVN_ENVIRONMENT "LD_LIBRARY_PATH=$2" "$1" --no-such-flag 2>&1) && return 1
	echo "$said"
	[[ $said ]] && [[ $said != *"error while loading shared libraries"* ]]
}

needs_library() { readelf -d "$1" | grep -F "NEEDED" | grep -qF libcvnworker; }

shared_example() {
	build "$WORK/shared" && needs_library "$WORK/shared" && runs "$WORK/shared" "$(variable libdir)"
}

# With no shared library to be found, -lcvnworker is the static one.
static_example() {
	mkdir -p "$WORK/lib"
	cp "$(variable libdir)/libcvnworker.a" "$WORK/lib/"
	words pkg-config --cflags cvnworker
	local -a cflags=("${REPLY[@]}")
	words pkg-config --define-variable=libdir="$WORK/lib" --static --libs cvnworker
	gcc -std=c11 "${cflags[@]}" -o "$WORK/static" "$ROOT/workerlib/examples/paper_trader.c" "${REPLY[@]}"
	! needs_library "$WORK/static" && runs "$WORK/static" /nonexistent
}

# ---- symbols ----

listed() { sed -n 's/^[[:space:]]*\(cvn_[a-z_]*\);.*/\1/p' "$ROOT/workerlib/cvnworker.map" | sort; }
declared() { gcc -E -P "$(variable includedir)/cvnworker.h" | tr '\n' ' ' | grep -oE '\bcvn_[a-z_]+ ?\([^*)]' | grep -oE 'cvn_[a-z_]+' | sort -u; }
exported() { nm -D --defined-only "$(variable libdir)/libcvnworker.so" | awk '$2 ~ /^[TDBRVW]$/ { print $3 }' | sort; }
of_archive() { nm --defined-only "$(variable libdir)/libcvnworker.a" | awk '$2 ~ /^[TDBRVWC]$/ { print $3 }' | sort; }

# same A B: two lists that are equal, and not empty.
same() {
	diff <("$1") <("$2") && [[ $("$1") ]]
}

versioned() { sed 's/$/@@CVNWORKER_0.1/' < <(listed); }

soname() {
	readelf -d "$(variable libdir)/libcvnworker.so" | grep -F 'soname: [libcvnworker.so.0]'
}

# No exit, no print, no signal handler, no locale, no environment: what would need one of these is not called.
quiet() {
	local calls
	calls=$(nm -D --undefined-only "$(variable libdir)/libcvnworker.so" | awk '{ print $2 }' | sed 's/@.*//' |
		grep -xE '_?exit|_Exit|quick_exit|abort|(__)?v?f?printf(_chk)?|puts|fputs|putchar|perror|syslog|std(out|err)|signal|sigaction|raise|kill|alarm|setlocale|uselocale|setenv|putenv|srand|rand|strto(d|f|ld)|atof' || true)
	[[ -z $calls ]] || { echo "$calls"; return 1; }
}

version() {
	[[ $(pkg-config --modversion cvnworker) == "$(sed -n 's/^AC_INIT(\[cvn-config\], \[\(.*\)\])/\1/p' "$ROOT/configure.ac")" ]]
}

python_module() {
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(variable pythondir) CVNWORKER_LIBRARY=$(variable libdir)/libcvnworker.so.0 \
		python3 -W error -c 'import cvnworker; cvnworker._load(None)'
}

manuals() {
	local page
	for page in cvnworker cvn_boundary cvn_callback cvn_options cvn_param cvn_state cvn_worker; do
		[[ -s $PREFIX/share/man/man3/$page.3 ]] || { echo "$page.3 is not installed"; return 1; }
	done
}

result "the header compiles alone in C, gcc" header gcc c c11
result "the header compiles alone in C, clang" header clang c c11
result "the header compiles alone in C of 1999" header gcc c c99
result "the header compiles alone in C++, g++" header g++ c++ c++11
result "the header compiles alone in C++, clang++" header clang++ c++ c++17
result "the example builds and runs with the shared library" shared_example
result "the example builds and runs with the static library" static_example
result "the header declares what the list of symbols has" same declared listed
result "the shared library has these symbols and no others, with their version" same exported versioned
result "the static library has these symbols and no others" same of_archive listed
result "the name to link to is libcvnworker.so.0" soname
result "nothing exits, prints, or touches signals or the locale" quiet
result "pkg-config tells the version" version
result "the Python module is installed, and loads the library" python_module
result "the manual pages are installed" manuals
echo "1..$count"
[ "$failed" -eq 0 ]
