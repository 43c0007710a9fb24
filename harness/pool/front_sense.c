/* front_sense.c - see front_sense.h. */
#include "front_sense.h"

enum { SENSE_APPLICATION = 23 };

size_t
front_sense(struct front_sense *s, struct span bytes, uint64_t most, uint64_t *said_out)
{
	size_t at = 0;

	*said_out = 0;
	if (!s->tls) {
		*said_out = bytes.n < most ? bytes.n : most;
		return (size_t)*said_out;
	}
	while (at < bytes.n) {
		size_t some = bytes.n - at;

		if (s->left == 0) {
			s->header[s->n_header++] = bytes.p[at++];
			if (s->n_header < SENSE_HEADER)
				continue;
			s->n_header = 0;
			s->left = (uint32_t)s->header[3] << 8 | s->header[4];
			continue;
		}
		if (some > s->left)
			some = s->left;
		if (s->header[0] == SENSE_APPLICATION && some > most - *said_out)
			some = (size_t)(most - *said_out);
		if (some == 0)
			break;
		if (s->header[0] == SENSE_APPLICATION)
			*said_out += some;
		s->left -= (uint32_t)some;
		at += some;
	}
	return at;
}
