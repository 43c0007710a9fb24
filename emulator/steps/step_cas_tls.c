/*
 * step_cas_tls.c - TLS with Exchange's client access server, and the Autodiscover
 * request that tells where the mailbox is served.  Guide 23.
 *
 * needs  FACT_CAS, FACT_DC, FACT_TGT, FACT_ROOT
 * gives  FACT_MAILBOX: ews_url
 *
 * A redirect to another address or server is told, not followed: the phone goes on without a
 * mailbox.
 */
#include <stdio.h>

#include "autodiscover_xml.h"
#include "fetch.h"
#include "steps.h"
#include "template.h"
#include "text.h"

enum { CAS_BODY_MAX = 4 << 10 };

static enum verdict
cas_start(struct step *s)
{
	char url[FACTS_URL_MAX], email[200];
	const struct template_value values[] = { { "email", email } };
	struct fetch_ask ask = { .method = "POST",
		.url = url,
		.user_agent = s->profile->exchange.user_agent,
		.content_type = "text/xml; charset=utf-8",
		.auth = FETCH_NEGOTIATE,
		.at = &s->facts->cas };
	enum verdict v;
	struct buf body;

	/* Autodiscover asks for a mail address; the phone knows only its SIP address. */
	(void)snprintf(email, sizeof email, "%s@%s", s->id->sip_user, s->id->sip_domain);
	(void)snprintf(
	    url, sizeof url, "https://%s%s", s->facts->cas.name, s->profile->exchange.path);
	buf_init(&body, CAS_BODY_MAX);
	if (template_fill(&body, s->profile->templates.autodiscover_request, values, 1, true) !=
	    0) {
		buf_done(&body);
		return step_fail(s, WHY_LOCAL, "profile:template autodiscover_request");
	}
	ask.body = buf_bytes(&body);
	v = fetch_start(s, s->state, &ask);
	buf_done(&body);
	return v;
}

static enum verdict
cas_event(struct step *s, const struct io_event *ev)
{
	struct fetch *f = s->state;
	struct autodiscover_answer a;
	enum verdict v = fetch_event(s, f, ev);

	if (v != STEP_DONE)
		return v;
	if (autodiscover_xml_read(buf_bytes(&f->body), &a) != 0)
		return step_retry(s, WHY_BAD_REPLY, "autodiscover:not an answer");
	/* A 200 may still say no. */
	if (a.error_code != 0)
		return step_fail(s, WHY_NOT_FOUND, "autodiscover:%d", a.error_code);
	if (a.redirect[0] != '\0')
		return step_fail(
		    s, WHY_NOT_FOUND, "autodiscover:redirect to %.40s", a.redirect);
	/* No URL for EWS: the client access server's own, at the usual path. */
	if (a.ews_url[0] == '\0')
		(void)snprintf(a.ews_url, sizeof a.ews_url, "https://%s%s", s->facts->cas.name,
		    s->profile->exchange.ews_path);
	if (text_copy(s->facts->ews_url, sizeof s->facts->ews_url, span_of(a.ews_url)) != 0)
		return step_fail(s, WHY_BAD_REPLY, "autodiscover:URL too long");
	return STEP_DONE;
}

static void
cas_cancel(struct step *s)
{
	fetch_drop(s, s->state);
}

const struct step_ops step_cas_tls = {
	.name = "cas_tls",
	.state_size = sizeof(struct fetch),
	.start = cas_start,
	.event = cas_event,
	.cancel = cas_cancel,
};
