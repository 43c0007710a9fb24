/* line_call.c - our requests on their way: who waits for which answer, and how long. */
#include <errno.h>
#include <string.h>

#include "line_impl.h"
#include "mem.h"
#include "text.h"

struct line_call *
line_call_new(struct line *l, enum line_asked asked, const struct io_owner *owner, int tag)
{
	uint32_t wait_ms = l->cfg.who.profile->sip.transaction_ms;
	struct line_call *c = mem_new(sizeof *c), **at = &l->calls;

	if (c == NULL)
		return NULL;
	c->asked = asked;
	c->tag = tag;
	c->until_us = line_now(l) + (uint64_t)wait_ms * 1000;
	if (owner != NULL) {
		c->fn = owner->fn;
		c->arg = owner->arg;
	}
	/* In the order they were asked, as they will be told. */
	while (*at != NULL)
		at = &(*at)->next;
	*at = c;
	line_wake_at(l, c->until_us);
	return c;
}

static void
line_call_unlink(struct line *l, const struct line_call *c)
{
	struct line_call **at = &l->calls;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
}

void
line_call_drop(struct line *l, struct line_call *c)
{
	line_call_unlink(l, c);
	mem_free(c->event);
	mem_free(c);
}

struct line_call *
line_call_find(struct line *l, const struct sip_msg *m)
{
	struct span call_id = sip_msg_get(m, "Call-ID", 0), method;
	uint32_t cseq;

	if (sip_msg_cseq(m, &cseq, &method) != 0)
		return NULL;
	/* Our Via has no branch: Call-ID and CSeq tell the transactions apart. */
	for (struct line_call *c = l->calls; c != NULL; c = c->next) {
		bool registers = c->asked == ASKED_REGISTER || c->asked == ASKED_UNREGISTER;

		if (!c->over && c->cseq == cseq && span_is(call_id, c->call_id) &&
		    span_is(method, registers ? "REGISTER" : "SUBSCRIBE"))
			return c;
	}
	return NULL;
}

void
line_call_end(struct line *l, struct line_call *c, const struct line_reply *reply,
    const struct io_event *ev)
{
	/* The owner may ask again or free all, so the call is gone before it hears. */
	const struct line_reply *outer = l->reply;
	io_fn *fn = c->fn;
	void *arg = c->arg;

	line_call_drop(l, c);
	if (fn == NULL)
		return;
	l->reply = reply;
	fn(arg, ev);
	l->reply = outer;
}

void
line_call_expire(struct line *l, const struct io_event *ev)
{
	uint64_t now = line_now(l);
	struct line_call *c = l->calls;

	while (c != NULL) {
		struct line_reply reply = { .tag = c->tag,
			.news = c->forged ? LINE_FORGED : LINE_SILENCE };
		/* A sign-out that is not answered ends the line all the same. */
		bool leaving = c->asked == ASKED_UNREGISTER;

		if (c->until_us > now) {
			line_wake_at(l, c->until_us);
			c = c->next;
			continue;
		}
		if (leaving)
			line_reset(l);
		line_call_end(l, c, &reply, ev);
		if (leaving)
			line_tell_over(l, LINE_LOST, 0, ev);
		c = l->calls; /* the owner may have changed the list */
	}
}

void
line_unwait(struct line *l, const void *owner_arg)
{
	for (struct line_call *c = l->calls; c != NULL; c = c->next)
		if (c->arg == owner_arg)
			c->fn = NULL;
}
