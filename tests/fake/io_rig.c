/* io_rig.c - see io_rig.h. */
#include "io_rig.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "loop.h"
#include "mem.h"

enum { RIG_PATIENCE = 2000 }; /* of rig_settle() */

const struct io_link rig_near = {
	.delay_us = 1000, .down_per_s = 20000000, .up_per_s = 10000000
};

/* Without memory something ends, and what was to follow does not come. */
static bool
rig_is_over(const struct rig_note *note)
{
	long left = mem_fail_at(0);

	(void)mem_fail_at(left);
	return left < 0 && note->kind == IO_DOWN;
}

static void
rig_on_event(void *arg, const struct io_event *ev)
{
	struct rig_owner *owner = arg;
	struct rig *rig = owner->rig;
	struct rig_note *note = &rig->note[rig->n++];
	size_t n = ev->bytes.n < RIG_TEXT - 1 ? ev->bytes.n : RIG_TEXT - 1;

	assert_true(rig->n < RIG_NOTES);
	assert_false(rig->inside);
	*note = (struct rig_note){ .kind = ev->kind, .h = ev->h, .err = ev->err };
	note->who = owner->who;
	note->local = ev->local;
	note->n = ev->bytes.n;
	if (ev->bytes.p != NULL)
		memcpy(note->text, ev->bytes.p, n);
	if (ev->tls != NULL)
		note->tls = *ev->tls;
	if (ev->http != NULL) {
		note->status = ev->http->status;
		note->body_n = ev->http->body_n;
		note->crc32 = ev->http->crc32;
	}
	if (owner->then != NULL)
		owner->then(rig, ev);
	if ((rig->wanted != 0 && rig->n >= rig->wanted) || rig_is_over(note))
		loop_stop(rig->loop);
}

struct io_world_cfg
rig_cfg(void)
{
	static const struct io_net allow[] = { { 0x7f000000, 0xff000000 } };
	static const uint16_t suites[] = { 0x0004, 0x0005, 0x000a, 0x0009 };
	static const struct io_tls_habit habit[] = { { suites, 4, false } };

	return (struct io_world_cfg){ .allow = allow,
		.n_allow = 1,
		.shards = 1,
		.mac_base = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x00 },
		.tls = habit,
		.n_tls = 1,
		.max_phones = 16 };
}

static void
rig_on_guard(void *arg)
{
	struct rig *rig = arg;

	print_message("only %zu notes\n", rig->n);
	/* Without memory things may fail, but not for ever be waited for. */
	if (oom_wanted())
		abort();
	fail();
}

void
rig_begin(struct rig *rig, const struct io_world_cfg *cfg)
{
	rig_begin_over(rig, cfg, NULL);
}

void
rig_begin_over(struct rig *rig, const struct io_world_cfg *cfg, const struct io_link *link)
{
	struct io_phone_cfg phone = {
		.index = cfg->shard, .mac = { 0, 4, 0xf2, 0x10, 0, 0 }, .link = link
	};
	const char *err = NULL;

	phone.mac[5] = (uint8_t)cfg->shard;
	memset(rig, 0, sizeof(*rig));
	for (int i = 0; i < 4; i++)
		rig->owner[i] = (struct rig_owner){ .rig = rig, .who = i };
	rig->server_ip = 0x7f000001;
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(io_world_new(rig->loop, cfg, &rig->world, &err), 0);
	assert_null(err);
	assert_int_equal(io_phone_new(rig->world, &phone, &rig->io), 0);
	if (cfg->net == IO_NET_LOOPBACK)
		assert_int_equal(rig->io->ops->address(rig->io, 0x7f2a0001, 0), 0);
	assert_int_equal(loop_timer_new(rig->loop, rig_on_guard, rig, &rig->guard), 0);
}

void
rig_end(struct rig *rig)
{
	io_phone_free(rig->io);
	io_world_free(rig->world);
	loop_timer_close(rig->guard);
	loop_free(rig->loop);
}

struct io_owner
rig_owner(struct rig *rig, int who)
{
	return (struct io_owner){ &rig->owner[who].scope, rig_on_event, &rig->owner[who] };
}

void
rig_run(struct rig *rig)
{
	loop_timer_set(rig->guard, 10 * 1000000, 0);
	loop_run(rig->loop);
	loop_timer_stop(rig->guard);
}

void
rig_until(struct rig *rig, size_t n)
{
	rig->wanted = n;
	if (rig->n < n)
		rig_run(rig);
	rig->wanted = 0;
	assert_true(rig->n >= n);
}

static void
rig_on_settled(void *arg)
{
	struct rig *rig = arg;

	loop_stop(rig->loop);
}

void
rig_settle(struct rig *rig)
{
	struct loop_timer *timer;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(loop_timer_new(rig->loop, rig_on_settled, rig, &timer), 0);
		loop_timer_set(timer, 1000, 0);
		rig_run(rig);
		loop_timer_close(timer);
	}
}

void
rig_until_heard(struct rig *rig, int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	for (int i = 0; i < RIG_PATIENCE && poll(&ready, 1, 0) == 0; i++)
		rig_settle(rig);
	assert_int_equal(poll(&ready, 1, 0), 1);
}

void
rig_until_counted(struct rig *rig, const atomic_int *counter, int at_least)
{
	for (int i = 0; i < RIG_PATIENCE && atomic_load(counter) < at_least; i++)
		rig_settle(rig);
	assert_true(atomic_load(counter) >= at_least);
}

int
rig_run_tests(const char *name, const struct CMUnitTest *tests, size_t n,
    int (*group)(void **state), int (*over)(void **state))
{
	struct CMUnitTest *all = calloc(2 * n, sizeof(*all));
	char(*names)[RIG_TEXT] = calloc(n, sizeof(*names));
	int rc;

	if (all == NULL || names == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		all[i] = all[n + i] = tests[i];
		snprintf(names[i], sizeof(names[i]), "%s, over a line", tests[i].name);
		all[n + i].name = names[i];
		all[n + i].setup_func = over;
	}
	rc = oom_run_group(name, all, 2 * n, group, NULL);
	free(all);
	free(names);
	return rc;
}

int
rig_listen(int type, uint16_t *port_out)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0x7f000001),
	};
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	*port_out = ntohs(sa.sin_port);
	return fd;
}
