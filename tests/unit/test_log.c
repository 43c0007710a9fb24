/* test_log.c - one line to standard error, of the levels that are shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "log.h"

/* What log_line() writes to standard error, which is a pipe meanwhile. */
static const char *
logged(enum log_level level, const char *text)
{
	static char out[2048];
	int pipes[2], old = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe(pipes), 0);
	assert_true(dup2(pipes[1], STDERR_FILENO) >= 0);
	log_line(level, "%s", text);
	assert_true(dup2(old, STDERR_FILENO) >= 0);
	(void)close(old);
	(void)close(pipes[1]);
	n = read(pipes[0], out, sizeof out - 1);
	(void)close(pipes[0]);
	assert_true(n >= 0);
	out[n] = '\0';
	return out;
}

static void
given_a_level_only_lines_up_to_it_are_shown(void **state)
{
	(void)state;
	log_set(LOG_NOTE);
	assert_true(log_shows(LOG_ERROR) && log_shows(LOG_NOTE) && !log_shows(LOG_DEBUG));
	assert_string_equal(logged(LOG_NOTE, "seen"), "seen\n");
	assert_string_equal(logged(LOG_DEBUG, "not seen"), "");
	log_set(LOG_ERROR);
	assert_string_equal(logged(LOG_NOTE, "not seen"), "");
	log_set(LOG_DEBUG);
	assert_string_equal(logged(LOG_DEBUG, "seen"), "seen\n");
}

static void
given_too_long_a_line_it_is_cut_and_still_ends(void **state)
{
	char text[3000];
	const char *out;

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	out = logged(LOG_ERROR, text);
	assert_in_range(strlen(out), 500, 1024);
	assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
}

/* A server's words must not become two lines, nor speak to the terminal. */
static void
given_control_bytes_they_are_made_harmless(void **state)
{
	(void)state;
	assert_string_equal(
	    logged(LOG_ERROR, "a\nb\x1b[2J\x7f\tc \xc3\xa9"), "a?b?[2J??c \xc3\xa9\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_level_only_lines_up_to_it_are_shown),
		cmocka_unit_test(given_too_long_a_line_it_is_cut_and_still_ends),
		cmocka_unit_test(given_control_bytes_they_are_made_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
