/* negotiate_talk.c - see negotiate_talk.h. */
#include "negotiate_talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http_auth.h"
#include "mem.h"

enum { NEGOTIATE_HEADERS_MAX = 16, NEGOTIATE_TOKEN_MAX = 1 << 16 };

static enum talk_state
negotiate_failed(struct negotiate_talk *t, int err, const char *detail)
{
	t->err = err;
	snprintf(t->detail, sizeof t->detail, "%s", detail);
	negotiate_talk_drop(t);
	return TALK_FAILED;
}

/* ---- the request, kept while the ticket is fetched: texts with their NUL, then the body - */

/* The caller's strings may be gone by the time the ticket is there. */
static void
negotiate_keep(struct negotiate_talk *t, const struct io_ask *ask)
{
	struct buf *k = &t->kept;

	buf_init(k, 0);
	buf_put(k, ask->method, strlen(ask->method) + 1);
	buf_put(k, ask->path, strlen(ask->path) + 1);
	for (size_t i = 0; i < ask->n_headers; i++) {
		buf_put(k, ask->headers[i].name, strlen(ask->headers[i].name) + 1);
		buf_put(k, ask->headers[i].value, strlen(ask->headers[i].value) + 1);
	}
	t->n_headers = (unsigned)ask->n_headers;
	t->body_at = k->n;
	buf_span(k, ask->body);
	t->reply = (int)ask->reply;
}

/* The next of the kept texts. */
static const char *
negotiate_text(const char **at)
{
	const char *text = *at;

	*at += strlen(text) + 1;
	return text;
}

void
talk_note_ask(const struct talk_cfg *cfg, const struct io_ask *ask)
{
	char what[160];

	snprintf(what, sizeof what, "%s %s", ask->method, ask->path);
	talk_note(cfg, TALK_HTTP_REQUEST, what);
	for (size_t i = 0; i < ask->n_headers; i++)
		talk_note(cfg, TALK_HTTP_HEADER, ask->headers[i].name);
}

/* The kept request, with the token behind the caller's headers. */
static int
negotiate_ask(struct negotiate_talk *t, const char *authorization)
{
	struct io_header headers[NEGOTIATE_HEADERS_MAX + 1];
	const char *at = (const char *)t->kept.p;
	struct io_ask ask = { .headers = headers, .n_headers = t->n_headers + 1 };

	ask.method = negotiate_text(&at);
	ask.path = negotiate_text(&at);
	for (size_t i = 0; i < t->n_headers; i++) {
		headers[i].name = negotiate_text(&at);
		headers[i].value = negotiate_text(&at);
	}
	headers[t->n_headers] = (struct io_header){ "Authorization", authorization };
	ask.body = (struct span){ t->kept.p + t->body_at, t->kept.n - t->body_at };
	ask.reply = t->reply == IO_COUNT ? IO_COUNT : IO_LEND;
	talk_note_ask(&t->ticket.cfg, &ask);
	return t->ticket.cfg.io->ops->ask(t->http, &ask);
}

/* The ticket is there: make the token and send the request. */
static enum talk_state
negotiate_go(struct negotiate_talk *t)
{
	struct auth *auth = t->ticket.cfg.auth;
	struct buf token = { .max = NEGOTIATE_TOKEN_MAX };
	struct buf value = { .max = 2 * NEGOTIATE_TOKEN_MAX };
	int err = auth->ops->negotiate(auth, t->spn, &token);

	if (err == 0) {
		http_auth_negotiate(&value, buf_bytes(&token));
		buf_u8(&value, '\0');
		err = value.err;
	}
	if (err == 0)
		err = negotiate_ask(t, (const char *)value.p);
	/* Who reads a token can show it as well. */
	mem_wipe(token.p, token.n);
	mem_wipe(value.p, value.n);
	buf_done(&token);
	buf_done(&value);
	buf_done(&t->kept);
	if (err == -ENOKEY || err == -EACCES)
		return negotiate_failed(t, -EACCES, "gss:no token");
	if (err != 0)
		return negotiate_failed(t, err, "");
	t->asked = true;
	return TALK_WAIT;
}

/* What the ticket's conversation came to. */
static enum talk_state
negotiate_on_ticket(struct negotiate_talk *t, enum talk_state state)
{
	switch (state) {
	case TALK_WAIT:
		return TALK_WAIT;
	case TALK_DONE:
		return negotiate_go(t);
	case TALK_FAILED:
		break;
	}
	t->krb_code = t->ticket.krb_code;
	return negotiate_failed(t, t->ticket.err, t->ticket.detail);
}

enum talk_state
negotiate_talk_start(struct negotiate_talk *t, const struct talk_cfg *cfg,
    struct io_handle *http, const char *spn, const struct io_ask *ask)
{
	*t = (struct negotiate_talk){ .http = http };
	if (strlen(spn) >= sizeof t->spn || ask->n_headers > NEGOTIATE_HEADERS_MAX)
		return negotiate_failed(t, -EINVAL, "");
	snprintf(t->spn, sizeof t->spn, "%s", spn);
	negotiate_keep(t, ask);
	if (t->kept.err != 0)
		return negotiate_failed(t, t->kept.err, "");
	return negotiate_on_ticket(t, ticket_talk_ticket(&t->ticket, cfg, t->spn));
}

static void
negotiate_on_head(struct negotiate_talk *t, const struct io_event *ev)
{
	char status[16];

	t->status = ev->http->status;
	snprintf(status, sizeof status, "%d", t->status);
	talk_note(&t->ticket.cfg, TALK_HTTP_STATUS, status);
}

enum talk_state
negotiate_talk_event(struct negotiate_talk *t, const struct io_event *ev)
{
	if (ev->h == NULL || t->http == NULL)
		return TALK_WAIT;
	/* Until the request is out, what is not the session's may be the ticket's. */
	if (ev->h != t->http)
		return t->asked ? TALK_WAIT
				: negotiate_on_ticket(t, ticket_talk_event(&t->ticket, ev));
	switch (ev->kind) {
	case IO_HEAD:
		negotiate_on_head(t, ev);
		return TALK_WAIT;
	case IO_WHOLE:
		negotiate_talk_drop(t);
		return TALK_DONE;
	case IO_DOWN:
		/* An idle connection that ends before we ask costs nothing. */
		if (!t->asked)
			return TALK_WAIT;
		return negotiate_failed(t, ev->err != 0 ? ev->err : -ECONNRESET, "");
	case IO_ALARM:
	case IO_PACKET:
	case IO_UP:
	case IO_BYTES:
	case IO_BODY:
		break;
	}
	return TALK_WAIT;
}

bool
negotiate_talk_asked(const struct negotiate_talk *t)
{
	return t->http != NULL && t->asked;
}

void
negotiate_talk_drop(struct negotiate_talk *t)
{
	ticket_talk_drop(&t->ticket);
	buf_done(&t->kept);
	t->http = NULL;
}
