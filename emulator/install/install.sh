#!/bin/sh
# Put everything below PREFIX: install.sh BUILD VERSION PREFIX   (make install, with DESTDIR)
set -eu
build=$1
version=$2
prefix=$3
share=$prefix/share
here=${0%/*}
manuals=$(mktemp -d)
trap 'rm -rf "$manuals"' EXIT

install -d "$prefix/bin" "$share/cx700farm/profiles/templates" "$share/cx700farm/scenarios"
install -m 755 "$build/cx700farm" "$build/cx700pool" "$prefix/bin"
install -m 644 emulator/profiles/*.yaml "$share/cx700farm/profiles"
install -m 644 emulator/profiles/templates/* "$share/cx700farm/profiles/templates"
install -m 644 scenarios/* "$share/cx700farm/scenarios"
for page in "$here"/man/*.in; do
	name=${page##*/}
	name=${name%.in}
	sh "$here/man.sh" "$build" "$version" "$page" >"$manuals/$name"
	gzip -9n "$manuals/$name"
	install -D -m 644 "$manuals/$name.gz" "$share/man/man${name##*.}/$name.gz"
done
install -D -m 644 "$here/completion.bash" "$share/bash-completion/completions/cx700farm"
ln -sf cx700farm "$share/bash-completion/completions/cx700pool"
install -D -m 644 "$here/completion.zsh" "$share/zsh/vendor-completions/_cx700farm"
install -D -m 644 README.md "$share/doc/cx700farm/README.md"
