/*
 * io_tcp_end.c - how a stream ends when its owner closes it.
 *
 * With bytes on their way it lingers: nobody hears of it any more, and it ends when they have
 * gone, when the peer ends it, or after IO_LINGER_US.  Over a phone's own line its end comes
 * behind them.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "io_tcp_priv.h"

void
io_stream_free(struct io_stream *s)
{
	io_due_done(io_world_of(&s->h), &s->linger);
	io_tls_free(s->tls);
	io_pace_free(s->pace);
	io_fd_close(&s->fd);
	buf_done(&s->out);
	io_handle_free(&s->h);
}

/* Drop what has come.  -EAGAIN: there will be more; -EINTR: there is; 0: the peer has ended. */
static int
stream_drain(struct io_stream *s)
{
	for (int i = 0; i < IO_READ_TURNS; i++) {
		ssize_t n = recv(s->fd.fd, NULL, IO_READ_MAX, MSG_TRUNC | MSG_DONTWAIT);

		if (n <= 0)
			return n < 0 && errno == EAGAIN ? -EAGAIN : 0;
	}
	return -EINTR;
}

/*
 * All is written.  What comes to a closed socket is answered by a reset, and a reset takes
 * what is still on its way along: then the peer's end is waited for.
 */
static void
stream_finish(struct io_stream *s)
{
	int on_its_way = 0, rc;

	if (s->state == STREAM_UP && s->tls != NULL)
		io_tls_bye(s->tls);
	s->state = STREAM_ENDING;
	if (s->pace != NULL && !io_pace_end(s->pace)) {
		io_due_set(io_world_of(&s->h), &s->linger, io_now_us() + IO_LINGER_US);
		return;
	}
	rc = stream_drain(s);
	if (rc == 0 || ioctl(s->fd.fd, SIOCOUTQ, &on_its_way) < 0 || on_its_way == 0) {
		io_stream_free(s);
		return;
	}
	shutdown(s->fd.fd, SHUT_WR);
	io_due_set(io_world_of(&s->h), &s->linger, io_now_us() + IO_LINGER_US);
	if (rc == -EINTR)
		io_wake(&s->h);
}

/* A peer that is answering takes nothing until its answers are read. */
void
io_stream_linger(struct io_stream *s)
{
	int rc = stream_drain(s);

	if (rc == -EINTR)
		io_wake(&s->h);
	if (s->state == STREAM_ENDING && rc == 0)
		io_stream_free(s);
	else if (s->state == STREAM_UP && io_stream_flush(s) != -EAGAIN)
		stream_finish(s);
	else if (s->state == STREAM_ENDING && s->pace != NULL && io_pace_end(s->pace))
		stream_finish(s);
}

void
io_stream_on_due(struct io_due *due)
{
	io_stream_free(LIST_ITEM(due, struct io_stream, linger));
}

void
io_stream_close(struct io_handle *h)
{
	struct io_stream *s = (struct io_stream *)h;

	if (s->state != STREAM_UP)
		io_stream_free(s);
	else if (s->out.n == 0)
		stream_finish(s);
	else
		io_due_set(io_world_of(h), &s->linger, io_now_us() + IO_LINGER_US);
}

void
io_stream_cut(struct io_handle *h)
{
	struct io_stream *s = (struct io_stream *)h;
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	if (s->fd.fd >= 0)
		setsockopt(s->fd.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	io_stream_free(s);
}
