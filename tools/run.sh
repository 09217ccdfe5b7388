#!/usr/bin/env bash
# ./dev run [--port 8080] [--state DIR] [--workers N] [--detach]: installs, builds, and starts everything.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tools/state.sh
source "$ROOT/tools/state.sh"

PORT=8080 STATE_ARGUMENT=$ROOT/.state WORKERS=2 DETACH='' CHILD=''

number() { # number FLAG TEXT LEAST MOST
	if ! [[ $2 =~ ^[0-9]{1,5}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then fail "$1 is a number from $3 to $4"; fi
}

read_arguments() {
	while (($#)); do
		case $1 in
		--port | --state | --workers) (($# > 1)) || fail "$1 wants a value" ;;&
		--port) PORT=$2 && shift 2 ;;
		--state) STATE_ARGUMENT=$2 && shift 2 ;;
		--workers) WORKERS=$2 && shift 2 ;;
		--detach) DETACH=yes && shift ;;
		*) fail "usage: ./dev run [--port 8080] [--state DIR] [--workers N] [--detach]" ;;
		esac
	done
	number --port "$PORT" 1 65535
	number --workers "$WORKERS" 0 64
	[[ $STATE_ARGUMENT ]] || fail "--state wants a directory"
	PORT=$((10#$PORT)) WORKERS=$((10#$WORKERS))
}

stop_child() {
	local status=$?
	trap '' TERM INT HUP EXIT
	end_step
	if [[ $CHILD ]]; then
		kill -TERM "$CHILD" 2>/dev/null || true
		wait "$CHILD" || true
	fi
	exit "$status"
}

prepare() {
	if [[ $("$ROOT/tools/packages.sh" missing run) ]]; then
		step "installing packages" "$ROOT/tools/packages.sh" install run
	fi
	"$ROOT/tools/build.sh" all 9>&- &
	CHILD=$!
	wait "$CHILD" || exit $?
	CHILD=''
}

# detach: the supervisor in a session of its own; shows its words until it is ready or gone.
detach() {
	local log=$STATE/dev.log line part='' alive=yes
	: >"$log"
	setsid "$ROOT/tools/supervise.sh" "$STATE" "$PORT" "$WORKERS" >"$log" 2>&1 </dev/null &
	CHILD=$!
	exec 3<"$log"
	while :; do
		if IFS= read -r line <&3; then
			say "$part$line"
			if [[ $part$line == "ready: "* ]]; then break; fi
			part=''
		else
			part+=$line
			[[ $alive ]] || break
			kill -0 "$CHILD" 2>/dev/null || alive=''
			pause 0.1
		fi
	done
	if [[ ! $alive ]]; then
		local status=0
		wait "$CHILD" || status=$?
		CHILD=''
		exit $((status ? status : 1))
	fi
	CHILD=''
}

main() {
	read_arguments "$@"
	state_open "$STATE_ARGUMENT"
	state_lock
	if port_used "$PORT"; then fail "port $PORT is in use: choose another with --port"; fi
	trap stop_child EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	prepare
	if [[ $DETACH ]]; then
		detach
	else
		trap - EXIT INT TERM HUP
		exec "$ROOT/tools/supervise.sh" "$STATE" "$PORT" "$WORKERS"
	fi
}

main "$@"
