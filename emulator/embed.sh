#!/bin/sh
# Print C source that holds the given files as bytes: embed.sh NAME FILE...
# It defines NAME[] and NAME_count of base/data_file.h.  A file is called by its name; one in a
# folder `templates' keeps that: "cx700-1.0.199.123.yaml", "templates/ews-poll.xml".
set -eu
name=$1
shift
echo '/* made by embed.sh */'
echo '#include "data_file.h"'
i=0
for f in "$@"; do
	echo "static const unsigned char file_$i[] = {"
	od -An -v -tu1 "$f" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
	echo '0};'
	i=$((i + 1))
done
echo "const struct data_file $name[] = {"
i=0
for f in "$@"; do
	short=${f##*/}
	case $f in */templates/*) short=templates/$short ;; esac
	echo "	{ \"$short\", file_$i, sizeof file_$i - 1 },"
	i=$((i + 1))
done
echo '	{ "", (const unsigned char *)"", 0 }'
echo '};'
echo "const size_t ${name}_count = $i;"
