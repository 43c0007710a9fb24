#!/bin/sh
# start.sh - Kea's DHCP server, in the foreground.  Usage: start.sh LAN_INTERFACE VOICE_INTERFACE;
# they have the addresses $LAB_DHCP and $LAB_VOICE_DHCP.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lab.env"
run=$LAB_RUN/kea

mkdir -p "$run"
chmod 700 "$run"
sed -e "s|@RUN@|$run|g; s|@INTERFACES@|\"$1\", \"$2\"|; s|@LAN_IF@|$1|; s|@VOICE_IF@|$2|" \
	-e "s|@DOMAIN@|$LAB_DOMAIN|; s|@DC@|$LAB_DC|; s|@LEASE@|${LAB_LEASE:-691200}|" \
	-e "s|@LAN@|$LAB_LAN|; s|@VOICE@|$LAB_VOICE|" \
	-e "s|@ROUTER@|$LAB_ROUTER|; s|@VOICE_ROUTER@|$LAB_VOICE_ROUTER|" \
	"$here/kea-dhcp4.conf" >"$run/kea-dhcp4.conf"
# break.sh wants a scope without the domain and the search list.
[ ! -e "$LAB_RUN/kea.broken" ] || sed -i '/"domain-name"/d; /"domain-search"/d' "$run/kea-dhcp4.conf"
# A server that was killed leaves its socket and its lock.
rm -f "$run/control" "$run"/*.pid
KEA_PIDFILE_DIR=$run KEA_LOCKFILE_DIR=none exec kea-dhcp4 -c "$run/kea-dhcp4.conf"
