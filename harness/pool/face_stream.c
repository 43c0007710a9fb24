/*
 * face_stream.c - see face_stream.h.  A connection lives through: accepted,
 * greeting (TLS), talking, ending (only sends).  Whatever frees it happens at
 * the end of a turn, in stream_settle().
 */
#include "face_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "list.h"
#include "mem.h"

enum {
	STREAM_READ_MAX = 16384,
	STREAM_READS = 4,             /* a turn, so that one client cannot starve the rest */
	STREAM_OUT_MAX = 1024 * 1024, /* a client that does not read is dropped */
	STREAM_ACCEPTS = 64,
	STREAM_SWEEP_US = 1000000,
	STREAM_GREET_US = 30000000,
};

struct stream_conn {
	struct list list;
	struct face_stream *face;
	struct link link;
	struct loop_watch *watch;
	struct sock_peer peer;
	struct buf out;
	void *user;
	uint64_t born_us;
	bool greeted, ending, dead;
};

struct face_stream {
	struct face_stream_cfg cfg;
	int listener, spare; /* spare: a descriptor to refuse with when there are none left */
	struct loop_watch *watch;
	struct loop_timer *sweep;
	struct list conns;
	size_t n_conns;
	uint8_t in[STREAM_READ_MAX];
};

static void
stream_drop(struct stream_conn *conn)
{
	list_remove(&conn->list);
	conn->face->n_conns--;
	if (conn->user != NULL)
		conn->face->cfg.ops->close(conn->face->cfg.arg, conn->user);
	if (conn->watch != NULL)
		loop_watch_close(conn->watch);
	link_close(&conn->link);
	buf_done(&conn->out);
	mem_free(conn);
}

/* Send what is queued, as far as the socket takes it. */
static void
stream_flush(struct stream_conn *conn)
{
	while (!conn->dead && conn->out.n > 0) {
		ssize_t n = link_write(&conn->link, conn->out.p, conn->out.n);

		if (n == -EAGAIN || n == -EINTR)
			return;
		if (n < 0) {
			conn->dead = true;
			return;
		}
		tap_reply(conn->face->cfg.tap, (uint64_t)n);
		buf_eat(&conn->out, (size_t)n);
	}
	/* Thousands of idle connections should not each keep a buffer. */
	buf_done(&conn->out);
	buf_init(&conn->out, STREAM_OUT_MAX);
}

/* The end of every turn: free it, or wait for what comes next. */
static void
stream_settle(struct stream_conn *conn)
{
	int wanted = LOOP_READ;

	if (conn->out.err != 0 || (conn->ending && conn->out.n == 0))
		conn->dead = true;
	if (conn->dead) {
		stream_drop(conn);
		return;
	}
	if (!conn->greeted)
		wanted = link_wants_write(&conn->link) ? LOOP_WRITE : LOOP_READ;
	else if (conn->out.n > 0)
		wanted = conn->ending ? LOOP_WRITE : LOOP_READ | LOOP_WRITE;
	loop_watch_set(conn->watch, wanted);
}

static void
stream_read(struct stream_conn *conn)
{
	struct face_stream *face = conn->face;

	for (int i = 0; i < STREAM_READS && !conn->ending && !conn->dead; i++) {
		ssize_t n = link_read(&conn->link, face->in, sizeof face->in);

		if (n == -EAGAIN || n == -EINTR)
			return;
		if (n <= 0) {
			conn->dead = true;
			return;
		}
		tap_request(face->cfg.tap, (uint64_t)n);
		if (face->cfg.ops->input(face->cfg.arg, conn->user,
			(struct span){ face->in, (size_t)n }, &conn->out) != 0)
			conn->ending = true;
	}
}

static void
stream_ready(void *arg, int possible)
{
	struct stream_conn *conn = arg;

	(void)possible;
	if (!conn->greeted) {
		int rc = link_greet(&conn->link);

		conn->greeted = rc == 0;
		conn->dead = rc != 0 && rc != -EAGAIN;
	}
	if (conn->greeted && !conn->dead) {
		stream_flush(conn);
		stream_read(conn);
		stream_flush(conn);
	}
	stream_settle(conn);
}

int
face_stream_take(struct face_stream *face, int fd, const struct sock_peer *peer)
{
	struct stream_conn *conn = mem_new(sizeof *conn);

	if (conn == NULL || link_open(&conn->link, fd, face->cfg.tls) != 0) {
		mem_free(conn);
		close(fd);
		return -ENOMEM;
	}
	conn->face = face;
	conn->peer = *peer;
	conn->greeted = face->cfg.tls == NULL;
	conn->born_us = loop_now_us(face->cfg.loop);
	buf_init(&conn->out, STREAM_OUT_MAX);
	list_add_tail(&face->conns, &conn->list);
	face->n_conns++;
	conn->user = face->cfg.ops->open(face->cfg.arg, conn, peer);
	if (conn->user == NULL ||
	    loop_watch_new(face->cfg.loop, fd, stream_ready, conn, &conn->watch) != 0 ||
	    loop_watch_set(conn->watch, LOOP_READ) != 0) {
		stream_drop(conn);
		return -ENOMEM;
	}
	return 0;
}

static int
stream_spare(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Out of descriptors: a client is better refused than left in a queue nobody serves.  False:
 * even the spare one has gone to another thread. */
static bool
stream_refuse(struct face_stream *face)
{
	struct sock_peer peer;
	int fd;

	if (face->spare < 0)
		return false;
	close(face->spare);
	fd = sock_accept(face->listener, &peer);
	if (fd >= 0) {
		close(fd);
		pool_log_line(face->cfg.tap->log, face->cfg.tap->server, peer.ip,
		    "refused: out of descriptors");
	}
	face->spare = stream_spare();
	return face->spare >= 0;
}

static void
stream_acceptable(void *arg, int possible)
{
	struct face_stream *face = arg;

	(void)possible;
	for (int i = 0; i < STREAM_ACCEPTS; i++) {
		struct sock_peer peer;
		int fd = sock_accept(face->listener, &peer);

		if (fd >= 0)
			(void)face_stream_take(face, fd, &peer);
		else if (fd == -EMFILE || fd == -ENFILE) {
			if (stream_refuse(face))
				continue;
			loop_watch_set(face->watch, 0); /* until the next sweep */
			return;
		} else if (fd != -ECONNABORTED && fd != -EINTR)
			return;
	}
}

static bool
stream_is_idle(const struct stream_conn *conn, uint64_t now_us)
{
	const struct face_stream_ops *ops = conn->face->cfg.ops;

	if (!conn->greeted)
		return now_us - conn->born_us > STREAM_GREET_US;
	return ops->idle != NULL && ops->idle(conn->face->cfg.arg, conn->user, now_us);
}

static void
stream_sweep(void *arg)
{
	struct face_stream *face = arg;
	uint64_t now_us = loop_now_us(face->cfg.loop);
	struct list *next;

	for (struct list *at = face->conns.next; at != &face->conns; at = next) {
		struct stream_conn *conn = LIST_ITEM(at, struct stream_conn, list);

		next = at->next;
		if (stream_is_idle(conn, now_us))
			stream_drop(conn);
	}
	if (face->watch == NULL)
		return;
	if (face->spare < 0)
		face->spare = stream_spare();
	loop_watch_set(face->watch, LOOP_READ);
}

static int
stream_listen(struct face_stream *face)
{
	const struct face_stream_cfg *cfg = &face->cfg;
	int rc;

	face->listener = rc = sock_listen(cfg->at.ip, cfg->at.port);
	if (rc < 0)
		return rc;
	face->spare = stream_spare();
	rc = loop_watch_new(cfg->loop, face->listener, stream_acceptable, face, &face->watch);
	return rc < 0 ? rc : loop_watch_set(face->watch, LOOP_READ);
}

int
face_stream_new(const struct face_stream_cfg *cfg, struct face_stream **out)
{
	struct face_stream *face = mem_new(sizeof *face);
	int rc = 0;

	if (face == NULL)
		return -ENOMEM;
	face->cfg = *cfg;
	list_init(&face->conns);
	face->listener = face->spare = -1;
	if (!cfg->fronted)
		rc = stream_listen(face);
	if (rc == 0)
		rc = loop_timer_new(cfg->loop, stream_sweep, face, &face->sweep);
	if (rc < 0) {
		face_stream_free(face);
		return rc;
	}
	loop_timer_set(face->sweep, STREAM_SWEEP_US, STREAM_SWEEP_US);
	*out = face;
	return 0;
}

void
face_stream_each(struct face_stream *face, face_stream_fn *fn, void *arg)
{
	struct list *next;

	for (struct list *at = face->conns.next; at != &face->conns; at = next) {
		struct stream_conn *conn = LIST_ITEM(at, struct stream_conn, list);

		next = at->next;
		if (!conn->greeted || conn->ending)
			continue;
		fn(arg, conn->user, &conn->out);
		stream_flush(conn);
		stream_settle(conn);
	}
}

void
face_stream_free(struct face_stream *face)
{
	if (face == NULL)
		return;
	while (!list_empty(&face->conns))
		stream_drop(LIST_ITEM(face->conns.next, struct stream_conn, list));
	if (face->sweep != NULL)
		loop_timer_close(face->sweep);
	if (face->watch != NULL)
		loop_watch_close(face->watch);
	if (face->listener >= 0)
		close(face->listener);
	if (face->spare >= 0)
		close(face->spare);
	mem_free(face);
}

const struct sock_peer *
stream_conn_peer(const struct stream_conn *conn)
{
	return &conn->peer;
}
