#!/bin/sh
# Print a manual page: man.sh BUILD VERSION PAGE.in
# A line "@OPTIONS PROGRAM ARGS@" becomes what the program says of its options, "@KEYS ...@" what
# it says of a file's keys; so the pages never say anything else than the programs.
set -eu
build=$1
version=$2
page=$3

# "  -n, --phones N   so many" and "  --dir   DIR   keep it there" to troff.
options() {
	awk '/^ +-/ {
		line = $0
		sub(/^ +/, "", line)
		match(line, /^(-[A-Za-z], )?--[a-z-]+( +[A-Z0-9][A-Z0-9:|=]*( |$))?/)
		name = substr(line, 1, RLENGTH); text = substr(line, RLENGTH + 1)
		sub(/ +$/, "", name); gsub(/ +/, " ", name); sub(/^ +/, "", text)
		gsub(/-/, "\\-", name)
		printf ".TP\n.B %s\n%s\n", name, safe(text)
	}
	function safe(s) { gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); if (s ~ /^[.'"'"']/) s = "\\&" s; return s }'
}

# "    types_for    how long ..." to troff, as deep as it stands: texts stand in one column.  A line
# that begins there says more of the key above it; one that has no such column is prose.
keys() {
	awk '/^ +[^ ]/ {
		match($0, /^ +/); depth = RLENGTH / 2
		line = substr($0, RLENGTH + 1)
		if (RLENGTH > 20) { print ".br"; print safe(line); next }
		n = index(line, " ")
		name = n ? substr(line, 1, n - 1) : line
		text = n ? substr(line, n) : ""; sub(/^ +/, "", text)
		prose = length($0) - length(text) < 24
		for (; at > 0 && at > depth; at--) print ".RE"
		if (prose) { print told ? ".br" : ".PP"; print safe(line); told = at = 1; next }
		for (; at < depth; at++) if (at > 0) print ".RS"
		if (at == 0) at = depth
		printf ".TP\n.B %s\n%s\n", safe(name), safe(text)
		told = 0
	}
	END { for (; at > 1; at--) print ".RE" }
	function safe(s) { gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); if (s ~ /^[.'"'"']/) s = "\\&" s; return s }'
}

while IFS= read -r line; do
	case $line in
	'@OPTIONS '*@) set -- ${line#@OPTIONS }; say=options ;;
	'@KEYS '*@) set -- ${line#@KEYS }; say=keys ;;
	*) printf '%s\n' "$line" | sed "s/@VERSION@/$version/g"; continue ;;
	esac
	command=$(printf '%s ' "$@" | tr -d @)
	# shellcheck disable=SC2086
	"$build"/$command | $say
done <"$page"
