/* field_pattern.c - what scalars look like, for editors; see field.h.  The readers of
 * quantity.h and text.h decide; a test compares them with this. */
#include "field.h"

#define SIZE_UNIT "(B|kB|MB|GB|KiB|MiB|GiB)"
#define BYTE "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
#define HEX "[0-9a-fA-F]{2}"
#define SOME " *[0-9]{1,6} *(- *[0-9]{1,6} *)?"

const char *
field_pattern(const struct field *f)
{
	if (f->pattern != NULL)
		return f->pattern;
	switch (f->type) {
	case FIELD_DURATION:
	case FIELD_MS:
	case FIELD_SECONDS:
		return "^ *" FIELD_PATTERN_SPAN " *$";
	case FIELD_OFFSET:
		return "^ *[+-]?" FIELD_PATTERN_SPAN " *$";
	case FIELD_SHARE:
		return "^ *" FIELD_PATTERN_SHARE " *$";
	case FIELD_SIZE:
		return "^ *" FIELD_PATTERN_NUMBER SIZE_UNIT " *$";
	case FIELD_RATE:
		return "^ *" FIELD_PATTERN_NUMBER "(" SIZE_UNIT "|[kMG]bit)/s *$";
	case FIELD_PACE:
		return "^ *[0-9]{1,7}/(s|m|h) *$";
	case FIELD_PHONES:
		return "^( *" FIELD_PATTERN_SHARE " *|" SOME "(," SOME ")*)$";
	case FIELD_SPREAD:
		return FIELD_PATTERN_SPREAD;
	case FIELD_IP:
		return "^" BYTE "([.]" BYTE "){3}$";
	case FIELD_MAC:
		return "^" HEX "([:-]" HEX "){5}$";
	case FIELD_TEXT:
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_BOOL:
	case FIELD_WORD:
	case FIELD_MAP:
	case FIELD_PART:
	case FIELD_OWN:
		break;
	}
	return NULL;
}
