/*
 * test_situations.c - one phone in a simulated pool with each habit and fault that a scenario
 * can name: what becomes of it, in which row, by which words, and when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "rehearsal.h"

static const uint64_t S = 1000000, HOUR = 3600ull * 1000000;

static struct rehearsal *
walk_of(const struct rehearsal_cfg *cfg)
{
	struct rehearsal_cfg mine = *cfg;
	struct rehearsal *r;

	mine.phones = mine.phones != 0 ? mine.phones : 1;
	mine.seed = 7;
	r = rehearsal_new(&mine);
	for (uint32_t i = 0; i < mine.phones; i++)
		rehearsal_on(r, i, i * S / 10);
	rehearsal_run(r, 12 * HOUR);
	return r;
}

static struct rehearsal *
walk(const char *yaml)
{
	return walk_of(&(struct rehearsal_cfg){ .yaml = yaml });
}

static void
done(struct rehearsal *r)
{
	long before = r->mem_before;

	rehearsal_free(r);
	assert_int_equal(mem_out(), before);
}

/* How a row ended the last time; its words begin so. */
static const struct rehearsal_row *
ended(const struct rehearsal *r, const char *step, enum verdict verdict, enum reason why,
    const char *detail)
{
	const struct rehearsal_row *row =
	    rehearsal_told(r, 0, step) > 0 ? rehearsal_last(r, 0, step) : NULL;

	if (row == NULL || row->verdict != verdict || row->why != why ||
	    strncmp(row->detail, detail, strlen(detail)) != 0) {
		rehearsal_show(r, 0);
		fail_msg(
		    "%s was to end with %d, %d, \"%s\"", step, (int)verdict, (int)why, detail);
	}
	return row;
}

/* ---- what ends the walk, each with its row and words ---------------------------------- */

struct ending {
	const char *yaml, *step;
	enum reason why;
	const char *detail;
	unsigned tries;
};

/* clang-format off */
static const struct ending endings[] = {
	{ "faults: [{server: dhcp, do: {drop: 100%}}]",       "dhcp_lease", WHY_TIMEOUT, "dhcp:no answer, 169.254/16", 3 },
	{ "faults: [{server: dhcp, do: {answer: nak}}]",      "dhcp_lease", WHY_REFUSED, "dhcp:NAK", 3 },
	{ "faults: [{server: dns, do: {answer: SERVFAIL}}]",  "ntp_find", WHY_SERVER_ERROR, "dns:SERVFAIL _ntp._udp.contoso.com", 3 },
	{ "faults: [{server: dns, do: {answer: NXDOMAIN}}]",  "ntp_find", WHY_NOT_FOUND, "dns:NXDOMAIN time.windows.com", 1 },
	{ "servers: {dns: {hide: [_ntp._udp.contoso.com]}}",  "ntp_find", WHY_NOT_FOUND, "dns:NXDOMAIN time.windows.com", 1 },
	{ "faults: [{server: ntp, do: {drop: 100%}}]",        "ntp_sync", WHY_TIMEOUT, "limit:5000ms", 4 },
	{ "faults: [{server: ntp, do: {answer: DENY}}]",      "ntp_sync", WHY_REFUSED, "ntp:DENY", 1 },
	{ "servers: {ntp: {offset: 20m}}",                    "krb_login", WHY_AUTH, "krb:37 KRB_AP_ERR_SKEW", 1 },
	{ "servers: {ntp: {offset: -20m}}",                   "krb_login", WHY_AUTH, "krb:37 KRB_AP_ERR_SKEW", 1 },
	{ "servers: {kdc: {offset: 20m}}",                    "krb_login", WHY_AUTH, "krb:37 KRB_AP_ERR_SKEW", 1 },
	{ "servers: {kdc: {wrong_password: 0}}",              "krb_login", WHY_AUTH, "krb:24 KDC_ERR_PREAUTH_FAILED", 1 },
	{ "servers: {kdc: {expired: 100%}}",                  "krb_login", WHY_AUTH, "krb:23 KDC_ERR_KEY_EXPIRED", 1 },
	{ "servers: {kdc: {locked: 0}}",                      "krb_login", WHY_AUTH, "krb:18 KDC_ERR_CLIENT_REVOKED", 1 },
	{ "servers: {kdc: {disabled: 0}}",                    "krb_login", WHY_AUTH, "krb:18 KDC_ERR_CLIENT_REVOKED", 1 },
	{ "servers: {kdc: {unknown: 0}}",                     "krb_login", WHY_AUTH, "krb:6 KDC_ERR_C_PRINCIPAL_UNKNOWN", 1 },
	{ "faults: [{server: kdc, do: {answer: 24}}]",        "krb_login", WHY_AUTH, "krb:24 KDC_ERR_PREAUTH_FAILED", 1 },
	{ "faults: [{server: kdc, do: {answer: 18}}]",        "krb_login", WHY_AUTH, "krb:18 KDC_ERR_CLIENT_REVOKED", 1 },
	{ "faults: [{server: ldap, do: {answer: 49}}]",       "ldap_bind", WHY_AUTH, "ldap:49", 1 },
	{ "servers: {ldap: {enrollment: false}}",             "ldap_find_ca", WHY_NOT_FOUND, "ldap:Cannot validate server certificate", 1 },
	{ "servers: {sip: {certificate: expired}}",           "pool_tls_untrusted", WHY_TLS, "tls:expired", 1 },
	{ "servers: {sip: {certificate: early}}",             "pool_tls_untrusted", WHY_TLS, "tls:early", 1 },
	{ "servers: {sip: {certificate: wrong_name}}",        "pool_tls_untrusted", WHY_TLS, "tls:name", 1 },
	{ "servers: {sip: {certificate: sha2}}",              "pool_tls", WHY_TLS, "tls:46", 4 },
	{ "servers: {sip: {certificate: other_root}}",        "pool_tls", WHY_TLS, "tls:48", 4 },
	{ "faults: [{server: sip, do: {answer: 403}}]",       "sip_register", WHY_REFUSED, "sip:403/17002", 1 },
	{ "faults: [{server: sip, do: {answer: 503}}]",       "sip_register", WHY_SERVER_ERROR, "sip:503", 3 },
	{ "faults: [{server: sip, do: {refuse: true}}]",      "pool_tls_untrusted", WHY_REFUSED, "errno:ECONNREFUSED", 3 },
	{ "faults: [{server: ca_web, do: {answer: 404}}]",    "ca_find", WHY_NOT_FOUND, "http:404", 3 },
};
/* clang-format on */

static void
a_walk_ends_in_its_row_with_its_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		const struct ending *e = &endings[i];
		struct rehearsal *r = walk(e->yaml);
		const struct rehearsal_row *row;

		if (r->phone[0].state != JOURNEY_FAILED) {
			rehearsal_show(r, 0);
			fail_msg("%s was to fail", e->yaml);
		}
		row = ended(r, e->step, STEP_FAIL, e->why, e->detail);
		if (row->tries != e->tries)
			fail_msg("%s: %u tries", e->yaml, row->tries);
		done(r);
	}
}

/* ---- what the phone gets over -------------------------------------------------------- */

struct detour {
	const char *yaml, *step;
	enum verdict verdict;
	const char *detail; /* of the row's last telling */
	unsigned tries;
};

/* clang-format off */
static const struct detour detours[] = {
	{ "servers: {dhcp: {voice_vlan: 0}}",                  "dhcp_voice_vlan", STEP_SKIP, "dhcp:no VLAN named", 1 },
	{ "faults: [{server: dhcp, for: 2s, do: {answer: nak}}]", "dhcp_lease", STEP_DONE, "", 2 },
	{ "faults: [{server: dhcp, for: 100s, do: {drop: 100%}}]", "dhcp_lease", STEP_DONE, "", 2 },
	{ "faults: [{server: ntp, for: 5s, do: {drop: 100%}}]", "ntp_sync", STEP_DONE, "", 2 },
	{ "servers: {ntp: {offset: 4m}}",                      "krb_login", STEP_DONE, "", 1 },
	{ "servers: {kdc: {takes: 300ms}}",                    "krb_login", STEP_DONE, "", 1 },
	{ "servers: {kdc: {offset: -4m}}",                     "krb_login", STEP_DONE, "", 1 },
	{ "servers: {ldap: {publish_ca: true}}",               "ca_fetch", STEP_SKIP, "known:ROOT", 0 },
	{ "servers: {ca_web: {wrong_key: false}}",             "ca_fetch", STEP_SKIP, "http:the first key was taken", 1 },
	{ "servers: {update: {blank: true}}",                  "update_download", STEP_SKIP, "update:the service offers nothing", 1 },
	{ "servers: {update: {version: 1.0.199.123}}",         "update_download", STEP_SKIP, "update:the service offers nothing", 1 },
	{ "servers: {update: {version: 1.0.199.122}}",         "update_download", STEP_SKIP, "update:the service offers nothing", 1 },
	{ "servers: {update: {wrong_length: true}}",           "update_download", STEP_FAIL, "errno:ECONNRESET", 3 },
	{ "servers: {update: {wrong_length: true}}",           "update_confirm", STEP_SKIP, "update:there is no image to confirm", 1 },
	{ "faults: [{server: update, do: {refuse: true}}]",    "update_ask", STEP_FAIL, "errno:ECONNREFUSED", 3 },
	{ "faults: [{server: update, do: {answer: 500}}]",     "update_ask", STEP_FAIL, "http:500", 3 },
	{ "faults: [{server: exchange, do: {refuse: true}}]",  "cas_tls", STEP_FAIL, "errno:ECONNREFUSED", 2 },
	{ "faults: [{server: exchange, do: {answer: 500}}]",   "cas_tls", STEP_FAIL, "http:500", 2 },
	{ "faults: [{server: exchange, do: {drop: 100%}}]",    "cas_tls", STEP_FAIL, "limit:60000ms", 2 },
	{ "servers: {exchange: {mailbox: false}}",             "cas_tls", STEP_FAIL, "autodiscover:500", 1 },
	{ "servers: {exchange: {certificate: wrong_name}}",    "cas_tls", STEP_FAIL, "tls:42", 2 },
	{ "servers: {dns: {hide: [_sipinternaltls._tcp.contoso.com, _sip._tls.contoso.com]}}", "pool_find", STEP_DONE, "", 1 },
	{ "faults: [{server: kdc, from: 20s, for: 1s, do: {corrupt: 100%}}]", "krb_login", STEP_DONE, "", 1 },
	{ "servers: {kdc: {latency: 400ms}}",                  "krb_login", STEP_DONE, "", 1 },
};
/* clang-format on */

static void
the_phone_arrives_all_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof detours / sizeof detours[0]; i++) {
		const struct detour *d = &detours[i];
		struct rehearsal *r = walk(d->yaml);
		const struct rehearsal_row *row = rehearsal_last(r, 0, d->step);

		if (r->phone[0].state != JOURNEY_ARRIVED || row->verdict != d->verdict ||
		    strcmp(row->detail, d->detail) != 0 || row->tries != d->tries) {
			rehearsal_show(r, 0);
			fail_msg("%s was to arrive, %s after %u tries: %s", d->yaml, d->step,
			    d->tries, d->detail);
		}
		done(r);
	}
}

/* ---- one by one -------------------------------------------------------------------------- */

static void
without_a_dhcp_server_it_asks_again_every_300_seconds(void **state)
{
	struct rehearsal *r = walk("faults: [{server: dhcp, do: {drop: 100%}}]");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint64_t ended_us = rehearsal_row(r, 0, "dhcp_lease", i)->ended_us;
		uint64_t next_us = rehearsal_row(r, 0, "dhcp_lease", i + 1)->ended_us;

		/* 300 s, and the round of DISCOVERs that is not answered, either. */
		assert_in_range(next_us - ended_us, 299 * S, 310 * S);
	}
	done(r);
}

static void
a_name_is_found_by_a_suffix(void **state)
{
	struct rehearsal *r =
	    walk("servers:\n"
		 "  dhcp: {search: [voice.contoso.com]}\n"
		 "  dns:\n"
		 "    hide: [_sipinternaltls._tcp.contoso.com, _sip._tls.contoso.com]\n"
		 "    add: ['_sipinternaltls._tcp.contoso.com.voice.contoso.com SRV 0 0 5061 "
		 "pool02.contoso.com']\n");

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_string_equal(journey_facts(r->phone[0].j)->pool[0].name, "pool02.contoso.com");
	done(r);
}

/* RFC 2782: weights 90 and 10 among equals; the draw is each phone's own. */
static void
phones_spread_by_the_weights_of_srv_records(void **state)
{
	struct rehearsal *r = walk_of(&(struct rehearsal_cfg){ .phones = 200,
	    .until = "pool_tls",
	    .lean = true,
	    .yaml =
		"servers:\n"
		"  dns:\n"
		"    hide: [_sipinternaltls._tcp.contoso.com]\n"
		"    add:\n"
		"      - _sipinternaltls._tcp.contoso.com SRV 0 90 5061 pool01.contoso.com\n"
		"      - _sipinternaltls._tcp.contoso.com SRV 0 10 5061 "
		"pool02.contoso.com\n" });
	unsigned first = 0;

	(void)state;
	assert_int_equal(rehearsal_count(r, JOURNEY_ARRIVED), 200);
	for (uint32_t i = 0; i < 200; i++)
		first += journey_facts(r->phone[i].j)->pool[0].ip == SIM_POOL_FRONT;
	assert_in_range(first, 165, 195);
	done(r);
}

static void
a_target_that_is_not_there_leaves_it_to_the_next(void **state)
{
	struct rehearsal *r =
	    walk("servers:\n"
		 "  dns:\n"
		 "    hide: [_sipinternaltls._tcp.contoso.com]\n"
		 "    add:\n"
		 "      - _sipinternaltls._tcp.contoso.com SRV 0 1 5061 nowhere.contoso.com\n"
		 "      - _sipinternaltls._tcp.contoso.com SRV 5 1 5061 pool01.contoso.com\n"
		 "      - nowhere.contoso.com A 10.40.0.99\n");

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_string_equal(rehearsal_row(r, 0, "pool_tls", 0)->detail, "errno:EHOSTUNREACH");
	assert_int_equal(rehearsal_last(r, 0, "pool_tls")->tries, 2);
	done(r);
}

static void
given_a_root_with_sha2_it_loops_over_the_trust_stage_until_the_cap(void **state)
{
	struct rehearsal *r = walk("servers: {sip: {certificate: sha2}}");

	(void)state;
	/* The first time and three loops. */
	assert_int_equal(rehearsal_told(r, 0, "ca_fetch"), 4);
	assert_int_equal(rehearsal_told(r, 0, "krb_login"), 4);
	assert_int_equal(r->phone[0].state, JOURNEY_FAILED);
	done(r);
}

static void
a_user_of_another_pool_is_sent_home(void **state)
{
	struct rehearsal *r =
	    walk("servers: {sip: {home_pool: 'pool02.contoso.com', redirect: 100%}}");

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_string_equal(
	    rehearsal_row(r, 0, "sip_register", 0)->detail, "sip:301 pool02.contoso.com");
	assert_int_equal(rehearsal_last(r, 0, "sip_register")->verdict, STEP_DONE);
	/* At once: two handshakes and two sign-ins take no second. */
	assert_true(rehearsal_last(r, 0, "sip_register")->ended_us -
		rehearsal_last(r, 0, "sip_register")->started_us <
	    S / 2);
	done(r);
}

/* Whatever the other pool is called, and on whatever port. */
static void
home_may_have_any_name_and_port(void **state)
{
	struct rehearsal *r =
	    walk("servers: {sip: {home_pool: 'home.fabrikam.com:5071', redirect: 100%}}");

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_string_equal(
	    rehearsal_row(r, 0, "sip_register", 0)->detail, "sip:301 home.fabrikam.com");
	done(r);
}

static void
only_so_many_users_are_sent_home(void **state)
{
	struct rehearsal *r = walk_of(&(struct rehearsal_cfg){ .phones = 100,
	    .until = "sip_register",
	    .lean = true,
	    .yaml = "servers: {sip: {home_pool: pool02.contoso.com, redirect: 30%}}" });
	unsigned sent = 0;

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		sent += rehearsal_told(r, i, "sip_register") > 1;
	assert_int_equal(rehearsal_count(r, JOURNEY_ARRIVED), 100);
	assert_in_range(sent, 20, 40);
	done(r);
}

static void
a_front_end_in_trouble_is_asked_again_when_it_says(void **state)
{
	struct rehearsal *r =
	    walk("faults: [{server: sip, for: 60s, do: {answer: 503, retry_after: 30s}}]");
	const struct rehearsal_row *first, *second;

	(void)state;
	first = rehearsal_row(r, 0, "sip_register", 0);
	second = rehearsal_row(r, 0, "sip_register", 1);
	assert_string_equal(first->detail, "sip:503");
	assert_in_range(second->ended_us - first->ended_us, 30 * S, 31 * S);
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	done(r);
}

static void
signed_off_for_good_it_stays_away(void **state)
{
	struct rehearsal *r = walk_of(&(struct rehearsal_cfg){ .stay_us = 600 * S,
	    .yaml = "faults: [{server: sip, from: 60s, do: {sign_off: rejected}}]" });

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_FAILED);
	assert_int_equal(rehearsal_told(r, 0, "sip_register"), 1);
	done(r);
}

static void
signed_off_for_now_it_comes_back(void **state)
{
	struct rehearsal *r = walk_of(&(struct rehearsal_cfg){ .stay_us = 600 * S,
	    .yaml = "faults: [{server: sip, from: 60s, do: {sign_off: deactivated}}]" });

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(rehearsal_told(r, 0, "sip_register"), 2);
	assert_true(rehearsal_last(r, 0, "sip_register")->started_us > 60 * S);
	done(r);
}

/* The wire is dead for 15 minutes: the server gives the phone up, which comes back. */
static void
a_lost_keep_alive_makes_the_line_anew(void **state)
{
	struct rehearsal *r = walk_of(&(struct rehearsal_cfg){ .stay_us = 1800 * S,
	    .yaml = "faults: [{server: sip, from: 60s, for: 900s, do: {drop: 100%}}]" });

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(rehearsal_told(r, 0, "pool_tls"), 2);
	assert_true(rehearsal_last(r, 0, "pool_tls")->started_us > 960 * S);
	assert_true(journey_holds(r->phone[0].j));
	done(r);
}

/* With keep-alives every 300 s nobody hangs up for a day. */
static void
a_line_that_is_kept_alive_stays(void **state)
{
	struct rehearsal *r = walk_of(&(struct rehearsal_cfg){ .stay_us = 11 * HOUR });

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(rehearsal_told(r, 0, "pool_tls"), 1);
	/* Tickets of ten hours: logged in again in time. */
	assert_int_equal(rehearsal_told(r, 0, "krb_login"), 2);
	assert_int_equal(rehearsal_last(r, 0, "krb_login")->verdict, STEP_DONE);
	assert_true(rehearsal_told(r, 0, "sip_refresh") >= 5);
	done(r);
}

static void
a_download_that_is_reset_at_7_mb_begins_again(void **state)
{
	struct rehearsal *r =
	    walk("faults: [{server: update, for: 22s, do: {reset_after: 7MB}}]");

	(void)state;
	assert_int_equal(rehearsal_row(r, 0, "update_download", 0)->why, WHY_RESET);
	assert_int_equal(rehearsal_last(r, 0, "update_download")->verdict, STEP_DONE);
	assert_int_equal(journey_facts(r->phone[0].j)->image_bytes, 15 << 20);
	done(r);
}

/* Tickets of a Windows domain: too long for datagrams. */
static void
with_big_tickets_each_is_fetched_over_tcp(void **state)
{
	struct rehearsal *small = walk("{}"), *big = walk("servers: {kdc: {ticket: 1200B}}");
	const struct sim_load_total *of_small, *of_big;

	(void)state;
	assert_int_equal(big->phone[0].state, JOURNEY_ARRIVED);
	of_small = sim_load_total(sim_link_load(sim_pool_link(small->pool, SERVERS_KDC)));
	of_big = sim_load_total(sim_link_load(sim_pool_link(big->pool, SERVERS_KDC)));
	/* The login's reply did not fit: asked for once more. */
	assert_int_equal(of_big->requests, of_small->requests + 1);
	assert_true(of_big->bytes_out > of_small->bytes_out + 6 * 640);
	done(big);
	rehearsal_free(small);
}

/* What was not loaded is not booted. */
static void
an_image_of_the_wrong_length_is_not_booted(void **state)
{
	struct rehearsal *r = walk_of(&(struct rehearsal_cfg){
	    .restart = true, .yaml = "servers: {update: {wrong_length: true}}" });

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(r->phone[0].restarts, 0);
	assert_string_equal(journey_facts(r->phone[0].j)->version, "1.0.199.123");
	done(r);
}

static void
a_wrong_password_is_typed(void **state)
{
	struct rehearsal *r = walk_of(&(struct rehearsal_cfg){ .password = "wrong" });

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_FAILED);
	ended(r, "krb_login", STEP_FAIL, WHY_AUTH, "krb:24 KDC_ERR_PREAUTH_FAILED");
	done(r);
}

static void
a_phone_outside_asks_the_update_service_over_tls(void **state)
{
	struct rehearsal *r = walk_of(&(struct rehearsal_cfg){ .external = true });

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(rehearsal_last(r, 0, "update_download")->verdict, STEP_DONE);
	assert_int_equal(journey_facts(r->phone[0].j)->update.port, 443);
	done(r);
}

static void
leaving_it_signs_out_and_gives_its_address_back(void **state)
{
	struct rehearsal *r =
	    walk_of(&(struct rehearsal_cfg){ .leave = true, .stay_us = 60 * S });

	(void)state;
	journey_leave(r->phone[0].j);
	rehearsal_run(r, 13 * HOUR);
	assert_int_equal(r->phone[0].state, JOURNEY_LEFT);
	assert_int_equal(rehearsal_last(r, 0, "sip_sign_out")->verdict, STEP_DONE);
	assert_int_equal(rehearsal_last(r, 0, "dhcp_release")->verdict, STEP_DONE);
	done(r);
}

/* ---- power cuts -----------------------------------------------------------------------------
 */

/* At every 10 ms of a walk without typing, and then once more from the beginning. */
static void
power_may_go_at_any_moment_of_the_walk(void **state)
{
	uint64_t cut_us, end_us = 700000;

	(void)state;
	for (cut_us = 0; cut_us < end_us; cut_us += 9973) {
		struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){
		    .phones = 1, .seed = 7, .yaml = "servers: {update: {size: 1MB}}" });
		struct rehearsal_phone *p = &r->phone[0];

		p->id.think_us = 0;
		rehearsal_on(r, 0, 0);
		(void)sim_run(r->sim, cut_us);
		journey_power_off(p->j);
		assert_int_equal(sim_open(r->sim), 0);
		(void)sim_run(r->sim, cut_us + 5 * S);
		journey_power_on(p->j);
		rehearsal_run(r, HOUR);
		if (p->state != JOURNEY_ARRIVED)
			rehearsal_show(r, 0);
		assert_int_equal(p->state, JOURNEY_ARRIVED);
		done(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_ends_in_its_row_with_its_words),
		cmocka_unit_test(the_phone_arrives_all_the_same),
		cmocka_unit_test(without_a_dhcp_server_it_asks_again_every_300_seconds),
		cmocka_unit_test(a_name_is_found_by_a_suffix),
		cmocka_unit_test(phones_spread_by_the_weights_of_srv_records),
		cmocka_unit_test(a_target_that_is_not_there_leaves_it_to_the_next),
		cmocka_unit_test(
		    given_a_root_with_sha2_it_loops_over_the_trust_stage_until_the_cap),
		cmocka_unit_test(a_user_of_another_pool_is_sent_home),
		cmocka_unit_test(home_may_have_any_name_and_port),
		cmocka_unit_test(only_so_many_users_are_sent_home),
		cmocka_unit_test(a_front_end_in_trouble_is_asked_again_when_it_says),
		cmocka_unit_test(signed_off_for_good_it_stays_away),
		cmocka_unit_test(signed_off_for_now_it_comes_back),
		cmocka_unit_test(a_lost_keep_alive_makes_the_line_anew),
		cmocka_unit_test(a_line_that_is_kept_alive_stays),
		cmocka_unit_test(a_download_that_is_reset_at_7_mb_begins_again),
		cmocka_unit_test(with_big_tickets_each_is_fetched_over_tcp),
		cmocka_unit_test(an_image_of_the_wrong_length_is_not_booted),
		cmocka_unit_test(a_wrong_password_is_typed),
		cmocka_unit_test(a_phone_outside_asks_the_update_service_over_tls),
		cmocka_unit_test(leaving_it_signs_out_and_gives_its_address_back),
		cmocka_unit_test(power_may_go_at_any_moment_of_the_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
