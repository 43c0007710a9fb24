/* loop_child.c - child processes of the real loop.  See loop.h. */
#include <errno.h>
#include <signal.h>

#include "loop.h"
#include "loop_priv.h"
#include "mem.h"

struct loop_child {
	uv_process_t uv;
	struct loop_uv *loop;
	loop_exit_fn *on_exit;
	void *arg;
	bool ended, closed;
};

static void
child_on_exit(uv_process_t *uv, int64_t status, int signum)
{
	struct loop_child *child = (struct loop_child *)uv;

	child->ended = true;
	/* Closed by its owner while it ran; nobody wants to know. */
	if (child->closed) {
		child->loop->dying--;
		uv_close((uv_handle_t *)uv, loop_free_handle);
	} else if (child->on_exit != NULL) {
		child->on_exit(child->arg, signum ? 128 + signum : (int)status);
	}
}

/* UV_IGNORE is /dev/null to the child. */
static uv_stdio_container_t
child_stdio(int fd)
{
	if (fd < 0)
		return (uv_stdio_container_t){ .flags = UV_IGNORE };
	return (uv_stdio_container_t){ .flags = UV_INHERIT_FD, .data.fd = fd };
}

int
loop_child_new(struct loop *loop, const struct loop_child_cfg *cfg, struct loop_child **out)
{
	struct loop_child *child = mem_new(sizeof(*child));
	uv_stdio_container_t stdio[] = { { .flags = UV_IGNORE }, child_stdio(cfg->out_fd),
		child_stdio(cfg->err_fd) };
	uv_process_options_t options = {
		.exit_cb = child_on_exit,
		.flags = cfg->own_session ? UV_PROCESS_DETACHED : 0,
		.file = cfg->argv[0],
		.args = (char **)(uintptr_t)cfg->argv, /* only handed to execvp() */
		.env = (char **)(uintptr_t)cfg->env,
		.stdio_count = 3,
		.stdio = stdio,
	};
	int rc;

	if (child == NULL)
		return -ENOMEM;
	child->loop = loop_uv_of(loop);
	child->on_exit = cfg->on_exit;
	child->arg = cfg->arg;
	rc = uv_spawn(&child->loop->uv, &child->uv, &options);
	if (rc < 0) {
		/* libuv knows the handle even if nothing was spawned: it must be closed. */
		uv_close((uv_handle_t *)&child->uv, loop_free_handle);
		return rc;
	}
	*out = child;
	return 0;
}

int
loop_child_pid(const struct loop_child *child)
{
	return uv_process_get_pid(&child->uv);
}

/* After its end the number may be another process's. */
void
loop_child_kill(struct loop_child *child, int signum)
{
	if (!child->ended)
		uv_process_kill(&child->uv, signum);
}

/* SIGKILL, and the memory stays until the child is reaped. */
void
loop_child_close(struct loop_child *child)
{
	child->closed = true;
	if (child->ended) {
		uv_close((uv_handle_t *)&child->uv, loop_free_handle);
		return;
	}
	child->loop->dying++;
	uv_process_kill(&child->uv, SIGKILL);
}
