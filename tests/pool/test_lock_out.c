/*
 * test_lock_out.c - a pool whose accounts lock at the first wrong password, and a farm that has
 * the wrong one: who is locked afterwards is found out with the right one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "mem.h"
#include "program.h"

/* So many phones log in, ten a second. */
enum { PHONES = 20 };

static const char logins[] = "title: Everybody logs in\n"
			     "phones: 20\n"
			     "seed: 7\n"
			     "arrival: [{steady: {rate: 10/s, for: 2s}}]\n"
			     "user: {types_for: 100ms}\n"
			     "journey: {until: krb_login}\n";

struct lab {
	struct program pool;
	char dir[FOLDER_PATH_MAX]; /* the pool's files are below it */
	char scenario[FOLDER_PATH_MAX], out[FOLDER_PATH_MAX];
	char yaml[4096]; /* what the pool wrote of itself */
};

static void
read_text(const char *path, char *out, size_t cap)
{
	FILE *f = fopen(path, "re");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, cap - 1, f);
	assert_true(n < cap - 1);
	out[n] = '\0';
	fclose(f);
}

static int
setup(void **state)
{
	struct lab *lab = mem_new(sizeof *lab);
	char dir[FOLDER_PATH_MAX], file[FOLDER_PATH_MAX];
	struct buf said = { 0 };

	assert_non_null(lab);
	assert_int_equal(folder_make(NULL, lab->dir), 0);
	folder_file(lab->dir, "pool", dir);
	program_start(&lab->pool, "cx700pool",
	    (const char *[]){ "--listen", "127.0.51.1", "--port-base", "34000", "--dir", dir,
		"--users", "80", "--lock-out", "1", "--firmware-size", "8192", NULL });
	program_await(&lab->pool, "pool.yaml\n", &said);
	buf_done(&said);
	folder_file(dir, "pool.yaml", file);
	read_text(file, lab->yaml, sizeof lab->yaml);
	assert_int_equal(folder_write(lab->dir, "logins.yaml", span_of(logins)), 0);
	folder_file(lab->dir, "logins.yaml", lab->scenario);
	folder_file(lab->dir, "out", lab->out);
	*state = lab;
	return 0;
}

static int
teardown(void **state)
{
	struct lab *lab = *state;

	kill(lab->pool.pid, SIGTERM);
	assert_int_equal(program_end(&lab->pool, NULL, NULL), 0);
	folder_remove(lab->dir);
	mem_free(lab);
	return 0;
}

/* ---- runs ---- */

/* What stands there, up to the end of its line, becomes something else. */
static void
put_line(struct buf *to, const char *yaml, const char *key, const char *line)
{
	const char *at = strstr(yaml, key);

	assert_non_null(at);
	buf_put(to, yaml, (size_t)(at - yaml));
	buf_text(to, line);
	buf_text(to, strchr(at, '\n'));
}

/* The pool's own file with another guard, other accounts and a password of ours. */
static void
write_pool_file(const struct lab *lab, unsigned first, const char *guard, const char *password)
{
	struct buf guarded = { 0 }, all = { 0 };
	char users[300];

	(void)snprintf(users, sizeof users,
	    "users: {name: \"phone%%05d\", first: %u, domain: contoso.com, sip_domain: "
	    "contoso.com, password: \"file:%s\"}",
	    first, password);
	put_line(&guarded, lab->yaml, "guard:", guard);
	put_line(&all, buf_cstr(&guarded), "users:", users);
	assert_int_equal(folder_write(lab->dir, "pool.yaml", buf_bytes(&all)), 0);
	assert_int_equal(folder_write(lab->dir, "wrong.secret", span_of("not this\n")), 0);
	buf_done(&guarded);
	buf_done(&all);
}

/* Not repeated when the machine was busy: each wrong password counts. */
static int
run(const struct lab *lab, struct buf *said)
{
	char file[FOLDER_PATH_MAX];

	folder_file(lab->dir, "pool.yaml", file);
	return program_run("cx700farm",
	    (const char *[]){
		"run", lab->scenario, "--pool", file, "-o", lab->out, "--no-color", NULL },
	    said, said);
}

/* So many tries at the KDC ended like this. */
static unsigned
tries_that_said(const struct lab *lab, const char *detail)
{
	char path[FOLDER_PATH_MAX], line[16384];
	unsigned n = 0;
	FILE *f = fopen(folder_file(lab->out, "trace.jsonl", path), "re");

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL)
		n += strstr(line, detail) != NULL;
	fclose(f);
	return n;
}

static unsigned
phones_that(const struct lab *lab, const char *count)
{
	char path[FOLDER_PATH_MAX];
	json_t *s = json_load_file(
	    folder_file(lab->out, "summary.json", path), JSON_REJECT_DUPLICATES, NULL);
	unsigned n;

	assert_non_null(s);
	n = (unsigned)json_integer_value(json_object_get(json_object_get(s, "phones"), count));
	json_decref(s);
	return n;
}

/* How many of the accounts from `first` on are locked?  No guard: all shall try. */
static unsigned
locked(const struct lab *lab, unsigned first)
{
	struct buf said = { 0 };
	unsigned n;

	write_pool_file(
	    lab, first, "guard: {canary: 0, wrong_passwords: 0}", "pool/users.secret");
	(void)run(lab, &said);
	n = tries_that_said(lab, "krb:18 ");
	/* Who is not locked gets in. */
	assert_int_equal(phones_that(lab, "finished"), PHONES - n);
	assert_int_equal(phones_that(lab, "failed"), n);
	buf_done(&said);
	return n;
}

static void
assert_said(struct buf *said, const char *words)
{
	if (strstr(buf_cstr(said), words) == NULL)
		fail_msg("no `%s' in:\n%s", words, buf_cstr(said));
	buf_done(said);
}

/* ---- what is proven ---- */

static void
without_a_guard_a_wrong_password_locks_all_accounts(void **state)
{
	const struct lab *lab = *state;
	struct buf said = { 0 };

	write_pool_file(lab, 0, "guard: {canary: 0, wrong_passwords: 0}", "wrong.secret");
	assert_int_not_equal(run(lab, &said), 0);
	assert_int_equal(tries_that_said(lab, "krb:24 "), PHONES);
	assert_said(&said, "guard: none; with a wrong password all these accounts could be");
	assert_int_equal(locked(lab, 0), PHONES);
}

static void
a_canary_is_the_only_one_that_is_locked(void **state)
{
	const struct lab *lab = *state;
	struct buf said = { 0 };

	write_pool_file(lab, 20, "guard: {canary: 1, wrong_passwords: 3}", "wrong.secret");
	assert_int_not_equal(run(lab, &said), 0);
	assert_int_equal(phones_that(lab, "started"), 1);
	assert_int_equal(tries_that_said(lab, "krb:24 "), 1);
	assert_said(&said, "the canary did not get in, so nobody else was started");
	assert_int_equal(locked(lab, 20), 1);
}

/* Those that were at the KDC already when the third was refused may be locked as well. */
static void
after_three_wrong_passwords_in_a_row_it_stops(void **state)
{
	const struct lab *lab = *state;
	struct buf said = { 0 };
	unsigned wrong;

	write_pool_file(lab, 40, "guard: {canary: 0, wrong_passwords: 3}", "wrong.secret");
	assert_int_not_equal(run(lab, &said), 0);
	wrong = tries_that_said(lab, "krb:24 ");
	assert_in_range(wrong, 3, PHONES / 2);
	assert_true(phones_that(lab, "started") < PHONES);
	assert_said(&said, "too many wrong passwords in a row");
	assert_int_equal(locked(lab, 40), wrong);
}

static void
with_the_right_password_the_guard_is_in_nobodys_way(void **state)
{
	const struct lab *lab = *state;
	struct buf said = { 0 };

	write_pool_file(lab, 60, "guard: {canary: 2, wrong_passwords: 1}", "pool/users.secret");
	(void)run(lab, &said);
	assert_int_equal(phones_that(lab, "finished"), PHONES);
	assert_said(&said, "guard: the others wait until 2 have logged in; stop after 1 wrong");
	assert_int_equal(locked(lab, 60), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_guard_a_wrong_password_locks_all_accounts),
		cmocka_unit_test(a_canary_is_the_only_one_that_is_locked),
		cmocka_unit_test(after_three_wrong_passwords_in_a_row_it_stops),
		cmocka_unit_test(with_the_right_password_the_guard_is_in_nobodys_way),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
