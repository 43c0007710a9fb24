/*
 * step_ca_find.c - find the CA's web server and ask it for the chain without a
 * name: it answers 401 and offers Negotiate.  RFC 4559.
 *
 * needs  FACT_CA, FACT_ADDRESS
 * gives  FACT_CA_WEB: facts->ca.ip; the HTTP session is the stage's
 */
#include <strings.h>

#include "ca_web.h"
#include "http_auth.h"
#include "lookup.h"
#include "step_talk.h"

struct ca_find_state {
	struct dns_talk dns;
	struct io_handle *http;
	bool negotiate; /* offered */
	int status;
};
_Static_assert(sizeof(struct ca_find_state) <= STEP_STATE_MAX, "fits the scratch");

/* ---- who it is ---------------------------------------------------------------- */

/* Nobody has said yet who asks: it is the 401 that tells how to. */
static enum verdict
ca_find_ask(struct step *s)
{
	struct ca_find_state *ca = s->state;
	struct io_stream_cfg to = { .to = { s->facts->ca.ip, CA_WEB_PORT } };
	struct io_header headers[CA_WEB_HEADERS];
	struct io_ask ask = ca_web_ask(s, headers);
	struct talk_cfg cfg = step_talk(s);
	int err = step_http(s, &to, &ca->http);

	if (err == 0)
		err = s->io->ops->ask(ca->http, &ask);
	if (err != 0)
		return step_lost(s, err);
	talk_note_ask(&cfg, &ask);
	return STEP_WAIT;
}

static enum verdict
ca_find_on_dns(struct step *s, enum talk_state state)
{
	struct ca_find_state *ca = s->state;

	switch (state) {
	case TALK_WAIT:
		return STEP_WAIT;
	case TALK_DONE:
		lookup_keep(&s->facts->ca, &ca->dns.found[0], CA_WEB_PORT);
		return ca_find_ask(s);
	case TALK_FAILED:
		break;
	}
	return lookup_lost(s, &ca->dns);
}

static enum verdict
ca_find_start(struct step *s)
{
	struct ca_find_state *ca = s->state;

	/* A new session: what an earlier one did with the first key is void. */
	s->facts->ca_first_key_taken = false;
	return ca_find_on_dns(s, lookup_start(s, &ca->dns, s->facts->ca.name, DNS_A));
}

/* ---- what it wants ---------------------------------------------------------------- */

/* WWW-Authenticate may come several times, once a scheme: RFC 9110 section 11.6.1. */
static void
ca_find_on_head(struct step *s, const struct io_http_seen *http)
{
	struct ca_find_state *ca = s->state;

	ca->status = http->status;
	seen_add_num(s->seen, SEEN_HTTP_STATUS, (uint64_t)http->status);
	for (size_t i = 0; i < http->n_headers; i++) {
		const struct io_header *h = &http->headers[i];

		if (strcasecmp(h->name, "WWW-Authenticate") == 0 &&
		    http_auth_offers(span_of(h->value), "Negotiate"))
			ca->negotiate = true;
	}
}

static enum verdict
ca_find_on_whole(struct step *s)
{
	struct ca_find_state *ca = s->state;

	/* A server that asks for no name will not ask for one later either. */
	if (ca->status != 401 && ca->status != 200)
		return step_http_status(s, ca->status);
	if (ca->status == 401 && !ca->negotiate)
		return step_fail(s, WHY_AUTH, "http:401 without Negotiate");
	/* The rows below show their tickets on this session. */
	step_hold(s, ca->http);
	return STEP_DONE;
}

static enum verdict
ca_find_event(struct step *s, const struct io_event *ev)
{
	struct ca_find_state *ca = s->state;

	if (ca->http == NULL)
		return ca_find_on_dns(s, dns_talk_event(&ca->dns, ev));
	if (ev->h != ca->http)
		return STEP_WAIT;
	switch (ev->kind) {
	case IO_HEAD:
		ca_find_on_head(s, ev->http);
		break;
	case IO_WHOLE:
		return ca_find_on_whole(s);
	case IO_DOWN:
		return step_lost(s, ev->err);
	case IO_ALARM:
	case IO_PACKET:
	case IO_UP:
	case IO_BYTES:
	case IO_BODY:
		break;
	}
	return STEP_WAIT;
}

static void
ca_find_cancel(struct step *s)
{
	struct ca_find_state *ca = s->state;

	dns_talk_drop(&ca->dns);
}

const struct step_ops step_ca_find = {
	.name = "ca_find",
	.state_size = sizeof(struct ca_find_state),
	.start = ca_find_start,
	.event = ca_find_event,
	.cancel = ca_find_cancel,
};
