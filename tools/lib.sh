# shellcheck shell=bash disable=SC2034
# What the scripts of ./dev share: words, steps, who runs services, ports, HTTP. Sourced, never run.
# File descriptor 9 is the lock of a state directory: nothing that is started may inherit it.

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
BUILD=$ROOT/.build
PREFIX=$BUILD/prefix
SERVICE_USER=postgres # who runs the services where root starts them
STEP_PID=''

umask 022
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin # nginx is no command of a user's
unset "${!PG@}" CDPATH
PG_BIN=/usr/lib/postgresql/15/bin
exec {TICK}<> <(:)

# say TEXT: one line of progress.
say() { printf '%s\n' "$*"; }

# fail TEXT: one clear line, and out.
fail() {
	printf 'dev: %s\n' "$*" >&2
	exit 1
}

# pause SECONDS: without a process; traps run when it returns.
pause() { read -rt "$1" -u "$TICK" _ || true; }

# step WHAT COMMAND...: runs a long command in a session of its own, says how long it takes, shows its output
# only when it fails. A signal to us reaches it through end_step.
step() {
	local what=$1 start=$SECONDS next=10 log status=0
	shift
	mkdir -p "$BUILD/log"
	log=$BUILD/log/$(tr -cs 'a-zA-Z0-9\n' - <<<"$what").$$.log
	say "$what"
	setsid "$@" >"$log" 2>&1 </dev/null 9>&- &
	STEP_PID=$!
	while kill -0 "$STEP_PID" 2>/dev/null; do
		pause 0.1
		if ((SECONDS - start >= next)); then
			say "  $what: $next s"
			((next += 10))
		fi
	done
	wait "$STEP_PID" || status=$?
	STEP_PID=''
	if ((status)); then
		tail -n 40 "$log" >&2
		if (($(wc -l <"$log") != 1)); then printf 'dev: %s failed\n' "$what" >&2; fi # one line speaks for itself
		return "$status"
	fi
	rm -f "$log"
	if ((SECONDS - start > 1)); then say "  $what: done in $((SECONDS - start)) s"; fi
}

# end_groups SECONDS PID...: waits for these children, which have been asked to end; kills what is left of their
# process groups then, or after so many seconds.
end_groups() {
	local seconds=$1 killer
	shift
	(($#)) || return 0
	(pause "$seconds" && kill -KILL -- "${@/#/-}") 2>/dev/null &
	killer=$!
	wait "$@" 2>/dev/null || true
	kill -KILL "$killer" -- "${@/#/-}" 2>/dev/null || true
	wait "$killer" 2>/dev/null || true
}

# end_step: stops the step that runs, if one does, with all its processes.
end_step() {
	[[ $STEP_PID ]] || return 0
	kill -TERM -- "-$STEP_PID" 2>/dev/null || true
	end_groups 10 "$STEP_PID"
	STEP_PID=''
}

# as_service SIGNAL COMMAND...: an array AS_SERVICE to put before a command: the unprivileged user where we are
# root, SIGNAL when we die, a clean environment.
as_service() {
	local signal=$1 home=$2
	AS_SERVICE=(setpriv "--pdeathsig=$signal")
	if ((EUID == 0)); then
		AS_SERVICE=(setpriv "--reuid=$SERVICE_USER" "--regid=$SERVICE_USER" --init-groups --no-new-privs "--pdeathsig=$signal")
	fi
	AS_SERVICE+=(env -i --default-signal=INT --default-signal=QUIT PATH="$PATH" LC_ALL=C.UTF-8 HOME="$home")
}

# port_used PORT: does something listen there on loopback?
port_used() {
	local host
	for host in 127.0.0.1 ::1; do
		if (exec 3<>"/dev/tcp/$host/$1") 2>/dev/null; then return 0; fi
	done
	return 1
}

# free_port: prints one below the range that the kernel gives to outgoing connections.
free_port() {
	local port
	for _ in {1..200}; do
		port=$((10000 + SRANDOM % 22000))
		if ! port_used "$port"; then
			echo "$port"
			return
		fi
	done
	fail "no free port on 127.0.0.1"
}

# http_status PORT TARGET: the status of a GET on 127.0.0.1, or 000.
http_status() {
	local line=''
	{
		exec 3<>"/dev/tcp/127.0.0.1/$1" &&
			printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3 &&
			IFS=' ' read -rt 5 _ line _ <&3
	} 2>/dev/null || true
	exec 3>&- 2>/dev/null || true
	echo "${line:-000}"
}
