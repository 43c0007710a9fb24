/* test_data_dir.c - profiles of a data folder: found before the program's own, and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "data_dir.h"
#include "data_file.h"
#include "profile_load.h"
#include "profile_names.h"
#include "temp_file.h"

/* The bytes of the program's own profile of that name. */
static const struct data_file *
own(const char *name)
{
	for (size_t i = 0; i < profile_files_count; i++)
		if (strcmp(profile_files[i].name, name) == 0)
			return &profile_files[i];
	fail_msg("the program has no %s", name);
	return NULL;
}

/* A data folder with profiles/NAME. */
static const char *
folder_with(const char *name, const void *bytes, size_t n)
{
	static const char inner[] = "/profiles";
	char path[512];

	(void)snprintf(path, sizeof path, "%s%s", temp_folder(), inner);
	assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
	(void)snprintf(path, sizeof path, "profiles/%s", name);
	(void)temp_file(path, bytes, n);
	return temp_folder();
}

static int
clean(void **state)
{
	(void)state;
	(void)unsetenv("CX700_DATA");
	temp_clean();
	return 0;
}

static void
a_profile_of_the_data_folder_can_be_named(void **state)
{
	const struct data_file *is = own("cx700-1.0.199.123.yaml");
	struct profile *p = NULL;
	struct config_error error;

	(void)state;
	assert_int_not_equal(profile_load("ours-1", &p, &error), 0);
	assert_int_equal(data_dir_set(folder_with("ours-1.yaml", is->bytes, is->n)), 0);
	assert_int_equal(profile_load("ours-1", &p, &error), 0);
	profile_free(p);
}

static void
it_goes_before_the_programs_own(void **state)
{
	static const char broken[] = "tls: [\n";
	struct profile *p = NULL;
	struct config_error error;

	(void)state;
	assert_int_equal(
	    data_dir_set(folder_with("cx700-1.0.199.123.yaml", broken, sizeof broken - 1)), 0);
	assert_int_not_equal(profile_load("cx700-1.0.199.123", &p, &error), 0);
	/* And the complaint names the file. */
	assert_non_null(strstr(error.text, "profiles/cx700-1.0.199.123.yaml:"));
	assert_null(p);
}

static void
what_the_folder_lacks_is_in_the_program(void **state)
{
	struct profile *p = NULL;
	struct config_error error;

	(void)state;
	assert_int_equal(data_dir_set(temp_folder()), 0);
	assert_int_equal(profile_load("cx700-1.0.522.101", &p, &error), 0);
	profile_free(p);
}

static void
names_come_once_and_in_order(void **state)
{
	const struct data_file *is = own("cx700-1.0.199.123.yaml");
	static struct profile_names before, after;

	(void)state;
	profile_names(&before);
	assert_true(before.n >= 3);
	(void)folder_with("cx700-1.0.199.123.yaml", is->bytes, is->n);
	(void)folder_with("aardvark.yaml", is->bytes, is->n);
	(void)folder_with("notes.txt", "x", 1);
	assert_int_equal(data_dir_set(folder_with(".hidden.yaml", "x", 1)), 0);
	profile_names(&after);
	assert_int_equal(after.n, before.n + 1);
	assert_string_equal(after.name[0], "aardvark");
	for (size_t i = 0; i < before.n; i++)
		assert_string_equal(after.name[i + 1], before.name[i]);
}

static void
a_name_does_not_lead_out_of_the_folder(void **state)
{
	char path[DATA_PATH_MAX];

	(void)state;
	(void)temp_file("secret.yaml", "x", 1);
	assert_int_equal(data_dir_set(folder_with("ours.yaml", "x", 1)), 0);
	assert_true(data_find("profiles", "ours.yaml", path));
	assert_false(data_find("profiles", "../secret.yaml", path));
}

static void
what_is_no_folder_is_refused(void **state)
{
	const char *file = temp_file("file", "x", 1);

	(void)state;
	assert_int_equal(data_dir_set(file), -ENOTDIR);
	assert_int_equal(data_dir_set("/nowhere/at/all"), -ENOENT);
	assert_null(getenv("CX700_DATA"));
}

static void
a_complaint_about_a_name_tells_the_folders_names_too(void **state)
{
	const struct data_file *is = own("cx700-1.0.199.123.yaml");
	struct profile *p = NULL;
	struct config_error error;

	(void)state;
	assert_int_equal(data_dir_set(folder_with("aardvark.yaml", is->bytes, is->n)), 0);
	assert_int_not_equal(profile_load("badger", &p, &error), 0);
	assert_non_null(strstr(error.text, "no such profile; there are aardvark cx700-"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_profile_of_the_data_folder_can_be_named, clean),
		cmocka_unit_test_teardown(it_goes_before_the_programs_own, clean),
		cmocka_unit_test_teardown(what_the_folder_lacks_is_in_the_program, clean),
		cmocka_unit_test_teardown(names_come_once_and_in_order, clean),
		cmocka_unit_test_teardown(a_name_does_not_lead_out_of_the_folder, clean),
		cmocka_unit_test_teardown(what_is_no_folder_is_refused, clean),
		cmocka_unit_test_teardown(
		    a_complaint_about_a_name_tells_the_folders_names_too, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
