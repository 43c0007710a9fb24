/* fake_dhcp.c - see fake_dhcp.h. */
#include "fake_dhcp.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { DHCP_PORT = 67, MS = 1000, GIADDR_AT = 24, UNTAGGED = 0x7f000002, TAGGED = 0x7f000003 };

static void
record(struct fake_dhcp *d, struct sim *f, const struct sim_call *call)
{
	struct fake_dhcp_said *s = &d->said[d->n_said];
	struct dhcp_msg m;
	int err = dhcp_msg_decode(&m, call->bytes);

	assert(err == 0 && d->n_said < FAKE_DHCP_SAID_MAX);
	(void)err;
	*s = (struct fake_dhcp_said){ .type = m.type,
		.at_us = sim_now_us(f),
		.vlan = call->vlan,
		.unicast = call->type == SIM_UDP,
		.xid = m.xid,
		.ciaddr = m.ciaddr,
		.secs = m.secs,
		.bytes = call->bytes.n };
	(void)dhcp_msg_u32(&m, DHCP_OPT_WANTED, &s->wanted);
	(void)dhcp_msg_u32(&m, DHCP_OPT_SERVER, &s->server);
	d->n_said++;
}

/* The relay agent puts its address in. */
static void
relay(struct buf *b, uint16_t vlan)
{
	uint32_t giaddr = vlan != 0 ? TAGGED : UNTAGGED;

	for (int i = 0; i < 4; i++)
		b->p[GIADDR_AT + i] = (uint8_t)(giaddr >> (24 - 8 * i));
}

static void
on_call(void *arg, struct sim *f, const struct sim_call *call)
{
	struct buf ask = { 0 }, reply = { 0 };
	struct serve_dhcp_done done;
	struct fake_dhcp *d = arg;

	if (call->deed != SIM_SENT)
		return;
	record(d, f, call);
	if (call->type == SIM_UDP && d->unicast_refused)
		sim_down(f, call->h, MS, -ECONNREFUSED, NULL);
	if (d->silent || (call->type == SIM_UDP && d->unicast_refused) ||
	    (d->silent_in_vlan && call->vlan != 0))
		return;

	buf_span(&ask, call->bytes);
	if (call->type == SIM_DHCP)
		relay(&ask, call->vlan);
	(void)serve_dhcp_answer(d->serve, buf_bytes(&ask), sim_now_us(f), &reply, &done);
	if (reply.n > 0 && (d->spoil == NULL || d->spoil(d->spoil_arg, done.answered, &reply)))
		sim_packet(f, call->h, MS, buf_bytes(&reply));
	buf_done(&ask);
	buf_done(&reply);
}

void
fake_dhcp_listen(struct fake_dhcp *d, struct sim *f)
{
	static const char *const search[] = { "contoso.com", "voice.contoso.com" };
	const struct serve_dhcp_scope scopes[] = {
		{ .giaddr = UNTAGGED,
		    .ip = 0x7f2a0000,
		    .mask = 0xffff8000,
		    .first = 0x7f2a0001,
		    .last = 0x7f2a7ffe,
		    .dns = { 0x7f000035, 0x7f000036 },
		    .voice_vlan = d->no_vlan ? 0 : FAKE_DHCP_VLAN },
		{ .giaddr = TAGGED,
		    .ip = 0x7f2a8000,
		    .mask = 0xffff8000,
		    .first = 0x7f2a8001,
		    .last = 0x7f2afffe,
		    .dns = { 0x7f000035 } },
	};
	const struct serve_dhcp_cfg cfg = {
		.server = FAKE_DHCP_SERVER,
		.scopes = scopes,
		.n_scopes = 2,
		.vendor_class = "CPE-OCPhone",
		.domain = "contoso.com",
		.search = search,
		.n_search = 2,
		.lease_s = d->lease_s != 0 ? d->lease_s : 3600,
	};
	int err = serve_dhcp_new(&cfg, &d->serve);

	assert(err == 0);
	(void)err;
	sim_listen(f, SIM_DHCP, 0, on_call, d);
	sim_listen(f, SIM_UDP, DHCP_PORT, on_call, d);
}

void
fake_dhcp_done(struct fake_dhcp *d)
{
	serve_dhcp_free(d->serve);
}

const char *
fake_dhcp_story(const struct fake_dhcp *d, char out[512])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < d->n_said; i++)
		n += (size_t)snprintf(out + n, 512 - n, "%s%s", i > 0 ? " " : "",
		    dhcp_type_name(d->said[i].type));
	return out;
}
