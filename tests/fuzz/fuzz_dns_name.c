/* fuzz_dns_name.c - any bytes as a message with a name in it, compressed or not; any text as a
 * name to be written. */
#include "dns_name.h"
#include "fuzz.h"

static void
is_the_same_written_again(const char *name)
{
	char again[DNS_NAME_MAX];
	struct buf b = { 0 };
	size_t at = 0;

	HOLDS(dns_name_write(&b, name) == 0);
	/* Two bytes more than the text: the first length and the root; the root itself is one.
	 */
	HOLDS(b.n == (name[0] != '\0' ? strlen(name) + 2 : 1) && b.n <= 255);
	HOLDS(dns_name_read(buf_bytes(&b), &at, again) == 0 && at == b.n);
	HOLDS(strcmp(name, again) == 0);
	buf_done(&b);
}

static void
read_at(struct span msg, size_t at)
{
	char name[DNS_NAME_MAX];
	size_t from = at;

	fuzz_mark(name, sizeof name);
	if (dns_name_read(msg, &at, name) != 0) {
		HOLDS(at == from && fuzz_untouched(name, sizeof name));
		return;
	}
	HOLDS(at > from && at <= msg.n);
	is_the_same_written_again(name);
}

static void
write_text(struct span s)
{
	char name[400];
	struct buf b = { 0 };
	size_t n = s.n < sizeof name - 1 ? s.n : sizeof name - 1;

	if (n > 0)
		memcpy(name, s.p, n);
	name[n] = '\0';
	if (dns_name_write(&b, name) != 0) {
		HOLDS(b.n == 0);
		return;
	}
	buf_done(&b);
	/* One dot at the end is fine, and not part of the name. */
	n = strlen(name);
	if (n > 0 && name[n - 1] == '.')
		name[n - 1] = '\0';
	is_the_same_written_again(name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };

	for (size_t at = 0; at < n && at < 32; at++)
		read_at(s, at);
	write_text(s);
	return 0;
}
