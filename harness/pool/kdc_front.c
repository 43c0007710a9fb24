/* kdc_front.c - see kdc_front.h: what UDP and TCP have in common. */
#include "kdc_front.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kdc_front_priv.h"
#include "mem.h"

/* Bound to nothing: krb5kdc answers whoever asks, on the same machine. */
int
front_upstream(const struct kdc_front *front, int type)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(front->cfg.kdc_port),
		.sin_addr.s_addr = htonl(front->cfg.kdc_ip),
	};
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1, err;

	if (fd < 0)
		return -errno;
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Once a second: requests without an answer, connections without a byte. */
static void
front_on_sweep(void *arg)
{
	struct kdc_front *front = arg;
	uint64_t now_us = loop_now_us(front->loop);

	front_udp_sweep(front->udp, now_us);
	front_tcp_sweep(front->tcp, now_us);
}

int
kdc_front_new(struct loop *loop, const struct kdc_front_cfg *cfg, struct kdc_front **out)
{
	struct kdc_front *front = mem_new(sizeof *front);
	int err;

	if (front == NULL)
		return -ENOMEM;
	front->loop = loop;
	front->cfg = *cfg;
	err = loop_timer_new(loop, front_on_sweep, front, &front->sweep);
	if (err == 0)
		err = front_udp_new(front, &front->udp);
	if (err == 0)
		err = front_tcp_new(front, &front->tcp);
	if (err != 0) {
		kdc_front_free(front);
		return err;
	}
	loop_timer_set(
	    front->sweep, FRONT_SWEEP_S * FRONT_US_PER_S, FRONT_SWEEP_S * FRONT_US_PER_S);
	*out = front;
	return 0;
}

int
kdc_front_take(struct kdc_front *front, int fd_take)
{
	return front_tcp_take(front->tcp, fd_take);
}

int
kdc_front_refuse(struct kdc_front *front, bool refuse)
{
	return front_udp_refuse(front->udp, refuse);
}

const struct kdc_front_count *
kdc_front_counts(const struct kdc_front *front)
{
	return &front->count;
}

void
kdc_front_free(struct kdc_front *front)
{
	if (front == NULL)
		return;
	if (front->sweep != NULL)
		loop_timer_close(front->sweep);
	front_udp_free(front->udp);
	front_tcp_free(front->tcp);
	mem_free(front);
}
