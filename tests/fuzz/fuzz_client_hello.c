/* fuzz_client_hello.c - any bytes as a server's answer to the phone's hello: more of them never
 * change what the first ones have said. */
#include <errno.h>

#include "client_hello.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct server_answer whole, part;
	int err;

	fuzz_mark(&whole, sizeof whole);
	err = server_answer_read((struct span){ p, n }, &whole);
	HOLDS(err == 0 || err == -EAGAIN || err == -EBADMSG);
	HOLDS(err == 0 || fuzz_untouched(&whole, sizeof whole));
	for (size_t i = 0; i < n && i < 128; i++) {
		int early = server_answer_read((struct span){ p, i }, &part);

		HOLDS(early == -EAGAIN || early == err || err == -EAGAIN);
		if (early == 0)
			HOLDS(part.alert == whole.alert && part.suite == whole.suite &&
			    part.version == whole.version &&
			    part.description == whole.description);
	}
	if (err == 0 && !whole.alert)
		(void)client_hello_suite_name(whole.suite);
	return 0;
}
