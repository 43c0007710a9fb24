/*
 * test_sip_signed.c - the bytes that are signed: every buffer of the recorded sessions
 * (tests/golden/sip_signed.txt: pidgin-sipe against a registrar, each signature verified by
 * the other side) and the published vectors; the header; the window against replays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "rng.h"
#include "sip_signed.h"
#include "text.h"

static enum sip_side
side_of(const struct sip_msg *m)
{
	return sip_msg_get(m, "Authentication-Info", 0).p != NULL ? SIP_BY_SERVER
								  : SIP_BY_CLIENT;
}

/* The signed bytes of a message are these. */
static void
is_signed_as(const char *text, unsigned version, const char *want)
{
	char *copy = mem_copy(text, strlen(text));
	struct buf b = { 0 };
	struct sip_auth a;
	struct sip_msg m;

	assert_int_equal(sip_msg_parse((uint8_t *)copy, strlen(text), &m), 0);
	assert_int_equal(sip_auth_read(&m, side_of(&m), NULL, &a), 0);
	a.version = version;
	assert_int_equal(sip_signed_bytes(&b, &m, &a), 0);
	assert_string_equal(buf_cstr(&b), want);
	buf_done(&b);
	mem_free(copy);
}

static void
the_recorded_messages_are_signed_as_recorded(void **state)
{
	FILE *f = fopen("tests/golden/sip_signed.txt", "r");
	char line[4096], want[1024] = "", text[16384] = "";
	unsigned version = 0, messages = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (strcmp(line, "%\n") == 0) {
			is_signed_as(text, version, want);
			messages++;
			version = 0;
		} else if (version == 0) {
			assert_int_equal(sscanf(line, "%u %1023[^\n]", &version, want), 2);
			text[0] = '\0';
		} else {
			strcat(text, line);
		}
	}
	(void)fclose(f);
	assert_int_equal(messages, 36);
}

/* The messages put together from the fields of the published strings. */
static void
the_published_vectors_a_and_b_come_out(void **state)
{
	(void)state;
	is_signed_as("REGISTER sip:cosmo.local SIP/2.0\r\n"
		     "Via: SIP/2.0/TLS 192.0.2.10:12723\r\n"
		     "From: <sip:user@cosmo.local>;tag=3e49177a52;epid=c8ca638a15\r\n"
		     "To: <sip:user@cosmo.local>\r\n"
		     "Call-ID: 4037df9284354df39065195bd57a4b14\r\n"
		     "CSeq: 3 REGISTER\r\n"
		     "Proxy-Authorization: NTLM qop=\"auth\", realm=\"SIP Communications "
		     "Service\", opaque=\"E0DA4F74\", targetname=\"cosmo-ocs-r2.cosmo.local\", "
		     "version=4, gssapi-data=\"TlRM\", crand=\"13317733\", cnum=\"1\", "
		     "response=\"0100000029618e9651b65a7764000000\"\r\n"
		     "Content-Length: 0\r\n\r\n",
	    4,
	    "<NTLM><13317733><1><SIP Communications Service><cosmo-ocs-r2.cosmo.local>"
	    "<4037df9284354df39065195bd57a4b14><3><REGISTER><sip:user@cosmo.local>"
	    "<3e49177a52><sip:user@cosmo.local><><><><>");
	is_signed_as("SIP/2.0 200 OK\r\n"
		     "Authentication-Info: NTLM rspauth=\"01000000E615438A917661BE64000000\", "
		     "srand=\"9616454F\", snum=\"1\", opaque=\"E0DA4F74\", qop=\"auth\", "
		     "targetname=\"cosmo-ocs-r2.cosmo.local\", realm=\"SIP Communications "
		     "Service\"\r\n"
		     "From: \"User\"<sip:user@cosmo.local>;tag=3e49177a52;epid=c8ca638a15\r\n"
		     "To: <sip:user@cosmo.local>;tag=5E61CCD925D17E043D9A74835A88F664\r\n"
		     "Call-ID: 4037df9284354df39065195bd57a4b14\r\n"
		     "CSeq: 3 REGISTER\r\n"
		     "Contact: <sip:192.0.2.10:12723;transport=tls>;expires=7200\r\n"
		     "Expires: 7200\r\n"
		     "Content-Length: 0\r\n\r\n",
	    4,
	    "<NTLM><9616454F><1><SIP Communications Service><cosmo-ocs-r2.cosmo.local>"
	    "<4037df9284354df39065195bd57a4b14><3><REGISTER><sip:user@cosmo.local>"
	    "<3e49177a52><sip:user@cosmo.local><5E61CCD925D17E043D9A74835A88F664><><><7200>"
	    "<200>");
}

static void
vector_c_keeps_an_upper_case_scheme_and_finds_upper_case_names(void **state)
{
	(void)state;
	is_signed_as(
	    "SIP/2.0 180 Ringing\r\n"
	    "AUTHENTICATION-INFO: NTLM rspauth=\"0100\", srand=\"1B6D47A1\", "
	    "snum=\"11\", opaque=\"357E6F72\", qop=\"auth\", "
	    "targetname=\"LOC-COMPANYT-FE03.COMPANY.COM\", "
	    "realm=\"SIP Communications Service\"\r\n"
	    "CONTENT-LENGTH: 0\r\n"
	    "FROM: \"Sender\"<sip:sender@company.com>;tag=2420628112;epid=54392bdb47\r\n"
	    "TO: <sip:recipient@company.com>;epid=f7a9b13a5d;tag=7aee15546a\r\n"
	    "CSEQ: 1 INVITE\r\n"
	    "CALL-ID: 41CEg82ECa0AC8i3DD7mE673t9CF4b19DAxF780x\r\n"
	    "P-ASSERTED-IDENTITY: \"recipient\"<SIP:recipient@company.com>\r\n\r\n",
	    4,
	    "<NTLM><1B6D47A1><11><SIP Communications Service><LOC-COMPANYT-FE03.COMPANY.COM>"
	    "<41CEg82ECa0AC8i3DD7mE673t9CF4b19DAxF780x><1><INVITE><sip:sender@company.com>"
	    "<2420628112><sip:recipient@company.com><7aee15546a><SIP:recipient@company.com>"
	    "<><><180>");
}

static void
vector_d_is_the_short_form(void **state)
{
	(void)state;
	is_signed_as("SIP/2.0 200 OK\r\n"
		     "Authentication-Info: NTLM "
		     "rspauth=\"0100000000000000BF2E52667DDF6DED\", srand=\"0878F41B\", "
		     "snum=\"1\", opaque=\"4452DFB0\", qop=\"auth\", "
		     "targetname=\"ocs1.ocs.provo.novell.com\", realm=\"SIP Communications "
		     "Service\"\r\n"
		     "From: \"Gabriel Burt\"<sip:gabriel@ocs.provo.novell.com>;tag=2947328781;"
		     "epid=1234567890\r\n"
		     "To: <sip:gabriel@ocs.provo.novell.com>;"
		     "tag=B816D65C2300A32CFA6D371F2AF537FD\r\n"
		     "Call-ID: 8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx\r\n"
		     "CSeq: 3 REGISTER\r\n"
		     "Expires: 900\r\n"
		     "Content-Length: 0\r\n\r\n",
	    2,
	    "<NTLM><0878F41B><1><SIP Communications Service><ocs1.ocs.provo.novell.com>"
	    "<8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx><3><REGISTER>"
	    "<sip:gabriel@ocs.provo.novell.com><2947328781><B816D65C2300A32CFA6D371F2AF537FD>"
	    "<900><200>");
}

static void
vector_e_is_a_request_of_the_server(void **state)
{
	(void)state;
	is_signed_as("NOTIFY sip:192.0.2.7:49152;transport=tls SIP/2.0\r\n"
		     "Authentication-Info: TLS-DSK rspauth=\"00\", srand=\"9C3AA71A\", "
		     "snum=\"21\", opaque=\"1\", qop=\"auth\", "
		     "targetname=\"EGRB-VMLFE-P01.mycompany.net\", "
		     "realm=\"SIP Communications Service\"\r\n"
		     "From: <sip:a@mycompany.net>;tag=49700080\r\n"
		     "To: <sip:b@mycompany.net>;tag=1247625390;epid=1\r\n"
		     "Call-ID: x\r\n"
		     "CSeq: 4 NOTIFY\r\n"
		     "Content-Length: 0\r\n\r\n",
	    4,
	    "<TLS-DSK><9C3AA71A><21><SIP Communications Service>"
	    "<EGRB-VMLFE-P01.mycompany.net><x><4><NOTIFY><sip:a@mycompany.net><49700080>"
	    "<sip:b@mycompany.net><1247625390><><><>");
}

#define HEAD                                                        \
	"NOTIFY sip:x@y SIP/2.0\r\n"                                \
	"Authorization: Kerberos realm=\"R\", targetname=\"T\"\r\n" \
	"From: <sip:a@b>;tag=1\r\nTo: sip:c@d\r\nCall-ID: x\r\nCSeq: 1 NOTIFY\r\n"
#define FIELDS "<Kerberos><><><R><T><x><1><NOTIFY><sip:a@b><1><sip:c@d><>"

static void
asserted_identities_are_told_apart_by_their_schemes(void **state)
{
	(void)state;
	is_signed_as(HEAD "P-Asserted-Identity: \"Bob, B\" <sip:bob@b>, <tel:+1>\r\n\r\n", 4,
	    FIELDS "<sip:bob@b><tel:+1><>");
	is_signed_as(HEAD "P-Asserted-Identity: <tel:+1>,sip:bob@b\r\n\r\n", 4,
	    FIELDS "<sip:bob@b><tel:+1><>");
	is_signed_as(HEAD "P-Asserted-Identity: <tel:+1>\r\n\r\n", 4, FIELDS "<><tel:+1><>");
	is_signed_as(HEAD "P-Asserted-Identity: sip:bob@b\r\n"
			  "P-Asserted-Identity: tel:+2;ext=3\r\n\r\n",
	    4, FIELDS "<sip:bob@b><tel:+2><>");
	is_signed_as(
	    HEAD "P-Preferred-Identity: <sip:bob@b>\r\n\r\n", 4, FIELDS "<sip:bob@b><><>");
	is_signed_as(HEAD "P-Preferred-Identity: <sip:bob@b>\r\n"
			  "P-Asserted-Identity: <tel:+1>\r\n\r\n",
	    4, FIELDS "<><tel:+1><>");
	is_signed_as(HEAD "Expires: 0\r\n\r\n", 3, FIELDS "<><><0>");
}

static void
a_message_without_what_is_signed_cannot_be_signed(void **state)
{
	static const char *const lines[] = { "From: <sip:a@b>;tag=1\r\n", "To: <sip:a@b>\r\n",
		"Call-ID: x\r\n", "CSeq: 1 NOTIFY\r\n" };
	struct sip_auth a = { .version = 4 };

	(void)state;
	for (size_t without = 0; without < 4; without++) {
		char text[256] = "NOTIFY sip:x@y SIP/2.0\r\n";
		struct buf b = { 0 };
		struct sip_msg m;

		for (size_t i = 0; i < 4; i++)
			if (i != without)
				strcat(text, lines[i]);
		strcat(text, "\r\n");
		assert_int_equal(sip_msg_parse((uint8_t *)text, strlen(text), &m), 0);
		assert_int_equal(sip_signed_bytes(&b, &m, &a), -EBADMSG);
		buf_done(&b);
	}
}

static void
the_header_that_is_written_reads_back(void **state)
{
	struct sip_auth a = { .scheme = span_of("Kerberos"),
		.realm = span_of("R S"),
		.target = span_of("sip/fe"),
		.version = 4,
		.gssapi = span_of("YIIC=="),
		.rand = span_of("8ba2d795"),
		.num = span_of("1"),
		.mic = span_of("\x04\x04") };
	struct buf b = { 0 };

	(void)state;
	sip_write_auth(&b, SIP_BY_CLIENT, "Authorization", &a);
	assert_string_equal(buf_cstr(&b),
	    "Authorization: Kerberos qop=\"auth\", realm=\"R S\", targetname=\"sip/fe\", "
	    "gssapi-data=\"YIIC==\", version=4, crand=\"8ba2d795\", cnum=\"1\", "
	    "response=\"0404\"\r\n");

	buf_clear(&b);
	a.gssapi = (struct span){ NULL, 0 };
	a.opaque = span_of("735D3BFC");
	sip_write_auth(&b, SIP_BY_SERVER, "Authentication-Info", &a);
	assert_string_equal(buf_cstr(&b),
	    "Authentication-Info: Kerberos rspauth=\"0404\", srand=\"8ba2d795\", snum=\"1\", "
	    "opaque=\"735D3BFC\", qop=\"auth\", targetname=\"sip/fe\", realm=\"R S\"\r\n");
	buf_done(&b);
}

static void
a_challenge_is_found_by_its_scheme_whatever_the_order(void **state)
{
	char text[] = "SIP/2.0 401 Unauthorized\r\n"
		      "WWW-Authenticate: NTLM realm=\"R\", targetname=\"fe\", version=4\r\n"
		      "WWW-Authenticate: Kerberos REALM=\"R\",targetname = \"sip/fe\" , "
		      "version=3\r\n\r\n";
	struct sip_auth a;
	struct sip_msg m;

	(void)state;
	assert_int_equal(sip_msg_parse((uint8_t *)text, strlen(text), &m), 0);
	assert_int_equal(sip_challenge_read(&m, "kerberos", &a), 0);
	assert_true(span_is(a.target, "sip/fe"));
	assert_int_equal(a.version, 3);
	assert_false(a.proxy);
	assert_int_equal(sip_challenge_read(&m, "TLS-DSK", &a), -ENOENT);
	assert_int_equal(sip_auth_read(&m, SIP_BY_SERVER, NULL, &a), -ENOENT);
}

static void
each_number_is_taken_once(void **state)
{
	struct sip_replay r = { 0 };

	(void)state;
	assert_false(sip_replay_fresh(&r, 0));
	for (uint32_t n = 1; n <= 1000; n++) {
		assert_true(sip_replay_fresh(&r, n));
		sip_replay_mark(&r, n);
		assert_false(sip_replay_fresh(&r, n));
	}
	assert_false(sip_replay_fresh(&r, 1000 - 255));
	assert_false(sip_replay_fresh(&r, 1000 - 256));
}

static void
numbers_may_come_out_of_order_within_256(void **state)
{
	struct sip_replay r = { 0 };

	(void)state;
	sip_replay_mark(&r, 300);
	assert_true(sip_replay_fresh(&r, 45));
	assert_false(sip_replay_fresh(&r, 44));
	sip_replay_mark(&r, 45);
	assert_false(sip_replay_fresh(&r, 45));
	assert_true(sip_replay_fresh(&r, 46));
	sip_replay_mark(&r, UINT32_MAX);
	assert_false(sip_replay_fresh(&r, 300));
	assert_true(sip_replay_fresh(&r, UINT32_MAX - 255));
	assert_false(sip_replay_fresh(&r, UINT32_MAX));
}

static void
the_window_agrees_with_a_list_of_all_numbers(void **state)
{
	static bool seen[4096];
	struct sip_replay r = { 0 };
	uint32_t top = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7, 0);
	for (int i = 0; i < 20000; i++) {
		uint32_t n = (uint32_t)(1 + rng_below(&rng, (uint64_t)i / 6 + 60));
		bool fresh = !seen[n] && (n > top || top - n < 256);

		assert_int_equal(sip_replay_fresh(&r, n), fresh);
		if (!fresh)
			continue;
		sip_replay_mark(&r, n);
		seen[n] = true;
		top = n > top ? n : top;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_recorded_messages_are_signed_as_recorded),
		cmocka_unit_test(the_published_vectors_a_and_b_come_out),
		cmocka_unit_test(
		    vector_c_keeps_an_upper_case_scheme_and_finds_upper_case_names),
		cmocka_unit_test(vector_d_is_the_short_form),
		cmocka_unit_test(vector_e_is_a_request_of_the_server),
		cmocka_unit_test(asserted_identities_are_told_apart_by_their_schemes),
		cmocka_unit_test(a_message_without_what_is_signed_cannot_be_signed),
		cmocka_unit_test(the_header_that_is_written_reads_back),
		cmocka_unit_test(a_challenge_is_found_by_its_scheme_whatever_the_order),
		cmocka_unit_test(each_number_is_taken_once),
		cmocka_unit_test(numbers_may_come_out_of_order_within_256),
		cmocka_unit_test(the_window_agrees_with_a_list_of_all_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
