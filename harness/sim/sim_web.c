/*
 * sim_web.c - a face for HTTP in the simulated world: a request goes to the logic of
 * harness/serve, its reply becomes the phone's.  The twin of harness/pool/face_http.c; the
 * firmware is a number of bytes here, or the part of it that a Range asks for.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http_range.h"
#include "mem.h"
#include "serve_firmware.h"
#include "sim_pool_priv.h"

enum { WEB_HEADERS_MAX = SERVE_HEADERS_MAX + 4, WEB_LENGTH_MAX = 64 };

/* One reply while it is put together; headers point into it and into the logic's. */
struct web_reply {
	struct io_header headers[WEB_HEADERS_MAX];
	size_t n_headers;
	char length[WEB_LENGTH_MAX], range[WEB_LENGTH_MAX];
	struct sim_reply reply;
};

static void
web_add(struct web_reply *w, const char *name, const char *value)
{
	if (w->n_headers < WEB_HEADERS_MAX)
		w->headers[w->n_headers++] = (struct io_header){ name, value };
}

/* The image's bytes are never sent here, but their sum is true; it is made when somebody first
 * needs it.  Without memory for that it stays 0. */
static uint32_t
web_firmware_sum(struct sim_pool *pool)
{
	const struct servers_update *habits = &pool->habits.update;
	struct serve_firmware image;
	uint8_t *chunk;

	if (pool->firmware_summed)
		return pool->firmware_crc;
	chunk = mem_new(FIRMWARE_CHUNK);
	if (chunk == NULL)
		return 0;
	serve_firmware_begin(&image, habits->version, habits->size);
	while (serve_firmware_next(&image, chunk) > 0)
		;
	pool->firmware_summed = true;
	pool->firmware_crc = image.crc32;
	mem_free(chunk);
	return pool->firmware_crc;
}

/* The file, or the part of it that a Range names. */
static void
web_firmware(const struct pool_web *web, const char *range, struct web_reply *w)
{
	const struct servers_update *habits = &web->pool->habits.update;
	uint64_t first = 0, n = habits->size;
	int rc = http_range_read(range, habits->size, &first, &n);

	w->reply.crc32 = rc == -ENOENT ? web_firmware_sum(web->pool) : 0;
	if (rc == -ENOENT) {
		web_add(w, "Accept-Ranges", "bytes");
	} else if (rc == -ERANGE) {
		w->reply.status = 416;
		n = 0;
		(void)snprintf(w->range, sizeof w->range, "bytes */%llu",
		    (unsigned long long)habits->size);
		web_add(w, "Content-Range", w->range);
	} else {
		w->reply.status = 206;
		(void)snprintf(w->range, sizeof w->range, "bytes %llu-%llu/%llu",
		    (unsigned long long)first, (unsigned long long)(first + n - 1),
		    (unsigned long long)habits->size);
		web_add(w, "Content-Range", w->range);
	}
	w->reply.body_n = n;
	/* Its length was announced, an eighth of it is missing, and that is the end. */
	if (habits->wrong_length && n > 0) {
		w->reply.cut = true;
		w->reply.cut_after = n - n / 8;
	}
}

static void
web_reply(const struct pool_web *web, struct sim *sim, const struct sim_call *c,
    const struct serve_request *q, const struct serve_reply *r)
{
	struct web_reply w = { .reply = { .status = r->status, .body = buf_bytes(&r->body) } };
	bool head = strcmp(q->method, "HEAD") == 0;

	for (size_t i = 0; i < r->n_headers; i++)
		web_add(&w, r->headers[i].name, r->headers[i].value);
	w.reply.body_n = r->body.n;
	if (r->firmware && r->status == 200)
		web_firmware(web, serve_header(q, "Range"), &w);
	(void)snprintf(w.length, sizeof w.length, "%llu", (unsigned long long)w.reply.body_n);
	web_add(&w, "Content-Length", w.length);
	/* Told how much there is, sent nothing. */
	if (head) {
		w.reply.body_n = 0;
		w.reply.body.n = 0;
		w.reply.cut = false;
	}
	w.reply.headers = w.headers;
	w.reply.n_headers = w.n_headers;
	sim_reply(sim, c->h, 0, &w.reply);
}

static void
web_answer(const struct pool_web *web, const struct serve_request *q, struct serve_reply *r)
{
	struct fault_deed deed;

	if (sim_pool_refuses(web->pool, web->id, &deed))
		serve_refuse(r, deed.answer, deed.retry_after_s);
	else
		web->fn(web->pool, q, r);
	if (r->status != 0 && r->body.err == 0)
		return;
	buf_clear(&r->body);
	serve_text(r, 500, "out of memory");
}

static void
web_asked(const struct pool_web *web, struct sim *sim, const struct sim_call *c)
{
	const struct io_ask *ask = c->ask;
	struct serve_header headers[WEB_HEADERS_MAX];
	struct serve_request q = { .method = ask->method,
		.path = ask->path,
		.headers = headers,
		.body = ask->body,
		.peer_ip = c->from.ip,
		.tls = web->cert != NULL,
		.wall_us = c->wall_us };
	struct serve_reply r = { .status = 0 };

	for (size_t i = 0; i < ask->n_headers && i < WEB_HEADERS_MAX; i++)
		headers[q.n_headers++] =
		    (struct serve_header){ ask->headers[i].name, ask->headers[i].value };
	web_answer(web, &q, &r);
	web_reply(web, sim, c, &q, &r);
	buf_done(&r.body);
}

void
sim_web_hears(void *arg, struct sim *sim, const struct sim_call *c)
{
	const struct pool_web *web = arg;

	if (c->deed == SIM_ASKED && sim_meet(sim, c->h, web->cert, 0))
		web_asked(web, sim, c);
}
