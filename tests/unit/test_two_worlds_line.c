/* test_two_worlds_line.c - a phone's own line does the same in both worlds: what it loses, how
 * long everything takes at least, and who waits for whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mem.h"
#include "sim_scene.h"
#include "two_worlds.h"

enum { MS = 1000, S = 1000 * 1000, D = 8 * MS, PACKETS = 60, PACKET = 1000, HELD_MS = 40 };

static const struct peer_cert pool = { .common_name = "pool.contoso.com" };

/* ---- the same packets are lost ---- */

/* Which of PACKETS came, as text: '1' or '.'. */
struct came {
	char up[PACKETS + 1], down[PACKETS + 1];
};

static void
came_begin(struct came *c)
{
	memset(c, 0, sizeof(*c));
	memset(c->up, '.', PACKETS);
	memset(c->down, '.', PACKETS);
}

/* Alarms of the loop ring in order: what is due before is there. */
static void
real_pass(struct rig *rig, int ms)
{
	for (int i = 0; i < ms; i++)
		rig_settle(rig);
}

/* The server has heard so many; those that came are noted. */
static size_t
real_hear(int server, char *came, struct sockaddr_in *phone)
{
	uint8_t packet[PACKET + 1];
	socklen_t len = sizeof(*phone);
	size_t n = 0;

	for (; recvfrom(server, packet, sizeof(packet), MSG_DONTWAIT, (struct sockaddr *)phone,
		   &len) > 0;
	     n++)
		came[packet[0]] = '1';
	return n;
}

static void
note_down(struct rig *rig, const struct io_event *ev)
{
	struct came *c = rig->of_test;

	if (ev->kind == IO_PACKET)
		c->down[ev->bytes.p[0]] = '1';
	rig->n = 0;
}

/* All packets at once, up; then as many down. */
static void
real_packets(const struct io_link *link, struct came *c)
{
	static struct io_port ports[] = { { 123, 0 } };
	struct io_world_cfg cfg = rig_cfg();
	struct sockaddr_in phone = { 0 };
	uint8_t packet[PACKET] = { 0 };
	struct io_handle *h = NULL;
	static struct rig the_rig;
	struct rig *rig = &the_rig;
	int server = rig_listen(SOCK_DGRAM, &ports[0].real);

	cfg.ports = ports;
	cfg.n_ports = 1;
	rig_begin_over(rig, &cfg, link);
	rig->of_test = c;
	rig->owner[0].then = note_down;
	assert_int_equal(rig->io->ops->udp(rig->io, rig_owner(rig, 0),
			     (struct io_addr){ rig->server_ip, 123 }, &h),
	    0);
	for (int i = 0; i < PACKETS; i++) {
		packet[0] = (uint8_t)i;
		assert_int_equal(
		    rig->io->ops->send(h, (struct span){ packet, sizeof(packet) }), 0);
	}
	assert_int_equal(real_hear(server, c->up, &phone), 0);
	real_pass(rig, HELD_MS);
	assert_true(real_hear(server, c->up, &phone) > 0);
	for (int i = 0; i < PACKETS; i++) {
		packet[0] = (uint8_t)i;
		assert_int_equal(sendto(server, packet, sizeof(packet), 0,
				     (struct sockaddr *)&phone, sizeof(phone)),
		    sizeof(packet));
	}
	real_pass(rig, HELD_MS);
	rig_end(rig);
	close(server);
}

static void
on_packet(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct scene *s = arg;

	(void)sim;
	if (c->deed == SIM_SENT)
		buf_u8(&s->heard, c->bytes.p[0]);
}

static void
note_sim_down(struct scene_phone *p, const struct io_event *ev)
{
	struct came *c = p->of_test;

	c->down[ev->bytes.p[0]] = '1';
	p->n = 0;
}

static void
sim_packets(const struct io_link *link, struct came *c)
{
	const struct io_addr at = { SCENE_SERVER, 123 };
	static struct scene the_scene;
	struct scene *s = &the_scene;
	uint8_t packet[PACKET] = { 0 };
	struct io_handle *h;

	/* The seed of a rig's phone is 0, a scene's 7. */
	scene_begin(s, true, 0);
	assert_int_equal(
	    sim_phone_new(s->sim, &(struct sim_phone_cfg){ .link = link }, &s->phone[0].io), 0);
	s->n_phones = 1;
	s->phone[0].scene = s;
	s->phone[0].of_test = c;
	s->phone[0].then = note_sim_down;
	assert_int_equal(s->phone[0].io->ops->address(s->phone[0].io, SCENE_IP, 0), 0);
	assert_int_equal(sim_listen_at(s->sim, SIM_UDP, at, NULL, on_packet, s), 0);
	h = scene_udp(s, 0, at);
	for (int i = 0; i < PACKETS; i++) {
		packet[0] = (uint8_t)i;
		assert_int_equal(
		    s->phone[0].io->ops->send(h, (struct span){ packet, sizeof(packet) }), 0);
	}
	scene_run(s);
	for (size_t i = 0; i < s->heard.n; i++)
		c->up[s->heard.p[i]] = '1';
	for (int i = 0; i < PACKETS; i++) {
		packet[0] = (uint8_t)i;
		sim_packet(s->sim, h, 0, (struct span){ packet, sizeof(packet) });
	}
	scene_run(s);
	s->phone[0].io->ops->close(h);
	scene_run(s);
	scene_end(s);
}

static void
given_loss_the_same_packets_are_lost_in_both_worlds(void **state)
{
	const double losses[] = { 0.05, 0.3, 0.7 };

	(void)state;
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		const struct io_link bad = { .delay_us = D, .loss = losses[i] };
		struct came real, sim;

		came_begin(&real);
		came_begin(&sim);
		real_packets(&bad, &real);
		sim_packets(&bad, &sim);
		assert_string_equal(real.up, sim.up);
		assert_string_equal(real.down, sim.down);
		assert_non_null(strchr(sim.up, '.'));
		assert_non_null(strchr(sim.down, '.'));
	}
}

static void
given_no_loss_none_is_lost_in_either(void **state)
{
	const struct io_link good = { .delay_us = D, .jitter_us = D / 2 };
	struct came real, sim;

	(void)state;
	came_begin(&real);
	came_begin(&sim);
	real_packets(&good, &real);
	sim_packets(&good, &sim);
	assert_null(strchr(real.up, '.'));
	assert_null(strchr(real.down, '.'));
	assert_string_equal(real.up, sim.up);
	assert_string_equal(real.down, sim.down);
}

/* ---- how long ---- */

struct leg { /* of a story: what the phone does, and how many ways over the line that takes */
	const char *name;
	unsigned ways;
};

/* Real time may be longer on a busy machine, never shorter; simulated time is the sum. */
static void
leg_took(struct stage *s, const struct leg *leg, uint64_t from_us)
{
	enum { SERVER_US = 2 * MS, BYTES_US = 1 * MS };
	uint64_t us = s->io->ops->now_us(s->io) - from_us;

	if (us < leg->ways * D || (!s->real && us > leg->ways * D + SERVER_US + BYTES_US))
		print_message(
		    "%s: %llu us for %u ways\n", leg->name, (unsigned long long)us, leg->ways);
	assert_true(us >= leg->ways * D);
	if (!s->real)
		assert_true(us <= leg->ways * D + SERVER_US + BYTES_US);
}

static uint64_t
stage_now(struct stage *s)
{
	return s->io->ops->now_us(s->io);
}

static void
story_stream_legs(struct stage *s, uint16_t port, bool tls, struct leg connects)
{
	uint64_t from_us = stage_now(s);
	struct io_handle *h = stage_stream(s, port, tls, "pool.contoso.com");

	stage_until(s, IO_UP);
	leg_took(s, &connects, from_us);
	for (int i = 0; i < 3; i++) {
		from_us = stage_now(s);
		stage_send(s, h, "hello");
		stage_until(s, IO_BYTES);
		leg_took(s, &(struct leg){ "echo", 2 }, from_us);
	}
	from_us = stage_now(s);
	stage_send(s, h, "bye");
	stage_until(s, IO_DOWN);
	leg_took(s, &(struct leg){ "the server's end", 2 }, from_us);
}

static void
story_plain_legs(struct stage *s)
{
	story_stream_legs(s, 389, false, (struct leg){ "SYN and its answer", 2 });
}

static void
story_tls_legs(struct stage *s)
{
	story_stream_legs(s, 5061, true, (struct leg){ "SYN, TLS 1.0", 6 });
}

static void
story_http_legs(struct stage *s, uint16_t port, struct leg first)
{
	struct io_handle *h = stage_http(s, port, "pool.contoso.com");
	uint64_t from_us = stage_now(s);

	stage_get(s, h, "/who");
	stage_until_end(s);
	leg_took(s, &first, from_us);
	from_us = stage_now(s);
	stage_get(s, h, "/who");
	stage_until_end(s);
	leg_took(s, &(struct leg){ "kept", 2 }, from_us);
}

static void
story_plain_http_legs(struct stage *s)
{
	story_http_legs(s, 80, (struct leg){ "http", 4 });
}

static void
story_https_legs(struct stage *s)
{
	story_http_legs(s, 443, (struct leg){ "https", 8 });
}

static void
story_refused_legs(struct stage *s)
{
	uint64_t from_us = stage_now(s);

	(void)stage_stream(s, 8080, false, NULL);
	stage_until(s, IO_DOWN);
	leg_took(s, &(struct leg){ "refused", 2 }, from_us);
	assert_int_equal(s->rig.note[0].err, -ECONNREFUSED);
	from_us = stage_now(s);
	stage_send(s, stage_udp(s, 53), "who is there?");
	stage_until(s, IO_DOWN);
	leg_took(s, &(struct leg){ "closed port", 2 }, from_us);
}

/* The chain is known after SYN, answer, hello, chain. */
static void
story_untrusted_legs(struct stage *s)
{
	uint64_t from_us = stage_now(s);

	(void)stage_stream(s, 5061, true, "pool.contoso.com");
	stage_until(s, IO_DOWN);
	leg_took(s, &(struct leg){ "an unknown root", 4 }, from_us);
	assert_int_equal(s->rig.note[0].tls.alert_sent, 48);
	if (s->real)
		rig_until_counted(&s->rig, &peer_seen(s->tls)->alert, 48);
}

static void
everything_takes_as_many_ways_in_both(void **state)
{
	static const struct io_link far = { .delay_us = D };
	const struct stage_cfg cfg = { .cert = &pool, .trust = true, .link = &far };
	const struct stage_cfg stranger = { .cert = &pool, .link = &far };

	(void)state;
	two_worlds(&cfg, story_plain_legs);
	two_worlds(&cfg, story_tls_legs);
	two_worlds(&cfg, story_plain_http_legs);
	two_worlds(&cfg, story_https_legs);
	two_worlds(&cfg, story_refused_legs);
	two_worlds(&stranger, story_untrusted_legs);
}

/* ---- loss in streams ---- */

static void
story_words(struct stage *s)
{
	struct io_handle *h = stage_stream(s, 389, false, NULL);

	stage_until(s, IO_UP);
	for (int i = 0; i < 12; i++) {
		stage_send(s, h, "a word");
		stage_until(s, IO_BYTES);
	}
	stage_close(s, h);
}

static void
given_loss_a_stream_tells_the_same_but_later(void **state)
{
	static const struct io_link bad = { .delay_us = MS, .loss = 0.08 };

	(void)state;
	two_worlds(&(struct stage_cfg){ .link = &bad }, story_words);
}

static void
story_nothing(struct stage *s)
{
	struct io_handle *stream = stage_stream(s, 389, false, NULL);
	struct io_handle *http = stage_http(s, 80, NULL), *packets = stage_udp(s, 123);

	stage_get(s, http, "/who");
	stage_send(s, packets, "time?");
	stage_settle(s);
	assert_int_equal(s->rig.n, 0);
	if (s->real)
		assert_int_equal(atomic_load(&peer_seen(s->plain)->connections), 0);
	assert_int_equal(stage_send(s, stream, "early"), -ENOTCONN);
	stage_close(s, stream);
	stage_close(s, http);
	stage_close(s, packets);
	stage_settle(s);
	if (s->real)
		assert_int_equal(atomic_load(&peer_seen(s->plain)->connections), 0);
}

static void
given_a_dead_line_nobody_hears_of_anybody(void **state)
{
	static const struct io_link dead = { .loss = 1 };

	(void)state;
	two_worlds(&(struct stage_cfg){ .link = &dead }, story_nothing);
}

/* ---- rates ---- */

static void
story_thin_download(struct stage *s)
{
	enum { BODY = 60000, RATE = 300000 };
	struct io_handle *h = stage_http(s, 80, NULL);
	uint64_t from_us = stage_now(s), us;

	stage_count(s, h, "/n/60000");
	stage_until_end(s);
	us = stage_now(s) - from_us;
	assert_true(us >= BODY * (uint64_t)S / RATE);
	if (!s->real)
		assert_true(us < BODY * (uint64_t)S / RATE * 12 / 10);
}

static void
a_download_takes_at_least_what_the_thin_line_needs(void **state)
{
	static const struct io_link thin = { .delay_us = MS, .down_per_s = 300000 };

	(void)state;
	two_worlds(&(struct stage_cfg){ .link = &thin }, story_thin_download);
}

static void
story_thin_upload(struct stage *s)
{
	static uint8_t much[60000];
	struct io_handle *h = stage_stream(s, 389, false, NULL);
	uint64_t from_us;

	stage_until(s, IO_UP);
	from_us = stage_now(s);
	memset(much, 'x', sizeof(much));
	stage_send_bytes(s, h, (struct span){ much, sizeof(much) });
	while (s->bytes < sizeof(much))
		stage_until(s, IO_BYTES);
	assert_true(stage_now(s) - from_us >= sizeof(much) * (uint64_t)S / 300000);
	stage_close(s, h);
}

static void
an_upload_takes_at_least_what_the_thin_line_needs(void **state)
{
	static const struct io_link thin = { .delay_us = MS, .up_per_s = 300000 };

	(void)state;
	two_worlds(&(struct stage_cfg){ .link = &thin }, story_thin_upload);
}

/* What has left the phone when its power goes arrives: so many found room. */
static size_t
packets_with_room(struct stage *s)
{
	enum { MANY = 200 };
	static uint8_t packet[484];
	struct io_handle *h = stage_udp(s, 123);
	uint8_t got[1024];
	size_t n = 0;

	for (int i = 0; i < MANY; i++)
		assert_int_equal(
		    s->io->ops->send(h, (struct span){ packet, sizeof(packet) }), 0);
	s->io->ops->power_cut(s->io);
	if (!s->real) {
		while (sim_step(s->sim, UINT64_MAX))
			if (s->n > 0) {
				n++;
				s->n = 0;
			}
		return n;
	}
	while (recv(s->gram, got, sizeof(got), MSG_DONTWAIT) > 0)
		n++;
	return n;
}

static void
story_full_queue(struct stage *s)
{
	/* 64 KiB of 512 bytes with their heads. */
	assert_int_equal(packets_with_room(s), 128);
}

static void
the_queue_has_room_for_as_many_packets(void **state)
{
	/* So slow that nothing leaves while they are put in. */
	static const struct io_link slow = { .up_per_s = 100 };

	(void)state;
	two_worlds(&(struct stage_cfg){ .link = &slow }, story_full_queue);
}

static bool
told_since(const struct stage *s, size_t from, enum io_kind kind)
{
	for (size_t i = from; i < s->rig.n; i++)
		if (s->rig.note[i].kind == kind)
			return true;
	return false;
}

/* Until then; how many bytes come at once is each world's own. */
static void
wait_for(struct stage *s, size_t from, enum io_kind kind)
{
	while (!told_since(s, from, kind)) {
		/* The download has not come to its end. */
		assert_false(told_since(s, from, IO_WHOLE));
		if (s->real)
			rig_until(&s->rig, s->rig.n + 1);
		else
			assert_true(sim_step(s->sim, UINT64_MAX));
	}
	s->noted = s->rig.n;
}

static void
story_beside_a_download(struct stage *s)
{
	struct io_handle *line = stage_stream(s, 389, false, NULL), *load;

	stage_until(s, IO_UP);
	load = stage_http(s, 80, NULL);
	stage_count(s, load, "/n/400000");
	wait_for(s, s->rig.n, IO_BODY);
	stage_send(s, line, "hello");
	wait_for(s, s->rig.n, IO_BYTES);
	stage_close(s, load);
	stage_close(s, line);
}

static void
a_download_lets_an_answer_pass(void **state)
{
	static const struct io_link thin = { .delay_us = MS, .down_per_s = 500000 };

	(void)state;
	two_worlds(&(struct stage_cfg){ .link = &thin }, story_beside_a_download);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_loss_the_same_packets_are_lost_in_both_worlds),
		cmocka_unit_test(given_no_loss_none_is_lost_in_either),
		cmocka_unit_test(everything_takes_as_many_ways_in_both),
		cmocka_unit_test(given_loss_a_stream_tells_the_same_but_later),
		cmocka_unit_test(given_a_dead_line_nobody_hears_of_anybody),
		cmocka_unit_test(a_download_takes_at_least_what_the_thin_line_needs),
		cmocka_unit_test(an_upload_takes_at_least_what_the_thin_line_needs),
		cmocka_unit_test(the_queue_has_room_for_as_many_packets),
		cmocka_unit_test(a_download_lets_an_answer_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
