/* kdc_tool.c - see kdc_tool.h. */
#include "kdc_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"

/* sbin is in few users' PATH: the places are named here. */
int
kdc_tool_find(const char *name, char path_out[KDC_PATH_MAX])
{
	static const char *const PLACES[] = { "/usr/sbin", "/usr/bin", "/usr/local/sbin",
		"/usr/local/bin", "/sbin", "/bin" };
	char path[KDC_PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", PLACES[i], name);
		if (access(path, X_OK) == 0) {
			memcpy(path_out, path, sizeof path);
			return 0;
		}
	}
	return -ENOENT;
}

/* Nothing of ours is handed down: no PATH, no other krb5.conf. */
void
kdc_tool_env(const struct kdc_realm *realm, struct kdc_env *out)
{
	int i;

	snprintf(out->text[0], sizeof out->text[0], "KRB5_CONFIG=%s/krb5.conf", realm->dir);
	snprintf(out->text[1], sizeof out->text[1], "KRB5_KDC_PROFILE=%s/kdc.conf", realm->dir);
	snprintf(out->text[2], sizeof out->text[2], "KRB5RCACHENAME=none:");
	snprintf(out->text[3], sizeof out->text[3], "LC_ALL=C");
	for (i = 0; i < KDC_ENV_N - 1; i++)
		out->list[i] = out->text[i];
	out->list[KDC_ENV_N - 1] = NULL;
}

/* A descriptor to read these bytes from, which no file name leads to. */
static int
tool_input(struct span input)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = folder_put(fd, input);
	if (err == 0 && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return err != 0 ? err : -EIO;
}

/* A tool that was killed has the status a shell would give it. */
static int
tool_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* posix_spawn: a pool of many megabytes is not forked for a tool. */
static int
tool_spawn(const struct kdc_realm *realm, const char *path, const char *const *argv, int in_fd)
{
	posix_spawn_file_actions_t files;
	char log[KDC_PATH_MAX];
	struct kdc_env env;
	pid_t pid;
	int err;

	kdc_tool_env(realm, &env);
	folder_file(realm->dir, "kdc-setup.log", log);
	if (posix_spawn_file_actions_init(&files) != 0)
		return -ENOMEM;
	err = posix_spawn_file_actions_adddup2(&files, in_fd, 0);
	if (err == 0)
		err = posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	if (err == 0)
		err = posix_spawn_file_actions_addopen(
		    &files, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (err == 0)
		err = posix_spawn(
		    &pid, path, &files, NULL, (char *const *)(uintptr_t)argv, env.list);
	posix_spawn_file_actions_destroy(&files);
	return err == 0 ? tool_wait(pid) : -err;
}

/* The input is whole before the tool starts: nothing has to be fed to it. */
int
kdc_tool_run(const struct kdc_realm *realm, const char *const *argv, struct span input)
{
	char path[KDC_PATH_MAX];
	int err = kdc_tool_find(argv[0], path);
	int in_fd;

	if (err != 0)
		return err;
	in_fd = tool_input(input);
	if (in_fd < 0)
		return in_fd;
	err = tool_spawn(realm, path, argv, in_fd);
	close(in_fd);
	return err;
}
