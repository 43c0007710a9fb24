/* The faces on real loopback sockets: UDP, TCP, TLS 1.0 with the phone's three suites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "face_stream.h"
#include "face_udp.h"
#include "folder.h"
#include "mem.h"

enum { TEST_IP = 0x7f000001, TEST_PORT = 28401, BULK = 750 * 1000 };

/* A loop with one face, run on a thread of its own; the test is the client. */
struct fixture {
	char dir[FOLDER_PATH_MAX];
	struct loop *loop;
	struct tap tap;
	struct pool_ca *ca;
	struct pool_cert *cert;
	struct link_tls *tls;
	struct face_udp *udp;
	struct face_stream *stream;
	pthread_t thread;
	atomic_int opened, closed; /* by the loop's thread */
};

static int
setup(void **state)
{
	static const char *const names[] = { "pool01.contoso.com", NULL };
	struct fixture *f = mem_new(sizeof *f);
	char path[FOLDER_PATH_MAX];

	*state = f;
	assert_int_equal(folder_make(NULL, f->dir), 0);
	assert_int_equal(pool_log_open(folder_file(f->dir, "log", path), &f->tap.log), 0);
	f->tap.server = "test";
	assert_int_equal(loop_new(&f->loop), 0);
	assert_int_equal(pool_ca_new("test CA", loop_wall_us() / 1000000, 0, false, &f->ca), 0);
	assert_int_equal(pool_ca_issue(f->ca, names, CERTIFICATE_GOOD, &f->cert), 0);
	assert_int_equal(link_tls_new(f->cert, &f->tls), 0);
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	link_tls_free(f->tls);
	pool_cert_free(f->cert);
	pool_ca_free(f->ca);
	loop_free(f->loop);
	pool_log_close(f->tap.log);
	folder_remove(f->dir);
	mem_free(f);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static void *
fixture_thread(void *arg)
{
	struct fixture *f = arg;

	loop_run(f->loop);
	return NULL;
}

static void
fixture_run(struct fixture *f)
{
	assert_int_equal(pthread_create(&f->thread, NULL, fixture_thread, f), 0);
}

static void
fixture_stop(struct fixture *f)
{
	loop_stop(f->loop);
	pthread_join(f->thread, NULL);
	face_udp_free(f->udp);
	face_stream_free(f->stream);
	assert_int_equal(f->opened, f->closed);
	/* The loop lets go of what was closed. */
	loop_run(f->loop);
}

static void
dial(int fd)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(TEST_PORT),
		.sin_addr.s_addr = htonl(TEST_IP),
	};
	struct timeval limit = { .tv_sec = 20 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
}

static int
client(int type)
{
	int fd = socket(AF_INET, type, 0);

	assert_true(fd >= 0);
	dial(fd);
	return fd;
}

/* ---- UDP ---- */

static void
on_packet(void *arg, const struct sock_peer *from, struct span packet, struct buf *reply,
    struct sock_peer *to)
{
	(void)arg;
	(void)from;
	(void)to;
	if (packet.n > 0 && packet.p[0] != '!')
		buf_span(reply, packet);
}

static void
given_packets_the_udp_face_answers_or_keeps_silent(void **state)
{
	struct fixture *f = *state;
	char in[16];
	int fd;

	assert_int_equal(face_udp_new(&(struct face_udp_cfg){ .loop = f->loop,
					  .tap = &f->tap,
					  .at = { TEST_IP, TEST_PORT },
					  .fn = on_packet },
			     &f->udp),
	    0);
	fixture_run(f);
	fd = client(SOCK_DGRAM);
	assert_int_equal(send(fd, "!mute", 5, 0), 5);
	assert_int_equal(send(fd, "hello", 5, 0), 5);
	assert_int_equal(recv(fd, in, sizeof in, 0), 5);
	assert_memory_equal(in, "hello", 5);
	close(fd);
	fixture_stop(f);
	assert_int_equal(f->tap.requests, 2);
	assert_int_equal(f->tap.replies, 1);
	assert_int_equal(f->tap.bytes_in, 10);
}

static void
given_a_taken_port_the_face_says_so(void **state)
{
	struct fixture *f = *state;
	int fd = sock_listen(TEST_IP, TEST_PORT);
	struct face_stream_cfg cfg = {
		.loop = f->loop, .tap = &f->tap, .at = { TEST_IP, TEST_PORT }
	};

	assert_true(fd >= 0);
	assert_int_equal(face_stream_new(&cfg, &f->stream), -EADDRINUSE);
	assert_null(f->stream);
	close(fd);
	loop_run(f->loop);
}

/* ---- streams: echo; "bulk" is answered with a lot, "bye" with an end ---- */

static void *
on_open(void *arg, struct stream_conn *conn, const struct sock_peer *peer)
{
	struct fixture *f = arg;

	(void)conn;
	assert_int_equal(peer->ip, TEST_IP);
	f->opened++;
	return f;
}

static int
on_input(void *arg, void *user, struct span bytes, struct buf *out)
{
	(void)arg;
	(void)user;
	if (span_is(bytes, "bulk")) {
		for (int i = 0; i < BULK / 1000; i++)
			buf_zero(out, 1000);
		return 0;
	}
	buf_span(out, bytes);
	return span_is(bytes, "bye") ? 1 : 0;
}

static void
on_close(void *arg, void *user)
{
	(void)arg;
	((struct fixture *)user)->closed++;
}

static const struct face_stream_ops echo_ops = { on_open, on_input, NULL, on_close };

static void
stream_face(struct fixture *f, const struct link_tls *tls)
{
	assert_int_equal(face_stream_new(&(struct face_stream_cfg){ .loop = f->loop,
					     .tap = &f->tap,
					     .at = { TEST_IP, TEST_PORT },
					     .tls = tls,
					     .ops = &echo_ops,
					     .arg = f },
			     &f->stream),
	    0);
	fixture_run(f);
}

static void
given_a_client_the_stream_face_echoes_sends_much_and_ends(void **state)
{
	struct fixture *f = *state;
	char in[65536];
	size_t got = 0;
	int fd;

	stream_face(f, NULL);
	fd = client(SOCK_STREAM);
	assert_int_equal(send(fd, "hello", 5, 0), 5);
	assert_int_equal(recv(fd, in, sizeof in, 0), 5);
	assert_int_equal(send(fd, "bulk", 4, 0), 4);
	while (got < BULK) {
		ssize_t n = recv(fd, in, sizeof in, 0);

		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_int_equal(send(fd, "bye", 3, 0), 3);
	assert_int_equal(recv(fd, in, 3, MSG_WAITALL), 3);
	assert_int_equal(recv(fd, in, sizeof in, 0), 0);
	close(fd);
	fixture_stop(f);
	assert_int_equal(f->opened, 1);
}

static void
greet(struct fixture *f, const char *priority, gnutls_cipher_algorithm_t cipher,
    gnutls_mac_algorithm_t mac)
{
	gnutls_certificate_credentials_t creds;
	gnutls_session_t s;
	char in[64];
	size_t got = 0;
	int fd = client(SOCK_STREAM), rc;

	(void)f;
	assert_int_equal(gnutls_certificate_allocate_credentials(&creds), 0);
	assert_int_equal(gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NO_EXTENSIONS), 0);
	assert_int_equal(gnutls_priority_set_direct(s, priority, NULL), 0);
	assert_int_equal(gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, creds), 0);
	gnutls_transport_set_int(s, fd);
	do {
		rc = gnutls_handshake(s);
	} while (rc < 0 && !gnutls_error_is_fatal(rc));
	assert_int_equal(rc, 0);
	assert_int_equal(gnutls_protocol_get_version(s), GNUTLS_TLS1_0);
	assert_int_equal(gnutls_cipher_get(s), cipher);
	assert_int_equal(gnutls_mac_get(s), mac);
	assert_int_equal(gnutls_record_send(s, "over TLS", 8), 8);
	while (got < 8) {
		ssize_t n = gnutls_record_recv(s, in + got, sizeof in - got);

		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_memory_equal(in, "over TLS", 8);
	gnutls_bye(s, GNUTLS_SHUT_RDWR);
	gnutls_deinit(s);
	gnutls_certificate_free_credentials(creds);
	close(fd);
}

static void
given_the_phones_suites_tls_comes_up_with_each(void **state)
{
#define PHONE "NONE:+VERS-TLS1.0:+RSA:+COMP-NULL:+SIGN-ALL:%COMPAT"
	struct fixture *f = *state;

	stream_face(f, f->tls);
	greet(f, PHONE ":+ARCFOUR-128:+MD5", GNUTLS_CIPHER_ARCFOUR_128, GNUTLS_MAC_MD5);
	greet(f, PHONE ":+ARCFOUR-128:+SHA1", GNUTLS_CIPHER_ARCFOUR_128, GNUTLS_MAC_SHA1);
	greet(f, PHONE ":+3DES-CBC:+SHA1", GNUTLS_CIPHER_3DES_CBC, GNUTLS_MAC_SHA1);
	fixture_stop(f);
	assert_int_equal(f->opened, 3);
}

static void
given_garbage_the_tls_face_drops_it_and_lives(void **state)
{
	struct fixture *f = *state;
	char bytes[512];
	int fd;

	stream_face(f, f->tls);
	for (int i = 0; i < 20; i++) {
		for (size_t b = 0; b < sizeof bytes; b++)
			bytes[b] = (char)((size_t)i * 31 + b * 7);
		fd = client(SOCK_STREAM);
		send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
		shutdown(fd, SHUT_WR);
		while (recv(fd, bytes, sizeof bytes, 0) > 0)
			;
		close(fd);
	}
	greet(f, PHONE ":+ARCFOUR-128:+MD5", GNUTLS_CIPHER_ARCFOUR_128, GNUTLS_MAC_MD5);
	fixture_stop(f);
}

/* ---- out of descriptors ---- */

static void
on_turn(void *arg)
{
	sem_post(arg);
}

/* The loop has gone round: it has seen what was there when this was called. */
static void
turn(struct fixture *f)
{
	sem_t done;

	sem_init(&done, 0, 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(loop_post(f->loop, on_turn, &done), 0);
		while (sem_wait(&done) != 0)
			;
	}
	sem_destroy(&done);
}

/* As many descriptors as there are, and n more. */
static void
allow(unsigned n, struct rlimit *was)
{
	struct rlimit now;
	int next = dup(0);

	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, was), 0);
	now = (struct rlimit){ (rlim_t)next + n, was->rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
}

static void
given_no_descriptor_left_clients_are_refused(void **state)
{
	struct fixture *f = *state;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct rlimit was;
	char in[8];

	allow(2, &was); /* the listener and its spare one */
	stream_face(f, NULL);
	dial(fd);
	assert_int_equal(recv(fd, in, sizeof in, 0), 0);
	close(fd);
	setrlimit(RLIMIT_NOFILE, &was);
	fd = client(SOCK_STREAM);
	assert_int_equal(send(fd, "hello", 5, 0), 5);
	assert_int_equal(recv(fd, in, sizeof in, 0), 5);
	close(fd);
	fixture_stop(f);
	assert_int_equal(f->opened, 1);
}

static void
given_not_even_a_spare_descriptor_clients_wait_for_one(void **state)
{
	struct fixture *f = *state;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct rlimit was;
	char in[8];

	allow(1, &was);
	stream_face(f, NULL);
	dial(fd);
	assert_int_equal(send(fd, "hello", 5, 0), 5);
	turn(f);
	assert_int_equal(f->opened, 0);
	setrlimit(RLIMIT_NOFILE, &was);
	assert_int_equal(recv(fd, in, sizeof in, 0), 5);
	close(fd);
	fixture_stop(f);
	assert_int_equal(f->opened, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    given_packets_the_udp_face_answers_or_keeps_silent, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_a_taken_port_the_face_says_so, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_a_client_the_stream_face_echoes_sends_much_and_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_the_phones_suites_tls_comes_up_with_each, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_garbage_the_tls_face_drops_it_and_lives, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_no_descriptor_left_clients_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_not_even_a_spare_descriptor_clients_wait_for_one, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
