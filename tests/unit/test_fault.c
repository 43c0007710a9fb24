/* test_fault.c - `faults:` as they are written: every deed, every server's own refusal,
 * windows; and each mistake with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "mem.h"
#include "servers.h"

static int
read_list(const char *yaml, struct faults *out, struct config_error *error)
{
	struct field_place at = { .file = "f.yaml", .error = error };
	struct tree t;
	int err;

	*error = (struct config_error){ "" };
	*out = (struct faults){ .n = 0 };
	assert_int_equal(tree_parse(span_of(yaml), "f.yaml", &t, error), 0);
	err = faults_read(&at, t.root, out);
	tree_free(&t);
	assert_int_equal(mem_out(), 0);
	return err;
}

static struct fault
one(const char *yaml)
{
	struct faults all;
	struct config_error error;

	if (read_list(yaml, &all, &error) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(all.n, 1);
	return all.fault[0];
}

/* What is done, on a server that takes most deeds. */
static struct fault_deed
deed(const char *text)
{
	char yaml[200];

	snprintf(yaml, sizeof yaml, "- {server: sip, do: {%s}}", text);
	return one(yaml).deed;
}

static void
assert_error(const char *yaml, const char *wanted)
{
	struct faults all;
	struct config_error error;

	assert_int_equal(read_list(yaml, &all, &error), -EINVAL);
	assert_string_equal(error.text, wanted);
}

static void
every_deed_is_read_to_its_place(void **state)
{
	struct spread delay = deed("delay: 300ms±100ms").delay;

	(void)state;
	assert_int_equal(delay.kind, SPREAD_UNIFORM);
	assert_int_equal(delay.a_us, 300000);
	assert_int_equal(delay.b_us, 100000);
	assert_int_equal(deed("delay: {exp: 2s}").delay.kind, SPREAD_EXP);
	assert_float_equal(deed("drop: 20%").drop, 0.2, 1e-12);
	assert_float_equal(deed("duplicate: 1%").duplicate, 0.01, 1e-12);
	assert_float_equal(deed("reorder: 5%").reorder, 0.05, 1e-12);
	assert_float_equal(deed("corrupt: 0.5%").corrupt, 0.005, 1e-12);
	assert_true(deed("refuse: true").refuse);
	assert_true(deed("reset: true").reset);
	assert_false(deed("reset: false").reset);
	assert_int_equal(deed("reset_after: 7MB").reset_after, 7000000);
	assert_int_equal(deed("truncate: 1000B").truncate_after, 1000);
	assert_int_equal(deed("slow: 64kB/s").bytes_per_s, 64000);
	assert_int_equal(deed("answer: 503").answer, 503);
	assert_int_equal(deed("answer: 503, retry_after: 30s").retry_after_s, 30);
	assert_string_equal(deed("sign_off: rejected").sign_off, "rejected");
}

static void
a_deed_that_is_not_named_is_not_done(void **state)
{
	struct fault_deed d = deed("drop: 20%");

	(void)state;
	assert_int_equal(d.delay.a_us + d.delay.b_us, 0);
	assert_true(d.duplicate <= 0 && d.reorder <= 0 && d.corrupt <= 0);
	assert_false(d.refuse || d.reset);
	assert_int_equal(d.reset_after + d.truncate_after + d.bytes_per_s, 0);
	assert_int_equal(d.answer, 0);
	assert_int_equal(d.retry_after_s, 0);
	assert_string_equal(d.answer_word, "");
	assert_string_equal(d.sign_off, "");
}

static void
several_deeds_are_one_fault_and_faults_keep_their_order(void **state)
{
	struct faults all;
	struct config_error error;

	(void)state;
	assert_int_equal(read_list("- {server: kdc, from: 20s, for: 10s, do: {delay: 300ms, "
				   "drop: 5%}}\n- server: update\n  do: {slow: 1MB/s}\n",
			     &all, &error),
	    0);
	assert_int_equal(all.n, 2);
	assert_string_equal(all.fault[0].server, "kdc");
	assert_int_equal(all.fault[0].at.line, 1);
	assert_int_equal(all.fault[0].from_us, 20000000);
	assert_int_equal(all.fault[0].for_us, 10000000);
	assert_int_equal(all.fault[0].deed.delay.a_us, 300000);
	assert_float_equal(all.fault[0].deed.drop, 0.05, 1e-12);
	assert_string_equal(all.fault[1].server, "update");
	assert_int_equal(all.fault[1].at.line, 2);
	assert_int_equal(all.fault[1].from_us, 0);
	assert_int_equal(all.fault[1].for_us, 0);
	assert_int_equal(read_list("[]", &all, &error), 0);
	assert_int_equal(all.n, 0);
}

static void
every_server_can_have_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < SERVERS_COUNT; i++) {
		char yaml[80];

		snprintf(yaml, sizeof yaml, "- {server: %s, do: {drop: 1%%}}", servers_name[i]);
		assert_string_equal(one(yaml).server, servers_name[i]);
	}
}

struct answered {
	const char *server, *word;
	int answer; /* 0: it is none of this server's */
};

static void
each_server_has_its_own_kind_of_refusal(void **state)
{
	static const struct answered table[] = {
		{ "dhcp", "nak", 6 },
		{ "dhcp", "NAK", 0 },
		{ "dhcp", "6", 0 },
		{ "dns", "SERVFAIL", 2 },
		{ "dns", "NXDOMAIN", 3 },
		{ "dns", "REFUSED", 5 },
		{ "dns", "4", 4 },
		{ "dns", "15", 15 },
		{ "dns", "16", 0 },
		{ "dns", "0", 0 },
		{ "ntp", "DENY", 1 },
		{ "ntp", "RATE", 1 },
		{ "ntp", "RSTR", 1 },
		{ "ntp", "1", 0 },
		{ "kdc", "18", 18 },
		{ "kdc", "127", 127 },
		{ "kdc", "128", 0 },
		{ "kdc", "nak", 0 },
		{ "ldap", "49", 49 },
		{ "ldap", "122", 122 },
		{ "ldap", "123", 0 },
		{ "ca_web", "500", 500 },
		{ "ca_web", "399", 0 },
		{ "ca_web", "600", 0 },
		{ "sip", "403", 403 },
		{ "sip", "603", 603 },
		{ "sip", "302", 0 },
		{ "sip", "700", 0 },
		{ "exchange", "503", 503 },
		{ "update", "404", 404 },
		{ "update", "0404", 0 },
		{ "update", "-404", 0 },
		{ "update", "''", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct answered *t = &table[i];
		struct faults all;
		struct config_error error;
		char yaml[100];
		int err;

		snprintf(
		    yaml, sizeof yaml, "- {server: %s, do: {answer: %s}}", t->server, t->word);
		err = read_list(yaml, &all, &error);
		if ((err == 0) != (t->answer != 0))
			fail_msg("%s %s: %d %s", t->server, t->word, err, error.text);
		if (err != 0)
			continue;
		assert_int_equal(all.fault[0].deed.answer, t->answer);
		assert_string_equal(all.fault[0].deed.answer_word, t->word);
	}
}

static void
a_refusal_of_another_server_is_named(void **state)
{
	(void)state;
	assert_error("- {server: dhcp, do: {answer: 503}}",
	    "f.yaml:1:31: `answer' of dhcp must be nak, not `503'");
	assert_error("- {server: dns, do: {answer: nak}}",
	    "f.yaml:1:30: `answer' of dns must be SERVFAIL, NXDOMAIN, REFUSED or an RCODE from "
	    "1 "
	    "to 15, not `nak'");
	assert_error("- {server: ntp, do: {answer: 3}}",
	    "f.yaml:1:30: `answer' of ntp must be DENY, RATE or RSTR, not `3'");
	assert_error("- {server: kdc, do: {answer: SERVFAIL}}",
	    "f.yaml:1:30: `answer' of kdc must be the number of a KRB-ERROR, from 1 to 127, "
	    "not "
	    "`SERVFAIL'");
	assert_error("- {server: ldap, do: {answer: 200}}",
	    "f.yaml:1:31: `answer' of ldap must be a result code from 1 to 122, not `200'");
	assert_error("- {server: sip, do: {answer: 200}}",
	    "f.yaml:1:30: `answer' of sip must be a status from 400 to 699, not `200'");
	assert_error("- {server: update, do: {answer: [404]}}",
	    "f.yaml:1:33: `answer' must be a status from 400 to 599, not a list");
}

static void
what_does_not_go_with_a_server_is_refused(void **state)
{
	(void)state;
	assert_error("- {server: dhcp, do: {reset: true}}",
	    "f.yaml:1:30: `reset': dhcp has no connections to reset");
	assert_error("- {server: ntp, do: {drop: 1%, reset_after: 1kB}}",
	    "f.yaml:1:45: `reset_after': ntp has no connections to reset");
	assert_error("- {server: dns, do: {answer: REFUSED, retry_after: 5s}}",
	    "f.yaml:1:52: `retry_after' goes with an `answer' of sip or an HTTP server");
	assert_error("- {server: sip, do: {retry_after: 5s}}",
	    "f.yaml:1:35: `retry_after' goes with an `answer' of sip or an HTTP server");
	assert_error("- {server: update, do: {sign_off: rejected}}",
	    "f.yaml:1:35: `sign_off' is only for sip");
	assert_error("- {server: kdc, do: {}}", "f.yaml:1:21: `do' is empty: what goes wrong?");
}

static void
a_mistake_is_named_at_its_place(void **state)
{
	(void)state;
	assert_error("{server: kdc}",
	    "f.yaml:1:1: `faults' must be a list, as in `- {server: kdc, do: {...}}'");
	assert_error("- kdc", "f.yaml:1:3: a fault is a map with `server' and `do'");
	assert_error("- {do: {drop: 1%}}",
	    "f.yaml:1:3: `server' is missing: dhcp, dns, ntp, kdc, ldap, ca_web, sip, exchange "
	    "or "
	    "update");
	assert_error("- {server: kdc}", "f.yaml:1:3: `do' is missing: what goes wrong");
	assert_error("- {server: kcd, do: {drop: 1%}}",
	    "f.yaml:1:12: `server' must be one of dhcp, dns, ntp, kdc, ldap, ca_web, sip, "
	    "exchange, update, not `kcd'");
	assert_error(
	    "- {server: kdc, til: 5s, do: {drop: 1%}}", "f.yaml:1:17: unknown key `til'");
	assert_error("- {server: kdc, frmo: 5s, do: {drop: 1%}}",
	    "f.yaml:1:17: unknown key `frmo'; did you mean `from'?");
	assert_error("- {server: kdc, do: {dorp: 1%}}",
	    "f.yaml:1:22: unknown key `dorp'; did you mean `drop'?");
	assert_error("- {server: kdc, do: {drop: 20}}",
	    "f.yaml:1:28: `drop' must be a share from 0% to 100%, not `20'");
	assert_error("- {server: kdc, do: {delay: 300}}",
	    "f.yaml:1:29: `delay' must be a duration such as 20s or 20s±8s, not `300'");
	assert_error("- {server: kdc, do: {slow: 64kB}}",
	    "f.yaml:1:28: `slow' must be a rate such as 64kB/s or 100Mbit/s, not `64kB'");
	assert_error("- {server: kdc, do: {truncate: 0B}}",
	    "f.yaml:1:32: `truncate' is out of range: 0B");
	assert_error("- {server: kdc, for: 0s, do: {drop: 1%}}",
	    "f.yaml:1:22: `for' is out of range: 0s");
	assert_error("- {server: kdc, from: soon, do: {drop: 1%}}",
	    "f.yaml:1:23: `from' must be a duration such as 250ms, 20s, 5m, 24h, not `soon'");
	assert_error(
	    "- {server: kdc, do: drop}", "f.yaml:1:21: `do' must be a map of keys and values");
	assert_error("- {server: sip, do: {sign_off: fired}}",
	    "f.yaml:1:32: `sign_off' must be one of unregistered, rejected, deactivated, "
	    "preferred-registrar-change, not `fired'");
	assert_error("- {server: sip, do: {answer: 503, retry_after: 0s}}",
	    "f.yaml:1:48: `retry_after' is out of range: 0s");
	assert_error("- {server: sip, do: {refuse: maybe}}",
	    "f.yaml:1:30: `refuse' must be true or false, not `maybe'");
}

static void
there_is_an_end_to_them(void **state)
{
	char yaml[65 * 40] = "";
	struct faults all;
	struct config_error error;

	(void)state;
	for (int i = 0; i < FAULTS_MAX; i++)
		strcat(yaml, "- {server: kdc, do: {drop: 1%}}\n");
	assert_int_equal(read_list(yaml, &all, &error), 0);
	assert_int_equal(all.n, FAULTS_MAX);
	strcat(yaml, "- {server: kdc, do: {drop: 1%}}\n");
	assert_error(yaml, "f.yaml:65:3: more than 64 faults");
}

static void
a_window_holds_from_its_first_moment_to_before_its_last(void **state)
{
	struct fault f = one("- {server: kdc, from: 20s, for: 10s, do: {drop: 1%}}");
	struct fault open = one("- {server: kdc, from: 1ms, do: {drop: 1%}}");
	struct fault always = one("- {server: kdc, do: {drop: 1%}}");

	(void)state;
	assert_false(fault_holds(&f, 0));
	assert_false(fault_holds(&f, 19999999));
	assert_true(fault_holds(&f, 20000000));
	assert_true(fault_holds(&f, 29999999));
	assert_false(fault_holds(&f, 30000000));
	assert_false(fault_holds(&open, 999));
	assert_true(fault_holds(&open, UINT64_MAX));
	assert_true(fault_holds(&always, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_deed_is_read_to_its_place),
		cmocka_unit_test(a_deed_that_is_not_named_is_not_done),
		cmocka_unit_test(several_deeds_are_one_fault_and_faults_keep_their_order),
		cmocka_unit_test(every_server_can_have_one),
		cmocka_unit_test(each_server_has_its_own_kind_of_refusal),
		cmocka_unit_test(a_refusal_of_another_server_is_named),
		cmocka_unit_test(what_does_not_go_with_a_server_is_refused),
		cmocka_unit_test(a_mistake_is_named_at_its_place),
		cmocka_unit_test(there_is_an_end_to_them),
		cmocka_unit_test(a_window_holds_from_its_first_moment_to_before_its_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
