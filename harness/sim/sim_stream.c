/* sim_stream.c - see sim_stream.h. */
#include "sim_stream.h"

#include <errno.h>

#include "mem.h"

struct sim_stream {
	struct list link; /* in its face's conns */
	struct sim_stream_face *face;
	struct io_handle *h;
	void *user;
	struct sim_event idle;
	bool over; /* we have closed; the phone has not yet */
};

static void
stream_free(struct sim_stream *s)
{
	sim_clock_unset(s->face->clock, &s->idle);
	if (s->user != NULL)
		s->face->ops->close(s->face->arg, s->user);
	list_remove(&s->link);
	mem_free(s);
}

static void
stream_hang_up(struct sim_stream *s, int err)
{
	s->over = true;
	sim_clock_unset(s->face->clock, &s->idle);
	sim_down(s->face->sim, s->h, 0, err, NULL);
}

/* ---- idleness ------------------------------------------------------------------ */

static void stream_on_idle(void *arg);

/* Look again when it may be idle; what is heard meanwhile only moves that day. */
static void
stream_watch(struct sim_stream *s)
{
	const struct sim_stream_face *face = s->face;
	uint64_t now_us = sim_clock_us(face->clock), at_us;

	if (face->ops->idle_at_us == NULL)
		return;
	at_us = face->ops->idle_at_us(face->arg, s->user);
	s->idle.fn = stream_on_idle;
	s->idle.arg = s;
	/* Without memory for it this one is never found idle. */
	(void)sim_clock_set(face->clock, &s->idle, at_us > now_us ? at_us - now_us + 1 : 1);
}

static void
stream_on_idle(void *arg)
{
	struct sim_stream *s = arg;
	const struct sim_stream_face *face = s->face;

	if (sim_clock_us(face->clock) > face->ops->idle_at_us(face->arg, s->user))
		stream_hang_up(s, 0);
	else
		stream_watch(s);
}

/* ---- deeds ----------------------------------------------------------------------- */

static void
stream_open(struct sim_stream_face *face, const struct sim_call *c)
{
	struct sim_stream *s;

	/* A phone that does not like the certificate never says a word. */
	if (!sim_meet(face->sim, c->h, face->cert, 0))
		return;
	s = mem_new(sizeof *s);
	if (s == NULL) {
		sim_down(face->sim, c->h, 0, -ECONNRESET, NULL);
		return;
	}
	s->face = face;
	s->h = c->h;
	list_add_tail(&face->conns, &s->link);
	sim_peer_set(c->h, s);
	s->user = face->ops->open(face->arg, s, c);
	if (s->user == NULL)
		stream_hang_up(s, -ECONNRESET);
	else
		stream_watch(s);
}

static void
stream_sent(struct sim_stream *s, const struct sim_call *c)
{
	struct buf out;
	int err;

	if (s->over)
		return;
	buf_init(&out, SIZE_MAX);
	err = s->face->ops->input(s->face->arg, s->user, c, &out);
	if (out.n > 0)
		sim_bytes(s->face->sim, s->h, 0, buf_bytes(&out));
	if (err != 0 || out.err != 0)
		stream_hang_up(s, 0);
	buf_done(&out);
}

void
sim_stream_hears(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct sim_stream_face *face = arg;
	struct sim_stream *s = sim_peer(c->h);

	(void)sim;
	if (c->deed == SIM_OPENED)
		stream_open(face, c);
	else if (s == NULL)
		return;
	else if (c->deed == SIM_SENT)
		stream_sent(s, c);
	else
		stream_free(s);
}

/* ---- of its own accord ------------------------------------------------------------- */

void
sim_stream_send(struct sim_stream *s, struct span bytes)
{
	if (!s->over && bytes.n > 0)
		sim_bytes(s->face->sim, s->h, 0, bytes);
}

struct sim_stream *
sim_stream_at(struct list *link)
{
	return LIST_ITEM(link, struct sim_stream, link);
}

void *
sim_stream_user(const struct sim_stream *s)
{
	return s->user;
}

void
sim_stream_face_done(struct sim_stream_face *face)
{
	while (face->conns.next != NULL && !list_empty(&face->conns))
		stream_free(sim_stream_at(face->conns.next));
}
