#compdef cx700farm cx700pool
# Completion of cx700farm and cx700pool for zsh; the options are the ones the program names.
local -a names
if [[ $words[1] == *pool ]]; then
	names=(${(f)"$($words[1] --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u)"})
	compadd -a names
	_files
elif (( CURRENT == 2 )); then
	names=(${(f)"$($words[1] --help 2>/dev/null | sed -n 's/^  cx700farm \([a-z]*\) .*/\1/p')"})
	compadd -a names
	compadd -- --data --help --version
else
	case $words[CURRENT-1] in
	--profile) names=(${(f)"$($words[1] validate --names profiles 2>/dev/null)"}) ;;
	--until) names=(${(f)"$($words[1] validate --names steps 2>/dev/null)"}) ;;
	--keys) names=(scenario pool profile) ;;
	*)
		if [[ $words[CURRENT] == -* ]]; then
			names=(${(f)"$($words[1] $words[2] --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u)"})
		elif [[ $words[2] == run ]]; then
			names=(${(f)"$($words[1] validate --names scenarios 2>/dev/null)"})
		fi ;;
	esac
	compadd -a names
	_files
fi
