#!/bin/sh
# start.sh - chrony as the domain controller's clock, in the foreground.  -x: it must not touch
# the clock of the machine, which is also that of everything else on it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lab.env"
run=$LAB_RUN/chrony

mkdir -p "$run"
chmod 750 "$run"
sed "s|@RUN@|$run|; s|@ADDRESS@|$LAB_DC|" "$here/chrony.conf" >"$run/chrony.conf"
rm -f "$run/chronyd.pid"
exec chronyd -d -x -U -u root -f "$run/chrony.conf"
