#!/bin/sh
# Print C source that holds the given files as bytes: embed.sh FILE...
# Names are kept from the profiles folder on: "cx700-1.0.199.123.yaml", "templates/ews-poll.xml".
set -eu
echo '/* made by profiles/embed.sh */'
echo '#include "profile_load.h"'
i=0
for f in "$@"; do
	echo "static const unsigned char file_$i[] = {"
	od -An -v -tu1 "$f" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
	echo '0};'
	i=$((i + 1))
done
echo 'const struct profile_embedded profile_embedded[] = {'
i=0
for f in "$@"; do
	echo "	{ \"${f##*profiles/}\", file_$i, sizeof file_$i - 1 },"
	i=$((i + 1))
done
echo '	{ "", (const unsigned char *)"", 0 }'
echo '};'
echo "const size_t profile_embedded_count = $i;"
