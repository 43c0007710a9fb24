/*
 * sim_dhcp.c - the phones' DHCP: the world as relay agent, as emulator/io/io_dhcp.c is
 * (RFC 1542).  It fills in giaddr and hops and leaves every other byte as the phone wrote it;
 * replies find their phone by its MAC.
 */
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_priv.h"

enum { /* of a BOOTP message */
	DHCP_OP = 0,
	DHCP_HOPS = 3,
	DHCP_GIADDR = 24,
	DHCP_CHADDR = 28,
	DHCP_SHORTEST = DHCP_CHADDR + 6,
	DHCP_REQUEST = 1,
	DHCP_REPLY = 2,
	DHCP_MAX = 4096,
	DHCP_LISTENERS = 4 /* handles of one phone in one VLAN; one is usual */
};

int
sim_relay(struct sim *sim, uint16_t vlan, uint32_t giaddr)
{
	struct sim_relay_at *relays =
	    mem_realloc(sim->relays, (sim->n_relays + 1) * sizeof *relays);

	if (relays == NULL)
		return -ENOMEM;
	relays[sim->n_relays++] = (struct sim_relay_at){ vlan, giaddr };
	sim->relays = relays;
	return 0;
}

const struct sim_relay_at *
sim_relay_of(const struct sim *sim, uint16_t vlan)
{
	for (size_t i = 0; i < sim->n_relays; i++)
		if (sim->relays[i].vlan == vlan)
			return &sim->relays[i];
	return NULL;
}

int
sim_dhcp_send(struct sim_conn *c, struct span bytes)
{
	const struct sim_relay_at *relay = sim_relay_of(c->h.sim, c->vlan);
	uint8_t packet[DHCP_MAX];

	if (relay == NULL) {
		sim_deed(c, (struct sim_call){ .deed = SIM_SENT, .bytes = bytes });
		return 0;
	}
	if (bytes.n < DHCP_SHORTEST || bytes.n > sizeof packet ||
	    bytes.p[DHCP_OP] != DHCP_REQUEST)
		return -EINVAL;
	memcpy(packet, bytes.p, bytes.n);
	packet[DHCP_HOPS]++;
	for (int i = 0; i < 4; i++)
		packet[DHCP_GIADDR + i] = (uint8_t)(relay->giaddr >> (24 - 8 * i));
	bytes.p = packet;
	sim_deed(c, (struct sim_call){ .deed = SIM_SENT, .bytes = bytes });
	return 0;
}

/* Those that wait are found before the first is told: an event may close any of them. */
void
sim_dhcp_deliver(struct sim *sim, uint16_t vlan, struct span packet)
{
	struct sim_conn *waiting[DHCP_LISTENERS];
	uint32_t id[DHCP_LISTENERS];
	struct sim_phone *phone;
	size_t n = 0;

	if (packet.n < DHCP_SHORTEST || packet.p[DHCP_OP] != DHCP_REPLY)
		return;
	phone = sim_phone_by_mac(sim, packet.p + DHCP_CHADDR);
	if (phone == NULL)
		return;
	for (struct list *link = phone->handles.next; link != &phone->handles;
	     link = link->next) {
		struct io_handle *h = LIST_ITEM(link, struct io_handle, all);

		if (h->type != SIM_DHCP || sim_conn_of(h)->vlan != vlan || n == DHCP_LISTENERS)
			continue;
		id[n] = h->id;
		waiting[n++] = sim_conn_of(h);
	}
	for (size_t i = 0; i < n; i++)
		if (waiting[i]->h.open && waiting[i]->h.id == id[i])
			sim_handle_tell(&waiting[i]->h,
			    &(struct io_event){ .kind = IO_PACKET, .bytes = packet });
}
