/*
 * test_sim_auth_worlds.c - the same stories told to both Kerberoses, MIT's with a real krb5kdc
 * and the toy: what they answer is written down, and must be the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "accept_gss.h"
#include "kdc_rig.h"
#include "mem.h"
#include "sim_accept.h"
#include "sim_auth.h"
#include "sim_kdc.h"

static const char SIP[] = "sip/fe01.contoso.com";
static const char WEB[] = "HTTP/dc01.contoso.com";
static const char SHORT[] = "HTTP/dc01";
static const int64_t MINUTE = 60ll * 1000000, HOUR = 3600ll * 1000000;

enum { USERS = 8, LOCKED = 3, EXPIRED = 4, REPLY_MAX = 65536 };

/* Where a story is told, and what was said so far. */
struct world {
	struct kdc_rig *rig; /* NULL: the toy's */
	struct sim *sim;
	struct sim_kdc kdc;
	unsigned packets, streams;
	struct buf said;
};

/* ---- one world or the other --------------------------------------------------- */

static enum sim_account
account_of(const void *arg, struct span user)
{
	(void)arg;
	if (span_is(user, "phone00003"))
		return ACCOUNT_LOCKED;
	if (span_is(user, "phone00004"))
		return ACCOUNT_EXPIRED;
	return span_is(user, "phone00099") ? ACCOUNT_UNKNOWN : ACCOUNT_GOOD;
}

static struct auth *
phone_of(struct world *w, uint32_t i, const char *password)
{
	struct sim_auth_cfg cfg = { .realm = RIG_REALM, .password = password, .world = w->sim };
	struct auth *phone = NULL;
	char user[32];

	if (w->rig != NULL)
		return kdc_rig_phone(i, password);
	(void)snprintf(user, sizeof user, "phone%05u", i);
	cfg.user = user;
	if (password == NULL)
		cfg.password = RIG_PASSWORD;
	assert_int_equal(sim_auth_make(&cfg, &phone), 0);
	return phone;
}

static void
phone_gone(struct world *w, struct auth *phone)
{
	if (w->rig != NULL)
		auth_krb5_free(phone);
	else
		sim_auth_unmake(phone);
}

/* One request to the KDC; how long its reply is. */
static size_t
exchange(struct world *w, const struct auth_out *out, uint8_t *reply)
{
	struct buf b;

	w->packets++;
	w->streams += out->stream;
	if (w->rig != NULL)
		return kdc_rig_exchange(w->rig, out, reply);
	buf_over(&b, reply, REPLY_MAX);
	assert_int_equal(
	    sim_kdc_answer(&w->kdc, out->packet, out->stream, sim_wall_us(w->sim), &b), 0);
	return b.n;
}

static void
say(struct world *w, const char *what, long value)
{
	buf_printf(&w->said, "%s %ld\n", what, value);
}

/* Carry a conversation to its end, and write down what it came to. */
static void
walk(struct world *w, struct auth *phone, struct auth_talk *talk)
{
	static uint8_t reply[REPLY_MAX];
	struct auth_out out;
	enum auth_next next;
	size_t n = 0;

	while ((next = phone->ops->next(talk, (struct span){ reply, n }, &out)) == AUTH_SEND)
		n = exchange(w, &out, reply);
	buf_printf(&w->said, "%s %d %s\n", next == AUTH_DONE ? "done" : "failed", out.code,
	    out.text != NULL ? out.text : "");
	phone->ops->drop(talk);
}

static void
login(struct world *w, struct auth *phone)
{
	struct auth_talk *talk;

	assert_int_equal(phone->ops->login(phone, &talk), 0);
	walk(w, phone, talk);
}

static void
ticket(struct world *w, struct auth *phone, const char *spn)
{
	struct auth_talk *talk;
	int rc = phone->ops->ticket(phone, spn, &talk);

	say(w, "ticket", rc);
	if (rc == 0)
		walk(w, phone, talk);
}

static struct acceptor *
acceptor_of(struct world *w, enum serve_keys keys, const char *keytab)
{
	const struct sim_accept_cfg cfg = { .realm = RIG_REALM, .world = w->sim, .keys = keys };
	struct acceptor *acceptor;

	if (w->rig != NULL)
		assert_int_equal(acceptor_gss_new(kdc_rig_path(w->rig, keytab), &acceptor), 0);
	else
		assert_int_equal(sim_accept_new(&cfg, &acceptor), 0);
	return acceptor;
}

static void
acceptor_gone(struct world *w, struct acceptor *acceptor)
{
	if (w->rig != NULL)
		acceptor_gss_free(acceptor);
	else
		sim_acceptor_free(acceptor);
}

/* ---- stories: logging in --------------------------------------------------------- */

typedef void story_fn(struct world *);

static void
logs_in(struct world *w, uint32_t i, const char *password, int64_t clock)
{
	struct auth *phone = phone_of(w, i, password);

	phone->ops->clock(phone, clock);
	login(w, phone);
	say(w, "packets", w->packets);
	phone_gone(w, phone);
}

static void
story_right_password(struct world *w)
{
	logs_in(w, 1, NULL, 0);
}

static void
story_wrong_password(struct world *w)
{
	logs_in(w, 1, "wrong", 0);
}

static void
story_unknown_user(struct world *w)
{
	logs_in(w, 99, NULL, 0);
}

static void
story_locked(struct world *w)
{
	logs_in(w, LOCKED, NULL, 0);
	logs_in(w, LOCKED, "wrong", 0);
}

static void
story_expired(struct world *w)
{
	logs_in(w, EXPIRED, NULL, 0);
	logs_in(w, EXPIRED, "wrong", 0);
}

static void
story_clock_off(struct world *w)
{
	for (int64_t off = -20; off <= 20; off += 4)
		if (off != 0)
			logs_in(w, 1, NULL, off * MINUTE);
}

static void
story_clock_put_right(struct world *w)
{
	struct auth *phone = phone_of(w, 1, NULL);

	phone->ops->clock(phone, 20 * MINUTE);
	login(w, phone);
	phone->ops->clock(phone, 2 * MINUTE);
	login(w, phone);
	ticket(w, phone, SIP);
	phone_gone(w, phone);
}

/* ---- stories: tickets -------------------------------------------------------------- */

static void
story_asked_once(struct world *w)
{
	struct auth *phone = phone_of(w, 1, NULL);

	ticket(w, phone, SIP);
	login(w, phone);
	for (int i = 0; i < 3; i++) {
		ticket(w, phone, i < 2 ? SIP : WEB);
		say(w, "packets", w->packets);
	}
	/* A new login begins with nothing. */
	login(w, phone);
	ticket(w, phone, SIP);
	say(w, "packets", w->packets);
	phone_gone(w, phone);
}

static void
story_unknown_service(struct world *w)
{
	struct auth *phone = phone_of(w, 1, NULL);

	login(w, phone);
	ticket(w, phone, "HTTP/nobody");
	ticket(w, phone, "HTTP/a@OTHER.COM");
	ticket(w, phone, "HTTP/a\\");
	ticket(w, phone, "");
	ticket(w, phone, WEB);
	phone_gone(w, phone);
}

static void
story_clock_goes_wrong(struct world *w)
{
	struct auth *phone = phone_of(w, 1, NULL);

	login(w, phone);
	phone->ops->clock(phone, 20 * MINUTE);
	ticket(w, phone, SIP);
	phone->ops->clock(phone, -20 * MINUTE);
	ticket(w, phone, SIP);
	phone->ops->clock(phone, 0);
	ticket(w, phone, SIP);
	phone_gone(w, phone);
}

static void
token(struct world *w, struct auth *phone, const char *spn)
{
	struct auth_sa *sa = NULL;
	struct buf b = { 0 };

	say(w, "negotiate", phone->ops->negotiate(phone, spn, &b));
	say(w, "plain", phone->ops->negotiate_plain(phone, spn, &b));
	say(w, "open", phone->ops->sign_open(phone, spn, &b, &sa));
	say(w, "something", b.n > 0);
	if (sa != NULL)
		phone->ops->sign_close(sa);
	buf_done(&b);
}

static void
story_tickets_end(struct world *w)
{
	struct auth *phone = phone_of(w, 1, NULL);
	unsigned before;

	login(w, phone);
	ticket(w, phone, WEB);
	before = w->packets;
	phone->ops->clock(phone, 11 * HOUR);
	token(w, phone, WEB);
	ticket(w, phone, WEB);
	ticket(w, phone, SIP);
	say(w, "packets", w->packets - before);
	phone->ops->clock(phone, 9 * HOUR);
	token(w, phone, WEB);
	phone->ops->clock(phone, 0);
	token(w, phone, WEB);
	ticket(w, phone, SIP);
	phone_gone(w, phone);
}

static void
story_power_off(struct world *w)
{
	struct auth *phone = phone_of(w, 1, NULL);

	token(w, phone, WEB);
	login(w, phone);
	token(w, phone, WEB);
	ticket(w, phone, WEB);
	token(w, phone, WEB);
	token(w, phone, "HTTP/a@OTHER.COM");
	phone->ops->forget(phone);
	token(w, phone, WEB);
	ticket(w, phone, WEB);
	login(w, phone);
	ticket(w, phone, WEB);
	phone_gone(w, phone);
}

/* ---- stories: what the caller carries ------------------------------------------------ */

static void
hears(struct world *w, struct auth *phone, const struct span *replies, size_t n)
{
	struct auth_talk *talk;
	struct auth_out out;
	enum auth_next next;

	assert_int_equal(phone->ops->login(phone, &talk), 0);
	next = phone->ops->next(talk, (struct span){ NULL, 0 }, &out);
	for (size_t i = 0; next == AUTH_SEND && i < n; i++) {
		next = phone->ops->next(talk, replies[i], &out);
		buf_printf(&w->said, "%d stream %d code %d %s\n", next, out.stream, out.code,
		    out.text != NULL ? out.text : "");
	}
	phone->ops->drop(talk);
}

static void
story_unreadable(struct world *w)
{
	static const uint8_t junk[] = { 0x7e, 0x81, 0xff, 0x30, 0x00, 0xff };
	struct auth *phone = phone_of(w, 1, NULL);

	for (size_t n = 0; n <= sizeof junk; n++)
		hears(w, phone, &(struct span){ junk, n }, 1);
	phone_gone(w, phone);
}

static void
story_too_big(struct world *w)
{
	static const uint8_t cut[] = { 0, 0, 0 }, more[] = { 0, 0, 0, 2, 0x7e, 0x7e, 0x7e },
			     nothing[] = { 0, 0, 0, 0 };
	const struct span wrong[] = { { cut, sizeof cut }, { more, sizeof more },
		{ nothing, sizeof nothing }, { NULL, 0 } };
	struct auth *phone = phone_of(w, 1, NULL);
	uint8_t too_big[512];
	size_t n = kdc_rig_too_big(too_big, sizeof too_big);
	struct sim_kdc kdc = { .login_error = KRB_TOO_BIG };
	struct sim_auth *toy = sim_auth_new("phone00001", RIG_REALM, "");
	struct auth_talk *talk;
	struct auth_out out;
	struct buf b;

	/* The toy reads no DER but its own. */
	buf_over(&b, too_big, sizeof too_big);
	assert_int_equal(sim_auth(toy)->ops->login(sim_auth(toy), &talk), 0);
	(void)sim_auth(toy)->ops->next(talk, (struct span){ NULL, 0 }, &out);
	if (w->rig == NULL) {
		assert_int_equal(sim_kdc_answer(&kdc, out.packet, false, 0, &b), 0);
		n = b.n;
	}
	sim_auth(toy)->ops->drop(talk);
	sim_auth_free(toy);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		hears(w, phone, (struct span[]){ { too_big, n }, wrong[i] }, 2);
	phone_gone(w, phone);
}

static void
story_two_at_once(struct world *w)
{
	struct auth *phone = phone_of(w, 1, NULL);
	struct auth_talk *first, *second;
	struct auth_out out;

	login(w, phone);
	assert_int_equal(phone->ops->ticket(phone, SIP, &first), 0);
	assert_int_equal(phone->ops->ticket(phone, WEB, &second), 0);
	say(w, "first", phone->ops->next(first, (struct span){ NULL, 0 }, &out));
	walk(w, phone, second);
	phone->ops->drop(first);
	ticket(w, phone, SIP);
	phone_gone(w, phone);
}

/* ---- stories: the acceptor -------------------------------------------------------------- */

static void
shows(struct world *w, struct auth *phone, struct acceptor *acceptor, const char *service,
    const char *spn, bool plain)
{
	struct buf b = { 0 }, reply = { 0 };
	char client[ACCEPT_NAME_MAX] = "";
	const char *why = NULL;
	bool wrap = false;

	assert_int_equal(plain ? phone->ops->negotiate_plain(phone, spn, &b)
			       : phone->ops->negotiate(phone, spn, &b),
	    0);
	say(w, "spnego",
	    acceptor->ops->spnego(
		acceptor, service, buf_bytes(&b), &reply, client, &wrap, &why));
	buf_printf(&w->said, "%s wrap %d\n", client, wrap);
	if (why != NULL && strncmp(why, "the ticket", 10) == 0)
		buf_printf(&w->said, "%s\n", why);
	buf_done(&reply);
	/* The same bytes with one changed, cut short, and none. */
	if (b.n > 0)
		b.p[b.n - 3] ^= 0x55;
	for (size_t n = b.n; n != SIZE_MAX; n = n > 0 ? n / 2 : SIZE_MAX)
		say(w, "changed",
		    acceptor->ops->spnego(acceptor, service, (struct span){ b.p, n }, &reply,
			client, &wrap, &why));
	buf_done(&reply);
	buf_done(&b);
}

static void
story_tokens(struct world *w)
{
	struct acceptor *web = acceptor_of(w, KEYS_CA_WEB, "web.keytab");
	struct acceptor *ldap = acceptor_of(w, KEYS_LDAP, "ldap.keytab");
	struct auth *phone = phone_of(w, 1, NULL);

	login(w, phone);
	ticket(w, phone, WEB);
	ticket(w, phone, SHORT);
	ticket(w, phone, "ldap/dc01.contoso.com");
	shows(w, phone, web, "HTTP", WEB, false);
	shows(w, phone, web, "HTTP", SHORT, false);
	shows(w, phone, ldap, "ldap", "ldap/dc01.contoso.com", true);
	shows(w, phone, ldap, "ldap", "ldap/dc01.contoso.com", false);
	shows(w, phone, ldap, "HTTP", "ldap/dc01.contoso.com", false);
	shows(w, phone, ldap, "HTTP", WEB, false);
	phone_gone(w, phone);
	acceptor_gone(w, ldap);
	acceptor_gone(w, web);
}

static void
story_skewed_token(struct world *w)
{
	struct acceptor *web = acceptor_of(w, KEYS_CA_WEB, "web.keytab");
	struct auth *phone = phone_of(w, 1, NULL);
	struct buf b = { 0 }, reply = { 0 };
	char client[ACCEPT_NAME_MAX];
	const char *why;
	bool wrap;

	login(w, phone);
	ticket(w, phone, WEB);
	for (int64_t off = 0; off <= 20; off += 10) {
		phone->ops->clock(phone, off * MINUTE);
		buf_clear(&b);
		assert_int_equal(phone->ops->negotiate(phone, WEB, &b), 0);
		say(w, "accepted",
		    web->ops->spnego(web, "HTTP", buf_bytes(&b), &reply, client, &wrap, &why));
	}
	buf_done(&b);
	buf_done(&reply);
	phone_gone(w, phone);
	acceptor_gone(w, web);
}

/* Both ends sign, and each checks the other's; nobody takes his own for the other's. */
static void
signs(struct world *w, struct auth *phone, struct auth_sa *ours, struct acceptor *acceptor,
    struct accept_sa *theirs)
{
	struct buf mic = { 0 };

	say(w, "sign", phone->ops->sign(ours, span_of("text"), &mic));
	say(w, "check", acceptor->ops->sip_check(theirs, span_of("text"), buf_bytes(&mic)));
	say(w, "again", acceptor->ops->sip_check(theirs, span_of("text"), buf_bytes(&mic)));
	say(w, "other", acceptor->ops->sip_check(theirs, span_of("texT"), buf_bytes(&mic)));
	say(w, "mine", phone->ops->check(ours, span_of("text"), buf_bytes(&mic)));
	say(w, "none", phone->ops->check(ours, span_of("text"), (struct span){ NULL, 0 }));
	buf_clear(&mic);
	say(w, "sip_sign", acceptor->ops->sip_sign(theirs, span_of("back"), &mic));
	say(w, "check", phone->ops->check(ours, span_of("back"), buf_bytes(&mic)));
	mic.p[mic.n - 1] ^= 1;
	say(w, "changed", phone->ops->check(ours, span_of("back"), buf_bytes(&mic)));
	buf_done(&mic);
}

static void
story_signatures(struct world *w)
{
	struct acceptor *sip = acceptor_of(w, KEYS_SIP, "sip.keytab");
	struct auth *phone = phone_of(w, 1, NULL);
	char client[ACCEPT_NAME_MAX] = "";
	struct buf b = { 0 };
	struct accept_sa *theirs;
	struct auth_sa *ours;
	const char *why;

	login(w, phone);
	ticket(w, phone, SIP);
	assert_int_equal(phone->ops->sign_open(phone, SIP, &b, &ours), 0);
	say(w, "left", phone->ops->sign_left_s(ours) / 60);
	say(w, "open", sip->ops->sip_open(sip, buf_bytes(&b), &theirs, client, &why));
	buf_printf(&w->said, "%s\n", client);
	signs(w, phone, ours, sip, theirs);
	phone->ops->sign_close(ours);
	sip->ops->sip_close(theirs);

	/* A SPNEGO token is none of SIP's. */
	buf_clear(&b);
	assert_int_equal(phone->ops->negotiate(phone, SIP, &b), 0);
	say(w, "spnego", sip->ops->sip_open(sip, buf_bytes(&b), &theirs, client, &why));
	buf_printf(&w->said, "%s\n", why);
	buf_done(&b);
	phone_gone(w, phone);
	acceptor_gone(w, sip);
}

/* ---- telling them -------------------------------------------------------------------------
 */

static void
tell(story_fn *story, struct kdc_rig *rig, struct buf *said)
{
	static const struct serve_service services[] = { { "sip/fe01.contoso.com", KEYS_SIP },
		{ "HTTP/dc01.contoso.com", KEYS_CA_WEB }, { "HTTP/dc01", KEYS_NOBODY },
		{ "ldap/dc01.contoso.com", KEYS_LDAP } };
	struct world w = { .rig = rig,
		.sim = sim_new(),
		.kdc = { .realm = RIG_REALM,
		    .password = RIG_PASSWORD,
		    .account = account_of,
		    .services = services,
		    .n_services = 4 } };

	story(&w);
	sim_free(w.sim);
	*said = w.said;
}

/* Without krb5kdc the toy must at least come through alive. */
static void
both(void **state, story_fn *story)
{
	struct buf real = { 0 }, toy = { 0 };
	long before = mem_out();

	tell(story, NULL, &toy);
	assert_true(toy.n > 0);
	if (*state != NULL) {
		tell(story, *state, &real);
		assert_string_equal(buf_cstr(&toy), buf_cstr(&real));
	}
	buf_done(&toy);
	buf_done(&real);
	assert_int_equal(mem_out(), before);
	if (*state == NULL)
		skip();
}

#define STORY(name)                        \
	static void name(void **state)     \
	{                                  \
		both(state, story_##name); \
	}

STORY(right_password)
STORY(wrong_password)
STORY(unknown_user)
STORY(locked)
STORY(expired)
STORY(clock_off)
STORY(clock_put_right)
STORY(asked_once)
STORY(unknown_service)
STORY(clock_goes_wrong)
STORY(tickets_end)
STORY(power_off)
STORY(unreadable)
STORY(too_big)
STORY(two_at_once)
STORY(tokens)
STORY(skewed_token)
STORY(signatures)

static int
rig_setup(void **state)
{
	static struct kdc_rig rig;

	*state = kdc_rig_up(&rig, USERS) ? &rig : NULL;
	if (*state != NULL)
		kdc_rig_admin(&rig,
		    "modprinc -allow_tix phone00003\n"
		    "modprinc -pwexpire yesterday phone00004\n");
	return 0;
}

static int
rig_teardown(void **state)
{
	if (*state != NULL)
		kdc_rig_down(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_password),
		cmocka_unit_test(wrong_password),
		cmocka_unit_test(unknown_user),
		cmocka_unit_test(locked),
		cmocka_unit_test(expired),
		cmocka_unit_test(clock_off),
		cmocka_unit_test(clock_put_right),
		cmocka_unit_test(asked_once),
		cmocka_unit_test(unknown_service),
		cmocka_unit_test(clock_goes_wrong),
		cmocka_unit_test(tickets_end),
		cmocka_unit_test(power_off),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(too_big),
		cmocka_unit_test(two_at_once),
		cmocka_unit_test(tokens),
		cmocka_unit_test(skewed_token),
		cmocka_unit_test(signatures),
	};

	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
