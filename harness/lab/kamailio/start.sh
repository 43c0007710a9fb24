#!/bin/sh
# start.sh - Kamailio as the registrar of a SIP domain that is no pool's, in the foreground.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lab.env"
run=$LAB_RUN/kamailio

mkdir -p "$run"
modules=$(dirname "$(find /usr/lib -path '*/kamailio/modules/tm.so' | head -n 1)")
sed "s|@ADDRESS@|$LAB_SIP|; s|@DOMAIN@|$LAB_FOREIGN|; s|@MODULES@|$modules|" \
	"$here/kamailio.cfg" >"$run/kamailio.cfg"
exec kamailio -f "$run/kamailio.cfg" -DD -E -m 64 -M 16 -P "$run/kamailio.pid" -Y "$run"
