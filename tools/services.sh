# shellcheck shell=bash disable=SC2034
# What runs, and how: a function per service that leaves its command line in COMMAND. Sourced, after state.sh.

# services_prepare: copies programs and console to where the service user reaches them, and fills in nginx's files.
# A copy, so that a build never changes what runs.
services_prepare() {
	local programs=$HOME_DIR/programs
	rm -rf "${programs:?}" "$HOME_DIR/web"
	install -d -m 755 "$programs" "$HOME_DIR/web"
	# CVN_SERVERS: another build's, with sanitizers say.
	install -m 755 "${CVN_SERVERS:-$PREFIX/bin}"/{cvn-config-api,cvn-config-notifier} "$BUILD"/examples/paper_trader "$programs"
	cp -P "$PREFIX"/lib/libcvnworker.so* "$programs"
	cp -R "$BUILD/console/." "$HOME_DIR/web"
	chmod -R a+rX "$programs" "$HOME_DIR/web"
	prepare_nginx
}

prepare_nginx() {
	local file descriptors connections listen="listen 127.0.0.1:$PORT" listen6="listen [::1]:$PORT"
	descriptors=$(ulimit -Hn)
	if [[ $descriptors == unlimited ]] || ((descriptors > 65536)); then descriptors=65536; fi
	connections=$((descriptors * 3 / 4))
	grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null || listen6=''
	for file in "$ROOT"/nginx/*.conf "$ROOT"/nginx/*.conf.in; do
		sed -e "s|@NOFILE@|$descriptors|; s|@CONNECTIONS@|$connections|; s|@RUN@|$RUN_DIR|" \
			-e "s|@LISTEN_DEFAULT@|$listen default_server backlog=4096;${listen6:+ $listen6 default_server;}|" \
			-e "s|@LISTEN@|$listen;${listen6:+ $listen6;}|" "$file" >"$HOME_DIR/nginx/$(basename "$file" .in)"
	done
}

# command_NAME: COMMAND, and in SIGNAL what ends it politely.
command_postgresql() {
	SIGNAL=INT
	COMMAND=("$PG_BIN/postgres" -D "$HOME_DIR/pg" -c listen_addresses= -c "unix_socket_directories=$RUN_DIR"
		-c unix_socket_permissions=0700 -c max_connections=300 -c shared_buffers=64MB -c timezone=UTC
		-c log_timezone=UTC -c jit=off -c max_wal_size=512MB -c recovery_init_sync_method=syncfs)
}

command_cvn_config_api() {
	SIGNAL=TERM
	COMMAND=("$HOME_DIR/programs/cvn-config-api" --database "$(conninfo cvn_api)" --socket "$RUN_DIR/api.sock"
		--stats "$RUN_DIR/stats")
}

# nice: a thousand who are told of a save take nothing from the database, which is at the next one.
command_cvn_config_notifier() {
	SIGNAL=TERM
	COMMAND=(nice -n 5 "$HOME_DIR/programs/cvn-config-notifier" --database "$(conninfo cvn_notifier)"
		--socket "$RUN_DIR/notifier.sock" --port "$NOTIFIER_PORT" --stats "$RUN_DIR/stats"
		--pushgateway "http://127.0.0.1:$PUSHGATEWAY_PORT")
}

command_pushgateway() {
	SIGNAL=TERM
	COMMAND=(prometheus-pushgateway "--web.listen-address=127.0.0.1:$PUSHGATEWAY_PORT")
}

command_nginx() {
	SIGNAL=TERM
	COMMAND=(nginx -e stderr -p "$HOME_DIR/" -c nginx/nginx.conf)
}

command_worker() {
	SIGNAL=TERM
	COMMAND=(env "CVN_DATABASE=$(conninfo cvn_worker)" CVN_ENVIRONMENT=paper "CVN_WORKER_ID=$1"
		"LD_LIBRARY_PATH=$HOME_DIR/programs" "$HOME_DIR/programs/paper_trader")
}

# command_of NAME
command_of() {
	case $1 in
	worker-*) command_worker "$1" ;;
	*) "command_${1//-/_}" ;;
	esac
}

service_log() { tail -n "${2:-15}" "$HOME_DIR/log/$1.log" >&2; }
