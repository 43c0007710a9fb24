/* test_accept_gss.c - what phones say, taken by the servers' acceptor, with real tickets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <pthread.h>
#include <stdlib.h>
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
	assert_non_null(strstr(p.text, "HTTP/dc01@CONTOSO.COM not found in keytab"));
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
	assert_string_equal(p.text, "the ticket is for another service");
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
	assert_non_null(strstr(p.text, "skew"));

	buf_clear(&p.token);
	p.phone->ops->clock(p.phone, 0);
	assert_int_equal(
	    p.phone->ops->negotiate(p.phone, "HTTP/dc01.contoso.com", &p.token), 0);
	assert_int_equal(pair_accept(&p, "HTTP"), 0);
	pair_close(&p);
}

static void
given_an_rc4_session_sip_signatures_hold_both_ways(void **state)
{
	static const char spn[] = "sip/fe01.contoso.com";
	static const size_t mic_n = 37;
	struct span text = span_of("<Kerberos><a9685a0b><1><SIP Communications Service>");
	struct span other = span_of("<Kerberos><a9685a0b><2><SIP Communications Service>");
	struct accept_sa *theirs;
	struct auth_sa *ours;
	struct buf mic;
	struct pair p;

	pair_open(&p, rig_of(state), 0, spn, "sip.keytab");
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

/* A client of another make, which knows AES: MIT's own blocking calls. */
static void
foreign_token(struct kdc_rig *rig, const char *service, gss_ctx_id_t *ctx, struct buf *token)
{
	gss_buffer_desc user = { 10, "phone00002" };
	gss_buffer_desc password = { strlen(RIG_PASSWORD), RIG_PASSWORD };
	gss_buffer_desc target = { strlen(service), (void *)(uintptr_t)service }, out;
	gss_OID_set_desc mechs = { 1, (gss_OID)gss_mech_krb5 };
	gss_name_t name, server;
	gss_cred_id_t cred;
	OM_uint32 minor;

	setenv("KRB5_CONFIG", kdc_rig_path(rig, "krb5.conf"), 1);
	assert_int_equal(
	    gss_import_name(&minor, &user, GSS_C_NT_USER_NAME, &name), GSS_S_COMPLETE);
	assert_int_equal(
	    gss_import_name(&minor, &target, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &server),
	    GSS_S_COMPLETE);
	assert_int_equal(gss_acquire_cred_with_password(&minor, name, &password,
			     GSS_C_INDEFINITE, &mechs, GSS_C_INITIATE, &cred, NULL, NULL),
	    GSS_S_COMPLETE);
	*ctx = GSS_C_NO_CONTEXT;
	assert_int_equal(gss_init_sec_context(&minor, cred, ctx, server, (gss_OID)gss_mech_krb5,
			     GSS_C_INTEG_FLAG, 0, GSS_C_NO_CHANNEL_BINDINGS, GSS_C_NO_BUFFER,
			     NULL, &out, NULL, NULL),
	    GSS_S_COMPLETE);
	buf_put(token, out.value, out.length);
	gss_release_buffer(&minor, &out);
	gss_release_cred(&minor, &cred);
	gss_release_name(&minor, &name);
	gss_release_name(&minor, &server);
	assert_int_equal(acceptor_gss_init(rig->dir), 0);
}

static void
given_an_aes_session_sip_signatures_hold_both_ways(void **state)
{
	static const uint8_t CLIENTS[] = { 4, 4, 0, 0xff }, SERVERS[] = { 4, 4, 1, 0xff };
	gss_buffer_desc text = { 5, "bytes" }, mic;
	struct kdc_rig *rig = rig_of(state);
	char client[ACCEPT_NAME_MAX];
	struct acceptor *server;
	struct accept_sa *sa;
	struct buf bytes;
	gss_ctx_id_t ctx;
	OM_uint32 minor;
	const char *why;

	buf_init(&bytes, 0);
	foreign_token(rig, "sip/fe02.contoso.com@" RIG_REALM, &ctx, &bytes);
	assert_int_equal(acceptor_gss_new(kdc_rig_path(rig, "aes.keytab"), &server), 0);
	assert_int_equal(
	    server->ops->sip_open(server, buf_bytes(&bytes), &sa, client, &why), 0);
	assert_string_equal(client, "phone00002@" RIG_REALM);

	assert_int_equal(gss_get_mic(&minor, ctx, 0, &text, &mic), GSS_S_COMPLETE);
	assert_int_equal(mic.length, 28);
	assert_memory_equal(mic.value, CLIENTS, sizeof CLIENTS);
	assert_int_equal(server->ops->sip_check(
			     sa, span_of("bytes"), (struct span){ mic.value, mic.length }),
	    0);
	gss_release_buffer(&minor, &mic);

	buf_clear(&bytes);
	assert_int_equal(server->ops->sip_sign(sa, span_of("bytes"), &bytes), 0);
	assert_int_equal(bytes.n, 28);
	assert_memory_equal(bytes.p, SERVERS, sizeof SERVERS);
	mic = (gss_buffer_desc){ bytes.n, bytes.p };
	assert_int_equal(gss_verify_mic(&minor, ctx, &text, &mic, NULL), GSS_S_COMPLETE);

	gss_delete_sec_context(&minor, &ctx, GSS_C_NO_BUFFER);
	server->ops->sip_close(sa);
	acceptor_gss_free(server);
	buf_done(&bytes);
}

static void
given_a_spnego_token_sip_refuses_it(void **state)
{
	struct accept_sa *sa;
	struct pair p;

	pair_open(&p, rig_of(state), 0, "sip/fe01.contoso.com", "sip.keytab");
	assert_int_equal(p.phone->ops->negotiate(p.phone, "sip/fe01.contoso.com", &p.token), 0);
	assert_int_equal(
	    p.server->ops->sip_open(p.server, buf_bytes(&p.token), &sa, p.client, &p.text),
	    -EACCES);
	assert_string_equal(p.text, "not a bare Kerberos token");
	pair_close(&p);
}

static void
given_no_keytab_there_is_no_acceptor(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct acceptor *server;

	assert_int_equal(acceptor_gss_new(kdc_rig_path(rig, "no.keytab"), &server), -ENOENT);
	assert_int_equal(acceptor_gss_new(kdc_rig_path(rig, "kdc.conf"), &server), -ENOENT);
}

/* ---- threads ---------------------------------------------------------------------------- */

enum { THREADS = 4, TOKENS = 200 };

struct worker {
	const char *keytab;
	struct span token;
	unsigned done;
};

static void *
worker_run(void *arg)
{
	struct worker *w = arg;
	char client[ACCEPT_NAME_MAX];
	struct acceptor *server;
	struct buf reply;
	const char *why;
	bool wrap;
	int i;

	if (acceptor_gss_new(w->keytab, &server) != 0)
		return NULL;
	buf_init(&reply, 0);
	for (i = 0; i < TOKENS; i++) {
		buf_clear(&reply);
		w->done += server->ops->spnego(
			       server, "HTTP", w->token, &reply, client, &wrap, &why) == 0;
	}
	buf_done(&reply);
	acceptor_gss_free(server);
	return NULL;
}

static void
given_several_threads_each_accepts_with_its_own(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	char keytab[KDC_PATH_MAX];
	struct pair p;
	int i;

	folder_file(rig->realm.dir, "web.keytab", keytab);
	pair_open(&p, rig, 0, "HTTP/dc01.contoso.com", "web.keytab");
	assert_int_equal(
	    p.phone->ops->negotiate(p.phone, "HTTP/dc01.contoso.com", &p.token), 0);
	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .keytab = keytab, .token = buf_bytes(&p.token) };
		assert_int_equal(pthread_create(&threads[i], NULL, worker_run, &workers[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].done, TOKENS);
	}
	pair_close(&p);
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
		cmocka_unit_test(given_an_aes_session_sip_signatures_hold_both_ways),
		cmocka_unit_test(given_a_spnego_token_sip_refuses_it),
		cmocka_unit_test(given_no_keytab_there_is_no_acceptor),
		cmocka_unit_test(given_several_threads_each_accepts_with_its_own),
	};

	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
