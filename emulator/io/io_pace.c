/* io_pace.c - see io_pace.h. */
#include "io_pace.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "io_lane.h"
#include "io_tcp_priv.h"
#include "mem.h"

struct io_pace {
	struct io_due due; /* first, for its grave: of what comes next */
	struct io_stream *stream;
	struct io_lane up, down;
	enum { PACE_SYN, PACE_DIALLED, PACE_ANSWERED, PACE_OPEN } state;
	struct sockaddr_in to;
	uint64_t go_us;   /* when the SYN, its answer is there */
	uint64_t lost_us; /* when the phone's TCP gives up */
	uint32_t begun;   /* written, but leaves only with what follows */
	bool readable;    /* the socket has more, or its end */
	bool held_back;   /* and had when there was no room for it */
	bool blocked;     /* the socket takes no more */
	bool ending;      /* nothing more will be sent */
	int err;          /* with which the socket has ended */
};

static struct io_world *
pace_world(const struct io_pace *p)
{
	return p->stream->h.phone->world;
}

/* ---- the clock ---- */

static uint64_t
pace_sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void
pace_arm(struct io_pace *p)
{
	uint64_t at_us = pace_sooner(io_lane_next_us(&p->up), io_lane_next_us(&p->down));

	at_us = pace_sooner(at_us, pace_sooner(p->go_us, p->lost_us));
	if (at_us != IO_SHAPE_NEVER)
		io_due_set(pace_world(p), &p->due, at_us);
	else
		io_due_unset(pace_world(p), &p->due);
}

/*
 * What the server had ready left when there was room again, not when our loop has come to see
 * that: a busy machine does not make the line thinner.
 */
static uint64_t
pace_now_us(const struct io_pace *p, const struct io_lane *lane)
{
	uint64_t now_us = io_now_us();

	return lane == &p->down && p->held_back ? pace_sooner(now_us, lane->landed_us) : now_us;
}

/* Of a server's piece nobody tells the phone that it never comes. */
static uint64_t
pace_leave(struct io_pace *p, struct io_lane *lane, uint32_t n, bool syn)
{
	uint64_t unheard = IO_SHAPE_NEVER;

	return io_lane_leave(
	    lane, pace_now_us(p, lane), n, syn, lane == &p->up ? &p->lost_us : &unheard);
}

/* ---- the socket ---- */

/* Told on a later turn, behind what can still be read. */
static void
pace_fail(struct io_pace *p, int err)
{
	p->stream->err = err;
	io_wake(&p->stream->h);
}

static void
pace_flush(struct io_pace *p)
{
	struct io_lane *up = &p->up;

	while (up->there > 0 && !p->blocked) {
		ssize_t n = send(p->stream->fd.fd, up->bytes.p, up->there, MSG_NOSIGNAL);

		if (n >= 0) {
			io_lane_take(up, (size_t)n);
			continue;
		}
		p->blocked = true;
		if (errno != EAGAIN)
			pace_fail(p, -errno);
	}
}

/* Read only what there is room for: the rest is the server's to keep. */
static void
pace_fill(struct io_pace *p)
{
	struct io_lane *down = &p->down;
	uint8_t bytes[IO_SHAPE_PIECE];

	while (p->readable && p->state == PACE_OPEN && !io_lane_is_dead(down) &&
	    down->end_us == IO_SHAPE_NEVER) {
		size_t room = io_lane_room(down);
		ssize_t n = room > 0 ? recv(p->stream->fd.fd, bytes, room, 0) : 0;

		if (room == 0) {
			p->held_back = true;
			return;
		}
		if (n > 0) {
			buf_put(&down->bytes, bytes, (size_t)n);
			if (down->bytes.err != 0) {
				p->readable = false;
				pace_fail(p, down->bytes.err);
				return;
			}
			(void)pace_leave(p, down, (uint32_t)n, false);
		} else if (n < 0 && errno == EAGAIN) {
			p->readable = p->held_back = false;
		} else {
			p->err = n < 0 ? -errno : 0;
			down->end_us = pace_leave(p, down, 0, false);
		}
	}
}

uint32_t
io_pace_on_ready(struct io_pace *p, uint32_t events)
{
	if (p->state == PACE_DIALLED && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
		/* Also a refusal has to come back. */
		p->state = PACE_ANSWERED;
		p->readable = true;
		p->go_us = pace_leave(p, &p->down, 0, true);
		pace_arm(p);
	}
	if (p->state != PACE_OPEN)
		return 0;
	if (events & EPOLLOUT) {
		p->blocked = false;
		pace_flush(p);
	}
	if (events & ~(uint32_t)EPOLLOUT)
		p->readable = true;
	if (p->stream->h.closed)
		return events;
	pace_fill(p);
	pace_arm(p);
	return events & EPOLLOUT;
}

/* ---- what comes next is there ---- */

static void
pace_go_on(struct io_pace *p)
{
	p->go_us = IO_SHAPE_NEVER;
	if (p->state == PACE_SYN) {
		p->state = PACE_DIALLED;
		io_stream_dial(p->stream, &p->to);
	} else {
		p->state = PACE_OPEN;
	}
}

static void
pace_on_due(struct io_due *due)
{
	struct io_pace *p = LIST_ITEM(due, struct io_pace, due);
	uint64_t now_us = io_now_us();

	if (p->lost_us <= now_us) {
		p->lost_us = IO_SHAPE_NEVER;
		pace_fail(p, -ETIMEDOUT);
	}
	io_lane_land(&p->up, now_us);
	io_lane_land(&p->down, now_us);
	if (p->state == PACE_OPEN)
		pace_flush(p);
	if (!p->stream->h.closed)
		pace_fill(p);
	/* Last: whether it is connected is not for us to read from the socket. */
	if (p->go_us <= now_us)
		pace_go_on(p);
	pace_arm(p);
	/* The stream may be gone afterwards. */
	if (p->state == PACE_OPEN)
		io_stream_move(p->stream, EPOLLIN | EPOLLOUT);
}

static void
pace_go_up(struct io_turn *turn)
{
	io_stream_move(LIST_ITEM(turn, struct io_pace, up.turn)->stream, EPOLLOUT);
}

static void
pace_go_down(struct io_turn *turn)
{
	struct io_pace *p = LIST_ITEM(turn, struct io_pace, down.turn);

	pace_fill(p);
	pace_arm(p);
}

/* ---- the stream's calls ---- */

static ssize_t
pace_send(struct io_pace *p, struct span bytes, bool more)
{
	struct io_lane *up = &p->up;
	size_t room = more ? bytes.n : io_lane_room(up);

	/* Behind a gap that is never filled: the stream hears of it when TCP gives up. */
	if (io_lane_is_dead(up))
		return (ssize_t)bytes.n;
	if (room == 0)
		return -EAGAIN;
	if (bytes.n > room)
		bytes.n = room;
	buf_span(&up->bytes, bytes);
	if (up->bytes.err != 0)
		return up->bytes.err;
	p->begun += (uint32_t)bytes.n;
	if (more)
		return (ssize_t)bytes.n;
	(void)pace_leave(p, up, p->begun, false);
	p->begun = 0;
	pace_arm(p);
	return (ssize_t)bytes.n;
}

static ssize_t
pace_recv(struct io_pace *p, void *to, size_t n)
{
	struct io_lane *down = &p->down;

	if (down->there == 0) {
		pace_fill(p);
		pace_arm(p);
		return down->ended ? p->err : -EAGAIN;
	}
	n = n < down->there ? n : down->there;
	memcpy(to, down->bytes.p, n);
	io_lane_take(down, n);
	/* There is room again for what the socket has. */
	pace_fill(p);
	pace_arm(p);
	return (ssize_t)n;
}

ssize_t
io_wire_send(int fd, struct io_pace *pace, struct span bytes, bool more)
{
	ssize_t n;

	if (pace != NULL)
		return pace_send(pace, bytes, more);
	n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	return n < 0 ? -errno : n;
}

ssize_t
io_wire_recv(int fd, struct io_pace *pace, void *p, size_t n)
{
	ssize_t got;

	if (pace != NULL)
		return pace_recv(pace, p, n);
	got = recv(fd, p, n, 0);
	return got < 0 ? -errno : got;
}

bool
io_pace_end(struct io_pace *p)
{
	if (!p->ending && !io_lane_is_dead(&p->up)) {
		p->up.end_us = pace_leave(p, &p->up, 0, false);
		pace_arm(p);
	}
	p->ending = true;
	return io_lane_is_dead(&p->up) || (p->up.ended && p->up.bytes.n == 0);
}

void
io_pace_hurry(struct io_pace *p)
{
	if (p->state != PACE_OPEN)
		return;
	io_lane_land_all(&p->up);
	p->blocked = false;
	pace_flush(p);
}

/* ---- from open to free ---- */

/* A server is to see a phone's window and packets, not this machine's. */
void
io_pace_connect(struct io_pace *p, const struct sockaddr_in *to)
{
	int fd = p->stream->fd.fd, window = 2 * IO_SHAPE_WINDOW, mss = IO_SHAPE_MSS;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
	setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof(mss));
	p->to = *to;
	p->go_us = pace_leave(p, &p->up, 0, true);
	pace_arm(p);
}

int
io_pace_new(struct io_stream *s, struct io_pace **out)
{
	struct io_pace *p = mem_new(sizeof(*p));

	if (p == NULL)
		return -ENOMEM;
	p->stream = s;
	if (io_due_init(pace_world(p), &p->due, pace_on_due) < 0) {
		mem_free(p);
		return -ENOMEM;
	}
	p->go_us = p->lost_us = IO_SHAPE_NEVER;
	io_lane_init(&p->up, s->h.phone->shaper, IO_SHAPE_UP, pace_go_up);
	io_lane_init(&p->down, s->h.phone->shaper, IO_SHAPE_DOWN, pace_go_down);
	*out = p;
	return 0;
}

void
io_pace_free(struct io_pace *p)
{
	struct io_world *w;

	if (p == NULL)
		return;
	w = pace_world(p);
	io_due_done(w, &p->due);
	io_lane_done(&p->up);
	io_lane_done(&p->down);
	io_bury(w, p);
}
