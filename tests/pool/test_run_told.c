/*
 * test_run_told.c - runs on real sockets, told afterwards: two of one seed are the same, a KDC
 * that became slower is named, and a phone's frames are where explain says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "temp_file.h"

/* An address and ports of our own, so that another run on this machine does not matter. */
#define EMBEDDED                                                                  \
	"--pool-arg=--listen", "--pool-arg=127.0.38.1", "--pool-arg=--port-base", \
	    "--pool-arg=27000"

static const char login[] = "title: Everybody logs in\n"
			    "phones: 40\n"
			    "seed: 7\n"
			    "arrival: [{steady: {rate: 20/s, for: 2s}}]\n"
			    "user: {types_for: 100ms}\n"
			    "journey: {until: krb_login}\n";

static const char *
in_folder(const char *name, char out[256])
{
	(void)snprintf(out, 256, "%s/%s", temp_folder(), name);
	return out;
}

/* Run the logins with these lines more, into a folder of that name. */
static void
run(const char *folder, const char *more)
{
	char yaml[1024], file[64], dir[256];
	struct buf err = { 0 };
	int n = snprintf(yaml, sizeof yaml, "%s%s", login, more), status;

	(void)snprintf(file, sizeof file, "%s.yaml", folder);
	(void)temp_file(file, yaml, (size_t)n);
	in_folder(folder, dir);
	(void)snprintf(yaml, sizeof yaml, "%s.yaml", dir);
	status = program_run_farm(
	    (const char *[]){ "run", yaml, EMBEDDED, "-q", "-o", dir, NULL }, NULL, &err);
	if (status != 0)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
}

/* `diff` of two of them ends so, and has said that. */
static void
differs(const char *a, const char *b, int status, const char *words)
{
	char dir[2][256];
	struct buf out = { 0 }, err = { 0 };
	int is = program_run("cx700farm",
	    (const char *[]){ "diff", in_folder(a, dir[0]), in_folder(b, dir[1]), NULL }, &out,
	    &err);

	if (is != status || strstr(buf_cstr(&out), words) == NULL)
		fail_msg("exit %d, not %d with \"%s\":\n%s%s", is, status, words,
		    buf_cstr(&out), buf_cstr(&err));
	buf_done(&out);
	buf_done(&err);
}

static void
two_runs_of_one_seed_are_no_different_and_a_slower_kdc_is_named(void **state)
{
	(void)state;
	run("first", "");
	run("again", "");
	differs("first", "again", 0, "no difference that is more than noise");
	run("slower", "faults: [{server: kdc, do: {delay: 300ms}}]\n");
	differs("first", "slower", 1, "\nworse: krb_login");
	differs("slower", "first", 0, "\nbetter: krb_login");
}

/* ---- the capture ---- */

/* Eight whole boots under --pcap.  0; 1: not on this machine. */
static int
capture(const char *dir)
{
	struct buf err = { 0 };
	int status;

	if (system("command -v tshark >/dev/null 2>&1 && command -v dumpcap >/dev/null 2>&1") !=
	    0)
		return 1;
	status = program_run_farm((const char *[]){ "run", "scenarios/first_boot.yaml", "-n",
				      "8", EMBEDDED, "--pcap", "-q", "-o", dir, NULL },
	    NULL, &err);
	/* Nobody may capture here, or the machine is too busy: the frames are there all the
	 * same.
	 */
	if (status != 0 && status != 4 && status != 5)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
	return status == 4;
}

/* The command that explain gives for Wireshark, for tshark. */
static void
command_for_7(const char *dir, const char *more, struct buf *out)
{
	struct buf told = { 0 };
	const char *at, *end, *file;

	assert_int_equal(program_run("cx700farm", (const char *[]){ "explain", dir, "7", NULL },
			     &told, NULL),
	    0);
	at = strstr(buf_cstr(&told), "\n  wireshark -o");
	assert_non_null(at);
	at += strlen("\n  wireshark ");
	end = strchr(at, '\n');
	assert_non_null(end);
	/* The file comes last, behind a blank; tshark wants it with -r. */
	for (file = end; file[-1] != ' ';)
		file--;
	buf_text(out, "tshark -n -r ");
	buf_put(out, file, (size_t)(end - file));
	buf_text(out, " ");
	buf_put(out, at, (size_t)(file - at));
	buf_printf(out, " %s 2>/dev/null", more);
	buf_done(&told);
}

/* All that tshark says to that. */
static void
tshark(const char *command, struct buf *out)
{
	FILE *from = popen(command, "r");
	char bytes[4096];
	size_t n;

	assert_non_null(from);
	while ((n = fread(bytes, 1, sizeof bytes, from)) > 0)
		buf_put(out, bytes, n);
	if (pclose(from) != 0)
		fail_msg("%s", command);
}

static void
explains_filter_shows_the_frames_of_its_phone_decrypted_and_no_others(void **state)
{
	struct buf command = { 0 }, out = { 0 };
	char dir[256];

	(void)state;
	if (capture(in_folder("captured", dir)) != 0)
		skip(); /* no right or nothing to capture with */
	command_for_7(dir, "", &command);
	tshark(buf_cstr(&command), &out);
	assert_non_null(strstr(buf_cstr(&out), "DHCP Discover"));
	assert_non_null(strstr(buf_cstr(&out), "AS-REQ"));
	/* What was said inside TLS. */
	assert_non_null(strstr(buf_cstr(&out), "REGISTER sip:"));
	assert_non_null(strstr(buf_cstr(&out), "POST /autodiscover/autodiscover.xml"));

	buf_clear(&command);
	buf_clear(&out);
	command_for_7(
	    dir, "-T fields -E occurrence=f -e dhcp.hw.mac_addr | sort -u | grep .", &command);
	tshark(buf_cstr(&command), &out);
	assert_string_equal(buf_cstr(&out), "00:04:f2:10:00:07\n");
	buf_done(&command);
	buf_done(&out);
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    two_runs_of_one_seed_are_no_different_and_a_slower_kdc_is_named),
		cmocka_unit_test(
		    explains_filter_shows_the_frames_of_its_phone_decrypted_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
