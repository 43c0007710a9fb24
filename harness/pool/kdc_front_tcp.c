/*
 * kdc_front_tcp.c - connections to the KDC: each phone's stream is joined to one of
 * its own at the KDC, bytes pass both ways as they come, a closed half is closed
 * on the other side too.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "kdc_front_priv.h"
#include "mem.h"

enum { PAIRS_MAX = 4096, TCP_CHUNK = 16384, TCP_WAITING_MAX = 131072, LENGTH = 4 };

/* Counts messages in a stream: each has its length in four bytes before it. */
struct tcp_messages {
	uint32_t left; /* bytes of the message that we are in */
	uint32_t length;
	unsigned n_length; /* bytes of the length seen */
};

struct tcp_side {
	struct tcp_pair *pair;
	struct tcp_side *peer;
	int fd;
	struct loop_watch *watch;
	struct buf out; /* what its peer sent and it has not taken yet */
	struct buf in;  /* of the client, where some is refused: a message that is not whole */
	bool ended;     /* it will send no more */
	bool told;      /* it knows that its peer will send no more */
	struct tcp_messages messages;
};

struct tcp_pair {
	struct list link;
	struct front_tcp *tcp;
	struct tcp_side client, kdc;
	uint64_t heard_us;
};

struct front_tcp {
	struct kdc_front *front;
	int fd;
	struct loop_watch *watch;
	struct list pairs;
	unsigned n_pairs;
};

/* How many messages end in these bytes? */
static unsigned
tcp_count(struct tcp_messages *m, const uint8_t *p, size_t n)
{
	unsigned ended = 0;
	size_t take;

	while (n > 0) {
		if (m->n_length < LENGTH) {
			m->length = m->length << 8 | *p++;
			n--;
			m->n_length++;
			m->left = m->length;
		}
		if (m->n_length < LENGTH)
			continue;
		take = n < m->left ? n : m->left;
		p += take;
		n -= take;
		m->left -= (uint32_t)take;
		if (m->left > 0)
			continue;
		*m = (struct tcp_messages){ 0 };
		ended++;
	}
	return ended;
}

/* ---- one side of a pair ---- */

static void
side_done(struct tcp_side *side)
{
	if (side->watch != NULL)
		loop_watch_close(side->watch);
	if (side->fd >= 0)
		close(side->fd);
	buf_done(&side->out);
	buf_done(&side->in);
}

static void
pair_free(struct tcp_pair *pair)
{
	list_remove(&pair->link);
	pair->tcp->n_pairs--;
	side_done(&pair->client);
	side_done(&pair->kdc);
	mem_free(pair);
}

/* One message of the client's, if it is whole: to the KDC, or refused by us. */
static bool
client_message(struct tcp_pair *pair)
{
	const struct kdc_front_cfg *cfg = &pair->tcp->front->cfg;
	struct buf *in = &pair->client.in, reply = { 0 };
	size_t n;

	if (in->n < LENGTH)
		return false;
	n = (size_t)in->p[0] << 24 | (size_t)in->p[1] << 16 | (size_t)in->p[2] << 8 | in->p[3];
	/* What is too long for us may be too long for the KDC, too: that is its business. */
	if (n <= TCP_WAITING_MAX - LENGTH && in->n - LENGTH < n)
		return false;
	n = n <= TCP_WAITING_MAX - LENGTH ? n + LENGTH : in->n;
	if (cfg->refusal(cfg->arg, (struct span){ in->p + LENGTH, n - LENGTH }, &reply)) {
		buf_u32(&pair->client.out, (uint32_t)reply.n);
		buf_span(&pair->client.out, buf_bytes(&reply));
		pair->tcp->front->count.replies++;
		pair->tcp->front->count.bytes_out += LENGTH + reply.n;
	} else {
		buf_put(&pair->kdc.out, in->p, n);
	}
	buf_done(&reply);
	buf_eat(in, n);
	return true;
}

/* What the client said goes to the KDC; where some of it is refused, message by message. */
static int
client_said(struct tcp_pair *pair, const uint8_t *p, size_t n)
{
	if (pair->tcp->front->cfg.refusal == NULL) {
		buf_put(&pair->kdc.out, p, n);
		return pair->kdc.out.err;
	}
	buf_put(&pair->client.in, p, n);
	while (pair->client.in.err == 0 && client_message(pair))
		;
	if (pair->client.in.err != 0 || pair->client.out.err != 0)
		return -ENOMEM;
	return pair->kdc.out.err;
}

/* Takes what came from this side.  False: it broke. */
static bool
side_read(struct tcp_side *side)
{
	struct kdc_front_count *count = &side->pair->tcp->front->count;
	uint8_t chunk[TCP_CHUNK];
	ssize_t n = recv(side->fd, chunk, sizeof chunk, 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0) {
		side->ended = true;
		return true;
	}
	side->pair->heard_us = loop_now_us(side->pair->tcp->front->loop);
	if (side == &side->pair->client) {
		count->bytes_in += (uint64_t)n;
		count->requests += tcp_count(&side->messages, chunk, (size_t)n);
		return client_said(side->pair, chunk, (size_t)n) == 0;
	}
	buf_put(&side->peer->out, chunk, (size_t)n);
	count->bytes_out += (uint64_t)n;
	count->replies += tcp_count(&side->messages, chunk, (size_t)n);
	return side->peer->out.err == 0;
}

/* Gives it what it can take.  False: it broke. */
static bool
side_write(struct tcp_side *side)
{
	ssize_t n = 0;

	if (side->out.n > 0)
		n = send(side->fd, side->out.p, side->out.n, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
	buf_eat(&side->out, (size_t)n);
	if (side->out.n > 0 || !side->peer->ended || side->told)
		return true;
	side->told = true;
	return shutdown(side->fd, SHUT_WR) == 0;
}

static int
side_wanted(const struct tcp_side *side)
{
	bool read = !side->ended && side->peer->out.n < TCP_WAITING_MAX;

	return (read ? LOOP_READ : 0) | (side->out.n > 0 ? LOOP_WRITE : 0);
}

static void
side_on_event(void *arg, int possible)
{
	struct tcp_side *side = arg;
	struct tcp_pair *pair = side->pair;

	if (((possible & LOOP_READ) != 0 && !side_read(side)) || !side_write(side) ||
	    !side_write(side->peer)) {
		pair_free(pair);
		return;
	}
	if (pair->client.told) {
		pair_free(pair); /* the KDC has closed, and the phone has all it said */
		return;
	}
	loop_watch_set(pair->client.watch, side_wanted(&pair->client));
	loop_watch_set(pair->kdc.watch, side_wanted(&pair->kdc));
}

/* ---- pairs ---- */

static int
pair_join(struct tcp_pair *pair)
{
	struct loop *loop = pair->tcp->front->loop;
	int err;

	pair->kdc.fd = front_upstream(pair->tcp->front, SOCK_STREAM);
	if (pair->kdc.fd < 0)
		return pair->kdc.fd;
	err = loop_watch_new(
	    loop, pair->client.fd, side_on_event, &pair->client, &pair->client.watch);
	if (err == 0)
		err = loop_watch_new(
		    loop, pair->kdc.fd, side_on_event, &pair->kdc, &pair->kdc.watch);
	if (err == 0)
		err = loop_watch_set(pair->kdc.watch, LOOP_READ);
	if (err == 0)
		err = loop_watch_set(pair->client.watch, LOOP_READ);
	return err;
}

int
front_tcp_take(struct front_tcp *tcp, int fd)
{
	struct tcp_pair *pair = tcp->n_pairs < PAIRS_MAX ? mem_new(sizeof *pair) : NULL;
	int err;

	if (pair == NULL) {
		tcp->front->count.dropped++;
		close(fd);
		return -ENOMEM;
	}
	pair->tcp = tcp;
	pair->client = (struct tcp_side){ .pair = pair, .peer = &pair->kdc, .fd = fd };
	pair->kdc = (struct tcp_side){ .pair = pair, .peer = &pair->client, .fd = -1 };
	pair->heard_us = loop_now_us(tcp->front->loop);
	list_add_tail(&tcp->pairs, &pair->link);
	tcp->n_pairs++;
	tcp->front->count.streams++;
	err = pair_join(pair);
	if (err != 0)
		pair_free(pair);
	return err;
}

static void
tcp_on_client(void *arg, int possible)
{
	struct front_tcp *tcp = arg;
	struct sock_peer peer;
	int i, fd;

	(void)possible;
	for (i = 0; i < FRONT_BURST; i++) {
		fd = sock_accept(tcp->fd, &peer);
		if (fd >= 0)
			(void)front_tcp_take(tcp, fd);
		else if (fd == -EMFILE || fd == -ENFILE)
			loop_watch_set(tcp->watch, 0); /* until the next sweep */
		if (fd < 0 && fd != -ECONNABORTED && fd != -EINTR)
			return;
	}
}

/* ---- the half itself ---- */

void
front_tcp_sweep(struct front_tcp *tcp, uint64_t now_us)
{
	struct list *at, *next;
	struct tcp_pair *pair;

	for (at = tcp->pairs.next; at != &tcp->pairs; at = next) {
		next = at->next;
		pair = LIST_ITEM(at, struct tcp_pair, link);
		if (now_us - pair->heard_us >= (uint64_t)FRONT_PATIENCE_S * FRONT_US_PER_S)
			pair_free(pair);
	}
	if (tcp->watch != NULL)
		loop_watch_set(tcp->watch, LOOP_READ);
}

static int
tcp_listen(struct front_tcp *tcp)
{
	struct kdc_front *front = tcp->front;
	int err;

	tcp->fd = sock_listen(front->cfg.ip, front->cfg.port);
	if (tcp->fd < 0)
		return tcp->fd;
	err = loop_watch_new(front->loop, tcp->fd, tcp_on_client, tcp, &tcp->watch);
	return err != 0 ? err : loop_watch_set(tcp->watch, LOOP_READ);
}

int
front_tcp_new(struct kdc_front *front, struct front_tcp **out)
{
	struct front_tcp *tcp = mem_new(sizeof *tcp);
	int err = 0;

	if (tcp == NULL)
		return -ENOMEM;
	tcp->front = front;
	list_init(&tcp->pairs);
	tcp->fd = -1;
	if (!front->cfg.fronted)
		err = tcp_listen(tcp);
	if (err != 0) {
		front_tcp_free(tcp);
		return err;
	}
	*out = tcp;
	return 0;
}

void
front_tcp_free(struct front_tcp *tcp)
{
	if (tcp == NULL)
		return;
	while (!list_empty(&tcp->pairs))
		pair_free(LIST_ITEM(tcp->pairs.next, struct tcp_pair, link));
	if (tcp->watch != NULL)
		loop_watch_close(tcp->watch);
	if (tcp->fd >= 0)
		close(tcp->fd);
	mem_free(tcp);
}
