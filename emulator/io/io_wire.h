/*
 * io_wire.h - a farm on an interface, before its worlds are made and after they are gone.
 *
 * What the farm puts into the kernel (addresses as routes, ways out, VLAN interfaces) carries
 * the number of its process.  So what a farm left behind that was killed is found when the next
 * one starts, and what belongs to one that runs is left alone.
 */
#ifndef IO_IO_WIRE_H
#define IO_IO_WIRE_H
#include <stdbool.h>

#include "buf.h"

struct io_world_cfg;

/*
 * Enter the network namespace of this name (as `ip netns' knows it), with the calling thread
 * and those it starts from now on.  *home_out: a descriptor of the one before.  0 or -errno.
 */
int io_wire_enter(const char *netns, int *home_out);
/* Back to where *home_out is of, which stays open.  0 or -errno. */
int io_wire_leave(int home);

/*
 * May this process do what mode interface needs, and are the interfaces there?  Then what dead
 * farms have left is taken away.  0, or -errno with one line of words appended: -EPERM which
 * capabilities are missing, -ENODEV, -ENETDOWN, -EINVAL.
 */
int io_wire_begin(const struct io_world_cfg *, struct buf *says);

/* Give up for good the capabilities that the phones do not need, once the worlds are made and
 * before their threads start.  0 or -errno. */
int io_wire_drop(void);

/* Take away what this process has put into the kernel. */
void io_wire_end(void);

#endif
