/* io_wire_host.c - see io_wire.h: privileges, namespace, and what is left behind. */
#include "io_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io_wire_priv.h"
#include "mem.h"
#include "rtnl.h"
#include "text.h"

/* ---- the namespace ---- */

int
io_wire_enter(const char *netns, int *home_out)
{
	char path[128];
	int home, there, err = 0;

	if (strchr(netns, '/') != NULL ||
	    snprintf(path, sizeof path, "/run/netns/%s", netns) >= (int)sizeof path)
		return -EINVAL;
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (there < 0)
		return -errno;
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0 || setns(there, CLONE_NEWNET) < 0)
		err = -errno;
	(void)close(there);
	if (err == 0)
		*home_out = home;
	else if (home >= 0)
		(void)close(home);
	return err;
}

int
io_wire_leave(int home)
{
	return setns(home, CLONE_NEWNET) < 0 ? -errno : 0;
}

/* ---- capabilities ---- */

static int
caps_get(struct __user_cap_data_struct caps[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capget, &head, caps) < 0 ? -errno : 0;
}

static bool
caps_have(const struct __user_cap_data_struct caps[2], int cap)
{
	return (caps[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap)) != 0;
}

struct cap_name {
	int cap;
	const char *name;
};

/* Frames; addresses; and unicast DHCP leaves from port 68. */
static const struct cap_name caps_needed[] = {
	{ CAP_NET_RAW, "CAP_NET_RAW" },
	{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
	{ CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE" },
};
enum { CAPS_NEEDED = sizeof caps_needed / sizeof caps_needed[0] };

/* Which are missing; the program's own file is in the line that mends it. */
static void
caps_complain(const struct __user_cap_data_struct caps[2], struct buf *says)
{
	const char *before = "network mode interface needs rights that are missing: ";
	char self[512];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	self[n > 0 ? n : 0] = '\0';
	for (size_t i = 0; i < CAPS_NEEDED; i++) {
		if (caps_have(caps, caps_needed[i].cap))
			continue;
		buf_printf(says, "%s%s", before, caps_needed[i].name);
		before = ", ";
	}
	buf_printf(says,
	    " (as root: setcap cap_net_raw,cap_net_admin,cap_net_bind_service=ep %s)", self);
}

static int
caps_check(struct buf *says)
{
	struct __user_cap_data_struct caps[2];
	int err = caps_get(caps);

	for (size_t i = 0; err == 0 && i < CAPS_NEEDED; i++)
		if (!caps_have(caps, caps_needed[i].cap))
			err = -EPERM;
	if (err == -EPERM)
		caps_complain(caps, says);
	return err;
}

/* Addresses come and go until the end, leases are renewed from port 68; and root's reports may
 * go to another's folder. */
int
io_wire_drop(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2], kept[2];
	int err = caps_get(caps);

	if (err != 0)
		return err;
	memset(kept, 0, sizeof kept);
	kept[0].permitted = CAP_TO_MASK(CAP_NET_ADMIN) | CAP_TO_MASK(CAP_NET_BIND_SERVICE) |
	    CAP_TO_MASK(CAP_DAC_OVERRIDE);
	kept[0].permitted &= caps[0].permitted;
	kept[0].effective = kept[0].permitted & caps[0].effective;
	return syscall(SYS_capset, &head, kept) < 0 ? -errno : 0;
}

/* ---- what is left behind ---- */

struct sweep {
	bool own; /* ours, or that of the dead */
	uint32_t owner;
	struct rtnl_thing *found;
	size_t n, cap;
};

/* 0: it is no farm's. */
static uint32_t
sweep_owner(const struct rtnl_thing *t)
{
	static const char mark[] = "cx700farm ";
	uint64_t owner = 0;

	if (t->what != RTNL_LINK)
		return t->local ? t->metric : t->table;
	if (strncmp(t->alias, mark, sizeof mark - 1) != 0 ||
	    text_u64(span_of(t->alias + sizeof mark - 1), UINT32_MAX, &owner) != 0)
		return 0;
	return (uint32_t)owner;
}

static void
sweep_see(void *arg, const struct rtnl_told *told)
{
	struct sweep *s = arg;
	uint32_t owner = told->mine ? sweep_owner(&told->thing) : 0;

	if (owner == 0 || (s->own ? owner != s->owner : io_wire_owner_lives(owner)))
		return;
	if (s->n == s->cap) {
		size_t cap = s->cap * 2 + 64;
		struct rtnl_thing *found = mem_realloc(s->found, cap * sizeof *found);

		if (found == NULL)
			return;
		s->found = found;
		s->cap = cap;
	}
	s->found[s->n++] = told->thing;
}

/* First all are listed, then they go: a list is no place to take away from. */
static void
sweep(bool own)
{
	struct sweep s = { .own = own, .owner = io_wire_owner() };
	int fd = rtnl_open();

	if (fd < 0)
		return;
	(void)rtnl_each(fd, RTNL_RULE, sweep_see, &s);
	(void)rtnl_each(fd, RTNL_ROUTE, sweep_see, &s);
	(void)rtnl_each(fd, RTNL_LINK, sweep_see, &s);
	for (size_t i = 0; i < s.n; i++)
		(void)rtnl_remove(fd, &s.found[i]);
	mem_free(s.found);
	(void)close(fd);
}

void
io_wire_end(void)
{
	sweep(true);
}

/* ---- the beginning ---- */

static int
begin_interface(const char *name, struct buf *says)
{
	struct wire_if found;
	int err = io_wire_look(name, &found);

	if (err != 0)
		buf_printf(says, "interface %s %s", name,
		    err == -ENODEV         ? "does not exist"
			: err == -ENETDOWN ? "is down (ip link set dev NAME up)"
			: err == -EINVAL   ? "is not Ethernet"
					   : strerror(-err));
	return err;
}

int
io_wire_begin(const struct io_world_cfg *cfg, struct buf *says)
{
	int err = caps_check(says);

	if (err == 0)
		err = begin_interface(cfg->interface, says);
	for (size_t i = 0; err == 0 && i < cfg->n_vlans; i++)
		err = begin_interface(cfg->vlans[i].interface, says);
	if (err == 0)
		sweep(false);
	return err;
}
