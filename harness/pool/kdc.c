/*
 * kdc.c - see kdc.h.  krb5kdc says "starting..." on its standard error when its
 * sockets are open; what it says later is read and forgotten (it has its log).
 */
#include "kdc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kdc_tool.h"
#include "mem.h"

enum { KDC_SAID_MAX = 1024 };

struct kdc {
	struct loop_child *child;
	struct loop_watch *watch;
	int said_fd;
	char said[KDC_SAID_MAX];
	size_t said_n;
	bool up;
	loop_fn *on_up;
	loop_exit_fn *on_exit;
	void *arg;
};

/* What it says from now on, nobody reads. */
static void
kdc_deaf(struct kdc *kdc)
{
	if (kdc->watch != NULL)
		loop_watch_close(kdc->watch);
	if (kdc->said_fd >= 0)
		close(kdc->said_fd);
	kdc->watch = NULL;
	kdc->said_fd = -1;
}

static void
kdc_on_said(void *arg, int possible)
{
	struct kdc *kdc = arg;
	ssize_t n;

	(void)possible;
	/* Its log has what it said: begin the buffer anew. */
	if (kdc->said_n == sizeof kdc->said - 1)
		kdc->said_n = 0;
	n = read(kdc->said_fd, kdc->said + kdc->said_n, sizeof kdc->said - 1 - kdc->said_n);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		kdc_deaf(kdc);
		return;
	}
	kdc->said_n += (size_t)n;
	kdc->said[kdc->said_n] = '\0';
	/* Said once; later lines are only read, or the pipe would fill. */
	if (kdc->up || strstr(kdc->said, "starting...") == NULL)
		return;
	kdc->up = true;
	kdc->on_up(kdc->arg);
}

/* Whether that is bad depends on when it happens: the owner decides. */
static void
kdc_on_exit(void *arg, int status)
{
	struct kdc *kdc = arg;

	kdc_deaf(kdc);
	kdc->on_exit(kdc->arg, status);
}

/* setpriv has it killed with us, also when we had no time to do it. */
static int
kdc_spawn(struct kdc *kdc, struct loop *loop, const struct kdc_realm *realm, int err_fd)
{
	char setpriv[KDC_PATH_MAX], krb5kdc[KDC_PATH_MAX];
	const char *argv[] = { setpriv, "--pdeathsig", "KILL", krb5kdc, "-n", NULL };
	struct loop_child_cfg cfg = {
		.argv = argv, .out_fd = -1, .err_fd = err_fd, .on_exit = kdc_on_exit, .arg = kdc
	};
	struct kdc_env env;

	if (kdc_tool_find("setpriv", setpriv) != 0 || kdc_tool_find("krb5kdc", krb5kdc) != 0)
		return -ENOENT;
	kdc_tool_env(realm, &env);
	cfg.env = (const char *const *)env.list;
	return loop_child_new(loop, &cfg, &kdc->child);
}

static int
kdc_open(struct kdc *kdc, struct loop *loop, const struct kdc_realm *realm)
{
	int ends[2];
	int err;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -errno;
	kdc->said_fd = ends[0];
	err = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : -errno;
	if (err == 0)
		err = loop_watch_new(loop, ends[0], kdc_on_said, kdc, &kdc->watch);
	if (err == 0)
		err = loop_watch_set(kdc->watch, LOOP_READ);
	if (err == 0)
		err = kdc_spawn(kdc, loop, realm, ends[1]);
	/* Its end is the child's: ours then sees the end of file. */
	close(ends[1]);
	return err;
}

int
kdc_new(struct loop *loop, const struct kdc_cfg *cfg, struct kdc **out)
{
	struct kdc *kdc = mem_new(sizeof *kdc);
	int err;

	if (kdc == NULL)
		return -ENOMEM;
	kdc->said_fd = -1;
	kdc->on_up = cfg->on_up;
	kdc->on_exit = cfg->on_exit;
	kdc->arg = cfg->arg;
	err = kdc_open(kdc, loop, &cfg->realm);
	if (err != 0) {
		kdc_free(kdc);
		return err;
	}
	*out = kdc;
	return 0;
}

int
kdc_pid(const struct kdc *kdc)
{
	return loop_child_pid(kdc->child);
}

void
kdc_free(struct kdc *kdc)
{
	if (kdc == NULL)
		return;
	kdc_deaf(kdc);
	if (kdc->child != NULL)
		loop_child_close(kdc->child);
	mem_free(kdc);
}
