#!/bin/sh
# Throw bytes at every codec for a while: tests/fuzz/fuzz.sh [SECONDS] (default 20, for each).
# A corpus is kept in build/fuzz/<codec>; what crashes is left beside it.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-${FUZZ_SECONDS:-20}}
command -v clang >/dev/null || { echo "clang is needed: make deps" >&2; exit 4; }
mkdir -p build/fuzz
inc=$(for d in emulator/base emulator/proto emulator/config; do printf ' -I%s' "$d"; done)
src="emulator/base/*.c emulator/proto/*.c emulator/config/tree.c"
flags="-std=c17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"

# What other programs sent is where each begins.
for g in tests/golden/*.hex; do
	kind=$(basename "$g" | cut -d_ -f1)
	for f in tests/fuzz/fuzz_"$kind"_*.c; do
		to=build/fuzz/$(basename "$f" .c)-corpus
		mkdir -p "$to"
		sed '/^#/d' "$g" | python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$to/$(basename "$g" .hex)"
	done
done
mkdir -p build/fuzz/fuzz_cert_chain-corpus
cp tests/golden/p7b/* build/fuzz/fuzz_cert_chain-corpus/

# The code under test once, for all of them.
rm -rf build/fuzz/obj && mkdir -p build/fuzz/obj
for c in $src; do
	# shellcheck disable=SC2086
	clang $flags $inc -c "$c" -o "build/fuzz/obj/$(echo "$c" | tr / _).o"
done

for f in tests/fuzz/fuzz_*.c; do
	name=$(basename "$f" .c)
	mkdir -p "build/fuzz/$name-corpus"
	# shellcheck disable=SC2086
	clang $flags -fsanitize=fuzzer $inc "$f" build/fuzz/obj/*.o -o "build/fuzz/$name" -lcares -llber -lexpat -lyaml -lmbedcrypto -lmbedx509 -lm
	"build/fuzz/$name" -max_total_time="$seconds" -max_len=4096 -print_final_stats=0 \
		-artifact_prefix="build/fuzz/$name-" "build/fuzz/$name-corpus" >"build/fuzz/$name.log" 2>&1 ||
		{ tail -n 40 "build/fuzz/$name.log"; echo "$name: failed"; exit 1; }
	echo "$name: $(grep -c . "build/fuzz/$name.log") lines, $(ls "build/fuzz/$name-corpus" | wc -l) in the corpus"
done
