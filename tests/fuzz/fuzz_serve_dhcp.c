/*
 * fuzz_serve_dhcp.c - any bytes as a message to a DHCP server, and any sequence of good
 * messages of a few clients, beside a book of who holds what: no address is ever given to
 * two.
 */
#include "serve_dhcp.h"

#include "fuzz.h"
#include "mem.h"

enum { CLIENTS = 8, LEASE_S = 600, DECLINED_S = 24 * 3600 };
enum { SERVER = 0x7f000001, RELAY = 0x7f2b0001, FIRST = 0x7f2a00fc, LAST = 0x7f2a0105 };

#define SECOND UINT64_C(1000000)

/* Untagged without a relay: ten addresses, of which .255, .0 and the router's are never leased.
 * And a scope behind a relay. */
static const struct serve_dhcp_scope scopes[] = {
	{ .ip = 0x7f2a0000,
	    .mask = 0xffff0000,
	    .first = FIRST,
	    .last = LAST,
	    .router = 0x7f2a0101,
	    .dns = { SERVER, 0 },
	    .voice_vlan = 200 },
	{ .giaddr = RELAY,
	    .ip = 0x7f2b0000,
	    .mask = 0xffff0000,
	    .first = 0x7f2b0010,
	    .last = 0x7f2b0013 },
};
static const char *const search[] = { "voice.contoso.com", "contoso.com" };
static const struct serve_dhcp_cfg cfg = { .server = SERVER,
	.scopes = scopes,
	.n_scopes = 2,
	.vendor_class = "CPE-OCPhone",
	.domain = "contoso.com",
	.search = search,
	.n_search = 2,
	.lease_s = LEASE_S };

struct book { /* by what the server said */
	struct serve_dhcp *serve;
	uint64_t now_us;
	struct held { /* one address of the first scope */
		uint64_t until_us, blocked_until_us;
		uint8_t client; /* from 1; 0: nobody */
	} held[LAST - FIRST + 1];
	uint32_t told[CLIENTS]; /* the address each was told last */
};

static struct held *
held_at(struct book *b, uint32_t ip)
{
	HOLDS(ip >= FIRST && ip <= LAST);
	HOLDS((ip & 255) != 0 && (ip & 255) != 255 && ip != scopes[0].router);
	return &b->held[ip - FIRST];
}

/* What may be said of an address: it is not another's, and was not found taken. */
static void
given(struct book *b, const struct dhcp_msg *m, uint8_t client)
{
	struct held *h = held_at(b, m->yiaddr);
	uint32_t lease_s = 0;

	HOLDS(h->client == 0 || h->client == client + 1 || h->until_us <= b->now_us);
	HOLDS(h->blocked_until_us <= b->now_us);
	b->told[client] = m->yiaddr;
	if (m->type != DHCP_ACK)
		return;
	HOLDS(dhcp_msg_u32(m, DHCP_OPT_LEASE, &lease_s) && lease_s == LEASE_S);
	for (size_t i = 0; i < sizeof b->held / sizeof b->held[0]; i++)
		if (b->held[i].client == client + 1 && &b->held[i] != h)
			HOLDS(b->held[i].until_us <= b->now_us || b->held[i].client == 0);
	h->client = (uint8_t)(client + 1);
	h->until_us = b->now_us + LEASE_S * SECOND;
}

/* Given back, or found taken by somebody else. */
static void
taken_back(struct book *b, enum dhcp_type type, uint32_t ip)
{
	struct held *h = held_at(b, ip);

	h->client = 0;
	h->until_us = 0;
	if (type == DHCP_DECLINE)
		h->blocked_until_us = b->now_us + DECLINED_S * SECOND;
}

static void
check_reply(struct book *b, const struct dhcp_ask *a, struct span reply,
    const struct serve_dhcp_done *done, uint8_t client)
{
	struct dhcp_msg m;
	uint32_t server;

	HOLDS(dhcp_msg_decode(&m, reply) == 0 && m.op == 2);
	HOLDS(m.type == done->answered && m.xid == a->xid);
	HOLDS(memcmp(m.mac, a->mac, sizeof a->mac) == 0);
	HOLDS(dhcp_msg_u32(&m, DHCP_OPT_SERVER, &server) && server == SERVER);
	HOLDS(m.type == DHCP_OFFER || m.type == DHCP_ACK || m.type == DHCP_NAK);
	if (m.yiaddr != 0)
		given(b, &m, client);
	else
		HOLDS(m.type == DHCP_NAK || a->type == DHCP_INFORM);
}

/* One message of one client, good in itself if not in its place. */
static void
say(struct book *b, struct span *in)
{
	static const uint8_t wants[] = { 1, 3, 6, 15, 43, 119 };
	uint8_t who = fuzz_u8(in), how = fuzz_u8(in), other = fuzz_u8(in);
	uint8_t client = who % CLIENTS;
	/* What it was told, or any address of the scope. */
	uint32_t any = (uint32_t)FIRST + other % (LAST - FIRST + 1u);
	uint32_t ip = how & 0x80 ? any : b->told[client];
	/* All of them begin their search for an address at the same place. */
	struct dhcp_ask a = { .type = (enum dhcp_type)(who / CLIENTS % DHCP_INFORM + 1),
		.xid = fuzz_u32(in),
		.mac = { 0, 4, 0xf2, client, 0, 0 },
		.server = how & 1 ? SERVER + (how >> 5 & 1) : 0,
		.wanted = how & 2 ? ip : 0,
		.ciaddr = how & 4 ? ip : 0,
		.vendor_class = how & 8 ? "CPE-OCPhone" : NULL,
		.ask = wants,
		.n_ask = how & 16 ? sizeof wants : 0 };
	struct buf request = { 0 }, reply = { 0 };
	struct serve_dhcp_done done;

	b->now_us += other * SECOND;
	dhcp_msg_ask(&request, &a);
	if (serve_dhcp_answer(b->serve, buf_bytes(&request), b->now_us, &reply, &done) != 0)
		HOLDS(reply.n == 0);
	else if (reply.n > 0)
		check_reply(b, &a, buf_bytes(&reply), &done, client);
	else if ((a.type == DHCP_RELEASE || a.type == DHCP_DECLINE) && done.ip != 0)
		taken_back(b, a.type, done.ip);
	buf_done(&request);
	buf_done(&reply);
}

static size_t
leases(const struct book *b)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof b->held / sizeof b->held[0]; i++)
		n += b->held[i].client != 0 && b->held[i].until_us > b->now_us;
	return n;
}

static void
raw(struct serve_dhcp *serve, struct span bytes)
{
	struct serve_dhcp_done done;
	struct buf reply = { 0 };
	struct dhcp_msg m;

	if (serve_dhcp_answer(serve, bytes, 1, &reply, &done) != 0)
		HOLDS(reply.n == 0);
	else if (reply.n > 0)
		HOLDS(dhcp_msg_decode(&m, buf_bytes(&reply)) == 0 && m.op == 2 &&
		    (done.to_port == 67 || done.to_port == 68));
	buf_done(&reply);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct book b = { .now_us = 1 };
	struct span in = { p, n };
	long before = mem_out();

	HOLDS(serve_dhcp_new(&cfg, &b.serve) == 0);
	while (in.n > 0) {
		say(&b, &in);
		HOLDS(serve_dhcp_leases(b.serve, b.now_us) == leases(&b));
	}
	raw(b.serve, (struct span){ p, n });
	serve_dhcp_free(b.serve);
	HOLDS(mem_out() == before);
	return 0;
}
