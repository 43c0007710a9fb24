/* sim_scene.c - see sim_scene.h. */
#include "sim_scene.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>

#include "mem.h"

static void
scene_on_event(void *arg, const struct io_event *ev)
{
	struct scene_phone *p = arg;
	struct scene_note *note = &p->note[p->n++];
	size_t n = ev->bytes.n < sizeof(note->text) ? ev->bytes.n : sizeof(note->text) - 1;

	assert_true(p->n < SCENE_NOTES);
	*note = (struct scene_note){ .ev = *ev, .at_us = p->io->ops->now_us(p->io) };
	note->numbered = ev->bytes.p == NULL && ev->bytes.n > 0;
	if (ev->bytes.p != NULL)
		memcpy(note->text, ev->bytes.p, n);
	if (ev->tls != NULL)
		note->tls = *ev->tls;
	if (ev->http != NULL)
		note->http = *ev->http;
	if (p->then != NULL)
		p->then(p, ev);
}

void
scene_begin(struct scene *s, bool strict, size_t phones)
{
	scene_begin_over(s, strict, phones, NULL);
}

void
scene_begin_over(struct scene *s, bool strict, size_t phones, const struct io_link *link)
{
	const struct sim_cfg cfg = { .strict = strict, .wall_us = 1000000000ll * 1000000 };

	memset(s, 0, sizeof(*s));
	assert_int_equal(sim_new_cfg(&cfg, &s->sim), 0);
	for (; s->n_phones < phones; s->n_phones++) {
		struct scene_phone *p = &s->phone[s->n_phones];
		const struct sim_phone_cfg of = { .index = (uint32_t)s->n_phones,
			.seed = 7,
			.mac = { 0, 4, 0xf2, 0x10, 0, (uint8_t)s->n_phones },
			.link = link };

		p->scene = s;
		assert_int_equal(sim_phone_new(s->sim, &of, &p->io), 0);
		assert_int_equal(
		    p->io->ops->address(p->io, SCENE_IP + (uint32_t)s->n_phones, 0), 0);
	}
}

void
scene_end(struct scene *s)
{
	for (size_t i = 0; i < s->n_phones; i++)
		sim_phone_free(s->phone[i].io);
	assert_int_equal(sim_open(s->sim), 0);
	assert_false(sim_short_of_memory(s->sim));
	sim_free(s->sim);
	buf_done(&s->heard);
	assert_int_equal(mem_out(), 0);
}

struct io_owner
scene_owner(struct scene *s, size_t phone)
{
	return (struct io_owner){ &s->phone[phone].scope, scene_on_event, &s->phone[phone] };
}

struct io_handle *
scene_udp(struct scene *s, size_t phone, struct io_addr to)
{
	struct io *io = s->phone[phone].io;
	struct io_handle *h = NULL;

	assert_int_equal(io->ops->udp(io, scene_owner(s, phone), to, &h), 0);
	return h;
}

static struct io_handle *
scene_conn(struct scene *s, size_t phone, const struct io_stream_cfg *cfg)
{
	struct io *io = s->phone[phone].io;
	struct io_handle *h = NULL;

	assert_int_equal(io->ops->stream(io, scene_owner(s, phone), cfg, &h), 0);
	return h;
}

struct io_handle *
scene_stream(struct scene *s, size_t phone, struct io_addr to)
{
	return scene_conn(s, phone, &(struct io_stream_cfg){ .to = to });
}

struct io_handle *
scene_tls(struct scene *s, size_t phone, struct io_addr to, const char *name)
{
	return scene_conn(
	    s, phone, &(struct io_stream_cfg){ .to = to, .tls = true, .name = name });
}

struct io_handle *
scene_http(struct scene *s, size_t phone, struct io_addr to)
{
	const struct io_stream_cfg cfg = { .to = to, .tls = to.port == 443 };
	struct io *io = s->phone[phone].io;
	struct io_handle *h = NULL;

	assert_int_equal(io->ops->http(io, scene_owner(s, phone), &cfg, &h), 0);
	return h;
}

struct io_handle *
scene_alarm(struct scene *s, size_t phone, uint64_t after_us)
{
	struct io *io = s->phone[phone].io;
	struct io_handle *h = NULL;

	assert_int_equal(io->ops->alarm(io, scene_owner(s, phone), &h), 0);
	io->ops->alarm_set(h, after_us);
	return h;
}

int
scene_get(struct scene_phone *p, struct io_handle *h, const char *path)
{
	const struct io_header host = { "Host", "server" };
	const struct io_ask ask = {
		.method = "GET", .path = path, .headers = &host, .n_headers = 1
	};

	return p->io->ops->ask(h, &ask);
}

void
scene_hear(struct scene *s, const struct sim_call *c)
{
	static const char *const names[] = { "opened", "sent", "asked", "closed", "cut" };

	s->last = *c;
	s->last_us = sim_now_us(s->sim);
	buf_printf(&s->heard, "%s%s", s->heard.n > 0 ? " " : "", names[c->deed]);
	if (c->deed == SIM_SENT)
		buf_printf(&s->heard, ":%.*s", (int)c->bytes.n, (const char *)c->bytes.p);
	if (c->deed == SIM_ASKED)
		buf_printf(&s->heard, ":%s%s", c->ask->path, c->fresh ? "!" : "");
}

void
scene_on_call(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct scene *s = arg;

	assert_ptr_equal(sim, s->sim);
	scene_hear(s, c);
}

const char *
scene_heard(struct scene *s)
{
	const char *text = buf_cstr(&s->heard);

	/* The memory stays as it is until something more is heard. */
	s->heard.n = 0;
	return text;
}

const struct scene_note *
scene_last(const struct scene *s, size_t phone)
{
	assert_true(s->phone[phone].n > 0);
	return &s->phone[phone].note[s->phone[phone].n - 1];
}

void
scene_run(struct scene *s)
{
	(void)sim_run(s->sim, UINT64_MAX);
}
