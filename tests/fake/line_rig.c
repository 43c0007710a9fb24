/* line_rig.c - see line_rig.h. */
#include "line_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "line_impl.h"
#include "mem.h"
#include "profile_load.h"

_Static_assert(sizeof(struct line) <= 1536, "18,000 of them");

static const uint8_t mac[6] = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x01 };

const struct line_subscribe line_rig_self = { .event = "vnd-microsoft-roaming-self",
	.accept = "application/vnd-microsoft-roaming-self+xml",
	.expires_s = -1 };

/* ---- the owner ------------------------------------------------------------ */

static void
on_line(void *arg, const struct io_event *ev)
{
	struct line_rig *t = arg;
	const struct line_reply *r = line_reply(t->line);
	void (*then)(struct line_rig *) = t->then;

	assert_non_null(ev);
	assert_non_null(r);
	assert_true(t->n < LINE_RIG_NEWS);
	t->news[t->n] = r->news;
	t->tags[t->n] = r->tag;
	t->err[t->n] = r->err;
	t->status[t->n] = r->msg != NULL ? r->msg->status : 0;
	t->n++;
	if (r->msg != NULL && r->msg->status == 401)
		assert_int_equal(line_challenged(t->line, r->msg), 0);
	t->then = NULL;
	if (then != NULL)
		then(t);
}

struct io_owner
line_rig_owner(struct line_rig *t)
{
	return (struct io_owner){ &t->scope, on_line, t };
}

static void
on_lost(void *arg, enum line_news news, const char *detail)
{
	struct line_rig *t = arg;

	t->lost++;
	t->lost_news = news;
	t->told_before_lost = t->n;
	snprintf(t->lost_detail, sizeof t->lost_detail, "%s", detail);
	if (t->when_lost != NULL)
		t->when_lost(t);
}

static void
on_stream(void *arg, const struct io_event *ev)
{
	struct line_rig *t = arg;

	assert_int_equal(ev->kind, IO_UP);
	line_take(t->line, ev->h, (struct io_addr){ 0x7f2a0001, 0 }, "pool01.contoso.com");
}

/* ---- a test's world --------------------------------------------------------- */

void
line_rig_run(struct line_rig *t, uint64_t us)
{
	sim_run(t->f, sim_now_us(t->f) + us);
}

int
line_rig_set_up(void **state)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the line's */
	struct line_rig *t = mem_new(sizeof *t);
	struct config_error err;

	t->f = sim_new();
	t->io = sim_io(t->f);
	t->auth = sim_auth_new("phone00001", "CONTOSO.COM", "secret");
	sim_auth_logged_in(t->auth);
	sim_auth_has_ticket(t->auth, "sip/fe01.contoso.com");
	assert_int_equal(profile_load("cx700-1.0.199.123", &t->profile, &err), 0);
	assert_int_equal(t->io->ops->address(t->io, 0x7f2a0001, 0), 0);
	sip_rig_init(&t->rig, t->f);
	(void)mem_fail_at(left);
	*state = t;
	return 0;
}

int
line_rig_tear_down(void **state)
{
	struct line_rig *t = *state;

	line_free(t->line);
	assert_int_equal(sim_open(t->f), 0);
	sip_rig_down(&t->rig);
	profile_free(t->profile);
	sim_auth_free(t->auth);
	sim_free(t->f);
	mem_free(t);
	assert_int_equal(mem_out(), 0);
	return 0;
}

void
line_rig_open(struct line_rig *t)
{
	struct io_stream_cfg cfg = { .to = { 0x7f000001, 5061 }, .tls = true };
	struct io_owner who = { &t->scope, on_stream, t };
	struct io_handle *h;

	assert_int_equal(t->io->ops->stream(t->io, who, &cfg, &h), 0);
}

void
line_rig_connect(struct line_rig *t)
{
	line_rig_open(t);
	line_rig_run(t, SECOND);
	assert_true(line_is_up(t->line));
}

void
line_rig_start(struct line_rig *t)
{
	struct line_cfg cfg = { t->io, sim_auth(t->auth),
		{ "phone00001", "contoso.com", mac, t->profile }, on_lost, t };

	sip_rig_up(&t->rig);
	assert_int_equal(line_new(&cfg, &t->line), 0);
	line_rig_connect(t);
}

/* ---- what tests do often ----------------------------------------------------- */

void
line_rig_register(struct line_rig *t, int tag)
{
	assert_int_equal(line_register(t->line, line_rig_owner(t), tag), 0);
	line_rig_run(t, SECOND);
}

void
line_rig_sign_in(struct line_rig *t)
{
	line_rig_register(t, 1);
	line_rig_register(t, 2);
	assert_true(line_is_registered(t->line));
	t->n = 0;
}

void
line_rig_subscribe(struct line_rig *t)
{
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), 0);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->status[0] == 200);
	t->n = 0;
}
