/* test_doctor.c - how rows become findings: which of them fit, how grave they are, in which
 * order they are told; and whether the page itself is sound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "explain_words.h"
#include "journey.h"
#include "mem.h"
#include "seen_table.h"

/* A row in short; ' stands for ". */
static json_t *
row(const char *text)
{
	long left = mem_fail_at(0); /* a test's own means */
	struct buf json = { 0 };
	json_t *one;

	buf_text(&json, text);
	for (size_t i = 0; i < json.n; i++)
		if (json.p[i] == '\'')
			json.p[i] = '"';
	one = json_loadb((const char *)json.p, json.n, 0, NULL);
	if (one == NULL)
		fail_msg("no JSON: %s", text);
	buf_done(&json);
	(void)mem_fail_at(left);
	return one;
}

static json_t *
rows(const char *const *text)
{
	json_t *all = json_array();

	for (; *text != NULL; text++)
		json_array_append_new(all, row(*text));
	return all;
}

#define LEASE(options)                                                                       \
	"{'step': 'dhcp_lease', 'guide': [1, 2], 'try': 1, 'verdict': 'done', 'why': null, " \
	"'detail': '', 'seen': {'domain': 'contoso.com', 'dhcp_answered': " options "}}"
#define GOOD_LEASE LEASE("[1, 3, 6, 15, 43, 119]")
#define FAILED(step, why, detail)                                        \
	"{'step': '" step "', 'try': 3, 'verdict': 'fail', 'why': '" why \
	"', 'detail': '" detail "', 'seen': {}}"
#define DONE(step) "{'step': '" step "', 'try': 1, 'verdict': 'done', 'detail': '', 'seen': {}}"

static void
judged(const char *const *text, bool arrived, struct doctor *d)
{
	doctor_judge(rows(text), arrived, d);
}

static void
forget(struct doctor *d)
{
	json_decref(d->rows);
}

static void
is_found(const struct doctor *d, size_t i, const char *id, enum doctor_severity severity)
{
	assert_true(i < d->n);
	assert_string_equal(d->found[i].finding->id, id);
	assert_int_equal(d->found[i].severity, severity);
}

/* ---- which findings ------------------------------------------------------------------------
 */

static void
without_a_finding_the_pool_is_ready(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ GOOD_LEASE, DONE("update_confirm"), NULL }, true, &d);
	assert_int_equal(d.n, 0);
	assert_true(d.ready);
	forget(&d);
}

static void
a_phone_that_did_not_arrive_makes_no_pool_ready(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ GOOD_LEASE, NULL }, false, &d);
	assert_int_equal(d.n, 0);
	assert_false(d.ready);
	forget(&d);
	judged((const char *[]){ NULL }, false, &d);
	assert_false(d.ready);
	forget(&d);
}

static void
a_failed_row_has_one_finding_the_first_that_fits(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ FAILED("krb_login", "auth", "krb:14 KDC_ERR_ETYPE_NOSUPP"),
		   NULL },
	    false, &d);
	assert_int_equal(d.n, 1);
	is_found(&d, 0, "rc4_refused", DOCTOR_BLOCKS);
	forget(&d);
}

static void
a_row_that_was_done_may_show_much(void **state)
{
	struct doctor d;

	(void)state;
	judged(
	    (const char *[]){
		"{'step': 'dhcp_lease', 'try': 2, 'verdict': 'done', 'detail': '', 'seen': "
		"{'dhcp_answered': [1, 43], 'dhcp_messages': ['NAK', 'ACK']}}",
		NULL },
	    true, &d);
	assert_int_equal(d.n, 6);
	is_found(&d, 0, "dhcp_no_domain", DOCTOR_BLOCKS);
	is_found(&d, 1, "dhcp_no_dns", DOCTOR_BLOCKS);
	is_found(&d, 2, "dhcp_no_search", DOCTOR_HARMS);
	is_found(&d, 3, "dhcp_refused_once", DOCTOR_HARMS);
	is_found(&d, 4, "dhcp_no_router", DOCTOR_NOTE);
	is_found(&d, 5, "lost_tries", DOCTOR_NOTE);
	assert_false(d.ready);
	forget(&d);
}

static void
what_no_line_knows_is_told_all_the_same(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ FAILED("a_new_step", "refused", "x:1"), NULL }, false, &d);
	is_found(&d, 0, "other", DOCTOR_BLOCKS);
	forget(&d);
}

static void
a_row_that_is_not_over_shows_nothing(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ "{'step': 'dhcp_lease', 'verdict': 'retry', 'seen': {}}", "{}",
		   "{'step': 7, 'verdict': []}", NULL },
	    true, &d);
	assert_int_equal(d.n, 0);
	forget(&d);
}

static void
the_machine_is_blamed_before_the_pool(void **state)
{
	struct doctor d;

	(void)state;
	judged(
	    (const char *[]){ FAILED("krb_login", "local", "errno:EMFILE"), NULL }, false, &d);
	is_found(&d, 0, "local_limit", DOCTOR_BLOCKS);
	forget(&d);
}

/* ---- how grave ------------------------------------------------------------------------------
 */

static void
what_a_phone_gets_over_only_harms(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ FAILED("ca_find", "refused", "errno:ECONNREFUSED"),
		   DONE("ca_find"), NULL },
	    true, &d);
	is_found(&d, 0, "ca_web_closed", DOCTOR_HARMS);
	assert_false(d.ready);
	forget(&d);
	/* Done before, and then no more: that is the end of it. */
	judged((const char *[]){ DONE("ca_find"),
		   FAILED("ca_find", "refused", "errno:ECONNREFUSED"), NULL },
	    false, &d);
	is_found(&d, 0, "ca_web_closed", DOCTOR_BLOCKS);
	forget(&d);
}

static void
a_row_that_a_phone_can_do_without_only_harms(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ FAILED("autodiscover_find", "timeout",
				     "dns:no answer to A autodiscover.contoso.com"),
		   FAILED("dc_find", "timeout", "dns:no answer to SRV x"), NULL },
	    false, &d);
	/* The same finding of both: as grave as the graver. */
	assert_int_equal(d.n, 1);
	is_found(&d, 0, "dns_silent", DOCTOR_BLOCKS);
	assert_int_equal(d.found[0].times, 2);
	forget(&d);
	judged((const char *[]){ FAILED("autodiscover_find", "timeout",
				     "dns:no answer to A autodiscover.contoso.com"),
		   NULL },
	    true, &d);
	is_found(&d, 0, "dns_silent", DOCTOR_HARMS);
	forget(&d);
}

static void
a_finding_is_told_once_with_the_row_that_showed_it_first(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ LEASE("[3, 6, 43]"), LEASE("[3, 6, 43]"), LEASE("[3, 6, 43]"),
		   NULL },
	    true, &d);
	assert_int_equal(d.n, 1);
	is_found(&d, 0, "dhcp_no_search", DOCTOR_HARMS);
	assert_int_equal(d.found[0].times, 3);
	assert_ptr_equal(d.found[0].row, json_array_get(d.rows, 0));
	forget(&d);
}

static void
what_blocks_comes_first_then_as_it_was_met(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ LEASE("[6, 43]"), FAILED("cas_tls", "refused", "http:404"),
		   FAILED("sip_register", "auth", "sip:403/4003"), NULL },
	    false, &d);
	assert_int_equal(d.n, 4);
	is_found(&d, 0, "sip_not_enabled", DOCTOR_BLOCKS);
	is_found(&d, 1, "dhcp_no_search", DOCTOR_HARMS);
	is_found(&d, 2, "exchange_missing", DOCTOR_HARMS);
	is_found(&d, 3, "dhcp_no_router", DOCTOR_NOTE);
	forget(&d);
}

static void
notes_alone_leave_it_ready(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ LEASE("[6, 43, 119]"), NULL }, true, &d);
	assert_int_equal(d.n, 1);
	assert_true(d.ready);
	forget(&d);
}

static void
more_than_it_can_hold_is_left_out(void **state)
{
	json_t *all = json_array();
	const struct doctor_finding *f;
	struct doctor d;

	(void)state;
	for (size_t i = 0; (f = doctor_finding(i)) != NULL; i++)
		if (f->when == DOCTOR_FAIL && f->test == DOCTOR_ANY && f->detail != NULL) {
			char step[64], detail[64];

			(void)snprintf(
			    step, sizeof step, "%.*s", (int)strcspn(f->step, "|"), f->step);
			(void)snprintf(detail, sizeof detail, "%.*s",
			    (int)strcspn(f->detail, "|"), f->detail);
			json_array_append_new(all,
			    json_pack("{s:s, s:s, s:s, s:i}", "step", step, "verdict", "fail",
				"detail", detail, "try", 1));
		}
	assert_true(json_array_size(all) > DOCTOR_FOUND_MAX);
	doctor_judge(all, false, &d);
	assert_int_equal(d.n, DOCTOR_FOUND_MAX);
	forget(&d);
}

/* ---- what is asked of a row ----------------------------------------------------- */

struct asked {
	const char *row, *id;
	bool shown;
};

/* clang-format off */
static const struct asked asked[] = {
	{ "{'step': 'pool_tls', 'verdict': 'done', 'seen': {'tls_chosen': 10}}", "pool_uses_3des", true },
	{ "{'step': 'pool_tls', 'verdict': 'done', 'seen': {'tls_chosen': 100}}", "pool_uses_3des", false },
	{ "{'step': 'pool_tls', 'verdict': 'done', 'seen': {'tls_chosen': '10'}}", "pool_uses_3des", true },
	{ "{'step': 'pool_tls', 'verdict': 'done', 'seen': {}}", "pool_uses_3des", false },
	{ "{'step': 'pool_tls', 'verdict': 'skip', 'seen': {'tls_chosen': 10}}", "pool_uses_3des", false },
	{ "{'step': 'pool_tls_untrusted', 'verdict': 'done', 'seen': {'tls_chosen': 10}}", "pool_uses_3des", false },
	{ "{'step': 'client_hello', 'verdict': 'done', 'seen': {'tls_chosen': 99}}", "hello_weak_suite", true },
	{ "{'step': 'client_hello', 'verdict': 'done', 'seen': {'tls_chosen': 9}}", "hello_weak_suite", true },
	{ "{'step': 'client_hello', 'verdict': 'done', 'seen': {'tls_chosen': 4}}", "hello_weak_suite", false },
	/* A server that adds no addresses to its SRV answer is asked for them: nothing is wrong. */
	{ "{'step': 'pool_find', 'verdict': 'done', 'seen': {'dns_names': ['SRV _sipinternaltls._tcp.a', 'A b.a']}}", "pool_without_srv", false },
	{ "{'step': 'pool_find', 'verdict': 'done', 'seen': {'dns_names': ['SRV _sipinternaltls._tcp.a', 'SRV _sip._tls.a']}}", "pool_without_srv", true },
	{ "{'step': 'dc_find', 'verdict': 'done', 'seen': {'dns_names': ['SRV _ldap._tcp.dc._msdcs.a', 'A b.a']}}", "dc_without_msdcs", false },
	{ "{'step': 'dc_find', 'verdict': 'done', 'seen': {'dns_names': ['SRV _ldap._tcp.dc._msdcs.a', 'SRV _kerberos._tcp.a']}}", "dc_without_msdcs", true },
	{ "{'step': 'ntp_find', 'verdict': 'done', 'seen': {'dns_names': ['SRV _ntp._udp.a', 'A b.a']}}", "ntp_from_internet", false },
	{ "{'step': 'ntp_find', 'verdict': 'done', 'seen': {'dns_names': ['SRV _ntp._udp.a', 'A time.windows.com']}}", "ntp_from_internet", true },
	{ "{'step': 'ntp_sync', 'verdict': 'done', 'seen': {'ntp_stratum': 9}}", "ntp_far_from_source", false },
	{ "{'step': 'ntp_sync', 'verdict': 'done', 'seen': {'ntp_stratum': 10}}", "ntp_far_from_source", true },
	{ "{'step': 'update_ask', 'verdict': 'done', 'seen': {'offered': ''}}", "update_url_blank", true },
	{ "{'step': 'update_ask', 'verdict': 'done', 'seen': {'offered': null}}", "update_url_blank", true },
	{ "{'step': 'update_ask', 'verdict': 'done', 'seen': {'offered': '1'}}", "update_url_blank", false },
	{ "{'step': 'ldap_find_ca', 'verdict': 'done', 'seen': {'root': 'ab'}}", "root_is_published", true },
	{ "{'step': 'ldap_find_ca', 'verdict': 'done', 'seen': {'root': ''}}", "root_is_published", false },
	{ "{'step': 'update_ask', 'verdict': 'done', 'seen': {'http_url': 'http://ucupdates-r2.a/b'}}", "update_url_not_provisioned", true },
	{ "{'step': 'update_ask', 'verdict': 'done', 'seen': {'http_url': 'http://pool.a/b'}}", "update_url_not_provisioned", false },
	{ "{'step': 'sip_register', 'verdict': 'done', 'lost': ['errno:X', 'sip:301 b']}", "sip_home_pool", true },
	{ "{'step': 'sip_register', 'verdict': 'done', 'lost': ['errno:X']}", "sip_home_pool", false },
	{ "{'step': 'sip_register', 'verdict': 'done'}", "sip_home_pool", false },
	{ "{'step': 'update_download', 'verdict': 'skip', 'detail': 'update:2 is not newer than 3'}", "update_not_newer", true },
	{ "{'step': 'update_download', 'verdict': 'skip', 'detail': 'update:nothing'}", "update_not_newer", false },
	{ "{'step': 'krb_login', 'verdict': 'fail', 'detail': 'krb:6 X'}", "user_unknown", true },
	{ "{'step': 'krb_login', 'verdict': 'fail', 'detail': 'krb:60 X'}", "user_unknown", false },
	{ "{'step': 'krb_login', 'verdict': 'fail', 'detail': 'krb:referral to B'}", "realm_wrong", true },
};
/* clang-format on */

static void
each_question_has_its_yes_and_its_no(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		const struct doctor_finding *found[8];
		json_t *one = row(asked[i].row);
		size_t n = doctor_row(one, found, 8);
		bool shown = false;

		for (size_t k = 0; k < n; k++)
			shown |= strcmp(found[k]->id, asked[i].id) == 0;
		if (shown != asked[i].shown)
			fail_msg("%s: %s", asked[i].row, asked[i].id);
		json_decref(one);
	}
}

static void
no_more_findings_than_asked_for(void **state)
{
	const struct doctor_finding *found[2] = { NULL, NULL };
	json_t *one = row("{'step': 'dhcp_lease', 'try': 2, 'verdict': 'done', 'seen': {}}");

	(void)state;
	assert_int_equal(doctor_row(one, found, 1), 1);
	assert_null(found[1]);
	assert_int_equal(doctor_row(one, found, 0), 0);
	json_decref(one);
}

/* ---- words ---------------------------------------------------------------------- */

static void
says(const struct doctor *d, size_t i, const char *want)
{
	struct buf words = { 0 };

	assert_true(i < d->n);
	doctor_says(d->found[i].finding, d->found[i].row, &words);
	assert_string_equal(buf_cstr(&words), want);
	buf_done(&words);
}

static void
what_was_seen_is_put_in(void **state)
{
	struct doctor d;

	(void)state;
	judged((const char *[]){ "{'step': 'ca_fetch', 'verdict': 'fail', 'why': 'auth', "
				 "'detail': 'http:401', 'seen': {'spn': ['HTTP/ca01']}}",
		   NULL },
	    false, &d);
	says(&d, 0,
	    "The CA's web server refuses the ticket for HTTP/ca01: it has another key than the "
	    "KDC.");
	forget(&d);
	judged((const char *[]){ "{'step': 'ca_fetch', 'verdict': 'fail', 'why': 'auth', "
				 "'detail': 'http:401', 'seen': {}}",
		   NULL },
	    false, &d);
	says(&d, 0, "The CA's web server refuses the ticket: it has another key than the KDC.");
	forget(&d);
}

static void
so_is_what_the_row_says_of_itself(void **state)
{
	struct doctor d;

	(void)state;
	judged(
	    (const char *[]){ "{'step': 'dc_find', 'try': 3, 'verdict': 'done', 'detail': '', "
			      "'lost': ['dns:a', 'dns:b'], 'seen': {'dns_names': ['x']}}",
		NULL },
	    true, &d);
	says(&d, 0, "dc_find took 3 tries; lost: dns:a, dns:b.");
	forget(&d);
}

static void
what_servers_say_cannot_move_the_cursor(void **state)
{
	struct doctor d;
	struct buf words = { 0 };

	(void)state;
	judged((const char *[]){ FAILED("ldap_bind", "bad_reply", "ldap:80 \\u001b[2J"), NULL },
	    false, &d);
	assert_int_equal(d.n, 1);
	doctor_says(d.found[0].finding, d.found[0].row, &words);
	assert_int_equal(words.err, 0);
	assert_null(memchr(words.p, 0x1b, words.n));
	buf_done(&words);
	forget(&d);
}

/* ---- the page ------------------------------------------------------------------- */

static bool
step_exists(const char *step)
{
	static const char *const more[] = { "*", "client_hello", "clock_compare" };

	for (size_t i = 0; i < 3; i++)
		if (strcmp(step, more[i]) == 0)
			return true;
	return journey_find(step) != NULL;
}

static void
each_line_names_steps_that_there_are(void **state)
{
	const struct doctor_finding *f;

	(void)state;
	for (size_t i = 0; (f = doctor_finding(i)) != NULL; i++)
		for (const char *p = f->step;; p += strcspn(p, "|") + 1) {
			char step[40];

			(void)snprintf(step, sizeof step, "%.*s", (int)strcspn(p, "|"), p);
			if (!step_exists(step))
				fail_msg("%s: no step %s", f->id, step);
			if (p[strcspn(p, "|")] == '\0')
				break;
		}
}

static bool
key_exists(const char *key)
{
	static const char *const more[] = { "why", "try", "detail", "lost", "step",
		"tls_server", "clock_off_s", "clock_off" };

	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (strcmp(key, more[i]) == 0)
			return true;
	for (size_t i = 0; i < SEEN_KEYS; i++)
		if (strcmp(key, seen_table[i].name) == 0)
			return true;
	return false;
}

static void
words_name_keys(const char *id, const char *words)
{
	const char *p = words;

	while ((p = strchr(p, '{')) != NULL) {
		char key[40];
		size_t n = strcspn(++p, "}");

		(void)snprintf(key, sizeof key, "%.*s", (int)n, p);
		if (p[n] != '}' || !key_exists(key))
			fail_msg("%s: no key %s", id, key);
	}
}

static void
each_line_asks_for_and_tells_of_keys_that_there_are(void **state)
{
	const struct doctor_finding *f;

	(void)state;
	for (size_t i = 0; (f = doctor_finding(i)) != NULL; i++) {
		if (f->key != NULL && !key_exists(f->key))
			fail_msg("%s: no key %s", f->id, f->key);
		assert_int_equal(f->key != NULL, f->test != DOCTOR_ANY);
		words_name_keys(f->id, f->says);
		words_name_keys(f->id, f->mend);
	}
}

static void
each_line_has_a_name_of_its_own_and_whole_sentences(void **state)
{
	const struct doctor_finding *f, *g;
	size_t n = 0;

	(void)state;
	for (; (f = doctor_finding(n)) != NULL; n++) {
		for (size_t k = 0; k < n; k++) {
			g = doctor_finding(k);
			if (strcmp(f->id, g->id) == 0)
				fail_msg("two findings are called %s", f->id);
		}
		if (f->says[strlen(f->says) - 1] != '.' ||
		    strchr(".)?", f->mend[strlen(f->mend) - 1]) == NULL)
			fail_msg("%s: no sentence", f->id);
	}
	assert_true(n >= 100);
	assert_string_equal(doctor_finding(n - 1)->id, "other");
	assert_null(doctor_finding(n));
}

/* Each row of the journey that can fail has words of its own for that. */
static void
each_row_of_the_journey_can_be_found_fault_with(void **state)
{
	(void)state;
	for (size_t i = 0; i < journey_rows; i++) {
		const char *step = journey_table[i].step->name;
		const struct doctor_finding *found[1];
		json_t *one = json_pack("{s:s, s:s, s:s}", "step", step, "verdict", "fail",
		    "detail", "x:what nobody has thought of");

		assert_int_equal(doctor_row(one, found, 1), 1);
		/* These three know all their causes: DNS, and a person. */
		if (strcmp(found[0]->id, "other") == 0 && strstr(step, "_find") == NULL &&
		    strcmp(step, "user_enters") != 0 && strcmp(step, "ntp_sync") != 0)
			fail_msg("%s fails and only `other' knows of it", step);
		json_decref(one);
	}
}

static void
severities_have_names(void **state)
{
	(void)state;
	assert_string_equal(doctor_severity_name(DOCTOR_BLOCKS), "blocks");
	assert_string_equal(doctor_severity_name(DOCTOR_HARMS), "harms");
	assert_string_equal(doctor_severity_name(DOCTOR_NOTE), "note");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_finding_the_pool_is_ready),
		cmocka_unit_test(a_phone_that_did_not_arrive_makes_no_pool_ready),
		cmocka_unit_test(a_failed_row_has_one_finding_the_first_that_fits),
		cmocka_unit_test(a_row_that_was_done_may_show_much),
		cmocka_unit_test(what_no_line_knows_is_told_all_the_same),
		cmocka_unit_test(a_row_that_is_not_over_shows_nothing),
		cmocka_unit_test(the_machine_is_blamed_before_the_pool),
		cmocka_unit_test(what_a_phone_gets_over_only_harms),
		cmocka_unit_test(a_row_that_a_phone_can_do_without_only_harms),
		cmocka_unit_test(a_finding_is_told_once_with_the_row_that_showed_it_first),
		cmocka_unit_test(what_blocks_comes_first_then_as_it_was_met),
		cmocka_unit_test(notes_alone_leave_it_ready),
		cmocka_unit_test(more_than_it_can_hold_is_left_out),
		cmocka_unit_test(each_question_has_its_yes_and_its_no),
		cmocka_unit_test(no_more_findings_than_asked_for),
		cmocka_unit_test(what_was_seen_is_put_in),
		cmocka_unit_test(so_is_what_the_row_says_of_itself),
		cmocka_unit_test(what_servers_say_cannot_move_the_cursor),
		cmocka_unit_test(each_line_names_steps_that_there_are),
		cmocka_unit_test(each_line_asks_for_and_tells_of_keys_that_there_are),
		cmocka_unit_test(each_line_has_a_name_of_its_own_and_whole_sentences),
		cmocka_unit_test(each_row_of_the_journey_can_be_found_fault_with),
		cmocka_unit_test(severities_have_names),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
