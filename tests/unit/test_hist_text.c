/* test_hist_text.c - histograms as the text that HdrHistogram's tools read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hist_text.h"
#include "mem.h"
#include "run_folder.h"
#include "temp_file.h"

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

static struct hist *
new_hist(void)
{
	struct hist *h = mem_new(sizeof *h);

	assert_non_null(h);
	return h;
}

/* Small values have buckets of their own, so every figure is exact: mean and deviation by hand
 * (1, 2, 3, 4: 2.5 and the root of 1.25). */
static void
a_small_one_is_told_to_the_last_figure(void **state)
{
	struct hist *h = new_hist();
	struct buf out = { 0 };

	(void)state;
	for (uint64_t us = 1; us <= 4; us++)
		hist_add(h, us);
	hist_text(h, &out);
	assert_string_equal(buf_cstr(&out),
	    "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
	    "       0.001 0.000000000000          1           1.00\n"
	    "       0.001 0.100000000000          1           1.11\n"
	    "       0.001 0.200000000000          1           1.25\n"
	    "       0.002 0.300000000000          2           1.43\n"
	    "       0.002 0.400000000000          2           1.67\n"
	    "       0.002 0.500000000000          2           2.00\n"
	    "       0.003 0.550000000000          3           2.22\n"
	    "       0.003 0.600000000000          3           2.50\n"
	    "       0.003 0.650000000000          3           2.86\n"
	    "       0.003 0.700000000000          3           3.33\n"
	    "       0.003 0.750000000000          3           4.00\n"
	    "       0.004 0.775000000000          4           4.44\n"
	    "       0.004 1.000000000000          4\n"
	    "#[Mean    =        0.003, StdDeviation   =        0.001]\n"
	    "#[Max     =        0.004, Total count    =            4]\n"
	    "#[Buckets =           36, SubBuckets     =           64]\n");
	buf_done(&out);
	mem_free(h);
}

static void
one_value_is_all_percentiles(void **state)
{
	struct hist *h = new_hist();
	struct buf out = { 0 };

	(void)state;
	hist_add(h, 1234567);
	hist_text(h, &out);
	assert_non_null(strstr(buf_cstr(&out),
	    "    1234.567 0.000000000000          1           1.00\n"
	    "    1234.567 1.000000000000          1\n"));
	assert_non_null(
	    strstr(buf_cstr(&out), "#[Max     =     1234.567, Total count    =            1]"));
	buf_done(&out);
	mem_free(h);
}

static void
nothing_is_a_head_and_a_foot(void **state)
{
	struct hist *h = new_hist();
	struct buf out = { 0 };

	(void)state;
	hist_text(h, &out);
	assert_non_null(strstr(buf_cstr(&out), "Percentile)\n\n#[Mean    =        0.000"));
	buf_done(&out);
	mem_free(h);
}

/* What the tools take for granted: neither values nor percentiles nor counts ever fall, each
 * count is at least its percentile's share, and the last line is all of them. */
static void
values_percentiles_and_counts_rise(void **state)
{
	struct hist *h = new_hist();
	struct buf out = { 0 };
	double value, percentile, was_value = 0, was_percentile = -1;
	unsigned long long total, was_total = 0;
	unsigned lines = 0;

	(void)state;
	for (uint64_t us = 100; us < 100000000; us = us * 9 / 8)
		hist_add_many(h, us, (uint32_t)(1 + us % 977));
	hist_text(h, &out);
	for (const char *line = buf_cstr(&out); line != NULL; line = strchr(line + 1, '\n')) {
		if (line[1] == '\n' ||
		    sscanf(line, "%lf %lf %llu", &value, &percentile, &total) != 3)
			continue;
		assert_true(value >= was_value && percentile > was_percentile);
		assert_true(total >= was_total);
		assert_true((double)total >= percentile * (double)h->count - 1e-6);
		/* It is the value that hist_at() gives for that share. */
		assert_true((uint64_t)(value * 1e3 + 0.5) == hist_at(h, percentile));
		was_value = value;
		was_percentile = percentile;
		was_total = total;
		lines++;
	}
	assert_true(was_percentile == 1 && was_total == h->count);
	assert_in_range(lines, 40, 200);
	buf_done(&out);
	mem_free(h);
}

/* ---- the files ---- */

static void
each_histogram_of_a_run_becomes_a_file(void **state)
{
	struct run_folder *f = run_folder_new("files");
	struct buf error = { 0 };
	struct run_dir *d;
	char *text;

	(void)state;
	run_folder_done(f, RF_LOGIN, 5000, 100);
	run_folder_failed(f, RF_TLS, RF_TIMEOUT, 2); /* nothing done: nothing to tell */
	hist_add(&f->m->from_intended, 7000000);
	run_folder_write(f);
	d = run_folder_open(f);
	assert_int_equal(hist_text_write(d, &error), 0);
	text = run_folder_get(f, "hist/krb_login.hgrm");
	assert_non_null(strstr(text, "Total count    =          100]"));
	assert_non_null(strstr(text, "#[Max     =        5.000,"));
	mem_free(text);
	text = run_folder_get(f, "hist/boot_intended.hgrm");
	assert_non_null(strstr(text, "#[Max     =     7000.000,"));
	mem_free(text);
	assert_int_not_equal(access(f->path, F_OK), -1);
	run_dir_free(d);
	buf_done(&error);
	run_folder_free(f);
}

static bool
there_is(const struct run_folder *f, const char *name)
{
	char path[400];

	snprintf(path, sizeof path, "%s/%s", f->path, name);
	return access(path, F_OK) == 0;
}

static void
files_of_an_earlier_run_go_and_others_stay(void **state)
{
	struct run_folder *f = run_folder_new("again");
	struct buf error = { 0 };
	struct run_dir *d;

	(void)state;
	run_folder_done(f, RF_LOGIN, 5000, 1);
	run_folder_write(f);
	d = run_folder_open(f);
	assert_int_equal(hist_text_write(d, &error), 0);
	run_folder_put(f, "hist/sip_register.hgrm", "old");
	run_folder_put(f, "hist/notes.txt", "mine");
	assert_int_equal(hist_text_write(d, &error), 0);
	assert_true(there_is(f, "hist/krb_login.hgrm"));
	assert_false(there_is(f, "hist/sip_register.hgrm"));
	assert_true(there_is(f, "hist/notes.txt"));
	run_dir_free(d);
	run_folder_free(f);
	buf_done(&error);
}

static void
a_folder_without_any_is_left_as_it_is(void **state)
{
	struct run_folder *f = run_folder_new("empty");

	(void)state;
	hist_text_forget("/nowhere/at/all");
	hist_text_forget(f->path);
	run_folder_put(f, "hist", "a file");
	hist_text_forget(f->path);
	assert_true(there_is(f, "hist"));
	run_folder_free(f);
}

/* Its names come from a file that anybody may have written. */
static void
a_name_is_no_way_out_of_the_folder(void **state)
{
	struct run_folder *f = run_folder_new("names");
	struct buf error = { 0 };
	struct run_dir *d;
	json_t *hist;

	(void)state;
	run_folder_done(f, RF_LOGIN, 5000, 1);
	run_folder_write(f);
	d = run_folder_open(f);
	hist = json_object_get(d->course, "hist");
	json_object_set_new(hist, "../escaped", json_pack("[[i,i]]", 1000, 1));
	json_object_set_new(hist, "", json_pack("[[i,i]]", 1000, 1));
	json_object_set_new(hist, "fine_2", json_pack("[[i,i]]", 1000, 1));
	assert_int_equal(hist_text_write(d, &error), 0);
	assert_false(there_is(f, "escaped.hgrm"));
	assert_false(there_is(f, "hist/.hgrm"));
	assert_true(there_is(f, "hist/fine_2.hgrm"));
	run_dir_free(d);
	run_folder_free(f);
	buf_done(&error);
}

static void
bins_that_are_none_are_left_out(void **state)
{
	static const char odd[] = "[[5, 2], [-1, 3], [7, -2], [8, 4294967296], [9], 7, \"x\", "
				  "[1099511627776000, 1], [2.5, 1], [6, 0]]";
	struct run_folder *f = run_folder_new("bins");
	struct hist *h = new_hist();
	struct run_dir *d;

	(void)state;
	run_folder_done(f, RF_LOGIN, 5000, 1);
	run_folder_write(f);
	d = run_folder_open(f);
	json_object_set_new(
	    json_object_get(d->course, "hist"), "krb_login", json_loads(odd, 0, NULL));
	run_dir_hist(d, "krb_login", h);
	assert_int_equal(h->bucket[5], 2);
	assert_int_equal(
	    h->count, 4); /* and what was 2.5, taken for 0, and the very late one */
	run_dir_hist(d, "nothing", h);
	assert_int_equal(h->count, 0);
	mem_free(h);
	run_dir_free(d);
	run_folder_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_one_is_told_to_the_last_figure),
		cmocka_unit_test(one_value_is_all_percentiles),
		cmocka_unit_test(nothing_is_a_head_and_a_foot),
		cmocka_unit_test(values_percentiles_and_counts_rise),
		cmocka_unit_test(each_histogram_of_a_run_becomes_a_file),
		cmocka_unit_test(files_of_an_earlier_run_go_and_others_stay),
		cmocka_unit_test(a_folder_without_any_is_left_as_it_is),
		cmocka_unit_test(a_name_is_no_way_out_of_the_folder),
		cmocka_unit_test(bins_that_are_none_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
