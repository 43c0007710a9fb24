/* test_line_registered.c - what the line reads out of the 200 to a REGISTER ([MS-SIPREGE] 3.1,
 * [MS-CONMGMT]), and what it does with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "line_impl.h"
#include "line_rig.h"
#include "profile.h"

/* The instance of this rig's phone, as a registrar repeats it. */
#define OURS "+sip.instance=\"<urn:uuid:75547813-caf0-5225-bd74-cefe7abde99a>\""
#define OTHER "+sip.instance=\"<urn:uuid:00000000-0000-5000-8000-000000000000>\""

/* A 200 with these headers is the answer to our REGISTER. */
static const struct line_facts *
registered(struct line_rig *t, const char *headers)
{
	char text[1024];
	struct sip_msg m;
	int n = snprintf(text, sizeof text, "SIP/2.0 200 OK\r\n%s\r\n", headers);

	assert_int_equal(sip_msg_parse((uint8_t *)text, (size_t)n, &m), 0);
	line_registered(t->line, &m);
	return line_facts(t->line);
}

/* ---- how long ------------------------------------------------------------------------ */

static void
expires_is_the_headers_before_the_contacts(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(
	    registered(t, "Expires: 600\r\nContact: <sip:a>;expires=900;" OURS "\r\n")
		->expires_s,
	    600);
	assert_int_equal(
	    registered(t, "Contact: <sip:a>;expires=900;" OURS "\r\n")->expires_s, 900);
	assert_true(line_is_registered(t->line));
}

static void
the_time_of_another_endpoint_is_not_ours(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(
	    registered(t, "Contact: <sip:a>;expires=900;" OTHER "\r\n")->expires_s, 0);
	assert_false(line_is_registered(t->line));
	assert_int_equal(line_refresh_after_us(t->line), 0);
	assert_int_equal(
	    registered(
		t, "Contact: <sip:b>;expires=900;" OTHER ", <sip:a>;expires=300;" OURS "\r\n")
		->expires_s,
	    300);
	assert_int_equal(registered(t,
			     "Contact: <sip:b>;expires=900;" OTHER "\r\n"
			     "Contact: <sip:a>;expires=200;" OURS "\r\n")
			     ->expires_s,
	    200);
}

static void
no_time_or_no_number_is_no_registration(void **state)
{
	struct line_rig *t = *state;
	static const char *const headers[] = { "", "Expires: 0\r\n", "Expires: soon\r\n",
		"Expires: -1\r\n", "Expires: 4294967296\r\n", "Contact: <sip:a>;" OURS "\r\n",
		"Contact: <sip:a>;expires=;" OURS "\r\n" };

	line_rig_start(t);
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		assert_int_equal(registered(t, headers[i])->expires_s, 0);
		assert_false(line_is_registered(t->line));
	}
}

static void
the_refresh_is_due_before_it_expires_or_at_half_of_a_short_one(void **state)
{
	struct line_rig *t = *state;
	uint32_t before = t->profile->sip.refresh_before_s;
	char text[64];

	line_rig_start(t);
	(void)snprintf(text, sizeof text, "Expires: %u\r\n", before + 100);
	registered(t, text);
	assert_int_equal(line_refresh_after_us(t->line), 100ull * SECOND);
	(void)snprintf(text, sizeof text, "Expires: %u\r\n", before);
	registered(t, text);
	assert_int_equal(line_refresh_after_us(t->line), (before + 1) / 2 * 1ull * SECOND);
	registered(t, "Expires: 1\r\nms-keep-alive: UAS;timeout=4\r\n");
	assert_int_equal(line_refresh_after_us(t->line), SECOND);
	line_rig_run(t, 2 * SECOND);
	assert_int_equal(line_refresh_after_us(t->line), 1);
}

/* ---- what else it says ----------------------------------------------------------------- */

static void
what_the_registrar_did_is_known(void **state)
{
	struct line_rig *t = *state;
	static const struct {
		const char *header;
		enum line_action action;
	} said[] = {
		{ "presence-state: register-action=\"added\"\r\n", LINE_ADDED },
		{ "presence-state: register-action=Fixed\r\n", LINE_FIXED },
		{ "presence-state: register-action=\"refreshed\"\r\n", LINE_REFRESHED },
		{ "presence-state: register-action=\"mended\"\r\n", LINE_REFRESHED },
		{ "presence-state: other=\"added\"\r\n", LINE_REFRESHED },
		{ "", LINE_REFRESHED },
	};

	line_rig_start(t);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
		assert_int_equal(registered(t, said[i].header)->action, said[i].action);
}

static void
through_an_edge_it_is_a_remote_user(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_true(registered(t, "ms-user-logon-data: RemoteUser\r\n")->remote_user);
	assert_true(registered(t, "ms-user-logon-data: remoteuser\r\n")->remote_user);
	assert_false(registered(t, "ms-user-logon-data: LocalUser\r\n")->remote_user);
	assert_false(registered(t, "")->remote_user);
}

static void
events_are_allowed_that_any_header_lists(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_false(line_allows(t->line, "presence"));
	registered(t, "Allow-Events: presence, vnd-a\r\nAllow-Events: VND-b\r\n");
	assert_true(line_allows(t->line, "presence"));
	assert_true(line_allows(t->line, "vnd-a"));
	assert_true(line_allows(t->line, "vnd-b"));
	assert_false(line_allows(t->line, "vnd"));
	assert_false(line_allows(t->line, ""));
	/* A refresh that does not repeat them changes nothing; one that does, all. */
	registered(t, "Expires: 600\r\n");
	assert_true(line_allows(t->line, "vnd-b"));
	registered(t, "Allow-Events: vnd-c\r\n");
	assert_false(line_allows(t->line, "vnd-b"));
	assert_true(line_allows(t->line, "vnd-c"));
}

static void
only_our_own_gruu_is_taken_and_kept(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	registered(t, "Contact: <sip:a>;" OTHER ";gruu=\"sip:other\"\r\n");
	assert_null(t->line->gruu);
	registered(t, "Contact: <sip:a>;" OURS "\r\n");
	assert_null(t->line->gruu);
	registered(t, "Contact: <sip:a>;" OURS ";gruu=\"sip:ours;gruu\"\r\n");
	assert_string_equal(t->line->gruu, "sip:ours;gruu");
	registered(t, "Contact: <sip:a>;" OURS "\r\n");
	assert_string_equal(t->line->gruu, "sip:ours;gruu");
	registered(t, "Contact: <sip:b>;" OURS ";gruu=\"sip:new;gruu\"\r\n");
	assert_string_equal(t->line->gruu, "sip:new;gruu");
}

static void
a_contact_that_cannot_be_read_is_nobodys(void **state)
{
	struct line_rig *t = *state;
	static const char *const contacts[] = { "Contact: <sip:a\r\n", "Contact: \r\n",
		"Contact: *\r\n", "Contact: <sip:a>;+sip.instance=x\r\n",
		"Contact: <sip:a>;+sip.instance=\"<urn:uuid:no>\"\r\n" };

	line_rig_start(t);
	for (size_t i = 0; i < sizeof contacts / sizeof contacts[0]; i++) {
		assert_int_equal(registered(t, contacts[i])->expires_s, 0);
		assert_null(t->line->gruu);
	}
}

/* ---- keep-alive ------------------------------------------------------------------------ */

static void
keep_alives_are_agreed_only_when_the_server_plays_its_part(void **state)
{
	struct line_rig *t = *state;
	static const struct {
		const char *header;
		uint32_t seconds;
	} said[] = {
		{ "ms-keep-alive: UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300\r\n", 300 },
		{ "ms-keep-alive: uas;timeout=20\r\n", 20 },
		{ "ms-keep-alive: UAS;timeout=86400\r\n", 86400 },
		{ "ms-keep-alive: UAS;timeout=86401\r\n", 0 },
		{ "ms-keep-alive: UAS;timeout=0\r\n", 0 },
		{ "ms-keep-alive: UAS;timeout=soon\r\n", 0 },
		{ "ms-keep-alive: UAS;hop-hop=yes\r\n", 0 },
		{ "ms-keep-alive: UAC;timeout=300\r\n", 0 },
		{ "ms-keep-alive: \r\n", 0 },
	};

	line_rig_start(t);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		assert_int_equal(registered(t, said[i].header)->keep_alive_s, said[i].seconds);
		assert_true((t->line->quiet_us != 0) == (said[i].seconds != 0));
	}
}

static void
a_refused_keep_alive_is_not_sent(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	registered(t, "Expires: 7200\r\nms-keep-alive: UAS;timeout=20\r\n");
	registered(t, "Expires: 7200\r\nms-keep-alive: UAC;timeout=20\r\n");
	line_rig_run(t, 100 * SECOND);
	assert_int_equal(line_keep_alives(t->line), 0);
}

static void
its_time_lies_within_the_profiles_jitter_and_is_drawn_anew(void **state)
{
	struct line_rig *t = *state;
	const struct profile_sip *p = &t->profile->sip;
	uint64_t least =
	    1000ull * 10000 * (p->keep_alive_percent - p->keep_alive_jitter_percent);
	uint64_t most =
	    1000ull * 10000 * (p->keep_alive_percent + p->keep_alive_jitter_percent);
	uint64_t seen[64];
	bool differ = false;

	line_rig_start(t);
	for (size_t i = 0; i < 64; i++) {
		registered(t, "Expires: 7200\r\nms-keep-alive: UAS;timeout=1000\r\n");
		seen[i] = t->line->quiet_us;
		assert_in_range(seen[i], least, most);
		differ = differ || seen[i] != seen[0];
	}
	assert_true(differ);
}

static void
so_much_jitter_that_it_could_be_none_is_cut(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	t->profile->sip.keep_alive_percent = 10;
	t->profile->sip.keep_alive_jitter_percent = 90;
	for (int i = 0; i < 100; i++) {
		registered(t, "Expires: 7200\r\nms-keep-alive: UAS;timeout=100\r\n");
		assert_in_range(t->line->quiet_us, 1 * SECOND, 19 * SECOND);
	}
	t->profile->sip.keep_alive_percent = 0;
	registered(t, "Expires: 7200\r\nms-keep-alive: UAS;timeout=100\r\n");
	assert_int_equal(t->line->quiet_us, 0);
	t->profile->sip.keep_alive_percent = 50;
	t->profile->sip.keep_alive_jitter_percent = 0;
	registered(t, "Expires: 7200\r\nms-keep-alive: UAS;timeout=100\r\n");
	assert_int_equal(t->line->quiet_us, 50 * SECOND);
}

/* What was said before the answer counts as said: the quiet time does not begin with it. */
static void
a_keep_alive_counts_from_what_was_sent_last(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	t->profile->sip.keep_alive_percent = 50;
	t->profile->sip.keep_alive_jitter_percent = 0;
	t->rig.cfg.keep_alive_s = 20;
	line_rig_register(t, 1);
	line_rig_run(t, 8 * SECOND);
	registered(t, "Expires: 7200\r\nms-keep-alive: UAS;timeout=20\r\n");
	line_rig_run(t, SECOND / 2);
	assert_int_equal(line_keep_alives(t->line), 0);
	line_rig_run(t, SECOND);
	assert_int_equal(line_keep_alives(t->line), 1);
	line_rig_run(t, 9 * SECOND);
	assert_int_equal(line_keep_alives(t->line), 1);
	line_rig_run(t, SECOND);
	assert_int_equal(line_keep_alives(t->line), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(expires_is_the_headers_before_the_contacts),
		LINE_TEST(the_time_of_another_endpoint_is_not_ours),
		LINE_TEST(no_time_or_no_number_is_no_registration),
		LINE_TEST(the_refresh_is_due_before_it_expires_or_at_half_of_a_short_one),
		LINE_TEST(what_the_registrar_did_is_known),
		LINE_TEST(through_an_edge_it_is_a_remote_user),
		LINE_TEST(events_are_allowed_that_any_header_lists),
		LINE_TEST(only_our_own_gruu_is_taken_and_kept),
		LINE_TEST(a_contact_that_cannot_be_read_is_nobodys),
		LINE_TEST(keep_alives_are_agreed_only_when_the_server_plays_its_part),
		LINE_TEST(a_refused_keep_alive_is_not_sent),
		LINE_TEST(its_time_lies_within_the_profiles_jitter_and_is_drawn_anew),
		LINE_TEST(so_much_jitter_that_it_could_be_none_is_cut),
		LINE_TEST(a_keep_alive_counts_from_what_was_sent_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
