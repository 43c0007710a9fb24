/* test_wire.c - what two phones say and hear on their way from the old firmware into the new,
 * as tshark reads it with the run's key log: each number of the guide that has a wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire_capture.h"

/* Beside the guide's numbers: signed in on the line of 21, and again after the restart. */
enum { SIGN_IN = 29, AGAIN = 30, NUMBERS = 31 };

#define UP WIRE_UP
#define DOWN WIRE_DOWN
#define ASKED "dns.flags.response=0 & dns.qry.name="
#define FOUND "dns.flags.response=1 & dns.qry.name="
#define SRV " & dns.qry.type=33"
#define A " & dns.qry.type=1"
#define HELLO                                                             \
	"tls.handshake.type==1 & tls.handshake.version==0x0301 & "        \
	"!tls.handshake.extensions_length"                                \
	" & !tls.handshake.extension.type & tls.handshake.comp_method==0" \
	" & tls.handshake.ciphersuite==0x0004,0x0005,0x000a,0x00ff"
#define HELLO_BACK                                                   \
	"tls.handshake.type==2,11,14 & tls.handshake.version=0x0301" \
	" & tls.handshake.ciphersuite==0x0004"
#define TGS "kerberos.msg_type=12 & kerberos.SNameString==krbtgt,CONTOSO.COM,"
#define TICKET "kerberos.msg_type==13 & kerberos.SNameString=="
#define CHAIN                                                       \
	"http.request.method==GET & http.host==dc01.contoso.com & " \
	"http.request.uri==/certsrv/certnew.p7b?ReqID=CACert&Renewal=-1&Enc=b64"
#define UPX                                                                             \
	"http.request.method==POST & http.request.uri==/RequestHandler/ucdevice.upx & " \
	"xml.cdata^UCPhone & xml.cdata=Polycom & xml.cdata=CX700"
#define IMAGE "/DeviceUpdateFiles_Int/UCPhone/Polycom/CX700/A/ENU/1.0.522.101/CPE/"

/* clang-format off */
static const struct wire_sight sights[] = {
	{  1, UP,   "dhcp.option.dhcp==1 & dhcp.id==$xid & dhcp.option.type^53,61,55,60"
	            " & dhcp.option.vendor_class_id==CPE-OCPhone"
	            " & dhcp.option.request_list_item==1,3,6,15,43,44,46,47,119"
	            " & dhcp.flags==0x0000 & udp.length>=308 & dhcp.ip.relay==127.0.28.2" },
	{  1, DOWN, "dhcp.option.dhcp==2 & dhcp.id==$xid & dhcp.ip.your==$first" },
	{  2, UP,   "dhcp.option.dhcp==3 & dhcp.id==$xid & dhcp.option.type^53,54,50,61,55,60"
	            " & dhcp.flags==0x0000 & dhcp.option.requested_ip_address==$first" },
	{  2, DOWN, "dhcp.option.dhcp==5 & dhcp.id==$xid & dhcp.option.type=43" },
	{  3, UP,   "dhcp.option.dhcp==7 & dhcp.id==$xid+1 & dhcp.option.type^53,61,54"
	            " & ip.src==$first & ip.dst==$server & dhcp.ip.client==$first" },
	{  3, UP,   "dhcp.option.dhcp==1 & dhcp.id==$xid+2 & dhcp.option.type^53,61,55,60"
	            " & dhcp.ip.relay==127.0.28.3" },
	{  3, DOWN, "dhcp.option.dhcp==2 & dhcp.id==$xid+2 & dhcp.ip.your==$voice" },
	{  3, UP,   "dhcp.option.dhcp==3 & dhcp.id==$xid+2" },
	{  3, DOWN, "dhcp.option.dhcp==5 & dhcp.id==$xid+2 & dhcp.ip.your==$voice" },

	{  4, UP,   ASKED "_ntp._udp.contoso.com" SRV " & ip.src==$voice" },
	{  4, DOWN, FOUND "_ntp._udp.contoso.com & dns.srv.target==dc01.contoso.com" },
	{  5, UP,   "ntp.flags==0x1b & udp.length==56" },
	{  5, DOWN, "ntp.flags.mode==4 & ntp.stratum==2" },

	{  8, UP,   ASKED "_sipinternaltls._tcp.contoso.com" SRV },
	{  8, DOWN, FOUND "_sipinternaltls._tcp.contoso.com & dns.srv.target==pool01.contoso.com"
	            " & dns.srv.port==5061" },
	{  9, UP,   HELLO },
	{  9, DOWN, HELLO_BACK },
	{  9, UP,   "tls.alert_message.level==2 & tls.alert_message.desc==48" },

	{ 10, UP,   ASKED "_ldap._tcp.dc._msdcs.contoso.com" SRV },
	{ 10, DOWN, FOUND "_ldap._tcp.dc._msdcs.contoso.com & dns.srv.target==dc01.contoso.com" },
	{ 11, UP,   "kerberos.msg_type==10 & kerberos.padata_type!=2 & kerberos.ENCTYPE==23" },
	{ 11, DOWN, "kerberos.msg_type==30 & kerberos.error_code==25" },
	{ 12, UP,   "kerberos.msg_type==10 & kerberos.padata_type=2 & kerberos.ENCTYPE==23"
	            " & kerberos.etype==23" },
	{ 12, DOWN, "kerberos.msg_type==11 & kerberos.SNameString==krbtgt,CONTOSO.COM"
	            " & kerberos.etype=23" },

	{ 13, UP,   TGS "ldap,dc01.contoso.com" },
	{ 13, DOWN, TICKET "ldap,dc01.contoso.com" },
	{ 14, UP,   "ldap.protocolOp==3 & ldap.baseObject== & ldap.scope==0"
	            " & ldap.AttributeDescription=configurationNamingContext" },
	{ 14, DOWN, "ldap.protocolOp==4,5 & ldap.resultCode==0" },
	{ 14, UP,   "ldap.protocolOp==0 & ldap.mechanism==GSS-SPNEGO"
	            " & spnego.MechType=1.2.840.113554.1.2.2"
	            " & kerberos.SNameString==ldap,dc01.contoso.com" },
	{ 14, DOWN, "ldap.protocolOp==1 & ldap.resultCode==0" },
	{ 15, UP,   "ldap.protocolOp==3 & ldap.baseObject==CN=Configuration,DC=contoso,DC=com"
	            " & ldap.scope==2 & ldap.attributeDesc==objectCategory"
	            " & ldap.assertionValue==certificationAuthority"
	            " & ldap.AttributeDescription==cACertificate" },
	{ 15, DOWN, "ldap.protocolOp=5 & ldap.resultCode==0" },
	{ 15, UP,   "ldap.protocolOp==3 & ldap.baseObject==CN=Configuration,DC=contoso,DC=com"
	            " & ldap.scope==2 & ldap.attributeDesc==objectCategory"
	            " & ldap.assertionValue==pKIEnrollmentService"
	            " & ldap.AttributeDescription==dNSHostName" },
	{ 15, DOWN, "ldap.protocolOp=4 & ldap.resultCode==0" },

	{ 16, UP,   ASKED "dc01.contoso.com" A },
	{ 16, DOWN, FOUND "dc01.contoso.com & dns.a==$server" },
	{ 16, UP,   CHAIN " & !http.authorization" },
	{ 16, DOWN, "http.response.code==401 & http.www_authenticate=Negotiate" },
	{ 17, UP,   TGS "HTTP,dc01" },
	{ 17, DOWN, TICKET "HTTP,dc01" },
	{ 17, UP,   CHAIN " & http.authorization~Negotiate & kerberos.SNameString==HTTP,dc01" },
	{ 17, DOWN, "http.response.code==401" },
	{ 18, UP,   TGS "HTTP,dc01.contoso.com" },
	{ 18, DOWN, TICKET "HTTP,dc01.contoso.com" },
	{ 18, UP,   CHAIN " & http.authorization~Negotiate"
	            " & kerberos.SNameString==HTTP,dc01.contoso.com" },
	/* Base64 of a SEQUENCE and of the object identifier of SignedData. */
	{ 19, DOWN, "http.response.code==200 & http.content_type==application/x-pkcs7-certificates"
	            " & http.file_data~-----BEGIN CERTIFICATE-----\r\nMII"
	            " & http.file_data~KoZIhvcNAQcC" },

	{ 20, UP,   HELLO },
	{ 21, DOWN, HELLO_BACK },
	{ 21, UP,   "tls.handshake.type==16,20" },
	{ 21, DOWN, "tls.handshake.type==20" },
	{ SIGN_IN, UP,   "sip.Method==REGISTER & sip.r-uri==sip:contoso.com & !sip.Authorization"
	                 " & sip.User-Agent~OCPhone/1.0.199.123" },
	{ SIGN_IN, DOWN, "sip.Status-Code==401 & sip.auth.scheme==Kerberos,NTLM" },
	{ SIGN_IN, UP,   TGS "sip,fe01.contoso.com" },
	{ SIGN_IN, UP,   "sip.Method==REGISTER & sip.auth.scheme==Kerberos"
	                 " & sip.Authorization~gssapi-data=" },
	{ SIGN_IN, DOWN, "sip.Status-Code==200 & sip.CSeq.method==REGISTER"
	                 " & sip.Authentication-Info~rspauth=" },
	{ SIGN_IN, UP,   "sip.Method=SUBSCRIBE & sip.Event=vnd-microsoft-provisioning-v2"
	                 " & sip.Authorization~response=" },
	{ SIGN_IN, DOWN, "sip.Status-Code=200 & sip.Event=vnd-microsoft-provisioning-v2"
	                 " & sip.Authentication-Info~rspauth=" },

	{ 22, UP,   ASKED "autodiscover.contoso.com" A },
	{ 22, DOWN, FOUND "autodiscover.contoso.com & dns.a==$server" },
	{ 23, UP,   HELLO },
	{ 23, DOWN, HELLO_BACK },
	{ 23, UP,   "tls.record.version=0x0301 & http.request.method==POST"
	            " & http.request.uri==/autodiscover/autodiscover.xml"
	            " & http.authorization~Negotiate & xml.tag=<EMailAddress>" },
	{ 23, DOWN, "tls.record.version=0x0301 & http.response.code==200 & xml.tag=<EwsUrl>" },

	{ 24, UP,   ASKED "pool01.contoso.com" A },
	{ 24, UP,   UPX " & http.host==pool01.contoso.com & xml.tag~Version=\"1.0.199.123\"" },
	{ 25, DOWN, "http.response.code==200 & xml.tag^<Response>,<BaseURL>,<ExternalBaseURL>"
	            " & xml.cdata~1.0.522.101/CPE" },
	{ 26, UP,   "http.request.method==GET & http.request.uri==" IMAGE "CPE.nbt" },
	{ 27, DOWN, "http.response.code==200 & http.content_type==application/octet-stream"
	            " & http.content_length_header>=15000000" },
	{ 28, UP,   "http.request.method==GET & http.request.uri==" IMAGE "CPE.cat" },
	{ 28, DOWN, "http.response.code==200 & http.content_type==application/octet-stream" },

	/* Restarted: the lease it had, the transactions from the first, the new version. */
	{  6, UP,   "dhcp.option.dhcp==3 & dhcp.id==$xid & dhcp.option.type^53,50,61,55,60"
	            " & dhcp.option.requested_ip_address==$voice" },
	{  6, DOWN, "dhcp.option.dhcp==5 & dhcp.ip.your==$voice" },
	{  6, UP,   ASKED "ucupdates-r2.contoso.com" A },
	{  6, DOWN, FOUND "ucupdates-r2.contoso.com & dns.a==$server" },
	{  6, UP,   UPX " & http.host==$server & xml.tag~Version=\"1.0.522.101\"" },
	{  6, DOWN, "http.response.code==200 & xml.tag^<Response>,<BaseURL>" },
	{ AGAIN, UP,   HELLO },
	{ AGAIN, UP,   "sip.Method==REGISTER & sip.User-Agent~OCPhone/1.0.522.101"
	               " & sip.Authorization~gssapi-data=" },
	{ AGAIN, DOWN, "sip.Status-Code==200 & sip.Authentication-Info~rspauth=" },
};

static const char *const number_says[NUMBERS] = {
	[1] = "given_power_it_discovers_as_windows_ce_does",
	[2] = "given_an_offer_it_requests_that_address_in_the_same_transaction",
	[3] = "given_a_voice_vlan_it_releases_and_leases_again_from_inside",
	[4] = "given_a_domain_it_asks_for_the_time_service",
	[5] = "given_a_time_server_it_asks_as_version_3_client",
	[6] = "given_the_new_build_it_asks_for_updates_at_power_on_by_address",
	[8] = "given_a_user_it_asks_for_the_internal_pool_first",
	[9] = "given_an_unknown_root_it_ends_the_handshake_with_unknown_ca",
	[10] = "given_no_root_it_asks_for_a_domain_controller",
	[11] = "given_a_controller_its_first_as_req_is_told_to_preauthenticate",
	[12] = "given_that_its_second_as_req_is_preauthenticated_with_rc4",
	[13] = "given_a_login_it_gets_a_ticket_for_the_directory",
	[14] = "given_a_ticket_it_reads_the_root_and_binds_with_spnego",
	[15] = "given_a_bind_it_searches_for_authorities_and_then_for_enrollment_services",
	[16] = "given_the_ca_an_anonymous_get_is_told_to_negotiate",
	[17] = "given_the_key_of_the_short_name_it_is_refused",
	[18] = "given_that_it_asks_with_the_key_of_the_full_name",
	[19] = "given_the_right_key_the_chain_comes_as_base64_pkcs7",
	[20] = "given_the_root_its_hello_offers_only_its_suites_and_no_extension",
	[21] = "given_the_chain_the_handshake_ends",
	[22] = "given_a_sign_in_it_asks_for_autodiscover",
	[23] = "given_a_mailbox_it_posts_autodiscover_over_tls",
	[24] = "given_the_update_service_it_posts_what_it_has",
	[25] = "given_an_older_build_the_answer_names_where_the_new_one_is",
	[26] = "given_a_new_build_it_gets_the_image",
	[27] = "given_the_get_fifteen_megabytes_come",
	[28] = "given_the_image_the_last_get_is_answered_200",
	[SIGN_IN] = "given_the_line_it_registers_signed_and_subscribes",
	[AGAIN] = "given_the_restart_it_signs_in_as_the_new_build",
};
/* clang-format on */

enum { SIGHTS = sizeof sights / sizeof *sights };

struct eyes {
	struct wire wire;
	bool blind; /* no right to capture */
	long seen[WIRE_PHONES][SIGHTS];
};

struct number_test {
	struct eyes *eyes;
	int guide;
};

/* In the order of the table, each behind the one before; a missing one hides no other. */
static void
look(struct eyes *e)
{
	for (size_t p = 0; p < WIRE_PHONES; p++) {
		size_t at = 0;

		for (size_t i = 0; i < SIGHTS; i++)
			e->seen[p][i] = wire_find(&e->wire.phone[p], &sights[i], &at);
	}
}

static void
given_two_phones_the_run_passes_and_tshark_reads_it(void **state)
{
	struct eyes *e = ((struct number_test *)*state)->eyes;
	struct buf why = { 0 };
	int err = wire_run(&e->wire, &why);

	if (err > 0) {
		e->blind = true;
		printf("skipped: the wire is not watched: %s\n", buf_cstr(&why));
		buf_done(&why);
		skip();
	}
	if (err == 0)
		err = wire_read(&e->wire, sights, SIGHTS, &why);
	if (err != 0)
		fail_msg("%s", buf_cstr(&why));
	buf_done(&why);
	look(e);
}

static void
every_sight_of_a_number_is_seen_in_its_place(void **state)
{
	const struct number_test *t = *state;
	size_t due = 0, missing = 0;

	if (t->eyes->blind)
		skip();
	for (size_t p = 0; p < WIRE_PHONES; p++)
		for (size_t i = 0; i < SIGHTS; i++) {
			if (sights[i].guide != t->guide)
				continue;
			due++;
			if (t->eyes->seen[p][i] > 0)
				continue;
			missing++;
			print_error("phone %zu, number %d, not seen %s behind frame %ld: %s\n",
			    p, t->guide, sights[i].way == UP ? "from it" : "to it",
			    i > 0 ? t->eyes->seen[p][i - 1] : 0, sights[i].what);
		}
	assert_true(due > 0);
	assert_int_equal(missing, 0);
}

/* The expert's "error" is 0x800000; TCP's own complaints about a busy loopback are warnings. */
static void
no_packet_is_malformed_or_wrong_to_the_expert(void **state)
{
	static const struct wire_sight wrong[] = {
		{ 0, UP, "_ws.malformed~M" },
		{ 0, DOWN, "_ws.malformed~M" },
		{ 0, UP, "_ws.expert.severity>=8388608" },
		{ 0, DOWN, "_ws.expert.severity>=8388608" },
	};
	const struct eyes *e = ((struct number_test *)*state)->eyes;

	if (e->blind)
		skip();
	for (size_t p = 0; p < WIRE_PHONES; p++)
		for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
			size_t at = 0;
			long frame = wire_find(&e->wire.phone[p], &wrong[i], &at);

			if (frame > 0)
				fail_msg("phone %zu, frame %ld: %s", p, frame, wrong[i].what);
		}
	assert_true(json_array_size(e->wire.frames) > 0);
}

/* What the new build does at power-on is seen there, and nowhere before. */
static void
given_the_old_build_it_does_not_ask_for_updates_at_power_on(void **state)
{
	const struct eyes *e = ((struct number_test *)*state)->eyes;

	if (e->blind)
		skip();
	for (size_t p = 0; p < WIRE_PHONES; p++)
		for (size_t i = 0; i < SIGHTS; i++) {
			size_t at = 0;

			if (sights[i].guide == 6 && sights[i].way == UP)
				assert_int_equal(wire_find(&e->wire.phone[p], &sights[i], &at),
				    e->seen[p][i]);
		}
}

int
main(void)
{
	struct eyes *eyes = calloc(1, sizeof *eyes);
	struct number_test about[NUMBERS] = { { .eyes = eyes } };
	struct CMUnitTest tests[NUMBERS + 1] = {
		cmocka_unit_test_prestate(
		    given_two_phones_the_run_passes_and_tshark_reads_it, &about[0]),
		cmocka_unit_test_prestate(
		    no_packet_is_malformed_or_wrong_to_the_expert, &about[0]),
		cmocka_unit_test_prestate(
		    given_the_old_build_it_does_not_ask_for_updates_at_power_on, &about[0]),
	};
	size_t n = 3;
	int failed;

	for (int i = 1; i < NUMBERS; i++) {
		if (i == 7) /* the person typing has no wire */
			continue;
		about[i] = (struct number_test){ eyes, i };
		tests[n++] = (struct CMUnitTest){ .name = number_says[i],
			.test_func = every_sight_of_a_number_is_seen_in_its_place,
			.initial_state = &about[i] };
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	wire_done(&eyes->wire);
	free(eyes);
	return failed;
}
