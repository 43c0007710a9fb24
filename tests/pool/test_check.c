/*
 * test_check.c - `cx700farm check` on real sockets: a healthy pool is ready; one that is broken
 * in a way that the embedded pool can play is not, and the right finding is named first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "temp_file.h"

#define HEAD "title: broken\nphones: 5\narrival: [{at_once: 5}]\n"

static int
teardown(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

/* Run it; both outputs as text. */
static int
check(const char *const *args, struct buf *out, struct buf *err)
{
	const char *argv[16] = { "check" };
	size_t n = 1;

	while (*args != NULL)
		argv[n++] = *args++;
	argv[n] = NULL;
	return program_run("cx700farm", argv, out, err);
}

static json_t *
check_json(const char *const *args, int *status_out)
{
	struct buf out = { 0 }, err = { 0 };
	json_t *report;

	*status_out = check(args, &out, &err);
	report = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
	if (report == NULL)
		fail_msg("exit %d, no JSON: %s", *status_out, buf_cstr(&err));
	buf_done(&out);
	buf_done(&err);
	return report;
}

static const char *
text_of(json_t *of, const char *key)
{
	return json_string_value(json_object_get(of, key));
}

static json_t *
row_of(json_t *report, const char *step, size_t nth)
{
	json_t *rows = json_object_get(report, "rows"), *one;
	size_t i;

	json_array_foreach(rows, i, one)
	{
		if (strcmp(text_of(one, "step"), step) == 0 && nth-- == 0)
			return one;
	}
	fail_msg("there is no row %s", step);
	return NULL;
}

/* ---- a healthy pool ------------------------------------------------------------------------
 */

static void
a_healthy_pool_is_ready_and_says_all_28_numbers(void **state)
{
	json_t *report, *row;
	unsigned guide = 0;
	int status;
	size_t i;

	(void)state;
	report = check_json((const char *[]){ "embedded", "--json", NULL }, &status);
	assert_int_equal(status, 0);
	assert_string_equal(text_of(report, "format"), "cx700farm-check/1");
	assert_true(json_is_true(json_object_get(report, "ready")));
	json_array_foreach(json_object_get(report, "rows"), i, row)
	{
		json_t *span = json_object_get(row, "guide");
		json_int_t last = json_integer_value(json_array_get(span, 1));

		for (json_int_t k = json_integer_value(json_array_get(span, 0)); k <= last; k++)
			guide |= k > 0 ? 1u << k : 0;
	}
	assert_int_equal(guide, 0x1ffffffe);
	json_decref(report);
}

static void
both_tls_servers_are_shown_all_eleven_suites(void **state)
{
	static const char *const servers[] = { "pool01.contoso.com:5061",
		"autodiscover.contoso.com:443" };
	json_t *report;
	int status;

	(void)state;
	report = check_json((const char *[]){ "embedded", "--json", NULL }, &status);
	for (size_t i = 0; i < 2; i++) {
		json_t *row = row_of(report, "client_hello", i);
		json_t *seen = json_object_get(row, "seen");

		assert_string_equal(text_of(seen, "tls_server"), servers[i]);
		assert_string_equal(text_of(row, "verdict"), "done");
		assert_int_equal(json_array_size(json_object_get(seen, "tls_offered")), 11);
		assert_string_equal(text_of(seen, "tls_suite"), "RC4-128 MD5");
		assert_string_equal(text_of(seen, "tls_protocol"), "TLS 1.0");
	}
	json_decref(report);
}

/* It leaves nothing behind: signed out, and the address given back. */
static void
the_phone_goes_as_it_came(void **state)
{
	json_t *report;
	int status;

	(void)state;
	report = check_json((const char *[]){ "embedded", "--json", NULL }, &status);
	assert_string_equal(text_of(row_of(report, "sip_sign_out", 0), "verdict"), "done");
	assert_string_equal(text_of(row_of(report, "dhcp_release", 0), "verdict"), "done");
	json_decref(report);
}

static void
the_text_explains_each_row_and_ends_with_the_verdict(void **state)
{
	struct buf out = { 0 };
	const char *text;

	(void)state;
	assert_int_equal(check((const char *[]){ "embedded", NULL }, &out, NULL), 0);
	text = buf_cstr(&out);
	assert_non_null(strstr(text, "check of embedded: one phone"));
	assert_non_null(strstr(text, "   1-2  ok    dhcp_lease: asks for an address"));
	assert_non_null(strstr(text, " 11-12  ok    krb_login: logs in"));
	assert_non_null(strstr(text, "it chooses RC4-128 MD5 of TLS 1.0"));
	assert_non_null(strstr(text, "\nREADY: the phone came through.\n"));
	for (const char *p = text; *p != '\0';
	     p += strcspn(p, "\n") + (p[strcspn(p, "\n")] != '\0'))
		if (strncmp(p, "              http", 18) != 0)
			assert_in_range(strcspn(p, "\n"), 0, 80);
	buf_done(&out);
}

static void
quiet_tells_only_what_was_found(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(check((const char *[]){ "embedded", "-q", NULL }, &out, NULL), 0);
	assert_null(strstr(buf_cstr(&out), "krb_login"));
	assert_non_null(strstr(buf_cstr(&out), "READY"));
	buf_done(&out);
}

static void
another_firmware_can_be_examined(void **state)
{
	json_t *report;
	int status;

	(void)state;
	report =
	    check_json((const char *[]){ "embedded", "--json", "--profile", "cx700-1.0.522.101",
			   "--pool-arg=--firmware-version", "--pool-arg", "3.5.6907.35", NULL },
		&status);
	assert_string_equal(text_of(report, "profile"), "cx700-1.0.522.101");
	assert_string_equal(
	    text_of(row_of(report, "update_at_power_on", 0), "verdict"), "done");
	json_decref(report);
}

static void
the_folder_keeps_text_json_and_trace(void **state)
{
	static const char *const names[] = { "check.txt", "check.json", "trace.jsonl" };
	char dir[160], path[200];
	struct buf out = { 0 };
	json_t *report;

	(void)state;
	temp_file("x", "", 0);
	(void)snprintf(dir, sizeof dir, "%s/deep/check", temp_folder());
	assert_int_equal(
	    check((const char *[]){ "embedded", "-o", dir, "--ssl2", NULL }, &out, NULL), 0);
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		assert_int_equal(access(path, R_OK), 0);
	}
	(void)snprintf(path, sizeof path, "%s/check.json", dir);
	report = json_load_file(path, 0, NULL);
	assert_non_null(report);
	assert_true(json_is_true(json_object_get(report, "ready")));
	json_decref(report);
	(void)snprintf(path, sizeof path, "%s/trace.jsonl.part", dir);
	assert_int_not_equal(access(path, F_OK), 0);
	buf_done(&out);
}

/* ---- a broken one --------------------------------------------------------------- */

struct broken {
	const char *yaml, *first, *severity;
};

/* clang-format off */
static const struct broken broken[] = {
	{ "servers: {sip: {certificate: sha2}, exchange: {certificate: sha2}}", "pool_certificate_sha2", "blocks" },
	{ "servers: {sip: {certificate: expired}}", "pool_certificate_expired", "blocks" },
	{ "servers: {sip: {certificate: other_root}}", "pool_root_unknown", "blocks" },
	{ "servers: {dns: {hide: [_sipinternaltls._tcp.contoso.com, _sip._tls.contoso.com, _sipinternal._tcp.contoso.com,"
	  " sipinternal.contoso.com, sip.contoso.com, sipexternal.contoso.com]}}", "pool_not_in_dns", "blocks" },
	{ "servers: {dhcp: {options_off: [15, 119]}}", "dhcp_no_domain", "blocks" },
	{ "servers: {ldap: {enrollment: false}}", "ca_not_published", "blocks" },
	{ "servers: {ntp: {offset: 7m}}", "clock_skew", "blocks" },
	{ "servers: {kdc: {wrong_password: 0}}", "password_wrong", "blocks" },
	{ "faults: [{server: kdc, do: {answer: 14}}]", "rc4_refused", "blocks" },
	{ "faults: [{server: ca_web, do: {answer: 404}}]", "ca_web_missing", "blocks" },
	{ "faults: [{server: sip, do: {answer: 404}}]", "sip_user_unknown", "blocks" },
	{ "servers: {update: {blank: true}}", "update_url_blank", "harms" },
	{ "servers: {exchange: {certificate: wrong_name}}", "exchange_certificate_name", "harms" },
};
/* clang-format on */

static void
what_is_broken_is_named_first_and_the_pool_is_not_ready(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct buf yaml = { 0 };
		const char *file;
		json_t *report, *first;
		int status;

		buf_printf(&yaml, "%s%s\n", HEAD, broken[i].yaml);
		file = temp_file("broken.yaml", yaml.p, yaml.n);
		report = check_json((const char *[]){ file, "--json", NULL }, &status);
		first = json_array_get(json_object_get(report, "findings"), 0);
		if (status != 1 || first == NULL ||
		    strcmp(text_of(first, "id"), broken[i].first) != 0 ||
		    strcmp(text_of(first, "severity"), broken[i].severity) != 0)
			fail_msg("%s: exit %d, first %s", broken[i].yaml, status,
			    first != NULL ? text_of(first, "id") : "nothing");
		assert_true(json_is_false(json_object_get(report, "ready")));
		json_decref(report);
		buf_done(&yaml);
	}
}

static void
the_clocks_difference_is_told_in_minutes(void **state)
{
	static const char yaml[] = HEAD "servers: {ntp: {offset: 4m}}\n";
	json_t *report, *row;
	int status;

	(void)state;
	report = check_json(
	    (const char *[]){ temp_file("broken.yaml", yaml, sizeof yaml - 1), "--json", NULL },
	    &status);
	assert_int_equal(status, 0);
	row = row_of(report, "clock_compare", 0);
	assert_non_null(strstr(text_of(json_object_get(row, "seen"), "clock_off"), " min "));
	assert_in_range(
	    json_integer_value(json_object_get(json_object_get(row, "seen"), "clock_off_s")),
	    230, 250);
	json_decref(report);
}

/* ---- a pool file ---------------------------------------------------------------- */

/* The pool's own file, and beside it one for a host whose one address all phones share. */
static void
write_host_file(const char *dir, const char *from)
{
	static const char head[] =
	    "network: {mode: host}\n"
	    "dhcp: {mode: none, domain: contoso.com, dns: [127.0.7.1]}\n";
	char path[200], line[512];
	FILE *in = fopen(from, "re"), *out;

	(void)snprintf(path, sizeof path, "%s/host.yaml", dir);
	out = fopen(path, "we");
	assert_non_null(in);
	assert_non_null(out);
	(void)fputs(head, out);
	while (fgets(line, sizeof line, in) != NULL)
		if (strncmp(line, "network:", 8) != 0 && strncmp(line, "dhcp:", 5) != 0)
			(void)fputs(line, out);
	(void)fclose(in);
	(void)fclose(out);
}

static void
ready_in(const char *file)
{
	struct buf out = { 0 }, err = { 0 };
	int status = check((const char *[]){ file, "-q", NULL }, &out, &err);

	if (status != 0)
		fail_msg("exit %d: %s%s", status, buf_cstr(&out), buf_cstr(&err));
	buf_done(&out);
	buf_done(&err);
}

static void
a_pool_file_names_a_pool_that_is_there_already(void **state)
{
	struct program pool;
	struct buf said = { 0 };
	char dir[160], file[200];

	(void)state;
	temp_file("x", "", 0);
	(void)snprintf(dir, sizeof dir, "%s/pool", temp_folder());
	(void)snprintf(file, sizeof file, "%s/pool.yaml", dir);
	program_start(&pool, "cx700pool",
	    (const char *[]){ "--dir", dir, "--listen", "127.0.7.1", "--addresses",
		"127.97.0.0/16", "--port-base", "27000", NULL });
	program_await(&pool, "pool file", &said);
	ready_in(file);
	write_host_file(dir, file);
	(void)snprintf(file, sizeof file, "%s/host.yaml", dir);
	ready_in(file);
	kill(pool.pid, SIGTERM);
	(void)program_end(&pool, NULL, NULL);
	buf_done(&said);
}

/* ---- what it does not take ------------------------------------------------------ */

static void
refused(const char *const *args, const char *says)
{
	struct buf out = { 0 }, err = { 0 };

	assert_int_equal(check(args, &out, &err), 2);
	assert_int_equal(out.n, 0);
	if (strstr(buf_cstr(&err), says) == NULL)
		fail_msg("not `%s': %s", says, buf_cstr(&err));
	buf_done(&out);
	buf_done(&err);
}

static void
a_wrong_command_line_is_refused_in_a_line(void **state)
{
	(void)state;
	refused((const char *[]){ NULL }, "which pool?");
	refused((const char *[]){ "a", "b", NULL }, "one pool at a time, not also b");
	refused((const char *[]){ "embedded", "--jsn", NULL }, "no such option: --jsn");
	refused((const char *[]){ "embedded", "-o", NULL }, "a value is missing behind -o");
	refused((const char *[]){ "/no/such.yaml", NULL }, "/no/such.yaml");
}

/* The pool of somebody who has written a network too many. */
static void
a_public_target_needs_a_word(void **state)
{
	static const char yaml[] =
	    "name: far\nnetwork: {mode: loopback, addresses: [127.98.0.0/16]}\n"
	    "dhcp: {mode: relay, server: 127.0.8.1, relay: {untagged: 127.0.8.2}}\n"
	    "users: {name: phone%05d, domain: contoso.com, sip_domain: contoso.com,\n"
	    "  password: 'file:secret'}\n"
	    "allow: [127.0.0.0/8, 198.51.100.7]\n";
	char file[200];

	(void)state;
	temp_file("secret", "x\n", 2);
	(void)snprintf(file, sizeof file, "%s", temp_file("far.yaml", yaml, sizeof yaml - 1));
	refused((const char *[]){ file, NULL }, "--yes");
	refused((const char *[]){ file, "--pool-arg", "-x", NULL }, "for the embedded pool");
}

static void
help_says_how(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(check((const char *[]){ "--help", NULL }, &out, NULL), 0);
	assert_non_null(strstr(buf_cstr(&out), "usage: cx700farm check"));
	assert_non_null(strstr(buf_cstr(&out), "Exit: 0 ready, 1 not ready"));
	buf_done(&out);
}

static void
a_bad_file_is_refused_with_its_place(void **state)
{
	static const char yaml[] = HEAD "servers: {sip: {certificate: maybe}}\n";

	(void)state;
	refused((const char *[]){ temp_file("bad.yaml", yaml, sizeof yaml - 1), "-q", NULL },
	    "bad.yaml:4:");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_pool_is_ready_and_says_all_28_numbers),
		cmocka_unit_test(both_tls_servers_are_shown_all_eleven_suites),
		cmocka_unit_test(the_phone_goes_as_it_came),
		cmocka_unit_test(the_text_explains_each_row_and_ends_with_the_verdict),
		cmocka_unit_test(quiet_tells_only_what_was_found),
		cmocka_unit_test(another_firmware_can_be_examined),
		cmocka_unit_test_teardown(the_folder_keeps_text_json_and_trace, teardown),
		cmocka_unit_test_teardown(
		    what_is_broken_is_named_first_and_the_pool_is_not_ready, teardown),
		cmocka_unit_test_teardown(the_clocks_difference_is_told_in_minutes, teardown),
		cmocka_unit_test_teardown(
		    a_pool_file_names_a_pool_that_is_there_already, teardown),
		cmocka_unit_test(a_wrong_command_line_is_refused_in_a_line),
		cmocka_unit_test_teardown(a_public_target_needs_a_word, teardown),
		cmocka_unit_test(help_says_how),
		cmocka_unit_test_teardown(a_bad_file_is_refused_with_its_place, teardown),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
