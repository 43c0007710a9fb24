#!/bin/sh
# How much the tests cover: a line a folder, of lines and of branches, and the two figures that
# must hold for emulator/ (without cli/, whose work is to read options and to print).
#   tests/cover.sh BUILD         build with --coverage, run the tests, count
#   tests/cover.sh BUILD files   of what has already run: a line a file
#   tests/cover.sh BUILD FILE    the lines of FILE that did not run, and the ways not taken
# The fast tests and tests/pool: the programs' main and a phone on real ports are only met there,
# in child processes, which count like the rest.  The situations of tests/scenarios are left out:
# they run the same code for minutes more.
# A branch is one way out of a condition.  An assert's are not counted: only a defect takes one.
set -eu
cd "$(dirname "$0")/.."
build=${1:-build/cover} what=${2:-folders}
want_lines=85 want_branches=70 failed=0
command -v gcov >/dev/null || { echo "gcov is needed: it comes with gcc" >&2; exit 4; }

# One record a line of code and one a branch: "line 1 FILE NUMBER:TEXT" and "way  0 ...", the
# figure saying whether it ran.
# gcov prints each line of source behind "how often: number:", and below it its branches, as
# "branch  0 taken 12" or "branch  0 never executed".  A file of which nothing ran has only its
# notes, and counts too.
records() {
	find "$build/emulator" "$build/harness" -name '*.gcno' | sort |
		xargs gcov -b -c -t 2>/dev/null | awk '
		/^ *-: *0:Source:/ {
			file = substr($0, index($0, "Source:") + 7)
			ours = file ~ /^(emulator|harness)\/.*\.c$/
			depth = 0
		}
		!ours || /^ *-: *0:/ { next }
		/^branch/ {
			if (!in_assert)
				print "way ", !/never executed|taken 0/, file, text
			next
		}
		/^ *[^ ]+: *[0-9]+:/ {
			how_often = $1
			text = $0
			sub(/^ *[^:]*: */, "", text)
			# An assert goes on to the bracket that ends it, which may be lines below.
			in_assert = depth > 0 || text ~ /[ \t:]assert\(/
			rest = text
			if (in_assert)
				depth += gsub(/\(/, "", rest) - gsub(/\)/, "", rest)
			if (how_often !~ /^-/)
				print "line", how_often !~ /^[#=]/, file, text
		}'
}

# The records, added up under a name: that of their folder, or of their file.
sums() {
	awk -v what="$what" -v want_lines="$want_lines" -v want_branches="$want_branches" '
		function add(name) {
			all[name, $1]++
			met[name, $1] += $2
			names[name] = 1
		}
		function percent(name, kind) {
			return all[name, kind] ? 100 * met[name, kind] / all[name, kind] : 100
		}
		function show(name) {
			return sprintf("%-42s %6d of %6d lines %5.1f%% %6d of %6d branches %5.1f%%",
			    name, met[name, "line"], all[name, "line"], percent(name, "line"),
			    met[name, "way"], all[name, "way"], percent(name, "way"))
		}
		{
			folder = $3
			sub(/\/[^\/]*$/, "", folder)
			add(what == "files" ? $3 : folder)
			if (folder != "emulator/cli")
				add(folder ~ /^emulator/ ? "emulator without cli" : "harness")
		}
		END {
			for (name in names)
				if (name ~ /\//)
					print show(name) | "sort"
			close("sort")
			print show("harness")
			print show("emulator without cli")
			l = percent("emulator without cli", "line")
			b = percent("emulator without cli", "way")
			printf "lines: %.1f%%, at least %d%% wanted\n", l, want_lines
			printf "branches: %.1f%%, at least %d%% wanted\n", b, want_branches
			# Nothing counted is nothing covered.
			if (!all["emulator without cli", "line"])
				exit 1
			exit l < want_lines || b < want_branches
		}'
}

if [ "$what" = folders ]; then
	[ ! -d "$build" ] || find "$build" -name '*.gcda' -delete
	tests=$(ls tests/unit/test_*.c tests/steps/test_*.c tests/journey/test_*.c tests/pool/test_*.c |
		sed "s|^\(.*\)\.c$|$build/\1|")
	# Two threads may count at once, so the counters are atomic.
	${MAKE:-make} BUILD="$build" OPT='-O0 -g --coverage -fprofile-update=atomic' build $tests
	sh tests/run.sh $tests || failed=1
fi
[ -d "$build/emulator" ] || { echo "$build: nothing is built there: make cover" >&2; exit 4; }
case $what in
folders | files) records | sums ;;
*) records | sed -n "s|^\(....\) 0 $what |\1 |p" | uniq -c ;;
esac
exit "$failed"
