#!/bin/sh
# start.sh - cx700pool's SIP front end, joined to the lab's realm, in the foreground: no other
# server here speaks this sign-in.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lab.env"
run=$LAB_RUN/sip

umask 077
mkdir -p "$run"
install -m 600 "$LAB_RUN/keys/sip.keytab" "$run/"
exec "${CX700POOL:-$here/../../../build/cx700pool}" --only sip --dir "$run/pool" --listen "$LAB_POOL" \
	--standard-ports --users "$LAB_USERS" --keytab "$run/sip.keytab" \
	--certificate "$LAB_RUN/pki/${LAB_SIP_CERTIFICATE:-pool}.pem" \
	--key "$LAB_RUN/pki/${LAB_SIP_CERTIFICATE:-pool}.key"
