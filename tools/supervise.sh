#!/usr/bin/env bash
# tools/supervise.sh STATE PORT WORKERS: runs a stack that is built, in front, until SIGTERM or SIGINT.
# Called by tools/run.sh, which holds the lock of STATE on file descriptor 9.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tools/state.sh
source "$ROOT/tools/state.sh"
# shellcheck source=tools/cluster.sh
source "$ROOT/tools/cluster.sh"
# shellcheck source=tools/services.sh
source "$ROOT/tools/services.sh"

PORT=$2 WORKERS=$3
NAMES=()                               # in the order of starting
declare -A PID SINCE DUE DELAY SIGNALS # of each name: pid, start, next start (ms), backoff (ms), polite signal
COMMAND=() SIGNAL='' SHORT_DIR=''

# now_ms: the time in NOW.
now_ms() {
	local time=$EPOCHREALTIME
	NOW=$((${time/[.,]/} / 1000))
}

alive() { kill -0 "${PID[$1]}" 2>/dev/null; }

# launch NAME: starts it in a session of its own, as the service user, its words into a log of its own.
launch() {
	command_of "$1"
	as_service "$SIGNAL" "$HOME_DIR"
	SIGNALS[$1]=$SIGNAL
	setsid "${AS_SERVICE[@]}" "${COMMAND[@]}" >>"$HOME_DIR/log/$1.log" 2>&1 </dev/null 9>&- &
	PID[$1]=$!
	now_ms
	SINCE[$1]=$NOW DUE[$1]=''
}

# add NAME: launches it and keeps it running from now on.
add() {
	DELAY[$1]=0
	launch "$1"
	NAMES+=("$1")
}

# revive: starts again what died: at once, and what dies again at once waits longer each time, up to 5 s.
revive() {
	local name changed=''
	now_ms
	for name in "${NAMES[@]}"; do
		if [[ -z ${DUE[$name]} ]]; then
			alive "$name" && continue
			kill -KILL -- "-${PID[$name]}" 2>/dev/null || true # nginx's workers outlive their master, and hold the port
			if ((NOW - SINCE[$name] > 1000)); then DELAY[$name]=0; fi
			DUE[$name]=$((NOW + DELAY[$name]))
			DELAY[$name]=$((DELAY[$name] == 0 ? 100 : DELAY[$name] * 2 > 5000 ? 5000 : DELAY[$name] * 2))
			say "$name died: starting it again"
		fi
		if ((NOW >= DUE[$name])); then
			launch "$name"
			changed=yes
		fi
	done
	if [[ $changed ]]; then write_run_json; fi
}

# end NAME...: asks politely, waits, insists.
end() {
	local name
	local -a pids=()
	for name; do
		kill "-${SIGNALS[$name]}" "${PID[$name]}" 2>/dev/null || true
		pids+=("${PID[$name]}")
	done
	end_groups 8 "${pids[@]}"
}

# shut_down: everything that was started, the database last.
shut_down() {
	local status=$? name
	local -a others=()
	trap '' TERM INT HUP EXIT
	set +e
	end_step
	for name in "${NAMES[@]}"; do
		if [[ $name != postgresql ]]; then others+=("$name"); fi
	done
	end "${others[@]}"
	if [[ ${PID[postgresql]-} ]]; then end postgresql; fi
	if [[ $SHORT_DIR ]]; then rm -rf "$SHORT_DIR"; fi
	exit "$status"
}

# wait_for WHAT SECONDS CONDITION...: until the condition holds; fails when a service dies meanwhile.
wait_for() {
	local what=$1 end=$((SECONDS + $2)) name
	shift 2
	until "$@"; do
		for name in "${NAMES[@]}"; do
			if ! alive "$name"; then
				service_log "$name"
				fail "$name does not start: see $HOME_DIR/log/$name.log"
			fi
		done
		if ((SECONDS > end)); then fail "$what within the time: see $HOME_DIR/log"; fi
		pause 0.1
	done
}

answers() { [[ $(http_status "$PORT" "$1" 9>&-) == "$2" ]]; }

workers_report() {
	local count
	count=$(superuser_sql <<<"select count(*) from worker_status where worker_id ~ '^worker-[0-9]+\$' and state <> 'offline'")
	((count >= WORKERS))
}

start_all() {
	local i
	cluster_make
	add postgresql
	cluster_wait
	cluster_schema
	PUSHGATEWAY_PORT=$(free_port)
	NOTIFIER_PORT=$(free_port)
	add cvn-config-api
	add pushgateway
	add cvn-config-notifier
	add nginx
	for ((i = 1; i <= WORKERS; i++)); do add "worker-$i"; done
	wait_for "the API does not answer" 20 answers /api/me 401
	wait_for "the notifier does not answer" 20 answers /api/health 200
	wait_for "the workers do not report" 20 workers_report
}

main() {
	state_open "$1"
	state_lock_pid
	rm -f "$STATE/run.json"
	trap shut_down EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	state_place
	services_prepare
	start_all
	write_run_json
	say "ready: http://127.0.0.1:$PORT/"
	while :; do
		pause 0.1
		revive
	done 2>>"$HOME_DIR/log/supervisor.log" # where bash tells how its children died
}

cd /
main "$1"
