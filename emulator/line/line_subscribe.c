/* line_subscribe.c - SUBSCRIBE to ourselves ([MS-SIPREGE] 2.2.2), and the dialogs that stay. */
#include <errno.h>
#include <string.h>

#include "line_impl.h"
#include "mem.h"
#include "text.h"

enum {
	LINE_HOPS_MAX = 16
}; /* proxies between a front end and a phone: there are two at most */

static void
line_write_subscribe(
    struct line *l, struct buf *b, const struct line_call *c, const struct line_subscribe *s)
{
	struct line_head head = { .method = "SUBSCRIBE",
		.cseq = c->cseq,
		.call_id = c->call_id,
		.from_tag = c->from_tag };
	struct buf aor = { 0 };

	line_write_aor(l, &aor);
	head.uri = buf_cstr(&aor);
	line_write_head(l, b, &head);
	if (aor.err != 0)
		b->err = aor.err;
	buf_done(&aor);

	sip_write(b, "Event", "%s", s->event);
	sip_write(b, "Accept", "%s", s->accept);
	/* The server may prolong it by itself, notify without being answered, and put the
	 * first notification into the 200. */
	sip_write(b, "Supported", "com.microsoft.autoextend");
	sip_write(b, "Supported", "ms-benotify");
	sip_write(b, "Proxy-Require", "ms-benotify");
	sip_write(b, "Supported", "ms-piggyback-first-notify");
	if (s->expires_s >= 0)
		sip_write(b, "Expires", "%lld", (long long)s->expires_s);
}

int
line_subscribe(struct line *l, const struct line_subscribe *s, struct io_owner owner, int tag)
{
	struct line_call *c;
	struct buf b;
	int err;

	if (l->h == NULL || !l->registered)
		return -ENOTCONN;
	c = line_call_new(l, ASKED_SUBSCRIBE, &owner, tag);
	if (c == NULL)
		return -ENOMEM;
	/* Each subscription is a dialog of its own. */
	line_random_hex(l, c->call_id, LINE_ID_SIZE - 1);
	line_random_hex(l, c->from_tag, LINE_TAG_SIZE - 1);
	c->cseq = 1;
	c->event = line_keep(span_of(s->event));

	line_write_subscribe(l, &b, c, s);
	err = line_send(l, &b, (struct span){ NULL, 0 }, s->accept, s->body);
	if (err != 0)
		line_call_drop(l, c);
	return err;
}

/* ---- dialogs ------------------------------------------------------------ */

/* Does the answer say that nothing lives on? */
static bool
subscription_is_over(const struct sip_msg *m)
{
	struct span state = sip_msg_get(m, "subscription-state", 0);
	uint64_t expires;

	if (span_is_nocase(span_trim(span_cut(&state, ';')), "terminated"))
		return true;
	return text_u64(sip_msg_get(m, "Expires", 0), UINT32_MAX, &expires) == 0 &&
	    expires == 0;
}

/* The way back: the recorded hops, also of a list in one header, in reverse order (RFC 3261
 * section 12.1.2), as one Route. */
static char *
line_route(const struct sip_msg *m)
{
	struct sip_addr hop[LINE_HOPS_MAX];
	struct buf route = { 0 };
	struct span value;
	size_t n = 0;
	char *kept;

	for (size_t i = 0; (value = sip_msg_get(m, "Record-Route", i)).p != NULL; i++)
		while (n < LINE_HOPS_MAX && sip_addr_next(&value, &hop[n]) == 0)
			n++;
	while (n-- > 0) {
		buf_text(&route, route.n > 0 ? ", <" : "<");
		buf_span(&route, hop[n].uri);
		buf_text(&route, ">");
		buf_span(&route, hop[n].params);
	}
	kept = line_keep(buf_bytes(&route));
	buf_done(&route);
	return kept;
}

void
line_subscribed(struct line *l, const struct line_call *c, const struct sip_msg *m)
{
	struct sip_addr to, contact;
	struct line_dialog *d;
	struct span tag;

	if (subscription_is_over(m) || sip_msg_addr(m, "To", &to) != 0 ||
	    sip_msg_addr(m, "Contact", &contact) != 0 || !sip_param(to.params, "tag", &tag))
		return;
	d = mem_new(sizeof *d);
	if (d == NULL)
		return;
	/* The dialog as the one who asked sees it, RFC 3261 section 12.1.2. */
	memcpy(d->call_id, c->call_id, sizeof d->call_id);
	memcpy(d->from_tag, c->from_tag, sizeof d->from_tag);
	d->cseq = c->cseq;
	d->event = line_keep(span_of(c->event));
	d->to_tag = line_keep(tag);
	d->target = line_keep(contact.uri);
	d->route = line_route(m);
	d->next = l->dialogs;
	l->dialogs = d;
	/* Half a dialog could not be ended: better none. */
	if (d->event == NULL || d->to_tag == NULL || d->target == NULL)
		line_dialog_drop(l, &l->dialogs);
}

void
line_dialog_drop(struct line *l, struct line_dialog **at)
{
	struct line_dialog *d = *at;

	(void)l;
	*at = d->next;
	mem_free(d->event);
	mem_free(d->to_tag);
	mem_free(d->target);
	mem_free(d->route);
	mem_free(d);
}

/* Expires 0 inside the dialog ends it, RFC 6665 section 4.1.2.3; nobody waits for the
 * answer. */
static int
line_unsubscribe(struct line *l, struct line_dialog *d)
{
	struct line_head head = { .method = "SUBSCRIBE",
		.uri = d->target,
		.call_id = d->call_id,
		.from_tag = d->from_tag,
		.to_tag = d->to_tag,
		.cseq = ++d->cseq,
		.route = d->route };
	struct line_call *c = line_call_new(l, ASKED_UNSUBSCRIBE, NULL, 0);
	struct buf b;
	int err;

	if (c == NULL)
		return -ENOMEM;
	memcpy(c->call_id, d->call_id, sizeof c->call_id);
	c->cseq = d->cseq;
	line_write_head(l, &b, &head);
	sip_write(&b, "Event", "%s", d->event);
	sip_write(&b, "Expires", "0");
	err = line_send(l, &b, (struct span){ NULL, 0 }, NULL, (struct span){ NULL, 0 });
	if (err != 0)
		line_call_drop(l, c);
	return err;
}

void
line_unsubscribe_all(struct line *l)
{
	while (l->dialogs != NULL) {
		(void)line_unsubscribe(l, l->dialogs);
		line_dialog_drop(l, &l->dialogs);
	}
}
