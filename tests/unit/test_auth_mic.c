/*
 * test_auth_mic.c - the signatures themselves: recomputed from the session key without
 * GSSAPI, first against recorded vectors (keys, bytes and MICs of a real session), then against
 * what a phone signs with a ticket of a real KDC.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5/krb5.h>
#include <mbedtls/arc4.h>
#include <mbedtls/md.h>
#include <stdlib.h>
#include <string.h>

#include "accept_gss.h"
#include "kdc_rig.h"
#include "text.h"

struct vector {
	const char *key;
	bool server;
	uint32_t seq;
	const char *text, *mic;
};

/* clang-format off */
#define AES_KEY "ff28f8d2d2aab8feef5048bdd5167cd74131d2c586d609c7c9904eff31ccd076"
#define RC4_KEY "c1be5af5788e8bab9f57f68a1890eb1b"

static const struct vector VECTORS[] = {
	{ AES_KEY, false, 837562889, "<Kerberos><8ba2d795><1><SIP Communications Service><sip/fe01.contoso.test>"
	  "<54A0gA0E4a115EiF5F5m864Ft7CA4bF972x03AFx><2><REGISTER><sip:alice@contoso.test><3863164851>"
	  "<sip:alice@contoso.test><><><><>",
	  "040400FFFFFFFFFF0000000031EC3209FE39335637A475A82FB402A8" },
	{ AES_KEY, true, 837562889, "<Kerberos><DF7BEF2D><1><SIP Communications Service><sip/fe01.contoso.test>"
	  "<54A0gA0E4a115EiF5F5m864Ft7CA4bF972x03AFx><2><REGISTER><sip:alice@contoso.test><3863164851>"
	  "<sip:alice@contoso.test><EB776C7C0925C91641AFD3B6340B91DA><><><7200><200>",
	  "040401FFFFFFFFFF0000000031EC3209F911885AE10E598C2750553A" },
	{ AES_KEY, false, 837562890, "<Kerberos><5ccb6681><2><SIP Communications Service><sip/fe01.contoso.test>"
	  "<2835gD696a864Fi8751mC537t905Ab0102x4893x><1><SUBSCRIBE><sip:alice@contoso.test><1751763783>"
	  "<sip:alice@contoso.test><><><><>",
	  "040400FFFFFFFFFF0000000031EC320A7E0241B63C074864A377BB43" },
	{ AES_KEY, true, 837562890, "<Kerberos><F057E3A2><2><SIP Communications Service><sip/fe01.contoso.test>"
	  "<2835gD696a864Fi8751mC537t905Ab0102x4893x><1><SUBSCRIBE><sip:alice@contoso.test><1751763783>"
	  "<sip:alice@contoso.test><EB776C7C0925C91641AFD3B6340B91DA><><><28800><200>",
	  "040401FFFFFFFFFF0000000031EC320AD59C60FEF4410B32434A8283" },
	{ RC4_KEY, false, 164773422, "<Kerberos><a9685a0b><1><SIP Communications Service><sip/fe02.contoso.test>"
	  "<B103gA943a865Ci7911mC5CDt5505b1124x0A4Fx><2><REGISTER><sip:alice@contoso.test><784544310>"
	  "<sip:alice@contoso.test><><><><>",
	  "602306092A864886F71201020201011100FFFFFFFF1B4ED25C0F14A1331F04A01B6DC867E2" },
	{ RC4_KEY, true, 164773422, "<Kerberos><968E5EA1><1><SIP Communications Service><sip/fe02.contoso.test>"
	  "<B103gA943a865Ci7911mC5CDt5505b1124x0A4Fx><2><REGISTER><sip:alice@contoso.test><784544310>"
	  "<sip:alice@contoso.test><41F6029A6B5CEBECFCD3054A6CA0504D><><><7200><200>",
	  "602306092A864886F71201020201011100FFFFFFFF8B43EAA7603EA19D73F3D07AE2A15C46" },
	{ RC4_KEY, false, 164773423, "<Kerberos><c30fae4a><2><SIP Communications Service><sip/fe02.contoso.test>"
	  "<2676g1B0BaA8DAi7D33m94AFt2FC9bB765x3FA9x><1><SUBSCRIBE><sip:alice@contoso.test><1620350323>"
	  "<sip:alice@contoso.test><><><><>",
	  "602306092A864886F71201020201011100FFFFFFFFBBFF5209AE41076AB5D85867394FFB50" },
	{ RC4_KEY, true, 164773423, "<Kerberos><D59F8132><2><SIP Communications Service><sip/fe02.contoso.test>"
	  "<2676g1B0BaA8DAi7D33m94AFt2FC9bB765x3FA9x><1><SUBSCRIBE><sip:alice@contoso.test><1620350323>"
	  "<sip:alice@contoso.test><41F6029A6B5CEBECFCD3054A6CA0504D><><><28800><200>",
	  "602306092A864886F71201020201011100FFFFFFFFDABDE45E3C00A69A791C10D7257E76F0" },
};
/* clang-format on */

enum { RC4_KEY_N = 16, MIC_MAX = 64, RC4_MIC_N = 37, RC4_HEAD_N = 13 };

static void
hmac_md5(const uint8_t key[16], const void *bytes, size_t n, uint8_t out[16])
{
	const mbedtls_md_info_t *md5 = mbedtls_md_info_from_type(MBEDTLS_MD_MD5);

	assert_int_equal(mbedtls_md_hmac(md5, key, 16, bytes, n, out), 0);
}

/* RFC 4757 7.2: MD5 of the salt 15, the token's header and the text; HMAC; sequence under RC4.
 */
static void
mic_rc4(const uint8_t *key, bool server, uint32_t seq, const char *text, struct buf *out)
{
	static const uint8_t HEAD[] = { 0x60, 0x23, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
		0x12, 0x01, 0x02, 0x02, 0x01, 0x01, 0x11, 0x00, 0xff, 0xff, 0xff, 0xff };
	uint8_t sign[16], sum[16], hash[16], seq_key[16], number[8], sealed[8];
	static const uint8_t SALT[] = { 15, 0, 0, 0 }, ZERO[4];
	mbedtls_arc4_context arc4;
	struct buf salted;
	size_t i;

	buf_init(&salted, 0);
	buf_put(&salted, SALT, sizeof SALT);
	buf_put(&salted, HEAD + RC4_HEAD_N, sizeof HEAD - RC4_HEAD_N);
	buf_text(&salted, text);
	mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_MD5), salted.p, salted.n, hash);
	buf_done(&salted);
	hmac_md5(key, "signaturekey", sizeof "signaturekey", sign);
	hmac_md5(sign, hash, sizeof hash, sum);

	hmac_md5(key, ZERO, sizeof ZERO, seq_key);
	hmac_md5(seq_key, sum, 8, seq_key);
	for (i = 0; i < 4; i++) {
		number[i] = (uint8_t)(seq >> (24 - 8 * i));
		number[4 + i] = server ? 0xff : 0;
	}
	mbedtls_arc4_init(&arc4);
	mbedtls_arc4_setup(&arc4, seq_key, sizeof seq_key);
	mbedtls_arc4_crypt(&arc4, sizeof number, number, sealed);
	mbedtls_arc4_free(&arc4);

	buf_put(out, HEAD, sizeof HEAD);
	buf_put(out, sealed, sizeof sealed);
	buf_put(out, sum, 8);
}

/* RFC 4121 4.2.6.1: the checksum over the text and then the token's header. */
static void
mic_aes(const uint8_t *key, bool server, uint32_t seq, const char *text, struct buf *out)
{
	krb5_keyblock block = { .enctype = ENCTYPE_AES256_CTS_HMAC_SHA1_96,
		.length = 32,
		.contents = (krb5_octet *)(uintptr_t)key };
	uint8_t head[16] = { 4, 4, server, 0xff, 0xff, 0xff, 0xff, 0xff };
	krb5_checksum sum;
	krb5_context ctx;
	struct buf all;
	krb5_data data;
	int i;

	for (i = 0; i < 4; i++)
		head[12 + i] = (uint8_t)(seq >> (24 - 8 * i));
	buf_init(&all, 0);
	buf_text(&all, text);
	buf_put(&all, head, sizeof head);
	data = (krb5_data){ .length = (unsigned)all.n, .data = (char *)all.p };
	assert_int_equal(krb5_init_context(&ctx), 0);
	assert_int_equal(krb5_c_make_checksum(ctx, CKSUMTYPE_HMAC_SHA1_96_AES256, &block,
			     server ? 23 : 25, &data, &sum),
	    0);
	buf_put(out, head, sizeof head);
	buf_put(out, sum.contents, sum.length);
	krb5_free_checksum_contents(ctx, &sum);
	krb5_free_context(ctx);
	buf_done(&all);
}

static void
given_recorded_sessions_every_mic_is_recomputed(void **state)
{
	uint8_t key_bytes[64];
	struct buf key, mic, hex;
	size_t i;

	(void)state;
	buf_init(&mic, 0);
	buf_init(&hex, 0);
	for (i = 0; i < sizeof VECTORS / sizeof VECTORS[0]; i++) {
		const struct vector *v = &VECTORS[i];

		buf_over(&key, key_bytes, sizeof key_bytes);
		assert_int_equal(text_unhex(&key, span_of(v->key)), 0);
		buf_clear(&mic);
		buf_clear(&hex);
		if (key.n == RC4_KEY_N)
			mic_rc4(key.p, v->server, v->seq, v->text, &mic);
		else
			mic_aes(key.p, v->server, v->seq, v->text, &mic);
		buf_hex(&hex, buf_bytes(&mic), true);
		assert_string_equal(buf_cstr(&hex), v->mic);
	}
	buf_done(&mic);
	buf_done(&hex);
}

/* ---- live sessions ---------------------------------------------------------------------- */

/* What an acceptor of the test's own learns from a phone's token: the initiator's subkey. */
static void
session_key(const char *keytab, struct span token, gss_ctx_id_t *ctx_out, uint8_t key[64],
    size_t *n_out)
{
	gss_key_value_element_desc place = { "keytab", keytab };
	gss_key_value_set_desc store = { 1, &place };
	gss_OID_set_desc mechs = { 1, (gss_OID)gss_mech_krb5 };
	gss_buffer_desc in = { token.n, (void *)(uintptr_t)token.p },
			reply = GSS_C_EMPTY_BUFFER;
	gss_buffer_set_t keys = GSS_C_NO_BUFFER_SET;
	gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
	OM_uint32 minor;

	*ctx_out = GSS_C_NO_CONTEXT;
	assert_int_equal(gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechs,
			     GSS_C_ACCEPT, &store, &cred, NULL, NULL),
	    GSS_S_COMPLETE);
	assert_int_equal(gss_accept_sec_context(&minor, ctx_out, cred, &in,
			     GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &reply, NULL, NULL, NULL),
	    GSS_S_COMPLETE);
	assert_int_equal(reply.length, 0);
	assert_int_equal(gss_inquire_sec_context_by_oid(
			     &minor, *ctx_out, (gss_OID)GSS_C_INQ_SSPI_SESSION_KEY, &keys),
	    GSS_S_COMPLETE);
	assert_true(keys->elements[0].length <= 64);
	memcpy(key, keys->elements[0].value, keys->elements[0].length);
	*n_out = keys->elements[0].length;
	gss_release_buffer_set(&minor, &keys);
	gss_release_cred(&minor, &cred);
}

/* The sequence number that a MIC of a phone carries starts anywhere: open what RC4 hides. */
static uint32_t
mic_seq(const uint8_t *key, struct span mic)
{
	static const uint8_t ZERO[4];
	uint8_t seq_key[16], number[8];
	mbedtls_arc4_context arc4;

	assert_int_equal(mic.n, RC4_MIC_N);
	hmac_md5(key, ZERO, sizeof ZERO, seq_key);
	hmac_md5(seq_key, mic.p + 29, 8, seq_key);
	mbedtls_arc4_init(&arc4);
	mbedtls_arc4_setup(&arc4, seq_key, sizeof seq_key);
	mbedtls_arc4_crypt(&arc4, sizeof number, mic.p + 21, number);
	mbedtls_arc4_free(&arc4);
	return (uint32_t)number[0] << 24 | (uint32_t)number[1] << 16 |
	    (uint32_t)number[2] << 8 | number[3];
}

static void
given_a_phones_signature_it_is_what_the_rfc_says(void **state)
{
	static const char SPN[] = "sip/fe01.contoso.com";
	struct kdc_rig *rig = *state;
	struct buf token, mic, ours;
	struct auth *phone;
	struct auth_out out;
	struct auth_sa *sa;
	uint8_t key[64];
	gss_ctx_id_t ctx;
	OM_uint32 minor;
	size_t n;

	if (rig == NULL)
		skip();
	buf_init(&token, 0);
	buf_init(&mic, 0);
	buf_init(&ours, 0);
	phone = kdc_rig_phone(0, NULL);
	assert_int_equal(kdc_rig_login(rig, phone, &out), AUTH_DONE);
	assert_int_equal(kdc_rig_ticket(rig, phone, SPN, &out), AUTH_DONE);
	assert_int_equal(phone->ops->sign_open(phone, SPN, &token, &sa), 0);
	session_key(kdc_rig_path(rig, "sip.keytab"), buf_bytes(&token), &ctx, key, &n);
	assert_int_equal(n, RC4_KEY_N);

	assert_int_equal(phone->ops->sign(sa, span_of(VECTORS[4].text), &mic), 0);
	assert_int_equal(mic.n, RC4_MIC_N);
	mic_rc4(key, false, mic_seq(key, buf_bytes(&mic)), VECTORS[4].text, &ours);
	assert_memory_equal(mic.p, ours.p, RC4_MIC_N);

	buf_clear(&ours);
	mic_rc4(key, true, mic_seq(key, buf_bytes(&mic)), VECTORS[5].text, &ours);
	assert_int_equal(phone->ops->check(sa, span_of(VECTORS[5].text), buf_bytes(&ours)), 0);
	ours.p[ours.n - 1] ^= 1;
	assert_int_equal(
	    phone->ops->check(sa, span_of(VECTORS[5].text), buf_bytes(&ours)), -EBADMSG);

	gss_delete_sec_context(&minor, &ctx, GSS_C_NO_BUFFER);
	phone->ops->sign_close(sa);
	auth_krb5_free(phone);
	buf_done(&token);
	buf_done(&mic);
	buf_done(&ours);
}

static int
rig_setup(void **state)
{
	static struct kdc_rig rig;

	*state = kdc_rig_up(&rig, 1) ? &rig : NULL;
	return setenv("KRB5RCACHENAME", "none:", 1);
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
		cmocka_unit_test(given_recorded_sessions_every_mic_is_recomputed),
		cmocka_unit_test(given_a_phones_signature_it_is_what_the_rfc_says),
	};

	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
