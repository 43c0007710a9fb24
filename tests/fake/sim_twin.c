/* sim_twin.c - see sim_twin.h. */
#include "sim_twin.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { TWIN_US = 1000, DAY_S = 86400, TWIN_PATTERN = 251 };

static const char ROOT[] = "the root that peer.h makes anew each time";

/* ---- HTTP ---- */

static struct span
twin_pattern(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i % (TWIN_PATTERN * 64) % TWIN_PATTERN);
	return (struct span){ p, n };
}

static void
twin_reply(struct stage *s, const struct sim_call *c, int status, const char *text)
{
	sim_http(s->sim, c->h, TWIN_US, status, NULL, 0, span_of(text), 0);
}

static void
twin_cut(struct stage *s, const struct sim_call *c, int err)
{
	const struct sim_reply r = { .status = 200,
		.body = span_of("0123456789 and so on, up to a hundred bytes that never come"),
		.cut = true,
		.cut_after = 10,
		.cut_err = err };

	sim_reply(s->sim, c->h, TWIN_US, &r);
}

/* True: it was one of these. */
static bool
twin_breaks_off(struct stage *s, const struct sim_call *c, const char *path, int number)
{
	if (strcmp(path, "/cut") == 0)
		twin_cut(s, c, 0);
	else if (strcmp(path, "/cut/reset") == 0)
		twin_cut(s, c, -ECONNRESET);
	else if (strncmp(path, "/reset/", 7) == 0 && atoi(path + 7) == number)
		sim_down(s->sim, c->h, TWIN_US, -ECONNRESET, NULL);
	else if (strncmp(path, "/bye/", 5) == 0 && atoi(path + 5) == number)
		sim_down(s->sim, c->h, TWIN_US, 0, NULL);
	else
		return false;
	return true;
}

static void
twin_answer(struct stage *s, const struct sim_call *c, int number)
{
	const struct io_header close = { "Connection", "close" };
	const char *path = c->ask->path;
	uint8_t *body;
	char text[32];
	size_t n;

	snprintf(text, sizeof(text), "%d", number);
	if (twin_breaks_off(s, c, path, number))
		return;
	if (strncmp(path, "/n/", 3) == 0) {
		n = strtoul(path + 3, NULL, 10);
		body = mem_new(n);
		sim_http(s->sim, c->h, TWIN_US, 200, NULL, 0, twin_pattern(body, n), 0);
		mem_free(body);
	} else if (strcmp(path, "/401") == 0) {
		twin_reply(s, c, 401, "no");
	} else if (strcmp(path, "/204") == 0) {
		twin_reply(s, c, 204, "");
	} else if (strcmp(path, "/chunked") == 0) {
		twin_reply(s, c, 200, "abcde");
	} else if (strcmp(path, "/close") == 0) {
		sim_http(s->sim, c->h, TWIN_US, 200, &close, 1, span_of(text), 0);
	} else {
		twin_reply(s, c, 200, text);
		if (strcmp(path, "/leave") == 0)
			sim_down(s->sim, c->h, TWIN_US, 0, NULL);
	}
}

static void
twin_on_http(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct stage *s = arg;
	int *connections = c->cfg->tls ? &s->tls_connections : &s->connections;

	assert_ptr_equal(sim, s->sim);
	if (c->deed != SIM_ASKED)
		return;
	if (c->fresh)
		sim_peer_set(c->h, (void *)(intptr_t)++ * connections);
	if (sim_meet(sim, c->h, &s->cert, TWIN_US))
		twin_answer(s, c, (int)(intptr_t)sim_peer(c->h));
}

/* ---- streams ---- */

static void
twin_hear(struct stage *s, const struct sim_call *c)
{
	uint8_t *flood;

	if (span_is(c->bytes, "bye")) {
		sim_down(s->sim, c->h, TWIN_US, 0, NULL);
	} else if (span_is(c->bytes, "reset")) {
		sim_down(s->sim, c->h, TWIN_US, -ECONNRESET, NULL);
	} else if (span_is(c->bytes, "flood")) {
		flood = mem_new(4 * 1024 * 1024);
		sim_bytes(s->sim, c->h, TWIN_US, twin_pattern(flood, 4 * 1024 * 1024));
		mem_free(flood);
	} else {
		sim_bytes(s->sim, c->h, TWIN_US, c->bytes);
	}
}

static void
twin_on_stream(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct stage *s = arg;

	if (c->deed == SIM_OPENED)
		(void)sim_meet(sim, c->h, &s->cert, TWIN_US);
	if (c->deed == SIM_SENT)
		twin_hear(s, c);
}

/* ---- datagrams ---- */

static void
twin_on_gram(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct stage *s = arg;

	(void)sim;
	if (c->deed != SIM_SENT)
		return;
	assert_true(c->bytes.n <= sizeof(s->packet));
	memcpy(s->packet, c->bytes.p, c->bytes.n);
	s->n = c->bytes.n;
	s->from = c->from;
	s->heard[c->vlan != 0] = c->h;
}

/* ---- listening ---- */

/* As peer.c makes it. */
static struct sim_cert
twin_cert(const struct peer_cert *cfg, int64_t now_s)
{
	return (struct sim_cert){ .common_name = cfg->common_name,
		.dns_names = &cfg->dns_name,
		.n_dns_names = cfg->dns_name != NULL,
		.not_before_s = cfg->from != 0 ? cfg->from : now_s - DAY_S,
		.not_after_s = cfg->to != 0 ? cfg->to : now_s + DAY_S,
		.sha2 = cfg->sha2,
		.root = span_of(ROOT),
		.root_sha2 = cfg->sha2_root,
		.root_not_before_s = cfg->root_to != 0 ? 1 : now_s - DAY_S,
		.root_not_after_s = cfg->root_to != 0 ? cfg->root_to : now_s + DAY_S };
}

void
sim_twin_listen(struct stage *s, uint32_t ip)
{
	const struct {
		enum sim_type type;
		uint16_t port;
		sim_fn *fn;
	} here[] = {
		{ SIM_STREAM, 389, twin_on_stream },
		{ SIM_STREAM, 5061, twin_on_stream },
		{ SIM_HTTP, 80, twin_on_http },
		{ SIM_HTTP, 443, twin_on_http },
		{ SIM_UDP, 123, twin_on_gram },
		{ SIM_UDP, 67, twin_on_gram },
		{ SIM_DHCP, 67, twin_on_gram },
	};

	static const uint16_t none[1];

	s->cert.root = span_of(ROOT);
	if (s->cfg->cert != NULL)
		s->cert = twin_cert(s->cfg->cert, sim_wall_us(s->sim) / 1000000);
	if (s->cfg->none_in_common)
		s->cert.suites = none;
	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++) {
		bool tls = here[i].port == 443 || here[i].port == 5061;

		if (tls && s->cfg->cert == NULL)
			continue;
		assert_int_equal(sim_listen_at(s->sim, here[i].type,
				     (struct io_addr){ ip, here[i].port }, NULL, here[i].fn, s),
		    0);
	}
	assert_int_equal(sim_relay(s->sim, 0, STAGE_GIADDR), 0);
	assert_int_equal(sim_relay(s->sim, 200, STAGE_GIADDR_200), 0);
}
