#!/bin/sh
# make.sh - provision contoso.com and enter what an administrator has: once; into
# $LAB_RUN/samba.  Needs pki/make.sh's certificates.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
set -a
. "$here/../lab.env"
set +a
run=$LAB_RUN/samba
[ -e "$run/done" ] && exit 0

rm -rf "$run"
mkdir -p "$run/winbindd" "$run/ncalrpc"
exec 3>&2 >"$run/make.log" 2>&1
trap '[ -e "$run/done" ] || cat "$run/make.log" >&3' EXIT
sed "1d; s|@RUN@|$run|" "$here/smb.conf" >"$run/smb.conf"
# Level 2003: accounts have RC4 keys and no others.
samba-tool domain provision --configfile="$run/smb.conf" --realm="$LAB_REALM" --domain=CONTOSO \
	--host-name=dc01 --host-ip="$LAB_DC" --server-role=dc --dns-backend=SAMBA_INTERNAL \
	--function-level=2003 --base-schema=2008_R2 \
	--adminpass="Adm-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')" -q
sed "1d; s|@RUN@|$run|" "$here/smb.conf" >"$run/smb.conf"
/usr/bin/python3 "$here/fill.py" "$run/smb.conf"
: >"$run/done"
