/* wire_dhcp.c - see wire_dhcp.h. */
#include "wire_dhcp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <linux/if_ether.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io_priv.h"
#include "rng.h"
#include "serve_dhcp.h"

enum { NETS = 2, SERVER_0 = 0x0a2a000a, SERVER_1 = 0x0a2b000a, PATIENCE_MS = 60000 };

struct server {
	struct wire_dhcp_counts *counts;
	struct serve_dhcp *dhcp[NETS];
	int raw[NETS], word;
	unsigned drop, turn;
	struct rng chance;
};

static struct serve_dhcp *
make(int net)
{
	uint32_t base = net == 0 ? 0x0a2a0000 : 0x0a2b0000;
	struct serve_dhcp_scope scope = { .ip = base,
		.mask = 0xffff0000,
		.first = base + 0x4001,
		.last = base + 0x7ffe,
		.router = base + 10,
		.dns = { base + 10 },
		.voice_vlan = net == 0 ? WIRE_DHCP_TAG : 0 };
	struct serve_dhcp_cfg cfg = { .server = base + 10,
		.scopes = &scope,
		.n_scopes = 1,
		.vendor_class = "CPE-OCPhone",
		.domain = "contoso.com",
		.lease_s = 3600 };
	struct serve_dhcp *out = NULL;

	if (serve_dhcp_new(&cfg, &out) != 0)
		abort();
	return out;
}

static void
count(struct server *s, int net, const struct frame_udp *f, const struct serve_dhcp_done *done)
{
	if (done->asked == DHCP_DISCOVER)
		atomic_fetch_add(&s->counts->discovers[net], 1);
	if (done->asked == DHCP_REQUEST)
		atomic_fetch_add(&s->counts->requests[net], 1);
	if (done->asked == DHCP_RELEASE)
		atomic_fetch_add(&s->counts->releases[net], 1);
	else if (memcmp(f->from, done->mac, FRAME_MAC) != 0)
		atomic_fetch_add(&s->counts->strangers, 1);
}

/* To everybody, or to the phone's MAC and the address that is to be its. */
static void
reply(struct server *s, int net, const struct frame_udp *asked, struct span message,
    const struct serve_dhcp_done *done)
{
	static const uint8_t mac[FRAME_MAC] = { 2, 0, 0, 0, 0, 0x0a };
	struct frame_udp f = { .src = net == 0 ? SERVER_0 : SERVER_1,
		.dst = UINT32_MAX,
		.sport = 67,
		.dport = 68,
		.payload = message };
	struct buf b = { 0 };

	memcpy(f.from, mac, FRAME_MAC);
	memcpy(f.to, frame_everybody, FRAME_MAC);
	if (done->to_ip != 0 || (s->turn++ % 2 == 0 && done->ip != 0)) {
		memcpy(f.to, asked->from, FRAME_MAC);
		f.dst = done->to_ip != 0 ? done->to_ip : done->ip;
	}
	frame_udp_write(&b, &f);
	(void)!send(s->raw[net], b.p, b.n, 0);
	buf_done(&b);
}

/* Whoever says that an address is now his has put it to use. */
static bool
is_announced(struct server *s, int net, struct span frame)
{
	struct wire_dhcp_counts *c = s->counts;
	struct frame_arp a;

	if (frame_arp_read(&a, frame) != 0)
		return false;
	if (a.sender_ip == a.target_ip &&
	    atomic_fetch_add(&c->announced[net], 1) + 1 == atomic_load(&c->wanted[net]))
		(void)!write(s->word, "!", 1);
	return true;
}

static void
hear(struct server *s, int net)
{
	uint8_t memory[WIRE_MAX];
	ssize_t n = recv(s->raw[net], memory, sizeof memory, 0);
	struct serve_dhcp_done done = { 0 };
	struct buf out = { 0 };
	struct frame_udp f;

	if (n <= 0 || is_announced(s, net, (struct span){ memory, (size_t)n }))
		return;
	if (frame_udp_read(&f, (struct span){ memory, (size_t)n }, false) != 0 ||
	    f.dport != 67 || rng_u32(&s->chance) % 100 < s->drop)
		return;
	(void)serve_dhcp_answer(s->dhcp[net], f.payload, io_now_us(), &out, &done);
	count(s, net, &f, &done);
	if (out.n > 0)
		reply(s, net, &f, buf_bytes(&out), &done);
	buf_done(&out);
}

static void
serve(struct server *s)
{
	struct pollfd fds[NETS];

	for (int i = 0; i < NETS; i++) {
		s->dhcp[i] = make(i);
		fds[i] = (struct pollfd){ .fd = s->raw[i], .events = POLLIN };
	}
	rng_seed(&s->chance, 7, 7);
	for (;;) {
		(void)poll(fds, NETS, -1);
		for (int i = 0; i < NETS; i++)
			if (fds[i].revents != 0)
				hear(s, i);
	}
}

void
wire_dhcp_start(struct wire_dhcp *d, struct wire_rig *wr, unsigned drop)
{
	struct server s = { .drop = drop };
	int room = 8 * 1024 * 1024, word[2];

	d->counts = mmap(
	    NULL, sizeof *d->counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(d->counts, MAP_FAILED);
	wire_rig_ip(wr, false, "addr add 10.43.0.10/16 dev wb");
	/* These take the unicasts from the kernel, or it would say that nobody is there. */
	(void)wire_rig_socket(wr, SOCK_DGRAM, SERVER_0, 67);
	(void)wire_rig_socket(wr, SOCK_DGRAM, SERVER_1, 67);
	assert_int_equal(pipe(word), 0);
	d->word = word[0];
	s.word = word[1];
	s.counts = d->counts;
	s.raw[0] = wire_rig_raw(wr, "vb");
	s.raw[1] = wire_rig_raw(wr, "wb");
	for (int i = 0; i < NETS; i++)
		(void)setsockopt(s.raw[i], SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
	d->pid = fork();
	assert_true(d->pid >= 0);
	if (d->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(&s);
	}
	close(s.raw[0]);
	close(s.raw[1]);
	close(word[1]);
}

void
wire_dhcp_await(const struct wire_dhcp *d, int net, unsigned addresses)
{
	struct pollfd word = { .fd = d->word, .events = POLLIN };
	char said;

	atomic_store(&d->counts->wanted[net], addresses);
	if (atomic_load(&d->counts->announced[net]) >= addresses)
		return;
	assert_int_equal(poll(&word, 1, PATIENCE_MS), 1);
	assert_int_equal(read(d->word, &said, 1), 1);
}

void
wire_dhcp_stop(struct wire_dhcp *d)
{
	assert_int_equal(kill(d->pid, SIGKILL), 0);
	assert_int_equal(waitpid(d->pid, NULL, 0), d->pid);
	close(d->word);
	munmap(d->counts, sizeof *d->counts);
}
