/* test_sim_pool.c - the servers of the simulated pool, asked by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cert_chain.h"
#include "dns_msg.h"
#include "mem.h"
#include "ntp_msg.h"
#include "sim_auth.h"
#include "sim_pool.h"

static const int64_t WALL_US = 1252454400ll * 1000000; /* 2009-09-09 */
static const uint64_t S = 1000000;

enum { HEADERS = 1024, BODY = 4096 };

/* A pool, one phone's network, and what the phone heard last. */
struct rig {
	struct sim_clock *clock;
	struct sim *sim;
	struct servers servers;
	struct faults faults;
	struct sim_pool *pool;
	struct io *io;
	struct io_scope scope;
	struct io_handle *h;
	unsigned events;
	enum io_kind last;
	int err, status;
	char headers[HEADERS];
	struct buf bytes;
	uint64_t body_n;
	uint32_t crc32;
	enum io_flaw flaw;
};

static void
on_event(void *arg, const struct io_event *ev)
{
	struct rig *r = arg;

	r->events++;
	r->last = ev->kind;
	if (ev->kind == IO_PACKET || ev->kind == IO_BYTES ||
	    (ev->kind == IO_BODY && ev->bytes.p != NULL))
		buf_span(&r->bytes, ev->bytes);
	if (ev->kind == IO_DOWN) {
		r->err = ev->err;
		r->flaw = ev->tls != NULL ? ev->tls->flaw : TLS_OK;
	}
	if (ev->kind == IO_HEAD) {
		size_t n = 0;

		r->status = ev->http->status;
		for (size_t i = 0; i < ev->http->n_headers; i++)
			n += (size_t)snprintf(r->headers + n, HEADERS - n, "%s: %s\n",
			    ev->http->headers[i].name, ev->http->headers[i].value);
	}
	if (ev->kind == IO_WHOLE) {
		r->body_n = ev->http->body_n;
		r->crc32 = ev->http->crc32;
	}
}

static void
rig_up(struct rig *r, const char *yaml)
{
	const struct sim_phone_cfg phone = { .index = 0, .mac = { 0, 4, 0xf2, 0x10, 0, 0 } };
	struct config_error err = { "" };
	const struct field_place at = { .file = "test", .error = &err };
	struct tree tree;

	*r = (struct rig){ .err = 1 };
	assert_int_equal(tree_parse(span_of(yaml), "test", &tree, &err), 0);
	servers_default(&r->servers);
	if (tree_get(tree.root, "servers") != NULL)
		assert_int_equal(
		    servers_read(&at, tree_get(tree.root, "servers"), &r->servers), 0);
	if (tree_get(tree.root, "faults") != NULL)
		assert_int_equal(
		    faults_read(&at, tree_get(tree.root, "faults"), &r->faults), 0);
	tree_free(&tree);
	assert_int_equal(sim_clock_new(&r->clock), 0);
	assert_int_equal(
	    sim_new_cfg(
		&(struct sim_cfg){ .clock = r->clock, .strict = true, .wall_us = WALL_US },
		&r->sim),
	    0);
	assert_int_equal(sim_pool_new(r->sim,
			     &(struct sim_pool_cfg){ .clock = r->clock,
				 .servers = &r->servers,
				 .faults = &r->faults,
				 .users = 10,
				 .password = "secret",
				 .seed = 7 },
			     &r->pool),
	    0);
	assert_int_equal(sim_phone_new(r->sim, &phone, &r->io), 0);
	assert_int_equal(r->io->ops->address(r->io, SIM_POOL_NET + 10, 0), 0);
}

static void
rig_down(struct rig *r)
{
	sim_phone_free(r->io);
	sim_free(r->sim);
	sim_pool_free(r->pool);
	sim_clock_free(r->clock);
	buf_done(&r->bytes);
	assert_int_equal(mem_out(), 0);
}

static void
forget(struct rig *r)
{
	r->events = 0;
	r->status = 0;
	r->err = 1;
	r->body_n = 0;
	r->crc32 = 0;
	r->headers[0] = '\0';
	buf_clear(&r->bytes);
}

static struct io_owner
owner(struct rig *r)
{
	return (struct io_owner){ &r->scope, on_event, r };
}

static void
tick(void *arg)
{
	(void)arg;
}

/* Five seconds, whatever happens in them. */
static void
run(struct rig *r)
{
	struct sim_event later = { .fn = tick };

	assert_int_equal(sim_clock_set(r->clock, &later, 5 * S), 0);
	(void)sim_run(r->sim, sim_now_us(r->sim) + 5 * S);
}

/* A session with one server; a request on it. */
static void
session(struct rig *r, uint32_t ip, uint16_t port, const char *tls_name)
{
	const struct io_stream_cfg cfg = {
		.to = { ip, port }, .tls = tls_name != NULL, .name = tls_name
	};

	assert_int_equal(r->io->ops->http(r->io, owner(r), &cfg, &r->h), 0);
}

static void
ask(struct rig *r, const char *method, const char *path, const char *range)
{
	const struct io_header headers[] = { { "Host", "x" }, { "Range", range } };
	const struct io_ask question = { .method = method,
		.path = path,
		.headers = headers,
		.n_headers = range != NULL ? 2 : 1,
		.reply = IO_COUNT };

	forget(r);
	assert_int_equal(r->io->ops->ask(r->h, &question), 0);
	run(r);
}

/* ---- the image ---------------------------------------------------------------------- */

#define IMAGE "/DeviceUpdateFiles_Int/UCPhone/Polycom/CX700/A/ENU/1.0.522.101/CPE/CPE.nbt"

static void
the_image_is_a_number_of_bytes_with_a_true_sum(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "servers: {update: {size: 100kB}}");
	session(&r, SIM_POOL_FRONT, 80, NULL);
	ask(&r, "GET", IMAGE, NULL);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.last, IO_WHOLE);
	assert_true(r.body_n == 100000);
	assert_int_equal(r.bytes.n, 0);
	assert_non_null(strstr(r.headers, "Content-Length: 100000\n"));
	assert_non_null(strstr(r.headers, "Accept-Ranges: bytes\n"));
	/* As zlib sums the embedded pool's file of this version and size. */
	assert_int_not_equal(r.crc32, 0);
	rig_down(&r);
}

static void
a_part_of_the_image_can_be_had(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "servers: {update: {size: 100kB}}");
	session(&r, SIM_POOL_FRONT, 80, NULL);
	ask(&r, "GET", IMAGE, "bytes=70000-");
	assert_int_equal(r.status, 206);
	assert_true(r.body_n == 30000);
	assert_non_null(strstr(r.headers, "Content-Range: bytes 70000-99999/100000\n"));
	assert_non_null(strstr(r.headers, "Content-Length: 30000\n"));
	ask(&r, "GET", IMAGE, "bytes=0-0");
	assert_true(r.body_n == 1);
	ask(&r, "GET", IMAGE, "bytes=100000-");
	assert_int_equal(r.status, 416);
	assert_true(r.body_n == 0);
	assert_non_null(strstr(r.headers, "Content-Range: bytes */100000\n"));
	ask(&r, "GET", IMAGE, "bytes=1-2,5-6");
	assert_int_equal(r.status, 200);
	rig_down(&r);
}

static void
a_look_at_the_image_moves_nothing(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "servers: {update: {size: 100kB, wrong_length: true}}");
	session(&r, SIM_POOL_FRONT, 80, NULL);
	ask(&r, "HEAD", IMAGE, NULL);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.last, IO_WHOLE);
	assert_true(r.body_n == 0);
	assert_non_null(strstr(r.headers, "Content-Length: 100000\n"));
	rig_down(&r);
}

static void
an_image_of_the_wrong_length_ends_before_its_end(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "servers: {update: {size: 80kB, wrong_length: true}}");
	session(&r, SIM_POOL_FRONT, 80, NULL);
	ask(&r, "GET", IMAGE, NULL);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.last, IO_DOWN);
	assert_int_equal(r.err, -ECONNRESET);
	assert_non_null(strstr(r.headers, "Content-Length: 80000\n"));
	rig_down(&r);
}

/* ---- web servers ------------------------------------------------------------------------ */

struct page {
	uint32_t ip;
	uint16_t port;
	const char *tls, *path;
	int status;
};

static void
each_server_has_its_own_pages(void **state)
{
	static const struct page pages[] = {
		{ SIM_POOL_DC, 80, NULL, "/certsrv/certnew.p7b?ReqID=CACert", 401 },
		{ SIM_POOL_DC, 80, NULL, "/RequestHandler/ucdevice.upx", 401 },
		{ SIM_POOL_FRONT, 80, NULL, "/RequestHandler/ucdevice.upx", 200 },
		{ SIM_POOL_FRONT, 80, NULL, "/certsrv/certnew.p7b", 404 },
		{ SIM_POOL_FRONT, 443, "pool01.contoso.com", "/RequestHandlerExt/ucdevice.upx",
		    401 },
		{ SIM_POOL_FRONT, 80, NULL, "/RequestHandlerExt/ucdevice.upx", 403 },
		{ SIM_POOL_MAIL, 443, "autodiscover.contoso.com",
		    "/autodiscover/autodiscover.xml", 401 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct rig r;

		rig_up(&r, "servers: {exchange: {certificate: good}}");
		assert_int_equal(r.io->ops->trust(r.io, sim_pool_root(r.pool)), 0);
		r.io->ops->clock(r.io, WALL_US);
		session(&r, pages[i].ip, pages[i].port, pages[i].tls);
		ask(&r, "GET", pages[i].path, NULL);
		assert_int_equal(r.status, pages[i].status);
		rig_down(&r);
	}
}

static void
who_does_not_know_the_root_asks_nothing(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "servers: {}");
	r.io->ops->clock(r.io, WALL_US);
	session(&r, SIM_POOL_MAIL, 443, "mail01.contoso.com");
	ask(&r, "GET", "/EWS/Exchange.asmx", NULL);
	assert_int_equal(r.last, IO_DOWN);
	assert_int_equal(r.err, -EPROTO);
	assert_int_equal(r.flaw, TLS_NO_ROOT);
	rig_down(&r);
}

static void
a_web_server_in_trouble_says_so_while_it_lasts(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "faults: [{server: update, for: 3s, do: {answer: 503, retry_after: 2m}}]");
	session(&r, SIM_POOL_FRONT, 80, NULL);
	ask(&r, "GET", "/RequestHandler/ucdevice.upx", NULL);
	assert_int_equal(r.status, 503);
	assert_non_null(strstr(r.headers, "Retry-After: 120\n"));
	ask(&r, "GET", "/RequestHandler/ucdevice.upx", NULL);
	assert_int_equal(r.status, 200);
	rig_down(&r);
}

/* ---- packets --------------------------------------------------------------------------------
 */

static void
send_to(struct rig *r, uint32_t ip, uint16_t port, struct span bytes)
{
	forget(r);
	assert_int_equal(
	    r->io->ops->udp(r->io, owner(r), (struct io_addr){ ip, port }, &r->h), 0);
	assert_int_equal(r->io->ops->send(r->h, bytes), 0);
	run(r);
	r->io->ops->close(r->h);
}

static size_t
look_up(struct rig *r, const char *name, enum dns_type type, uint32_t *ip)
{
	struct buf query = { 0 };
	size_t n = 0;
	int rc;

	assert_int_equal(dns_msg_query(&query, 7, name, type), 0);
	send_to(r, SIM_POOL_DNS, 53, buf_bytes(&query));
	buf_done(&query);
	assert_int_equal(r->last, IO_PACKET);
	rc = dns_msg_check(buf_bytes(&r->bytes), 7, name, type);
	if (rc == 0 && type == DNS_A)
		(void)dns_msg_addresses(buf_bytes(&r->bytes), ip, 1, &n);
	return n;
}

static void
the_zone_has_what_is_added_and_lacks_what_is_hidden(void **state)
{
	uint32_t ip;
	struct rig r;

	(void)state;
	rig_up(&r,
	    "servers: {dns: {add: ['extra.contoso.com A 10.40.0.99', 'mail01.contoso.com A "
	    "10.40.0.77', 'alias.contoso.com CNAME pool01.contoso.com'], hide: "
	    "[mail01.contoso.com, SIP.contoso.com]}}");
	assert_int_equal(look_up(&r, "pool01.contoso.com", DNS_A, &ip), 1);
	assert_int_equal(ip, SIM_POOL_FRONT);
	assert_int_equal(look_up(&r, "dc01.contoso.com", DNS_A, &ip), 1);
	assert_int_equal(ip, SIM_POOL_DC);
	assert_int_equal(look_up(&r, "extra.contoso.com", DNS_A, &ip), 1);
	assert_int_equal(ip, 0x0a280063);
	/* Hidden and added: replaced. */
	assert_int_equal(look_up(&r, "mail01.contoso.com", DNS_A, &ip), 1);
	assert_int_equal(ip, 0x0a28004d);
	assert_int_equal(look_up(&r, "alias.contoso.com", DNS_A, &ip), 1);
	assert_int_equal(ip, SIM_POOL_FRONT);
	assert_int_equal(look_up(&r, "sip.contoso.com", DNS_A, &ip), 0);
	assert_int_equal(look_up(&r, "pool02.contoso.com", DNS_A, &ip), 1);
	assert_int_equal(ip, SIM_POOL_HOME);
	rig_down(&r);
}

static void
dns_answers_over_tcp_too(void **state)
{
	const struct io_stream_cfg cfg = { .to = { SIM_POOL_DNS, 53 } };
	struct buf query = { 0 };
	struct rig r;

	(void)state;
	rig_up(&r, "servers: {}");
	assert_int_equal(r.io->ops->stream(r.io, owner(&r), &cfg, &r.h), 0);
	run(&r);
	assert_int_equal(r.last, IO_UP);
	buf_u16(&query, 0);
	assert_int_equal(dns_msg_query(&query, 7, "pool01.contoso.com", DNS_A), 0);
	query.p[1] = (uint8_t)(query.n - 2);
	/* In two pieces. */
	assert_int_equal(r.io->ops->send(r.h, (struct span){ query.p, 9 }), 0);
	run(&r);
	assert_int_equal(r.bytes.n, 0);
	assert_int_equal(r.io->ops->send(r.h, (struct span){ query.p + 9, query.n - 9 }), 0);
	run(&r);
	assert_true(r.bytes.n > query.n);
	assert_int_equal(r.bytes.p[0] << 8 | r.bytes.p[1], r.bytes.n - 2);
	/* RFC 7766: whoever is silent for long is hung up on. */
	assert_int_equal(r.last, IO_BYTES);
	(void)sim_run(r.sim, 60 * S);
	assert_int_equal(r.last, IO_DOWN);
	assert_int_equal(r.err, 0);
	buf_done(&query);
	rig_down(&r);
}

static void
the_time_is_the_worlds_or_wrong_by_what_is_said(void **state)
{
	static const char *const yaml[] = { "servers: {}", "servers: {ntp: {offset: 20m}}",
		"servers: {ntp: {offset: -3s}}" };
	static const int64_t off_us[] = { 0, 1200000000, -3000000 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct buf query = { 0 };
		struct ntp_msg m;
		struct rig r;
		int64_t told_us;

		rig_up(&r, yaml[i]);
		m = (struct ntp_msg){ .version = 4, .mode = 3 };
		ntp_msg_encode(&query, &m);
		send_to(&r, SIM_POOL_DC, 123, buf_bytes(&query));
		assert_int_equal(ntp_msg_decode(&m, buf_bytes(&r.bytes)), 0);
		told_us = ntp_to_wall(m.transmit);
		assert_in_range(told_us - WALL_US - off_us[i] + 1000, 1000, 10000);
		buf_done(&query);
		rig_down(&r);
	}
}

static void
a_kiss_of_death_has_the_code_that_was_written(void **state)
{
	const struct ntp_msg ask = { .version = 4, .mode = 3 };
	struct buf query = { 0 };
	struct ntp_msg m;
	struct rig r;

	(void)state;
	rig_up(&r, "faults: [{server: ntp, do: {answer: RATE}}]");
	ntp_msg_encode(&query, &ask);
	send_to(&r, SIM_POOL_DC, 123, buf_bytes(&query));
	assert_int_equal(ntp_msg_decode(&m, buf_bytes(&r.bytes)), 0);
	assert_int_equal(m.stratum, 0);
	assert_memory_equal(m.refid, "RATE", 4);
	buf_done(&query);
	rig_down(&r);
}

/* ---- Kerberos
 * --------------------------------------------------------------------------------- */

static enum auth_next
log_in(struct rig *r, const char *user, const char *password, struct auth_out *out)
{
	const struct sim_auth_cfg cfg = { user, "CONTOSO.COM", password, r->sim };
	static char text[96];
	enum auth_next next;
	struct auth_talk *talk;
	struct auth *auth;

	forget(r);
	assert_int_equal(sim_auth_make(&cfg, &auth), 0);
	assert_int_equal(auth->ops->login(auth, &talk), 0);
	while ((next = auth->ops->next(talk, buf_bytes(&r->bytes), out)) == AUTH_SEND) {
		struct buf packet = { 0 };

		buf_span(&packet, out->packet);
		send_to(r, SIM_POOL_DC, 88, buf_bytes(&packet));
		buf_done(&packet);
	}
	(void)snprintf(text, sizeof text, "%s", out->text != NULL ? out->text : "");
	out->text = text;
	auth->ops->drop(talk);
	sim_auth_unmake(auth);
	return next;
}

static void
accounts_are_in_the_states_that_are_named(void **state)
{
	struct auth_out out;
	struct rig r;

	(void)state;
	rig_up(&r,
	    "servers: {kdc: {locked: '1', expired: '2-3', unknown: '4', wrong_password: '5', "
	    "disabled: '6'}}");
	assert_int_equal(log_in(&r, "phone00000", "secret", &out), AUTH_DONE);
	assert_int_equal(log_in(&r, "phone00009", "secret", &out), AUTH_DONE);
	assert_int_equal(log_in(&r, "phone00009", "Secret", &out), AUTH_FAILED);
	assert_int_equal(out.code, 24);
	assert_int_equal(log_in(&r, "phone00001", "secret", &out), AUTH_FAILED);
	assert_int_equal(out.code, 18);
	assert_int_equal(log_in(&r, "phone00003", "secret", &out), AUTH_FAILED);
	assert_int_equal(out.code, 23);
	assert_int_equal(log_in(&r, "phone00004", "secret", &out), AUTH_FAILED);
	assert_int_equal(out.code, 6);
	assert_int_equal(log_in(&r, "phone00005", "secret", &out), AUTH_FAILED);
	assert_int_equal(out.code, 24);
	assert_int_equal(log_in(&r, "phone00006", "secret", &out), AUTH_FAILED);
	assert_int_equal(out.code, 18);
	/* There are ten of them. */
	assert_int_equal(log_in(&r, "phone00010", "secret", &out), AUTH_FAILED);
	assert_int_equal(out.code, 6);
	assert_int_equal(log_in(&r, "somebody", "secret", &out), AUTH_FAILED);
	assert_int_equal(out.code, 6);
	rig_down(&r);
}

static void
a_share_of_the_accounts_is_drawn_by_the_seed(void **state)
{
	struct auth_out out;
	unsigned locked = 0;
	char user[16];
	struct rig r;

	(void)state;
	rig_up(&r, "servers: {kdc: {locked: 30%}}");
	for (unsigned i = 0; i < 10; i++) {
		(void)snprintf(user, sizeof user, "phone%05u", i);
		locked += log_in(&r, user, "secret", &out) == AUTH_FAILED;
	}
	assert_int_equal(locked, 3);
	rig_down(&r);
}

static void
the_kdc_refuses_with_the_number_that_was_written(void **state)
{
	struct auth_out out;
	struct rig r;

	(void)state;
	rig_up(&r, "faults: [{server: kdc, do: {answer: 29}}]");
	assert_int_equal(log_in(&r, "phone00000", "secret", &out), AUTH_FAILED);
	assert_string_equal(out.text, "krb:29 KDC_ERR_SVC_UNAVAILABLE");
	rig_down(&r);
}

/* ---- the pool as a whole
 * ------------------------------------------------------------------------ */

static void
the_root_is_what_the_chain_leads_to(void **state)
{
	struct cert cert;
	struct rig r;

	(void)state;
	rig_up(&r, "servers: {}");
	assert_int_equal(cert_read(sim_pool_root(r.pool), &cert), 0);
	assert_true(cert_is_root(&cert));
	rig_down(&r);
}

static void
every_server_has_a_link_of_its_own(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "servers: {}");
	for (int a = 0; a < SERVERS_COUNT; a++) {
		assert_non_null(sim_pool_link(r.pool, (enum servers_id)a));
		for (int b = 0; b < a; b++)
			assert_ptr_not_equal(sim_pool_link(r.pool, (enum servers_id)a),
			    sim_pool_link(r.pool, (enum servers_id)b));
	}
	session(&r, SIM_POOL_FRONT, 80, NULL);
	ask(&r, "GET", "/RequestHandler/ucdevice.upx", NULL);
	assert_int_equal(
	    sim_load_total(sim_link_load(sim_pool_link(r.pool, SERVERS_UPDATE)))->requests, 1);
	assert_int_equal(
	    sim_load_total(sim_link_load(sim_pool_link(r.pool, SERVERS_CA_WEB)))->requests, 0);
	rig_down(&r);
}

static void
the_pool_file_says_how_to_get_there(void **state)
{
	struct pool_file file;

	(void)state;
	assert_int_equal(sim_pool_file("secret", &file), 0);
	assert_string_equal(file.users.name, "phone%05d");
	assert_string_equal(file.users.domain, "contoso.com");
	assert_string_equal(file.users.password, "secret");
	assert_int_equal(file.dhcp.mode, POOL_DHCP_RELAY);
	assert_false(file.external);
	pool_file_done(&file);
	assert_int_equal(mem_out(), 0);
}

static void
without_memory_there_is_no_pool_and_nothing_is_left(void **state)
{
	long n = 0;
	int rc;

	(void)state;
	do {
		struct sim_pool *pool = NULL;
		struct sim_clock *clock;
		struct servers servers;
		struct sim *sim;

		servers_default(&servers);
		assert_int_equal(sim_clock_new(&clock), 0);
		assert_int_equal(
		    sim_new_cfg(&(struct sim_cfg){ .clock = clock, .wall_us = WALL_US }, &sim),
		    0);
		(void)mem_fail_at(++n);
		rc = sim_pool_new(sim,
		    &(struct sim_pool_cfg){ .clock = clock,
			.servers = &servers,
			.users = 10,
			.password = "secret" },
		    &pool);
		(void)mem_fail_at(0);
		if (rc != 0 && rc != -ENOMEM)
			fail_msg("allocation %ld: %d", n, rc);
		sim_free(sim);
		sim_pool_free(pool);
		sim_clock_free(clock);
		assert_int_equal(mem_out(), 0);
	} while (rc != 0);
	assert_true(n > 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_image_is_a_number_of_bytes_with_a_true_sum),
		cmocka_unit_test(a_part_of_the_image_can_be_had),
		cmocka_unit_test(a_look_at_the_image_moves_nothing),
		cmocka_unit_test(an_image_of_the_wrong_length_ends_before_its_end),
		cmocka_unit_test(each_server_has_its_own_pages),
		cmocka_unit_test(who_does_not_know_the_root_asks_nothing),
		cmocka_unit_test(a_web_server_in_trouble_says_so_while_it_lasts),
		cmocka_unit_test(the_zone_has_what_is_added_and_lacks_what_is_hidden),
		cmocka_unit_test(dns_answers_over_tcp_too),
		cmocka_unit_test(the_time_is_the_worlds_or_wrong_by_what_is_said),
		cmocka_unit_test(a_kiss_of_death_has_the_code_that_was_written),
		cmocka_unit_test(accounts_are_in_the_states_that_are_named),
		cmocka_unit_test(a_share_of_the_accounts_is_drawn_by_the_seed),
		cmocka_unit_test(the_kdc_refuses_with_the_number_that_was_written),
		cmocka_unit_test(the_root_is_what_the_chain_leads_to),
		cmocka_unit_test(every_server_has_a_link_of_its_own),
		cmocka_unit_test(the_pool_file_says_how_to_get_there),
		cmocka_unit_test(without_memory_there_is_no_pool_and_nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
