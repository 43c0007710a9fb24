/* two_worlds.c - see two_worlds.h. */
#include "two_worlds.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "mem.h"
#include "sim_twin.h"

enum { STAGE_TIMES = 4, PORTS = 8, IP_PHONE = 0x7f2a0001, IP_HERE = 0x7f000001 };

/* ---- what was told, as text ---- */

static void
told_run(struct stage *s)
{
	if (s->bytes > 0)
		buf_printf(&s->told, "%s %llu\n", s->run == IO_BODY ? "BODY" : "BYTES",
		    (unsigned long long)s->bytes);
	s->bytes = 0;
}

static void
told_tls(struct stage *s, const struct rig_note *note)
{
	const struct io_tls_seen *tls = &note->tls;

	buf_printf(&s->told, " tls %04x/%04x offered", tls->version, tls->suite);
	for (size_t i = 0; i < tls->n_hello; i++)
		buf_printf(&s->told, " %04x", tls->hello[i]);
	buf_printf(&s->told, ", alerts %d %d, flaw %d", tls->alert_sent, tls->alert_got,
	    (int)tls->flaw);
}

static void
told_note(struct stage *s, const struct rig_note *note)
{
	static const char *const names[] = { "ALARM", "PACKET", "UP", "BYTES", "HEAD", "BODY",
		"WHOLE", "DOWN" };

	if (note->kind == IO_BYTES || note->kind == IO_BODY) {
		if (s->bytes > 0 && s->run != note->kind)
			told_run(s);
		s->run = note->kind;
		s->bytes += note->n;
		return;
	}
	told_run(s);
	buf_printf(&s->told, "%s", names[note->kind]);
	if (note->kind == IO_PACKET)
		buf_printf(&s->told, " %zu to %d", note->n, note->who);
	if (note->kind == IO_UP)
		buf_printf(&s->told, " from %08x, port %s", note->local.ip,
		    note->local.port != 0 ? "yes" : "no");
	if (note->kind == IO_HEAD || note->kind == IO_WHOLE || note->kind == IO_DOWN)
		buf_printf(&s->told, " status %d", note->status);
	if (note->kind == IO_WHOLE || note->kind == IO_DOWN)
		buf_printf(&s->told, " body %llu crc %08x", (unsigned long long)note->body_n,
		    note->crc32);
	if (note->kind == IO_DOWN)
		buf_printf(&s->told, " err %d", note->err);
	told_tls(s, note);
	buf_text(&s->told, "\n");
}

static void
told_all(struct stage *s)
{
	for (; s->noted < s->rig.n; s->noted++)
		told_note(s, &s->rig.note[s->noted]);
}

static int
told_call(struct stage *s, const char *call, int rc)
{
	told_all(s);
	told_run(s);
	buf_printf(&s->told, "> %s %d\n", call, rc);
	return rc;
}

/* ---- the phone's calls ---- */

struct io_handle *
stage_stream(struct stage *s, uint16_t port, bool tls, const char *name)
{
	struct io_stream_cfg cfg = { { IP_HERE, port }, tls, name, s->cfg->trust_nothing };
	struct io_handle *h = NULL;

	told_call(s, "stream", s->io->ops->stream(s->io, rig_owner(&s->rig, 0), &cfg, &h));
	return h;
}

struct io_handle *
stage_http(struct stage *s, uint16_t port, const char *name)
{
	struct io_stream_cfg cfg = { { IP_HERE, port }, port == 443, name,
		s->cfg->trust_nothing };
	struct io_handle *h = NULL;

	told_call(s, "http", s->io->ops->http(s->io, rig_owner(&s->rig, 0), &cfg, &h));
	return h;
}

struct io_handle *
stage_udp(struct stage *s, uint16_t port)
{
	struct io_handle *h = NULL;

	told_call(s, "udp",
	    s->io->ops->udp(
		s->io, rig_owner(&s->rig, 0), (struct io_addr){ IP_HERE, port }, &h));
	return h;
}

struct io_handle *
stage_dhcp(struct stage *s, uint16_t vlan)
{
	struct io_handle *h = NULL;

	told_call(s, "dhcp",
	    s->io->ops->dhcp(s->io, rig_owner(&s->rig, vlan != 0 ? 1 : 0), vlan, &h));
	return h;
}

int
stage_send_bytes(struct stage *s, struct io_handle *h, struct span bytes)
{
	assert_non_null(h);
	return told_call(s, "send", s->io->ops->send(h, bytes));
}

int
stage_send(struct stage *s, struct io_handle *h, const char *text)
{
	return stage_send_bytes(s, h, span_of(text));
}

static int
stage_ask(struct stage *s, struct io_handle *h, const char *path, bool count)
{
	const struct io_header host = { "Host", "cas.contoso.com" };
	const struct io_ask ask = { .method = "GET",
		.path = path,
		.headers = &host,
		.n_headers = 1,
		.reply = count ? IO_COUNT : IO_LEND };

	assert_non_null(h);
	return told_call(s, path, s->io->ops->ask(h, &ask));
}

int
stage_get(struct stage *s, struct io_handle *h, const char *path)
{
	return stage_ask(s, h, path, false);
}

int
stage_count(struct stage *s, struct io_handle *h, const char *path)
{
	return stage_ask(s, h, path, true);
}

void
stage_close(struct stage *s, struct io_handle *h)
{
	assert_non_null(h);
	s->io->ops->close(h);
	told_call(s, "close", 0);
}

/* ---- running ---- */

static void
stage_one(struct stage *s)
{
	if (s->real)
		rig_until(&s->rig, s->rig.n + 1);
	else
		assert_true(sim_step(s->sim, UINT64_MAX));
}

static bool
stage_has(const struct stage *s, enum io_kind a, enum io_kind b)
{
	for (size_t i = s->noted; i < s->rig.n; i++)
		if (s->rig.note[i].kind == a || s->rig.note[i].kind == b)
			return true;
	return false;
}

void
stage_until(struct stage *s, enum io_kind kind)
{
	while (!stage_has(s, kind, kind))
		stage_one(s);
	told_all(s);
}

void
stage_until_end(struct stage *s)
{
	while (!stage_has(s, IO_WHOLE, IO_DOWN))
		stage_one(s);
	told_all(s);
}

void
stage_settle(struct stage *s)
{
	/* Over a line a few ways more. */
	int times = s->link != NULL ? STAGE_TIMES : 1;

	for (int i = 0; i < times; i++)
		if (s->real)
			rig_settle(&s->rig);
		else
			sim_run(s->sim, sim_now_us(s->sim) + 3000);
	told_all(s);
}

/* ---- the server of datagrams ---- */

static void
told_packet(struct stage *s)
{
	buf_printf(&s->told, "heard %zu from %08x: ", s->n, s->from.ip);
	buf_hex(&s->told, (struct span){ s->packet, s->n }, false);
	buf_text(&s->told, "\n");
}

void
stage_hear(struct stage *s)
{
	struct sockaddr_in sa = { 0 };
	socklen_t len = sizeof(sa);
	ssize_t n;

	told_all(s);
	if (s->link != NULL)
		stage_settle(s);
	if (s->real) {
		n = recvfrom(
		    s->gram, s->packet, sizeof(s->packet), 0, (struct sockaddr *)&sa, &len);
		assert_true(n > 0);
		s->n = (size_t)n;
		s->from = (struct io_addr){ ntohl(sa.sin_addr.s_addr), ntohs(sa.sin_port) };
	}
	told_packet(s);
}

void
stage_answer(struct stage *s, uint16_t vlan, struct span bytes)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_port = htons(s->from.port),
		.sin_addr.s_addr = htonl(s->from.ip) };

	if (s->real)
		assert_int_equal(
		    sendto(s->gram, bytes.p, bytes.n, 0, (struct sockaddr *)&sa, sizeof(sa)),
		    bytes.n);
	else
		sim_packet(s->sim, s->heard[vlan != 0], 1000, bytes);
}

/* ---- two stages ---- */

/* The true time, so that the phone believes it in both worlds. */
static int64_t
wall_us(void)
{
	return (int64_t)time(NULL) * 1000000;
}

static void
stage_trust(struct stage *s, struct span root)
{
	uint64_t now_us = s->io->ops->now_us(s->io);

	if (s->cfg->trust)
		assert_int_equal(s->io->ops->trust(s->io, root), 0);
	if (s->cfg->set_clock)
		s->io->ops->clock(
		    s->io, wall_us() + s->cfg->clock_off_s * 1000000 - (int64_t)now_us);
}

static void
stage_real_begin(struct stage *s, const struct io_tls_habit *habit)
{
	static struct io_port ports[PORTS];
	static const struct io_relay relays[] = { { 0, STAGE_GIADDR },
		{ 200, STAGE_GIADDR_200 } };
	struct io_world_cfg cfg = rig_cfg();
	uint16_t plain, tls = 0, nobody, gram, closed;

	s->plain = peer_new(NULL, &plain);
	if (s->cfg->cert != NULL)
		s->tls = peer_new(s->cfg->cert, &tls);
	s->gram = rig_listen(SOCK_DGRAM, &gram);
	close(rig_listen(SOCK_STREAM, &nobody));
	close(rig_listen(SOCK_DGRAM, &closed));
	memcpy(ports,
	    (struct io_port[PORTS]){ { 389, plain }, { 80, plain }, { 5061, tls }, { 443, tls },
		{ 8080, nobody }, { 123, gram }, { 67, gram }, { 53, closed } },
	    sizeof(ports));
	cfg.ports = ports;
	cfg.n_ports = PORTS;
	cfg.dhcp = IO_DHCP_RELAY;
	cfg.dhcp_server = IP_HERE;
	cfg.relays = relays;
	cfg.n_relays = 2;
	cfg.tls = habit;
	rig_begin_over(&s->rig, &cfg, s->link);
	s->io = s->rig.io;
	stage_trust(s, s->tls != NULL ? peer_root(s->tls) : (struct span){ NULL, 0 });
}

static void
stage_real_end(struct stage *s)
{
	rig_end(&s->rig);
	peer_free(s->plain);
	if (s->tls != NULL)
		peer_free(s->tls);
	close(s->gram);
}

static void
stage_sim_begin(struct stage *s, const struct io_tls_habit *habit)
{
	const struct sim_cfg cfg = { .strict = true, .wall_us = wall_us() };
	struct sim_phone_cfg phone = {
		.mac = { 0, 4, 0xf2, 0x10, 0, 0 }, .tls = habit, .link = s->link
	};

	for (int i = 0; i < 4; i++)
		s->rig.owner[i] = (struct rig_owner){ .rig = &s->rig, .who = i };
	assert_int_equal(sim_new_cfg(&cfg, &s->sim), 0);
	assert_int_equal(sim_phone_new(s->sim, &phone, &s->io), 0);
	assert_int_equal(s->io->ops->address(s->io, IP_PHONE, 0), 0);
	sim_twin_listen(s, IP_HERE);
	stage_trust(s, s->cert.root);
}

static void
stage_sim_end(struct stage *s)
{
	sim_phone_free(s->io);
	assert_int_equal(sim_open(s->sim), 0);
	sim_free(s->sim);
}

static struct buf
stage_play(const struct stage_cfg *cfg, const struct io_link *link, story_fn *story, bool real)
{
	static const uint16_t suites[] = { 0x0004, 0x0005, 0x000a, 0x0009 };
	struct io_tls_habit habit = { cfg->suites != NULL ? cfg->suites : suites,
		cfg->suites != NULL ? cfg->n_suites : 4, false };
	struct stage *s = mem_new(sizeof(*s));
	struct buf told;

	assert_non_null(s);
	s->cfg = cfg;
	s->link = link;
	s->real = real;
	if (real)
		stage_real_begin(s, &habit);
	else
		stage_sim_begin(s, &habit);
	story(s);
	told_all(s);
	told_run(s);
	if (real)
		stage_real_end(s);
	else
		stage_sim_end(s);
	told = s->told;
	mem_free(s);
	return told;
}

static void
stage_compare(const struct stage_cfg *cfg, const struct io_link *link, story_fn *story)
{
	struct buf real = stage_play(cfg, link, story, true);
	struct buf sim = stage_play(cfg, link, story, false);

	assert_string_equal(buf_cstr(&real), buf_cstr(&sim));
	assert_true(real.n > 0);
	buf_done(&real);
	buf_done(&sim);
	assert_int_equal(mem_out(), 0);
}

void
two_worlds(const struct stage_cfg *cfg, story_fn *story)
{
	static const struct io_link near = {
		.delay_us = 2000, .jitter_us = 500, .down_per_s = 8000000, .up_per_s = 4000000
	};

	stage_compare(cfg, cfg->link, story);
	if (cfg->link == NULL)
		stage_compare(cfg, &near, story);
}
