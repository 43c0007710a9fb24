/*
 * fuzz_dns_msg.c - any bytes as a DNS reply, at the very end of memory, since c-ares is not
 * watched by the sanitizers; as names, compressed or not; and any text as a name to be written
 * and to be asked for.
 */
#include "dns_msg.h"

#include <errno.h>

#include "edge.h"
#include "fuzz.h"
#include "rng.h"

enum { FEW = 4, NAMES = 32 };

/* ---- names ------------------------------------------------------------------------- */

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
name_at(struct span msg, size_t at)
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

/* ---- replies ---------------------------------------------------------------------- */

static uint32_t
chance(void *rng)
{
	return rng_u32(rng);
}

/* Ordering loses none and obeys the priorities, whatever the weights. */
static void
order(struct dns_srv *srv, size_t n, uint16_t seed)
{
	uint64_t before = 0, after = 0;
	struct rng rng;

	for (size_t i = 0; i < n; i++)
		before += (uint64_t)srv[i].port << 32 | srv[i].weight;
	rng_seed(&rng, seed, 0);
	dns_srv_order(srv, n, chance, &rng);
	for (size_t i = 0; i < n; i++) {
		HOLDS(i == 0 || srv[i - 1].priority <= srv[i].priority);
		after += (uint64_t)srv[i].port << 32 | srv[i].weight;
	}
	HOLDS(before == after);
}

static void
look_at_answers(struct span s, const struct dns_head *head)
{
	struct dns_srv srv[FEW];
	uint32_t ips[FEW];
	size_t n = 99;

	fuzz_mark(ips, sizeof ips);
	if (dns_msg_addresses(s, ips, FEW, &n) != 0)
		HOLDS(n == 99 && fuzz_untouched(ips, sizeof ips));
	else
		HOLDS(n >= 1 && n <= FEW);

	n = 99;
	fuzz_mark(srv, sizeof srv);
	if (dns_msg_services(s, srv, FEW, &n) != 0) {
		HOLDS(n == 99 && fuzz_untouched(srv, sizeof srv));
		return;
	}
	HOLDS(n >= 1 && n <= FEW);
	for (size_t i = 0; i < n; i++) {
		struct buf b = { 0 };

		HOLDS(srv[i].target[0] != '\0' && dns_name_write(&b, srv[i].target) == 0);
		buf_done(&b);
	}
	order(srv, n, head->id);
}

static void
read_bytes(struct span s)
{
	struct dns_head head;

	HOLDS(dns_msg_rcode(s)[0] != '\0');
	fuzz_mark(&head, sizeof head);
	if (dns_msg_head(&head, s) != 0) {
		HOLDS(fuzz_untouched(&head, sizeof head));
		HOLDS(dns_msg_check(s, 0, "a", DNS_A) == -EBADMSG);
		return;
	}
	HOLDS(head.question_end >= DNS_MSG_HEAD && head.question_end <= s.n);
	HOLDS(strlen(head.name) < DNS_NAME_MAX);
	/* Only what repeats the question of the right number is its reply. */
	if (dns_msg_check(s, head.id, head.name, (enum dns_type)head.type) == 0)
		HOLDS(dns_msg_check(s, head.id ^ 1, head.name, (enum dns_type)head.type) ==
		    -EPROTO);
	look_at_answers(s, &head);
}

/* ---- queries ---------------------------------------------------------------------- */

/* A name that can be asked for comes back as the question. */
static void
ask(struct span s)
{
	char name[600];
	struct buf out = { 0 };
	struct dns_head head;
	size_t n = s.n < sizeof name - 1 ? s.n : sizeof name - 1;

	if (n > 0)
		memcpy(name, s.p, n);
	name[n] = '\0';
	if (dns_msg_query(&out, (uint16_t)n, name, DNS_SRV) != 0) {
		HOLDS(out.n == 0);
		return;
	}
	HOLDS(dns_msg_head(&head, buf_bytes(&out)) == 0);
	HOLDS(head.id == n && head.flags == 0x0100 && head.n_questions == 1);
	HOLDS(head.type == DNS_SRV && head.class == 1 && head.question_end == out.n);
	n = strlen(name);
	if (n > 0 && name[n - 1] == '.')
		name[n - 1] = '\0';
	HOLDS(strcmp(head.name, name) == 0);
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };

	read_bytes(n <= EDGE_MAX ? edge(s) : s);
	for (size_t at = 0; at < n && at < NAMES; at++)
		name_at(s, at);
	write_text(s);
	ask(s);
	return 0;
}
