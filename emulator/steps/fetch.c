/* fetch.c - see fetch.h. */
#include "fetch.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "lookup.h"
#include "step_talk.h"
#include "text.h"
#include "tls_note.h"

enum { FETCH_BODY_MAX = 256 << 10, FETCH_REQUEST_MAX = 16 << 10 };

/* ---- ask ------------------------------------------------------------------ */

/* Host, with the port where it does not go without saying. */
static void
fetch_host(const struct fetch *f, char *out, size_t cap)
{
	char ip[TEXT_IP_MAX];
	const char *host = f->bare_ip ? text_ip_str(f->at.ip, ip) : f->url.host;

	if (url_port_is_default(&f->url))
		(void)snprintf(out, cap, "%s", host);
	else
		(void)snprintf(out, cap, "%s:%u", host, f->url.port);
}

/* What a comparison wants of a request: its line, its header names, the whole URL. */
static void
fetch_note(struct step *s, const struct fetch *f, const struct io_ask *ask, const char *host)
{
	char line[URL_PATH_MAX + 16], url[URL_HOST_MAX + URL_PATH_MAX + 16];

	(void)snprintf(line, sizeof line, "%s %s", ask->method, ask->path);
	seen_add_text(s->seen, SEEN_HTTP_REQUESTS, span_of(line));
	for (size_t i = 0; i < ask->n_headers; i++)
		seen_add_text(s->seen, SEEN_HTTP_HEADERS, span_of(ask->headers[i].name));
	(void)snprintf(
	    url, sizeof url, "%s://%s%s", f->url.tls ? "https" : "http", host, f->url.path);
	seen_text(s->seen, SEEN_HTTP_URL, span_of(url));
}

/* The same request in both forms: anonymous, or with a ticket for HTTP/<host>. */
static enum verdict
fetch_send(struct step *s, struct fetch *f, bool negotiate)
{
	char host[URL_HOST_MAX + 8], spn[URL_HOST_MAX + 8];
	struct io_header headers[4];
	struct io_ask ask = { .method = f->method,
		.path = f->url.path,
		.headers = headers,
		.body = buf_bytes(&f->request),
		.reply = f->count ? IO_COUNT : IO_LEND };
	struct talk_cfg cfg = step_talk(s);
	int err;

	fetch_host(f, host, sizeof host);
	if (f->content_type != NULL)
		headers[ask.n_headers++] =
		    (struct io_header){ "Content-Type", f->content_type };
	headers[ask.n_headers++] = (struct io_header){ "User-Agent", f->user_agent };
	headers[ask.n_headers++] = (struct io_header){ "Host", host };
	headers[ask.n_headers++] = (struct io_header){ "Cache-Control", "no-cache" };
	fetch_note(s, f, &ask, host);
	/* The page of a 401 makes room for the answer. */
	buf_clear(&f->body);
	f->phase = negotiate ? FETCH_SIGNED : FETCH_PLAIN;

	if (!negotiate) {
		err = s->io->ops->ask(f->session, &ask);
		f->asked = err == 0;
		return err ? step_lost(s, err) : STEP_WAIT;
	}
	/* Tickets are issued to names, whatever Host says. */
	(void)snprintf(spn, sizeof spn, "HTTP/%s", f->url.host);
	if (negotiate_talk_start(&f->talk.negotiate, &cfg, f->session, spn, &ask) ==
	    TALK_FAILED)
		return step_talk_lost(s, f->talk.negotiate.err, f->talk.negotiate.detail);
	return STEP_WAIT;
}

/* The address is known: open a session unless there is one. */
static enum verdict
fetch_open(struct step *s, struct fetch *f)
{
	struct io_stream_cfg cfg = {
		.to = { f->at.ip, f->url.port }, .tls = f->url.tls, .name = f->url.host
	};
	int err;

	f->at.port = f->url.port;
	if (f->session == NULL) {
		err = step_http(s, &cfg, &f->session);
		if (err)
			return step_lost(s, err);
	}
	return fetch_send(s, f, f->auth == FETCH_NEGOTIATE);
}

/* Where is the host: known already, an address, or a matter for DNS? */
static enum verdict
fetch_locate(struct step *s, struct fetch *f, const struct fetch_ask *ask)
{
	const struct facts_target *at = ask->at;

	if (at != NULL && strcasecmp(at->name, f->url.host) == 0) {
		f->at = *at;
		/* The address holds for any port, the session only for its own. */
		if (at->port == f->url.port)
			f->session = ask->session;
		return fetch_open(s, f);
	}
	(void)snprintf(f->at.name, sizeof f->at.name, "%s", f->url.host);
	if (text_ip(span_of(f->url.host), &f->at.ip) == 0)
		return fetch_open(s, f);
	f->phase = FETCH_LOOKUP;
	if (lookup_start(s, &f->talk.dns, f->url.host, DNS_A) == TALK_FAILED)
		return lookup_lost(s, &f->talk.dns);
	return STEP_WAIT;
}

enum verdict
fetch_start(struct step *s, struct fetch *f, const struct fetch_ask *ask)
{
	int err;

	*f = (struct fetch){ .method = ask->method,
		.user_agent = ask->user_agent,
		.content_type = ask->content_type,
		.count = ask->count,
		.bare_ip = ask->bare_ip,
		.auth = ask->auth };
	buf_init(&f->body, FETCH_BODY_MAX);
	buf_init(&f->request, FETCH_REQUEST_MAX);
	buf_span(&f->request, ask->body);
	err = url_read(span_of(ask->url), &f->url);
	if (err)
		return step_fail(s, WHY_BAD_REPLY, "http:not a URL: %.40s", ask->url);
	if (f->request.err)
		return step_fail(s, WHY_LOCAL, "http:the request is too large");
	return fetch_locate(s, f, ask);
}

/* ---- the answer ------------------------------------------------------------- */

/* DNS has spoken: a host that does not exist is another matter than silence. */
static enum verdict
fetch_on_found(struct step *s, struct fetch *f, enum talk_state state)
{
	if (state == TALK_WAIT)
		return STEP_WAIT;
	if (state == TALK_FAILED) {
		f->missing = f->talk.dns.err == -ENOENT;
		return lookup_lost(s, &f->talk.dns);
	}
	f->at.ip = f->talk.dns.found[0].ip;
	dns_talk_drop(&f->talk.dns);
	return fetch_open(s, f);
}

static enum verdict
fetch_on_whole(struct step *s, struct fetch *f, const struct io_event *ev)
{
	f->bytes = ev->http->body_n;
	f->crc32 = ev->http->crc32;
	if (f->body.err)
		return step_fail(s, WHY_BAD_REPLY, "http:the answer is longer than %d bytes",
		    FETCH_BODY_MAX);
	/* The challenge (RFC 9110 section 15.5.2) is answered once, on the same session. */
	if (f->status == 401 && f->phase == FETCH_PLAIN && f->auth == FETCH_ON_401)
		return fetch_send(s, f, true);
	return f->status == 200 ? STEP_DONE : step_http_status(s, f->status);
}

/* The negotiation sees the event first: until its request is sent it is about tickets. */
static enum verdict
fetch_on_negotiate(struct step *s, struct fetch *f, const struct io_event *ev)
{
	struct negotiate_talk *t = &f->talk.negotiate;
	enum talk_state state = negotiate_talk_event(t, ev);

	if (state != TALK_FAILED)
		return STEP_WAIT;
	if (ev->kind == IO_DOWN && ev->h == f->session)
		return step_tls_lost(s, ev);
	return step_talk_lost(s, t->err, t->detail);
}

static enum verdict
fetch_on_http(struct step *s, struct fetch *f, const struct io_event *ev)
{
	switch (ev->kind) {
	case IO_HEAD:
		f->status = ev->http->status;
		/* The status of a signed request is noted by its talk. */
		if (f->phase == FETCH_PLAIN)
			seen_add_num(s->seen, SEEN_HTTP_STATUS, (uint64_t)f->status);
		break;
	case IO_BODY:
		if (!f->count)
			buf_span(&f->body, ev->bytes);
		break;
	case IO_WHOLE:
		f->asked = false;
		return fetch_on_whole(s, f, ev);
	case IO_DOWN:
		f->asked = false;
		return step_tls_lost(s, ev);
	case IO_ALARM:
	case IO_PACKET:
	case IO_UP:
	case IO_BYTES:
		break;
	}
	return STEP_WAIT;
}

enum verdict
fetch_event(struct step *s, struct fetch *f, const struct io_event *ev)
{
	enum verdict v = STEP_WAIT;

	if (f->phase == FETCH_LOOKUP)
		return fetch_on_found(s, f, dns_talk_event(&f->talk.dns, ev));
	if (f->phase == FETCH_SIGNED)
		v = fetch_on_negotiate(s, f, ev);
	if (ev->h != f->session || ev->h == NULL)
		return v;
	/* Once a try, however many events show it. */
	if (ev->tls != NULL && !f->handshake_noted) {
		f->handshake_noted = true;
		tls_note(s->seen, ev->tls);
	}
	return v == STEP_WAIT ? fetch_on_http(s, f, ev) : v;
}

bool
fetch_has_no_host(const struct fetch *f)
{
	return f->missing;
}

void
fetch_drop(struct step *s, struct fetch *f)
{
	if (f->phase == FETCH_SIGNED && negotiate_talk_asked(&f->talk.negotiate))
		f->asked = true;
	/* The rest of an answer is still to come: the next request must not get it. */
	if (f->asked && f->session == s->held)
		step_let_go(s);
	if (f->phase == FETCH_LOOKUP)
		dns_talk_drop(&f->talk.dns);
	if (f->phase == FETCH_SIGNED)
		negotiate_talk_drop(&f->talk.negotiate);
	buf_done(&f->body);
	buf_done(&f->request);
}
