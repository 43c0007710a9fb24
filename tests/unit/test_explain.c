/* test_explain.c - a phone's story in plain words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "explain_words.h"
#include "journey.h"
#include "mem.h"
#include "pool_file.h"
#include "run_folder.h"
#include "steps.h"
#include "temp_file.h"

struct stage {
	struct run_folder *f;
	struct buf text;
};

static int
setup(void **state)
{
	struct stage *s = mem_new(sizeof *s);

	assert_non_null(s);
	s->f = run_folder_new("run");
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct stage *s = *state;

	run_folder_free(s->f);
	buf_done(&s->text);
	mem_free(s);
	temp_clean();
	return 0;
}

static void
row(struct stage *s, const struct run_folder_row *r)
{
	run_folder_row(s->f, 7, r);
}

static void
explain(struct stage *s)
{
	struct buf error = { 0 };
	struct run_dir *d;

	run_folder_write(s->f);
	d = run_folder_open(s->f);
	buf_clear(&s->text);
	assert_int_equal(explain_phone(d, 7, &s->text, &error), 0);
	assert_int_equal(error.n, 0);
	run_dir_free(d);
}

static void
has(struct stage *s, const char *words)
{
	if (strstr(buf_cstr(&s->text), words) == NULL)
		fail_msg("\"%s\" is not in:\n%s", words, buf_cstr(&s->text));
}

static void
has_not(struct stage *s, const char *words)
{
	if (strstr(buf_cstr(&s->text), words) != NULL)
		fail_msg("\"%s\" is in:\n%s", words, buf_cstr(&s->text));
}

static const char seen_lease[] =
    "{\"dhcp_messages\": [\"DISCOVER\", \"OFFER\", \"REQUEST\", \"ACK\"], \"address\": "
    "\"10.64.0.7\", \"vlan\": 0, \"domain\": \"contoso.com\"}";

static void
lease(struct stage *s, double t_ms)
{
	row(s,
	    &(struct run_folder_row){
		t_ms, 4.8, "dhcp_lease", .guide = "[1, 2]", .seen = seen_lease });
}

/* ---- rows ---- */

static void
a_row_says_when_what_of_whom_and_what_came_of_it(void **state)
{
	struct stage *s = *state;

	lease(s, 1500);
	row(s,
	    &(struct run_folder_row){ 1600, 1234.5, "krb_login", .guide = "[11, 12]",
		.seen = "{\"krb_messages\": [\"AS-REQ\", \"AS-REP\"]}" });
	explain(s);
	has(s, "Phone 7, 00:04:f2:10:00:07, of Power restored (seed 7).");
	has(s,
	    "\n     1.500 s    1-2  dhcp_lease: asks for an address (DISCOVER, OFFER, REQUEST, "
	    "ACK); it gets 10.64.0.7, domain contoso.com. 4.8 ms\n");
	has(s,
	    "\n     1.600 s  11-12  krb_login: logs in at the domain controller: AS-REQ, "
	    "AS-REP; "
	    "it has its ticket. 1.2 s\n");
	has(s,
	    "Boot 1. It starts at 1.500 s and comes as far as number 12 of the guide "
	    "(krb_login), in 1.3 s.\n");
	has_not(s, "VLAN");
	has(s, "It is not among those that failed.");
}

static void
a_row_with_a_retry_says_which_try_it_took(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	row(s,
	    &(struct run_folder_row){ 10, 9000, "krb_login", .guide = "[11, 12]", .tries = 3 });
	explain(s);
	has(s, "; it has its ticket, with try 3. 9.0 s\n");
	has(s, "; 2 tries are lost on the way.\n");
}

static void
a_try_that_was_lost_is_told_when_it_is_traced(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	row(s,
	    &(struct run_folder_row){ 10, 2000, "krb_login", .guide = "[11, 12]",
		.verdict = "retry", .why = "timeout", .detail = "limit:2000ms" });
	explain(s);
	has(s,
	    "; try 1 is lost: nobody answered in time (timeout; limit:2000ms: the row's time "
	    "was up). 2.0 s\n");
}

static void
a_row_that_failed_says_why_and_what_that_means(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	row(s,
	    &(struct run_folder_row){ 10, 27000, "krb_login", .guide = "[11, 12]", .tries = 3,
		.verdict = "fail", .why = "auth", .detail = "krb:24 KDC_ERR_PREAUTH_FAILED" });
	run_folder_phone(s->f, 7, RF_LOGIN, RF_AUTH, 27010);
	explain(s);
	has(s,
	    "; it fails after 3 tries: the credentials, the ticket or the signature were not "
	    "accepted (auth; krb:24 KDC_ERR_PREAUTH_FAILED: the password is wrong;");
	has(s, "krb_login fails.\n");
	has(s, "; 3 tries are lost on the way");
	has(s, "It failed at krb_login, at 27.0 s: the credentials,");
	has(s, "What to look at in the pool:\n  krb_login: The KDC:");
	has_not(s, "not among those");
}

static void
rows_left_out_for_one_reason_are_one_line(void **state)
{
	struct stage *s = *state;
	static const char *const left_out[] = { "ldap_bind", "ldap_find_ca", "ca_find" };
	static const char *const guide[] = { "[13, 14]", "[15, 15]", "[16, 16]" };

	lease(s, 0);
	for (int i = 0; i < 3; i++)
		row(s,
		    &(struct run_folder_row){ 20, 0, left_out[i], .guide = guide[i],
			.verdict = "skip", .detail = "known:ROOT" });
	row(s,
	    &(struct run_folder_row){ 20, 0, "update_download", .guide = "[26, 27]",
		.verdict = "skip", .detail = "update:the service offers nothing" });
	explain(s);
	has(s,
	    "\n     0.020 s  13-16  ldap_bind, ldap_find_ca, ca_find: left out: it knows that "
	    "already (known:ROOT).\n");
	has(s, "26-27  update_download: left out: update:the service offers nothing.\n");
}

static void
what_is_done_over_and_over_is_counted(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	for (int i = 1; i <= 40; i++)
		row(s, &(struct run_folder_row){ i * 180000.0, 62, "ews_poll", .guide = NULL });
	for (int i = 0; i < 2; i++)
		row(s,
		    &(struct run_folder_row){
			8000000.0 + i, 62, "sip_refresh", .guide = NULL });
	explain(s);
	has(s,
	    "   180.000 s         ews_poll: asks Exchange for messages; done. 62.0 ms\n"
	    "                      ... and 39 times more, until 7200.000 s.\n");
	has_not(s, "360.000");
	/* Two are told, each. */
	has(s, "  8000.000 s         sip_refresh");
	has(s, "  8000.001 s         sip_refresh");
}

static void
a_step_that_is_not_known_is_told_all_the_same(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	row(s,
	    &(struct run_folder_row){ 5, 1, "brew_coffee", .verdict = "fail", .why = "odd" });
	explain(s);
	has(s, "brew_coffee: it fails after 1 try:  (odd).");
	has_not(s, "What to look at in the pool:\n  brew_coffee");
}

/* ---- boots ---- */

static void
a_restart_after_the_update_is_a_boot_of_its_own(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	row(s, &(struct run_folder_row){ 10, 1, "update_confirm", .guide = "[28, 28]" });
	lease(s, 1000);
	row(s, &(struct run_folder_row){ 1010, 1, "ntp_find", .guide = "[4, 4]" });
	lease(s, 2000);
	explain(s);
	has(s, "Boot 1. It starts at 0.000 s and comes as far as number 28 of the guide");
	has(s,
	    "Boot 2. It starts with its new firmware at 1.000 s and comes as far as number 4");
	has(s, "Boot 3. It starts again at 2.000 s");
	has_not(s, "Boot 4");
}

static void
a_lease_that_is_tried_again_is_the_same_boot(void **state)
{
	struct stage *s = *state;

	for (int i = 0; i < 3; i++)
		row(s,
		    &(struct run_folder_row){ i * 60000.0, 50000, "dhcp_lease",
			.guide = "[1, 2]", .tries = 4, .verdict = "fail", .why = "timeout",
			.detail = "dhcp:no answer" });
	lease(s, 200000);
	explain(s);
	has_not(s, "Boot 2");
	has(s, "12 tries are lost on the way. dhcp_lease fails.");
	has(s, "dhcp:no answer: no DHCP server, or no relay to one, in this network");
	/* What to look at is said once. */
	has(s, "What to look at in the pool:\n  dhcp_lease: The DHCP scope");
	assert_null(strstr(strstr(buf_cstr(&s->text), "The DHCP scope") + 1, "The DHCP scope"));
}

/* A renewal of the lease is no boot. */
static void
chores_belong_to_the_boot_they_happen_in(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	row(s, &(struct run_folder_row){ 10, 1, "dhcp_renew", .seen = seen_lease });
	row(s, &(struct run_folder_row){ 20, 1, "dhcp_lease", .guide = NULL });
	explain(s);
	has(s, "dhcp_renew: renews its lease; it keeps 10.64.0.7.");
	has_not(s, "Boot 2");
}

/* ---- what became of it ---- */

static void
a_slow_phone_is_told_how_slow_the_others_were(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	hist_add_many(&s->f->m->from_intended, 2000000, 19);
	hist_add(&s->f->m->from_intended, 9000000);
	s->f->phone[7].boot_ms = 9000;
	s->f->phone[8].boot_ms = 2000;
	explain(s);
	has(s, "9.0 s after it should have started");
	has(s, "took no longer than 2.0 s. Of the slowest it is number 1.");
}

static void
a_phone_that_did_not_get_to_its_end_says_where_it_was(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	s->f->phone[7] = (struct farm_phone){
		.outcome = FARM_UNFINISHED, .row = RF_REGISTER, .started_ms = 5
	};
	explain(s);
	has(s, "It did not finish: when the run ended it was at sip_register.\n");
	has_not(s, "not among those that failed");
}

static void
a_certificate_that_cannot_be_checked_may_be_signed_with_sha_2(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	row(s,
	    &(struct run_folder_row){ 10, 1, "pool_tls", .guide = "[20, 21]", .verdict = "fail",
		.why = "tls", .detail = "tls:46" });
	explain(s);
	has(s, "What to look at in the pool:\n  pool_tls: The front end: ");
	has(s, "signed with SHA-1, as the phone knows no SHA-2");
	has(s, "tls:46: the certificate cannot be checked");
}

static void
a_step_that_was_gone_on_without_is_worth_a_look_too(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	row(s,
	    &(struct run_folder_row){ 10, 1, "cas_tls", .guide = "[23, 23]", .verdict = "fail",
		.why = "tls", .detail = "tls:name" });
	row(s,
	    &(struct run_folder_row){ 20, 1, "update_ask", .guide = "[24, 25]",
		.verdict = "fail", .why = "refused", .detail = "errno:ECONNREFUSED" });
	explain(s);
	has(s, "It is not among those that failed.");
	has(s, "What to look at in the pool:\n  cas_tls: Exchange's client access server");
	has(s, "\n  update_ask: The update service: ");
	has(s, "tls:name: the certificate bears another name");
	has(s, "errno:ECONNREFUSED: nothing listens at that port");
}

static void
a_phone_that_was_not_traced_says_so_and_what_is_known(void **state)
{
	struct stage *s = *state;

	run_folder_phone(s->f, 7, RF_LOGIN, RF_TIMEOUT, 5000);
	explain(s);
	has(s, "Phone 7, of Power restored");
	has(s, "It was not traced");
	has(s, "It failed at krb_login, at 5.0 s: nobody answered in time.");
	has(s, "  krb_login: The KDC:");
	has_not(s, "Boot");
}

static void
a_phone_that_there_was_not_is_an_error(void **state)
{
	struct stage *s = *state;
	struct buf error = { 0 };
	struct run_dir *d;

	run_folder_write(s->f);
	d = run_folder_open(s->f);
	assert_int_equal(explain_phone(d, RF_PHONES, &s->text, &error), -ENOENT);
	assert_non_null(strstr(buf_cstr(&error), "there is no phone 20: it had 20, from 0 on"));
	assert_int_equal(s->text.n, 0);
	buf_clear(&error);
	assert_int_equal(explain_phone(d, UINT32_MAX, &s->text, &error), -ENOENT);
	run_folder_put(s->f, "trace.jsonl", "{\"phone\": 7, \n");
	buf_clear(&error);
	assert_int_equal(explain_phone(d, 7, &s->text, &error), -EBADMSG);
	assert_non_null(strstr(buf_cstr(&error), "trace.jsonl:1: damaged"));
	mem_fail_at(1);
	buf_clear(&error);
	assert_int_equal(explain_phone(d, 8, &s->text, &error), -ENOMEM);
	mem_fail_at(0);
	buf_done(&error);
	run_dir_free(d);
}

/* ---- its frames ---- */

static void
with_a_capture_its_frames_are_told(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	row(s,
	    &(struct run_folder_row){ 5, 1, "dhcp_voice_vlan", .guide = "[3, 3]",
		.seen = "{\"address\": \"10.64.2.7\", \"vlan\": 200}" });
	lease(s, 1000);
	run_folder_put(s->f, "run.pcapng", "");
	explain(s);
	has(s,
	    "\n  ip.addr == 10.64.0.7 || ip.addr == 10.64.2.7 || dhcp.hw.mac_addr == "
	    "00:04:f2:10:00:07\n");
	has(s, "Open them:\n\n  wireshark -Y 'ip.addr == 10.64.0.7");
	has_not(s, "keylog");
	run_folder_put(s->f, "keys.log", "");
	explain(s);
	has(s, "with the keys of its TLS connections");
	has(s, "wireshark -o tls.keylog_file:'");
	has(s, "/run/keys.log' -Y 'ip.addr");
	has(s, "/run/run.pcapng'\n");
}

/* Of a service that is where Wireshark expects it nothing need be said, nor of an odd port. */
static void
services_at_other_ports_are_told_to_wireshark(void **state)
{
	static const struct pool_port ports[] = { { 5061, 25061 }, { 88, 20088 }, { 80, 80 },
		{ 9999, 9 }, { 53, 0 } };
	struct stage *s = *state;

	lease(s, 0);
	s->f->run.ports = ports;
	s->f->run.n_ports = 5;
	run_folder_put(s->f, "run.pcapng", "");
	explain(s);
	has(s,
	    "wireshark -d tcp.port==25061,tls -d tls.port==25061,sip -d "
	    "udp.port==20088,kerberos"
	    " -d tcp.port==20088,kerberos -Y 'ip.addr");
}

static void
without_a_capture_no_frames_are_told(void **state)
{
	struct stage *s = *state;

	lease(s, 0);
	explain(s);
	has_not(s, "ip.addr");
	has_not(s, "wireshark");
}

/* The filter is pasted into a shell: nothing gets into it that is no address. */
static void
no_word_of_a_server_gets_into_the_filter(void **state)
{
	struct stage *s = *state;

	row(s,
	    &(struct run_folder_row){ 0, 1, "dhcp_lease", .guide = "[1, 2]",
		.seen = "{\"address\": \"1.2.3.4'; rm -rf ~ #\"}" });
	row(s, &(struct run_folder_row){ 1, 1, "dhcp_lease", .seen = "{\"address\": \"\"}" });
	run_folder_put(s->f, "run.pcapng", "");
	explain(s);
	has(s, "\n  dhcp.hw.mac_addr == 00:04:f2:10:00:07\n");
}

static void
what_servers_say_moves_no_cursor(void **state)
{
	struct stage *s = *state;

	row(s,
	    &(struct run_folder_row){ 0, 1, "dhcp_lease", .guide = "[1, 2]", .verdict = "fail",
		.why = "refused\\u001b[2J", .detail = "dhcp:\\u001b]0;x\\u0007\\n",
		.seen = "{\"dhcp_messages\": [\"a\\u001b[31m\"]}" });
	explain(s);
	assert_null(strchr(buf_cstr(&s->text), '\x1b'));
	assert_null(strchr(buf_cstr(&s->text), '\x07'));
	has(s, "a?[31m");
}

/* ---- words ---- */

/* The words with that put in, as JSON. */
static void
fills(const char *words, const char *seen, const char *expected)
{
	json_t *tree = json_loads(seen, 0, NULL);
	struct buf out = { 0 };

	assert_non_null(tree);
	explain_fill(words, tree, &out);
	assert_string_equal(out.n > 0 ? buf_cstr(&out) : "", expected);
	buf_done(&out);
	json_decref(tree);
}

static void
words_are_filled_with_what_was_seen(void **state)
{
	(void)state;
	fills("", "{}", "");
	fills("as it is", "{}", "as it is");
	fills("got {a}", "{\"a\": \"x\"}", "got x");
	fills("got {a}[ and {b}]", "{\"a\": 7}", "got 7");
	fills("got {a}[ and {b}]", "{\"a\": 7, \"b\": 2.5}", "got 7 and 2.5");
	fills("[{a}][, {b}] end", "{\"b\": \"x\"}", ", x end");
	fills("{a}", "{\"a\": [1, 2, 3, 4, 5, 6, 7, 8]}", "1, 2, 3, 4, 5, 6, 2 more");
	fills("{a}", "{\"a\": [1, \"x\", true, null]}", "1, x, , ");
}

static void
what_was_not_seen_takes_its_words_with_it(void **state)
{
	static const char *const nothing[] = { "{}", "{\"a\": null}", "{\"a\": []}",
		"{\"a\": \"\"}", "{\"a\": 0}" };

	(void)state;
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		fills("x[ y {a}] z", nothing[i], "x z");
		fills("y {a}", nothing[i], "");
	}
	/* Words of ours that were wrong would not run away. */
	fills("[{a", "{\"a\": 1}", "1");
	fills("[x", "{}", "x");
	fills("{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}", "{}", "");
}

/* Whatever a phone may walk, explain has words for it. */
static void
every_step_of_the_journey_has_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < journey_rows; i++)
		assert_string_equal(explain_step(journey_table[i].step->name)->name,
		    journey_table[i].step->name);
	for (size_t i = 0; i < chores_count; i++)
		for (size_t k = 0; k < chores_table[i].n_rows; k++) {
			const char *name = chores_table[i].rows[k].step->name;

			assert_string_equal(explain_step(name)->name, name);
			assert_true(explain_step(name)->asks[0] != '\0');
		}
}

static void
every_reason_has_words(void **state)
{
	(void)state;
	for (enum reason why = WHY_NONE + 1; why < WHY_COUNT; why++)
		if (explain_reason(reason_name(why))[0] == '\0')
			fail_msg("no words for %s", reason_name(why));
	assert_string_equal(explain_reason(""), "");
}

static void
details_are_known_by_how_they_begin(void **state)
{
	(void)state;
	assert_non_null(
	    strstr(explain_detail("krb:24 KDC_ERR_PREAUTH_FAILED"), "password is wrong"));
	assert_non_null(strstr(explain_detail("krb:6 KDC_ERR"), "does not know this account"));
	assert_null(explain_detail("krb:60 whatever"));
	assert_non_null(strstr(explain_detail("sip:403/4004"), "not allowed"));
	assert_null(explain_detail(""));
}

int
main(void)
{
#define EXPLAIN_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		EXPLAIN_TEST(a_row_says_when_what_of_whom_and_what_came_of_it),
		EXPLAIN_TEST(a_row_with_a_retry_says_which_try_it_took),
		EXPLAIN_TEST(a_try_that_was_lost_is_told_when_it_is_traced),
		EXPLAIN_TEST(a_row_that_failed_says_why_and_what_that_means),
		EXPLAIN_TEST(rows_left_out_for_one_reason_are_one_line),
		EXPLAIN_TEST(what_is_done_over_and_over_is_counted),
		EXPLAIN_TEST(a_step_that_is_not_known_is_told_all_the_same),
		EXPLAIN_TEST(a_restart_after_the_update_is_a_boot_of_its_own),
		EXPLAIN_TEST(a_lease_that_is_tried_again_is_the_same_boot),
		EXPLAIN_TEST(chores_belong_to_the_boot_they_happen_in),
		EXPLAIN_TEST(a_slow_phone_is_told_how_slow_the_others_were),
		EXPLAIN_TEST(a_phone_that_did_not_get_to_its_end_says_where_it_was),
		EXPLAIN_TEST(a_certificate_that_cannot_be_checked_may_be_signed_with_sha_2),
		EXPLAIN_TEST(a_step_that_was_gone_on_without_is_worth_a_look_too),
		EXPLAIN_TEST(a_phone_that_was_not_traced_says_so_and_what_is_known),
		EXPLAIN_TEST(a_phone_that_there_was_not_is_an_error),
		EXPLAIN_TEST(with_a_capture_its_frames_are_told),
		EXPLAIN_TEST(services_at_other_ports_are_told_to_wireshark),
		EXPLAIN_TEST(without_a_capture_no_frames_are_told),
		EXPLAIN_TEST(no_word_of_a_server_gets_into_the_filter),
		EXPLAIN_TEST(what_servers_say_moves_no_cursor),
		cmocka_unit_test(words_are_filled_with_what_was_seen),
		cmocka_unit_test(what_was_not_seen_takes_its_words_with_it),
		cmocka_unit_test(every_step_of_the_journey_has_words),
		cmocka_unit_test(every_reason_has_words),
		cmocka_unit_test(details_are_known_by_how_they_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
