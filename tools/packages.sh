#!/usr/bin/env bash
# tools/packages.sh missing GROUP...   prints the packages of these groups that are not installed
# tools/packages.sh install GROUP...   installs them; asks nothing, and starts no service of theirs
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

POLICY=/usr/sbin/policy-rc.d
SERVICES=(etcd-server nginx pgbouncer postgresql-15 prometheus prometheus-alertmanager prometheus-blackbox-exporter prometheus-pushgateway)
POLICY_IS_OURS=''
SUDO=()

# wanted GROUP...: the packages of these groups, without what a node of another origin provides.
wanted() {
	local group
	for group; do
		awk -v group="$group" '$1 == group { print $2 }' "$ROOT/tools/packages.list"
	done | if command -v node >/dev/null && command -v npm >/dev/null; then grep -vxE 'nodejs|npm'; else cat; fi
}

missing() {
	local -a all
	mapfile -t all < <(wanted "$@")
	comm -23 <(printf '%s\n' "${all[@]}" | sort) \
		<(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${all[@]}" 2>/dev/null | sed -n 's/^installed //p' | sort)
}

become_root() {
	((EUID == 0)) && return
	if ! sudo -n true 2>/dev/null; then
		fail "cannot install: not root, and no sudo without a password; as root: apt-get update && apt-get install --no-install-recommends $*"
	fi
	SUDO=(sudo -n)
}

# as_root COMMAND...: in the background, so that a signal to us can end it.
as_root() {
	local status=0
	"${SUDO[@]}" "$@" &
	ROOT_PID=$!
	wait "$ROOT_PID" || status=$?
	ROOT_PID=''
	return "$status"
}

apt() {
	as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
		apt-get -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold "$@"
}

# Keeps the packages' scripts from starting their services, unless somebody has a policy already.
hold_services() {
	[[ -e $POLICY ]] && return
	POLICY_IS_OURS=yes
	printf '#!/bin/sh\nexit 101\n' | "${SUDO[@]}" install -m 755 /dev/stdin "$POLICY"
}

restore() {
	if [[ ${ROOT_PID-} ]]; then
		"${SUDO[@]}" kill -TERM "$ROOT_PID" 2>/dev/null || true
		wait "$ROOT_PID" || true
	fi
	if [[ $POLICY_IS_OURS ]]; then "${SUDO[@]}" rm -f "$POLICY"; fi
}

# disable PACKAGE...: what came with us does not start at the next boot either.
disable() {
	local package
	command -v systemctl >/dev/null || return 0
	for package; do
		if [[ " ${SERVICES[*]} " == *" $package "* ]]; then
			package=${package%-15}
			"${SUDO[@]}" systemctl disable "${package%-server}" >/dev/null 2>&1 || true
		fi
	done
}

install_missing() {
	local -a packages left
	mapfile -t packages < <(missing "$@")
	((${#packages[@]})) || return 0
	become_root "${packages[@]}"
	mkdir -p "$BUILD/log"
	trap restore EXIT
	trap 'exit 143' TERM INT
	hold_services
	{
		as_root dpkg --configure -a # a run that was stopped half-way
		apt update # where it fails, the lists that are there may do
		apt --no-install-recommends install "${packages[@]}"
	} >"$BUILD/log/apt.log" 2>&1 || true
	mapfile -t left < <(missing "$@")
	if ((${#left[@]})); then fail "cannot install: ${left[*]} (see $BUILD/log/apt.log)"; fi
	disable "${packages[@]}"
}

case ${1-} in
missing) missing "${@:2}" ;;
install) install_missing "${@:2}" ;;
*) fail "usage: tools/packages.sh missing|install GROUP..." ;;
esac
