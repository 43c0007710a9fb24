/* program.c - see program.h. */
#include "program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"

enum { PROGRAM_ARGS = 32 };

static void
program_die(const char *what)
{
	perror(what);
	abort();
}

/* build/tests/pool/test_x -> build/NAME */
static void
program_find(const char *name, char out[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 64);

	if (n < 0)
		program_die("/proc/self/exe");
	out[n] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(out, '/') = '\0';
	strcat(out, "/");
	strcat(out, name);
}

void
program_start(struct program *p, const char *name, const char *const *args)
{
	const char *argv[PROGRAM_ARGS] = { name };
	char path[PATH_MAX];
	int out[2], err[2];

	for (size_t i = 0; args[i] != NULL && i + 2 < PROGRAM_ARGS; i++)
		argv[i + 1] = args[i];
	program_find(name, path);
	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
		program_die("pipe2");
	p->pid = fork();
	if (p->pid < 0)
		program_die("fork");
	if (p->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)dup2(err[1], STDERR_FILENO);
		(void)execv(path, (char **)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(out[1]);
	(void)close(err[1]);
	p->out = out[0];
	p->err = err[0];
}

/* One read of one of its two ends, which is closed at its end. */
static void
program_read(int *fd, struct buf *into)
{
	char bytes[4096];
	ssize_t n = read(*fd, bytes, sizeof bytes);

	if (n > 0 && into != NULL)
		buf_put(into, bytes, (size_t)n);
	if (n > 0 || (n < 0 && errno == EINTR))
		return;
	(void)close(*fd);
	*fd = -1;
}

/* Whichever end has something; false when both are closed. */
static bool
program_turn(struct program *p, struct buf *out, struct buf *err)
{
	struct pollfd ends[2] = { { .fd = p->out, .events = POLLIN },
		{ .fd = p->err, .events = POLLIN } };

	if (p->out < 0 && p->err < 0)
		return false;
	(void)poll(ends, 2, -1);
	if (ends[0].revents != 0)
		program_read(&p->out, out);
	if (ends[1].revents != 0)
		program_read(&p->err, err);
	return true;
}

void
program_await(struct program *p, const char *text, struct buf *said)
{
	while (strstr(buf_cstr(said), text) == NULL)
		if (!program_turn(p, said, said)) {
			(void)fprintf(stderr, "it ended without saying `%s', but: %s\n", text,
			    buf_cstr(said));
			abort();
		}
}

int
program_end(struct program *p, struct buf *out, struct buf *err)
{
	int status;

	while (program_turn(p, out, err))
		;
	if (waitpid(p->pid, &status, 0) != p->pid)
		program_die("waitpid");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int
program_run(const char *name, const char *const *args, struct buf *out, struct buf *err)
{
	struct program p;

	program_start(&p, name, args);
	return program_end(&p, out, err);
}

/* "30498 (krb5kdc) S 30470 ...": is it this program, and whose child? */
static bool
program_is(const char *pid, const char *name, pid_t parent)
{
	char path[64], text[256] = "", wanted[64];
	int fd, above = 0;
	char *behind;
	ssize_t n;

	(void)snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	(void)snprintf(wanted, sizeof wanted, "(%s)", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof text - 1);
	(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	behind = strstr(text, wanted);
	return behind != NULL && sscanf(behind + strlen(wanted), " %*c %d", &above) == 1 &&
	    above == parent;
}

int
program_run_farm(const char *const *args, struct buf *out, struct buf *err)
{
	int status = program_run("cx700farm", args, out, err);

	for (int again = 0; status == 5 && again < 4; again++) {
		if (out != NULL)
			buf_clear(out);
		if (err != NULL)
			buf_clear(err);
		status = program_run("cx700farm", args, out, err);
	}
	return status;
}

pid_t
program_child(pid_t parent, const char *name)
{
	DIR *all = opendir("/proc");
	struct dirent *one;
	pid_t found = 0;

	if (all == NULL)
		program_die("/proc");
	while (found == 0 && (one = readdir(all)) != NULL)
		if (program_is(one->d_name, name, parent))
			found = (pid_t)strtol(one->d_name, NULL, 10);
	(void)closedir(all);
	return found;
}
