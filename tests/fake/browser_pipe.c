/* browser_pipe.c - the browser as a child process, and the DevTools protocol over its pipes:
 * JSON messages with a NUL behind each, on its descriptors 3 (commands) and 4 (replies,
 * events).
 */
#include "browser_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "mem.h"

enum { BROWSER_PATIENCE_MS = 60 * 1000, BROWSER_READ = 64 * 1024 };

static const char *const browser_names[] = { "/usr/bin/chromium", "/usr/bin/chromium-browser",
	"/usr/bin/google-chrome" };

/* Nothing but loopback is resolved; nothing is asked of its maker. */
static const char *const browser_flags[] = { "--headless=new", "--no-sandbox",
	"--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync",
	"--disable-extensions", "--disable-default-apps", "--mute-audio", "--hide-scrollbars",
	"--force-color-profile=srgb", "--disable-features=Translate,OptimizationHints",
	"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost" };

enum { BROWSER_FLAGS = sizeof browser_flags / sizeof *browser_flags };

static const char *
browser_find(void)
{
	for (size_t i = 0; i < sizeof browser_names / sizeof *browser_names; i++)
		if (access(browser_names[i], X_OK) == 0)
			return browser_names[i];
	return NULL;
}

/* In the child: the pipes become 3 and 4, and it becomes the browser. */
static void
browser_become(const struct browser *b, const char *path, int commands, int replies)
{
	const char *argv[BROWSER_FLAGS + 4] = { path };
	char profile[BROWSER_PATH_MAX + 32];
	int quiet = open("/dev/null", O_RDWR | O_CLOEXEC);
	/* Out of the way of 3 and 4 first. */
	int in = fcntl(commands, F_DUPFD, 10), out = fcntl(replies, F_DUPFD, 10);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)snprintf(profile, sizeof profile, "--user-data-dir=%s", b->folder);
	memcpy(argv + 1, browser_flags, sizeof browser_flags);
	argv[BROWSER_FLAGS + 1] = profile;
	argv[BROWSER_FLAGS + 2] = "about:blank";
	for (int fd = 0; fd < 3; fd++)
		(void)dup2(quiet, fd);
	(void)dup2(in, 3);
	(void)dup2(out, 4);
	(void)close_range(5, ~0U, 0);
	(void)setenv("HOME", b->folder, 1);
	(void)execv(path, (char **)(uintptr_t)argv);
	_exit(127);
}

int
browser_pipe_start(struct browser *b)
{
	const char *path = browser_find();
	int commands[2], replies[2];

	if (path == NULL)
		return -ENOENT;
	(void)snprintf(b->folder, sizeof b->folder, "/tmp/cx700farm-browser-XXXXXX");
	if (mkdtemp(b->folder) == NULL || pipe2(commands, O_CLOEXEC) != 0 ||
	    pipe2(replies, O_CLOEXEC) != 0)
		fail_msg("a browser's folder and pipes: %s", strerror(errno));
	b->pid = fork();
	if (b->pid < 0)
		fail_msg("fork: %s", strerror(errno));
	if (b->pid == 0)
		browser_become(b, path, commands[0], replies[1]);
	(void)close(commands[0]);
	(void)close(replies[1]);
	b->to = commands[1];
	b->from = replies[0];
	return 0;
}

static int
browser_remove(const char *name, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(name);
}

/* Its helpers may write into the folder for a moment longer: until there is nothing. */
static void
browser_forget(const char *folder)
{
	for (int i = 0; i < 100 && access(folder, F_OK) == 0; i++)
		(void)nftw(folder, browser_remove, 16, FTW_DEPTH | FTW_PHYS);
}

void
browser_pipe_end(struct browser *b)
{
	char rest[BROWSER_READ];

	(void)close(b->to);
	/* The last of its processes closes the other end. */
	while (read(b->from, rest, sizeof rest) > 0)
		;
	(void)close(b->from);
	(void)kill(b->pid, SIGKILL);
	(void)waitpid(b->pid, NULL, 0);
	browser_forget(b->folder);
}

static void
browser_send(struct browser *b, const char *text)
{
	size_t n = strlen(text) + 1;

	while (n > 0) {
		ssize_t done = write(b->to, text, n);

		if (done < 0 && errno != EINTR)
			fail_msg("the browser is gone: %s", strerror(errno));
		if (done > 0) {
			text += done;
			n -= (size_t)done;
		}
	}
}

/* The length of the first whole message; reads until there is one. */
static size_t
browser_message(struct browser *b)
{
	struct pollfd end = { .fd = b->from, .events = POLLIN };
	const uint8_t *nul = NULL;
	size_t looked = 0;

	for (;;) {
		uint8_t bytes[BROWSER_READ];
		ssize_t n;

		if (b->in.n > looked)
			nul = memchr(b->in.p + looked, '\0', b->in.n - looked);
		if (nul != NULL)
			return (size_t)(nul - b->in.p);
		looked = b->in.n;
		if (poll(&end, 1, BROWSER_PATIENCE_MS) == 0)
			fail_msg("the browser says nothing any more");
		n = read(b->from, bytes, sizeof bytes);
		if (n == 0 || (n < 0 && errno != EINTR))
			fail_msg("the browser has ended");
		if (n > 0)
			buf_put(&b->in, bytes, (size_t)n);
		assert_int_equal(0, b->in.err);
	}
}

json_t *
browser_take(struct browser *b)
{
	size_t n = browser_message(b);
	json_error_t error;
	json_t *message = json_loadb((const char *)b->in.p, n, 0, &error);

	if (message == NULL)
		fail_msg("the browser says what is no JSON: %s", error.text);
	buf_eat(&b->in, n + 1);
	if (json_object_get(message, "id") != NULL)
		return message;
	browser_note(b, json_string_value(json_object_get(message, "method")),
	    json_object_get(message, "params"));
	json_decref(message);
	return NULL;
}

/* The next reply; there is one command at a time. */
static json_t *
browser_reply(struct browser *b)
{
	json_t *message = NULL;

	while (message == NULL)
		message = browser_take(b);
	return message;
}

json_t *
browser_call(struct browser *b, const char *method, json_t *params_take)
{
	json_t *command = json_pack("{s:i, s:s, s:o}", "id", (int)++b->id, "method", method,
	    "params", params_take != NULL ? params_take : json_object());
	json_t *message, *result, *error;
	char *text;

	if (b->session != NULL)
		json_object_set_new(command, "sessionId", json_string(b->session));
	text = json_dumps(command, JSON_COMPACT);
	json_decref(command);
	browser_send(b, text);
	free(text);

	message = browser_reply(b);
	assert_int_equal(b->id, json_integer_value(json_object_get(message, "id")));
	error = json_object_get(message, "error");
	if (error != NULL)
		fail_msg(
		    "%s: %s", method, json_string_value(json_object_get(error, "message")));
	result = json_incref(json_object_get(message, "result"));
	json_decref(message);
	return result;
}
