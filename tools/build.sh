#!/usr/bin/env bash
# tools/build.sh all              everything ./dev run needs: .build/gcc, .build/prefix, .build/examples, .build/console
# tools/build.sh tests gcc|clang  one compiler's build tree with the test programs; clang's with sanitizers
# tools/build.sh tests tsan       the worker library's test program alone, with clang's thread sanitizer
# tools/build.sh npm FOLDER       what a folder's package-lock.json names
# Out of tree; only what changed is built again.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

JOBS=$(nproc)

# newer FILE PATTERN...: is one of these files newer than FILE, or FILE not there?
newer() {
	[[ ! -e $1 ]] || [[ $(find "${@:2}" -newer "$1" -print -quit 2>/dev/null) ]]
}

make_configure() {
	if [[ -x $ROOT/configure ]] && ! newer "$ROOT/configure" "$ROOT"/configure.ac "$ROOT"/m4/cvn_*.m4; then return; fi
	step "making configure" autoreconf -fi "$ROOT"
}

# configure_tree NAME OPTION...
configure_tree() {
	local tree=$BUILD/$1
	if [[ -e $ROOT/config.status ]]; then fail "this checkout is configured in place: make distclean first"; fi
	make_configure
	mkdir -p "$tree"
	if newer "$tree/config.status" "$ROOT/configure"; then
		step "configuring ($1)" env -C "$tree" "$ROOT/configure" -q --prefix="$PREFIX" "${@:2}"
	fi
}

make_tree() {
	local -a options=("CC=$1")
	if [[ $1 == clang ]]; then options+=(--enable-sanitizers); fi
	configure_tree "$1" "${options[@]}"
	step "building ($1)" make -C "$BUILD/$1" -j "$JOBS" all
}

make_tsan() {
	configure_tree tsan CC=clang --enable-sanitizers=thread
	step "building the tests (tsan)" make -C "$BUILD/tsan" -j "$JOBS" tests/workerlib/check_worker
}

# What others use of us, they use installed.
install_tree() {
	local stamp=$BUILD/installed
	if ! newer "$stamp" "$BUILD/gcc/fcgi" "$BUILD/gcc/workerlib" "$BUILD/gcc/static" "$ROOT/man" "$ROOT/workerlib/python"; then return; fi
	step "installing into .build/prefix" make -C "$BUILD/gcc" install
	touch "$stamp"
}

make_examples() {
	step "building the example workers" make -C "$ROOT/workerlib/examples" "OUT=$BUILD/examples" \
		"PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig"
}

# npm_install FOLDER: only when its lock file changed. Nobody's install scripts run.
npm_install() {
	local stamp=$ROOT/$1/node_modules/.cvn-lock
	if cmp -s "$ROOT/$1/package-lock.json" "$stamp"; then return; fi
	step "fetching what $1 needs" npm --prefix "$ROOT/$1" ci --ignore-scripts --no-audit --no-fund
	cp "$ROOT/$1/package-lock.json" "$stamp"
}

make_console() {
	local stamp=$BUILD/console.stamp
	npm_install static
	if ! newer "$stamp" "$ROOT"/static/{src,build.mjs,openapi.yaml,tsconfig.json,package-lock.json} "$BUILD/gcc/static/core.wasm"; then return; fi
	rm -rf "$BUILD/console"
	step "building the console" env -C "$ROOT/static" node build.mjs "--outdir=$BUILD/console" \
		"--core=$BUILD/gcc/static/core.wasm"
	touch "$stamp"
}

trap end_step EXIT
trap 'exit 143' TERM INT HUP
case ${1-} in
all)
	make_tree gcc
	install_tree
	make_examples
	make_console
	;;
tests)
	if [[ ${2-} == tsan ]]; then
		make_tsan
	else
		make_tree "$2"
		step "building the tests ($2)" make -C "$BUILD/$2" -j "$JOBS" check TESTS=
	fi
	;;
npm) npm_install "$2" ;;
*) fail "usage: tools/build.sh all | tests gcc|clang|tsan | npm FOLDER" ;;
esac
