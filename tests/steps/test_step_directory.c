/* test_step_directory.c - rows 13-15 against directories that answer otherwise than ours: each
 * result code, odd entries, and connections that end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "dir_rig.h"
#include "ldap_rig.h"
#include "mem.h"
#include "steps.h"

enum { ID = LDAP_RIG_FIND_ID };

static const struct ldap_result ok = { 0 };

static void
bind_ended(const struct ldap_rig *r, enum reason why, const char *detail)
{
	ldap_rig_ended(r, "ldap_bind", STEP_FAIL, why, detail);
}

/* ---- the bind's results (RFC 4511 appendix A)
 * ------------------------------------------------ */

static void
each_result_of_a_bind_has_its_reason(void **state)
{
	static const struct {
		int code;
		enum reason why;
		unsigned tries;
	} said[] = {
		{ 1, WHY_BAD_REPLY, 2 },
		{ 7, WHY_AUTH, 1 },
		{ 8, WHY_AUTH, 1 },
		{ 14, WHY_AUTH, 1 },
		{ 32, WHY_NOT_FOUND, 1 },
		{ 48, WHY_AUTH, 1 },
		{ 49, WHY_AUTH, 1 },
		{ 50, WHY_AUTH, 1 },
		{ 51, WHY_SERVER_ERROR, 2 },
		{ 52, WHY_SERVER_ERROR, 2 },
		{ 53, WHY_BAD_REPLY, 2 },
		{ 80, WHY_SERVER_ERROR, 2 },
	};
	char detail[32];

	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		struct ldap_rig *r = *state;

		for (unsigned n = 0; n < said[i].tries; n++) {
			ldap_rig_usual(r);
			buf_clear(&r->answers[--r->n]);
			ldap_rig_bound(r, said[i].code, "why");
		}
		ldap_rig_walk(r, 2);
		(void)snprintf(detail, sizeof detail, "ldap:%d why", said[i].code);
		bind_ended(r, said[i].why, detail);
		assert_int_equal(r->p->row->tries, said[i].tries);
		assert_int_equal(r->opened, said[i].tries);
		assert_int_equal(ldap_rig_tear_down(state), 0);
		assert_int_equal(ldap_rig_set_up(state), 0);
	}
}

static void
what_a_server_says_is_told_as_far_as_it_can_be_printed(void **state)
{
	struct ldap_rig *r = *state;

	ldap_rig_usual(r);
	buf_clear(&r->answers[--r->n]);
	ldap_rig_bound(r, 49, "8009030C: data 52e\x1b[2J and more");
	ldap_rig_walk(r, 1);
	bind_ended(r, WHY_AUTH, "ldap:49 8009030C: data 52e");
}

static void
what_a_server_says_at_length_is_cut(void **state)
{
	struct ldap_rig *r = *state;
	char text[200];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	ldap_rig_usual(r);
	buf_clear(&r->answers[--r->n]);
	ldap_rig_bound(r, 51, text);
	ldap_rig_walk(r, 1);
	assert_int_equal(strlen(r->p->row->detail), strlen("ldap:51 ") + 63);
}

/* ---- the rootDSE
 * ---------------------------------------------------------------------------------- */

static void
names_that_are_too_long_for_a_phone_are_a_bad_reply(void **state)
{
	static const char *const names[] = { "configurationNamingContext",
		"rootDomainNamingContext" };
	char text[FACTS_NAME_MAX + 1];

	memset(text, 'n', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (size_t i = 0; i < 2; i++) {
		struct ldap_rig *r = *state;
		struct ldap_value value = { names[i], span_of(text) };

		ldap_rig_root_dse(r, &value, 1);
		ldap_rig_walk(r, 2);
		bind_ended(r, WHY_BAD_REPLY, "ldap:name too long");
		assert_int_equal(r->p->row->tries, 1);
		assert_int_equal(ldap_rig_tear_down(state), 0);
		assert_int_equal(ldap_rig_set_up(state), 0);
	}
}

static void
a_root_dse_without_a_list_of_mechanisms_is_bound_to(void **state)
{
	struct ldap_rig *r = *state;
	const struct ldap_value value = { "configurationNamingContext", span_of("CN=C") };

	ldap_rig_root_dse(r, &value, 1);
	ldap_rig_bound(r, 49, "");
	ldap_rig_walk(r, 1);
	bind_ended(r, WHY_AUTH, "ldap:49 ");
	assert_int_equal(r->at, 2);
}

static void
the_mechanism_is_found_among_others_and_in_any_case(void **state)
{
	struct ldap_rig *r = *state;
	const struct ldap_value values[] = { { "configurationNamingContext", span_of("CN=C") },
		{ "supportedSASLMechanisms", span_of("GSSAPI") },
		{ "supportedSASLMechanisms", span_of("gss-spnego") },
		{ "supportedSASLMechanisms", span_of("DIGEST-MD5") } };

	ldap_rig_root_dse(r, values, 4);
	ldap_rig_bound(r, 49, "");
	ldap_rig_walk(r, 1);
	bind_ended(r, WHY_AUTH, "ldap:49 ");
}

static void
a_search_that_is_refused_without_a_name_ends_there(void **state)
{
	struct ldap_rig *r = *state;
	struct ldap_result refused = { .code = 50, .text = span_of("no anonymous") };

	ldap_msg_done(ldap_rig_answer(r), 1, &refused, false);
	ldap_rig_walk(r, 2);
	bind_ended(r, WHY_AUTH, "ldap:50 no anonymous");
	assert_int_equal(r->at, 1);
}

static void
an_answer_that_never_comes_whole_runs_into_the_limit(void **state)
{
	struct ldap_rig *r = *state;

	ldap_rig_usual(r);
	r->answers[0].n /= 2;
	buf_clear(&r->answers[1]);
	ldap_rig_walk(r, 1);
	assert_int_equal(r->p->row->why, WHY_TIMEOUT);
	assert_memory_equal(r->p->row->detail, "limit:", 6);
}

/* ---- the search
 * ------------------------------------------------------------------------------------ */

static void
of_several_hosts_the_first_is_asked_and_an_empty_one_is_none(void **state)
{
	struct ldap_rig *r = *state;
	const struct ldap_value empty = { "dNSHostName", span_of("") };
	const struct ldap_value first = { "dNSHostName", span_of("ca1.contoso.com") };
	const struct ldap_value second = { "dNSHostName", span_of("ca2.contoso.com") };
	struct buf *b;

	ldap_rig_usual(r);
	ldap_msg_done(ldap_rig_answer(r), ID, &ok, true);
	b = ldap_rig_answer(r);
	ldap_msg_entry(b, ID + 1, "CN=a", &empty, 1);
	ldap_msg_entry(b, ID + 1, "CN=b", &first, 1);
	ldap_msg_entry(b, ID + 1, "CN=c", &second, 1);
	ldap_msg_done(b, ID + 1, &ok, true);
	ldap_rig_walk(r, 1);
	ldap_rig_ended(r, "ldap_find_ca", STEP_DONE, WHY_NONE, "");
	assert_string_equal(r->p->facts.ca.name, "ca1.contoso.com");
}

static void
a_host_too_long_to_be_one_is_passed_over(void **state)
{
	struct ldap_rig *r = *state;
	char text[FACTS_NAME_MAX + 1];
	struct ldap_value longer = { "dNSHostName", { (const uint8_t *)text, sizeof text } };
	const struct ldap_value host = { "dNSHostName", span_of("ca.contoso.com") };
	struct buf *b;

	memset(text, 'h', sizeof text);
	ldap_rig_usual(r);
	ldap_msg_done(ldap_rig_answer(r), ID, &ok, true);
	b = ldap_rig_answer(r);
	ldap_msg_entry(b, ID + 1, "CN=a", &longer, 1);
	ldap_msg_entry(b, ID + 1, "CN=b", &host, 1);
	ldap_msg_done(b, ID + 1, &ok, true);
	ldap_rig_walk(r, 1);
	assert_string_equal(r->p->facts.ca.name, "ca.contoso.com");
}

static void
attributes_nobody_asked_for_mean_nothing(void **state)
{
	struct ldap_rig *r = *state;
	const struct ldap_value values[] = { { "dNSHostName", span_of("early.contoso.com") },
		{ "objectClass", span_of("top") } };
	const struct ldap_value late[] = { { "cACertificate", span_of("x") },
		{ "cn", span_of("ca") }, { "dNSHostName", span_of("ca.contoso.com") } };
	struct buf *b;

	ldap_rig_usual(r);
	b = ldap_rig_answer(r);
	ldap_msg_entry(b, ID, "CN=a", values, 2);
	ldap_msg_done(b, ID, &ok, true);
	b = ldap_rig_answer(r);
	ldap_msg_entry(b, ID + 1, "CN=b", late, 3);
	ldap_msg_done(b, ID + 1, &ok, true);
	ldap_rig_walk(r, 1);
	ldap_rig_ended(r, "ldap_find_ca", STEP_DONE, WHY_NONE, "");
	assert_string_equal(r->p->facts.ca.name, "ca.contoso.com");
	assert_int_equal(sim_roots(r->p->f), 0);
}

/* More certificates than a phone would keep: the first sixteen are enough. */
static void
of_very_many_certificates_sixteen_are_trusted(void **state)
{
	struct ldap_rig *r = *state;
	struct buf der = dir_rig_load("root.der");
	struct ldap_value value = { "cACertificate;binary", buf_bytes(&der) };
	struct buf *b;

	ldap_rig_usual(r);
	b = ldap_rig_answer(r);
	for (int i = 0; i < 20; i++)
		ldap_msg_entry(b, ID, "CN=a", &value, 1);
	ldap_msg_done(b, ID, &ok, true);
	ldap_rig_walk(r, 1);
	ldap_rig_ended(r, "ldap_find_ca", STEP_DONE, WHY_NONE, "");
	assert_true(facts_know(&r->p->facts, FACT_ROOT));
	assert_in_range(sim_roots(r->p->f), 1, 16);
	buf_done(&der);
}

static void
no_such_container_is_nothing_found_there(void **state)
{
	struct ldap_rig *r = *state;
	struct ldap_result none = { .code = LDAP_NO_SUCH_OBJECT };

	ldap_rig_usual(r);
	ldap_msg_done(ldap_rig_answer(r), ID, &none, false);
	ldap_msg_done(ldap_rig_answer(r), ID + 1, &none, false);
	ldap_rig_walk(r, 2);
	ldap_rig_ended(r, "ldap_find_ca", STEP_FAIL, WHY_NOT_FOUND,
	    "ldap:Cannot validate server certificate");
	assert_int_equal(r->p->row->tries, 1);
}

static void
each_result_of_a_search_has_its_reason(void **state)
{
	static const struct {
		int code;
		enum reason why;
	} said[] = { { 50, WHY_AUTH }, { 51, WHY_SERVER_ERROR }, { 53, WHY_BAD_REPLY },
		{ 80, WHY_SERVER_ERROR } };
	char detail[32];

	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		struct ldap_rig *r = *state;
		struct ldap_result refused = { .code = said[i].code };

		ldap_rig_usual(r);
		ldap_msg_done(ldap_rig_answer(r), ID, &refused, false);
		ldap_rig_walk(r, 1);
		(void)snprintf(detail, sizeof detail, "ldap:%d ", said[i].code);
		ldap_rig_ended(r, "ldap_find_ca", STEP_FAIL, said[i].why, detail);
		assert_int_equal(ldap_rig_tear_down(state), 0);
		assert_int_equal(ldap_rig_set_up(state), 0);
	}
}

static void
hung_up_in_the_search_it_is_a_reset(void **state)
{
	struct ldap_rig *r = *state;

	ldap_rig_usual(r);
	(void)ldap_rig_answer(r);
	ldap_rig_walk(r, 1);
	assert_string_equal(r->p->row->step, "ldap_find_ca");
	assert_int_equal(r->p->row->verdict, STEP_FAIL);
	assert_int_equal(r->p->row->why, WHY_RESET);
}

static void
garbage_in_the_search_is_a_bad_reply_and_the_connection_is_not_used_again(void **state)
{
	struct ldap_rig *r = *state;
	const struct ldap_value host = { "dNSHostName", span_of("ca.contoso.com") };
	struct buf *b;

	ldap_rig_usual(r);
	buf_text(ldap_rig_answer(r), "HTTP/1.0 400 Bad Request");
	ldap_rig_usual(r);
	ldap_msg_done(ldap_rig_answer(r), ID, &ok, true);
	b = ldap_rig_answer(r);
	ldap_msg_entry(b, ID + 1, "CN=b", &host, 1);
	ldap_msg_done(b, ID + 1, &ok, true);
	ldap_rig_walk(r, 2);
	ldap_rig_ended(r, "ldap_find_ca", STEP_DONE, WHY_NONE, "");
	assert_int_equal(r->opened, 2);
	assert_string_equal(r->p->facts.ca.name, "ca.contoso.com");
}

/* The search needs what the bind held; alone it goes back to it. */
static void
without_a_connection_the_search_is_lost(void **state)
{
	struct ldap_rig *r = *state;

	fake_phone_walk(r->p, &step_ldap_find_ca, 1);
	ldap_rig_ended(r, "ldap_find_ca", STEP_FAIL, WHY_RESET, "ldap:no connection");
	assert_int_equal(r->opened, 0);
}

static void
the_second_try_goes_to_the_next_domain_controller(void **state)
{
	struct ldap_rig *r = *state;

	r->p->facts.n_dcs = 2;
	r->p->facts.dcs[0] = r->p->facts.dc;
	r->p->facts.dcs[1] = (struct facts_target){ "dc02.contoso.com", 0x7f000002, 389 };
	ldap_rig_usual(r);
	buf_clear(&r->answers[--r->n]);
	ldap_rig_bound(r, 51, "");
	ldap_rig_usual(r);
	buf_clear(&r->answers[--r->n]);
	ldap_rig_bound(r, 51, "");
	ldap_rig_walk(r, 2);
	assert_string_equal(r->p->facts.dc.name, "dc02.contoso.com");
	assert_non_null(strstr(r->p->row->seen, "ldap/dc02.contoso.com"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LDAP_TEST(each_result_of_a_bind_has_its_reason),
		LDAP_TEST(what_a_server_says_is_told_as_far_as_it_can_be_printed),
		LDAP_TEST(what_a_server_says_at_length_is_cut),
		LDAP_TEST(names_that_are_too_long_for_a_phone_are_a_bad_reply),
		LDAP_TEST(a_root_dse_without_a_list_of_mechanisms_is_bound_to),
		LDAP_TEST(the_mechanism_is_found_among_others_and_in_any_case),
		LDAP_TEST(a_search_that_is_refused_without_a_name_ends_there),
		LDAP_TEST(an_answer_that_never_comes_whole_runs_into_the_limit),
		LDAP_TEST(of_several_hosts_the_first_is_asked_and_an_empty_one_is_none),
		LDAP_TEST(a_host_too_long_to_be_one_is_passed_over),
		LDAP_TEST(attributes_nobody_asked_for_mean_nothing),
		LDAP_TEST(of_very_many_certificates_sixteen_are_trusted),
		LDAP_TEST(no_such_container_is_nothing_found_there),
		LDAP_TEST(each_result_of_a_search_has_its_reason),
		LDAP_TEST(hung_up_in_the_search_it_is_a_reset),
		LDAP_TEST(
		    garbage_in_the_search_is_a_bad_reply_and_the_connection_is_not_used_again),
		LDAP_TEST(without_a_connection_the_search_is_lost),
		LDAP_TEST(the_second_try_goes_to_the_next_domain_controller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
