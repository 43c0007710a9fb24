/* test_step_ca.c - rows 16-19, ca_find, ca_wrong_key and ca_fetch, against the embedded CA's
 * web server in the fake world. */
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
	long out; /* allocations of the test's own */
};

static void
rig_up(struct rig *r, const char *refused)
{
	memset(r, 0, sizeof *r);
	r->out = mem_out();
	r->p = fake_phone_new();
	fake_phone_knows(
	    r->p, FACT_ADDRESS | FACT_DOMAIN | FACT_DC | FACT_CLOCK | FACT_TGT | FACT_CA);
	sim_kdc_listen(r->p->f, &r->kdc);
	dir_rig_up(&r->dir, r->p->f, refused, false);
}

static void
rig_down(struct rig *r)
{
	fake_phone_free(r->p);
	dir_rig_down(&r->dir);
	assert_int_equal(mem_out(), r->out);
}

/* The three rows, as the table has them. */
static void
rows(struct rig *r, unsigned tries)
{
	struct leg *leg = fake_phone_row(r->p, &step_ca_find, tries);

	leg->gives = FACT_CA_WEB;
	leg = fake_phone_row(r->p, &step_ca_wrong_key, tries);
	leg->retry_from = &step_ca_find;
	leg = fake_phone_row(r->p, &step_ca_fetch, tries);
	leg->gives = FACT_ROOT;
	leg->retry_from = &step_ca_find;
}

static void
walk(struct rig *r, unsigned tries)
{
	rows(r, tries);
	fake_phone_walk_rows(r->p);
}

/* The last word about a step. */
static const struct fake_row *
told(const struct rig *r, const char *step)
{
	const struct fake_row *row = NULL;

	for (size_t i = 0; i < r->p->n_told; i++)
		if (strcmp(r->p->told[i].step, step) == 0)
			row = &r->p->told[i];
	assert_non_null(row);
	return row;
}

/* ---- how it goes on a real phone ----------------------------------------------------- */

static void
refused_with_the_first_key_it_fetches_the_chain_with_the_second(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "HTTP/dc01");
	walk(&r, 1);
	assert_int_equal(told(&r, "ca_find")->verdict, STEP_DONE);
	assert_int_equal(told(&r, "ca_wrong_key")->verdict, STEP_DONE);
	assert_int_equal(told(&r, "ca_fetch")->verdict, STEP_DONE);
	assert_true(facts_know(&r.p->facts, FACT_ROOT));
	assert_int_equal(sim_roots(r.p->f), 1);
	assert_int_equal(r.dir.web_asked, 3);
	rig_down(&r);
}

static void
each_row_notes_what_it_asked_and_heard(void **state)
{
	const char *const request = "GET /certsrv/certnew.p7b?ReqID=CACert&Renewal=-1&Enc=b64";
	const struct fake_row *row;
	struct rig r;

	(void)state;
	rig_up(&r, "HTTP/dc01");
	walk(&r, 1);
	row = told(&r, "ca_find");
	assert_non_null(strstr(row->seen, "\"A dc01.contoso.com\""));
	assert_non_null(strstr(row->seen, request));
	assert_non_null(strstr(row->seen, "\"http_status\": [401]"));
	assert_null(strstr(row->seen, "Authorization"));
	row = told(&r, "ca_wrong_key");
	assert_non_null(strstr(row->seen, "\"spn\": [\"HTTP/dc01\"]"));
	assert_non_null(strstr(row->seen, "\"http_status\": [401]"));
	row = told(&r, "ca_fetch");
	assert_non_null(strstr(row->seen, "\"spn\": [\"HTTP/dc01.contoso.com\"]"));
	assert_non_null(strstr(row->seen, "\"http_status\": [200]"));
	assert_non_null(strstr(row->seen, "Authorization"));
	assert_non_null(strstr(row->seen, ROOT_SHA1));
	assert_null(strstr(row->seen, "SPNEGO"));
	rig_down(&r);
}

static void
a_kdc_that_does_not_know_the_first_spn_counts_as_refusal(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL);
	r.kdc.unknown_spn = "HTTP/dc01";
	walk(&r, 1);
	assert_int_equal(told(&r, "ca_wrong_key")->verdict, STEP_DONE);
	assert_non_null(strstr(told(&r, "ca_wrong_key")->seen, "KRB-ERROR 7"));
	assert_int_equal(told(&r, "ca_fetch")->verdict, STEP_DONE);
	assert_int_equal(r.dir.web_asked, 2);
	rig_down(&r);
}

/* ---- other pools ------------------------------------------------------------------------ */

static void
a_server_that_takes_the_first_key_makes_the_fetch_skip(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL);
	walk(&r, 1);
	assert_int_equal(told(&r, "ca_wrong_key")->verdict, STEP_DONE);
	assert_non_null(strstr(told(&r, "ca_wrong_key")->seen, ROOT_SHA1));
	assert_int_equal(told(&r, "ca_fetch")->verdict, STEP_SKIP);
	assert_true(facts_know(&r.p->facts, FACT_ROOT));
	assert_int_equal(sim_roots(r.p->f), 1);
	rig_down(&r);
}

static void
a_server_that_asks_nobody_for_a_name_is_taken_as_it_is(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL);
	r.dir.web_open = true;
	walk(&r, 1);
	assert_int_equal(told(&r, "ca_find")->verdict, STEP_DONE);
	assert_true(facts_know(&r.p->facts, FACT_ROOT));
	rig_down(&r);
}

static void
a_profile_with_one_spn_has_no_wrong_key(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "HTTP/dc01");
	r.p->profile->trust.n_spn = 1;
	strcpy(r.p->profile->trust.spn[0], "HTTP/{fqdn}");
	walk(&r, 1);
	assert_int_equal(told(&r, "ca_wrong_key")->verdict, STEP_SKIP);
	assert_int_equal(told(&r, "ca_fetch")->verdict, STEP_DONE);
	rig_down(&r);
}

static void
a_third_spn_is_tried_when_the_kdc_does_not_know_the_second(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL);
	r.kdc.unknown_spn = "HTTP/dc01";
	r.p->profile->trust.n_spn = 3;
	strcpy(r.p->profile->trust.spn[1], "HTTP/{short}");
	strcpy(r.p->profile->trust.spn[2], "HTTP/{fqdn}");
	walk(&r, 1);
	assert_int_equal(told(&r, "ca_fetch")->verdict, STEP_DONE);
	assert_true(facts_know(&r.p->facts, FACT_ROOT));
	rig_down(&r);
}

static void
a_third_spn_is_tried_when_the_second_is_refused(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, "HTTP/dc01");
	r.p->profile->trust.n_spn = 3;
	strcpy(r.p->profile->trust.spn[1], "HTTP/{short}");
	strcpy(r.p->profile->trust.spn[2], "HTTP/{fqdn}");
	walk(&r, 1);
	assert_int_equal(told(&r, "ca_fetch")->verdict, STEP_DONE);
	assert_non_null(strstr(
	    told(&r, "ca_fetch")->seen, "\"spn\": [\"HTTP/dc01\", \"HTTP/dc01.contoso.com\"]"));
	rig_down(&r);
}

/* ---- what may go wrong --------------------------------------------------------------------
 */

static void
a_name_nobody_knows_is_not_found(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL);
	strcpy(r.p->facts.ca.name, "ca.nowhere.com");
	fake_phone_walk(r.p, &step_ca_find, 1);
	assert_int_equal(r.p->row->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->why, WHY_NOT_FOUND);
	rig_down(&r);
}

/* What the phone makes of a status (and a body) it gets with its token. */
static void
fetch_gets(int status, const char *body, enum reason why, const char *detail)
{
	struct rig r;

	rig_up(&r, NULL);
	r.kdc.unknown_spn = "HTTP/dc01";
	r.dir.web_status = status;
	r.dir.web_body = body;
	walk(&r, 1);
	assert_string_equal(r.p->row->step, "ca_fetch");
	assert_int_equal(r.p->row->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->why, why);
	assert_string_equal(r.p->row->detail, detail);
	assert_int_equal(sim_roots(r.p->f), 0);
	rig_down(&r);
}

static void
other_answers_have_their_reasons(void **state)
{
	(void)state;
	fetch_gets(401, "", WHY_AUTH, "http:401");
	fetch_gets(404, "", WHY_NOT_FOUND, "http:404");
	fetch_gets(500, "", WHY_SERVER_ERROR, "http:500");
	fetch_gets(302, "", WHY_BAD_REPLY, "http:302");
	fetch_gets(200, "<html>", WHY_BAD_REPLY, "errno:EBADMSG");
	fetch_gets(200, "", WHY_BAD_REPLY, "errno:EBADMSG");
}

static void
a_chain_without_a_root_is_not_found(void **state)
{
	struct buf p7b = dir_rig_load("noroot.p7b"), text = { 0 };

	(void)state;
	buf_base64(&text, buf_bytes(&p7b));
	fetch_gets(200, buf_cstr(&text), WHY_NOT_FOUND, "p7b:no root");
	buf_done(&p7b);
	buf_done(&text);
}

static void
a_file_beyond_all_bounds_is_refused(void **state)
{
	size_t n = (1u << 20) + 1;
	char *much = mem_new(n + 1);

	(void)state;
	assert_non_null(much);
	memset(much, 'A', n);
	fetch_gets(200, much, WHY_BAD_REPLY, "errno:EMSGSIZE");
	mem_free(much);
}

/* ---- a session that dies
 * --------------------------------------------------------------------- */

/* Answers 401 to the first, then the connection is lost n times, then the real server. */
struct mortal {
	struct dir_rig *dir;
	unsigned asked, first, losses;
};

static void
mortal(void *arg, struct sim *f, const struct sim_call *c)
{
	const struct io_header offer = { "WWW-Authenticate", "NTLM, Negotiate" };
	struct mortal *m = arg;

	if (c->deed != SIM_ASKED)
		return;
	m->asked++;
	if (m->asked >= m->first && m->asked < m->first + m->losses)
		sim_down(f, c->h, 1000, -ECONNRESET, NULL);
	else if (m->asked == m->first + m->losses + 2)
		sim_http(f, c->h, 1000, 200, NULL, 0, buf_bytes(&m->dir->web.text),
		    m->dir->web.text.n);
	else
		sim_http(f, c->h, 1000, 401, &offer, 1, span_of("no"), 2);
}

static void
a_session_lost_in_the_fetch_sends_it_back_to_the_start(void **state)
{
	struct mortal m = { .first = 3, .losses = 2 };
	struct rig r;

	(void)state;
	rig_up(&r, NULL);
	m.dir = &r.dir;
	sim_listen(r.p->f, SIM_HTTP, 80, mortal, &m);
	walk(&r, 2);
	assert_int_equal(r.p->row->verdict, STEP_DONE);
	assert_string_equal(r.p->row->step, "ca_fetch");
	/* 401, 401, lost, lost again on a new connection; and once more from the beginning. */
	assert_int_equal(m.asked, 7);
	assert_int_equal(sim_roots(r.p->f), 1);
	rig_down(&r);
}

static void
a_lost_session_and_no_more_tries_is_reset(void **state)
{
	struct mortal m = { .first = 3, .losses = 10 };
	struct rig r;

	(void)state;
	rig_up(&r, NULL);
	m.dir = &r.dir;
	sim_listen(r.p->f, SIM_HTTP, 80, mortal, &m);
	walk(&r, 1);
	assert_int_equal(r.p->row->why, WHY_RESET);
	assert_string_equal(r.p->row->detail, "errno:ECONNRESET");
	rig_down(&r);
}

static void
deaf(void *arg, struct sim *f, const struct sim_call *c)
{
	(void)arg;
	(void)f;
	(void)c;
}

static void
given_silence_it_times_out(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL);
	sim_listen(r.p->f, SIM_HTTP, 80, deaf, NULL);
	fake_phone_walk(r.p, &step_ca_find, 2);
	assert_int_equal(r.p->row->why, WHY_TIMEOUT);
	assert_int_equal(r.p->row->tries, 2);
	rig_down(&r);
}

static void
a_401_without_negotiate_is_an_auth_failure(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, NULL);
	r.dir.web_open = true;
	r.dir.web_status = 401;
	fake_phone_walk(r.p, &step_ca_find, 2);
	assert_int_equal(r.p->row->why, WHY_AUTH);
	assert_int_equal(r.p->row->tries, 1);
	rig_down(&r);
}

static void
switched_off_at_any_moment_it_leaves_nothing(void **state)
{
	(void)state;
	for (int stop = 0; stop < 24; stop++) {
		struct mortal m = { .first = 3, .losses = 1 };
		struct rig r;

		rig_up(&r, NULL);
		m.dir = &r.dir;
		sim_listen(r.p->f, SIM_HTTP, 80, mortal, &m);
		rows(&r, 2);
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
		cmocka_unit_test(
		    refused_with_the_first_key_it_fetches_the_chain_with_the_second),
		cmocka_unit_test(each_row_notes_what_it_asked_and_heard),
		cmocka_unit_test(a_kdc_that_does_not_know_the_first_spn_counts_as_refusal),
		cmocka_unit_test(a_server_that_takes_the_first_key_makes_the_fetch_skip),
		cmocka_unit_test(a_server_that_asks_nobody_for_a_name_is_taken_as_it_is),
		cmocka_unit_test(a_profile_with_one_spn_has_no_wrong_key),
		cmocka_unit_test(a_third_spn_is_tried_when_the_kdc_does_not_know_the_second),
		cmocka_unit_test(a_third_spn_is_tried_when_the_second_is_refused),
		cmocka_unit_test(a_name_nobody_knows_is_not_found),
		cmocka_unit_test(other_answers_have_their_reasons),
		cmocka_unit_test(a_chain_without_a_root_is_not_found),
		cmocka_unit_test(a_file_beyond_all_bounds_is_refused),
		cmocka_unit_test(a_session_lost_in_the_fetch_sends_it_back_to_the_start),
		cmocka_unit_test(a_lost_session_and_no_more_tries_is_reset),
		cmocka_unit_test(given_silence_it_times_out),
		cmocka_unit_test(a_401_without_negotiate_is_an_auth_failure),
		cmocka_unit_test(switched_off_at_any_moment_it_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
