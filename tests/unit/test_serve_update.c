/* test_serve_update.c - the update service, request by request: what it offers, what it
 * refuses, what it writes into its audit log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "http_auth.h"
#include "mem.h"
#include "serve_update.h"
#include "sim_accept.h"
#include "sim_auth.h"
#include "update_xml.h"

#define ASK "/RequestHandler/ucdevice.upx"
#define ASK_OUTSIDE "/RequestHandlerExt/ucdevice.upx"
#define FOLDER "UCPhone/Polycom/CX700/A/ENU/1.0.522.101/CPE"
#define FILES "/DeviceUpdateFiles_Int/" FOLDER "/"
#define FILES_OUTSIDE "/DeviceUpdateFiles_Ext/" FOLDER "/"
#define GOOD "SPNEGO HTTP/pool01.contoso.com phone00001@CONTOSO.COM"

struct rig {
	struct serve_update update;
	struct acceptor *acceptor;
	struct serve_reply reply;
	struct buf audit, body;
	bool tls;
};

static int
setup(void **state)
{
	struct rig *r = mem_new(sizeof *r);

	r->acceptor = sim_acceptor_new(NULL);
	r->update.cfg = (struct serve_update_cfg){
		.version = "1.0.522.101",
		.internal_url = "http://pool01.contoso.com/DeviceUpdateFiles_Int",
		.external_url = "https://pool01.contoso.com/DeviceUpdateFiles_Ext",
		.acceptor = r->acceptor,
	};
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	buf_done(&r->reply.body);
	buf_done(&r->audit);
	buf_done(&r->body);
	sim_acceptor_free(r->acceptor);
	mem_free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* One request with the rig's body, and with a Negotiate token unless it is NULL; the status. */
static int
ask(struct rig *r, const char *method, const char *path, const char *token)
{
	struct serve_request q = { .method = method,
		.path = path,
		.body = buf_bytes(&r->body),
		.peer_ip = 0x7f2a0007,
		.wall_us = 1236772800000000,
		.tls = r->tls };
	struct serve_header header = { "Authorization", "" };
	struct buf value = { 0 }, bytes = { 0 };

	if (token != NULL) {
		sim_auth_token(token, &bytes);
		http_auth_negotiate(&value, buf_bytes(&bytes));
		header.value = buf_cstr(&value);
		q.headers = &header;
		q.n_headers = 1;
	}
	buf_done(&r->reply.body);
	r->reply = (struct serve_reply){ 0 };
	serve_update(&r->update, &q, &r->reply, &r->audit);
	buf_done(&value);
	buf_done(&bytes);
	return r->reply.status;
}

static bool
has(const struct rig *r, const char *name, const char *value)
{
	for (size_t i = 0; i < r->reply.n_headers; i++)
		if (strcmp(r->reply.headers[i].name, name) == 0 &&
		    strcmp(r->reply.headers[i].value, value) == 0)
			return true;
	return false;
}

static void
device(struct rig *r, const char *locale, const char *module, const char *version,
    const char *user)
{
	buf_clear(&r->body);
	buf_printf(&r->body,
	    "<Request><DeviceType>UCPhone</DeviceType><MACAddress>0004F2100007</MACAddress>"
	    "<Vendor>Polycom</Vendor><Model>CX700</Model><Revision>A</Revision>"
	    "<Locale>%s</Locale><Modules><Module FileName=\"%s\" Version=\"%s\" "
	    "TimeStamp=\"t\"/></Modules><UserID>%s</UserID></Request>",
	    locale, module, version, user);
}

static void
given_an_older_build_the_newer_one_is_offered(void **state)
{
	struct rig *r = *state;
	struct update_answer a;

	device(r, "ENU", "CPE.nbt", "1.0.199.123", "phone00007");
	assert_int_equal(ask(r, "POST", ASK, NULL), 200);
	assert_int_equal(update_xml_read_answer(buf_bytes(&r->reply.body), &a), 0);
	assert_string_equal(a.version, "1.0.522.101");
	assert_string_equal(
	    a.base_url, "http://pool01.contoso.com/DeviceUpdateFiles_Int/" FOLDER);
	assert_string_equal(buf_cstr(&r->audit),
	    "03/11/2009 12:00:00,127.42.0.7,UCPhone,0004F2100007,,Polycom,CX700,A,ENU,"
	    "CPE.nbt;1.0.199.123;t,CPE.nbt;CPE.cat;1.0.522.101;,phone00007\r\n");
	assert_int_equal(r->update.offered, 1);
}

static void
given_the_same_build_nothing_is_offered(void **state)
{
	struct rig *r = *state;
	struct update_answer a;

	device(r, "ENU", "CPE.nbt", "1.0.522.101", "");
	assert_int_equal(ask(r, "POST", ASK, NULL), 200);
	assert_int_equal(update_xml_read_answer(buf_bytes(&r->reply.body), &a), 0);
	assert_string_equal(a.version, "");
	assert_string_equal(a.base_url, "");
	assert_int_equal(r->update.offered, 0);
}

static void
given_a_request_without_a_locale_it_is_refused(void **state)
{
	struct rig *r = *state;

	device(r, "", "CPE.nbt", "1.0.199.123", "");
	assert_int_equal(ask(r, "POST", ASK, NULL), 400);
	buf_clear(&r->body);
	buf_text(&r->body, "no XML");
	assert_int_equal(ask(r, "POST", ASK, NULL), 400);
	assert_int_equal(ask(r, "DELETE", ASK, NULL), 405);
	assert_true(has(r, "Allow", "GET, POST"));
	assert_int_equal(r->audit.n, 0);
}

static void
given_texts_that_would_forge_the_audit_log_they_become_blanks(void **state)
{
	struct rig *r = *state;
	unsigned commas = 0;

	device(r, "ENU", "a;b#c,d", "1.0.1&#13;&#10;03/11/2009,forged", "x\ny,\"z");
	assert_int_equal(ask(r, "POST", ASK, NULL), 200);
	for (size_t i = 0; i < r->audit.n; i++)
		commas += r->audit.p[i] == ',';
	assert_int_equal(commas, 11);
	assert_ptr_equal(memchr(r->audit.p, '\r', r->audit.n), r->audit.p + r->audit.n - 2);
	assert_ptr_equal(memchr(r->audit.p, '\n', r->audit.n), r->audit.p + r->audit.n - 1);
	assert_non_null(strstr(buf_cstr(&r->audit), ",a b c d;1.0.1  03/11/2009 forged;t,"));
	assert_non_null(strstr(buf_cstr(&r->audit), ",x y  z\r\n"));
}

static void
given_other_letter_case_the_page_and_the_files_are_found(void **state)
{
	struct rig *r = *state;

	assert_int_equal(ask(r, "GET", "/requesthandler/UCDEVICE.upx?x=1", NULL), 200);
	assert_int_equal(ask(r, "GET", "/RequestHandler/ucdevice.upxx", NULL), 404);
	assert_int_equal(ask(r, "GET", "/deviceupdatefiles_int/" FOLDER "/cpe.NBT", NULL), 200);
	assert_true(r->reply.firmware);
}

static void
the_files_are_the_image_and_its_catalogue(void **state)
{
	struct rig *r = *state;

	assert_int_equal(ask(r, "HEAD", FILES "CPE.nbt", NULL), 200);
	assert_int_equal(r->update.downloads, 0);
	assert_int_equal(ask(r, "GET", FILES "CPE.nbt", NULL), 200);
	assert_true(r->reply.firmware);
	assert_int_equal(ask(r, "GET", FILES "CPE.cat", NULL), 200);
	assert_false(r->reply.firmware);
	assert_true(r->reply.body.n > 0);
	assert_int_equal(r->update.downloads, 1);
	assert_int_equal(r->update.confirmed, 1);
	assert_int_equal(ask(r, "GET", FILES "CPE.txt", NULL), 404);
	assert_int_equal(
	    ask(r, "GET", "/DeviceUpdateFiles_Int/1.0.199.123/CPE/CPE.nbt", NULL), 404);
	assert_int_equal(ask(r, "PUT", FILES "CPE.nbt", NULL), 405);
}

static void
outside_it_wants_tls_and_negotiate(void **state)
{
	static const char *const paths[] = { ASK_OUTSIDE, "/requesthandlerext/ucdevice.upx",
		FILES_OUTSIDE "CPE.nbt", "/DEVICEUPDATEFILES_EXT/" FOLDER "/CPE.nbt" };
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		r->tls = false;
		assert_int_equal(ask(r, "GET", paths[i], GOOD), 403);
		r->tls = true;
		assert_int_equal(ask(r, "GET", paths[i], NULL), 401);
		assert_int_equal(ask(r, "GET", paths[i], GOOD), 200);
	}
}

static void
with_blank_settings_no_url_is_given(void **state)
{
	struct rig *r = *state;
	struct update_answer a;

	r->update.cfg.blank = true;
	device(r, "ENU", "CPE.nbt", "1.0.199.123", "");
	assert_int_equal(ask(r, "POST", ASK, NULL), 200);
	assert_int_equal(update_xml_read_answer(buf_bytes(&r->reply.body), &a), 0);
	assert_string_equal(a.base_url, "");
	assert_string_equal(a.external_base_url, "");
}

int
main(void)
{
#define UPDATE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		UPDATE_TEST(given_an_older_build_the_newer_one_is_offered),
		UPDATE_TEST(given_the_same_build_nothing_is_offered),
		UPDATE_TEST(given_a_request_without_a_locale_it_is_refused),
		UPDATE_TEST(given_texts_that_would_forge_the_audit_log_they_become_blanks),
		UPDATE_TEST(given_other_letter_case_the_page_and_the_files_are_found),
		UPDATE_TEST(the_files_are_the_image_and_its_catalogue),
		UPDATE_TEST(outside_it_wants_tls_and_negotiate),
		UPDATE_TEST(with_blank_settings_no_url_is_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
