#!/bin/sh
# Throw bytes at every codec, file format and server: tests/fuzz/fuzz.sh [NAME...] (default: all).
# Each for FUZZ_SECONDS (20), FUZZ_JOBS (one a core) at a time.  What a fuzzer has learned stays in
# build/fuzz/corpus/NAME; what breaks is kept in build/fuzz/crashes and fails.  A kept input is
# tried again by build/fuzz/tests/fuzz/fuzz_NAME FILE.
#
# tests/fuzz/fuzz.sh --learn NAME...: what their corpora reach, by as few inputs as will do, into
# tests/fuzz/seeds/NAME/learned.b64, so that others begin where this machine has come to.
set -eu
cd "$(dirname "$0")/../.."
out=build/fuzz
jobs=${FUZZ_JOBS:-$(nproc)}
export UBSAN_OPTIONS=print_stacktrace=1

# One fuzzer, for xargs below.
if [ "${1:-}" = --one ]; then
	name=$2
	corpus=$out/corpus/$name seeds=$out/seeds/$name words=
	[ ! -s "$out/$name.dict" ] || words=$out/$name.dict
	mkdir -p "$corpus" "$seeds"
	if "$out/tests/fuzz/fuzz_$name" -max_total_time="${FUZZ_SECONDS:-20}" \
		-timeout=20 -rss_limit_mb=1024 -print_final_stats=1 \
		${words:+-dict="$words"} -artifact_prefix="$out/crashes/$name-" "$corpus" "$seeds" \
		>"$out/$name.log" 2>&1; then
		verdict=
	else
		verdict="FAILED, see $out/$name.log and $out/crashes"
		touch "$out/failed"
	fi
	awk -v name="$name" -v verdict="$verdict" '
		/cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
		/corp: / { for (i = 1; i < NF; i++) if ($i == "corp:") corpus = $(i + 1) }
		/number_of_executed_units/ { runs = $NF }
		END { printf "%-18s %11d runs %6d edges %6s in the corpus  %s\n",
			name, runs, cov, corpus, verdict }' "$out/$name.log"
	exit 0
fi

if [ "${1:-}" = --learn ]; then
	shift
	for name in "$@"; do
		few=$out/few/$name seeds=tests/fuzz/seeds/$name
		rm -rf "$few"
		mkdir -p "$few" "$seeds"
		"$out/tests/fuzz/fuzz_$name" -merge=1 -use_counters=0 "$few" \
			"$out/corpus/$name" "$out/seeds/$name" >"$out/few/$name.log" 2>&1
		for input in "$few"/*; do
			base64 -w 0 "$input"
			echo
		done | sort >"$seeds/learned.b64"
		wc -lc "$seeds/learned.b64"
	done
	exit 0
fi

command -v clang >/dev/null 2>&1 || {
	echo "fuzz: clang is not installed: make deps" >&2
	exit 4
}
[ $# -gt 0 ] || set -- $(for f in tests/fuzz/fuzz_*.c; do
	f=${f##*/fuzz_}
	echo "${f%.c}"
done)
make --no-print-directory -s -j"$jobs" BUILD="$out" CC=clang \
	SAN=fuzzer,address,undefined OPT='-O1 -g' \
	$(for name in "$@"; do echo "$out/tests/fuzz/fuzz_$name"; done) >/dev/null
mkdir -p "$out/crashes"
rm -f "$out/failed"
python3 tests/fuzz/seeds.py "$out"
printf '%s\n' "$@" | xargs -P "$jobs" -n 1 sh tests/fuzz/fuzz.sh --one
[ ! -e "$out/failed" ]
