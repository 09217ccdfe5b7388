#!/usr/bin/env bash
# ./dev stop [--state DIR]: stops the stack of a state directory; 0 when nothing is left running.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

STATE=$ROOT/.state
case "$# ${1-}" in
"0 ") ;;
"2 --state") STATE=$2 ;;
*) fail "usage: ./dev stop [--state DIR]" ;;
esac

# Nobody holds the lock: nobody runs.
stopped() { flock -n "$STATE/lock" true; }

if [[ ! -e $STATE/lock ]] || stopped; then
	say "nothing runs in $STATE"
	exit 0
fi
pid=$(<"$STATE/lock")
kill -TERM "$pid" 2>/dev/null || fail "cannot stop pid $pid, which runs $STATE"
for ((tries = 0; tries < 400; tries++)); do
	if stopped && [[ ! -e /proc/$pid || $tries -gt 30 ]]; then # gone, or left for somebody else to reap
		say "stopped"
		exit 0
	fi
	pause 0.1
done
fail "pid $pid, which runs $STATE, does not stop"
