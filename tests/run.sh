#!/bin/sh
# Run test programs one after the other and add up what cmocka counted.
#   tests/run.sh PROGRAM...
# A program that crashes or prints no count is a failure.  Skipped tests say why themselves.
passed=0 failed=0 skipped=0 bad=
for t in "$@"; do
	log=$(mktemp)
	"$t" >"$log" 2>&1
	rc=$?
	p=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | tail -n 1)
	f=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$log" | head -n 1)
	s=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$log" | head -n 1)
	[ "$rc" -eq 0 ] || [ -n "$f" ] || f=1
	[ -n "$p$f$s" ] || f=1
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
	if [ "$rc" -ne 0 ] || [ "${f:-0}" -ne 0 ]; then
		bad="$bad $t"
		echo "---- $t (exit $rc)"
		grep -v -e '^\[ *RUN' -e '^\[ *OK' "$log" | tail -n 60
	else
		echo "ok   $t (${p:-0}${s:+, $s skipped})"
		grep -i '^skipped:' "$log"
	fi
	rm -f "$log"
done
[ -z "$bad" ] || echo "failed:$bad"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
