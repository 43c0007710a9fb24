/*
 * test_lab_broken.c - the doctor's rounds: `check` finds the healthy lab ready, and names first
 * what harness/lab/break.sh has broken, each of ten things that administrators meet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab_rig.h"
#include "temp_file.h"

struct fixture {
	bool possible, ours;
	char check[512]; /* the command */
};

/* build/tests/lab/test_x -> build/cx700farm */
static void
find_check(struct fixture *f)
{
	char self[400];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	assert_true(n > 0);
	self[n] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(self, '/') = '\0';
	snprintf(f->check, sizeof f->check,
	    "timeout 120 %s/cx700farm check --json harness/lab/pool.yaml 2>/dev/null", self);
}

static struct fixture *
need(void **state)
{
	struct fixture *f = *state;

	if (!f->possible)
		skip();
	return f;
}

/* The finding that is named first, into a buffer; "" if nothing is amiss.  The exit status. */
static int
check_now(const struct fixture *f, struct buf *first)
{
	struct buf said = { 0 };
	int status = lab_shell(f->check, &said);
	json_t *tree = json_loads(buf_cstr(&said), 0, NULL), *findings;
	const char *id;

	if (tree == NULL)
		fail_msg("exit %d: %s", status, buf_cstr(&said));
	findings = json_object_get(tree, "findings");
	assert_true(json_is_array(findings));
	id = json_string_value(json_object_get(json_array_get(findings, 0), "id"));
	buf_text(first, id != NULL ? id : "");
	json_decref(tree);
	buf_done(&said);
	return status;
}

static void
break_it(const char *what)
{
	char command[128];

	snprintf(command, sizeof command, "timeout 120 sh harness/lab/break.sh %s", what);
	lab_must(command, NULL);
}

static void
given_the_healthy_lab_the_pool_is_ready(void **state)
{
	const struct fixture *f = need(state);
	struct buf first = { 0 };

	assert_int_equal(check_now(f, &first), 0);
	assert_string_equal(buf_cstr(&first), "");
	buf_done(&first);
}

struct broken {
	const char *what, *finding;
};

/* Broken, looked at, mended: whatever was found, the next one begins with a good lab. */
static void
assert_found(void **state, const char *what, const char *finding)
{
	const struct fixture *f = need(state);
	struct buf first = { 0 };
	int status;

	break_it(what);
	status = check_now(f, &first);
	break_it("mend");
	assert_string_equal(buf_cstr(&first), finding);
	assert_int_equal(status, 1);
	buf_done(&first);
}

static void
given_ten_broken_labs_the_right_thing_is_named_first(void **state)
{
	static const struct broken labs[] = {
		{ "sha2", "pool_certificate_sha2" },
		{ "expired", "pool_certificate_expired" },
		{ "no_srv", "pool_not_in_dns" },
		{ "no_rc4", "rc4_refused" },
		{ "no_spn", "sip_spn_missing" },
		{ "no_ca", "ca_not_published" },
		{ "ntp", "ntp_closed" },
		{ "dhcp", "dhcp_no_domain" },
		{ "blank", "update_url_blank" },
		{ "wrong_keytab", "sip_ticket_refused" },
	};

	for (size_t i = 0; i < sizeof labs / sizeof labs[0]; i++)
		assert_found(state, labs[i].what, labs[i].finding);
}

static void
given_all_mended_the_pool_is_ready_again(void **state)
{
	given_the_healthy_lab_the_pool_is_ready(state);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct buf why = { 0 };

	assert_non_null(f);
	f->possible = lab_possible(&why);
	if (!f->possible)
		printf("skipped: %s", buf_cstr(&why));
	f->ours = f->possible && !lab_is_up();
	if (f->possible)
		lab_do("up");
	find_check(f);
	buf_done(&why);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	if (f->ours)
		lab_do("down");
	temp_clean();
	free(f);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_the_healthy_lab_the_pool_is_ready),
		cmocka_unit_test(given_ten_broken_labs_the_right_thing_is_named_first),
		cmocka_unit_test(given_all_mended_the_pool_is_ready_again),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
