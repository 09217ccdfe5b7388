# shellcheck shell=bash
# A state directory: where its parts lie, its lock, the two files that others read. Sourced, after lib.sh.
#
#   DIR/lock              held by whoever runs the stack, with its pid
#   DIR/run.json          what runs, and where; DIR/credentials.json: the four operators
#   HOME_DIR              DIR, or a directory below /var/lib/cvn-dev where the service user cannot reach DIR:
#     pg log run web nginx programs    cluster, logs, sockets, console, nginx's own, what runs

# state_open DIR: sets STATE (absolute), HOME_DIR and RUN_DIR, and makes what is missing.
state_open() {
	mkdir -p -- "$1" || fail "cannot make the state directory $1"
	STATE=$(cd -- "$1" && pwd -P)
	[[ -w $STATE ]] || fail "cannot write the state directory $STATE"
	HOME_DIR=$STATE
	RUN_DIR=$STATE/run
}

# state_lock: takes the lock for as long as file descriptor 9 is open.
state_lock() {
	exec 9<>"$STATE/lock"
	flock -n 9 || fail "the state $STATE is running already (pid $(cat "$STATE/lock")): ./dev stop --state $STATE"
	state_lock_pid
}

state_lock_pid() { echo $$ >"$STATE/lock"; }

# state_place: decides where the service user's part lies, and gives it to that user.
state_place() {
	as_service TERM /
	if ! "${AS_SERVICE[@]}" test -x "$STATE"; then
		state_place_elsewhere
	fi
	install -d -m 755 "$HOME_DIR" "$HOME_DIR/programs" "$HOME_DIR/web" "$HOME_DIR/nginx"
	service_directory 755 "$HOME_DIR/log"
	for name in body proxy fastcgi uwsgi scgi; do service_directory 700 "$HOME_DIR/nginx/tmp/$name"; done
	state_place_sockets
}

# state_place_elsewhere: a directory of its own below /var/lib/cvn-dev; DIR/home points there, and DIR/README says why.
state_place_elsewhere() {
	if [[ ! -e $STATE/home ]]; then
		install -d -m 755 /var/lib/cvn-dev
		ln -sfn "$(mktemp -d /var/lib/cvn-dev/XXXXXXXX)" "$STATE/home"
	fi
	HOME_DIR=$(readlink "$STATE/home")
	echo "$SERVICE_USER cannot reach this directory: cluster, logs and static files lie in $HOME_DIR" >"$STATE/README"
}

service_directory() {
	local -a owner=()
	if ((EUID == 0)); then owner=(-o "$SERVICE_USER" -g "$SERVICE_USER"); fi
	install -d -m "$1" "${owner[@]}" "$2"
}

# A Unix socket's path has at most 107 bytes, and goes into connection strings and nginx.conf: where DIR is too
# long or has characters of theirs, the sockets lie in a private directory of /tmp, and HOME_DIR/run points there.
state_place_sockets() {
	RUN_DIR=$HOME_DIR/run
	if [[ -L $RUN_DIR ]]; then rm -f "$RUN_DIR"; fi
	if ((${#RUN_DIR} > 85)) || [[ $RUN_DIR =~ [^A-Za-z0-9_./-] ]]; then
		SHORT_DIR=$(mktemp -d /tmp/cvn-XXXXXXXX)
		rm -rf "$RUN_DIR"
		ln -s "$SHORT_DIR" "$RUN_DIR"
		RUN_DIR=$SHORT_DIR
	fi
	service_directory 700 "$RUN_DIR"
}

# conninfo ROLE [DATABASE]: a libpq connection string.
conninfo() { echo "host=$RUN_DIR user=$1 dbname=${2:-cvn}"; }

# write_private FILE: standard input into a file of mode 0600, whole or not at all.
write_private() {
	(umask 077 && cat >"$1.new")
	mv -f "$1.new" "$1"
}

# write_run_json: run.json from PORT, the other ports and the pids of the moment.
write_run_json() {
	cat >"$STATE/run.json.new" <<JSON
{
  "url": "http://127.0.0.1:$PORT",
  "database": "$(conninfo cvn_owner)",
  "worker_database": "$(conninfo cvn_worker)",
  "pushgateway": "http://127.0.0.1:$PUSHGATEWAY_PORT",
  "notifier": "http://127.0.0.1:$NOTIFIER_PORT",
  "pids": {
    "supervisor": $$,
    "postgresql": ${PID[postgresql]},
    "nginx": ${PID[nginx]},
    "cvn-config-api": ${PID[cvn-config-api]},
    "cvn-config-notifier": ${PID[cvn-config-notifier]}
  }
}
JSON
	mv -f "$STATE/run.json.new" "$STATE/run.json"
}
