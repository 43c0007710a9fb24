/* serve_dhcp.c - see serve_dhcp.h: what each message gets for an answer.  Which address is
 * whose is serve_lease.c's. */
#include "serve_dhcp.h"

#include <errno.h>
#include <string.h>

#include "dns_name.h"
#include "mem.h"
#include "serve_dhcp_priv.h"
#include "serve_lease.h"
#include "text.h"

enum { OP_REQUEST = 1, OFFER_S = 60, DECLINED_S = 24 * 3600 };

static uint64_t
after_s(const struct dhcp_exchange *x, uint64_t s)
{
	return x->now_us + s * 1000000;
}

/* ---- making one ------------------------------------------------------------------- */

/* Encoded once: the same bytes go into every reply. */
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
		struct dhcp_scope *s = &d->scopes[d->n_scopes];
		int err;

		s->cfg = cfg->scopes[d->n_scopes];
		err = lease_table_new(s->cfg.first, s->cfg.last, &s->leases);
		if (err != 0)
			return err;
		/* The addresses of routers, relays and of the server itself are somebody's. */
		lease_table_reserve(s->leases, s->cfg.router);
		for (size_t i = 0; i < cfg->n_scopes; i++)
			lease_table_reserve(s->leases, cfg->scopes[i].giaddr);
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
	for (size_t i = 0; i < cfg->n_off; i++)
		d->off[cfg->off[i]] = true;
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

void
serve_dhcp_refuse(struct serve_dhcp *d, bool nak)
{
	d->nak = nak;
}

size_t
serve_dhcp_leases(const struct serve_dhcp *d, uint64_t now_us)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_scopes; i++)
		n += lease_table_count(d->scopes[i].leases, now_us);
	return n;
}

/* ---- what each message gets ------------------------------------------------------------- */

/* RFC 2131 section 4.3.1: the client's own address if it had one, else a free one. */
static void
on_discover(struct dhcp_exchange *x, struct buf *reply)
{
	struct lease *l = lease_find(x->scope->leases, x->ask.mac, x->now_us);

	if (l == NULL) /* the scope is full */
		return;
	lease_offer(l, x->ask.mac, after_s(x, OFFER_S), x->now_us);
	x->done->ip = lease_ip(x->scope->leases, l);
	serve_dhcp_reply(x, DHCP_OFFER, x->done->ip, reply);
}

/* Does this client hold, or was it offered, this address? */
static struct lease *
lease_of(const struct dhcp_exchange *x, uint32_t ip)
{
	struct lease *l = lease_at(x->scope->leases, ip);

	return l != NULL && lease_is_of(l, x->ask.mac) ? l : NULL;
}

/* ACK for what is this client's, NAK for anything else it names. */
static void
grant(struct dhcp_exchange *x, uint32_t ip, struct buf *reply)
{
	struct lease *l = lease_of(x, ip);

	x->done->ip = ip;
	if (l == NULL || x->d->nak) {
		serve_dhcp_reply(x, DHCP_NAK, 0, reply);
		return;
	}
	lease_hold(l, after_s(x, x->d->lease_s));
	serve_dhcp_reply(x, DHCP_ACK, ip, reply);
}

/* The four states a REQUEST can come from, told apart as in RFC 2131 section 4.3.2. */
static void
on_request(struct dhcp_exchange *x, struct buf *reply)
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
on_end(struct dhcp_exchange *x)
{
	uint32_t ip = x->ask.ciaddr, server = x->d->server;
	struct lease *l;

	if (x->ask.type == DHCP_DECLINE && !dhcp_msg_u32(&x->ask, DHCP_OPT_WANTED, &ip))
		return;
	/* Meant for another server, or not this client's address: no word about it. */
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
static struct dhcp_scope *
scope_of(const struct serve_dhcp *d, const struct dhcp_msg *m)
{
	for (size_t i = 0; i < d->n_scopes; i++) {
		struct dhcp_scope *s = &d->scopes[i];
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
	struct dhcp_exchange x = { .d = d, .now_us = now_us, .done = done };

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
	/* Options without an address or times (RFC 2131 section 4.3.5). */
	case DHCP_INFORM:
		serve_dhcp_reply(&x, DHCP_ACK, 0, reply);
		break;
	/* A client does not say these. */
	case DHCP_OFFER:
	case DHCP_ACK:
	case DHCP_NAK:
		return -EBADMSG;
	}
	return reply->err;
}
