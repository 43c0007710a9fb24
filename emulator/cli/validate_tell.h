/* validate_tell.h - what `cx700farm validate` says of the formats themselves: their keys, and
 * what can be named in them. */
#ifndef CLI_VALIDATE_TELL_H
#define CLI_VALIDATE_TELL_H

/* validate --keys KIND, --names WHAT.  Returns the exit status. */
int validate_tell(int argc, char **argv);

#endif
