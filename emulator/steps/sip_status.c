/* sip_status.c - see sip_status.h. */
#include "sip_status.h"

#include <stdio.h>

#include "text.h"

enum { STATUS_504_WAIT_S = 60, OVERLOADED = 17000, RETRY_AFTER_MAX_S = 3600 };

/* "4004;reason=..."; 0: none. */
static unsigned
sip_diagnostics(const struct sip_msg *m)
{
	struct span value = sip_msg_get(m, "ms-diagnostics", 0), id;
	uint64_t n;

	/* Outside the enterprise only the public form is sent. */
	if (value.p == NULL)
		value = sip_msg_get(m, "ms-diagnostics-public", 0);
	id = span_trim(span_cut(&value, ';'));
	return text_u64(id, UINT32_MAX, &n) == 0 ? (unsigned)n : 0;
}

/* RFC 3261 section 21, as far as the report's columns tell them apart. */
static enum reason
sip_reason(int status)
{
	switch (status) {
	case 401:
	case 403:
	case 407:
		return WHY_AUTH;
	case 404:
		return WHY_NOT_FOUND;
	default:
		return status >= 500 && status < 600 ? WHY_SERVER_ERROR : WHY_REFUSED;
	}
}

/* Seconds to wait before the next try; 0: the table's pause will do. */
static uint64_t
sip_wait_s(const struct sip_msg *m)
{
	struct span value = sip_msg_get(m, "Retry-After", 0);
	uint64_t s;

	/* "18000;duration=3600" or "120 (I'm in a meeting)" */
	value = span_cut(&value, ';');
	value = span_trim(value);
	if (text_u64(span_cut(&value, ' '), UINT32_MAX, &s) == 0)
		return s < RETRY_AFTER_MAX_S ? s : RETRY_AFTER_MAX_S;
	/* Nothing was said; a server time-out is given a minute all the same. */
	return m->status == 504 ? STATUS_504_WAIT_S : 0;
}

enum verdict
sip_refused(struct step *s, const struct sip_msg *m)
{
	enum reason why = sip_reason(m->status);
	unsigned id = sip_diagnostics(m);
	uint64_t wait_s = sip_wait_s(m);
	char detail[32];

	(void)snprintf(detail, sizeof detail, id ? "sip:%d/%u" : "sip:%d", m->status, id);
	if (id >= OVERLOADED && m->status == 403)
		why = WHY_REFUSED; /* the version filter */
	/* Only a server in trouble, or too busy for its filter, may say otherwise later. */
	if (m->status / 100 != 5 && id != OVERLOADED)
		return step_fail(s, why, "%s", detail);

	(void)step_retry(s, why, "%s", detail);
	if (wait_s > 0)
		s->not_before_us = s->io->ops->now_us(s->io) + wait_s * 1000000;
	return STEP_RETRY;
}

enum verdict
sip_unanswered(struct step *s, const struct line_reply *r)
{
	switch (r->news) {
	case LINE_LOST:
		return step_lost(s, r->err);
	case LINE_SIGNED_OFF:
		return step_retry(s, WHY_REFUSED, "sip:signed off");
	case LINE_FORGED:
		line_close(s->line);
		return step_retry(s, WHY_AUTH, "sip:wrong signature");
	case LINE_SILENCE:
	case LINE_ANSWER:
		break;
	}
	line_close(s->line);
	return step_retry(s, WHY_TIMEOUT, "sip:no answer");
}

/* ---- what is seen ------------------------------------------------------- */

static void
sip_note_request(void *arg, const struct sip_msg *m)
{
	struct step *s = arg;

	if (m->status == 0)
		seen_add_text(s->seen, SEEN_SIP_REQUESTS, m->method);
}

static void
sip_note_all(void *arg, const struct sip_msg *m)
{
	struct step *s = arg;

	sip_note_request(arg, m);
	for (size_t i = 0; i < m->n_headers; i++)
		seen_add_text(s->seen, SEEN_SIP_HEADERS, m->header[i].name);
	seen_text(s->seen, SEEN_SIP_USER_AGENT, sip_msg_get(m, "User-Agent", 0));
}

void
sip_note_sent(struct step *s, bool headers)
{
	line_watch(s->line, headers ? sip_note_all : sip_note_request, s);
}

void
sip_note_no_more(struct step *s)
{
	line_watch(s->line, NULL, NULL);
}
