/* dhcp_say.c - see dhcp_say.h; RELEASE and DECLINE, which nothing answers. */
#include "dhcp_say.h"

#include <string.h>

enum { DHCP_PORT = 67 };

struct dhcp_ask
dhcp_say_begin(const struct dhcp_talk_cfg *cfg, enum dhcp_type type)
{
	struct dhcp_ask a = {
		.type = type,
		.host_name = cfg->habit->host_name,
		.vendor_class = cfg->habit->vendor_class,
		.ask = cfg->habit->ask,
		.n_ask = cfg->habit->n_ask,
		.pad_to = cfg->habit->pad_to,
	};

	memcpy(a.mac, cfg->mac, sizeof a.mac);
	return a;
}

int
dhcp_say(const struct dhcp_talk_cfg *cfg, struct io_handle *conn, const struct dhcp_ask *a)
{
	uint8_t memory[DHCP_MSG_MAX];
	struct dhcp_msg sent;
	struct buf b;
	int err;

	buf_over(&b, memory, sizeof memory);
	dhcp_msg_ask(&b, a);
	if (b.err != 0)
		return b.err;
	err = cfg->io->ops->send(conn, buf_bytes(&b));
	/* Read back from the bytes, so that the note is what a sniffer would see. */
	if (err == 0 && cfg->note != NULL && dhcp_msg_decode(&sent, buf_bytes(&b)) == 0)
		cfg->note(cfg->note_arg, true, &sent, b.n);
	return err;
}

/* A message that nothing answers: send it and close. */
static int
send_and_close(const struct dhcp_talk_cfg *cfg, struct io_handle *conn, struct dhcp_ask *a)
{
	int err;

	a->xid = dhcp_msg_xid(cfg->xid, cfg->mac);
	err = dhcp_say(cfg, conn, a);
	cfg->io->ops->close(conn);
	return err;
}

int
dhcp_talk_release(const struct dhcp_talk_cfg *cfg, uint32_t ip, uint32_t server)
{
	struct dhcp_ask a = dhcp_say_begin(cfg, DHCP_RELEASE);
	struct io_handle *conn;
	int err = cfg->io->ops->udp(
	    cfg->io, cfg->owner, (struct io_addr){ server, DHCP_PORT }, &conn);

	if (err != 0)
		return err;
	/* RFC 2131 table 5: the address in ciaddr, no option 50. */
	a.ciaddr = ip;
	a.server = server;
	return send_and_close(cfg, conn, &a);
}

int
dhcp_talk_decline(const struct dhcp_talk_cfg *cfg, uint32_t ip, uint32_t server)
{
	struct dhcp_ask a = dhcp_say_begin(cfg, DHCP_DECLINE);
	struct io_handle *conn;
	int err = cfg->io->ops->dhcp(cfg->io, cfg->owner, cfg->vlan, &conn);

	if (err != 0)
		return err;
	/* Table 5 again: it was never ours, so ciaddr stays 0. */
	a.wanted = ip;
	a.server = server;
	return send_and_close(cfg, conn, &a);
}
