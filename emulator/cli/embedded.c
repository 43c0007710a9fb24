/* embedded.c - see embedded.h.  On its ready descriptor the child says "ready FILE". */
#include "embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "span.h"
#include "text.h"

enum { EMBEDDED_ARGS = 48, EMBEDDED_NUMBER = 24 };

struct embedded {
	struct embedded_cfg cfg;
	struct loop_child *child;
	struct loop_watch *watch;
	int ready_fd; /* our end */
	char line[PATH_MAX + 16];
	size_t n_line;
	char pool_file[PATH_MAX];
	int status;
	bool ended, stopping;
};

/* "/usr/bin/cx700farm" to "/usr/bin/cx700pool", if that is there; else the bare name. */
static void
embedded_program(char out[PATH_MAX])
{
	static const char name[] = "cx700pool";
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - sizeof name);
	char *slash;

	out[n > 0 ? n : 0] = '\0';
	slash = strrchr(out, '/');
	if (slash != NULL) {
		memcpy(slash + 1, name, sizeof name);
		if (access(out, X_OK) == 0)
			return;
	}
	memcpy(out, name, sizeof name);
}

/* The watch goes before its descriptor. */
static void
embedded_unwatch(struct embedded *e)
{
	if (e->watch != NULL)
		loop_watch_close(e->watch);
	e->watch = NULL;
	if (e->ready_fd >= 0)
		(void)close(e->ready_fd);
	e->ready_fd = -1;
}

/* The line is complete. */
static void
embedded_on_line(struct embedded *e)
{
	struct span rest = { (const uint8_t *)e->line, e->n_line };
	struct span word = span_cut(&rest, ' ');

	embedded_unwatch(e);
	if (span_is(word, "ready") &&
	    text_copy(e->pool_file, sizeof e->pool_file, span_trim(rest)) == 0)
		e->cfg.on_up(e->cfg.arg);
	else
		loop_child_kill(e->child, SIGKILL); /* not a pool of ours */
}

/* An end without a line needs no answer here: the child's exit will be told. */
static void
embedded_on_ready(void *arg, int possible)
{
	struct embedded *e = arg;
	ssize_t n = read(e->ready_fd, e->line + e->n_line, sizeof e->line - e->n_line);

	(void)possible;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		embedded_unwatch(e);
		return;
	}
	e->n_line += (size_t)n;
	if (memchr(e->line, '\n', e->n_line) != NULL || e->n_line == sizeof e->line)
		embedded_on_line(e);
}

static void
embedded_on_exit(void *arg, int status)
{
	struct embedded *e = arg;

	e->ended = true;
	e->status = status;
	embedded_unwatch(e);
	/* Ended because we asked, or by itself. */
	if (e->stopping)
		e->cfg.on_stopped(e->cfg.arg);
	else
		e->cfg.on_lost(e->cfg.arg);
}

static int
embedded_spawn(struct embedded *e, int child_fd)
{
	char program[PATH_MAX], users[EMBEDDED_NUMBER], fd[EMBEDDED_NUMBER],
	    seed[EMBEDDED_NUMBER];
	const char *argv[EMBEDDED_ARGS] = { program, "--users", users, "--ready-fd", fd,
		"--seed", seed };
	struct loop_child_cfg cfg = {
		.argv = argv,
		.out_fd = e->cfg.talks ? STDERR_FILENO : -1,
		.err_fd = STDERR_FILENO,
		.own_session = true, /* Ctrl-C is for us: phones leave while it still answers */
		.on_exit = embedded_on_exit,
		.arg = e,
	};

	embedded_program(program);
	(void)snprintf(users, sizeof users, "%u", e->cfg.users);
	(void)snprintf(fd, sizeof fd, "%d", child_fd);
	(void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)e->cfg.seed);
	/* Behind our own, so that the caller's win where both are given. */
	for (size_t i = 0; i < e->cfg.n_args && i + 8 < EMBEDDED_ARGS; i++)
		argv[7 + i] = e->cfg.args[i];
	return loop_child_new(e->cfg.loop, &cfg, &e->child);
}

int
embedded_start(const struct embedded_cfg *cfg, struct embedded **out)
{
	struct embedded *e = mem_new(sizeof *e);
	int ends[2], err;

	if (e == NULL)
		return -ENOMEM;
	e->cfg = *cfg;
	e->ready_fd = -1;
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) {
		err = -errno;
		mem_free(e);
		return err;
	}
	e->ready_fd = ends[0];
	/* The child inherits this end, and only this one. */
	err = fcntl(ends[1], F_SETFD, 0) != 0 ? -errno : embedded_spawn(e, ends[1]);
	(void)close(ends[1]);
	if (err == 0)
		err = loop_watch_new(e->cfg.loop, e->ready_fd, embedded_on_ready, e, &e->watch);
	if (err == 0)
		err = loop_watch_set(e->watch, LOOP_READ);
	if (err != 0) {
		embedded_free(e);
		return err;
	}
	*out = e;
	return 0;
}

const char *
embedded_pool_file(const struct embedded *e)
{
	return e->pool_file;
}

int
embedded_status(const struct embedded *e)
{
	return e->status;
}

/* SIGTERM: it then removes what it made. */
void
embedded_stop(struct embedded *e)
{
	e->stopping = true;
	loop_child_kill(e->child, SIGTERM);
}

void
embedded_free(struct embedded *e)
{
	if (e == NULL)
		return;
	embedded_unwatch(e);
	if (e->child != NULL)
		loop_child_close(e->child);
	mem_free(e);
}
