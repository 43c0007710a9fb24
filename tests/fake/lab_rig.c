/* lab_rig.c - see lab_rig.h. */
#include "lab_rig.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temp_file.h"

enum { RIG_LINE_MAX = 4096 };

/* Servers that are started must not hold a pipe open for ever: what is said goes into a file.
 */
static pid_t
rig_start(const char *command, const char *said)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int out = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		int in = open("/dev/null", O_RDONLY | O_CLOEXEC);

		if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
		    dup2(out, 2) < 0)
			_exit(126);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return pid;
}

static void
rig_read(const char *path, struct buf *to)
{
	char line[RIG_LINE_MAX];
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL)
		buf_text(to, line);
	fclose(f);
}

int
lab_shell(const char *command, struct buf *said)
{
	char path[256];
	int status;
	pid_t pid;

	snprintf(path, sizeof path, "%s/said", temp_folder());
	pid = rig_start(command, path);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rig_read(path, said);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void
lab_must(const char *command, struct buf *said)
{
	struct buf own = { 0 }, *to = said != NULL ? said : &own;
	int status = lab_shell(command, to);

	if (status != 0)
		fail_msg("exit %d of %s: %s", status, command, buf_cstr(to));
	buf_done(&own);
}

void
lab_do(const char *words)
{
	char command[128];

	snprintf(command, sizeof command, "timeout 300 sh harness/lab/lab.sh %s", words);
	lab_must(command, NULL);
}

bool
lab_possible(struct buf *why)
{
	return lab_shell("sh harness/lab/lab.sh ready", why) == 0;
}

bool
lab_is_up(void)
{
	return access("/run/netns/cxlab-net", F_OK) == 0;
}

unsigned
lab_lines(const char *log, const char *one, const char *other)
{
	char path[256], line[RIG_LINE_MAX];
	unsigned n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/run/cx700lab/%s", log);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof line, f) != NULL)
		n += strstr(line, one) != NULL && strstr(line, other) != NULL;
	fclose(f);
	return n;
}

unsigned
lab_printed(const char *command)
{
	struct buf said = { 0 };
	unsigned n = 0;

	lab_must(command, &said);
	for (size_t i = 0; i < said.n; i++)
		n += said.p[i] == '\n';
	buf_done(&said);
	return n;
}
