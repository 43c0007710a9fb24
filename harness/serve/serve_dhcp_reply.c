/* serve_dhcp_reply.c - see serve_dhcp_priv.h: the options of a reply, and where it goes. */
#include <stdio.h>
#include <string.h>

#include "serve_dhcp_priv.h"

enum {
	OP_REPLY = 2,
	FLAG_BROADCAST = 0x8000,
	SERVER_PORT = 67,
	CLIENT_PORT = 68,
	PAD_TO = 300,
	VLAN_SUBOPTION = 10
};

/* Did the client name this option in its list?  Without a list it gets everything. */
static bool
wants(const struct dhcp_exchange *x, uint8_t code)
{
	uint8_t memory[DHCP_VALUE_MAX];
	struct buf list;

	if (x->d->off[code])
		return false;
	buf_over(&list, memory, sizeof memory);
	if (!dhcp_msg_get(&x->ask, DHCP_OPT_ASK, &list))
		return true;
	return memchr(memory, code, list.n) != NULL;
}

/* One or two addresses; without any there is no option. */
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
put_vendor(struct buf *b, const struct dhcp_exchange *x)
{
	uint8_t memory[DHCP_VALUE_MAX];
	char text[16];
	struct buf v;
	int n;

	buf_over(&v, memory, sizeof memory);
	if (x->scope->cfg.voice_vlan == 0 || !dhcp_msg_get(&x->ask, DHCP_OPT_CLASS, &v) ||
	    !span_is(buf_bytes(&v), x->d->vendor_class))
		return;
	/* As text: what an administrator types into the sub-option. */
	n = snprintf(text, sizeof text, "%u", x->scope->cfg.voice_vlan);
	buf_clear(&v);
	buf_put(&v, (uint8_t[]){ VLAN_SUBOPTION, (uint8_t)n }, 2);
	buf_text(&v, text);
	dhcp_msg_option(b, DHCP_OPT_VENDOR, buf_bytes(&v));
}

/* What the administrator set for the scope, in the order a Windows server sends it. */
static void
put_scope(struct buf *b, const struct dhcp_exchange *x)
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
put_relay(struct buf *b, const struct dhcp_exchange *x)
{
	uint8_t memory[DHCP_VALUE_MAX];
	struct buf v;

	buf_over(&v, memory, sizeof memory);
	if (dhcp_msg_get(&x->ask, DHCP_OPT_RELAY, &v) && v.err == 0)
		dhcp_msg_option(b, DHCP_OPT_RELAY, buf_bytes(&v));
}

/* Where a reply goes (RFC 2131 section 4.1). */
static void
address_reply(struct dhcp_exchange *x, enum dhcp_type type)
{
	/* To the relay; to the address a client already has; else, and for a NAK, to all. */
	x->done->to_port = CLIENT_PORT;
	x->done->to_ip = 0;
	if (x->ask.giaddr != 0) {
		x->done->to_ip = x->ask.giaddr;
		x->done->to_port = SERVER_PORT;
	} else if (type != DHCP_NAK) {
		x->done->to_ip = x->ask.ciaddr;
	}
}

void
serve_dhcp_reply(struct dhcp_exchange *x, enum dhcp_type type, uint32_t ip, struct buf *b)
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
	/* RFC 2131 section 4.3.1, table 3: a NAK configures nothing; an ACK to an INFORM
	 * has no address and no times. */
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
