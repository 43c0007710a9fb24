#!/bin/sh
# start.sh - a TLS door, in the foreground.  Usage: start.sh [-mail|-sip]: before Exchange's
# Apache (HTTP), or before Kamailio (plain bytes).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lab.env"
run=$LAB_RUN/door$1

case $1 in
-mail)
	certificate=mail address=$LAB_MAIL port=443 proxy=mod_proxy
	server='proxy.server = ( "" => ( ( "host" => "'$LAB_MAIL'", "port" => 8080 ) ) )\nproxy.header = ( "upgrade" => "disable" )'
	;;
-sip)
	certificate=foreign address=$LAB_SIP port=5061 proxy=mod_sockproxy
	server='sockproxy.server = ( "" => ( ( "host" => "'$LAB_SIP'", "port" => 5060 ) ) )'
	;;
esac
umask 077
mkdir -p "$run"
cat "$LAB_RUN/pki/$certificate.key" "$LAB_RUN/pki/$certificate.pem" "$LAB_RUN/pki/root.pem" >"$run/server.pem"
sed -e "s|@RUN@|$run|; s|@ADDRESS@|$address|; s|@PORT@|$port|; s|@PROXY@|$proxy|; s|@SERVER@|$server|" \
	"$here/lighttpd.conf" >"$run/lighttpd.conf"
exec lighttpd -D -f "$run/lighttpd.conf"
