#!/bin/sh
# Every test again for each of its allocations, with that one failing (tests/fake/oom.h).
#   tests/oom.sh PROGRAM...
# OOM=all takes every allocation, also of tests that make thousands; left alone, a test that has
# cost a second of CPU goes on with ever fewer of them for another.  What goes wrong is printed; OOM=TEST:N PROGRAM
# does it again, aloud.
set -u
: "${OOM:=most}"
export OOM
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT INT TERM

# Why a program is not swept, or nothing.
left_out() {
	case ${1#*tests/} in
	scenarios/*) echo "plays whole runs in a program of its own" ;;
	esac
	case ${1##*/} in
	test_auth_krb5 | test_auth_mic | test_accept_gss) echo "a real KDC for every allocation" ;;
	test_two_worlds*) echo "test_io_* and test_sim_* sweep both worlds" ;;
	test_sim_crowd) echo "a thousand phones for every allocation" ;;
	test_every_cut) echo "walks the journey anew for each event; test_every_case is swept" ;;
	test_chores_day) echo "a day of virtual time for every allocation; test_whole_walk is swept" ;;
	test_pool_faces) echo "the servers' threads allocate in an order of their own" ;;
	esac
}

# "PROGRAM(+0x1a2b) [0x...]" -> "function at file:line"; nothing for what is not ours.
if [ "${1:-}" = --where ]; then
	while IFS= read -r line; do
		case $line in
		*build/*"(+0x"*)
			program=${line%%"(+"*} at=${line#*"(+"}
			addr2line -spf -e "${program#"	"}" "${at%%)*}" | grep -v ' at oom\|??\|^main at' | sed 's/^/	/'
			;;
		*"(+0x"*) ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
	exit 0
fi

for t in "$@"; do
	why=$(left_out "$t")
	if [ -n "$why" ]; then
		echo "left out $t: $why" >&2
	else
		echo "$t"
	fi
done | xargs -P "$(nproc)" -n 1 sh -c '
	log=$1/$(echo "$2" | tr / _)
	"$2" >"$log" 2>&1
	rc=$?
	sum=$(sed -n "s/^oom: all: //p" "$log")
	if [ "$rc" -eq 0 ] && [ -n "$sum" ]; then
		echo "ok   $2 ($sum)"
	else
		echo "---- $2 (exit $rc): ${sum:-it did not end}"
		grep -v "^oom: [a-z_0-9]*: [0-9]* of" "$log" | sh "$0" --where
		echo "$2" >>"$1/bad"
	fi' "$0" "$logs"
cat "$logs"/*_test_* 2>/dev/null |
	awk '/^oom: all: / { n += $3; bad += $6 } END { printf "%d allocations failed, %d findings\n", n, bad }'
[ ! -e "$logs/bad" ]
