/* wire_sight.h - what must be seen on the wire, in the words of tshark's fields, and whether it
 * was. */
#ifndef TESTS_WIRE_SIGHT_H
#define TESTS_WIRE_SIGHT_H
#include <jansson.h>

#include "buf.h"

enum wire_way { WIRE_UP, WIRE_DOWN }; /* from the phone, to the phone */

/*
 * One packet.  `what` is conditions joined by " & ", each about all values of one field:
 *   f=v one is v        f==a,b they are a and b     f^a,b they begin with a and b
 *   f~v one contains v  f>=n one is n or more  f!=v none is v    !f there is none
 * A value that begins with `$' stands for what is known of this phone.
 */
struct wire_sight {
	int guide;
	enum wire_way way;
	const char *what;
};

/* What `$name' stands for; NULL if there is no such name. */
typedef const char *wire_known_fn(void *arg, const char *name);

/* Does this frame (tshark's "layers") hold to `what`? */
bool wire_sight_holds(const json_t *frame, const char *what, wire_known_fn *, void *arg);

/* Append " -e FIELD" for each field that `what` names and out does not have yet. */
void wire_sight_fields(const char *what, struct buf *out);

#endif
