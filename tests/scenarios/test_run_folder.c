/*
 * test_run_folder.c - what a rehearsal leaves in its folder, and the commands that read it: the
 * files agree with each other, a folder can be rebuilt, a phone explained, two runs compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "program.h"
#include "temp_file.h"

/* 200 phones log in, within 4 s; the KDC answers so late. */
static const char login[] = "title: Everybody logs in\n"
			    "phones: 200\n"
			    "seed: 7\n"
			    "arrival: [{steady: {rate: 50/s, for: 4s}}]\n"
			    "user: {types_for: 1s}\n"
			    "journey: {until: krb_login}\n";

static const char slower[] = "faults: [{server: kdc, do: {delay: 300ms}}]\n";

static const char lost[] = "faults: [{server: kdc, do: {drop: 40%}}]\n";

static const char *
in_folder(const char *name, char out[256])
{
	(void)snprintf(out, 256, "%s/%s", temp_folder(), name);
	return out;
}

/* Rehearse the logins with these lines more, into a folder of that name; its exit status. */
static int
rehearse(const char *folder, const char *more)
{
	char yaml[1024], file[64], dir[256];
	struct buf err = { 0 };
	int status;

	(void)snprintf(yaml, sizeof yaml, "%s%s", login, more);
	(void)snprintf(file, sizeof file, "%s.yaml", folder);
	(void)temp_file(file, yaml, strlen(yaml));
	in_folder(folder, dir);
	strcat(strcpy(yaml, dir), ".yaml");
	status = program_run("cx700farm",
	    (const char *[]){ "run", yaml, "--dry-run", "-q", "-o", dir, NULL }, NULL, &err);
	if (status > 1)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
	return status;
}

static json_t *
json_of(const char *folder, const char *name)
{
	char path[256], dir[300];
	json_t *tree;

	(void)snprintf(dir, sizeof dir, "%s/%s", in_folder(folder, path), name);
	tree = json_load_file(dir, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tree);
	return tree;
}

static void
bytes_of(const char *folder, const char *name, struct buf *out)
{
	char path[256], file[300], bytes[4096];
	size_t n;
	FILE *f;

	(void)snprintf(file, sizeof file, "%s/%s", in_folder(folder, path), name);
	f = fopen(file, "rbe");
	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
		buf_put(out, bytes, n);
	(void)fclose(f);
}

/* The program ends so, and has said that, on standard output or error. */
static void
says(const char *const *args, int status, const char *words)
{
	struct buf out = { 0 }, err = { 0 };
	int is = program_run("cx700farm", args, &out, &err);

	if (is != status ||
	    (strstr(buf_cstr(&out), words) == NULL && strstr(buf_cstr(&err), words) == NULL))
		fail_msg("exit %d, not %d with \"%s\":\n%s%s", is, status, words,
		    buf_cstr(&out), buf_cstr(&err));
	/* An error is one line. */
	if (status == 2)
		assert_ptr_equal(strchr(buf_cstr(&err), '\n') + 1, err.p + err.n);
	buf_done(&out);
	buf_done(&err);
}

static json_int_t
sum(const json_t *list)
{
	json_int_t n = 0;
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v) n += json_is_array(v) ? sum(v) : json_integer_value(v);
	return n;
}

static json_int_t
count(json_t *map, const char *key)
{
	return json_integer_value(json_object_get(map, key));
}

/* ---- the files ---- */

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(rehearse("plain", ""), 0);
	assert_int_equal(rehearse("again", ""), 0);
	assert_int_equal(rehearse("slower", slower), 0);
	assert_int_equal(rehearse("lost", lost), 1);
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

/* A step's counts, second by second, add up to the summary's; and its histogram to its done
 * rows. */
static void
adds_up(json_t *course, json_t *step)
{
	const char *name = json_string_value(json_object_get(step, "name"));
	json_t *in = json_object_get(json_object_get(course, "steps"), name), *bin;
	json_t *reasons = json_object_get(json_object_get(course, "reasons"), name);
	json_int_t in_hist = 0;
	size_t i;

	if (count(step, "attempts") == 0) {
		assert_null(in);
		return;
	}
	assert_int_equal(sum(json_object_get(in, "done")), count(step, "done"));
	assert_int_equal(sum(json_object_get(in, "failed")), count(step, "failed"));
	assert_int_equal(sum(json_object_get(in, "retries")), count(step, "retries"));
	assert_int_equal(sum(json_object_get(in, "heat")), count(step, "done"));
	json_array_foreach(json_object_get(json_object_get(course, "hist"), name), i, bin)
	    in_hist += json_integer_value(json_array_get(bin, 1));
	assert_int_equal(in_hist, count(step, "done"));
	assert_true(json_equal(reasons, json_object_get(step, "reasons")));
}

static void
the_run_over_time_adds_up_to_its_summary(void **state)
{
	static const char *const runs[] = { "plain", "lost" };

	(void)state;
	for (size_t r = 0; r < 2; r++) {
		json_t *summary = json_of(runs[r], "summary.json");
		json_t *course = json_of(runs[r], "course.json"), *step;
		json_t *phones = json_object_get(course, "phones");
		size_t spans = (size_t)count(course, "spans"), i;

		json_array_foreach(json_object_get(summary, "steps"), i, step)
		    adds_up(course, step);
		assert_int_equal(json_integer_value(json_array_get(
				     json_object_get(phones, "finished"), spans - 1)),
		    count(json_object_get(summary, "phones"), "finished"));
		assert_int_equal(json_integer_value(json_array_get(
				     json_object_get(phones, "failed"), spans - 1)),
		    count(json_object_get(summary, "phones"), "failed"));
		json_decref(summary);
		json_decref(course);
	}
}

/* At each span's end every phone that has started is somewhere, and only there. */
static void
every_phone_is_somewhere_at_any_time(void **state)
{
	static const char *const also[] = { "staying", "finished", "failed", "off",
		"signed_out" };
	json_t *course = json_of("lost", "course.json");
	json_t *phones = json_object_get(course, "phones"), *list;
	const char *stage;

	(void)state;
	for (size_t i = 0; i < (size_t)count(course, "spans"); i++) {
		json_int_t n = 0;

		json_object_foreach(json_object_get(phones, "stage"), stage, list)
		{
			n += json_integer_value(json_array_get(list, i));
		}
		for (size_t k = 0; k < sizeof also / sizeof *also; k++)
			n += json_integer_value(
			    json_array_get(json_object_get(phones, also[k]), i));
		assert_int_equal(n,
		    json_integer_value(json_array_get(json_object_get(phones, "started"), i)));
	}
	json_decref(course);
}

static void
phones_that_failed_are_named_with_what_they_met(void **state)
{
	json_t *summary = json_of("lost", "summary.json");
	json_t *course = json_of("lost", "course.json");
	json_t *outcomes = json_object_get(course, "outcomes"), *one;
	json_t *failed = json_object_get(outcomes, "failed");
	json_int_t last = 0;
	size_t i;

	(void)state;
	assert_int_equal(
	    json_array_size(failed), count(json_object_get(summary, "phones"), "failed"));
	json_array_foreach(failed, i, one)
	{
		assert_true(count(one, "at_ms") >= last);
		last = count(one, "at_ms");
		assert_string_equal(
		    json_string_value(json_object_get(one, "step")), "krb_login");
		assert_string_equal(json_string_value(json_object_get(one, "why")), "timeout");
	}
	json_decref(summary);
	json_decref(course);
}

static void
ci_servers_can_read_it(void **state)
{
	static const char *const runs[] = { "plain", "lost", "slower" };
	char command[600], dir[256];

	(void)state;
	if (system("command -v xmllint >/dev/null 2>&1") != 0)
		skip(); /* no libxml2-utils on this machine */
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(command, sizeof command,
		    "xmllint --noout --schema tests/golden/junit.xsd %s/junit.xml 2>&1",
		    in_folder(runs[i], dir));
		assert_int_equal(system(command), 0);
	}
}

static void
a_folder_is_rebuilt_from_its_files(void **state)
{
	static const char *const made[] = { "junit.xml", "hist/krb_login.hgrm", "report.html" };
	char dir[256], file[300];

	(void)state;
	in_folder("lost", dir);
	for (size_t i = 0; i < 3; i++) {
		struct buf was = { 0 }, is = { 0 };

		bytes_of("lost", made[i], &was);
		(void)snprintf(file, sizeof file, "%s/%s", dir, made[i]);
		assert_int_equal(unlink(file), 0);
		says((const char *[]){ "report", dir, NULL }, 0, "report.html");
		bytes_of("lost", made[i], &is);
		assert_int_equal(is.n, was.n);
		assert_memory_equal(is.p, was.p, was.n);
		buf_done(&was);
		buf_done(&is);
	}
}

/* A run that ends before its reports leaves none of an earlier one's. */
static void
a_new_run_in_the_folder_begins_with_nothing(void **state)
{
	char dir[256], file[300];

	(void)state;
	assert_int_equal(rehearse("anew", ""), 0);
	in_folder("anew", dir);
	(void)snprintf(file, sizeof file, "%s/hist/sip_register.hgrm", dir);
	assert_int_equal(symlink("/dev/null", file), 0);
	assert_int_equal(rehearse("anew", ""), 0);
	assert_int_equal(access(file, F_OK), -1);
}

/* ---- explain ---- */

static void
a_phone_that_failed_is_explained(void **state)
{
	json_t *course = json_of("lost", "course.json");
	json_t *failed = json_object_get(json_object_get(course, "outcomes"), "failed");
	char dir[256], phone[16];

	(void)state;
	(void)snprintf(
	    phone, sizeof phone, "%d", (int)count(json_array_get(failed, 0), "phone"));
	in_folder("lost", dir);
	says((const char *[]){ "explain", dir, phone, NULL }, 0,
	    "krb_login: logs in at the domain controller: AS-REQ");
	says((const char *[]){ "explain", dir, phone, NULL }, 0,
	    "it fails after 3 tries: nobody answered in time");
	says((const char *[]){ "explain", dir, phone, NULL }, 0, "It failed at krb_login, at ");
	says((const char *[]){ "explain", dir, phone, NULL }, 0, "krb_login: The KDC:");
	json_decref(course);
}

static void
what_cannot_be_explained_is_told_in_one_line(void **state)
{
	char dir[256];

	(void)state;
	in_folder("lost", dir);
	says((const char *[]){ "explain", dir, "200", NULL }, 2, "there is no phone 200");
	says((const char *[]){ "explain", dir, "x", NULL }, 2, "not the number of a phone: x");
	says(
	    (const char *[]){ "explain", dir, "-1", NULL }, 2, "not the number of a phone: -1");
	says((const char *[]){ "explain", dir, NULL }, 2, "name a run's folder and a phone");
	says((const char *[]){ "explain", temp_folder(), "1", NULL }, 2, "not a run's folder");
	says((const char *[]){ "explain", "--help", NULL }, 0, "usage: cx700farm explain");
}

/* ---- diff ---- */

static void
two_runs_of_one_seed_are_the_same(void **state)
{
	char a[256], b[256];

	(void)state;
	in_folder("plain", a);
	in_folder("again", b);
	says(
	    (const char *[]){ "diff", a, b, NULL }, 0, "no difference that is more than noise");
	says((const char *[]){ "diff", a, b, "--json", NULL }, 0, "\"change\": \"same\"");
	says((const char *[]){ "diff", a, a, NULL }, 0, "no difference");
}

static void
given_a_kdc_300_ms_slower_it_names_krb_login(void **state)
{
	char a[256], b[256];

	(void)state;
	in_folder("plain", a);
	in_folder("slower", b);
	says((const char *[]){ "diff", a, b, NULL }, 1, "\nworse: krb_login, boot\n");
	says((const char *[]){ "diff", "--json", a, b, NULL }, 1, "\"change\": \"worse\"");
	/* And the other way round nothing is worse. */
	says((const char *[]){ "diff", b, a, NULL }, 0, "\nbetter: krb_login, boot\n");
}

static void
given_lost_packets_tries_and_failures_are_worse(void **state)
{
	char a[256], b[256];

	(void)state;
	in_folder("plain", a);
	in_folder("lost", b);
	says((const char *[]){ "diff", a, b, NULL }, 1,
	    "lost tries of krb_login by timeout: 0 ->");
	says((const char *[]){ "diff", a, b, NULL }, 1, "note: the scenarios differ");
}

static void
what_cannot_be_compared_is_told_in_one_line(void **state)
{
	char a[256], b[256], course[300];
	FILE *f;

	(void)state;
	in_folder("plain", a);
	assert_int_equal(rehearse("old", ""), 0);
	in_folder("old", b);
	(void)snprintf(course, sizeof course, "%s/course.json", b);
	f = fopen(course, "we");
	assert_non_null(f);
	(void)fputs("{\"format\": \"cx700farm-course/9\"}", f);
	assert_int_equal(fclose(f), 0);
	says((const char *[]){ "diff", a, b, NULL }, 2,
	    "its format is cx700farm-course/9, this cx700farm reads cx700farm-course/1");
	says((const char *[]){ "diff", a, "/nowhere", NULL }, 2, "/nowhere: No such file");
	says((const char *[]){ "diff", a, temp_folder(), NULL }, 2, "not a run's folder");
	says((const char *[]){ "diff", a, NULL }, 2, "name two folders");
	says((const char *[]){ "diff", a, b, a, NULL }, 2, "not more");
	says((const char *[]){ "diff", a, b, "--yaml", NULL }, 2, "no such option: --yaml");
	says((const char *[]){ "diff", "--help", NULL }, 0, "usage: cx700farm diff");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_run_over_time_adds_up_to_its_summary),
		cmocka_unit_test(every_phone_is_somewhere_at_any_time),
		cmocka_unit_test(phones_that_failed_are_named_with_what_they_met),
		cmocka_unit_test(ci_servers_can_read_it),
		cmocka_unit_test(a_folder_is_rebuilt_from_its_files),
		cmocka_unit_test(a_new_run_in_the_folder_begins_with_nothing),
		cmocka_unit_test(a_phone_that_failed_is_explained),
		cmocka_unit_test(what_cannot_be_explained_is_told_in_one_line),
		cmocka_unit_test(two_runs_of_one_seed_are_the_same),
		cmocka_unit_test(given_a_kdc_300_ms_slower_it_names_krb_login),
		cmocka_unit_test(given_lost_packets_tries_and_failures_are_worse),
		cmocka_unit_test(what_cannot_be_compared_is_told_in_one_line),
	};

	return cmocka_run_group_tests(tests, setup, clean);
}
