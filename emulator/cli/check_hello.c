/* check_hello.c - see check_hello.h. */
#include "check_hello.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client_hello.h"
#include "step.h"

enum { HELLO_ANSWER_MAX = 4096, HELLO_SERVER_MAX = CHECK_HELLO_NAME_MAX + 8 };

static void hello_next(struct check_hello *);

/* ---- what becomes a row ---------------------------------------------------------------- */

static json_t *
hello_offered(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < CLIENT_HELLO_SUITES; i++)
		(void)json_array_append_new(list, json_integer(client_hello_suites[i]));
	return list;
}

/* Numbers for programs, names for people. */
static void
hello_note(json_t *seen, const struct server_answer *a)
{
	const char *suite = client_hello_suite_name(a->suite);
	const char *version = client_hello_version_name(a->version);

	if (a->alert) {
		(void)json_object_set_new(seen, "tls_alert", json_integer(a->description));
		return;
	}
	(void)json_object_set_new(seen, "tls_chosen", json_integer(a->suite));
	(void)json_object_set_new(seen, "tls_version", json_integer(a->version));
	(void)json_object_set_new(
	    seen, "tls_suite", json_string(suite != NULL ? suite : "an unknown one"));
	(void)json_object_set_new(seen, "tls_protocol",
	    json_string(version != NULL ? version : "an unknown version"));
}

/* The target is answered for: its row, and on to the next. */
static void
hello_end(
    struct check_hello *c, const struct server_answer *a, enum reason why, const char *detail)
{
	const struct check_target *t = &c->target[c->at];
	uint64_t now_us = c->io->ops->now_us(c->io);
	char server[HELLO_SERVER_MAX];
	json_t *row, *seen;

	(void)snprintf(server, sizeof server, "%s:%u", t->name, t->to.port);
	row = json_pack("{s:i, s:f, s:f, s:s, s:n, s:i, s:s, s:s?, s:s, s:{s:s, s:o}}", "phone",
	    0, "t_ms", (double)(c->began_us - c->zero_us) / 1e3, "ms",
	    (double)(now_us - c->began_us) / 1e3, "step", "client_hello", "guide", "try", 1,
	    "verdict", why == WHY_NONE ? "done" : "fail", "why",
	    why == WHY_NONE ? NULL : reason_name(why), "detail", detail, "seen", "tls_server",
	    server, "tls_offered", hello_offered());
	seen = json_object_get(row, "seen");
	if (a != NULL)
		hello_note(seen, a);
	if (row != NULL)
		c->on_row(c->arg, row);
	c->at++;
	hello_next(c);
}

/* ---- one server ---------------------------------------------------------------------------
 */

/* Four bytes of time and 28 of chance: RFC 2246 section 7.4.1.2. */
static void
hello_send(struct check_hello *c)
{
	uint64_t now_us = c->io->ops->now_us(c->io);
	uint32_t seconds = (uint32_t)((c->wall_us + (int64_t)now_us) / 1000000);
	uint8_t random[CLIENT_HELLO_RANDOM];
	struct buf hello = { 0 };
	int err;

	for (size_t i = 0; i < sizeof random; i++)
		random[i] =
		    (uint8_t)(i < 4 ? seconds >> (24 - 8 * i) : c->io->ops->random(c->io));
	if (c->ssl2)
		client_hello_write_v2(&hello, random);
	else
		client_hello_write(&hello, random);
	err = hello.err != 0 ? hello.err : c->io->ops->send(c->stream, buf_bytes(&hello));
	buf_done(&hello);
	if (err != 0)
		hello_end(c, NULL, WHY_LOCAL, strerrorname_np(-err));
}

static void
hello_on_bytes(struct check_hello *c, struct span bytes)
{
	struct server_answer a;
	char detail[32];
	int err;

	buf_span(&c->got, bytes);
	err = c->got.err != 0 ? -EBADMSG : server_answer_read(buf_bytes(&c->got), &a);
	if (err == -EAGAIN)
		return;
	if (err != 0) {
		hello_end(c, NULL, WHY_BAD_REPLY, "hello:what answers is no TLS");
		return;
	}
	(void)snprintf(detail, sizeof detail, "tls:%u", a.description);
	hello_end(c, &a, a.alert ? WHY_TLS : WHY_NONE, a.alert ? detail : "");
}

static void
hello_on_down(struct check_hello *c, int err)
{
	char detail[48];

	if (err == 0) {
		hello_end(c, NULL, WHY_RESET, "tcp:closed");
		return;
	}
	(void)snprintf(detail, sizeof detail, "errno:%s", strerrorname_np(-err));
	hello_end(c, NULL, err == -ECONNREFUSED ? WHY_REFUSED : WHY_RESET, detail);
}

static void
hello_event(void *arg, const struct io_event *ev)
{
	struct check_hello *c = arg;

	if (ev->h == c->alarm)
		hello_end(c, NULL, WHY_TIMEOUT, "limit:10000ms");
	else if (ev->kind == IO_UP)
		hello_send(c);
	else if (ev->kind == IO_BYTES)
		hello_on_bytes(c, ev->bytes);
	else if (ev->kind == IO_DOWN)
		hello_on_down(c, ev->err);
}

/* ---- all of them ---------------------------------------------------------------------------
 */

/* Nothing of the one before is left. */
static int
hello_open(struct check_hello *c)
{
	const struct io_owner owner = { &c->scope, hello_event, c };
	const struct io_stream_cfg cfg = { .to = c->target[c->at].to };
	int err;

	io_scope_close(c->io, &c->scope);
	c->stream = c->alarm = NULL;
	buf_clear(&c->got);
	c->began_us = c->io->ops->now_us(c->io);
	err = c->io->ops->alarm(c->io, owner, &c->alarm);
	if (err == 0)
		err = c->io->ops->stream(c->io, owner, &cfg, &c->stream);
	if (err == 0)
		c->io->ops->alarm_set(c->alarm, CHECK_HELLO_US);
	return err;
}

static void
hello_next(struct check_hello *c)
{
	int err;

	if (c->at == c->n) {
		io_scope_close(c->io, &c->scope);
		c->on_end(c->arg);
		return;
	}
	err = hello_open(c);
	if (err != 0) {
		char detail[48];

		(void)snprintf(detail, sizeof detail, "errno:%s", strerrorname_np(-err));
		hello_end(c, NULL, WHY_LOCAL, detail);
	}
}

void
check_hello_start(struct check_hello *c)
{
	buf_init(&c->got, HELLO_ANSWER_MAX);
	c->at = 0;
	hello_next(c);
}

void
check_hello_done(struct check_hello *c)
{
	if (c->io != NULL)
		io_scope_close(c->io, &c->scope);
	buf_done(&c->got);
}
