/* test_step_ldap.c - rows 13-15, ldap_bind and ldap_find_ca, against the embedded domain
 * controller and against scripted servers in the fake world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "dir_rig.h"
#include "fake_phone.h"
#include "mem.h"
#include "steps.h"

#define ROOT_SHA1 "19184f42c928ea7fe2bfb3fc0938fb03af1a366c"

struct rig {
	struct fake_phone *p;
	struct sim_kdc kdc;
	struct dir_rig dir;
};

static void
rig_up(struct rig *r, const char *refused, bool publish)
{
	memset(r, 0, sizeof *r);
	r->p = fake_phone_new();
	fake_phone_knows(r->p, FACT_ADDRESS | FACT_DC | FACT_CLOCK | FACT_TGT);
	sim_kdc_listen(r->p->f, &r->kdc);
	dir_rig_up(&r->dir, r->p->f, refused, publish);
}

static void
rig_down(struct rig *r)
{
	fake_phone_free(r->p);
	dir_rig_down(&r->dir);
	assert_int_equal(mem_out(), 0);
}

/* Both rows, as the table has them. */
static void
rows(struct rig *r, unsigned tries)
{
	struct leg *leg = fake_phone_row(r->p, &step_ldap_bind, tries);

	leg->gives = FACT_DIRECTORY;
	leg = fake_phone_row(r->p, &step_ldap_find_ca, tries);
	leg->gives = FACT_CA;
	leg->retry_from = &step_ldap_bind;
}

static void
walk(struct rig *r)
{
	rows(r, 2);
	fake_phone_walk_rows(r->p);
}

/* ---- how it should go ---------------------------------------------------------------- */

static void
unpublished_the_host_of_the_ca_is_found(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL, false);
	walk(&r);
	assert_string_equal(r.p->row->step, "ldap_find_ca");
	assert_int_equal(r.p->row->verdict, STEP_DONE);
	assert_string_equal(r.p->facts.ca.name, "dc01.contoso.com");
	assert_int_equal(r.p->facts.ca.port, 80);
	assert_false(facts_know(&r.p->facts, FACT_ROOT));
	assert_int_equal(sim_roots(r.p->f), 0);
	assert_string_equal(r.p->row->seen,
	    "{\"ldap_ops\": [\"search (objectCategory=certificationAuthority)\", "
	    "\"search (objectCategory=pKIEnrollmentService)\", \"unbind\"], "
	    "\"ldap_results\": [0, 0]}");
	rig_down(&r);
}

static void
published_the_certificate_is_trusted_and_that_is_that(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL, true);
	walk(&r);
	assert_int_equal(r.p->row->verdict, STEP_DONE);
	assert_true(facts_know(&r.p->facts, FACT_ROOT));
	assert_true(sim_roots(r.p->f) > 0);
	assert_non_null(strstr(r.p->row->seen, ROOT_SHA1));
	assert_null(strstr(r.p->row->seen, "pKIEnrollmentService"));
	rig_down(&r);
}

static void
the_bind_row_notes_ticket_root_dse_and_bind(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL, false);
	walk(&r);
	assert_string_equal(r.p->told[0].step, "ldap_bind");
	assert_string_equal(r.p->told[0].seen,
	    "{\"krb_messages\": [\"TGS-REQ\", \"TGS-REP\"], "
	    "\"spn\": [\"ldap/dc01.contoso.com\"], "
	    "\"ldap_ops\": [\"search (objectClass=*)\", \"bind GSS-SPNEGO\"], "
	    "\"ldap_results\": [0, 0]}");
	assert_string_equal(r.p->facts.config_nc, "CN=Configuration,DC=contoso,DC=com");
	assert_string_equal(r.p->facts.root_nc, "DC=contoso,DC=com");
	rig_down(&r);
}

static void
answers_may_come_byte_by_byte(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL, true);
	r.dir.piece = 1;
	walk(&r);
	assert_int_equal(r.p->row->verdict, STEP_DONE);
	assert_int_equal(r.dir.connections, 1);
	rig_down(&r);
}

/* ---- refusals ------------------------------------------------------------------------ */

static void
a_refused_bind_is_final(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "ldap/dc01.contoso.com", false);
	walk(&r);
	assert_string_equal(r.p->row->step, "ldap_bind");
	assert_int_equal(r.p->row->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->why, WHY_AUTH);
	assert_int_equal(r.p->row->tries, 1);
	assert_int_equal(strncmp(r.p->row->detail, "ldap:49 8009030C", 16), 0);
	rig_down(&r);
}

static void
a_service_the_kdc_does_not_know_is_final(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL, false);
	r.kdc.unknown_spn = "ldap/dc01.contoso.com";
	walk(&r);
	assert_int_equal(r.p->row->why, WHY_AUTH);
	assert_string_equal(r.p->row->detail, "krb:7 KDC_ERR_S_PRINCIPAL_UNKNOWN");
	assert_int_equal(r.dir.connections, 0);
	rig_down(&r);
}

/* ---- a server that says what the test says to each request, and hangs up on an empty answer
 */

struct script {
	const struct buf *answers;
	size_t n, at;
};

static void
scripted(void *arg, struct sim *f, const struct sim_call *c)
{
	struct script *s = arg;

	if (c->deed == SIM_OPENED)
		sim_up(f, c->h, 1000, NULL);
	if (c->deed != SIM_SENT || s->at == s->n)
		return;
	if (s->answers[s->at].n == 0)
		sim_down(f, c->h, 1000, 0, NULL);
	else
		sim_bytes(f, c->h, 1000, buf_bytes(&s->answers[s->at]));
	s->at++;
}

/* ldap_bind with these answers fails so; the answers are freed. */
static void
bind_gets(struct buf *answers, size_t n, enum reason why, const char *detail)
{
	struct script script = { answers, n, 0 };
	struct rig r;

	rig_up(&r, NULL, false);
	sim_listen(r.p->f, SIM_STREAM, 389, scripted, &script);
	fake_phone_walk(r.p, &step_ldap_bind, 1);
	assert_int_equal(r.p->row->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->why, why);
	assert_int_equal(strncmp(r.p->row->detail, detail, strlen(detail)), 0);
	for (size_t i = 0; i < n; i++)
		buf_done(&answers[i]);
	rig_down(&r);
}

static void
put_root_dse(struct buf *b, const char *mechanism)
{
	const struct ldap_value values[] = { { "configurationNamingContext", span_of("CN=C") },
		{ "supportedSASLMechanisms", span_of(mechanism) } };
	struct ldap_result ok = { 0 };

	assert_int_equal(ldap_msg_entry(b, 1, "", values, 2), 0);
	assert_int_equal(ldap_msg_done(b, 1, &ok, false), 0);
}

static void
a_bind_that_wants_more_is_an_auth_failure(void **state)
{
	struct ldap_result more = { .code = LDAP_BIND_IN_PROGRESS, .creds = span_of("x") };
	struct buf answers[2] = { { 0 }, { 0 } };

	(void)state;
	put_root_dse(&answers[0], "GSS-SPNEGO");
	ldap_msg_bind_response(&answers[1], 2, &more);
	bind_gets(answers, 2, WHY_AUTH, "ldap:14");
}

static void
a_server_without_spnego_is_an_auth_failure(void **state)
{
	struct buf answers[1] = { { 0 } };

	(void)state;
	put_root_dse(&answers[0], "GSSAPI");
	bind_gets(answers, 1, WHY_AUTH, "ldap:no GSS-SPNEGO");
}

static void
a_busy_server_is_a_server_error(void **state)
{
	struct ldap_result busy = { .code = LDAP_BUSY };
	struct buf answers[2] = { { 0 }, { 0 } };

	(void)state;
	put_root_dse(&answers[0], "GSS-SPNEGO");
	ldap_msg_bind_response(&answers[1], 2, &busy);
	bind_gets(answers, 2, WHY_SERVER_ERROR, "ldap:51");
}

static void
a_root_dse_without_naming_contexts_is_not_found(void **state)
{
	struct ldap_result ok = { 0 };
	struct buf answers[1] = { { 0 } };

	(void)state;
	ldap_msg_done(&answers[0], 1, &ok, false);
	bind_gets(answers, 1, WHY_NOT_FOUND, "ldap:no configurationNamingContext");
}

static void
garbage_wrong_ids_farewells_and_silence_are_told_apart(void **state)
{
	struct ldap_result ok = { 0 };
	struct buf answers[1] = { { 0 } };

	(void)state;
	buf_text(&answers[0], "HTTP/1.0 400");
	bind_gets(answers, 1, WHY_BAD_REPLY, "errno:EBADMSG");
	ldap_msg_done(&answers[0], 77, &ok, false);
	bind_gets(answers, 1, WHY_BAD_REPLY, "errno:EPROTO");
	ldap_msg_extended(&answers[0], 0, &ok, "1.3.6.1.4.1.1466.20036");
	bind_gets(answers, 1, WHY_RESET, "errno:ECONNRESET");
	bind_gets(answers, 0, WHY_TIMEOUT, "limit:");
	bind_gets(answers, 1, WHY_RESET, "");
}

/* ---- ldap_find_ca: the first two answers are the rootDSE's and the bind's ------------------
 */

static void
find_gets(struct buf *answers, size_t n, enum verdict verdict, enum reason why)
{
	struct buf all[6] = { { 0 } };
	struct script script = { all, n + 2, 0 };
	struct ldap_result ok = { 0 };
	struct rig r;

	rig_up(&r, NULL, false);
	put_root_dse(&all[0], "GSS-SPNEGO");
	ldap_msg_bind_response(&all[1], 2, &ok);
	memcpy(all + 2, answers, n * sizeof *answers);
	sim_listen(r.p->f, SIM_STREAM, 389, scripted, &script);
	rows(&r, 1);
	fake_phone_walk_rows(r.p);
	assert_string_equal(r.p->row->step, "ldap_find_ca");
	assert_int_equal(r.p->row->verdict, verdict);
	assert_int_equal(r.p->row->why, why);
	for (size_t i = 0; i < n + 2; i++)
		buf_done(&all[i]);
	rig_down(&r);
}

static void
nothing_found_is_not_found(void **state)
{
	struct ldap_result ok = { 0 };
	struct buf answers[2] = { { 0 }, { 0 } };

	(void)state;
	ldap_msg_reference(&answers[0], 101, "ldap://elsewhere/");
	ldap_msg_done(&answers[0], 101, &ok, false);
	ldap_msg_done(&answers[1], 102, &ok, true);
	find_gets(answers, 2, STEP_FAIL, WHY_NOT_FOUND);
}

static void
pages_are_asked_for_until_there_are_no_more(void **state)
{
	const struct ldap_value value = { "cACertificate", span_of("not a certificate") };
	const struct ldap_value host = { "dNSHostName", span_of("ca.contoso.com") };
	struct ldap_result more = { .cookie = span_of("1") }, ok = { 0 };
	struct buf answers[3] = { { 0 }, { 0 }, { 0 } };

	(void)state;
	ldap_msg_entry(&answers[0], 101, "CN=a", &value, 1);
	ldap_msg_done(&answers[0], 101, &more, true);
	ldap_msg_done(&answers[1], 102, &ok, true);
	ldap_msg_entry(&answers[2], 103, "CN=e", &host, 1);
	ldap_msg_done(&answers[2], 103, &ok, true);
	find_gets(answers, 3, STEP_DONE, WHY_NONE);
}

static void
a_size_limit_is_no_failure(void **state)
{
	const struct ldap_value host = { "dNSHostName", span_of("ca.contoso.com") };
	struct ldap_result limit = { .code = LDAP_SIZE_LIMIT };
	struct buf answers[2] = { { 0 }, { 0 } };

	(void)state;
	ldap_msg_done(&answers[0], 101, &limit, false);
	ldap_msg_entry(&answers[1], 102, "CN=e", &host, 1);
	ldap_msg_done(&answers[1], 102, &limit, false);
	find_gets(answers, 2, STEP_DONE, WHY_NONE);
}

static void
an_unbound_search_is_a_bad_reply(void **state)
{
	struct ldap_result unbound = { .code = LDAP_OPERATIONS_ERROR };
	struct buf answers[1] = { { 0 } };

	(void)state;
	ldap_msg_done(&answers[0], 101, &unbound, false);
	find_gets(answers, 1, STEP_FAIL, WHY_BAD_REPLY);
}

/* The embedded server, but its connection dies at the n-th request. */
struct mortal {
	struct rig *r;
	unsigned requests, dies_at;
};

static void
mortal(void *arg, struct sim *f, const struct sim_call *c)
{
	struct mortal *m = arg;

	if (c->deed == SIM_SENT && ++m->requests == m->dies_at)
		sim_down(f, c->h, 1000, -ECONNRESET, NULL);
	else
		dir_rig_ldap(&m->r->dir, f, c);
}

static void
a_connection_lost_in_the_search_sends_it_back_to_the_bind(void **state)
{
	struct mortal m = { .dies_at = 3 };
	struct rig r;

	(void)state;
	rig_up(&r, NULL, false);
	m.r = &r;
	sim_listen(r.p->f, SIM_STREAM, 389, mortal, &m);
	walk(&r);
	assert_int_equal(r.p->row->verdict, STEP_DONE);
	assert_string_equal(r.p->row->step, "ldap_find_ca");
	assert_int_equal(r.dir.connections, 2);
	assert_string_equal(r.p->facts.ca.name, "dc01.contoso.com");
	rig_down(&r);
}

static void
switched_off_at_any_moment_it_leaves_nothing(void **state)
{
	(void)state;
	for (int stop = 0; stop < 12; stop++) {
		struct rig r;

		rig_up(&r, NULL, false);
		rows(&r, 1);
		fake_phone_switch_on(r.p);
		for (int i = 0; i < stop; i++)
			sim_step(r.p->f, UINT64_MAX);
		rig_down(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unpublished_the_host_of_the_ca_is_found),
		cmocka_unit_test(published_the_certificate_is_trusted_and_that_is_that),
		cmocka_unit_test(the_bind_row_notes_ticket_root_dse_and_bind),
		cmocka_unit_test(answers_may_come_byte_by_byte),
		cmocka_unit_test(a_refused_bind_is_final),
		cmocka_unit_test(a_service_the_kdc_does_not_know_is_final),
		cmocka_unit_test(a_bind_that_wants_more_is_an_auth_failure),
		cmocka_unit_test(a_server_without_spnego_is_an_auth_failure),
		cmocka_unit_test(a_busy_server_is_a_server_error),
		cmocka_unit_test(a_root_dse_without_naming_contexts_is_not_found),
		cmocka_unit_test(garbage_wrong_ids_farewells_and_silence_are_told_apart),
		cmocka_unit_test(nothing_found_is_not_found),
		cmocka_unit_test(pages_are_asked_for_until_there_are_no_more),
		cmocka_unit_test(a_size_limit_is_no_failure),
		cmocka_unit_test(an_unbound_search_is_a_bad_reply),
		cmocka_unit_test(a_connection_lost_in_the_search_sends_it_back_to_the_bind),
		cmocka_unit_test(switched_off_at_any_moment_it_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
