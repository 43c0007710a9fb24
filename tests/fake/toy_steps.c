/* toy_steps.c - see toy_steps.h. */
#include "toy_steps.h"

#include <assert.h>
#include <string.h>

static const struct io_addr somewhere = { 0x7f000001, 9 };

struct toy_state {
	struct io_handle *h;
	char move;
};

struct fake_phone *
toy_phone(struct toys *toys)
{
	struct fake_phone *p = fake_phone_new();

	p->test = toys;
	fake_phone_knows(p, FACT_ADDRESS);
	return p;
}

static struct toys *
toys_of(const struct step *s)
{
	return fake_phone_of(s)->test;
}

static char
next_move(struct step *s, size_t toy)
{
	struct toys *t = toys_of(s);
	const char *script = t->script[toy];
	unsigned n = t->begun[toy]++;
	size_t len = strlen(script);

	if (n < 16)
		t->began_us[toy][n] = s->io->ops->now_us(s->io);
	return script[n < len ? n : len - 1];
}

static enum verdict
toy_open(struct step *s, struct toy_state *st)
{
	struct io_stream_cfg cfg = { .to = somewhere };
	int err;

	if (st->move == 'a')
		err = step_alarm(s, 10 * 1000000, &st->h);
	else if (st->move == 'h')
		err = step_stream(s, &cfg, &st->h);
	else
		err = step_udp(s, somewhere, &st->h);
	if (err == 0 && st->move == 'u')
		err = s->io->ops->send(st->h, span_of("toy"));
	return err == 0 ? STEP_WAIT : step_lost(s, err);
}

static enum verdict
toy_start(struct step *s, size_t toy)
{
	struct toy_state *st = s->state;

	assert(st->move == '\0' && st->h == NULL);
	st->move = next_move(s, toy);
	switch (st->move) {
	case 'd':
		return STEP_DONE;
	case 's':
		return step_skip(s, "toy");
	case 'f':
		return step_fail(s, WHY_SERVER_ERROR, "toy:500");
	case 't':
		return step_fail(s, WHY_TLS, "tls:48");
	case 'r':
		return step_lost(s, 0);
	case 'n':
		s->not_before_us = s->io->ops->now_us(s->io) + 100 * 1000000;
		return step_retry(s, WHY_SERVER_ERROR, "toy:503");
	case 'o':
		s->at_once = true;
		return step_retry(s, WHY_NOT_FOUND, "toy:301");
	case 'l':
		step_let_go(s);
		return step_lost(s, 0);
	case 'k':
		return s->held != NULL ? STEP_DONE : step_lost(s, 0);
	case 'w':
		return STEP_WAIT;
	default:
		return toy_open(s, st);
	}
}

static enum verdict
toy_event(struct step *s, const struct io_event *ev, size_t toy)
{
	struct toy_state *st = s->state;

	toys_of(s)->events[toy]++;
	if (ev->kind == IO_DOWN)
		return step_tls_lost(s, ev);
	if (st->move == 'h')
		step_hold(s, st->h);
	return STEP_DONE;
}

#define TOY(name_, number)                                                               \
	static enum verdict name_##_start(struct step *s)                                \
	{                                                                                \
		return toy_start(s, number);                                             \
	}                                                                                \
	static enum verdict name_##_event(struct step *s, const struct io_event *ev)     \
	{                                                                                \
		return toy_event(s, ev, number);                                         \
	}                                                                                \
	static void name_##_cancel(struct step *s)                                       \
	{                                                                                \
		toys_of(s)->cancelled[number]++;                                         \
	}                                                                                \
	const struct step_ops name_ = { #name_, sizeof(struct toy_state), name_##_start, \
		name_##_event, name_##_cancel }

TOY(toy_a, 0);
TOY(toy_b, 1);
TOY(toy_c, 2);
TOY(toy_d, 3);
