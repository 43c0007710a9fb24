/* test_io_tls.c - TLS as the phone speaks it, against GnuTLS on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io_rig.h"
#include "mem.h"
#include "peer.h"

static struct io_port ports[] = { { 5061, 0 } };
static char keylog[] = "/tmp/test_io_tls_XXXXXX";

static const struct peer_cert usual = { .common_name = "pool01.contoso.com" };

struct fixture {
	struct rig rig;
	struct peer *peer;
};

static void
fixture_open(struct fixture *f, const struct peer_cert *cert)
{
	long left = mem_fail_at(0); /* a world without memory is test_io_tcp's */
	struct io_world_cfg cfg = rig_cfg();

	memset(f, 0, sizeof(*f));
	f->peer = peer_new(cert, &ports[0].real);
	cfg.ports = ports;
	cfg.n_ports = 1;
	cfg.keylog = keylog;
	rig_begin(&f->rig, &cfg);
	(void)mem_fail_at(left);
}

static void
fixture_close(struct fixture *f)
{
	rig_end(&f->rig);
	peer_free(f->peer);
	assert_int_equal(mem_out(), 0);
}

static void
trust(struct fixture *f)
{
	assert_int_equal(f->rig.io->ops->trust(f->rig.io, peer_root(f->peer)), 0);
}

static struct io_handle *
tls_to(struct fixture *f, const char *name, bool trust_nothing)
{
	struct rig *rig = &f->rig;
	struct io_stream_cfg cfg = { { rig->server_ip, 5061 }, true, name, trust_nothing };
	struct io_handle *h = NULL;

	assert_int_equal(rig->io->ops->stream(rig->io, rig_owner(rig, 0), &cfg, &h), 0);
	return h;
}

/* The first note of a connection to this name. */
static const struct rig_note *
outcome(struct fixture *f, const char *name, bool trust_nothing)
{
	f->rig.n = 0;
	tls_to(f, name, trust_nothing);
	rig_until(&f->rig, 1);
	io_scope_close(f->rig.io, &f->rig.owner[0].scope);
	return &f->rig.note[0];
}

static void
assert_flaw(const struct rig_note *note, enum io_flaw flaw)
{
	assert_int_equal(note->kind, IO_DOWN);
	assert_int_equal(note->err, -EPROTO);
	assert_int_equal(note->tls.flaw, flaw);
}

static void
given_a_trusted_root_it_comes_up_and_says_what_was_seen(void **state)
{
	static const uint16_t offered[] = { 0x0004, 0x0005, 0x000a, 0x00ff };
	struct fixture f;
	struct io_handle *h;

	(void)state;
	fixture_open(&f, &usual);
	trust(&f);
	h = tls_to(&f, "pool01.contoso.com", false);
	rig_until(&f.rig, 1);
	assert_int_equal(f.rig.note[0].kind, IO_UP);
	assert_int_equal(f.rig.note[0].tls.version, 0x0301);
	assert_int_equal(f.rig.note[0].tls.n_hello, 4);
	assert_memory_equal(f.rig.note[0].tls.hello, offered, sizeof(offered));
	assert_true(f.rig.note[0].tls.suite == 0x0004 || f.rig.note[0].tls.suite == 0x0005 ||
	    f.rig.note[0].tls.suite == 0x000a);
	assert_int_equal(f.rig.note[0].tls.flaw, TLS_OK);
	assert_int_equal(f.rig.io->ops->send(h, span_of("REGISTER sip:")), 0);
	rig_until(&f.rig, 2);
	assert_string_equal(f.rig.note[1].text, "REGISTER sip:");
	f.rig.io->ops->close(h);
	peer_wait(f.peer, &peer_seen(f.peer)->orderly, 1);
	fixture_close(&f);
}

static void
given_no_root_or_trust_in_nothing_the_alert_is_48_on_the_wire(void **state)
{
	struct fixture f;
	const struct rig_note *note;

	(void)state;
	fixture_open(&f, &usual);
	note = outcome(&f, "pool01.contoso.com", false);
	assert_flaw(note, TLS_NO_ROOT);
	assert_int_equal(note->tls.alert_sent, 48);
	peer_wait(f.peer, &peer_seen(f.peer)->alert, 48);
	trust(&f);
	note = outcome(&f, "pool01.contoso.com", true);
	assert_flaw(note, TLS_NO_ROOT);
	assert_int_equal(note->tls.alert_sent, 48);
	assert_true(note->tls.suite != 0);
	assert_int_equal(note->tls.version, 0x0301);
	peer_wait(f.peer, &peer_seen(f.peer)->alert, 96);
	assert_int_equal(outcome(&f, "pool01.contoso.com", false)->kind, IO_UP);
	fixture_close(&f);
}

static void
given_another_root_it_is_unknown_until_the_right_one_is_trusted_too(void **state)
{
	struct fixture f, other;

	(void)state;
	fixture_open(&other, &usual);
	fixture_open(&f, &usual);
	assert_int_equal(f.rig.io->ops->trust(f.rig.io, peer_root(other.peer)), 0);
	assert_flaw(outcome(&f, "pool01.contoso.com", false), TLS_NO_ROOT);
	trust(&f);
	trust(&f);
	assert_int_equal(outcome(&f, "pool01.contoso.com", false)->kind, IO_UP);
	f.rig.io->ops->power_cut(f.rig.io);
	assert_int_equal(f.rig.io->ops->address(f.rig.io, 0x7f2a0001, 0), 0);
	assert_int_equal(outcome(&f, "pool01.contoso.com", false)->kind, IO_UP);
	io_phone_distrust(f.rig.io);
	assert_flaw(outcome(&f, "pool01.contoso.com", false), TLS_NO_ROOT);
	rig_end(&f.rig);
	peer_free(f.peer);
	fixture_close(&other);
}

static void
given_bytes_that_are_no_certificate_they_are_not_trusted(void **state)
{
	struct fixture f;
	struct span root;

	(void)state;
	fixture_open(&f, &usual);
	root = peer_root(f.peer);
	for (size_t n = 0; n < root.n; n += 7)
		assert_int_equal(
		    f.rig.io->ops->trust(f.rig.io, (struct span){ root.p, n }), -EBADMSG);
	fixture_close(&f);
}

static void
given_names_only_the_one_asked_for_is_good(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f, &usual);
	trust(&f);
	assert_int_equal(outcome(&f, "POOL01.contoso.COM", false)->kind, IO_UP);
	assert_flaw(outcome(&f, "pool02.contoso.com", false), TLS_NAME);
	assert_flaw(outcome(&f, "pool01.contoso.com.evil", false), TLS_NAME);
	assert_flaw(outcome(&f, "pool02.contoso.com", true), TLS_NAME);
	fixture_close(&f);
}

static void
given_alternative_names_the_common_name_does_not_count(void **state)
{
	const struct peer_cert cert = { .common_name = "pool01.contoso.com",
		.dns_name = "*.contoso.com" };
	struct fixture f;

	(void)state;
	fixture_open(&f, &cert);
	trust(&f);
	assert_int_equal(outcome(&f, "sip.contoso.com", false)->kind, IO_UP);
	assert_int_equal(outcome(&f, "pool01.contoso.com", false)->kind, IO_UP);
	assert_flaw(outcome(&f, "a.b.contoso.com", false), TLS_NAME);
	assert_flaw(outcome(&f, ".contoso.com", false), TLS_NAME);
	assert_flaw(outcome(&f, "contoso.com", false), TLS_NAME);
	fixture_close(&f);
}

static void
given_the_phones_clock_dates_are_judged_by_it_and_not_by_the_machines(void **state)
{
	const struct peer_cert cert = { .common_name = "pool01.contoso.com",
		.from = 1167609600, /* 2007 */
		.to = 1230768000 /* 2009 */ };
	struct fixture f;
	int64_t now_us;

	(void)state;
	fixture_open(&f, &cert);
	trust(&f);
	assert_flaw(outcome(&f, "pool01.contoso.com", false), TLS_EXPIRED);
	assert_flaw(outcome(&f, "pool01.contoso.com", true), TLS_EXPIRED);
	assert_int_equal(f.rig.note[0].tls.alert_sent, 45);
	now_us = (int64_t)f.rig.io->ops->now_us(f.rig.io);
	f.rig.io->ops->clock(f.rig.io, 1136073600LL * 1000000 - now_us); /* 2006 */
	assert_flaw(outcome(&f, "pool01.contoso.com", false), TLS_EARLY);
	fixture_close(&f);
}

static void
given_a_good_certificate_a_phone_whose_clock_is_off_refuses_it(void **state)
{
	struct fixture f;
	int64_t now_us;

	(void)state;
	fixture_open(&f, &usual);
	trust(&f);
	now_us = (int64_t)f.rig.io->ops->now_us(f.rig.io);
	f.rig.io->ops->clock(f.rig.io, 1136073600LL * 1000000 - now_us);
	assert_flaw(outcome(&f, "pool01.contoso.com", false), TLS_EARLY);
	f.rig.io->ops->clock(f.rig.io, 4102444800LL * 1000000 - now_us);
	assert_flaw(outcome(&f, "pool01.contoso.com", false), TLS_EXPIRED);
	f.rig.io->ops->clock(f.rig.io, loop_wall_us() - now_us);
	assert_int_equal(outcome(&f, "pool01.contoso.com", false)->kind, IO_UP);
	fixture_close(&f);
}

static void
given_sha2_in_the_certificate_or_in_the_root_it_is_refused(void **state)
{
	const struct peer_cert leaf = { .common_name = "pool01", .sha2 = true };
	const struct peer_cert root = { .common_name = "pool01", .sha2_root = true };
	struct fixture f;

	(void)state;
	fixture_open(&f, &leaf);
	assert_flaw(outcome(&f, "pool01", true), TLS_NO_ROOT);
	trust(&f);
	assert_flaw(outcome(&f, "pool01", false), TLS_SHA2);
	fixture_close(&f);
	fixture_open(&f, &root);
	trust(&f);
	assert_flaw(outcome(&f, "pool01", false), TLS_SHA2);
	fixture_close(&f);
}

static void
given_the_servers_reset_and_its_orderly_end_they_are_told_apart(void **state)
{
	struct fixture f;
	struct io_handle *h;

	(void)state;
	fixture_open(&f, &usual);
	trust(&f);
	h = tls_to(&f, "pool01.contoso.com", false);
	rig_until(&f.rig, 1);
	f.rig.io->ops->send(h, span_of("bye"));
	rig_until(&f.rig, 2);
	assert_int_equal(f.rig.note[1].kind, IO_DOWN);
	assert_int_equal(f.rig.note[1].err, 0);
	h = tls_to(&f, "pool01.contoso.com", false);
	rig_until(&f.rig, 3);
	f.rig.io->ops->send(h, span_of("reset"));
	rig_until(&f.rig, 4);
	assert_int_equal(f.rig.note[3].err, -ECONNRESET);
	fixture_close(&f);
}

static void
given_a_flood_all_of_it_arrives_in_order(void **state)
{
	struct fixture f;
	size_t got = 0;
	struct io_handle *h;

	(void)state;
	fixture_open(&f, &usual);
	trust(&f);
	h = tls_to(&f, "pool01.contoso.com", false);
	rig_until(&f.rig, 1);
	f.rig.io->ops->send(h, span_of("flood"));
	while (got < 4 * 1024 * 1024) {
		rig_until(&f.rig, 2);
		for (size_t i = 1; i < f.rig.n; i++) {
			assert_int_equal(f.rig.note[i].kind, IO_BYTES);
			assert_int_equal((uint8_t)f.rig.note[i].text[0], got % 251);
			got += f.rig.note[i].n;
		}
		f.rig.n = 1;
	}
	fixture_close(&f);
}

static void
given_more_than_the_socket_takes_it_waits_and_goes_out_whole(void **state)
{
	static uint8_t block[40000];
	struct fixture f;
	struct io_handle *h;
	size_t sent = 0, got = 0;

	(void)state;
	fixture_open(&f, &usual);
	trust(&f);
	h = tls_to(&f, "pool01.contoso.com", false);
	rig_until(&f.rig, 1);
	memset(block, 'x', sizeof(block));
	while (f.rig.io->ops->send(h, (struct span){ block, sizeof(block) }) == 0)
		sent += sizeof(block);
	while (got < sent) {
		rig_until(&f.rig, 2);
		for (size_t i = 1; i < f.rig.n; i++) {
			assert_int_equal(f.rig.note[i].kind, IO_BYTES);
			assert_int_equal(f.rig.note[i].text[0], 'x');
			got += f.rig.note[i].n;
		}
		f.rig.n = 1;
	}
	assert_int_equal(got, sent);
	fixture_close(&f);
}

static void
given_a_key_log_each_connection_leaves_a_line(void **state)
{
	char line[256] = "";
	struct fixture f;
	FILE *file;

	(void)state;
	truncate(keylog, 0);
	fixture_open(&f, &usual);
	trust(&f);
	outcome(&f, "pool01.contoso.com", false);
	file = fopen(keylog, "r");
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	assert_memory_equal(line, "CLIENT_RANDOM ", 14);
	assert_int_equal(strlen(line), 14 + 64 + 1 + 96 + 1);
	fixture_close(&f);
}

static void
given_a_server_without_tls_it_is_a_flaw_of_another_kind(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f, NULL);
	assert_flaw(outcome(&f, "pool01", false), TLS_OTHER);
	fixture_close(&f);
}

static void
given_a_hello_request_what_comes_behind_it_is_not_left_lying(void **state)
{
	struct fixture f;
	struct io_handle *h;

	(void)state;
	fixture_open(&f, &usual);
	trust(&f);
	h = tls_to(&f, "pool01.contoso.com", false);
	rig_until(&f.rig, 1);
	f.rig.io->ops->send(h, span_of("again"));
	rig_until(&f.rig, 2);
	assert_int_equal(f.rig.note[1].kind, IO_BYTES);
	assert_string_equal(f.rig.note[1].text, "and on");
	f.rig.io->ops->send(h, span_of("still up"));
	rig_until(&f.rig, 3);
	assert_string_equal(f.rig.note[2].text, "still up");
	fixture_close(&f);
}

static void
given_a_wildcard_as_common_name_it_stands_for_one_label(void **state)
{
	const struct peer_cert cert = { .common_name = "*.contoso.com" };
	struct fixture f;

	(void)state;
	fixture_open(&f, &cert);
	trust(&f);
	assert_int_equal(outcome(&f, "sip.contoso.com", false)->kind, IO_UP);
	assert_flaw(outcome(&f, "a.sip.contoso.com", false), TLS_NAME);
	assert_flaw(outcome(&f, "contoso.com", false), TLS_NAME);
	fixture_close(&f);
}

static void
given_an_expired_root_the_chain_is_expired(void **state)
{
	const struct peer_cert cert = { .common_name = "pool01.contoso.com",
		.root_to = 1230768000 /* 2009 */ };
	struct fixture f;

	(void)state;
	fixture_open(&f, &cert);
	trust(&f);
	assert_flaw(outcome(&f, "pool01.contoso.com", false), TLS_EXPIRED);
	fixture_close(&f);
}

static void
given_a_clock_that_was_never_set_every_certificate_is_early(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f, &usual);
	trust(&f);
	f.rig.io->ops->clock(f.rig.io, -(int64_t)f.rig.io->ops->now_us(f.rig.io));
	assert_flaw(outcome(&f, "pool01.contoso.com", false), TLS_EARLY);
	fixture_close(&f);
}

static void
given_no_key_log_yet_it_is_made_for_its_owner_alone(void **state)
{
	mode_t was = umask(0);
	struct stat st;
	struct fixture f;

	(void)state;
	unlink(keylog);
	fixture_open(&f, &usual);
	umask(was);
	assert_int_equal(stat(keylog, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	fixture_close(&f);
}

static int
keylog_begin(void **state)
{
	int fd = mkstemp(keylog);

	(void)state;
	close(fd);
	peer_keys();
	return fd < 0;
}

static int
keylog_end(void **state)
{
	(void)state;
	return unlink(keylog);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_trusted_root_it_comes_up_and_says_what_was_seen),
		cmocka_unit_test(given_no_root_or_trust_in_nothing_the_alert_is_48_on_the_wire),
		cmocka_unit_test(
		    given_another_root_it_is_unknown_until_the_right_one_is_trusted_too),
		cmocka_unit_test(given_bytes_that_are_no_certificate_they_are_not_trusted),
		cmocka_unit_test(given_names_only_the_one_asked_for_is_good),
		cmocka_unit_test(given_alternative_names_the_common_name_does_not_count),
		cmocka_unit_test(
		    given_the_phones_clock_dates_are_judged_by_it_and_not_by_the_machines),
		cmocka_unit_test(
		    given_a_good_certificate_a_phone_whose_clock_is_off_refuses_it),
		cmocka_unit_test(given_sha2_in_the_certificate_or_in_the_root_it_is_refused),
		cmocka_unit_test(
		    given_the_servers_reset_and_its_orderly_end_they_are_told_apart),
		cmocka_unit_test(given_a_flood_all_of_it_arrives_in_order),
		cmocka_unit_test(given_more_than_the_socket_takes_it_waits_and_goes_out_whole),
		cmocka_unit_test(given_a_key_log_each_connection_leaves_a_line),
		cmocka_unit_test(given_a_hello_request_what_comes_behind_it_is_not_left_lying),
		cmocka_unit_test(given_a_wildcard_as_common_name_it_stands_for_one_label),
		cmocka_unit_test(given_an_expired_root_the_chain_is_expired),
		cmocka_unit_test(given_a_clock_that_was_never_set_every_certificate_is_early),
		cmocka_unit_test(given_no_key_log_yet_it_is_made_for_its_owner_alone),
		cmocka_unit_test(given_a_server_without_tls_it_is_a_flaw_of_another_kind),
	};

	return cmocka_run_group_tests_name("io_tls", tests, keylog_begin, keylog_end);
}
