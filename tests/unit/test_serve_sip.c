/* test_serve_sip.c - the front end by hand: what it refuses, and how it says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "epid.h"
#include "mem.h"
#include "rng.h"
#include "serve_sip.h"
#include "sim.h"
#include "sim_accept.h"
#include "sim_auth.h"
#include "sip_msg.h"
#include "sip_signed.h"
#include "text.h"

enum { SECOND = 1000000 };

#define TARGET "sip/fe01.contoso.com"
#define EPID "0004f2100001"

static const int64_t WALL_US = 1231367079ll * 1000000; /* Wed, 07 Jan 2009 22:24:39 GMT */

/* A client by hand, and the server. */
struct test {
	struct serve_sip_cfg cfg;
	struct serve_sip *server;
	struct serve_sip_conn *conn;
	struct sim_auth *auth;
	struct auth_sa *sa;
	struct buf out;
	struct sip_msg msg;
	uint64_t now_us;
	unsigned cseq, cnum, version;
	char opaque[16], log[128];

	/* parts of a request */
	const char *user, *epid, *instance, *supported, *event, *extra;
};

static void
on_log(void *arg, const char *line)
{
	struct test *t = arg;

	snprintf(t->log, sizeof t->log, "%s", line);
}

static int
set_up(void **state)
{
	struct test *t = mem_new(sizeof *t);
	static char uuid[UUID_TEXT_SIZE];
	uint8_t bytes[UUID_SIZE];

	epid_uuid(span_of(EPID), bytes);
	t->cfg = (struct serve_sip_cfg){
		.fqdn = "fe01.contoso.com",
		.sip_domain = "contoso.com",
		.krb_realm = "CONTOSO.COM",
		.acceptor = sim_acceptor_new(NULL),
		.users = "phone%05d",
		.n_users = 3,
		.log = on_log,
		.arg = t,
	};
	t->auth = sim_auth_new("phone00001", "CONTOSO.COM", "secret");
	sim_auth_logged_in(t->auth);
	sim_auth_has_ticket(t->auth, TARGET);
	t->version = 4;
	t->user = "phone00001";
	t->epid = ";epid=" EPID;
	t->instance = epid_uuid_text(bytes, uuid);
	t->supported = "gruu-10, adhoclist, msrtc-event-categories";
	t->event = "registration";
	t->extra = "";
	*state = t;
	return 0;
}

static void
start(struct test *t)
{
	assert_int_equal(serve_sip_new(&t->cfg, &t->server), 0);
	assert_int_equal(
	    serve_sip_open(t->server, 0x7f000002, 4711, t->now_us, t, &t->conn), 0);
}

static int
tear_down(void **state)
{
	struct test *t = *state;

	if (t->sa != NULL)
		sim_auth(t->auth)->ops->sign_close(t->sa);
	serve_sip_close(t->conn);
	serve_sip_free(t->server);
	sim_auth_free(t->auth);
	sim_acceptor_free(t->cfg.acceptor);
	buf_done(&t->out);
	mem_free(t);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* Send; what comes back is one message or nothing. */
static int
say(struct test *t, struct span bytes)
{
	int err;

	buf_clear(&t->out);
	err = serve_sip_bytes(t->conn, bytes, t->now_us, WALL_US, &t->out);
	t->msg = (struct sip_msg){ 0 };
	if (t->out.n > 0)
		assert_int_equal(sip_msg_parse(t->out.p, t->out.n, &t->msg), 0);
	return err;
}

static void
write_head(struct test *t, struct buf *b, const char *method)
{
	buf_printf(b,
	    "%s sip:contoso.com SIP/2.0\r\n"
	    "Via: SIP/2.0/TLS 192.0.2.10:49152\r\n"
	    "From: <sip:%s@contoso.com>;tag=3e49177a52%s\r\n"
	    "To: <sip:%s@contoso.com>\r\n"
	    "Call-ID: 4037df92\r\n"
	    "CSeq: %u %s\r\n"
	    "Event: %s\r\n",
	    method, t->user, t->epid, t->user, ++t->cseq, method, t->event);
	if (strcmp(method, "REGISTER") == 0)
		buf_printf(b,
		    "Contact: <sip:192.0.2.10:49152;transport=tls>;proxy=replace;"
		    "+sip.instance=\"<urn:uuid:%s>\"\r\n"
		    "Supported: %s\r\n"
		    "ms-keep-alive: UAC;hop-hop=yes\r\n",
		    t->instance, t->supported);
	buf_text(b, t->extra);
}

/* A request without credentials. */
static void
ask_bare(struct test *t, const char *method)
{
	struct buf b = { 0 };

	write_head(t, &b, method);
	buf_text(&b, "Content-Length: 0\r\n\r\n");
	assert_int_equal(say(t, buf_bytes(&b)), 0);
	buf_done(&b);
}

/* Say a request with these credentials; a signature is made if there is a rand.  What the
 * server's bytes came to goes out. */
static int
say_with(struct test *t, const char *method, struct sip_auth *a, const char *body)
{
	struct buf b = { 0 }, bytes = { 0 }, mic = { 0 };
	struct sip_msg m;
	size_t n;
	int err;

	write_head(t, &b, method);
	n = b.n;
	buf_text(&b, "\r\n");
	assert_int_equal(sip_msg_parse(b.p, b.n, &m), 0);
	if (a->rand.n > 0) {
		assert_int_equal(sip_signed_bytes(&bytes, &m, a), 0);
		assert_int_equal(
		    sim_auth(t->auth)->ops->sign(t->sa, buf_bytes(&bytes), &mic), 0);
		a->mic = buf_bytes(&mic);
	}
	b.n = n;
	sip_write_auth(&b, SIP_BY_CLIENT, "Authorization", a);
	buf_printf(&b, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	err = say(t, buf_bytes(&b));
	buf_done(&b);
	buf_done(&bytes);
	buf_done(&mic);
	return err;
}

static void
ask_with(struct test *t, const char *method, struct sip_auth *a, const char *body)
{
	assert_int_equal(say_with(t, method, a, body), 0);
}

static struct sip_auth
credentials(const struct test *t)
{
	return (struct sip_auth){ .scheme = span_of("Kerberos"),
		.realm = span_of("SIP Communications Service"),
		.target = span_of(TARGET),
		.version = t->version };
}

static void
register_with_token(struct test *t)
{
	struct buf token = { 0 }, base64 = { 0 };
	struct sip_auth a = credentials(t);
	char num[16];

	if (t->sa != NULL)
		sim_auth(t->auth)->ops->sign_close(t->sa);
	assert_int_equal(
	    sim_auth(t->auth)->ops->sign_open(sim_auth(t->auth), TARGET, &token, &t->sa), 0);
	buf_base64(&base64, buf_bytes(&token));
	a.gssapi = buf_bytes(&base64);
	if (t->version >= 4) {
		snprintf(num, sizeof num, "%u", ++t->cnum);
		a.rand = span_of("8ba2d795");
		a.num = span_of(num);
	}
	ask_with(t, "REGISTER", &a, "");
	buf_done(&token);
	buf_done(&base64);
}

/* The server's signature is right; its opaque is kept. */
static void
check_signature(struct test *t)
{
	struct buf bytes = { 0 }, mic = { 0 };
	struct sip_auth a;

	assert_int_equal(sip_auth_read(&t->msg, SIP_BY_SERVER, "Kerberos", &a), 0);
	a.version = t->version;
	assert_int_equal(sip_signed_bytes(&bytes, &t->msg, &a), 0);
	assert_int_equal(text_unhex(&mic, a.mic), 0);
	assert_int_equal(
	    sim_auth(t->auth)->ops->check(t->sa, buf_bytes(&bytes), buf_bytes(&mic)), 0);
	snprintf(
	    t->opaque, sizeof t->opaque, "%.*s", (int)a.opaque.n, (const char *)a.opaque.p);
	buf_done(&bytes);
	buf_done(&mic);
}

static void
sign_in(struct test *t)
{
	register_with_token(t);
	assert_int_equal(t->msg.status, 200);
	check_signature(t);
}

/* A signed request in the context that stands. */
static int
say_signed(struct test *t, const char *method, const char *body)
{
	struct sip_auth a = credentials(t);
	char num[16];

	snprintf(num, sizeof num, "%u", ++t->cnum);
	a.opaque = span_of(t->opaque);
	a.rand = span_of("5ccb6681");
	a.num = span_of(num);
	return say_with(t, method, &a, body);
}

static void
ask_signed(struct test *t, const char *method, const char *body)
{
	assert_int_equal(say_signed(t, method, body), 0);
}

static bool
header_is(const struct test *t, const char *name, const char *value)
{
	return span_is(sip_msg_get(&t->msg, name, 0), value);
}

/* ---- the challenge ----------------------------------------------------------- */

static void
a_request_without_credentials_is_challenged(void **state)
{
	struct test *t = *state;

	start(t);
	ask_bare(t, "REGISTER");
	assert_int_equal(t->msg.status, 401);
	assert_true(header_is(t, "Date", "Wed, 07 Jan 2009 22:24:39 GMT"));
	assert_true(span_is(sip_msg_get(&t->msg, "WWW-Authenticate", 0),
	    "Kerberos realm=\"SIP Communications Service\", targetname=\"" TARGET
	    "\", version=4"));
	assert_true(span_is(sip_msg_get(&t->msg, "WWW-Authenticate", 1),
	    "NTLM realm=\"SIP Communications Service\", targetname=\"fe01.contoso.com\", "
	    "version=4"));
	assert_true(header_is(t, "Via",
	    "SIP/2.0/TLS 192.0.2.10:49152;received=127.0.0.2;ms-received-port=4711;"
	    "ms-received-cid=100"));
	assert_null(sip_msg_get(&t->msg, "Authentication-Info", 0).p);
	assert_string_equal(t->log, "REGISTER phone00001 401");
	ask_bare(t, "SUBSCRIBE");
	assert_int_equal(t->msg.status, 401);
}

static void
ack_and_cancel_are_not_challenged(void **state)
{
	struct test *t = *state;

	start(t);
	ask_bare(t, "ACK");
	assert_int_equal(t->out.n, 0);
	ask_bare(t, "CANCEL");
	assert_int_equal(t->out.n, 0);
}

static void
a_context_for_somebody_else_is_challenged(void **state)
{
	struct test *t = *state;
	struct sip_auth a = credentials(t);

	start(t);
	sign_in(t);
	a.target = span_of("sip/fe02.contoso.com");
	a.opaque = span_of(t->opaque);
	a.rand = span_of("1");
	a.num = span_of("7");
	ask_with(t, "SUBSCRIBE", &a, "");
	assert_int_equal(t->msg.status, 401);
}

/* ---- signing in -------------------------------------------------------------- */

static void
what_a_registration_is_told(void **state)
{
	struct test *t = *state;
	struct sip_addr contact;
	struct span v;

	start(t);
	sign_in(t);
	assert_true(
	    header_is(t, "ms-keep-alive", "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300"));
	assert_true(header_is(t, "Expires", "7200"));
	assert_true(header_is(t, "presence-state", "register-action=\"added\""));
	assert_true(header_is(t, "Server", "RTC/3.5"));
	assert_true(sip_msg_lists(&t->msg, "Allow-Events", "vnd-microsoft-provisioning-v2"));
	assert_true(span_is(sip_msg_get(&t->msg, "Supported", 1), "msrtc-event-categories"));
	assert_int_equal(sip_msg_addr(&t->msg, "From", &contact), 0);
	assert_true(span_is(contact.display, "phone00001"));
	assert_int_equal(sip_msg_addr(&t->msg, "Contact", &contact), 0);
	assert_true(
	    span_is(contact.uri, "sip:192.0.2.10:49152;transport=tls;ms-received-cid=100"));
	assert_true(sip_param(contact.params, "expires", &v) && span_is(v, "7200"));
	assert_true(sip_param(contact.params, "gruu", &v) &&
	    span_is(v,
		"sip:phone00001@contoso.com;opaque=user:epid:E3hUdfDKJVK9dM7-er3pmgAA;"
		"gruu"));

	ask_signed(t, "REGISTER", "");
	check_signature(t);
	assert_true(header_is(t, "presence-state", "register-action=\"refreshed\""));
	assert_int_equal(serve_sip_stats(t->server)->registered, 1);
}

static void
it_signs_versions_2_and_3_too(void **state)
{
	for (unsigned version = 2; version <= 3; version++) {
		struct test *t;

		if (version == 3)
			set_up(state);
		t = *state;
		t->version = t->cfg.version = version;
		start(t);
		sign_in(t);
		ask_signed(t, "SUBSCRIBE", "");
		check_signature(t);
		assert_int_equal(t->msg.status, 489);
		if (version == 2)
			tear_down(state);
	}
}

static void
is_refused(struct test *t, int status, const char *diagnostics)
{
	struct span value;

	assert_int_equal(t->msg.status, status);
	value = sip_msg_get(&t->msg, "ms-diagnostics", 0);
	assert_true(span_is(span_cut(&value, ';'), diagnostics));
	assert_int_equal(serve_sip_stats(t->server)->registered, 0);
}

static void
endpoint_ids_must_be_there_and_fit(void **state)
{
	struct test *t = *state;

	start(t);
	t->epid = "";
	register_with_token(t);
	is_refused(t, 400, "4011");
	t->epid = ";epid=12345678901234567";
	register_with_token(t);
	is_refused(t, 400, "4012");
	t->epid = ";epid=0004f2100002";
	register_with_token(t);
	is_refused(t, 400, "4010");
}

static void
unknown_users_are_not_found(void **state)
{
	static const char *const users[] = { "phone00003", "phone1", "phone000001", "phone",
		"fone00001", "phone0000x" };
	struct test *t = *state;

	start(t);
	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
		if (t->sa != NULL)
			sim_auth(t->auth)->ops->sign_close(t->sa);
		t->sa = NULL;
		sim_auth_free(t->auth);
		t->auth = sim_auth_new(users[i], "CONTOSO.COM", "secret");
		sim_auth_logged_in(t->auth);
		sim_auth_has_ticket(t->auth, TARGET);
		t->user = users[i];
		t->cnum = 0;
		register_with_token(t);
		is_refused(t, 404, "4005");
		check_signature(t);
	}
}

static void
nobody_speaks_for_another(void **state)
{
	struct test *t = *state;

	start(t);
	t->user = "phone00002";
	register_with_token(t);
	is_refused(t, 403, "4004");
	check_signature(t);
	/* and the context it made does not stand */
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 401);

	t->user = "phone00001";
	t->cnum = 0;
	sign_in(t);
	t->user = "phone00002";
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 403);
	t->user = "phone00001";
	t->epid = ";epid=other";
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 403);
}

static void
a_realm_of_another_is_refused(void **state)
{
	struct test *t = *state;

	t->cfg.krb_realm = "FABRIKAM.COM";
	start(t);
	register_with_token(t);
	is_refused(t, 403, "4004");
}

static void
replays_and_other_contexts_are_challenged(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	t->cnum = 5;
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 489);

	t->cnum = 5; /* the same number again */
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 401);

	t->opaque[0] = 'x';
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 401);
}

static void
damaged_signatures_are_challenged_and_counted(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	t->version = 2; /* signs less than the server expects */
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 401);
	assert_int_equal(serve_sip_stats(t->server)->bad_signatures, 1);
}

static void
a_version_that_was_not_offered_is_refused(void **state)
{
	struct test *t = *state;

	t->cfg.version = 3;
	start(t);
	register_with_token(t);
	is_refused(t, 401, "1000");
}

static void
a_register_that_makes_no_sense_is_refused(void **state)
{
	struct test *t = *state;

	start(t);
	t->event = "presence";
	register_with_token(t);
	is_refused(t, 489, "4055");
	t->event = "registration";
	t->supported = "msrtc-event-categories";
	register_with_token(t);
	is_refused(t, 421, "2057");
}

/* ---- afterwards ---------------------------------------------------------------- */

#define PROVISIONING "vnd-microsoft-provisioning-v2"
#define PROVISIONING_TYPE "application/vnd-microsoft-roaming-provisioning-v2+xml"

static void
provisioning_comes_in_the_answer(void **state)
{
	struct test *t = *state;

	t->cfg.update_internal = "http://a/?b&c";
	start(t);
	sign_in(t);
	t->event = PROVISIONING;
	t->extra = "Accept: " PROVISIONING_TYPE "\r\nExpires: 0\r\n"
		   "Supported: ms-piggyback-first-notify\r\n";
	ask_signed(t, "SUBSCRIBE", "<provisioningGroup name=\"ServerConfiguration\"/>");
	assert_int_equal(t->msg.status, 200);
	check_signature(t);
	assert_true(header_is(t, "subscription-state", "terminated;expires=0"));
	assert_true(header_is(t, "Content-Type", PROVISIONING_TYPE));
	assert_true(header_is(t, "ms-piggyback-cseq", "1"));
	assert_non_null(memmem(t->msg.body.p, t->msg.body.n,
	    "<updatesServerInternalUrl>http://a/?b&amp;c</updatesServerInternalUrl>", 70));
	assert_null(memmem(t->msg.body.p, t->msg.body.n, "ucPolicy", 8));

	t->extra = "Accept: text/plain\r\n";
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 406);
}

static void
who_takes_no_piggyback_gets_a_notify(void **state)
{
	struct test *t = *state;
	struct sip_stream s = { 0 };
	struct sip_msg m;

	start(t);
	sign_in(t);
	t->event = "vnd-microsoft-roaming-contacts";
	{
		struct sip_auth a = credentials(t);
		struct buf b = { 0 }, bytes = { 0 }, mic = { 0 };
		size_t n;

		a.opaque = span_of(t->opaque);
		a.rand = span_of("1");
		a.num = span_of("9");
		write_head(t, &b, "SUBSCRIBE");
		n = b.n;
		buf_text(&b, "\r\n");
		assert_int_equal(sip_msg_parse(b.p, b.n, &m), 0);
		(void)sip_signed_bytes(&bytes, &m, &a);
		(void)sim_auth(t->auth)->ops->sign(t->sa, buf_bytes(&bytes), &mic);
		a.mic = buf_bytes(&mic);
		b.n = n;
		sip_write_auth(&b, SIP_BY_CLIENT, "Authorization", &a);
		buf_text(&b, "\r\n");
		buf_clear(&t->out);
		assert_int_equal(
		    serve_sip_bytes(t->conn, buf_bytes(&b), 0, WALL_US, &t->out), 0);
		buf_done(&b);
		buf_done(&bytes);
		buf_done(&mic);
	}
	assert_int_equal(sip_stream_put(&s, buf_bytes(&t->out)), 0);
	assert_int_equal(sip_stream_next(&s, &m), 0);
	assert_true(m.status == 200 && m.body.n == 0);
	assert_int_equal(sip_stream_next(&s, &m), 0);
	assert_true(span_is(m.method, "NOTIFY") && m.body.n > 0);
	assert_true(span_is(sip_msg_get(&m, "Call-ID", 0), "4037df92"));
	t->msg = m;
	check_signature(t);
	sip_stream_done(&s);
}

static void
other_methods_get_an_answer_each(void **state)
{
	static const struct {
		const char *method;
		int status;
	} table[] = { { "SERVICE", 200 }, { "OPTIONS", 200 }, { "BYE", 481 }, { "INVITE", 501 },
		{ "MESSAGE", 501 }, { "SUBSCRIBE", 489 } };
	struct test *t = *state;

	start(t);
	sign_in(t);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		ask_signed(t, table[i].method, "");
		assert_int_equal(t->msg.status, table[i].status);
		check_signature(t);
	}
	ask_signed(t, "ACK", "");
	assert_int_equal(t->out.n, 0);
}

static void
sign_out_ends_the_binding(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	assert_ptr_equal(serve_sip_find(t->server, "PHONE00001", t->now_us), t->conn);
	assert_ptr_equal(serve_sip_face(t->conn), t);
	t->extra = "Expires: 0\r\n";
	ask_signed(t, "REGISTER", "");
	assert_int_equal(t->msg.status, 200);
	check_signature(t);
	assert_true(header_is(t, "Expires", "0"));
	assert_int_equal(serve_sip_stats(t->server)->registered, 0);
	assert_null(serve_sip_find(t->server, "phone00001", t->now_us));
}

static void
a_binding_outlives_its_connection_but_not_its_time(void **state)
{
	struct test *t = *state;

	start(t);
	sign_in(t);
	serve_sip_close(t->conn);
	assert_int_equal(serve_sip_stats(t->server)->registered, 1);
	assert_null(serve_sip_find(t->server, "phone00001", t->now_us));

	assert_int_equal(
	    serve_sip_open(t->server, 0x7f000002, 4712, t->now_us, t, &t->conn), 0);
	t->cnum = 0;
	sign_in(t);
	assert_true(header_is(t, "presence-state", "register-action=\"fixed\""));
	assert_int_equal(serve_sip_stats(t->server)->registered, 1);

	t->now_us += 7231ull * SECOND;
	ask_signed(t, "REGISTER", "");
	assert_true(header_is(t, "presence-state", "register-action=\"added\""));
	assert_int_equal(serve_sip_stats(t->server)->registered, 1);
}

/* Another endpoint of the same user speaks from now on. */
static void
take_endpoint(struct test *t, const char *epid, const char *param, char uuid[UUID_TEXT_SIZE])
{
	uint8_t bytes[UUID_SIZE];

	epid_uuid(span_of(epid), bytes);
	t->epid = param;
	t->instance = epid_uuid_text(bytes, uuid);
	t->cnum = 0;
}

static void
two_endpoints_on_one_connection_leave_nothing_behind(void **state)
{
	struct test *t = *state;
	char uuid[UUID_TEXT_SIZE];

	start(t);
	sign_in(t);
	take_endpoint(t, "0004f2100002", ";epid=0004f2100002", uuid);
	sign_in(t);
	assert_int_equal(serve_sip_stats(t->server)->registered, 2);
	assert_ptr_equal(serve_sip_find(t->server, "phone00001", t->now_us), t->conn);

	serve_sip_close(t->conn);
	assert_null(serve_sip_find(t->server, "phone00001", t->now_us));
	assert_int_equal(
	    serve_sip_open(t->server, 0x7f000002, 4712, t->now_us, t, &t->conn), 0);
	take_endpoint(t, EPID, ";epid=" EPID, uuid);
	sign_in(t);
	assert_int_equal(serve_sip_stats(t->server)->registered, 2);
}

static void
subscriptions_are_for_who_is_registered_now(void **state)
{
	struct test *t = *state;
	char uuid[UUID_TEXT_SIZE];

	t->cfg.expires_s = 900;
	start(t);
	sign_in(t);
	t->extra = "Supported: ms-piggyback-first-notify\r\n";
	t->event = "vnd-microsoft-roaming-self";
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 200);
	t->now_us += 900ull * SECOND;
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 403);

	/* Nor does another endpoint inherit what the connection was registered for. */
	t->event = "registration";
	ask_signed(t, "REGISTER", "");
	take_endpoint(t, "0004f2100002", ";epid=0004f2100002", uuid);
	t->event = "presence";
	register_with_token(t);
	assert_int_equal(t->msg.status, 489);
	check_signature(t);
	t->event = "vnd-microsoft-roaming-self";
	ask_signed(t, "SUBSCRIBE", "");
	assert_int_equal(t->msg.status, 403);
}

static void
a_signing_context_ends_after_eight_hours(void **state)
{
	struct test *t = *state;

	t->cfg.expires_s = 10 * 3600;
	start(t);
	sign_in(t);
	t->now_us += 8ull * 3600 * SECOND - 1;
	ask_signed(t, "REGISTER", "");
	assert_int_equal(t->msg.status, 200);
	t->now_us++;
	ask_signed(t, "REGISTER", "");
	assert_int_equal(t->msg.status, 401);
	t->cnum = 0;
	sign_in(t);
	assert_true(header_is(t, "presence-state", "register-action=\"refreshed\""));
}

static int
cannot_sign(struct accept_sa *sa, struct span text, struct buf *mic_out)
{
	(void)sa;
	(void)text;
	(void)mic_out;
	return -EACCES;
}

static void
an_answer_that_cannot_be_signed_ends_the_connection(void **state)
{
	struct test *t = *state;
	const struct accept_ops *whole = t->cfg.acceptor->ops;
	struct accept_ops broken = *whole;

	start(t);
	sign_in(t);
	broken.sip_sign = cannot_sign;
	t->cfg.acceptor->ops = &broken;
	assert_int_equal(say_signed(t, "OPTIONS", ""), -EACCES);
	assert_int_equal(t->out.n, 0);
	t->cfg.acceptor->ops = whole;
}

static void
the_silent_are_idle_after_the_agreed_time_and_a_grace(void **state)
{
	struct test *t = *state;

	t->cfg.keep_alive_s = 20;
	t->cfg.grace_s = 5;
	start(t);
	sign_in(t);
	t->now_us += 20ull * SECOND;
	assert_int_equal(say(t, span_of("\r\n\r\n")), 0);
	assert_int_equal(t->out.n, 0);
	assert_int_equal(serve_sip_stats(t->server)->keep_alives, 1);
	assert_false(serve_sip_idle(t->conn, t->now_us + 25ull * SECOND));
	assert_true(serve_sip_idle(t->conn, t->now_us + 26ull * SECOND));
}

static void
garbage_closes_the_connection(void **state)
{
	struct test *t = *state;

	start(t);
	assert_int_equal(say(t, span_of("GET / HTTP/1.0\r\n\r\n")), -EBADMSG);
	assert_int_equal(say(t, span_of("x")), -EBADMSG);
	assert_int_equal(serve_sip_stats(t->server)->garbage, 2);
}

static void
random_and_damaged_requests_do_no_harm(void **state)
{
	struct test *t = *state;
	struct buf b = { 0 };
	struct rng rng;

	t->cfg.log = NULL;
	start(t);
	sign_in(t);
	write_head(t, &b, "REGISTER");
	buf_text(&b,
	    "Authorization: Kerberos realm=\"SIP Communications Service\", "
	    "targetname=\"" TARGET "\", gssapi-data=\"AAAA\", version=4, crand=\"1\", "
	    "cnum=\"1\", response=\"00\"\r\nContent-Length: 0\r\n\r\n");
	rng_seed(&rng, 9, 0);
	for (int i = 0; i < 20000; i++) {
		char text[2048];
		struct serve_sip_conn *c;

		memcpy(text, b.p, b.n);
		for (uint64_t k = rng_below(&rng, 6); k > 0; k--)
			text[rng_below(&rng, b.n)] = (char)rng_u32(&rng);
		assert_int_equal(serve_sip_open(t->server, 1, 1, 0, NULL, &c), 0);
		buf_clear(&t->out);
		(void)serve_sip_bytes(c, (struct span){ (const uint8_t *)text, b.n }, 0,
		    (int64_t)rng_u64(&rng), &t->out);
		serve_sip_close(c);
	}
	buf_done(&b);
	assert_int_equal(serve_sip_stats(t->server)->registered, 1);
}

int
main(void)
{
#define SERVE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		SERVE_TEST(a_request_without_credentials_is_challenged),
		SERVE_TEST(ack_and_cancel_are_not_challenged),
		SERVE_TEST(a_context_for_somebody_else_is_challenged),
		SERVE_TEST(what_a_registration_is_told),
		SERVE_TEST(it_signs_versions_2_and_3_too),
		SERVE_TEST(endpoint_ids_must_be_there_and_fit),
		SERVE_TEST(unknown_users_are_not_found),
		SERVE_TEST(nobody_speaks_for_another),
		SERVE_TEST(a_realm_of_another_is_refused),
		SERVE_TEST(replays_and_other_contexts_are_challenged),
		SERVE_TEST(damaged_signatures_are_challenged_and_counted),
		SERVE_TEST(a_version_that_was_not_offered_is_refused),
		SERVE_TEST(a_register_that_makes_no_sense_is_refused),
		SERVE_TEST(provisioning_comes_in_the_answer),
		SERVE_TEST(who_takes_no_piggyback_gets_a_notify),
		SERVE_TEST(other_methods_get_an_answer_each),
		SERVE_TEST(sign_out_ends_the_binding),
		SERVE_TEST(a_binding_outlives_its_connection_but_not_its_time),
		SERVE_TEST(two_endpoints_on_one_connection_leave_nothing_behind),
		SERVE_TEST(subscriptions_are_for_who_is_registered_now),
		SERVE_TEST(a_signing_context_ends_after_eight_hours),
		SERVE_TEST(an_answer_that_cannot_be_signed_ends_the_connection),
		SERVE_TEST(the_silent_are_idle_after_the_agreed_time_and_a_grace),
		SERVE_TEST(garbage_closes_the_connection),
		SERVE_TEST(random_and_damaged_requests_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
