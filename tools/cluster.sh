# shellcheck shell=bash
# The private PostgreSQL of a state directory: only root and the service user reach its socket. Sourced.

OPERATORS=(viewer editor approver admin)

# cluster_make: initdb, the first time.
cluster_make() {
	local version
	[[ -x $PG_BIN/postgres ]] || fail "PostgreSQL 15 is missing: apt-get install postgresql-15"
	if [[ -e $HOME_DIR/pg/PG_VERSION ]]; then
		version=$(<"$HOME_DIR/pg/PG_VERSION")
		[[ $version == 15 ]] || fail "$STATE is of PostgreSQL $version, and this is 15"
		return
	fi
	rm -rf "$HOME_DIR/pg" "$HOME_DIR/pg.new" # a start that was cut short
	service_directory 700 "$HOME_DIR/pg.new"
	as_service TERM "$HOME_DIR"
	step "making the database cluster" "${AS_SERVICE[@]}" "$PG_BIN/initdb" --pgdata="$HOME_DIR/pg.new" \
		--username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --data-checksums
	printf 'local all all trust\n' | "${AS_SERVICE[@]}" tee "$HOME_DIR/pg.new/pg_hba.conf" >/dev/null
	mv "$HOME_DIR/pg.new" "$HOME_DIR/pg"
}

# cluster_wait: until it takes connections.
cluster_wait() {
	local end=$((SECONDS + 60))
	until "$PG_BIN/pg_isready" -q -h "$RUN_DIR" -U postgres -d postgres 9>&-; do
		if ! alive postgresql || ((SECONDS > end)); then
			service_log postgresql
			fail "PostgreSQL does not start"
		fi
		pause 0.1
	done
}

# superuser_sql [DATABASE]: standard input as SQL of the cluster's superuser.
superuser_sql() { psql -X -q -At -v ON_ERROR_STOP=1 -d "$(conninfo postgres "${1:-cvn}")" -f - 9>&-; }

# cluster_schema: the database, its roles, schema and, the first time, the demo and the operators.
cluster_schema() {
	local -a demo=()
	if [[ -z $(superuser_sql postgres <<<"select 1 from pg_database where datname = 'cvn'") ]]; then
		superuser_sql postgres <<<"create database cvn"
	fi
	if [[ ! -e $STATE/credentials.json ]]; then demo=(--demo); fi
	step "applying the schema" "$ROOT/sql/apply" "$(conninfo postgres)" "${demo[@]}"
	if ((${#demo[@]})); then cluster_operators; fi
}

# cluster_operators: an operator for each role, with a password of its own, and the file that says them.
cluster_operators() {
	local login password hash separator='' json='{'
	for login in "${OPERATORS[@]}"; do
		password=$(tr -dc 'a-zA-Z0-9' </dev/urandom 2>/dev/null | head -c 24 || true)
		hash=$(printf '%s' "$password" | "$HOME_DIR/programs/cvn-config-api" --hash-password)
		superuser_sql <<-SQL
			begin;
			set role cvn_owner;
			insert into operators (login, password_hash, password_changed_at, disabled, created_at, created_by)
			values ('$login', '$hash', clock_timestamp(), false, clock_timestamp(), 'dev')
			on conflict (login) do update set password_hash = excluded.password_hash,
				password_changed_at = excluded.password_changed_at, disabled = false;
			insert into operator_roles (login, environment, role) values ('$login', '*', '$login')
			on conflict do nothing;
			commit;
		SQL
		json+="$separator\"$login\":{\"password\":\"$password\"}"
		separator=,
	done
	write_private "$STATE/credentials.json" <<<"$json}"
}
