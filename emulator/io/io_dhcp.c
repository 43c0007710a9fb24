/*
 * io_dhcp.c - the phones' DHCP: their handles, and whose an answer is.
 *
 * How messages get to a server and back is either way's own: io_dhcp_relay.c, io_dhcp_wire.c.
 * Answers find their phone by its MAC.  The steps know nothing of which way it is.
 */
#include "io_dhcp_priv.h"

#include <errno.h>
#include <sys/socket.h>

#include "io_shaper.h"

enum { DHCP_LISTENERS = 4 /* handles of one phone in one VLAN; one is usual */ };

struct io_dhcp {
	struct io_handle h;
	uint16_t vlan;
};

static const struct io_type dhcp_type;

/* ---- answers ---- */

struct io_phone *
io_dhcp_phone(const struct io_world *w, const uint8_t chaddr[6])
{
	uint64_t mac = 0, index;

	for (int i = 0; i < 6; i++)
		mac = mac << 8 | chaddr[i];
	index = mac - w->mac_base;
	if (mac < w->mac_base || index % w->shards != w->shard ||
	    index / w->shards >= w->n_phones)
		return NULL;
	return w->phones[index / w->shards];
}

/* The phone's handles in that VLAN. */
static size_t
dhcp_waiting(const struct io_phone *phone, uint16_t vlan, struct io_handle **out, size_t max)
{
	size_t n = 0;

	for (struct list *link = phone->handles.next; link != &phone->handles && n < max;
	     link = link->next) {
		struct io_handle *h = LIST_ITEM(link, struct io_handle, of_phone);

		if (h->type == &dhcp_type && ((struct io_dhcp *)h)->vlan == vlan)
			out[n++] = h;
	}
	return n;
}

bool
io_dhcp_waits(const struct io_phone *phone, uint16_t vlan)
{
	struct io_handle *h;

	return dhcp_waiting(phone, vlan, &h, 1) != 0;
}

/* Over the line the VLAN travels as its number. */
static void *
dhcp_tag(uint16_t vlan)
{
	return (void *)(uintptr_t)vlan;
}

static uint16_t
dhcp_vlan(const void *tag)
{
	return (uint16_t)(uintptr_t)tag;
}

/* Those that wait are found before the first is told: an event may close any of them. */
static void
dhcp_deliver(struct io_phone *phone, void *tag, struct span packet)
{
	struct io_handle *waiting[DHCP_LISTENERS];
	size_t n = dhcp_waiting(phone, dhcp_vlan(tag), waiting, DHCP_LISTENERS);

	for (size_t i = 0; i < n; i++)
		io_tell(waiting[i],
		    &(struct io_event){ .kind = IO_PACKET, .h = waiting[i], .bytes = packet });
}

/* From the server's end on it is the phone's own line. */
void
io_dhcp_arrived(struct io_phone *phone, uint16_t vlan, struct span message)
{
	io_count_in(phone->world, IO_SVC_DHCP, message.n);
	io_wire_learn(phone, message);
	if (phone->shaper == NULL)
		dhcp_deliver(phone, dhcp_tag(vlan), message);
	else
		(void)io_shaper_hold(
		    phone->shaper, IO_SHAPE_DOWN, message, dhcp_deliver, dhcp_tag(vlan));
}

void
io_dhcp_room(int fd)
{
	int room = DHCP_RCVBUF;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
}

/* ---- requests ---- */

static void
dhcp_leave(struct io_phone *phone, void *tag, struct span packet)
{
	struct io_world *w = phone->world;

	io_count_out(w, IO_SVC_DHCP, packet.n);
	w->dhcp->ways->leave(phone, dhcp_vlan(tag), packet);
}

static int
dhcp_send(struct io_handle *h, struct span bytes)
{
	void *tag = dhcp_tag(((struct io_dhcp *)h)->vlan);

	if (bytes.n < DHCP_SHORTEST || bytes.n > DHCP_MAX || bytes.p[DHCP_OP] != DHCP_REQUEST)
		return -EINVAL;
	if (h->phone->shaper != NULL)
		return io_shaper_hold(h->phone->shaper, IO_SHAPE_UP, bytes, dhcp_leave, tag);
	dhcp_leave(h->phone, tag, bytes);
	return 0;
}

static const struct io_type dhcp_type = {
	.send = dhcp_send,
	.close = io_handle_free,
	.cut = io_handle_free,
};

int
io_dhcp_open(struct io *io, struct io_owner owner, uint16_t vlan, struct io_handle **out)
{
	struct io_phone *phone = (struct io_phone *)io;
	const struct io_world *w = phone->world;
	struct io_dhcp *d;

	if (w->dhcp == NULL || !w->dhcp->ways->has(w, vlan))
		return -EINVAL;
	d = io_handle_new(phone, &dhcp_type, owner, sizeof(*d));
	if (d == NULL)
		return -ENOMEM;
	d->vlan = vlan;
	*out = &d->h;
	return 0;
}

/* ---- of a world ---- */

int
io_dhcp_init(struct io_world *w, const struct io_world_cfg *cfg, const char **err_out)
{
	switch (cfg->dhcp) {
	case IO_DHCP_RELAY:
		return io_dhcp_relay_init(w, cfg, err_out);
	case IO_DHCP_BROADCAST:
		return io_dhcp_wire_init(w, cfg, err_out);
	case IO_DHCP_NONE:
		break;
	}
	return 0;
}

void
io_dhcp_done(struct io_world *w)
{
	if (w->dhcp != NULL)
		w->dhcp->ways->done(w);
	w->dhcp = NULL;
}
