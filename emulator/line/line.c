/*
 * line.c - the life of the connection: taken over, closed, lost; see line.h.
 *
 * An owner that is told something may do anything to the line, also close it or
 * free it.  So whoever tells looks at .connection afterwards, and freeing waits
 * until the last event is left.
 */
#include <errno.h>
#include <string.h>

#include "line_impl.h"
#include "mem.h"

int
line_new(const struct line_cfg *cfg, struct line **out)
{
	struct line *l = mem_new(sizeof *l);

	if (l == NULL)
		return -ENOMEM;
	l->cfg = *cfg;
	*out = l;
	return 0;
}

void
line_free(struct line *l)
{
	if (l == NULL)
		return;
	line_close(l);
	/* Inside an event the memory is still looked at: the last one out frees it. */
	l->freed = true;
	if (l->busy == 0)
		mem_free(l);
}

/* ---- small things ------------------------------------------------------- */

uint64_t
line_now(const struct line *l)
{
	return l->cfg.io->ops->now_us(l->cfg.io);
}

void
line_random_hex(struct line *l, char *out, size_t n)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < n; i++) {
		if (i % 8 == 0)
			bits = l->cfg.io->ops->random(l->cfg.io);
		out[i] = "0123456789abcdef"[bits & 15];
		bits >>= 4;
	}
	out[n] = '\0';
}

char *
line_keep(struct span s)
{
	return s.n > 0 ? mem_copy(s.p, s.n) : NULL;
}

void
line_wake_at(struct line *l, uint64_t at_us)
{
	uint64_t now = line_now(l);

	if (l->alarm == NULL || (l->alarm_us != 0 && l->alarm_us <= at_us))
		return;
	l->alarm_us = at_us;
	l->cfg.io->ops->alarm_set(l->alarm, at_us > now ? at_us - now : 0);
}

int
line_put(struct line *l, struct span bytes)
{
	int err;

	if (l->h == NULL)
		return -ENOTCONN;
	err = l->cfg.io->ops->send(l->h, bytes);
	if (err == 0)
		l->sent_us = line_now(l);
	return err;
}

/* ---- up and down -------------------------------------------------------- */

void
line_take(struct line *l, struct io_handle *h, struct io_addr local, const char *server_name)
{
	struct io *io = l->cfg.io;

	line_close(l);
	io->ops->give(h, (struct io_owner){ &l->scope, line_on_stream, l });
	l->h = h;
	l->server = line_keep(span_of(server_name));
	if (io->ops->alarm(io, (struct io_owner){ &l->scope, line_on_alarm, l }, &l->alarm) !=
	    0) {
		line_close(l);
		return;
	}

	l->local = local;
	if (l->local.port == 0)
		l->local.port = (uint16_t)(1024 + io->ops->random(io) % (5001 - 1024));
	/* One Call-ID for all REGISTERs of a connection (RFC 3261 section 10.2); ms-opaque
	 * names the phone and stays the same over all of them. */
	line_random_hex(l, l->call_id, LINE_ID_SIZE - 1);
	line_random_hex(l, l->from_tag, LINE_TAG_SIZE - 1);
	if (l->ms_opaque[0] == '\0')
		line_random_hex(l, l->ms_opaque, LINE_TAG_SIZE - 1);
	l->cseq = 0;
}

/* What is known of the connection, the handles aside. */
static void
line_forget(struct line *l)
{
	l->h = l->alarm = NULL;
	l->alarm_us = 0;
	/* Whoever compares the count across an event learns that this connection is gone. */
	l->connection++;
	l->registered = false;
	l->quiet_us = 0;
	l->facts = (struct line_facts){ 0 };
	sip_stream_done(&l->in);
	line_sa_forget(l);
	while (l->dialogs != NULL)
		line_dialog_drop(l, &l->dialogs);
	mem_free(l->server);
	mem_free(l->gruu);
	mem_free(l->allow_events);
	l->server = l->gruu = l->allow_events = NULL;
	/* Only marked: who resets the line tells their owners, who closes it drops them. */
	for (struct line_call *c = l->calls; c != NULL; c = c->next)
		c->over = true;
}

void
line_reset(struct line *l)
{
	io_scope_close(l->cfg.io, &l->scope);
	line_forget(l);
}

/* Nobody is told of these. */
static void
line_drop_calls(struct line *l)
{
	while (l->calls != NULL)
		line_call_drop(l, l->calls);
}

void
line_close(struct line *l)
{
	line_reset(l);
	line_drop_calls(l);
}

void
line_power_cut(struct line *l)
{
	/* The handles are not ours to close any more, only to forget. */
	l->scope.first = NULL;
	line_forget(l);
	line_drop_calls(l);
}

bool
line_is_up(const struct line *l)
{
	return l->h != NULL;
}

bool
line_is_registered(const struct line *l)
{
	return l->registered;
}

void
line_tell_over(struct line *l, enum line_news news, int err, const struct io_event *ev)
{
	struct line_call *c = l->calls;

	while (c != NULL) {
		struct line_reply reply = { .news = news, .tag = c->tag, .err = err };

		/* Calls that an owner made meanwhile belong to the next connection. */
		if (!c->over) {
			c = c->next;
			continue;
		}
		line_call_end(l, c, &reply, ev);
		c = l->calls; /* the owner may have changed the list */
	}
}

void
line_end(
    struct line *l, enum line_news news, int err, const char *detail, const struct io_event *ev)
{
	bool was_registered = l->registered;

	line_reset(l);
	line_tell_over(l, news, err, ev);
	/* An owner may have begun a new connection by now; the loss is told all the same. */
	if (was_registered && !l->freed && l->cfg.on_lost != NULL)
		l->cfg.on_lost(l->cfg.arg, news, detail);
}

/* ---- what is known ------------------------------------------------------ */

const struct line_reply *
line_reply(const struct line *l)
{
	return l->reply;
}

const struct line_facts *
line_facts(const struct line *l)
{
	return &l->facts;
}

uint32_t
line_forged(const struct line *l)
{
	return l->forged;
}

uint32_t
line_keep_alives(const struct line *l)
{
	return l->keep_alives;
}
