/* capture.c - see capture.h.  dumpcap says "File: ..." when it has begun. */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "text.h"

enum { CAPTURE_WORDS = 16 + 2 * POOL_VLANS_MAX };

struct capture {
	struct capture_cfg cfg;
	struct loop_child *child;
	struct loop_watch *watch;
	int err_fd; /* our end of its standard error */
	char line[256];
	size_t n_line;
	char says[256];
	unsigned long lost;
	bool up, stopping;
};

/* The watch goes before its descriptor. */
static void
capture_unwatch(struct capture *c)
{
	if (c->watch != NULL)
		loop_watch_close(c->watch);
	c->watch = NULL;
	if (c->err_fd >= 0)
		(void)close(c->err_fd);
	c->err_fd = -1;
}

/* "File:" comes when packets are being written; the first other line is the complaint.  At the
 * end "... received/dropped on interface 'lo': 1189/0 (...". */
static void
capture_on_line(struct capture *c)
{
	unsigned long lost;

	c->line[c->n_line] = '\0';
	if (sscanf(c->line, "Packets received/dropped on interface %*[^:]: %*u/%lu", &lost) ==
	    1)
		c->lost += lost;
	if (strncmp(c->line, "File: ", 6) == 0 && !c->up) {
		c->up = true;
		c->cfg.on_up(c->cfg.arg);
	} else if (c->says[0] == '\0' && strncmp(c->line, "Capturing", 9) != 0) {
		(void)snprintf(c->says, sizeof c->says, "%s", c->line);
	}
	c->n_line = 0;
}

static void
capture_read(struct capture *c)
{
	char bytes[512];
	ssize_t n = read(c->err_fd, bytes, sizeof bytes);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		capture_unwatch(c);
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		/* dumpcap redraws its counter with a bare CR; what is too long is cut. */
		bool end = bytes[i] == '\n' || bytes[i] == '\r';

		if (!end && c->n_line < sizeof c->line - 1)
			c->line[c->n_line++] = bytes[i];
		else if (end && c->n_line > 0)
			capture_on_line(c);
	}
}

static void
capture_on_words(void *arg, int possible)
{
	(void)possible;
	capture_read(arg);
}

static void
capture_on_exit(void *arg, int status)
{
	struct capture *c = arg;

	(void)status;
	if (c->err_fd >= 0) /* its last words may still be in the pipe */
		capture_read(c);
	capture_unwatch(c);
	/* Also a capture that ends by itself while it is being stopped is stopped. */
	if (c->stopping)
		c->cfg.on_stopped(c->cfg.arg);
	else
		c->cfg.on_lost(c->cfg.arg);
}

void
capture_filter(const struct pool_file *pool, struct buf *out)
{
	const char *before = "(udp or tcp) and (";
	char ip[TEXT_IP_MAX], mask[TEXT_IP_MAX];

	for (size_t i = 0; i < pool->network.n_addresses; i++) {
		const struct pool_net *net = &pool->network.addresses[i];

		buf_printf(out, "%snet %s mask %s", before,
		    text_ip_str(net->ip & net->mask, ip), text_ip_str(net->mask, mask));
		before = " or ";
	}
	/* Relays talk to the server from addresses outside the phones' networks. */
	for (size_t i = 0; i < pool->dhcp.n_relays; i++) {
		buf_printf(
		    out, "%shost %s", before, text_ip_str(pool->dhcp.relay[i].giaddr, ip));
		before = " or ";
	}
	/* Who has no address yet is in no network. */
	if (out->n > 0 && pool->dhcp.mode == POOL_DHCP_BROADCAST)
		buf_text(out, " or udp port 67");
	buf_text(out, out->n > 0 ? ")" : "udp or tcp");
}

/* The next word of a command line that has room for it. */
static void
capture_word(const char **argv, size_t *n, const char *word)
{
	if (*n + 1 < CAPTURE_WORDS)
		argv[(*n)++] = word;
}

/* dumpcap itself.  Of each packet 8,192 bytes: enough for the longest SIP answer, without which
 * no later one could be deciphered; of the firmware's packets the rest is of no interest.  They
 * come in bursts: 32 MiB of buffer. */
static int
capture_spawn(struct capture *c, const char *filter, int err_fd)
{
	const struct pool_file *pool = c->cfg.pool;
	const char *argv[CAPTURE_WORDS] = { "dumpcap", "-q", "-s", "8192", "-B", "32", "-f",
		filter, "-w", c->cfg.file };
	size_t n = 10;

	capture_word(argv, &n, "-i");
	capture_word(argv, &n, c->cfg.interface);
	for (size_t i = 0; i < pool->network.n_vlans; i++) {
		capture_word(argv, &n, "-i");
		capture_word(argv, &n, pool->network.vlans[i].interface);
	}

	return loop_child_new(c->cfg.loop,
	    &(struct loop_child_cfg){ .argv = argv,
		.out_fd = -1,
		.err_fd = err_fd,
		.own_session = true,
		.on_exit = capture_on_exit,
		.arg = c },
	    &c->child);
}

int
capture_start(const struct capture_cfg *cfg, struct capture **out)
{
	struct capture *c = mem_new(sizeof *c);
	struct buf filter = { 0 };
	int ends[2], err;

	if (c == NULL)
		return -ENOMEM;
	c->cfg = *cfg;
	c->err_fd = -1;
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) {
		err = -errno;
		mem_free(c);
		return err;
	}
	c->err_fd = ends[0];
	capture_filter(cfg->pool, &filter);
	err = filter.err != 0 ? filter.err : capture_spawn(c, buf_cstr(&filter), ends[1]);
	buf_done(&filter);
	/* Its end is the child's now, so that ours sees the end of file. */
	(void)close(ends[1]);
	if (err == 0)
		err = loop_watch_new(cfg->loop, c->err_fd, capture_on_words, c, &c->watch);
	if (err == 0)
		err = loop_watch_set(c->watch, LOOP_READ);
	if (err != 0) {
		capture_free(c);
		return err;
	}
	*out = c;
	return 0;
}

const char *
capture_says(const struct capture *c)
{
	return c->says;
}

unsigned long
capture_lost(const struct capture *c)
{
	return c->lost;
}

/* SIGINT: dumpcap then writes what it has and counts its losses. */
void
capture_stop(struct capture *c)
{
	c->stopping = true;
	loop_child_kill(c->child, SIGINT);
}

void
capture_free(struct capture *c)
{
	if (c == NULL)
		return;
	capture_unwatch(c);
	if (c->child != NULL)
		loop_child_close(c->child);
	mem_free(c);
}
