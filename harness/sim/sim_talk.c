/* sim_talk.c - what both ends say: a phone's deeds, and a server's answers but those of HTTP.
 */
#include <assert.h>
#include <errno.h>

#include "sim_priv.h"

/* ---- a phone's deeds ---- */

static void
talk_carry(struct sim_conn *c, const struct sim_call *call)
{
	struct sim_parcel_in *in = sim_parcel_out(c, call->deed);

	if (in == NULL)
		return;
	if (call->deed == SIM_SENT) {
		if (!sim_parcel_put(in, call->bytes)) {
			sim_parcel_forget(in);
			return;
		}
		c->waiting += call->bytes.n;
	}
	sim_parcel_send(in, 0);
}

/* Without a way between or a line of the phone's, the listener hears it in the middle of the
 * phone's call. */
void
sim_deed(struct sim_conn *c, struct sim_call call)
{
	if (sim_conn_travels(c))
		talk_carry(c, &call);
	else if (!sim_tell(c, call) && (call.deed == SIM_OPENED || c->h.type != SIM_STREAM))
		sim_nobody(c);
}

/* ---- a server's answers ---- */

static void
talk_bytes(struct io_handle *h, enum io_kind kind, const struct io_addr *from,
    uint64_t after_us, struct span bytes)
{
	struct sim_parcel_in *in = sim_parcel_back(sim_conn_of(h), kind);

	if (in == NULL)
		return;
	if (from != NULL)
		in->from = *from;
	if (sim_parcel_put(in, bytes))
		sim_parcel_send(in, after_us);
	else
		sim_parcel_forget(in);
}

void
sim_packet(struct sim *sim, struct io_handle *h, uint64_t after_us, struct span bytes)
{
	assert(h->sim == sim && (h->type == SIM_UDP || h->type == SIM_DHCP));
	talk_bytes(h, IO_PACKET, NULL, after_us, bytes);
}

void
sim_packet_from(struct sim *sim, struct io_handle *h, struct io_addr from, uint64_t after_us,
    struct span bytes)
{
	assert(h->sim == sim && (h->type == SIM_UDP || h->type == SIM_DHCP));
	talk_bytes(h, IO_PACKET, &from, after_us, bytes);
}

void
sim_bytes(struct sim *sim, struct io_handle *h, uint64_t after_us, struct span bytes)
{
	assert(h->sim == sim && h->type == SIM_STREAM);
	talk_bytes(h, IO_BYTES, NULL, after_us, bytes);
}

void
sim_up(struct sim *sim, struct io_handle *h, uint64_t after_us, const struct io_tls_seen *tls)
{
	struct sim_parcel_in *in;

	assert(h->sim == sim && h->type == SIM_STREAM);
	in = sim_parcel_back(sim_conn_of(h), IO_UP);
	if (in == NULL)
		return;
	in->has_tls = tls != NULL;
	if (tls != NULL)
		in->tls = *tls;
	in->p.trips = in->p.tls ? SIM_TLS_TRIPS : 0;
	sim_parcel_send(in, after_us);
}

void
sim_down(struct sim *sim, struct io_handle *h, uint64_t after_us, int err,
    const struct io_tls_seen *tls)
{
	struct sim_conn *c = sim_conn_of(h);
	struct sim_parcel_in *in;

	assert(h->sim == sim && c != NULL);
	in = sim_parcel_back(c, IO_DOWN);
	if (in == NULL)
		return;
	in->p.err = err;
	in->has_tls = tls != NULL;
	if (tls != NULL)
		in->tls = *tls;
	/* What ends in the handshake has seen the chain come in answer to a hello; a request's
	 * round trips were made on the way there. */
	in->p.fresh = tls != NULL && !c->up;
	in->p.trips = in->p.fresh && c->h.type == SIM_STREAM ? 1 : 0;
	c->hung_up = c->connection;
	sim_parcel_send(in, after_us);
}
