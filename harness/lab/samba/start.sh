#!/bin/sh
# start.sh - Samba as contoso.com's domain controller, in the foreground.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lab.env"
sh "$here/make.sh"
exec samba --configfile="$LAB_RUN/samba/smb.conf" --foreground --no-process-group --model=single
