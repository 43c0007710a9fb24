# net.sh - the lab's wires: namespaces, two bridges in one of them, a veth from each of the others.
# Sourced by lab.sh.  Nothing here touches the interfaces, addresses or routes of the host.

LAB_HOSTS="dc web pool sip dhcp farm"

# in_ns NAME COMMAND...
in_ns() {
	ns=cxlab-$1
	shift
	ip netns exec "$ns" "$@"
}

# A namespace that is there already stays as it is.
net_space() {
	[ -e "/run/netns/cxlab-$1" ] || ip netns add "cxlab-$1"
	ip -n "cxlab-$1" link set lo up
}

# net_cable HOST INTERFACE BRIDGE: a veth from the host to a bridge of cxlab-net.
net_cable() {
	ip -n "cxlab-$1" link show "$2" >/dev/null 2>&1 && return
	ip -n cxlab-net link add "$3-$1" type veth peer name "$2" netns "cxlab-$1"
	ip -n cxlab-net link set "$3-$1" master "$3" up
	ip -n "cxlab-$1" link set "$2" up
}

# net_host NAME ADDRESS...: a server on the office LAN.
net_host() {
	host=$1
	shift
	net_space "$host"
	net_cable "$host" eth0 lan
	for address; do
		ip -n "cxlab-$host" addr replace "$address/17" dev eth0
	done
	ip -n "cxlab-$host" route replace default via "$LAB_ROUTER"
}

# The switch is the router too: voice reaches the servers through it.
net_switch() {
	net_space net
	for bridge in lan voice; do
		ip -n cxlab-net link show "$bridge" >/dev/null 2>&1 ||
			ip -n cxlab-net link add "$bridge" type bridge
		ip -n cxlab-net link set "$bridge" up
	done
	ip -n cxlab-net addr replace "$LAB_ROUTER/17" dev lan
	ip -n cxlab-net addr replace "$LAB_VOICE_ROUTER/17" dev voice
	in_ns net sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
}

# Thousands of neighbours are more than a kernel expects of one wire, and the limits are one
# for all namespaces: raised while the lab is up.
NEIGH=/proc/sys/net/ipv4/neigh/default/gc_thresh

net_many() {
	[ "$(cat ${NEIGH}3)" -lt 65536 ] || return 0
	for i in 1 2 3; do cat $NEIGH$i; done >"$LAB_RUN/neighbours"
	set -- 65536 32768 16384
	for i in 3 2 1; do
		echo "$1" >$NEIGH$i
		shift
	done
}

net_few() {
	[ -e "$LAB_RUN/neighbours" ] || return 0
	i=1
	while read -r value; do
		echo "$value" >$NEIGH$i
		i=$((i + 1))
	done <"$LAB_RUN/neighbours"
	rm -f "$LAB_RUN/neighbours"
}

# The farm's two ends, with neither address nor route: phones bring theirs.  The second one is
# where the tagged frames of a trunk would come out (a kernel without 802.1Q makes no trunk).
net_farm() {
	net_space farm
	net_cable farm lab0 lan
	net_cable farm lab0v200 voice
	in_ns farm sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
		net.ipv4.conf.lab0.rp_filter=0 net.ipv4.conf.lab0v200.rp_filter=0
}

net_up() {
	net_many
	net_switch
	net_host dc "$LAB_DC"
	net_host web "$LAB_CA" "$LAB_MAIL"
	net_host pool "$LAB_POOL"
	net_host sip "$LAB_SIP"
	net_host dhcp "$LAB_DHCP"
	net_cable dhcp eth1 voice
	ip -n cxlab-dhcp addr replace "$LAB_VOICE_DHCP/17" dev eth1
	net_farm
}

# Every process goes with its namespace, every interface, address and route too.
net_down() {
	net_few
	for host in $LAB_HOSTS net; do
		[ -e "/run/netns/cxlab-$host" ] || continue
		net_end "cxlab-$host" TERM
	done
	for host in $LAB_HOSTS net; do
		[ -e "/run/netns/cxlab-$host" ] || continue
		net_end "cxlab-$host" KILL
		ip netns del "cxlab-$host"
	done
}

# net_end NAMESPACE SIGNAL: to all in it, and wait for them, two seconds at most.
net_end() {
	for try in 1 2 3 4 5 6 7 8 9 10; do
		pids=$(ip netns pids "$1")
		[ -n "$pids" ] || return 0
		# One of them may be gone already.
		[ "$try" != 1 ] || kill -s "$2" $pids 2>/dev/null || :
		sleep 0.2
	done
}
