/*
 * test_install.c - what `make install` and `make deb` put on a machine works there: programs
 * that find their profiles and scenarios, manual pages without a warning, completion.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "temp_file.h"

enum { PATHS = 512, COMMAND = 3000 };

/* build/tests/scenarios/test_install -> build */
static void
build_folder(char out[PATHS])
{
	ssize_t n = readlink("/proc/self/exe", out, PATHS - 1);

	assert_true(n > 0);
	out[n] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(out, '/') = '\0';
}

/* A shell command with $build and $to set; what it prints goes to `said`. */
static int
shell(const char *command, struct buf *said)
{
	char build[PATHS], text[COMMAND], line[500];
	FILE *out;
	int status;

	build_folder(build);
	(void)snprintf(text, sizeof text, "build='%s'; to='%s'; { %s; } 2>&1", build,
	    temp_folder(), command);
	out = popen(text, "re");
	assert_non_null(out);
	while (fgets(line, sizeof line, out) != NULL)
		buf_text(said, line);
	status = pclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void
must(const char *command)
{
	struct buf said = { 0 };
	int status = shell(command, &said);

	if (status != 0)
		fail_msg("%s: exit %d\n%s", command, status, buf_cstr(&said));
	buf_done(&said);
}

static bool
there_is(const char *program)
{
	char command[PATHS];

	(void)snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
	return system(command) == 0;
}

static int
install(void **state)
{
	(void)state;
	must("sh emulator/install/install.sh $build 9.8.7 $to/usr");
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

/* ---- make install --------------------------------------------------------------------- */

static void
a_scenario_is_found_by_its_name_from_anywhere(void **state)
{
	(void)state;
	must("cd / && $to/usr/bin/cx700farm run first_boot --dry-run -n 5 -q");
	must("cd / && $to/usr/bin/cx700farm validate --names scenarios | grep -qx "
	     "power_restored");
}

static void
the_installed_profiles_are_the_ones_that_are_read(void **state)
{
	(void)state;
	must("cp $to/usr/share/cx700farm/profiles/cx700-1.0.199.123.yaml "
	     "$to/usr/share/cx700farm/profiles/ours.yaml && cd / && "
	     "$to/usr/bin/cx700farm run first_boot --profile ours --dry-run -n 5 -q && "
	     "rm $to/usr/share/cx700farm/profiles/ours.yaml");
}

static void
another_data_folder_comes_first(void **state)
{
	(void)state;
	must("mkdir -p $to/data/scenarios && sed 's/^title:.*/title: Ours/' "
	     "scenarios/first_boot.yaml >$to/data/scenarios/first_boot.yaml && cd / && "
	     "$to/usr/bin/cx700farm --data $to/data run first_boot --dry-run -n 2 --json | "
	     "grep -q '\"title\": \"Ours\"'");
}

static void
every_manual_page_is_made_and_gives_no_warning(void **state)
{
	static const char *const pages[] = { "man1/cx700farm.1", "man1/cx700pool.1",
		"man5/cx700farm-scenario.5", "man5/cx700farm-pool.5",
		"man5/cx700farm-profile.5" };

	(void)state;
	if (!there_is("man") || !there_is("groff")) {
		print_message("skipped: man-db or groff is missing\n");
		skip();
	}
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		char command[PATHS];
		struct buf said = { 0 };

		(void)snprintf(command, sizeof command,
		    "LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 "
		    "-Z "
		    "$to/usr/share/man/%s.gz >/dev/null",
		    pages[i]);
		assert_int_equal(shell(command, &said), 0);
		assert_string_equal(buf_cstr(&said), "");
		buf_done(&said);
	}
}

/* A manual that lacks a key or an option would be worse than none. */
static void
the_manual_names_every_key_and_option(void **state)
{
	(void)state;
	must("for key in $($build/cx700farm validate --keys scenario | "
	     "sed -nE 's/^ {2,12}([a-z][a-z_.]*)  .*/\\1/p'); do zcat "
	     "$to/usr/share/man/man5/cx700farm-scenario.5.gz | grep -q \"^\\.B $key\" || "
	     "{ echo \"no $key\"; exit 1; }; done");
	must("for option in $($build/cx700farm run --help | grep -oE -- '--[a-z][a-z-]*'); do "
	     "zcat "
	     "$to/usr/share/man/man1/cx700farm.1.gz | tr -d '\\\\' | grep -q -- \"$option\" || "
	     "{ echo \"no $option\"; exit 1; }; done");
}

static void
completion_offers_what_the_program_has(void **state)
{
	(void)state;
	if (!there_is("bash")) {
		print_message("skipped: bash is missing\n");
		skip();
	}
	must("cat >$to/ask.bash <<'END'\n"
	     "PATH=$1/usr/bin:$PATH\n"
	     "source $1/usr/share/bash-completion/completions/cx700farm\n"
	     "ask() { COMP_WORDS=(\"$@\" '') COMP_CWORD=$#; "
	     "COMP_WORDS[COMP_CWORD]=$last; _cx700farm; echo \"${COMPREPLY[*]}\"; }\n"
	     "last=va ask cx700farm\n"
	     "last=--dr ask cx700farm run\n"
	     "last=krb_l ask cx700farm run x --until\n"
	     "last=cx700-3 ask cx700farm run x --profile\n"
	     "last=power_r ask cx700farm run\n"
	     "END\n"
	     "cd / && bash $to/ask.bash $to >$to/said && printf '%s\\n' validate --dry-run "
	     "krb_login "
	     "cx700-3.5.6907.35 power_restored | diff - $to/said");
}

/* ---- make deb ------------------------------------------------------------------------- */

static void
the_debian_package_unpacks_to_programs_that_run(void **state)
{
	(void)state;
	if (!there_is("dpkg-deb") || !there_is("strip")) {
		print_message("skipped: dpkg-deb or strip is missing\n");
		skip();
	}
	must("mkdir $to/out && ln -s $build/cx700farm $build/cx700pool $to/out && "
	     "sh emulator/install/deb.sh $to/out 9.8.7 && "
	     "dpkg-deb -x $to/out/cx700farm_9.8.7_*.deb $to/there && cd / && "
	     "$to/there/usr/bin/cx700farm run first_boot --dry-run -n 5 -q && "
	     "$to/there/usr/bin/cx700pool --help >/dev/null");
	/* Every library it needs is a package that is named. */
	must("dpkg-deb -f $to/out/cx700farm_9.8.7_*.deb Depends | grep -q libuv1 && "
	     "dpkg-deb -f $to/out/cx700farm_9.8.7_*.deb Depends | grep -q libmbedtls && "
	     "dpkg-deb -f $to/out/cx700farm_9.8.7_*.deb Version | grep -qx 9.8.7");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scenario_is_found_by_its_name_from_anywhere),
		cmocka_unit_test(the_installed_profiles_are_the_ones_that_are_read),
		cmocka_unit_test(another_data_folder_comes_first),
		cmocka_unit_test(every_manual_page_is_made_and_gives_no_warning),
		cmocka_unit_test(the_manual_names_every_key_and_option),
		cmocka_unit_test(completion_offers_what_the_program_has),
		cmocka_unit_test(the_debian_package_unpacks_to_programs_that_run),
	};

	return cmocka_run_group_tests(tests, install, clean);
}
