/* test_accept_gss.c - what phones say, taken by the servers' acceptor, with real tickets. */
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

static const int64_t MINUTES_20 = 20ll * 60 * 1000000;

/* One phone that has signed in, and a server. */
struct pair {
	struct auth *phone;
	struct acceptor *server;
	struct buf token, reply;
	char client[ACCEPT_NAME_MAX];
	bool wrap;
	const char *text;
};

static struct kdc_rig *
rig_of(void **state)
{
	if (*state == NULL)
		skip();
	return *state;
}

static void
pair_open(
    struct pair *pair, struct kdc_rig *rig, int64_t clock, const char *spn, const char *keytab)
{
	struct auth_out out;

	memset(pair, 0, sizeof *pair);
	pair->phone = kdc_rig_phone(1, NULL);
	pair->phone->ops->clock(pair->phone, clock);
	assert_int_equal(kdc_rig_login(rig, pair->phone, &out), AUTH_DONE);
	assert_int_equal(kdc_rig_ticket(rig, pair->phone, spn, &out), AUTH_DONE);
	assert_int_equal(acceptor_gss_new(kdc_rig_path(rig, keytab), &pair->server), 0);
}

static void
pair_close(struct pair *pair)
{
	buf_done(&pair->token);
	buf_done(&pair->reply);
	auth_krb5_free(pair->phone);
	acceptor_gss_free(pair->server);
}

static int
pair_accept(struct pair *pair, const char *service)
{
	return pair->server->ops->spnego(pair->server, service, buf_bytes(&pair->token),
	    &pair->reply, pair->client, &pair->wrap, &pair->text);
}

static void
given_the_web_servers_key_it_accepts_a_spnego_token(void **state)
{
	struct pair p;

	pair_open(&p, rig_of(state), 0, "HTTP/dc01.contoso.com", "web.keytab");
	assert_int_equal(
	    p.phone->ops->negotiate(p.phone, "HTTP/dc01.contoso.com", &p.token), 0);
	assert_int_equal(p.token.p[0], 0x60);
	assert_int_equal(pair_accept(&p, "HTTP"), 0);
	assert_string_equal(p.client, "phone00001@CONTOSO.COM");
	assert_true(p.reply.n > 0);
	pair_close(&p);
}

static void
given_the_short_names_key_it_refuses(void **state)
{
	struct pair p;

	pair_open(&p, rig_of(state), 0, "HTTP/dc01", "web.keytab");
	assert_int_equal(p.phone->ops->negotiate(p.phone, "HTTP/dc01", &p.token), 0);
	assert_int_equal(pair_accept(&p, "HTTP"), -EACCES);
	print_message("%s\n", p.text);
	pair_close(&p);
}

static void
given_a_ticket_for_another_service_it_refuses(void **state)
{
	struct pair p;

	pair_open(&p, rig_of(state), 0, "ldap/dc01.contoso.com", "ldap.keytab");
	assert_int_equal(
	    p.phone->ops->negotiate(p.phone, "ldap/dc01.contoso.com", &p.token), 0);
	assert_int_equal(pair_accept(&p, "HTTP"), -EACCES);
	print_message("%s\n", p.text);
	pair_close(&p);
}

static void
given_a_plain_ldap_token_nothing_must_be_wrapped(void **state)
{
	struct pair p;

	pair_open(&p, rig_of(state), 0, "ldap/dc01.contoso.com", "ldap.keytab");
	assert_int_equal(
	    p.phone->ops->negotiate_plain(p.phone, "ldap/dc01.contoso.com", &p.token), 0);
	assert_int_equal(pair_accept(&p, "ldap"), 0);
	assert_false(p.wrap);

	buf_clear(&p.token);
	assert_int_equal(
	    p.phone->ops->negotiate(p.phone, "ldap/dc01.contoso.com", &p.token), 0);
	assert_int_equal(pair_accept(&p, "ldap"), 0);
	assert_true(p.wrap);
	pair_close(&p);
}

static void
given_garbage_it_refuses_with_words(void **state)
{
	struct pair p;
	size_t i, n;

	pair_open(&p, rig_of(state), 0, "HTTP/dc01.contoso.com", "web.keytab");
	assert_int_equal(
	    p.phone->ops->negotiate(p.phone, "HTTP/dc01.contoso.com", &p.token), 0);
	n = p.token.n;
	for (i = 0; i < n; i++) {
		p.token.n = i;
		assert_int_equal(pair_accept(&p, "HTTP"), -EACCES);
		assert_true(p.text[0] != '\0');
	}
	p.token.n = n;
	assert_int_equal(pair_accept(&p, "HTTP"), 0);
	pair_close(&p);
}

static void
given_a_phone_20_minutes_off_the_server_says_skew(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct pair p;

	pair_open(&p, rig, 0, "HTTP/dc01.contoso.com", "web.keytab");
	p.phone->ops->clock(p.phone, MINUTES_20);
	assert_int_equal(
	    p.phone->ops->negotiate(p.phone, "HTTP/dc01.contoso.com", &p.token), 0);
	assert_int_equal(pair_accept(&p, "HTTP"), -EACCES);
	print_message("%s\n", p.text);

	buf_clear(&p.token);
	p.phone->ops->clock(p.phone, 0);
	assert_int_equal(
	    p.phone->ops->negotiate(p.phone, "HTTP/dc01.contoso.com", &p.token), 0);
	assert_int_equal(pair_accept(&p, "HTTP"), 0);
	pair_close(&p);
}

static void
sip_both_ways(struct kdc_rig *rig, const char *spn, const char *keytab, size_t mic_n)
{
	struct span text = span_of("<Kerberos><a9685a0b><1><SIP Communications Service>");
	struct span other = span_of("<Kerberos><a9685a0b><2><SIP Communications Service>");
	struct accept_sa *theirs;
	struct auth_sa *ours;
	struct buf mic;
	struct pair p;

	pair_open(&p, rig, 0, spn, keytab);
	buf_init(&mic, 0);
	assert_int_equal(p.phone->ops->sign_open(p.phone, spn, &p.token, &ours), 0);
	assert_int_equal(
	    p.server->ops->sip_open(p.server, buf_bytes(&p.token), &theirs, p.client, &p.text),
	    0);
	assert_string_equal(p.client, "phone00001@CONTOSO.COM");
	assert_in_range(p.phone->ops->sign_left_s(ours), 9 * 3600, 10 * 3600);

	assert_int_equal(p.phone->ops->sign(ours, text, &mic), 0);
	assert_int_equal(mic.n, mic_n);
	assert_int_equal(p.server->ops->sip_check(theirs, text, buf_bytes(&mic)), 0);
	assert_int_equal(p.server->ops->sip_check(theirs, text, buf_bytes(&mic)), 0);
	assert_int_equal(p.server->ops->sip_check(theirs, other, buf_bytes(&mic)), -EBADMSG);
	assert_int_equal(p.phone->ops->check(ours, text, buf_bytes(&mic)), -EBADMSG);

	buf_clear(&mic);
	assert_int_equal(p.server->ops->sip_sign(theirs, text, &mic), 0);
	assert_int_equal(mic.n, mic_n);
	assert_int_equal(p.phone->ops->check(ours, text, buf_bytes(&mic)), 0);
	assert_int_equal(p.phone->ops->check(ours, other, buf_bytes(&mic)), -EBADMSG);
	assert_int_equal(p.server->ops->sip_check(theirs, text, buf_bytes(&mic)), -EBADMSG);

	p.phone->ops->sign_close(ours);
	p.server->ops->sip_close(theirs);
	buf_done(&mic);
	pair_close(&p);
}

static void
given_an_rc4_session_sip_signatures_hold_both_ways(void **state)
{
	sip_both_ways(rig_of(state), "sip/fe01.contoso.com", "sip.keytab", 37);
}

static int
rig_setup(void **state)
{
	static struct kdc_rig rig;

	*state = NULL;
	if (!kdc_rig_up(&rig, 4))
		return 0;
	*state = &rig;
	return acceptor_gss_init(rig.dir);
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
		cmocka_unit_test(given_the_web_servers_key_it_accepts_a_spnego_token),
		cmocka_unit_test(given_the_short_names_key_it_refuses),
		cmocka_unit_test(given_a_ticket_for_another_service_it_refuses),
		cmocka_unit_test(given_a_plain_ldap_token_nothing_must_be_wrapped),
		cmocka_unit_test(given_garbage_it_refuses_with_words),
		cmocka_unit_test(given_a_phone_20_minutes_off_the_server_says_skew),
		cmocka_unit_test(given_an_rc4_session_sip_signatures_hold_both_ways),
	};

	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
