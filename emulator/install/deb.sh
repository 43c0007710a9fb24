#!/bin/sh
# Make BUILD/cx700farm_VERSION_ARCH.deb of what `make install` puts below /usr: deb.sh BUILD VERSION
set -eu
build=$1
version=$2
here=${0%/*}
arch=$(dpkg --print-architecture)
root=$build/deb
file=$build/cx700farm_${version}_$arch.deb

rm -rf "$root"
sh "$here/install.sh" "$build" "$version" "$root/usr"
strip --strip-unneeded "$root/usr/bin/cx700farm" "$root/usr/bin/cx700pool"
gzip -9n "$root/usr/share/doc/cx700farm/README.md"
install -m 644 LICENSE "$root/usr/share/doc/cx700farm/copyright"
printf 'cx700farm (%s) unstable; urgency=low\n\n  * See the project.\n\n -- cx700farm <cx700farm@users.noreply.example.org>  Thu, 01 Jan 2026 00:00:00 +0000\n' \
	"$version" | gzip -9n >"$root/usr/share/doc/cx700farm/changelog.gz"

# The packages of the libraries that the programs are linked with.
depends=$(for program in cx700farm cx700pool; do objdump -p "$root/usr/bin/$program"; done |
	sed -n 's/^ *NEEDED *//p' | sort -u |
	while read -r library; do
		path=$(ldconfig -p | sed -n "s|^[[:space:]]*$library (.*=> ||p" | head -n 1)
		dpkg-query -S "$(readlink -f "$path")" "$path" "${path#/usr}" "/usr$path" 2>/dev/null |
			sed 's/:.*//' | head -n 1
	done | sort -u | paste -sd, | sed 's/,/, /g')
install -d "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<CONTROL
Package: cx700farm
Version: $version
Architecture: $arch
Maintainer: cx700farm <cx700farm@users.noreply.example.org>
Section: net
Priority: optional
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Depends: $depends, krb5-kdc, krb5-admin-server
Recommends: wireshark-common, tshark
Description: farm of emulated CX700 phones for Office Communications Server
 Load-tests an Office Communications Server 2007 or R2 pool with thousands of
 emulated Polycom CX700 phones, each walking the whole way from power-on to
 updated firmware over real sockets. Scenarios are YAML files with
 expectations; a run leaves a report, JUnit XML and a trace of every step.
CONTROL
(cd "$root" && find usr -type f -exec md5sum {} + >DEBIAN/md5sums)
chmod -R u=rwX,go=rX "$root"
dpkg-deb --root-owner-group --build "$root" "$file"
