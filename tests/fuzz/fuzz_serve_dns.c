/* fuzz_serve_dns.c - any bytes as queries to a DNS server, over UDP and as a TCP stream cut
 * anywhere; and good queries, whose answers must be those of the zone. */
#include "serve_dns.h"

#include <errno.h>
#include <strings.h>

#include "fuzz.h"
#include "mem.h"
#include "rng.h"

enum { FEW = 16, OUT_MAX = 1 << 17 };

/* Aliases in a circle and out of the zone, services with and without addresses, a name with
 * more than fits UDP. */
/* clang-format off */
static const struct serve_dns_record zone[] = {
	{ .name = "dc01.contoso.com", .type = DNS_A, .ip = 0x7f000101 },
	{ .name = "fe01.contoso.com", .type = DNS_A, .ip = 0x7f000102 },
	{ .name = "fe01.contoso.com", .type = DNS_A, .ip = 0x7f000103 },
	{ .name = "alias.contoso.com", .type = DNS_CNAME, .target = "fe01.contoso.com" },
	{ .name = "round.contoso.com", .type = DNS_CNAME, .target = "trip.contoso.com" },
	{ .name = "trip.contoso.com", .type = DNS_CNAME, .target = "round.contoso.com" },
	{ .name = "away.contoso.com", .type = DNS_CNAME, .target = "elsewhere.test" },
	{ .name = "_sip._tls.contoso.com", .type = DNS_SRV, .target = "fe01.contoso.com", .port = 5061 },
	{ .name = "_sip._tls.contoso.com", .type = DNS_SRV, .target = "nobody.contoso.com", .port = 5061 },
	{ .name = "_many._tcp.contoso.com", .type = DNS_SRV, .target = "a.a-rather-long-name-to-fill-the-message.contoso.com", .port = 1 },
	{ .name = "_many._tcp.contoso.com", .type = DNS_SRV, .target = "b.a-rather-long-name-to-fill-the-message.contoso.com", .port = 2 },
	{ .name = "_many._tcp.contoso.com", .type = DNS_SRV, .target = "c.a-rather-long-name-to-fill-the-message.contoso.com", .port = 3 },
	{ .name = "_many._tcp.contoso.com", .type = DNS_SRV, .target = "d.a-rather-long-name-to-fill-the-message.contoso.com", .port = 4 },
	{ .name = "_many._tcp.contoso.com", .type = DNS_SRV, .target = "e.a-rather-long-name-to-fill-the-message.contoso.com", .port = 5 },
	{ .name = "_many._tcp.contoso.com", .type = DNS_SRV, .target = "f.a-rather-long-name-to-fill-the-message.contoso.com", .port = 6 },
};
/* clang-format on */
enum { ZONE = sizeof zone / sizeof zone[0] };

/* ---- any bytes ------------------------------------------------------------------------ */

static void
answer(const struct serve_dns *d, struct span query, bool tcp)
{
	struct serve_dns_done done;
	struct dns_head asked, said;
	struct buf out = { 0 };

	buf_text(&out, "before");
	if (serve_dns_answer(d, query, tcp, &out, &done) != 0) {
		HOLDS(span_is(buf_bytes(&out), "before"));
		buf_done(&out);
		return;
	}
	HOLDS(memcmp(out.p, "before", 6) == 0);
	buf_eat(&out, 6);
	HOLDS(tcp || out.n <= DNS_MSG_UDP_MAX);
	HOLDS(dns_msg_head(&asked, query) == 0 && dns_msg_head(&said, buf_bytes(&out)) == 0);
	HOLDS(said.id == asked.id && (said.flags & 0x8000) != 0 &&
	    (said.flags & 15) == done.rcode);
	HOLDS(said.n_answers == done.answers && strcmp(said.name, asked.name) == 0);
	HOLDS(done.truncated == ((said.flags & 0x0200) != 0));
	/* Its own answers are never answered. */
	HOLDS(serve_dns_answer(d, buf_bytes(&out), tcp, &out, &done) == -EBADMSG);
	buf_done(&out);
}

/* Pieces of at most so many bytes; how it ended. */
static int
hear(const struct serve_dns *d, struct span s, size_t most, struct buf *out)
{
	struct serve_dns_done done;
	struct buf in = { 0 };
	struct rng rng;
	int err = 0;

	rng_seed(&rng, most, s.n);
	while (s.n > 0 && err >= 0) {
		buf_span(&in, fuzz_take(&s, 1 + (size_t)rng_below(&rng, most)));
		while ((err = serve_dns_stream(d, &in, out, &done)) == 1)
			continue;
	}
	buf_done(&in);
	return err;
}

/* Wherever the stream is cut, the answers are the same. */
static void
stream(const struct serve_dns *d, struct span s)
{
	struct buf whole, cut;

	buf_init(&whole, OUT_MAX);
	buf_init(&cut, OUT_MAX);
	HOLDS(hear(d, s, s.n + 1, &whole) == hear(d, s, 3, &cut));
	HOLDS(span_eq(buf_bytes(&whole), buf_bytes(&cut)));
	buf_done(&whole);
	buf_done(&cut);
}

/* ---- good queries ----------------------------------------------------------------------- */

/* How many records of this name and type the zone has itself. */
static size_t
of_zone(const char *name, enum dns_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < ZONE; i++)
		n += zone[i].type == type && strcasecmp(zone[i].name, name) == 0;
	return n;
}

static void
ask(const struct serve_dns *d, const char *name, enum dns_type type, uint16_t id)
{
	struct buf query = { 0 }, out = { 0 };
	struct serve_dns_done done;
	struct dns_srv srv[FEW];
	uint32_t ips[FEW];
	size_t n = 0, want = of_zone(name, type);
	int err;

	HOLDS(dns_msg_query(&query, id, name, type) == 0);
	HOLDS(serve_dns_answer(d, buf_bytes(&query), true, &out, &done) == 0);
	HOLDS(strcmp(done.name, name) == 0 && done.type == type);
	err = dns_msg_check(buf_bytes(&out), id, name, type);
	HOLDS(err == 0 || (err == -ENOENT && want == 0));
	if (type == DNS_A && want > 0)
		HOLDS(dns_msg_addresses(buf_bytes(&out), ips, FEW, &n) == 0 && n == want);
	if (type == DNS_SRV && want > 0)
		HOLDS(dns_msg_services(buf_bytes(&out), srv, FEW, &n) == 0 && n == want);
	/* A host's address goes along with the service. */
	for (size_t i = 0; i < (type == DNS_SRV ? n : 0); i++)
		HOLDS((srv[i].ip != 0) == (of_zone(srv[i].target, DNS_A) > 0));
	answer(d, buf_bytes(&query), false);
	buf_done(&query);
	buf_done(&out);
}

/* A name of the zone with letters of any case, or with a label in front. */
static void
ask_for(const struct serve_dns *d, struct span in)
{
	static const enum dns_type types[] = { DNS_A, DNS_CNAME, DNS_SRV };
	char name[DNS_NAME_MAX];
	uint8_t nth = fuzz_u8(&in), how = fuzz_u8(&in), letters = fuzz_u8(&in);

	(void)snprintf(
	    name, sizeof name, "%s%s", how % 8 == 0 ? "x." : "", zone[nth % ZONE].name);
	for (size_t i = 0; name[i] != '\0'; i++)
		if (name[i] >= 'a' && name[i] <= 'z' && letters >> i % 8 & 1)
			name[i] = (char)(name[i] - 'a' + 'A');
	ask(d, name, types[how % 3], (uint16_t)fuzz_u32(&in));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	struct serve_dns *d;
	long before = mem_out();

	HOLDS(serve_dns_new(zone, ZONE, 300, &d) == 0);
	answer(d, s, false);
	answer(d, s, true);
	stream(d, s);
	ask_for(d, s);
	serve_dns_free(d);
	HOLDS(mem_out() == before);
	return 0;
}
