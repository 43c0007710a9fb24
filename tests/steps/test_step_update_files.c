/* test_step_update_files.c - rows 26-28: the files of an update, what is not worth fetching,
 * and the negotiation outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "steps.h"
#include "web_rig.h"

#define NEWER                                                                \
	"<Response><BaseURL>http://ucupdates-r2.contoso.com/files</BaseURL>" \
	"<Module Name=\"CPE.nbt\" Version=\"1.0.522.101\"/></Response>"

static int
set_up(void **state)
{
	int rc = web_rig_set_up(state);

	((struct web_rig *)*state)->body = NEWER;
	return rc;
}

/* As if the service had answered so. */
static void
knows_offer(struct web_rig *rig, const char *version, const char *base)
{
	fake_phone_knows(rig->p, FACT_UPDATE);
	(void)snprintf(
	    rig->p->facts.offered_version, sizeof rig->p->facts.offered_version, "%s", version);
	(void)snprintf(rig->p->facts.base_url, sizeof rig->p->facts.base_url, "%s", base);
}

/* ---- the files -----------------------------------------------------------------------------
 */

static void
given_what_runs_already_or_something_older_it_is_skipped(void **state)
{
	struct web_rig *rig = *state;
	static const char *const versions[] = { "1.0.199.123", "1.0.199.99", "0.9", "1.0.199" };
	char detail[80];

	fake_phone_row(rig->p, &step_update_download, 1);
	for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
		knows_offer(rig, versions[i], "http://pool.contoso.com/files");
		fake_phone_walk_again(rig->p, web_rig_usual | FACT_UPDATE);
		(void)snprintf(detail, sizeof detail, "update:%s is not newer than 1.0.199.123",
		    versions[i]);
		web_rig_ended(rig, STEP_SKIP, WHY_NONE, detail);
	}
	assert_int_equal(rig->web.n_asked, 0);
}

static void
one_slash_stands_between_folder_and_file(void **state)
{
	struct web_rig *rig = *state;
	static const char *const bases[] = { "http://pool.contoso.com/files",
		"http://pool.contoso.com/files/" };

	fake_phone_row(rig->p, &step_update_download, 1);
	for (size_t i = 0; i < 2; i++) {
		knows_offer(rig, "1.0.522.101", bases[i]);
		fake_phone_walk_again(rig->p, web_rig_usual | FACT_UPDATE);
		web_rig_ended(rig, STEP_DONE, WHY_NONE, "");
		assert_string_equal(rig->web.asked[i], "GET /files/CPE.nbt");
		assert_int_equal(rig->p->facts.image_bytes, strlen(NEWER));
	}
}

static void
given_an_empty_image_it_is_no_image(void **state)
{
	struct web_rig *rig = *state;

	rig->body = "";
	knows_offer(rig, "1.0.522.101", "http://pool.contoso.com/files");
	fake_phone_walk(rig->p, &step_update_download, 2);
	web_rig_ended(rig, STEP_FAIL, WHY_BAD_REPLY, "update:an empty image");
	assert_int_equal(rig->p->row->tries, 2);
	assert_int_equal(rig->p->facts.image_bytes, 0);
}

static void
given_no_such_file_the_confirmation_fails_for_that_reason(void **state)
{
	struct web_rig *rig = *state;

	rig->status = 404;
	knows_offer(rig, "1.0.522.101", "http://pool.contoso.com/files");
	rig->p->facts.image_bytes = 1;
	fake_phone_walk(rig->p, &step_update_confirm, 2);
	web_rig_ended(rig, STEP_FAIL, WHY_NOT_FOUND, "http:404");
	assert_string_equal(rig->web.asked[0], "GET /files/CPE.cat");
}

/* A download that was given up leaves nothing to boot. */
static void
given_no_image_there_is_nothing_to_confirm(void **state)
{
	struct web_rig *rig = *state;

	knows_offer(rig, "1.0.522.101", "http://pool.contoso.com/files");
	fake_phone_row(rig->p, &step_update_confirm, 2)->gives = FACT_IMAGE;
	fake_phone_walk_rows(rig->p);
	web_rig_ended(rig, STEP_SKIP, WHY_NONE, "update:there is no image to confirm");
	assert_int_equal(rig->web.n_asked, 0);
	assert_false(facts_know(&rig->p->facts, FACT_IMAGE));
}

/* The session of the question serves the files, if they are at the same place. */
static void
given_the_same_host_and_port_one_session_serves_both(void **state)
{
	struct web_rig *rig = *state;

	fake_phone_row(rig->p, &step_update_ask, 1);
	fake_phone_row(rig->p, &step_update_download, 1);
	fake_phone_walk_rows(rig->p);
	web_rig_ended(rig, STEP_DONE, WHY_NONE, "");
	assert_int_equal(rig->web.n_asked, 2);
	assert_string_equal(rig->dns.asked, "ucupdates-r2.contoso.com ");
}

static void
given_another_port_it_is_another_session_at_the_same_address(void **state)
{
	struct web_rig *rig = *state;

	rig->body = "<Response><BaseURL>http://ucupdates-r2.contoso.com:8080/files</BaseURL>"
		    "<Module Name=\"CPE.nbt\" Version=\"1.0.522.101\"/></Response>";
	fake_phone_row(rig->p, &step_update_ask, 1);
	fake_phone_row(rig->p, &step_update_download, 1);
	fake_phone_walk_rows(rig->p);
	web_rig_ended(rig, STEP_DONE, WHY_NONE, "");
	assert_string_equal(rig->web.host[1], "ucupdates-r2.contoso.com:8080");
	assert_string_equal(rig->dns.asked, "ucupdates-r2.contoso.com ");
}

/* ---- outside
 * --------------------------------------------------------------------------------- */

static void
given_a_second_401_it_does_not_answer_for_ever(void **state)
{
	struct web_rig *rig = *state;

	rig->p->id.external = true;
	rig->status = 401;
	rig->negotiate = "Negotiate";
	fake_phone_knows(rig->p, FACT_DC | FACT_TGT);
	fake_phone_walk(rig->p, &step_update_ask, 1);
	web_rig_ended(rig, STEP_FAIL, WHY_AUTH, "http:401");
	assert_int_equal(rig->web.n_asked, 2);
	assert_true(rig->web.authorized[1]);
}

static void
given_a_kdc_that_knows_no_such_service_it_is_told_by_its_number(void **state)
{
	struct web_rig *rig = *state;

	rig->kdc.unknown_spn = "HTTP/ucupdates-r2.contoso.com";
	rig->p->id.external = true;
	rig->status = 401;
	rig->negotiate = "Negotiate";
	fake_phone_knows(rig->p, FACT_DC | FACT_TGT);
	fake_phone_walk(rig->p, &step_update_ask, 2);
	assert_int_equal(rig->p->row->verdict, STEP_FAIL);
	assert_int_equal(rig->p->row->why, WHY_AUTH);
	assert_memory_equal(rig->p->row->detail, "krb:7 ", 6);
	assert_int_equal(rig->p->row->tries, 1);
}

static void
on_second_ask_reset(void *arg, const struct serve_request *q, struct serve_reply *r)
{
	struct web_rig *rig = arg;

	(void)q;
	r->status = 401;
	serve_add(r, "WWW-Authenticate", "Negotiate");
	rig->web.down = -ECONNRESET;
	rig->web.downs = 2; /* on the kept connection, and on a new one */
}

static void
given_a_reset_in_the_middle_of_the_negotiation_it_is_lost(void **state)
{
	struct web_rig *rig = *state;

	rig->p->id.external = true;
	rig->web.serve = on_second_ask_reset;
	fake_phone_knows(rig->p, FACT_DC | FACT_TGT);
	fake_phone_walk(rig->p, &step_update_ask, 1);
	web_rig_ended(rig, STEP_FAIL, WHY_RESET, "errno:ECONNRESET");
	assert_int_equal(rig->web.n_asked, 3);
}

int
main(void)
{
#define UPDATE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, web_rig_tear_down)
	const struct CMUnitTest tests[] = {
		UPDATE_TEST(given_what_runs_already_or_something_older_it_is_skipped),
		UPDATE_TEST(one_slash_stands_between_folder_and_file),
		UPDATE_TEST(given_an_empty_image_it_is_no_image),
		UPDATE_TEST(given_no_such_file_the_confirmation_fails_for_that_reason),
		UPDATE_TEST(given_no_image_there_is_nothing_to_confirm),
		UPDATE_TEST(given_the_same_host_and_port_one_session_serves_both),
		UPDATE_TEST(given_another_port_it_is_another_session_at_the_same_address),
		UPDATE_TEST(given_a_second_401_it_does_not_answer_for_ever),
		UPDATE_TEST(given_a_kdc_that_knows_no_such_service_it_is_told_by_its_number),
		UPDATE_TEST(given_a_reset_in_the_middle_of_the_negotiation_it_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
