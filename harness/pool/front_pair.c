/*
 * front_pair.c - one phone's connection to a server behind a front.  What is read becomes a
 * piece with a time; a lane keeps its pieces in order and writes those whose time has come.
 * Every event ends in pair_turn(), which is also where a pair may go.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front_lane.h"
#include "front_priv.h"
#include "mem.h"

enum {
	PIECE_MAX = 16384,
	LANE_MAX = 131072,     /* as much may wait of a connection, where nothing is slow */
	LANE_SLOW_MIN = 4096,  /* where it is: so much at least ... */
	LANE_SLOW_MAX = 262144 /* ... and what passes in some turns of a timer at most */
};

struct side {
	struct pair *pair;
	int fd;
	struct loop_watch *watch;
};

struct pair {
	struct list link; /* in front.pairs */
	struct front *front;
	struct side phone, server;
	struct lane in, out; /* to the server, to the phone */
	struct loop_timer *timer;
	bool greeted, asking; /* the handshake was counted as work; a request is under way */
	uint64_t reply_n;     /* of what is said, of this reply */
	uint64_t slow_us;     /* when a slow connection has sent what it has */
	bool over, reset;
};

struct pair *
pair_of(struct list *link)
{
	return LIST_ITEM(link, struct pair, link);
}

static uint64_t
pair_now_us(const struct pair *pair)
{
	return loop_now_us(pair->front->loop);
}

/* ---- lanes ---- */

/* Writes what is due.  False: the other side is not there any more. */
static bool
lane_write(struct pair *pair, struct lane *lane, const struct side *to)
{
	struct piece *piece;

	while ((piece = lane_due(lane, pair->front->cfg.wire)) != NULL) {
		ssize_t n = 0;

		if (piece->kind == PIECE_RESET)
			pair->reset = true;
		/* The server has said all; of the phone the server hears. */
		if (piece->kind == PIECE_RESET ||
		    (piece->kind == PIECE_END && lane == &pair->out))
			return false;
		if (piece->kind == PIECE_END)
			(void)shutdown(to->fd, SHUT_WR);
		else
			n = send(to->fd, piece->bytes + piece->written,
			    piece->n - piece->written, MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		piece->written += (size_t)n;
		if (piece->written == piece->n)
			lane_take(lane, piece);
	}
	return true;
}

/* ---- what the phone says ---- */

/* A handshake is work, and so is each request, however many pieces it has. */
static bool
pair_begins_work(struct pair *pair, uint64_t said)
{
	bool work = pair->in.sense.tls && !pair->greeted;

	pair->greeted = true;
	if (said == 0 || pair->asking)
		return work;
	pair->asking = true;
	pair->reply_n = 0;
	return true;
}

/* Of a record its outside stays, or nobody would know where it ends. */
static void
pair_spoil(const struct pair *pair, uint32_t dice, struct piece *piece)
{
	size_t outside = pair->in.sense.tls && piece->n > SENSE_HEADER ? SENSE_HEADER : 0;

	serve_fault_spoil(dice, piece->bytes + outside, piece->n - outside);
}

/* What comes next on this lane, from that time on, by what befalls it.  False: no memory. */
static bool
pair_send(struct pair *pair, struct lane *lane, struct span bytes, uint64_t from_us, bool work)
{
	struct wire *wire = pair->front->cfg.wire;
	struct serve_fate fate;
	struct piece *piece;

	wire_fate(wire, SERVE_PIECE, &fate);
	from_us += fate.delay_us + wire_latency_us(wire);
	piece = lane_add(lane, fate.lost ? PIECE_RESET : PIECE_BYTES, bytes, from_us);
	if (piece == NULL)
		return false;
	piece->work = work && !fate.lost;
	if (fate.spoilt && piece->n > 0)
		pair_spoil(pair, fate.dice, piece);
	return true;
}

static bool
pair_heard(struct pair *pair, struct span bytes)
{
	struct fault_deed deed;
	uint64_t said;

	(void)wire_deed(pair->front->cfg.wire, &deed);
	if (deed.reset) {
		wire_mishap(pair->front->cfg.wire, WIRE_RESET);
		pair->reset = true;
		return false;
	}
	(void)front_sense(&pair->in.sense, bytes, UINT64_MAX, &said);
	return pair_send(
	    pair, &pair->in, bytes, pair_now_us(pair), pair_begins_work(pair, said));
}

/* ---- what the server says ---- */

/* The tighter limit of a reply that is cut short, and how it then ends. */
static uint64_t
pair_limit(const struct fault_deed *deed, enum piece_kind *end_out)
{
	uint64_t most = UINT64_MAX;

	*end_out = PIECE_BYTES;
	if (deed->truncate_after > 0) {
		most = deed->truncate_after;
		*end_out = PIECE_END;
	}
	if (deed->reset_after > 0 && deed->reset_after < most) {
		most = deed->reset_after;
		*end_out = PIECE_RESET;
	}
	return most;
}

static bool
pair_answered(struct pair *pair, struct span bytes)
{
	struct wire *wire = pair->front->cfg.wire;
	uint64_t most, said, left_us, port_us, now_us = pair_now_us(pair);
	enum piece_kind end;
	struct fault_deed deed;
	size_t n;

	(void)wire_deed(wire, &deed);
	most = pair_limit(&deed, &end);
	n = front_sense(
	    &pair->out.sense, bytes, most > pair->reply_n ? most - pair->reply_n : 0, &said);
	pair->reply_n += said;
	if (said > 0)
		pair->asking = false;
	port_us = wire_port_us(wire, now_us, n);
	left_us = wire_pace_us(now_us, &pair->slow_us, deed.bytes_per_s, n);
	if (n > 0 &&
	    !pair_send(pair, &pair->out, (struct span){ bytes.p, n },
		port_us > left_us ? port_us : left_us, false))
		return false;
	if (n == bytes.n)
		return true;
	/* There was more, which nobody will see. */
	wire_mishap(wire, end == PIECE_RESET ? WIRE_RESET : WIRE_TRUNCATED);
	pair->out.ended = true;
	return lane_add(&pair->out, end, (struct span){ NULL, 0 }, 0) != NULL;
}

/* ---- reading ---- */

/* So much may wait on its way to the phone; where all that is sent is slow, everybody gets his
 * turn. */
static size_t
pair_room(const struct pair *pair)
{
	uint64_t rate = wire_rate(pair->front->cfg.wire), room;

	if (rate == 0)
		return LANE_MAX;
	room = rate / 100 / (pair->front->n_pairs > 0 ? pair->front->n_pairs : 1);
	if (room < LANE_SLOW_MIN)
		room = LANE_SLOW_MIN;
	return room < LANE_SLOW_MAX ? (size_t)room : LANE_SLOW_MAX;
}

static size_t
lane_room(const struct pair *pair, const struct lane *lane)
{
	size_t room = lane == &pair->out ? pair_room(pair) : LANE_MAX;

	return lane->ended || lane->queued >= room ? 0 : room - lane->queued;
}

/* False: this connection is over. */
static bool
side_read(struct pair *pair, struct side *side)
{
	struct lane *lane = side == &pair->phone ? &pair->in : &pair->out;
	size_t room = lane_room(pair, lane);
	uint8_t some[PIECE_MAX];
	ssize_t n;

	if (room == 0)
		return true;
	n = recv(side->fd, some, room < sizeof some ? room : sizeof some, 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0) {
		lane->ended = true;
		return lane_add(lane, PIECE_END, (struct span){ NULL, 0 }, 0) != NULL;
	}
	return lane == &pair->in ? pair_heard(pair, (struct span){ some, (size_t)n })
				 : pair_answered(pair, (struct span){ some, (size_t)n });
}

/* ---- turns ---- */

/* Wait for what is possible, and for the next piece's time. */
static void
pair_wait(struct pair *pair)
{
	struct lane *lanes[] = { &pair->in, &pair->out };
	struct side *from[] = { &pair->phone, &pair->server };
	uint64_t now_us = pair_now_us(pair), next_us = UINT64_MAX;
	bool blocked[2] = { false, false };

	for (int i = 0; i < 2; i++) {
		const struct piece *piece;

		if (list_empty(&lanes[i]->pieces))
			continue;
		piece = LIST_ITEM(lanes[i]->pieces.next, struct piece, link);
		blocked[i] = piece->due_us <= now_us;
		if (!blocked[i] && piece->due_us < next_us)
			next_us = piece->due_us;
	}
	for (int i = 0; i < 2; i++)
		(void)loop_watch_set(from[i]->watch,
		    (lane_room(pair, lanes[i]) > 0 ? LOOP_READ : 0) |
			(blocked[!i] ? LOOP_WRITE : 0));
	if (next_us != UINT64_MAX)
		loop_timer_set(pair->timer, next_us - now_us, 0);
	else
		loop_timer_stop(pair->timer);
}

static void
pair_turn(struct pair *pair, bool alive)
{
	if (alive && lane_write(pair, &pair->in, &pair->server) &&
	    lane_write(pair, &pair->out, &pair->phone))
		pair_wait(pair);
	else
		pair_close(pair, pair->reset);
}

static void
side_on_event(void *arg, int possible)
{
	struct side *side = arg;

	pair_turn(side->pair, (possible & LOOP_READ) == 0 || side_read(side->pair, side));
}

static void
pair_on_time(void *arg)
{
	pair_turn(arg, true);
}

/* ---- birth and end ---- */

static void
side_close(struct side *side, bool reset)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (side->watch != NULL)
		loop_watch_close(side->watch);
	if (side->fd < 0)
		return;
	if (reset)
		(void)setsockopt(side->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	(void)close(side->fd);
}

void
pair_close(struct pair *pair, bool reset)
{
	list_remove(&pair->link);
	pair->front->n_pairs--;
	if (pair->timer != NULL)
		loop_timer_close(pair->timer);
	lane_done(&pair->in);
	lane_done(&pair->out);
	side_close(&pair->phone, reset);
	side_close(&pair->server, false);
	mem_free(pair);
}

static int
side_open(struct pair *pair, struct side *side)
{
	side->pair = pair;
	return loop_watch_new(pair->front->loop, side->fd, side_on_event, side, &side->watch);
}

/* The server gets one end of a pair of sockets, which no port and no name leads to. */
static int
pair_join(struct pair *pair, const struct sock_peer *peer)
{
	const struct front_cfg *cfg = &pair->front->cfg;
	int ends[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
		return -errno;
	pair->server.fd = ends[0];
	rc = side_open(pair, &pair->server);
	if (rc == 0)
		rc = side_open(pair, &pair->phone);
	if (rc == 0)
		rc = loop_timer_new(pair->front->loop, pair_on_time, pair, &pair->timer);
	if (rc == 0)
		return cfg->join(cfg->arg, ends[1], peer);
	(void)close(ends[1]);
	return rc;
}

/* The kernel has already said yes to the phone's SYN: what befell it holds up what follows. */
static bool
pair_greet(struct pair *pair)
{
	struct wire *wire = pair->front->cfg.wire;
	struct serve_fate fate;

	wire_fate(wire, SERVE_SYN, &fate);
	pair->in.last_us = pair_now_us(pair) + fate.delay_us + 2 * wire_latency_us(wire);
	if (!fate.lost)
		return true;
	pair->in.ended = true;
	return lane_add(&pair->out, PIECE_RESET, (struct span){ NULL, 0 }, pair->in.last_us) !=
	    NULL;
}

void
pair_open(struct front *front, int fd_take, const struct sock_peer *peer)
{
	struct pair *pair = mem_new(sizeof *pair);

	if (pair == NULL) {
		(void)close(fd_take);
		return;
	}
	pair->front = front;
	pair->phone.fd = fd_take;
	pair->server.fd = -1;
	lane_init(&pair->in, front->cfg.tls);
	lane_init(&pair->out, front->cfg.tls);
	list_init(&pair->link);
	list_add_tail(&front->pairs, &pair->link);
	front->n_pairs++;
	if (pair_join(pair, peer) == 0 && pair_greet(pair))
		pair_wait(pair);
	else
		pair_close(pair, false);
}
