/* line_event.c - what comes from the world: bytes, the end of the connection, the alarm; and
 * the keep-alive that the alarm is for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "line_impl.h"
#include "mem.h"

/* line_free() inside an event left the memory to us. */
static void
line_leave_event(struct line *l)
{
	if (--l->busy == 0 && l->freed)
		mem_free(l);
}

static void
line_on_answer(struct line *l, const struct sip_msg *m, const struct io_event *ev)
{
	struct line_call *c = line_call_find(l, m);
	struct line_reply reply = { .news = LINE_ANSWER, .msg = m };
	bool good = m->status >= 200 && m->status < 300;

	/* A provisional answer neither ends nor prolongs the wait. */
	if (c == NULL || m->status < 200)
		return;
	reply.tag = c->tag;
	if (good && c->asked == ASKED_REGISTER)
		line_registered(l, m);
	if (good && c->asked == ASKED_SUBSCRIBE)
		line_subscribed(l, c, m);
	/* Signed out, whatever the answer is. */
	if (c->asked == ASKED_UNREGISTER)
		line_reset(l);
	line_call_end(l, c, &reply, ev);
	line_tell_over(l, LINE_LOST, 0, ev); /* what else was waiting when we signed out */
}

/* The signature is judged before the message means anything. */
static void
line_on_message(struct line *l, const struct sip_msg *m, const struct io_event *ev)
{
	struct line_call *c;

	if (line_trust(l, m) == LINE_BAD) {
		l->forged++;
		/* A dropped answer is not told: who waits learns of it when the time is
		 * over. */
		c = m->status != 0 ? line_call_find(l, m) : NULL;
		if (c != NULL)
			c->forged = true;
		return;
	}
	if (m->status != 0)
		line_on_answer(l, m, ev);
	else
		line_serve(l, m, ev);
}

/* The stream is ours alone while messages are lent out of it, for the line may be closed by
 * whoever hears of them. */
static void
line_on_bytes(struct line *l, const struct io_event *ev)
{
	struct sip_stream in = l->in;
	uint32_t connection = l->connection;
	struct sip_msg m;
	int err;

	l->in = (struct sip_stream){ 0 };
	err = sip_stream_put(&in, ev->bytes);
	while (err == 0 && connection == l->connection) {
		err = sip_stream_next(&in, &m);
		if (err == 0)
			line_on_message(l, &m, ev);
	}
	/* Closed or replaced by an owner: what is left belongs to nobody. */
	if (connection != l->connection) {
		sip_stream_done(&in);
		return;
	}
	l->in = in;
	/* Where one message ends wrongly the next cannot be found. */
	if (err != -EAGAIN)
		line_end(l, LINE_LOST, err, "sip:garbage", ev);
}

static void
line_on_down(struct line *l, const struct io_event *ev)
{
	const char *name = strerrorname_np(-ev->err); /* NULL: no errno of this system */
	char detail[40] = "closed";

	if (ev->err != 0)
		(void)snprintf(detail, sizeof detail, "errno:%s", name ? name : "unknown");
	line_end(l, LINE_LOST, ev->err, detail, ev);
}

void
line_on_stream(void *arg, const struct io_event *ev)
{
	struct line *l = arg;

	l->busy++;
	if (ev->kind == IO_BYTES)
		line_on_bytes(l, ev);
	if (ev->kind == IO_DOWN)
		line_on_down(l, ev);
	line_leave_event(l);
}

/* Two line breaks when nothing was sent for a while ([MS-CONMGMT]); any message postpones
 * them. */
static void
line_keep_alive(struct line *l)
{
	uint64_t due = l->sent_us + l->quiet_us;

	if (l->h == NULL || l->quiet_us == 0)
		return;
	if (due <= line_now(l)) {
		if (line_put(l, span_of("\r\n\r\n")) == 0)
			l->keep_alives++;
		l->sent_us = line_now(l);
		line_draw_quiet(l);
		due = l->sent_us + l->quiet_us;
	}
	line_wake_at(l, due);
}

void
line_on_alarm(void *arg, const struct io_event *ev)
{
	struct line *l = arg;

	l->busy++;
	l->alarm_us = 0;
	line_call_expire(l, ev);
	line_keep_alive(l);
	line_leave_event(l);
}
