/*
 * test_line.c - the line against the front end of harness/serve in the fake world: each side
 * checks the other's signatures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "line.h"
#include "line_impl.h"
#include "mem.h"
#include "profile_load.h"
#include "sim_auth.h"
#include "sip_rig.h"

_Static_assert(sizeof(struct line) <= 1536, "18,000 of them");

enum { SECOND = 1000000, NEWS_MAX = 32 };

static const uint8_t mac[6] = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x01 };

struct test {
	struct sim *f;
	struct io *io;
	struct sim_auth *auth;
	struct profile *profile;
	struct line *line;
	struct io_scope scope;
	struct sip_rig rig;

	/* what the owner was told */
	enum line_news news[NEWS_MAX];
	int tags[NEWS_MAX], status[NEWS_MAX];
	size_t n;
	unsigned lost;
	enum line_news lost_news;
	char lost_detail[64];
	size_t told_before_lost;
	void (*then)(struct test *); /* done inside the next event */
};

/* ---- the owner ------------------------------------------------------------ */

static void
on_line(void *arg, const struct io_event *ev)
{
	struct test *t = arg;
	const struct line_reply *r = line_reply(t->line);
	void (*then)(struct test *) = t->then;

	assert_non_null(ev);
	assert_non_null(r);
	assert_true(t->n < NEWS_MAX);
	t->news[t->n] = r->news;
	t->tags[t->n] = r->tag;
	t->status[t->n] = r->msg != NULL ? r->msg->status : 0;
	t->n++;
	if (r->msg != NULL && r->msg->status == 401)
		assert_int_equal(line_challenged(t->line, r->msg), 0);
	t->then = NULL;
	if (then != NULL)
		then(t);
}

static struct io_owner
owner(struct test *t)
{
	return (struct io_owner){ &t->scope, on_line, t };
}

static void
on_lost(void *arg, enum line_news news, const char *detail)
{
	struct test *t = arg;

	t->lost++;
	t->lost_news = news;
	t->told_before_lost = t->n;
	snprintf(t->lost_detail, sizeof t->lost_detail, "%s", detail);
}

static void
on_stream(void *arg, const struct io_event *ev)
{
	struct test *t = arg;

	assert_int_equal(ev->kind, IO_UP);
	line_take(t->line, ev->h, (struct io_addr){ 0x7f2a0001, 0 }, "pool01.contoso.com");
}

/* ---- a test's world --------------------------------------------------------- */

static void
run(struct test *t, uint64_t us)
{
	sim_run(t->f, sim_now_us(t->f) + us);
}

static int
set_up(void **state)
{
	struct test *t = mem_new(sizeof *t);
	struct config_error err;

	t->f = sim_new();
	t->io = sim_io(t->f);
	t->auth = sim_auth_new("phone00001", "CONTOSO.COM", "secret");
	sim_auth_logged_in(t->auth);
	sim_auth_has_ticket(t->auth, "sip/fe01.contoso.com");
	assert_int_equal(profile_load("cx700-1.0.199.123", &t->profile, &err), 0);
	assert_int_equal(t->io->ops->address(t->io, 0x7f2a0001, 0), 0);
	sip_rig_init(&t->rig, t->f);
	*state = t;
	return 0;
}

static void
connect_line(struct test *t)
{
	struct io_stream_cfg cfg = { .to = { 0x7f000001, 5061 }, .tls = true };
	struct io_handle *h;

	assert_int_equal(
	    t->io->ops->stream(t->io, (struct io_owner){ &t->scope, on_stream, t }, &cfg, &h),
	    0);
	run(t, SECOND);
	assert_true(line_is_up(t->line));
}

static void
start(struct test *t)
{
	struct line_cfg cfg = { t->io, sim_auth(t->auth),
		{ "phone00001", "contoso.com", mac, t->profile }, on_lost, t };

	sip_rig_up(&t->rig);
	assert_int_equal(line_new(&cfg, &t->line), 0);
	connect_line(t);
}

static void
send_register(struct test *t, int tag)
{
	assert_int_equal(line_register(t->line, owner(t), tag), 0);
	run(t, SECOND);
}

static void
sign_in(struct test *t)
{
	send_register(t, 1);
	send_register(t, 2);
	assert_true(line_is_registered(t->line));
	t->n = 0;
}

static const struct line_subscribe self = { .event = "vnd-microsoft-roaming-self",
	.accept = "application/vnd-microsoft-roaming-self+xml",
	.expires_s = -1 };

static int
tear_down(void **state)
{
	struct test *t = *state;

	line_free(t->line);
	assert_int_equal(sim_open(t->f), 0);
	sip_rig_down(&t->rig);
	profile_free(t->profile);
	sim_auth_free(t->auth);
	sim_free(t->f);
	mem_free(t);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* ---- signing in ------------------------------------------------------------- */

static void
it_signs_in_after_a_challenge(void **state)
{
	struct test *t = *state;

	start(t);
	send_register(t, 1);
	assert_true(t->n == 1 && t->news[0] == LINE_ANSWER && t->status[0] == 401);
	assert_string_equal(line_target(t->line), "sip/fe01.contoso.com");
	assert_int_equal(line_version(t->line), 4);
	assert_false(line_is_registered(t->line));

	send_register(t, 2);
	assert_true(t->n == 2 && t->status[1] == 200 && t->tags[1] == 2);
	assert_true(line_is_registered(t->line));
	assert_int_equal(line_facts(t->line)->expires_s, 7200);
	assert_int_equal(line_facts(t->line)->keep_alive_s, 300);
	assert_int_equal(line_facts(t->line)->action, LINE_ADDED);
	assert_true(line_allows(t->line, "vnd-microsoft-provisioning-v2"));
	assert_false(line_allows(t->line, "vnd-microsoft"));
	assert_int_equal(serve_sip_stats(t->rig.server)->registered, 1);
	assert_int_equal(serve_sip_stats(t->rig.server)->bad_signatures, 0);
	assert_int_equal(line_forged(t->line), 0);
}

static void
the_first_message_is_as_the_reference_has_it(void **state)
{
	struct test *t = *state;
	static const uint32_t numbers[] = { 0x10 };

	start(t);
	sim_random(t->f, numbers, 1);
	assert_int_equal(line_register(t->line, owner(t), 0), 0);
	{
		char want[1024];

		snprintf(want, sizeof want,
		    "REGISTER sip:contoso.com SIP/2.0\r\n"
		    "Via: SIP/2.0/TLS 127.42.0.1:%u\r\n"
		    "Max-Forwards: 70\r\n"
		    "From: <sip:phone00001@contoso.com>;tag=%s;epid=0004f2100001\r\n"
		    "To: <sip:phone00001@contoso.com>\r\n"
		    "Call-ID: %s\r\n"
		    "CSeq: 1 REGISTER\r\n"
		    "Contact: <sip:127.42.0.1:%u;transport=tls;ms-opaque=%s>;methods=\"INVITE, "
		    "MESSAGE, INFO, OPTIONS, BYE, CANCEL, NOTIFY, ACK, REFER, "
		    "BENOTIFY\";proxy=replace;+sip.instance=\"<urn:uuid:"
		    "75547813-caf0-5225-bd74-cefe7abde99a>\"\r\n"
		    "User-Agent: %s\r\n"
		    "Supported: gruu-10, adhoclist, msrtc-event-categories\r\n"
		    "Supported: ms-forking\r\n"
		    "ms-keep-alive: UAC;hop-hop=yes\r\n"
		    "Event: registration\r\n"
		    "Content-Length: 0\r\n\r\n",
		    t->line->local.port, t->line->from_tag, t->line->call_id,
		    t->line->local.port, t->line->ms_opaque, t->profile->sip.user_agent);
		assert_string_equal(buf_cstr(&t->rig.heard), want);
	}
}

static void
before_version_4_the_token_is_not_signed(void **state)
{
	struct test *t = *state;

	t->rig.cfg.version = 3;
	start(t);
	sign_in(t);
	assert_int_equal(line_version(t->line), 3);
	assert_int_equal(sip_rig_heard(&t->rig, "version=3"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "crand"), 0);

	assert_int_equal(line_subscribe(t->line, &self, owner(t), 3), 0);
	run(t, SECOND);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_int_equal(sip_rig_heard(&t->rig, "cnum=\"1\""), 1);
	assert_int_equal(line_forged(t->line), 0);
}

static void
without_a_version_the_short_form_is_signed(void **state)
{
	struct test *t = *state;

	t->rig.cfg.version = 2;
	start(t);
	sign_in(t);
	assert_int_equal(line_version(t->line), 2);
	assert_int_equal(sip_rig_heard(&t->rig, "version="), 0);
	assert_int_equal(line_subscribe(t->line, &self, owner(t), 3), 0);
	run(t, SECOND);
	assert_true(t->n == 1 && t->status[0] == 200);
}

/* "version=0": not a version, and not "not challenged" either. */
static void
a_version_below_two_is_the_short_form(void **state)
{
	struct test *t = *state;
	char text[] = "SIP/2.0 401 Unauthorized\r\n"
		      "WWW-Authenticate: Kerberos realm=\"SIP Communications Service\", "
		      "targetname=\"sip/fe01.contoso.com\", version=0\r\n\r\n";
	struct sip_msg m;

	start(t);
	assert_int_equal(sip_msg_parse((uint8_t *)text, sizeof text - 1, &m), 0);
	assert_int_equal(line_challenged(t->line, &m), 0);
	assert_int_equal(line_version(t->line), 2);
	assert_int_equal(line_register(t->line, owner(t), 2), 0);
	assert_int_equal(sip_rig_heard(&t->rig, "gssapi-data"), 1);
}

static void
a_407_wants_the_other_header(void **state)
{
	struct test *t = *state;
	char text[] = "SIP/2.0 407 Proxy Authentication Required\r\n"
		      "Proxy-Authenticate: NTLM realm=\"SIP Communications Service\", "
		      "targetname=\"fe01.contoso.com\", version=3\r\n"
		      "Proxy-Authenticate: Kerberos realm=\"SIP Communications Service\", "
		      "targetname=\"sip/fe01.contoso.com\", version=3\r\n\r\n";
	struct sip_msg m;

	start(t);
	assert_int_equal(sip_msg_parse((uint8_t *)text, sizeof text - 1, &m), 0);
	assert_int_equal(line_challenged(t->line, &m), 0);
	send_register(t, 2);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_int_equal(sip_rig_heard(&t->rig, "Proxy-Authorization: Kerberos"), 1);
}

static void
answers_may_be_cut_anywhere(void **state)
{
	struct test *t = *state;

	t->rig.cut = 1;
	start(t);
	sign_in(t);
	t->rig.cut = 7;
	assert_int_equal(line_subscribe(t->line, &self, owner(t), 3), 0);
	run(t, SECOND);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_null(t->line->in.in.p); /* nothing is kept while nothing is said */
}

static void
the_gruu_is_the_contact_of_what_follows(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	assert_int_equal(line_subscribe(t->line, &self, owner(t), 3), 0);
	run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig,
			     "Contact: <sip:phone00001@contoso.com;opaque=user:epid:"
			     "E3hUdfDKJVK9dM7-er3pmgAA;gruu>\r\n"),
	    1);
}

/* ---- trust ------------------------------------------------------------------- */

static void
an_answer_with_a_wrong_signature_is_silence_and_counted(void **state)
{
	struct test *t = *state;

	start(t);
	send_register(t, 1);
	t->rig.from = "Expires: 7200";
	t->rig.to = "Expires: 7201";
	send_register(t, 2);
	assert_int_equal(t->n, 1);
	assert_false(line_is_registered(t->line));
	assert_int_equal(line_forged(t->line), 1);

	run(t, (uint64_t)t->profile->sip.transaction_ms * 1000);
	assert_true(t->n == 2 && t->news[1] == LINE_FORGED && t->tags[1] == 2);
}

static void
an_unsigned_200_is_dropped_before_and_after_the_challenge(void **state)
{
	struct test *t = *state;

	start(t);
	t->rig.from = "SIP/2.0 401 Unauthorized";
	t->rig.to = "SIP/2.0 200 Unauthorized";
	send_register(t, 1);
	assert_int_equal(t->n, 0);
	assert_int_equal(line_forged(t->line), 1);
	run(t, (uint64_t)t->profile->sip.transaction_ms * 1000);
	assert_int_equal(t->news[0], LINE_FORGED);

	t->rig.from = NULL;
	send_register(t, 1);
	t->rig.from = "Authentication-Info: Kerberos";
	t->rig.to = "Authentication-Nope: Kerberos";
	t->n = 0;
	send_register(t, 2);
	assert_int_equal(t->n, 0);
	assert_int_equal(line_forged(t->line), 2);
}

static void
a_refusal_before_the_context_stands_needs_no_signature(void **state)
{
	struct test *t = *state;

	start(t);
	t->rig.from = "SIP/2.0 401 Unauthorized";
	t->rig.to = "SIP/2.0 503 Unauthorized";
	send_register(t, 1);
	assert_true(t->n == 1 && t->status[0] == 503);

	t->rig.from = NULL;
	t->n = 0;
	sign_in(t);
	t->rig.from = "Authentication-Info: Kerberos";
	t->rig.to = "Authentication-Nope: Kerberos";
	send_register(t, 3);
	assert_int_equal(t->n, 0);
	assert_int_equal(line_forged(t->line), 1);
}

static void
a_provisional_answer_ends_nothing(void **state)
{
	struct test *t = *state;

	start(t);
	t->rig.from = "SIP/2.0 401 Unauthorized";
	t->rig.to = "SIP/2.0 100 Unauthorized";
	send_register(t, 1);
	assert_int_equal(t->n, 0);
	assert_int_equal(line_forged(t->line), 0);
	run(t, (uint64_t)t->profile->sip.transaction_ms * 1000);
	assert_true(t->n == 1 && t->news[0] == LINE_SILENCE);
}

static void
what_was_said_once_is_not_heard_twice(void **state)
{
	struct test *t = *state;
	struct buf ping = { 0 };

	start(t);
	sign_in(t);
	buf_clear(&t->rig.heard);
	assert_int_equal(serve_sip_ping(sip_rig_conn(&t->rig), &ping), 0);
	sip_rig_say(&t->rig, buf_bytes(&ping));
	sip_rig_say(&t->rig, buf_bytes(&ping));
	run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig, "SIP/2.0 200 OK"), 1);
	assert_int_equal(line_forged(t->line), 1);
	assert_int_equal(serve_sip_stats(t->rig.server)->responses, 1);
	assert_int_equal(serve_sip_stats(t->rig.server)->bad_signatures, 0);
	buf_done(&ping);
}

static void
an_unsigned_request_is_not_answered(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	buf_clear(&t->rig.heard);
	sip_rig_say(&t->rig,
	    span_of("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TLS fe\r\nFrom: <sip:a@b>;tag=1\r\n"
		    "To: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"));
	run(t, SECOND);
	assert_int_equal(t->rig.heard.n, 0);
	assert_int_equal(line_forged(t->line), 1);
}

/* ---- keep-alive, refresh ------------------------------------------------------ */

static void
keep_alives_go_out_when_nothing_else_does(void **state)
{
	struct test *t = *state;
	uint32_t n;

	t->rig.cfg.keep_alive_s = 20;
	start(t);
	sign_in(t);
	for (int i = 0; i < 120; i++) {
		run(t, 10 * SECOND);
		assert_false(serve_sip_idle(sip_rig_conn(&t->rig), sim_now_us(t->f)));
	}
	n = line_keep_alives(t->line); /* 1200 s, every 12 to 16 s */
	assert_in_range(n, 1200 / 16, 1200 / 12);
	assert_int_equal(serve_sip_stats(t->rig.server)->keep_alives, n);
}

static void
other_messages_put_the_keep_alive_off(void **state)
{
	struct test *t = *state;

	t->rig.cfg.keep_alive_s = 20;
	start(t);
	sign_in(t);
	for (int i = 0; i < 20; i++) {
		run(t, 10 * SECOND);
		assert_int_equal(line_subscribe(t->line, &self, owner(t), 3), 0);
	}
	assert_int_equal(line_keep_alives(t->line), 0);
}

static void
a_refresh_is_signed_and_goes_on_counting(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	assert_in_range(line_refresh_after_us(t->line), 7168ull * SECOND, 7170ull * SECOND);
	run(t, line_refresh_after_us(t->line));
	assert_int_equal(line_refresh_after_us(t->line), 1);

	send_register(t, 3);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_int_equal(line_facts(t->line)->action, LINE_REFRESHED);
	assert_int_equal(sip_rig_heard(&t->rig, "gssapi-data"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "cnum=\"2\""), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 3 REGISTER"), 1);
	assert_in_range(line_refresh_after_us(t->line), 7168ull * SECOND, 7170ull * SECOND);
}

static void
a_refresh_without_a_word_of_keep_alives_leaves_them(void **state)
{
	struct test *t = *state;

	t->rig.cfg.keep_alive_s = 20;
	start(t);
	sign_in(t);
	t->rig.from = "ms-keep-alive";
	t->rig.to = "ms-keep-quiet";
	send_register(t, 3);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_int_equal(line_facts(t->line)->keep_alive_s, 20);
	run(t, 16 * SECOND);
	assert_int_equal(line_keep_alives(t->line), 1);
}

static void
the_context_is_old_after_eight_hours(void **state)
{
	struct test *t = *state;

	t->rig.cfg.expires_s = 100000;
	start(t);
	sign_in(t);
	assert_false(line_sign_is_old(t->line));
	run(t, 8ull * 3600 * SECOND - 310ull * SECOND);
	assert_false(line_sign_is_old(t->line));
	run(t, 20ull * SECOND);
	assert_true(line_sign_is_old(t->line));
}

/* ---- the server's requests ------------------------------------------------------ */

static void
the_server_may_sign_it_off(void **state)
{
	struct test *t = *state;
	struct buf off = { 0 };

	start(t);
	sign_in(t);
	assert_int_equal(
	    serve_sip_sign_off(sip_rig_conn(&t->rig), "rejected", 4141, "User disabled", &off),
	    0);
	sip_rig_say(&t->rig, buf_bytes(&off));
	buf_clear(&t->rig.heard);
	run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig, "SIP/2.0 200 OK"), 1);
	assert_int_equal(t->lost, 1);
	assert_int_equal(t->lost_news, LINE_SIGNED_OFF);
	assert_string_equal(t->lost_detail, "sip:rejected");
	assert_false(line_is_up(t->line));
	assert_int_equal(serve_sip_stats(t->rig.server)->registered, 0);
	buf_done(&off);
}

static void
a_reason_of_the_servers_own_is_unknown(void **state)
{
	struct test *t = *state;
	struct buf off = { 0 };

	start(t);
	sign_in(t);
	assert_int_equal(
	    serve_sip_sign_off(sip_rig_conn(&t->rig), "\x1b[2Jgone", 1, "x", &off), 0);
	sip_rig_say(&t->rig, buf_bytes(&off));
	run(t, SECOND);
	assert_int_equal(t->lost, 1);
	assert_string_equal(t->lost_detail, "sip:unknown");
	buf_done(&off);
}

/* ---- the end ---------------------------------------------------------------------- */

static void
a_lost_connection_is_told_to_who_waits_and_then_to_the_journey(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	t->rig.mute = true;
	assert_int_equal(line_subscribe(t->line, &self, owner(t), 7), 0);
	sip_rig_cut(&t->rig, -ECONNRESET);
	run(t, SECOND);
	assert_true(t->n == 1 && t->news[0] == LINE_LOST && t->tags[0] == 7);
	assert_int_equal(t->lost, 1);
	assert_int_equal(t->lost_news, LINE_LOST);
	assert_string_equal(t->lost_detail, "errno:ECONNRESET");
	assert_int_equal(t->told_before_lost, 1);
	assert_int_equal(line_register(t->line, owner(t), 0), -ENOTCONN);
}

static void
a_loss_before_the_registration_is_only_the_owners(void **state)
{
	struct test *t = *state;

	start(t);
	t->rig.mute = true;
	assert_int_equal(line_register(t->line, owner(t), 7), 0);
	assert_int_equal(line_register(t->line, owner(t), 8), -EBUSY);
	sip_rig_cut(&t->rig, 0);
	run(t, SECOND);
	assert_true(t->n == 1 && t->news[0] == LINE_LOST);
	assert_int_equal(t->lost, 0);
}

static void
garbage_ends_the_connection(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	sip_rig_say(&t->rig, span_of("HTTP/1.1 200 OK\r\n\r\n"));
	run(t, SECOND);
	assert_int_equal(t->lost, 1);
	assert_string_equal(t->lost_detail, "sip:garbage");
	assert_int_equal(t->rig.closed, 1);
}

static void
who_no_longer_waits_is_not_told(void **state)
{
	struct test *t = *state;

	start(t);
	assert_int_equal(line_register(t->line, owner(t), 1), 0);
	line_unwait(t->line, t);
	run(t, 100 * SECOND);
	assert_int_equal(t->n, 0);
}

static void
a_register_that_nobody_waits_for_makes_way(void **state)
{
	struct test *t = *state;

	start(t);
	assert_int_equal(line_register(t->line, owner(t), 1), 0);
	line_unwait(t->line, t);
	assert_int_equal(line_register(t->line, owner(t), 2), 0);
	assert_int_equal(line_register(t->line, owner(t), 3), -EBUSY);
	run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 2 REGISTER"), 1);
	assert_true(t->n == 1 && t->tags[0] == 2 && t->status[0] == 401);
	send_register(t, 4);
	assert_true(line_is_registered(t->line));
}

static void
sign_out_ends_subscriptions_and_registration(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	assert_int_equal(line_subscribe(t->line, &self, owner(t), 3), 0);
	run(t, SECOND);
	t->n = 0;
	buf_clear(&t->rig.heard);

	assert_int_equal(line_sign_out(t->line, owner(t), 9), 0);
	run(t, SECOND);
	assert_true(t->n == 1 && t->news[0] == LINE_ANSWER && t->tags[0] == 9);
	assert_int_equal(t->status[0], 200);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 2 SUBSCRIBE"), 1);
	assert_int_equal(
	    sip_rig_heard(&t->rig, "SUBSCRIBE sip:fe01.contoso.com:5061;transport=tls SIP/2.0"),
	    1);
	assert_int_equal(sip_rig_heard(&t->rig, "Expires: 0\r\n"), 2);
	assert_int_equal(serve_sip_stats(t->rig.server)->registered, 0);
	assert_int_equal(serve_sip_stats(t->rig.server)->refused, 0);
	assert_false(line_is_up(t->line));
	assert_int_equal(t->lost, 0);
	assert_int_equal(line_sign_out(t->line, owner(t), 9), -ENOTCONN);
}

static void
sign_out_does_not_wait_for_ever(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	t->rig.mute = true;
	assert_int_equal(line_sign_out(t->line, owner(t), 9), 0);
	run(t, 100 * SECOND);
	assert_true(t->n == 1 && t->news[0] == LINE_SILENCE);
	assert_false(line_is_up(t->line));
}

static void
free_it(struct test *t)
{
	line_free(t->line);
	t->line = NULL;
}

static void
it_may_be_freed_inside_its_own_event(void **state)
{
	struct test *t = *state;

	start(t);
	t->then = free_it;
	send_register(t, 1);
	assert_null(t->line);
	assert_int_equal(t->n, 1);
}

static void
close_and_connect(struct test *t)
{
	struct io_stream_cfg cfg = { .to = { 0x7f000001, 5061 }, .tls = true };
	struct io_handle *h;

	line_close(t->line);
	assert_int_equal(
	    t->io->ops->stream(t->io, (struct io_owner){ &t->scope, on_stream, t }, &cfg, &h),
	    0);
}

static void
it_may_be_closed_inside_its_own_event_and_taken_again(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	t->then = close_and_connect;
	assert_int_equal(line_subscribe(t->line, &self, owner(t), 3), 0);
	assert_int_equal(line_subscribe(t->line, &self, owner(t), 4), 0);
	run(t, SECOND);
	assert_int_equal(t->n, 1);
	assert_true(line_is_up(t->line));
	assert_false(line_is_registered(t->line));
	assert_int_equal(t->lost, 0);
	t->n = 0;
	sign_in(t);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 1 REGISTER"), 2);
}

static void
a_power_cut_leaves_nothing(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	assert_int_equal(line_subscribe(t->line, &self, owner(t), 3), 0);
	t->io->ops->power_cut(t->io);
	line_power_cut(t->line);
	run(t, 1000 * SECOND);
	assert_int_equal(t->n, 0);
	assert_int_equal(t->lost, 0);
	assert_int_equal(sim_open(t->f), 0);
	assert_false(line_is_up(t->line));
}

/* Whatever allocation fails when something is sent: it is not sent, and nothing leaks. */
static void
it_survives_every_allocation_that_fails_when_it_asks(void **state)
{
	struct test *t = *state;
	long n = 0;
	int err = -ENOMEM;

	start(t);
	send_register(t, 1);
	t->rig.deaf = true;
	while (err != 0) {
		mem_fail_at(++n);
		err = line_register(t->line, owner(t), 1);
		mem_fail_at(0);
		assert_true(err == 0 || (err == -ENOMEM && t->line->sa.sa == NULL));
	}
	assert_int_equal(sip_rig_heard(&t->rig, "gssapi-data"), 0);
	t->rig.deaf = false;
	run(t, 100 * SECOND);
	sign_in(t);
	assert_in_range(n, 5, 60);
}

/* And when it is told something: at worst the line is lost. */
static void
it_survives_every_allocation_that_fails_when_it_hears(void **state)
{
	struct test *t = *state;
	long n = 0;

	start(t);
	while (!line_is_registered(t->line) || n < 20) {
		if (!line_is_up(t->line))
			connect_line(t);
		send_register(t, 1);
		assert_int_equal(line_register(t->line, owner(t), 1), 0);
		mem_fail_at(++n);
		run(t, SECOND);
		mem_fail_at(0);
		t->n = 0;
		if (n < 20)
			line_close(t->line);
	}
}

int
main(void)
{
#define LINE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		LINE_TEST(it_signs_in_after_a_challenge),
		LINE_TEST(the_first_message_is_as_the_reference_has_it),
		LINE_TEST(before_version_4_the_token_is_not_signed),
		LINE_TEST(without_a_version_the_short_form_is_signed),
		LINE_TEST(a_version_below_two_is_the_short_form),
		LINE_TEST(a_407_wants_the_other_header),
		LINE_TEST(answers_may_be_cut_anywhere),
		LINE_TEST(the_gruu_is_the_contact_of_what_follows),
		LINE_TEST(an_answer_with_a_wrong_signature_is_silence_and_counted),
		LINE_TEST(an_unsigned_200_is_dropped_before_and_after_the_challenge),
		LINE_TEST(a_refusal_before_the_context_stands_needs_no_signature),
		LINE_TEST(a_provisional_answer_ends_nothing),
		LINE_TEST(what_was_said_once_is_not_heard_twice),
		LINE_TEST(an_unsigned_request_is_not_answered),
		LINE_TEST(keep_alives_go_out_when_nothing_else_does),
		LINE_TEST(other_messages_put_the_keep_alive_off),
		LINE_TEST(a_refresh_is_signed_and_goes_on_counting),
		LINE_TEST(a_refresh_without_a_word_of_keep_alives_leaves_them),
		LINE_TEST(the_context_is_old_after_eight_hours),
		LINE_TEST(the_server_may_sign_it_off),
		LINE_TEST(a_reason_of_the_servers_own_is_unknown),
		LINE_TEST(a_lost_connection_is_told_to_who_waits_and_then_to_the_journey),
		LINE_TEST(a_loss_before_the_registration_is_only_the_owners),
		LINE_TEST(garbage_ends_the_connection),
		LINE_TEST(who_no_longer_waits_is_not_told),
		LINE_TEST(a_register_that_nobody_waits_for_makes_way),
		LINE_TEST(sign_out_ends_subscriptions_and_registration),
		LINE_TEST(sign_out_does_not_wait_for_ever),
		LINE_TEST(it_may_be_freed_inside_its_own_event),
		LINE_TEST(it_may_be_closed_inside_its_own_event_and_taken_again),
		LINE_TEST(a_power_cut_leaves_nothing),
		LINE_TEST(it_survives_every_allocation_that_fails_when_it_asks),
		LINE_TEST(it_survives_every_allocation_that_fails_when_it_hears),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
