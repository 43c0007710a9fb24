/* fake_http_server.c - see fake_http_server.h. */
#include "fake_http_server.h"

#include <stdio.h>
#include <string.h>

enum { HEADERS_MAX = 24 };

static void
note(struct fake_http_server *w, const struct sim_call *call)
{
	size_t i = w->n_asked;

	if (i == FAKE_ASKS_MAX)
		return;
	(void)snprintf(
	    w->asked[i], sizeof w->asked[i], "%s %s", call->ask->method, call->ask->path);
	for (size_t k = 0; k < call->ask->n_headers; k++) {
		const struct io_header *h = &call->ask->headers[k];

		if (strcmp(h->name, "Host") == 0)
			(void)snprintf(w->host[i], sizeof w->host[i], "%s", h->value);
		if (strcmp(h->name, "Authorization") == 0)
			w->authorized[i] = true;
	}
	w->tls[i] = call->cfg->tls;
	w->n_asked++;
}

static void
answer(struct fake_http_server *w, struct sim *f, const struct sim_call *call)
{
	struct serve_header in[HEADERS_MAX];
	struct io_header out[SERVE_HEADERS_MAX];
	struct serve_request q = { .method = call->ask->method,
		.path = call->ask->path,
		.headers = in,
		.body = call->ask->body,
		.peer_ip = 0x7f2a0001,
		.tls = call->cfg->tls,
		.wall_us = 1252454400000000 };
	struct serve_reply r = { 0 };

	for (; q.n_headers < call->ask->n_headers && q.n_headers < HEADERS_MAX; q.n_headers++) {
		in[q.n_headers].name = call->ask->headers[q.n_headers].name;
		in[q.n_headers].value = call->ask->headers[q.n_headers].value;
	}
	w->serve(w->arg, &q, &r);
	for (size_t i = 0; i < r.n_headers; i++)
		out[i] = (struct io_header){ r.headers[i].name, r.headers[i].value };
	sim_http(f, call->h, w->delay_us + 1000, r.status, out, r.n_headers, buf_bytes(&r.body),
	    r.firmware ? w->firmware_size : r.body.n);
	buf_done(&r.body);
}

static void
on_call(void *arg, struct sim *f, const struct sim_call *call)
{
	struct fake_http_server *w = arg;

	if (call->deed != SIM_ASKED)
		return;
	note(w, call);
	if (w->downs > 0) {
		w->downs--;
		sim_down(f, call->h, 1000, w->down, NULL);
		return;
	}
	answer(w, f, call);
}

void
fake_http_listen(struct sim *f, uint16_t port, struct fake_http_server *w)
{
	sim_listen(f, SIM_HTTP, port, on_call, w);
}
