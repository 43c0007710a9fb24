/* line_serve.c - the server's requests, their signature checked: OPTIONS, NOTIFY, BENOTIFY,
 * and the end of the registration ([MS-SIPREGE] 3.1). */
#include <stdio.h>
#include <string.h>

#include "line_impl.h"

/* The dialog a request belongs to, or the place where the list ends. */
static struct line_dialog **
line_dialog_find(struct line *l, const struct sip_msg *m)
{
	struct line_dialog **at = &l->dialogs;
	struct span call_id = sip_msg_get(m, "Call-ID", 0);

	while (*at != NULL && !span_is(call_id, (*at)->call_id))
		at = &(*at)->next;
	return at;
}

/* Why a registration ends, [MS-SIPREGE] 2.2.2.5; anything else is "unknown", so that no word of
 * a server's own gets into the trace. */
static const char *
line_why_deregistered(struct span params)
{
	static const char *const known[] = { "unregistered", "rejected", "deactivated",
		"preferred-registrar-change" };
	struct span event;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (sip_param(params, "event", &event) && span_is_nocase(event, known[i]))
			return known[i];
	return "unknown";
}

/* "deregistered;event=rejected": the registration of this Call-ID is over. */
static void
line_deregistered(struct line *l, const struct sip_msg *m, const struct io_event *ev)
{
	struct span body = span_trim(m->body);
	char detail[48];

	if (!span_is(sip_msg_get(m, "Call-ID", 0), l->call_id) ||
	    !span_is_nocase(span_trim(span_cut(&body, ';')), "deregistered"))
		return;
	(void)snprintf(detail, sizeof detail, "sip:%s", line_why_deregistered(body));
	line_end(l, LINE_SIGNED_OFF, 0, detail, ev);
}

/* NOTIFY and BENOTIFY differ in this: the second is never answered. */
static void
line_notified(struct line *l, const struct sip_msg *m, bool answer, const struct io_event *ev)
{
	bool ends = span_is_nocase(sip_msg_get(m, "Event", 0), "registration-notify");
	struct line_dialog **dialog = line_dialog_find(l, m);
	struct span state = sip_msg_get(m, "subscription-state", 0);

	if (answer)
		/* No such subscription: RFC 6665 section 4.1.3. */
		(void)line_answer(l, m, ends || *dialog != NULL ? 200 : 481);
	/* Answered before: the end of the registration closes the connection. */
	if (ends)
		line_deregistered(l, m, ev);
	else if (*dialog != NULL &&
	    span_is_nocase(span_trim(span_cut(&state, ';')), "terminated"))
		line_dialog_drop(l, dialog);
}

/* Enough of a user agent to be polite: calls are not taken, and an ACK is never answered. */
void
line_serve(struct line *l, const struct sip_msg *m, const struct io_event *ev)
{
	if (span_is(m->method, "NOTIFY"))
		line_notified(l, m, true, ev);
	else if (span_is(m->method, "BENOTIFY"))
		line_notified(l, m, false, ev);
	else if (span_is(m->method, "OPTIONS"))
		(void)line_answer(l, m, 200);
	else if (span_is(m->method, "INVITE"))
		(void)line_answer(l, m, 480); /* nobody is there to pick up */
	else if (span_is(m->method, "BYE") || span_is(m->method, "CANCEL") ||
	    span_is(m->method, "INFO"))
		(void)line_answer(l, m, 481);
	else if (!span_is(m->method, "ACK"))
		(void)line_answer(l, m, 501);
}
