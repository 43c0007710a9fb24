# Completion of cx700farm and cx700pool for bash; the options are the ones the program names.
_cx700farm_options() {
	"$1" ${2:+"$2"} --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u
}

_cx700farm() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local program=${COMP_WORDS[0]} at=1 command names
	COMPREPLY=()
	[ "${COMP_WORDS[1]:-}" = --data ] && at=3
	command=${COMP_WORDS[at]:-}
	if [ "$COMP_CWORD" -eq "$at" ]; then
		names=$("$program" --help 2>/dev/null | sed -n 's/^  cx700farm \([a-z]*\) .*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$names --data --help --version" -- "$cur")
		return
	fi
	case $prev in
	--data | -o | --out)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return ;;
	--pool)
		mapfile -t COMPREPLY < <(compgen -W embedded -- "$cur"; compgen -f -- "$cur")
		return ;;
	--profile)
		names=$("$program" validate --names profiles 2>/dev/null)
		mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur"; compgen -f -- "$cur")
		return ;;
	--until)
		names=$("$program" validate --names steps 2>/dev/null)
		mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur")
		return ;;
	--keys)
		mapfile -t COMPREPLY < <(compgen -W 'scenario pool profile' -- "$cur")
		return ;;
	esac
	case $cur in
	-*) names=$(_cx700farm_options "$program" "$command") ;;
	*) names=$([ "$command" = run ] && "$program" validate --names scenarios 2>/dev/null) ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur"; compgen -f -- "$cur")
}

_cx700pool() {
	local cur=${COMP_WORDS[COMP_CWORD]}
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	--dir | --faults) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$(_cx700farm_options "${COMP_WORDS[0]}")" -- "$cur") ;;
	esac
}

complete -o filenames -F _cx700farm cx700farm
complete -o filenames -F _cx700pool cx700pool
