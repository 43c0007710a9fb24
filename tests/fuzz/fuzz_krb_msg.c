/* fuzz_krb_msg.c - any bytes as a Kerberos message, and as BER of any kind, element by element;
 * at the very end of memory, since liblber is not watched by the sanitizers. */
#include "ber.h"
#include "edge.h"
#include "fuzz.h"
#include "krb_msg.h"

enum { DEPTH_MAX = 16 };

/* Every element lies within its parent, and the walk comes to an end. */
static void
walk(BerElement *reader, struct span rest, int depth)
{
	while (rest.n > 0) {
		struct span before = rest, content = { NULL, 99 };
		int number;

		if (ber_take(reader, &rest, &content) == LBER_DEFAULT) {
			HOLDS(rest.p == before.p && rest.n == before.n && content.n == 99);
			return;
		}
		HOLDS(rest.n < before.n && fuzz_inside(rest, before));
		HOLDS(fuzz_inside(content, before));
		HOLDS(rest.p + rest.n == before.p + before.n);
		HOLDS(content.p + content.n == rest.p);
		(void)ber_number(content, &number);
		if (depth > 0)
			walk(reader, content, depth - 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	BerElement *reader = ber_reader();
	char name[KRB_MSG_NAME_MAX];

	if (n <= EDGE_MAX)
		s = edge(s);
	fuzz_mark(name, sizeof name);
	if (krb_msg_name(s, name) != 0)
		HOLDS(fuzz_untouched(name, sizeof name));
	else
		HOLDS(strlen(name) < sizeof name && fuzz_one_line(name));
	HOLDS(reader != NULL);
	walk(reader, s, DEPTH_MAX);
	ber_free(reader, 0);
	return 0;
}
