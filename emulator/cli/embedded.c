/*
 * embedded.c - see embedded.h.  On its ready descriptor the child says "ready FILE", and at its
 * end what its servers counted; the run begins when we close the descriptor it reads.
 */
#include "embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "span.h"
#include "text.h"

enum { EMBEDDED_ARGS = 48, EMBEDDED_NUMBER = 24, EMBEDDED_STATS_MAX = 65536 };

struct embedded {
	struct embedded_cfg cfg;
	struct loop_child *child;
	struct loop_watch *watch;
	int ready_fd, begin_fd; /* our ends */
	char line[PATH_MAX + 16];
	size_t n_line;
	char pool_file[PATH_MAX];
	struct buf stats;
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

	if (span_is(word, "ready") &&
	    text_copy(e->pool_file, sizeof e->pool_file, span_trim(rest)) == 0) {
		e->cfg.on_up(e->cfg.arg);
		return;
	}
	embedded_unwatch(e);
	loop_child_kill(e->child, SIGKILL); /* not a pool of ours */
}

/* First the line; behind it, at the end, the counters. */
static void
embedded_take(struct embedded *e, const char *p, size_t n)
{
	for (; n > 0 && e->pool_file[0] == '\0'; p++, n--) {
		e->line[e->n_line++] = *p;
		if (*p != '\n' && e->n_line < sizeof e->line)
			continue;
		embedded_on_line(e);
		if (e->pool_file[0] == '\0')
			return;
	}
	buf_put(&e->stats, p, n);
}

/* An end without a line needs no answer here: the child's exit will be told. */
static void
embedded_on_ready(void *arg, int possible)
{
	struct embedded *e = arg;
	char some[4096];
	ssize_t n = read(e->ready_fd, some, sizeof some);

	(void)possible;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		embedded_take(e, some, (size_t)n);
	else
		embedded_unwatch(e);
}

/* What it said last may still lie in the pipe. */
static void
embedded_drain(struct embedded *e)
{
	char some[4096];
	ssize_t n;

	while (e->ready_fd >= 0 && (n = read(e->ready_fd, some, sizeof some)) > 0)
		if (e->pool_file[0] != '\0')
			buf_put(&e->stats, some, (size_t)n);
	embedded_unwatch(e);
}

static void
embedded_on_exit(void *arg, int status)
{
	struct embedded *e = arg;

	e->ended = true;
	e->status = status;
	embedded_drain(e);
	/* Ended because we asked, or by itself. */
	if (e->stopping)
		e->cfg.on_stopped(e->cfg.arg);
	else
		e->cfg.on_lost(e->cfg.arg);
}

/* Ours first and the caller's behind them, so that those win where both are given. */
static int
embedded_spawn(struct embedded *e, int ready_fd, int begin_fd)
{
	char program[PATH_MAX], users[EMBEDDED_NUMBER], fd[EMBEDDED_NUMBER],
	    seed[EMBEDDED_NUMBER], begin[EMBEDDED_NUMBER];
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

	size_t n = 7;

	embedded_program(program);
	(void)snprintf(users, sizeof users, "%u", e->cfg.users);
	(void)snprintf(fd, sizeof fd, "%d", ready_fd);
	(void)snprintf(begin, sizeof begin, "%d", begin_fd);
	(void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)e->cfg.seed);
	if (e->cfg.faults != NULL) {
		argv[n++] = "--faults";
		argv[n++] = e->cfg.faults;
	}
	for (size_t i = 0; i < e->cfg.n_args && n + 3 < EMBEDDED_ARGS; i++)
		argv[n++] = e->cfg.args[i];
	argv[n++] = "--begin-fd";
	argv[n++] = begin;
	return loop_child_new(e->cfg.loop, &cfg, &e->child);
}

/* The child inherits one end of each pipe, and only those. */
static int
embedded_connect(struct embedded *e)
{
	int ready[2], begin[2], err;

	if (pipe2(ready, O_NONBLOCK | O_CLOEXEC) != 0)
		return -errno;
	e->ready_fd = ready[0];
	err = pipe2(begin, O_CLOEXEC) != 0 ? -errno : 0;
	if (err == 0) {
		e->begin_fd = begin[1];
		if (fcntl(ready[1], F_SETFD, 0) != 0 || fcntl(begin[0], F_SETFD, 0) != 0)
			err = -errno;
		else
			err = embedded_spawn(e, ready[1], begin[0]);
		(void)close(begin[0]);
	}
	(void)close(ready[1]);
	return err;
}

int
embedded_start(const struct embedded_cfg *cfg, struct embedded **out)
{
	struct embedded *e = mem_new(sizeof *e);
	int err;

	if (e == NULL)
		return -ENOMEM;
	e->cfg = *cfg;
	e->ready_fd = e->begin_fd = -1;
	buf_init(&e->stats, EMBEDDED_STATS_MAX);
	err = embedded_connect(e);
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

void
embedded_begin(struct embedded *e)
{
	if (e->begin_fd >= 0)
		(void)close(e->begin_fd);
	e->begin_fd = -1;
}

const char *
embedded_stats(struct embedded *e)
{
	return e->ended && e->stats.err == 0 && e->stats.n > 0 ? buf_cstr(&e->stats) : "";
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
	embedded_begin(e);
	if (e->child != NULL)
		loop_child_close(e->child);
	buf_done(&e->stats);
	mem_free(e);
}
