#!/bin/sh
# Is the tree as STYLE.md wants it?  Layers and banned names, format, clang-tidy.
# Tools that are not installed are named and skipped; `make deps` installs them.
set -u
cd "$(dirname "$0")/../.."
mkdir -p build
bad=0

python3 tests/lint/layers.py || bad=1

files=$(git ls-files 'emulator/*.[ch]' 'harness/*.[ch]' 'hw/*.[ch]' 'tests/*.[ch]')
if command -v clang-format >/dev/null 2>&1; then
	clang-format --dry-run -Werror $files || bad=1
	echo "format: done"
else
	echo "skipped: clang-format is not installed"
fi

if command -v clang-tidy >/dev/null 2>&1; then
	inc=$(for d in emulator/* harness/*; do [ -d "$d" ] && printf ' -I%s' "$d"; done)
	git ls-files 'emulator/*.c' 'harness/*.c' 'hw/*.c' |
		xargs -P "$(nproc)" -n 8 sh -c 'clang-tidy --quiet "$@" -- -std=c17 -D_GNU_SOURCE -DVERSION=\"x\" '"$inc"' 2>/dev/null' tidy >build/tidy.log
	[ $? -eq 0 ] || bad=1
	grep -E '(warning|error):' build/tidy.log && bad=1
	echo "clang-tidy: done"
else
	echo "skipped: clang-tidy is not installed"
fi
[ "$bad" -eq 0 ] && echo "lint: clean"
exit "$bad"
