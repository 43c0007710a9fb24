/* serve_dhcp.c - see serve_dhcp.h: what each message gets for an answer.  Which address is
 * whose is serve_lease.c's. */
#include "serve_dhcp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dns_name.h"
#include "mem.h"
#include "serve_lease.h"
#include "text.h"

enum {
	OP_REQUEST = 1,
	OP_REPLY = 2,
	FLAG_BROADCAST = 0x8000,
	SERVER_PORT = 67,
	CLIENT_PORT = 68,
	PAD_TO = 300,
	VLAN_SUBOPTION = 10,
	OFFER_S = 60,
	DECLINED_S = 24 * 3600
};

struct scope {
	struct serve_dhcp_scope cfg;
	struct lease_table *leases;
};

struct serve_dhcp {
	struct scope *scopes;
	size_t n_scopes;
	uint32_t server, lease_s;
	char vendor_class[64];
	char domain[DHCP_NAME_MAX];
	uint8_t search[DHCP_VALUE_MAX]; /* option 119, encoded */
	size_t n_search;
};

/* One message while it is answered. */
struct exchange {
	struct serve_dhcp *d;
	struct scope *scope;
	struct dhcp_msg ask;
	uint64_t now_us;
	struct serve_dhcp_done *done;
};

static uint64_t
after_s(const struct exchange *x, uint64_t s)
{
	return x->now_us + s * 1000000;
}

/* ---- making one ------------------------------------------------------------------- */

static int
copy_search(struct serve_dhcp *d, const struct serve_dhcp_cfg *cfg)
{
	struct buf b;

	buf_over(&b, d->search, sizeof d->search);
	for (size_t i = 0; i < cfg->n_search; i++)
		if (dns_name_write(&b, cfg->search[i]) != 0)
			return -EINVAL;
	d->n_search = b.n;
	return b.err;
}

static int
copy_scopes(struct serve_dhcp *d, const struct serve_dhcp_cfg *cfg)
{
	d->scopes = mem_new((cfg->n_scopes > 0 ? cfg->n_scopes : 1) * sizeof *d->scopes);
	if (d->scopes == NULL)
		return -ENOMEM;
	for (; d->n_scopes < cfg->n_scopes; d->n_scopes++) {
		struct scope *s = &d->scopes[d->n_scopes];
		int err;

		s->cfg = cfg->scopes[d->n_scopes];
		err = lease_table_new(s->cfg.first, s->cfg.last, &s->leases);
		if (err != 0)
			return err;
		lease_table_reserve(s->leases, s->cfg.router);
		lease_table_reserve(s->leases, s->cfg.giaddr);
		lease_table_reserve(s->leases, cfg->server);
	}
	return 0;
}

int
serve_dhcp_new(const struct serve_dhcp_cfg *cfg, struct serve_dhcp **out)
{
	struct serve_dhcp *d = mem_new(sizeof *d);
	int err;

	if (d == NULL)
		return -ENOMEM;
	d->server = cfg->server;
	d->lease_s = cfg->lease_s;
	if (text_copy(d->vendor_class, sizeof d->vendor_class, span_of(cfg->vendor_class)) ||
	    text_copy(d->domain, sizeof d->domain, span_of(cfg->domain)))
		err = -EINVAL;
	else
		err = copy_search(d, cfg);
	if (err == 0)
		err = copy_scopes(d, cfg);
	if (err != 0) {
		serve_dhcp_free(d);
		return err;
	}
	*out = d;
	return 0;
}

void
serve_dhcp_free(struct serve_dhcp *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n_scopes; i++)
		lease_table_free(d->scopes[i].leases);
	mem_free(d->scopes);
	mem_free(d);
}

size_t
serve_dhcp_leases(const struct serve_dhcp *d, uint64_t now_us)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_scopes; i++)
		n += lease_table_count(d->scopes[i].leases, now_us);
	return n;
}

/* ---- the options of a reply ----------------------------------------------------------- */

/* Did the client name this option in its list?  Without a list it gets everything. */
static bool
wants(const struct exchange *x, uint8_t code)
{
	uint8_t memory[DHCP_VALUE_MAX];
	struct buf list;

	buf_over(&list, memory, sizeof memory);
	if (!dhcp_msg_get(&x->ask, DHCP_OPT_ASK, &list))
		return true;
	return memchr(memory, code, list.n) != NULL;
}

static void
put_dns(struct buf *b, const struct serve_dhcp_scope *s)
{
	uint8_t memory[8];
	struct buf v;

	buf_over(&v, memory, sizeof memory);
	for (size_t i = 0; i < 2; i++)
		if (s->dns[i] != 0)
			buf_u32(&v, s->dns[i]);
	if (v.n > 0)
		dhcp_msg_option(b, DHCP_OPT_DNS, buf_bytes(&v));
}

/* Option 43 is for the vendor class it was defined for, compared bytewise. */
static void
put_vendor(struct buf *b, const struct exchange *x)
{
	uint8_t memory[DHCP_VALUE_MAX];
	char text[16];
	struct buf v;
	int n;

	buf_over(&v, memory, sizeof memory);
	if (x->scope->cfg.voice_vlan == 0 || !dhcp_msg_get(&x->ask, DHCP_OPT_CLASS, &v) ||
	    !span_is(buf_bytes(&v), x->d->vendor_class))
		return;
	n = snprintf(text, sizeof text, "%u", x->scope->cfg.voice_vlan);
	buf_clear(&v);
	buf_put(&v, (uint8_t[]){ VLAN_SUBOPTION, (uint8_t)n }, 2);
	buf_text(&v, text);
	dhcp_msg_option(b, DHCP_OPT_VENDOR, buf_bytes(&v));
}

/* What the administrator set for the scope, in the order a Windows server sends it. */
static void
put_scope(struct buf *b, const struct exchange *x)
{
	const struct serve_dhcp_scope *s = &x->scope->cfg;

	if (s->router != 0 && wants(x, DHCP_OPT_ROUTER))
		dhcp_msg_option_u32(b, DHCP_OPT_ROUTER, s->router);
	if (wants(x, DHCP_OPT_DNS))
		put_dns(b, s);
	/* Windows counts the NUL into the name. */
	if (x->d->domain[0] != '\0' && wants(x, DHCP_OPT_DOMAIN))
		dhcp_msg_option(b, DHCP_OPT_DOMAIN,
		    (struct span){ (const uint8_t *)x->d->domain, strlen(x->d->domain) + 1 });
	if (wants(x, DHCP_OPT_VENDOR))
		put_vendor(b, x);
	if (x->d->n_search > 0 && wants(x, DHCP_OPT_SEARCH))
		dhcp_msg_option(
		    b, DHCP_OPT_SEARCH, (struct span){ x->d->search, x->d->n_search });
}

/* Option 82 goes back to the relay as it came (RFC 3046 section 2.2). */
static void
put_relay(struct buf *b, const struct exchange *x)
{
	uint8_t memory[DHCP_VALUE_MAX];
	struct buf v;

	buf_over(&v, memory, sizeof memory);
	if (dhcp_msg_get(&x->ask, DHCP_OPT_RELAY, &v) && v.err == 0)
		dhcp_msg_option(b, DHCP_OPT_RELAY, buf_bytes(&v));
}

/* Where a reply goes (RFC 2131 section 4.1). */
static void
address_reply(struct exchange *x, enum dhcp_type type)
{
	x->done->to_port = CLIENT_PORT;
	x->done->to_ip = 0;
	if (x->ask.giaddr != 0) {
		x->done->to_ip = x->ask.giaddr;
		x->done->to_port = SERVER_PORT;
	} else if (type != DHCP_NAK) {
		x->done->to_ip = x->ask.ciaddr;
	}
}

static void
put_reply(struct exchange *x, enum dhcp_type type, uint32_t ip, struct buf *b)
{
	struct dhcp_head head = { .op = OP_REPLY,
		.xid = x->ask.xid,
		.flags = x->ask.flags,
		.ciaddr = type == DHCP_ACK ? x->ask.ciaddr : 0,
		.yiaddr = ip,
		.siaddr = type == DHCP_NAK ? 0 : x->d->server,
		.giaddr = x->ask.giaddr };
	size_t start = b->n;

	memcpy(head.mac, x->ask.mac, sizeof head.mac);
	/* A relay agent has to broadcast a NAK: the client may have no address. */
	if (type == DHCP_NAK && x->ask.giaddr != 0)
		head.flags |= FLAG_BROADCAST;
	dhcp_msg_begin(b, &head);
	dhcp_msg_option(b, DHCP_OPT_TYPE, (struct span){ (uint8_t[]){ (uint8_t)type }, 1 });
	if (type != DHCP_NAK)
		dhcp_msg_option_u32(b, DHCP_OPT_MASK, x->scope->cfg.mask);
	if (type != DHCP_NAK && ip != 0) {
		dhcp_msg_option_u32(b, DHCP_OPT_T1, x->d->lease_s / 2);
		dhcp_msg_option_u32(
		    b, DHCP_OPT_T2, (uint32_t)((uint64_t)x->d->lease_s * 7 / 8));
		dhcp_msg_option_u32(b, DHCP_OPT_LEASE, x->d->lease_s);
	}
	dhcp_msg_option_u32(b, DHCP_OPT_SERVER, x->d->server);
	if (type != DHCP_NAK)
		put_scope(b, x);
	put_relay(b, x);
	dhcp_msg_end(b, start, PAD_TO);

	x->done->answered = type;
	address_reply(x, type);
}

/* ---- what each message gets ------------------------------------------------------------- */

static void
on_discover(struct exchange *x, struct buf *reply)
{
	struct lease *l = lease_find(x->scope->leases, x->ask.mac, x->now_us);

	if (l == NULL) /* the scope is full */
		return;
	lease_offer(l, x->ask.mac, after_s(x, OFFER_S), x->now_us);
	x->done->ip = lease_ip(x->scope->leases, l);
	put_reply(x, DHCP_OFFER, x->done->ip, reply);
}

/* Does this client hold, or was it offered, this address? */
static struct lease *
lease_of(const struct exchange *x, uint32_t ip)
{
	struct lease *l = lease_at(x->scope->leases, ip);

	return l != NULL && lease_is_of(l, x->ask.mac) ? l : NULL;
}

static void
grant(struct exchange *x, uint32_t ip, struct buf *reply)
{
	struct lease *l = lease_of(x, ip);

	x->done->ip = ip;
	if (l == NULL) {
		put_reply(x, DHCP_NAK, 0, reply);
		return;
	}
	lease_hold(l, after_s(x, x->d->lease_s));
	put_reply(x, DHCP_ACK, ip, reply);
}

/* The four states a REQUEST can come from, told apart as in RFC 2131 section 4.3.2. */
static void
on_request(struct exchange *x, struct buf *reply)
{
	uint32_t server = 0, wanted = 0;
	bool has_server = dhcp_msg_u32(&x->ask, DHCP_OPT_SERVER, &server);
	bool has_wanted = dhcp_msg_u32(&x->ask, DHCP_OPT_WANTED, &wanted);

	if (has_server && server != x->d->server) { /* it took another's offer */
		lease_withdraw(lease_lookup(x->scope->leases, x->ask.mac));
	} else if (has_wanted) { /* SELECTING, INIT-REBOOT */
		bool on_net = ((wanted ^ x->scope->cfg.ip) & x->scope->cfg.mask) == 0;

		/* Of a client we know nothing about another server may know more. */
		if (has_server || !on_net || lease_lookup(x->scope->leases, x->ask.mac) != NULL)
			grant(x, wanted, reply);
	} else if (x->ask.ciaddr != 0) { /* RENEWING, REBINDING */
		grant(x, x->ask.ciaddr, reply);
	}
}

/* What comes to an end: a RELEASE names its address in ciaddr, a DECLINE in option 50. */
static void
on_end(struct exchange *x)
{
	uint32_t ip = x->ask.ciaddr, server = x->d->server;
	struct lease *l;

	if (x->ask.type == DHCP_DECLINE && !dhcp_msg_u32(&x->ask, DHCP_OPT_WANTED, &ip))
		return;
	(void)dhcp_msg_u32(&x->ask, DHCP_OPT_SERVER, &server);
	l = server == x->d->server ? lease_of(x, ip) : NULL;
	if (l == NULL)
		return;

	x->done->ip = ip;
	if (x->ask.type == DHCP_RELEASE)
		lease_release(l);
	else
		lease_block(l, after_s(x, DECLINED_S));
}

/* The scope of a message: its relay's; without a relay its address's; else the one that has no
 * relay. */
static struct scope *
scope_of(const struct serve_dhcp *d, const struct dhcp_msg *m)
{
	for (size_t i = 0; i < d->n_scopes; i++) {
		struct scope *s = &d->scopes[i];
		bool holds = ((m->ciaddr ^ s->cfg.ip) & s->cfg.mask) == 0;

		if (m->giaddr != 0       ? s->cfg.giaddr == m->giaddr
			: m->ciaddr != 0 ? holds
					 : s->cfg.giaddr == 0)
			return s;
	}
	return NULL;
}

int
serve_dhcp_answer(struct serve_dhcp *d, struct span request, uint64_t now_us, struct buf *reply,
    struct serve_dhcp_done *done)
{
	struct exchange x = { .d = d, .now_us = now_us, .done = done };

	*done = (struct serve_dhcp_done){ 0 };
	if (dhcp_msg_decode(&x.ask, request) != 0 || x.ask.op != OP_REQUEST)
		return -EBADMSG;
	done->asked = x.ask.type;
	memcpy(done->mac, x.ask.mac, sizeof done->mac);
	x.scope = scope_of(d, &x.ask);
	if (x.scope == NULL)
		return -ENOENT;

	switch (x.ask.type) {
	case DHCP_DISCOVER:
		on_discover(&x, reply);
		break;
	case DHCP_REQUEST:
		on_request(&x, reply);
		break;
	case DHCP_DECLINE:
	case DHCP_RELEASE:
		on_end(&x);
		break;
	case DHCP_INFORM:
		put_reply(&x, DHCP_ACK, 0, reply);
		break;
	case DHCP_OFFER:
	case DHCP_ACK:
	case DHCP_NAK:
		return -EBADMSG;
	}
	return reply->err;
}
