/*
 * io_wire_owner.c - whose a thing in the kernel is; and what an interface is.  See
 * io_wire_priv.h.
 *
 * A number of 32 bits: the pid, of at most 22 (PID_MAX_LIMIT), and the last 10 of the time when
 * the process began, so that a pid used again is another owner.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_wire_priv.h"
#include "span.h"
#include "text.h"

enum { START_BITS = 10, START_MASK = (1 << START_BITS) - 1, START_FIELD = 20 };

/* ---- owners ---- */

/* proc(5): behind the name in brackets, which may have anything in it, comes the state, and in
 * the 20th field the time of the beginning.  False: it is dead. */
static bool
owner_start(struct span stat, uint64_t *start)
{
	const uint8_t *bracket = stat.n > 0 ? memrchr(stat.p, ')', stat.n) : NULL;
	struct span rest, field = { 0 };

	if (bracket == NULL)
		return false;
	rest = span_trim((struct span){ bracket + 1, (size_t)(stat.p + stat.n - bracket - 1) });
	for (int i = 0; i < START_FIELD; i++) {
		field = span_cut(&rest, ' ');
		if (i == 0 && (span_is(field, "Z") || span_is(field, "X")))
			return false;
	}
	return text_u64(field, UINT64_MAX, start) == 0;
}

/* 0: there is no such process. */
static uint32_t
owner_of(const char *name, uint32_t pid)
{
	char path[32], text[1024];
	uint64_t start;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%s/stat", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof text);
	(void)close(fd);
	if (n <= 0 || !owner_start((struct span){ (uint8_t *)text, (size_t)n }, &start))
		return 0;
	return pid << START_BITS | (uint32_t)(start & START_MASK);
}

uint32_t
io_wire_owner(void)
{
	uint32_t pid = (uint32_t)getpid(), owner = owner_of("self", pid);

	return owner != 0 ? owner : pid << START_BITS;
}

bool
io_wire_owner_lives(uint32_t owner)
{
	char name[16];

	(void)snprintf(name, sizeof name, "%u", owner >> START_BITS);
	return owner == io_wire_owner() || owner_of(name, owner >> START_BITS) == owner;
}

/* ---- interfaces ---- */

struct wire_if *
io_wire_find(const struct io_world *w, uint16_t vlan)
{
	for (size_t i = 0; i < w->wire->n_ifs; i++)
		if (w->wire->ifs[i].vlan == vlan)
			return &w->wire->ifs[i];
	return NULL;
}

static int
look(int fd, const char *name, struct wire_if *out)
{
	struct ifreq r = { 0 };

	(void)snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	if (ioctl(fd, SIOCGIFINDEX, &r) < 0)
		return -ENODEV;
	out->index = r.ifr_ifindex;
	if (ioctl(fd, SIOCGIFHWADDR, &r) < 0)
		return -errno;
	if (r.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return -EINVAL;
	memcpy(out->mac, r.ifr_hwaddr.sa_data, sizeof out->mac);
	if (ioctl(fd, SIOCGIFFLAGS, &r) < 0)
		return -errno;
	return (r.ifr_flags & IFF_UP) != 0 ? 0 : -ENETDOWN;
}

int
io_wire_look(const char *name, struct wire_if *out)
{
	struct wire_if found = { 0 };
	int fd, err;

	if (name == NULL || strlen(name) >= sizeof found.name)
		return -ENODEV;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = look(fd, name, &found);
	(void)close(fd);
	if (err != 0)
		return err;
	(void)snprintf(found.name, sizeof found.name, "%s", name);
	*out = found;
	return 0;
}
