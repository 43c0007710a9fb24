/* dhcp_rig.c - see dhcp_rig.h. */
#include "dhcp_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mem.h"

static const uint8_t mac[6] = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x01 };

/* ---- the servers' side ------------------------------------------------------------------ */

struct dhcp_answer
dhcp_rig_answer(const struct dhcp_rig *r, enum dhcp_type type)
{
	struct dhcp_answer a = {
		.head = { .op = 2, .xid = r->talk.xid, .yiaddr = DHCP_RIG_MINE },
		.type = type,
		.mask = 0xffffff00,
		.server = DHCP_RIG_SERVER,
		.lease_s = 3600
	};

	memcpy(a.head.mac, mac, sizeof mac);
	return a;
}

void
dhcp_rig_run(struct dhcp_rig *r, uint64_t us)
{
	sim_run(r->f, sim_now_us(r->f) + us);
}

void
dhcp_rig_say(struct dhcp_rig *r, const struct dhcp_answer *a)
{
	struct buf b = { 0 };
	uint8_t type = (uint8_t)a->type;

	dhcp_msg_begin(&b, &a->head);
	dhcp_msg_option(&b, DHCP_OPT_TYPE, (struct span){ &type, 1 });
	if (a->mask != 0)
		dhcp_msg_option_u32(&b, DHCP_OPT_MASK, a->mask);
	if (a->server != 0)
		dhcp_msg_option_u32(&b, DHCP_OPT_SERVER, a->server);
	if (a->lease_s != 0)
		dhcp_msg_option_u32(&b, DHCP_OPT_LEASE, a->lease_s);
	dhcp_msg_end(&b, 0, 300);
	sim_packet(r->f, r->h, 10, buf_bytes(&b));
	buf_done(&b);
	dhcp_rig_run(r, 10);
}

void
dhcp_rig_say_usual(struct dhcp_rig *r, enum dhcp_type type)
{
	struct dhcp_answer a = dhcp_rig_answer(r, type);

	dhcp_rig_say(r, &a);
}

static void
on_call(void *arg, struct sim *f, const struct sim_call *c)
{
	struct dhcp_rig *r = arg;

	if (c->deed != SIM_SENT)
		return;
	assert_true(r->n < DHCP_RIG_SAID);
	assert_int_equal(dhcp_msg_decode(&r->last, c->bytes), 0);
	r->type[r->n] = r->last.type;
	r->at_us[r->n] = sim_now_us(f);
	r->said_xid[r->n] = r->last.xid;
	r->wanted = r->named = 0;
	(void)dhcp_msg_u32(&r->last, DHCP_OPT_WANTED, &r->wanted);
	(void)dhcp_msg_u32(&r->last, DHCP_OPT_SERVER, &r->named);
	r->h = c->h;
	r->n++;
}

/* ---- the phone's side ---------------------------------------------------------------------
 */

static void
on_event(void *arg, const struct io_event *ev)
{
	struct dhcp_rig *r = arg;

	r->state = dhcp_talk_event(&r->talk, ev);
}

static void
on_note(void *arg, bool sent, const struct dhcp_msg *m, size_t bytes)
{
	struct dhcp_rig *r = arg;

	assert_true(bytes >= DHCP_MSG_HEAD && m->type != 0);
	*(sent ? &r->noted_sent : &r->noted_heard) += 1;
}

int
dhcp_rig_set_up(void **state)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the phone's */
	struct dhcp_rig *r = mem_new(sizeof *r);

	r->f = sim_new();
	r->io = sim_io(r->f);
	r->habit = (struct profile_dhcp){ .vendor_class = "CPE-OCPhone",
		.wait_ms = { 1000, 2000 },
		.n_wait = 2,
		.rounds = 2,
		.pad_to = 300,
		.vlan_suboption = 10 };
	r->cfg = (struct dhcp_talk_cfg){ .io = r->io,
		.owner = { &r->scope, on_event, r },
		.habit = &r->habit,
		.mac = mac,
		.xid = &r->xid,
		.note = on_note,
		.note_arg = r };
	sim_listen(r->f, SIM_DHCP, 0, on_call, r);
	sim_listen(r->f, SIM_UDP, 67, on_call, r);
	(void)mem_fail_at(left);
	*state = r;
	return 0;
}

int
dhcp_rig_tear_down(void **state)
{
	struct dhcp_rig *r = *state;

	dhcp_talk_drop(&r->talk);
	assert_int_equal(sim_open(r->f), 0);
	sim_free(r->f);
	mem_free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

void
dhcp_rig_discover(struct dhcp_rig *r)
{
	r->state = dhcp_talk_lease(&r->talk, &r->cfg, 0, false);
	assert_int_equal(r->state, TALK_WAIT);
	assert_true(r->n == 1 && r->type[0] == DHCP_DISCOVER);
}

void
dhcp_rig_request(struct dhcp_rig *r)
{
	dhcp_rig_discover(r);
	dhcp_rig_say_usual(r, DHCP_OFFER);
	assert_true(r->n == 2 && r->type[1] == DHCP_REQUEST);
}

void
dhcp_rig_fails(struct dhcp_rig *r, int err, const char *flaw)
{
	dhcp_rig_run(r, 3600ull * S);
	assert_int_equal(r->state, TALK_FAILED);
	assert_int_equal(r->talk.err, err);
	if (flaw != NULL)
		assert_string_equal(r->talk.flaw, flaw);
	assert_int_equal(sim_open(r->f), 0);
}
