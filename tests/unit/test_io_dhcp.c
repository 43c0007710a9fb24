/* test_io_dhcp.c - the relay agent: what the server gets, and who gets the server's replies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_rig.h"
#include "mem.h"

enum { SHARDS = 3, PHONES = 24, SIZE = 300, GIADDR = 0x7f010002, GIADDR_200 = 0x7f010003 };

static const struct io_relay relays[] = { { 0, GIADDR }, { 200, GIADDR_200 } };
static struct io_port ports[] = { { 67, 0 } };

struct fixture {
	struct rig rig[SHARDS]; /* each with its first phone */
	struct io *more[PHONES];
	int server;
};

static struct io_world_cfg
dhcp_cfg(unsigned shard)
{
	struct io_world_cfg cfg = rig_cfg();

	cfg.ports = ports;
	cfg.n_ports = 1;
	cfg.dhcp = IO_DHCP_RELAY;
	cfg.dhcp_server = 0x7f000001;
	cfg.relays = relays;
	cfg.n_relays = 2;
	cfg.shard = shard;
	cfg.shards = SHARDS;
	return cfg;
}

static int
fixture_begin_over(void **state, const struct io_link *link)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.server = rig_listen(SOCK_DGRAM, &ports[0].real);
	for (unsigned i = 0; i < SHARDS; i++) {
		struct io_world_cfg cfg = dhcp_cfg(i);

		rig_begin_over(&f.rig[i], &cfg, link);
	}
	*state = &f;
	return 0;
}

static int
fixture_begin(void **state)
{
	return fixture_begin_over(state, NULL);
}

static int
fixture_over(void **state)
{
	return fixture_begin_over(state, &rig_near);
}

static int
fixture_end(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < PHONES; i++)
		io_phone_free(f->more[i]);
	for (int i = 0; i < SHARDS; i++)
		rig_end(&f->rig[i]);
	close(f->server);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* A BOOTREQUEST of phone `index`, every other byte told apart. */
static struct span
request(unsigned index)
{
	static uint8_t packet[SIZE];

	for (int i = 0; i < SIZE; i++)
		packet[i] = (uint8_t)(i * 7);
	packet[0] = 1;
	packet[3] = 0;
	memset(packet + 24, 0, 4);
	memcpy(packet + 28, (uint8_t[]){ 0, 4, 0xf2, 0x10, 0, (uint8_t)index }, 6);
	return (struct span){ packet, SIZE };
}

static struct io_handle *
dhcp_in(struct rig *rig, struct io *io, int who, uint16_t vlan)
{
	struct io_handle *h = NULL;

	assert_int_equal(io->ops->dhcp(io, rig_owner(rig, who), vlan, &h), 0);
	return h;
}

/* What the server gets next, and from where. */
static struct sockaddr_in
server_gets(struct fixture *f, uint8_t packet[SIZE])
{
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof(from);

	for (int i = 0; i < SHARDS; i++)
		rig_settle(&f->rig[i]);
	rig_until_heard(&f->rig[0], f->server);
	assert_int_equal(
	    recvfrom(f->server, packet, SIZE, 0, (struct sockaddr *)&from, &len), SIZE);
	return from;
}

static void
server_says(struct fixture *f, uint32_t giaddr, const uint8_t *packet, size_t n)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(ports[0].real),
		.sin_addr.s_addr = htonl(giaddr),
	};

	assert_int_equal(
	    sendto(f->server, packet, n, 0, (struct sockaddr *)&to, sizeof(to)), n);
}

static void
given_a_request_giaddr_and_hops_are_filled_in_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	struct rig *rig = &f->rig[0];
	struct io_handle *h = dhcp_in(rig, rig->io, 0, 200);
	struct span sent = request(0);
	uint8_t got[SIZE];
	struct sockaddr_in from;

	rig->io->ops->address(rig->io, 0, 0);
	assert_int_equal(rig->io->ops->send(h, sent), 0);
	from = server_gets(f, got);
	assert_int_equal(ntohl(from.sin_addr.s_addr), GIADDR_200);
	assert_int_equal(ntohs(from.sin_port), ports[0].real);
	assert_int_equal(got[3], 1);
	assert_memory_equal(got + 24, ((uint8_t[]){ 127, 1, 0, 3 }), 4);
	got[3] = 0;
	memset(got + 24, 0, 4);
	assert_memory_equal(got, sent.p, SIZE);
	assert_int_equal(io_world_counts(rig->world)[IO_SVC_DHCP].requests, 1);
}

static void
given_many_phones_each_reply_reaches_its_own_shard_and_phone(void **state)
{
	struct fixture *f = *state;
	uint8_t packet[SIZE];

	for (unsigned i = SHARDS; i < PHONES; i++) {
		struct rig *rig = &f->rig[i % SHARDS];
		struct io_phone_cfg cfg = { .index = i, .mac = { 0, 4, 0xf2, 0x10, 0, 0 } };

		cfg.mac[5] = (uint8_t)i;
		assert_int_equal(io_phone_new(rig->world, &cfg, &f->more[i]), 0);
		dhcp_in(rig, f->more[i], 0, 0);
		memcpy(packet, request(i).p, SIZE);
		packet[0] = 2;
		server_says(f, GIADDR, packet, SIZE);
	}
	for (unsigned i = 0; i < SHARDS; i++) {
		rig_until(&f->rig[i], (PHONES - SHARDS) / SHARDS);
		for (size_t n = 0; n < f->rig[i].n; n++)
			assert_int_equal((uint8_t)f->rig[i].note[n].text[33] % SHARDS, i);
	}
}

static void
given_two_vlans_a_reply_goes_to_the_one_it_came_in(void **state)
{
	struct fixture *f = *state;
	struct rig *rig = &f->rig[1];
	uint8_t packet[SIZE];

	dhcp_in(rig, rig->io, 0, 0);
	dhcp_in(rig, rig->io, 1, 200);
	memcpy(packet, request(1).p, SIZE);
	packet[0] = 2;
	server_says(f, GIADDR_200, packet, SIZE);
	rig_until(rig, 1);
	assert_int_equal(rig->note[0].who, 1);
	assert_int_equal(rig->note[0].n, SIZE);
}

static void
given_replies_of_no_use_they_are_dropped_and_do_no_harm(void **state)
{
	struct fixture *f = *state;
	struct rig *rig = &f->rig[0];
	uint8_t packet[SIZE];
	uint16_t port = ports[0].real;
	int stranger, real = f->server;

	dhcp_in(rig, rig->io, 0, 0);
	memcpy(packet, request(0).p, SIZE);
	server_says(f, GIADDR, packet, SIZE); /* a request */
	packet[0] = 2;
	for (size_t n = 1; n < 34; n++)
		server_says(f, GIADDR, packet, n); /* too short for chaddr */
	packet[33] = 240;                          /* nobody */
	server_says(f, GIADDR, packet, SIZE);
	packet[30] = 0; /* before the first */
	server_says(f, GIADDR, packet, SIZE);
	memcpy(packet, request(0).p, SIZE);
	packet[0] = 2;
	stranger = socket(AF_INET, SOCK_DGRAM, 0); /* another address than the server's */
	assert_int_equal(bind(stranger,
			     (struct sockaddr *)&(struct sockaddr_in){ .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(0x7f000009),
				 .sin_port = htons(port) },
			     sizeof(struct sockaddr_in)),
	    0);
	f->server = stranger;
	server_says(f, GIADDR, packet, SIZE);
	close(stranger);
	f->server = real;
	server_says(f, GIADDR, packet, SIZE);
	for (int i = 0; i < SHARDS; i++)
		rig_settle(&f->rig[i]);
	assert_int_equal(rig->n, 1);
}

static void
close_it(struct rig *rig, const struct io_event *ev)
{
	(void)ev;
	io_scope_close(rig->io, &rig->owner[0].scope);
}

static void
given_a_close_inside_the_event_the_second_reply_is_not_told(void **state)
{
	struct fixture *f = *state;
	struct rig *rig = &f->rig[2];
	uint8_t packet[SIZE];

	dhcp_in(rig, rig->io, 0, 0);
	dhcp_in(rig, rig->io, 0, 0);
	rig->owner[0].then = close_it;
	memcpy(packet, request(2).p, SIZE);
	packet[0] = 2;
	server_says(f, GIADDR, packet, SIZE);
	server_says(f, GIADDR, packet, SIZE);
	rig_until(rig, 1);
	rig_settle(rig);
	assert_int_equal(rig->n, 1);
}

static void
given_a_vlan_without_a_relay_it_cannot_be_opened(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = NULL;
	struct io *io = f->rig[0].io;

	assert_int_equal(io->ops->dhcp(io, rig_owner(&f->rig[0], 0), 7, &h), -EINVAL);
	assert_null(h);
	h = dhcp_in(&f->rig[0], io, 0, 0);
	assert_int_equal(io->ops->send(h, (struct span){ request(0).p, 20 }), -EINVAL);
}

static void
given_a_server_outside_the_allow_list_there_is_no_world(void **state)
{
	struct fixture *f = *state;
	struct io_world_cfg cfg = dhcp_cfg(0);
	struct io_world *world = NULL;
	const char *err = NULL;

	cfg.dhcp_server = 0x0a000001;
	assert_int_equal(io_world_new(f->rig[0].loop, &cfg, &world, &err), -EPERM);
	assert_non_null(err);
	assert_null(world);
}

static void
given_a_giaddr_in_use_there_is_no_world(void **state)
{
	struct fixture *f = *state;
	struct io_world_cfg cfg = dhcp_cfg(0);
	struct io_relay here = { 0, 0x7f000001 };
	struct io_world *world = NULL;
	const char *err = NULL;

	cfg.relays = &here; /* the server's own address and port */
	cfg.n_relays = 1;
	cfg.shards = 1;
	assert_int_equal(io_world_new(f->rig[0].loop, &cfg, &world, &err), -EADDRINUSE);
	assert_string_equal(err, "a DHCP relay address cannot be bound");
	assert_null(world);
}

/* Sockets that share an address by SO_REUSEPORT would share each other's replies, too. */
static void
given_a_giaddr_that_another_farm_shares_among_its_threads_there_is_no_world(void **state)
{
	struct fixture *f = *state;
	struct io_world_cfg cfg = dhcp_cfg(0);
	struct io_world *world = NULL;
	const char *err = NULL;

	cfg.mac_base[3] = 0x20;
	assert_true(cfg.shards > 1);
	assert_int_equal(io_world_new(f->rig[0].loop, &cfg, &world, &err), -EADDRINUSE);
	assert_string_equal(err, "a DHCP relay address cannot be bound");
	assert_null(world);
}

#define DHCP_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DHCP_TEST(given_a_request_giaddr_and_hops_are_filled_in_and_nothing_else),
		DHCP_TEST(given_many_phones_each_reply_reaches_its_own_shard_and_phone),
		DHCP_TEST(given_two_vlans_a_reply_goes_to_the_one_it_came_in),
		DHCP_TEST(given_replies_of_no_use_they_are_dropped_and_do_no_harm),
		DHCP_TEST(given_a_close_inside_the_event_the_second_reply_is_not_told),
		DHCP_TEST(given_a_vlan_without_a_relay_it_cannot_be_opened),
		DHCP_TEST(given_a_server_outside_the_allow_list_there_is_no_world),
		DHCP_TEST(given_a_giaddr_in_use_there_is_no_world),
		DHCP_TEST(
		    given_a_giaddr_that_another_farm_shares_among_its_threads_there_is_no_world),
	};

	return rig_run_tests(
	    "io_dhcp", tests, sizeof(tests) / sizeof(tests[0]), NULL, fixture_over);
}
