#!/bin/sh
# How much the tests that ran have covered: a line a folder, lines run of lines that can run.
#   tests/cover.sh BUILD      BUILD was made with --coverage, and its tests have run
set -eu
cd "$(dirname "$0")/.."
build=${1:-build/cover}
command -v gcov >/dev/null || { echo "gcov is needed: it comes with gcc" >&2; exit 4; }
[ -d "$build/emulator" ] || { echo "$build: nothing is built there: make cover" >&2; exit 4; }

# gcov says "File 'emulator/base/buf.c'" and below it "Lines executed:97.50% of 80".  A file
# of which nothing ran has only its notes, and counts too.
for notes in $(find "$build/emulator" "$build/harness" -name '*.gcno' | sort); do
	gcov -n -o "$notes" "$notes" 2>/dev/null
done | awk '
	/^File/ { split($0, name, "\047"); file = name[2]; next }
	file ~ /^(emulator|harness)\/.*\.c$/ && /^Lines executed:/ {
		folder = file
		sub(/\/[^\/]*$/, "", folder)
		split($0, part, /[:%]| of /)
		lines[folder] += part[4]
		run[folder] += part[2] * part[4] / 100
		all += part[4]
		all_run += part[2] * part[4] / 100
	}
	{ file = "" }
	END {
		if (all == 0)
			exit 1
		for (folder in lines)
			printf "%-20s %6d of %6d lines  %5.1f%%\n", folder, run[folder] + 0.5,
			    lines[folder], 100 * run[folder] / lines[folder] | "sort"
		close("sort")
		printf "%-20s %6d of %6d lines  %5.1f%%\n", "all", all_run + 0.5, all,
		    100 * all_run / all
	}'
