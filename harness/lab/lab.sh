#!/bin/sh
# lab.sh - a real pool in network namespaces.
# Usage: lab.sh up|down|status|clean|ready|deps, or lab.sh start|stop|restart SERVER
#
# up      make what is missing, start what does not run, wait until all answer
# down    end everything, leave no namespace, interface, address, route or process
# status  who runs; 0 if all do
# ready   may and can it be here?  deps: install what it is made of
# The servers' keys, databases and logs stay in $LAB_RUN until `clean`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
set -a
. "$here/lab.env"
set +a
. "$here/net.sh"

# Server, the namespace it stands in, its start script's arguments.
servers() {
	cat <<-END
		samba dc
		chrony dc
		kea dhcp eth0 eth1
		apache-web web
		door-mail web
		apache-pool pool
		sip pool
		kamailio sip
		door-sip sip
	END
}

say() { echo "lab: $*" >&2; }

fail() {
	say "$*"
	exit 4
}

# 0, or one line that says what is missing.
ready() {
	[ "$(id -u)" -eq 0 ] || fail "needs root: it makes network namespaces"
	# shellcheck disable=SC2086
	missing=$(for package in $LAB_DEBS; do
		dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || printf ' %s' "$package"
	done)
	[ -z "$missing" ] || fail "not installed:$missing (lab.sh deps)"
}

# Installed, but not started: the host is to serve nobody.
deps() {
	policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then
		trap 'rm -f "$policy"' EXIT
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
	fi
	# shellcheck disable=SC2086
	sh "$here/../../.ci/deps.sh" $LAB_DEBS
}

pid_of() {
	pid=$(cat "$LAB_RUN/$1.pid" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null &&
		[ "$(ip netns identify "$pid" 2>/dev/null)" = "cxlab-$2" ] && echo "$pid"
}

# start NAME NAMESPACE ARGUMENT...: in a session of its own, so that it can be ended with all
# that it starts.
start() {
	name=$1 space=$2
	shift 2
	pid_of "$name" "$space" >/dev/null && return
	ip netns exec "cxlab-$space" setsid sh "$here/${name%%-*}/start.sh" "$@" ${name#"${name%%-*}"} \
		>"$LAB_RUN/$name.log" 2>&1 </dev/null &
	echo $! >"$LAB_RUN/$name.pid"
}

# stop NAME NAMESPACE
stop() {
	pid=$(pid_of "$1" "$2") || return 0
	kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid" || :
	for try in 1 2 3 4 5 6 7 8 9 10; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.2
	done
	kill -KILL -- "-$pid" 2>/dev/null || :
}

# Does it answer?  Asked from where the phones are.
answers() {
	case $1 in
	samba) tcp "$LAB_DC" 389 && tcp "$LAB_DC" 88 && tcp "$LAB_DC" 53 ;;
	chrony) listens dc 123 ;;
	kea) grep -q DHCP4_STARTED "$LAB_RUN/kea/kea.log" 2>/dev/null ;;
	apache-web) tcp "$LAB_CA" 80 ;;
	door-mail) tcp "$LAB_MAIL" 443 ;;
	apache-pool) tcp "$LAB_POOL" 80 ;;
	sip) tcp "$LAB_POOL" 5061 ;;
	kamailio) tcp "$LAB_SIP" 5060 ;;
	door-sip) tcp "$LAB_SIP" 5061 ;;
	esac
}

tcp() { ip netns exec cxlab-net timeout 2 bash -c ": </dev/tcp/$1/$2" 2>/dev/null; }
listens() { ip netns exec "cxlab-$1" ss -Hlun "sport = :$2" | grep -q .; }

wait_for() {
	for try in $(seq 150); do
		answers "$1" && return
		pid_of "$1" "$2" >/dev/null || break
		sleep 0.2
	done
	tail -n 20 "$LAB_RUN/$1.log" >&2
	fail "$1 does not answer; its log is $LAB_RUN/$1.log"
}

up() {
	(ready 2>/dev/null) || deps
	ready
	mkdir -p "$LAB_RUN"
	chmod 711 "$LAB_RUN"
	sh "$here/pki/make.sh"
	sh "$here/samba/make.sh"
	net_up
	servers | while read -r name space args; do
		# shellcheck disable=SC2086
		start "$name" "$space" $args
	done
	servers | while read -r name space args; do
		wait_for "$name" "$space"
	done
	say "up; the phones' network is the namespace cxlab-farm, the pool file $here/pool.yaml"
}

down() {
	[ "$(id -u)" -eq 0 ] || fail "needs root"
	net_down
	rm -f "$LAB_RUN"/*.pid
	say "down"
}

status() {
	bad=0
	while read -r name space args; do
		if pid=$(pid_of "$name" "$space") && answers "$name"; then
			echo "$name: answers (pid $pid, namespace cxlab-$space)"
		else
			echo "$name: does not answer"
			bad=1
		fi
	done <<-END
		$(servers)
	END
	return $bad
}

# one start|stop NAME
one() {
	line=$(servers | grep "^$2 ") || fail "no such server: $2"
	# shellcheck disable=SC2086
	"$1" $line
	[ "$1" = stop ] || wait_for ${line%% *} "$(echo "$line" | cut -d' ' -f2)"
}

case ${1:-} in
up | down | status | ready | deps) "$1" ;;
start | stop) one "$1" "${2:?which server}" ;;
restart)
	one stop "${2:?which server}"
	one start "$2"
	;;
clean)
	down
	rm -rf "$LAB_RUN"
	;;
*)
	sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
