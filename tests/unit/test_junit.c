/* test_junit.c - junit.xml: what CI servers read, by their schema and word by word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "junit.h"
#include "mem.h"
#include "rebuild.h"
#include "run_folder.h"
#include "temp_file.h"

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

/* The report of the folder as it is now; it owns the text. */
struct paper {
	struct buf xml;
	const char *text;
};

static struct paper
paper_of(struct run_folder *f)
{
	struct paper p = { 0 };
	struct buf error = { 0 };
	struct run_dir *d;

	run_folder_write(f);
	d = run_folder_open(f);
	assert_int_equal(junit_xml(d, &p.xml, &error), 0);
	assert_int_equal(error.n, 0);
	p.text = buf_cstr(&p.xml);
	run_dir_free(d);
	return p;
}

static void
has(const struct paper *p, const char *words)
{
	if (strstr(p->text, words) == NULL)
		fail_msg("\"%s\" is not in:\n%s", words, p->text);
}

static void
has_not(const struct paper *p, const char *words)
{
	if (strstr(p->text, words) != NULL)
		fail_msg("\"%s\" is in:\n%s", words, p->text);
}

static void
ends(struct paper *p, struct run_folder *f)
{
	buf_done(&p->xml);
	run_folder_free(f);
}

/* Twenty phones, of which four did not get past the login; the trace has three of them. */
static struct run_folder *
bad_day(const char *name)
{
	struct run_folder *f = run_folder_new(name);

	run_folder_done(f, RF_LEASE, 4800, 20);
	run_folder_done(f, RF_LOGIN, 900000, 16);
	run_folder_failed(f, RF_LOGIN, RF_TIMEOUT, 4);
	for (uint32_t i = 0; i < 4; i++) {
		run_folder_phone(f, 10 + i, RF_LOGIN, RF_TIMEOUT, 9000 - 1000 * i);
		if (i == 3)
			continue;
		run_folder_row(f, 10 + i,
		    &(struct run_folder_row){ 100, 4.8, "dhcp_lease", .guide = "[1, 2]" });
		run_folder_row(f, 10 + i,
		    &(struct run_folder_row){ .t_ms = 1000.0 * i,
			.ms = 3000,
			.step = "krb_login",
			.tries = 2,
			.verdict = "fail",
			.why = "timeout",
			.detail = "errno:ETIMEDOUT" });
	}
	f->end.verdict = REPORT_FAIL;
	f->end.why = "4 of 20 phones failed, 0 did not finish";
	return f;
}

/* ---- what is in it ---- */

static void
a_run_that_passed_has_no_failure(void **state)
{
	struct run_folder *f = run_folder_new("pass");
	struct paper p;

	(void)state;
	run_folder_done(f, RF_LEASE, 4800, 20);
	run_folder_done(f, RF_LOGIN, 900000, 20);
	run_folder_expect(f, "phones.finished == 100%", "100%", true);
	p = paper_of(f);
	has(&p, "<testsuite name=\"Power restored\" tests=\"4\" failures=\"0\" errors=\"0\"");
	has(&p, "<testcase classname=\"run\" name=\"verdict\" time=\"10.000000\">");
	has(&p, "<testcase classname=\"expect\" name=\"phones.finished == 100%\"");
	has(&p, "<testcase classname=\"step.address\" name=\"dhcp_lease\" time=\"0.004800\">");
	has(&p, "<testcase classname=\"step.identity\" name=\"krb_login\" time=\"0.900000\">");
	has(&p, "20 done, 0 failed, 0 skipped, 0 retries; p50 900.0 ms");
	has_not(&p, "<failure");
	has_not(&p, "sip_register"); /* nobody walked it */
	ends(&p, f);
}

static void
the_properties_are_what_is_needed_to_make_it_again(void **state)
{
	struct run_folder *f = run_folder_new("properties");
	struct paper p = paper_of(f);

	(void)state;
	has(&p, "<property name=\"seed\" value=\"7\"/>");
	has(&p, "<property name=\"version\" value=\"0.1.0\"/>");
	has(&p, "<property name=\"argv\" value=\"cx700farm run storm.yaml -o out\"/>");
	has(&p, "<property name=\"pool\" value=\"embedded\"/>");
	has(&p, "<property name=\"scenario\" value=\"storm.yaml\"/>");
	has(&p, "<property name=\"verdict\" value=\"pass\"/>");
	ends(&p, f);
}

static void
a_step_that_failed_tells_what_its_first_three_phones_did(void **state)
{
	struct run_folder *f = bad_day("three");
	struct paper p = paper_of(f);

	(void)state;
	has(&p, "tests=\"3\" failures=\"2\" errors=\"0\"");
	has(&p, "<failure message=\"4 failed\" type=\"failed\">16 done, 4 failed");
	has(&p, "lost tries: timeout 4");
	/* By time: 13 was the first, but it was not traced. */
	has(&p, "phone 13 was not traced");
	has(&p, "\nphone 12, 00:04:f2:10:00:0c\n");
	has(&p, "\nphone 11, 00:04:f2:10:00:0b\n");
	has_not(&p, "phone 10, ");
	has(&p,
	    "     2.000 s  krb_login             try 2  fail  timeout  errno:ETIMEDOUT  (3000 "
	    "ms)\n");
	ends(&p, f);
}

static void
the_verdict_says_why_and_a_broken_expectation_what_it_is(void **state)
{
	struct run_folder *f = bad_day("broken");
	struct paper p;

	(void)state;
	run_folder_expect(f, "step.krb_login.p99 < 800ms", "912.5 ms", false);
	run_folder_expect(f, "step.dhcp_lease.p99 < 1ms", "4.8 ms", false);
	run_folder_expect(f, "phones.failed < 30%", "20%", true);
	p = paper_of(f);
	has(&p, "tests=\"6\" failures=\"4\"");
	has(&p,
	    "<failure message=\"4 of 20 phones failed, 0 did not finish\" "
	    "type=\"failed\">fail: 4");
	has(&p, "name=\"step.krb_login.p99 &lt; 800ms\"");
	has(&p,
	    "<failure message=\"it is 912.5 ms\" type=\"failed\">"
	    "expected: step.krb_login.p99 &lt; 800ms\nmeasured: 912.5 ms\n\nphone 13");
	/* Nobody failed there: there is nobody to tell of. */
	has(&p, "measured: 4.8 ms\n</failure>");
	ends(&p, f);
}

/* An expectation may allow a step to fail; then the run's verdict is what CI goes by. */
static void
given_a_pass_failed_rows_are_told_and_are_no_failure(void **state)
{
	struct run_folder *f = bad_day("allowed");
	struct paper p;

	(void)state;
	f->end.verdict = REPORT_PASS;
	f->end.why = NULL;
	p = paper_of(f);
	has(&p, "failures=\"0\"");
	has(&p, "<system-out>16 done, 4 failed");
	ends(&p, f);
}

static void
an_invalid_run_is_an_error_and_no_failure_of_the_servers(void **state)
{
	struct run_folder *f = run_folder_new("invalid");
	struct paper p;

	(void)state;
	f->end.verdict = REPORT_INVALID;
	f->end.why = "loop lag p99 134 ms > 100 ms";
	p = paper_of(f);
	has(&p, "failures=\"0\" errors=\"1\"");
	has(&p, "<error message=\"loop lag p99 134 ms &gt; 100 ms\" type=\"invalid\">");
	buf_done(&p.xml);
	f->end.verdict = REPORT_INTERRUPTED;
	f->end.why = NULL;
	p = paper_of(f);
	has(&p, "<error message=\"interrupted\" type=\"invalid\">");
	ends(&p, f);
}

static void
a_step_that_was_gone_on_without_names_phones_from_the_trace(void **state)
{
	struct run_folder *f = run_folder_new("goes_on");
	struct paper p;

	(void)state;
	run_folder_failed(f, RF_UPDATE, RF_REFUSED, 2);
	/* The phones finished all the same: the course names nobody. */
	for (uint32_t i = 5; i > 1; i--)
		run_folder_row(f, i,
		    &(struct run_folder_row){
			.step = "update_ask", .verdict = "fail", .why = "refused" });
	f->end.verdict = REPORT_FAIL;
	p = paper_of(f);
	has(&p, "phone 5, ");
	has(&p, "phone 3, ");
	has_not(&p, "phone 2, ");
	ends(&p, f);
}

static void
of_a_run_that_nobody_failed_in_who_did_not_finish_is_told(void **state)
{
	struct run_folder *f = run_folder_new("unfinished");
	struct paper p;

	(void)state;
	f->phone[9] = (struct farm_phone){ .outcome = FARM_UNFINISHED, .row = RF_TLS };
	run_folder_row(
	    f, 9, &(struct run_folder_row){ 100, 4.8, "dhcp_lease", .guide = "[1, 2]" });
	f->end.verdict = REPORT_FAIL;
	f->end.why = "0 of 20 phones failed, 1 did not finish";
	p = paper_of(f);
	has(&p, "fail: 0 of 20 phones failed, 1 did not finish\n\nphone 9, ");
	ends(&p, f);
}

static void
of_a_long_life_the_latest_rows_are_told(void **state)
{
	struct run_folder *f = bad_day("long");
	struct paper p;

	(void)state;
	buf_clear(&f->trace);
	for (int i = 0; i < 100; i++)
		run_folder_row(f, 13,
		    &(struct run_folder_row){ .t_ms = i * 1000.0, .step = "dhcp_renew" });
	p = paper_of(f);
	has(&p, "40 rows before these are in trace.jsonl");
	has_not(&p, "    39.000 s  dhcp_renew");
	has(&p, "    40.000 s  dhcp_renew");
	has(&p, "    99.000 s  dhcp_renew");
	ends(&p, f);
}

static void
a_trace_that_breaks_off_is_told_as_far_as_it_goes(void **state)
{
	struct run_folder *f = bad_day("cut");
	struct paper p;

	(void)state;
	f->trace.n -= 30;
	p = paper_of(f);
	has(&p, "trace.jsonl:6: damaged: it breaks off here");
	has(&p, "phone 11, ");
	ends(&p, f);
}

/* ---- its form ---- */

static void
whatever_a_scenario_is_called_it_stays_xml(void **state)
{
	struct run_folder *f = bad_day("odd");
	struct paper p;

	(void)state;
	f->run.title = "a<b> & \"c\"\x01\x1b[31m \x7f\xef\xbf\xbe\xef\xbf\xbfz";
	run_folder_row(f, 12,
	    &(struct run_folder_row){ .step = "]]>", .detail = "\\u0007 <x> \\ufffe &amp;" });
	p = paper_of(f);
	has(&p, "name=\"a&lt;b&gt; &amp; &quot;c&quot;??[31m ???z\"");
	has(&p, "]]&gt;");
	has(&p, "&lt;x&gt; ? &amp;amp;");
	for (const char *c = p.text; *c != '\0'; c++)
		assert_true((unsigned char)*c >= ' ' || *c == '\n');
	ends(&p, f);
}

static void
want_of_memory_is_said_in_words(void **state)
{
	struct run_folder *f = bad_day("memory");
	struct buf out = { 0 }, error = { 0 };
	struct run_dir *d;

	(void)state;
	run_folder_write(f);
	d = run_folder_open(f);
	mem_fail_at(1);
	assert_int_equal(junit_xml(d, &out, &error), -ENOMEM);
	mem_fail_at(0);
	assert_non_null(strstr(buf_cstr(&error), "Cannot allocate memory"));
	buf_done(&out);
	buf_done(&error);
	run_dir_free(d);
	run_folder_free(f);
}

/* xmllint's own status; what it has to say goes to the test's output. */
static int
validated(const char *path)
{
	char command[600];
	int status;

	snprintf(command, sizeof command,
	    "xmllint --noout --schema tests/golden/junit.xsd %s 2>&1", path);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
the_schema_of_ci_servers_takes_it(void **state)
{
	struct run_folder *f[3] = { bad_day("schema_fail"), run_folder_new("schema_pass"),
		bad_day("schema_odd") };
	struct buf error = { 0 };
	char path[300];

	(void)state;
	if (system("command -v xmllint >/dev/null 2>&1") != 0)
		skip(); /* no libxml2-utils on this machine */
	run_folder_expect(f[0], "step.krb_login.p99 < 800ms", "912.5 ms", false);
	run_folder_expect(f[0], "phones.finished == 100%", "80%", false);
	f[2]->run.title = "\x1b]0;<![CDATA[\xef\xbf\xbf";
	f[2]->end.verdict = REPORT_INVALID;
	for (int i = 0; i < 3; i++) {
		run_folder_write(f[i]);
		assert_int_equal(rebuild(f[i]->path, &error), 0);
		snprintf(path, sizeof path, "%s/junit.xml", f[i]->path);
		assert_int_equal(validated(path), 0);
	}
	/* And it would notice. */
	run_folder_put(f[1], "junit.xml", "<testsuites name=\"a\"/>");
	snprintf(path, sizeof path, "%s/junit.xml", f[1]->path);
	assert_int_not_equal(validated(path), 0);
	for (int i = 0; i < 3; i++)
		run_folder_free(f[i]);
	buf_done(&error);
}

static void
a_folder_that_is_none_is_not_rebuilt(void **state)
{
	struct run_folder *f = run_folder_new("no_run");
	struct buf error = { 0 };

	(void)state;
	assert_int_equal(rebuild(f->path, &error), -ENOENT);
	assert_non_null(strstr(buf_cstr(&error), "not a run's folder"));
	buf_done(&error);
	run_folder_free(f);
}

/* One report that cannot be written does not keep the others from being. */
static void
what_cannot_be_written_is_named(void **state)
{
	struct run_folder *f = bad_day("unwritable");
	struct buf error = { 0 };
	char *junit;

	(void)state;
	run_folder_write(f);
	run_folder_put(f, "hist", "a file where a folder should be");
	assert_int_not_equal(rebuild(f->path, &error), 0);
	assert_non_null(strstr(buf_cstr(&error), "/hist: "));
	assert_null(strchr(buf_cstr(&error), '\n'));
	junit = run_folder_get(f, "junit.xml");
	assert_non_null(strstr(junit, "</testsuites>"));
	mem_free(junit);
	buf_done(&error);
	run_folder_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_that_passed_has_no_failure),
		cmocka_unit_test(the_properties_are_what_is_needed_to_make_it_again),
		cmocka_unit_test(a_step_that_failed_tells_what_its_first_three_phones_did),
		cmocka_unit_test(the_verdict_says_why_and_a_broken_expectation_what_it_is),
		cmocka_unit_test(given_a_pass_failed_rows_are_told_and_are_no_failure),
		cmocka_unit_test(an_invalid_run_is_an_error_and_no_failure_of_the_servers),
		cmocka_unit_test(a_step_that_was_gone_on_without_names_phones_from_the_trace),
		cmocka_unit_test(of_a_run_that_nobody_failed_in_who_did_not_finish_is_told),
		cmocka_unit_test(of_a_long_life_the_latest_rows_are_told),
		cmocka_unit_test(a_trace_that_breaks_off_is_told_as_far_as_it_goes),
		cmocka_unit_test(whatever_a_scenario_is_called_it_stays_xml),
		cmocka_unit_test(want_of_memory_is_said_in_words),
		cmocka_unit_test(the_schema_of_ci_servers_takes_it),
		cmocka_unit_test(a_folder_that_is_none_is_not_rebuilt),
		cmocka_unit_test(what_cannot_be_written_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
