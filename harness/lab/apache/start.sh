#!/bin/sh
# start.sh - an Apache, in the foreground.  Usage: start.sh -web|-pool: web.conf (the CA's web
# server, Exchange) or pool.conf (the update service).  Needs pki/make.sh and samba/make.sh.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
set -a
. "$HERE/../lab.env"
RUN=$LAB_RUN/apache$1 MODULES=/usr/lib/apache2/modules NAME=lab$1.$LAB_DOMAIN KRB5RCACHENAME=none:
set +a

# Files to serve: made once, readable by all as they are on a web server.
files() {
	umask 022
	to=$LAB_RUN/web/files/UCPhone/Polycom/CX700/A/ENU/$LAB_VERSION/CPE
	mkdir -p "$to"
	[ -e "$LAB_RUN/web/certnew.p7b" ] || install -m 644 "$LAB_RUN/pki/certnew.p7b" "$LAB_RUN/web/"
	[ -e "$to/CPE.cat" ] && return
	head -c "$LAB_SIZE" /dev/urandom >"$to/CPE.nbt"
	echo "Catalogue of CPE.nbt, version $LAB_VERSION, unsigned: lab." >"$to/CPE.cat"
}

# The keys of the own accounts and no others, for the account that the workers run under.
keys() {
	for keytab; do
		install -m 400 -o www-data "$LAB_RUN/keys/$keytab" "$RUN/"
	done
}

mkdir -p "$RUN"
chown www-data "$RUN"
files
case $1 in
-web) keys ca.keytab mail.keytab ;;
esac
export HERE RUN
rm -f "$RUN/apache2.pid"
exec apache2 -f "$HERE/${1#-}.conf" -DFOREGROUND
