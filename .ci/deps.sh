#!/bin/sh
# Install Debian packages: .ci/deps.sh PACKAGE...   As root, or through sudo.
set -eu
if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1; then
	as_root=sudo
else
	echo "these packages are needed, and installing them needs root:" "$@" >&2
	exit 4
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
