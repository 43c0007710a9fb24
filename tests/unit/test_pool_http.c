/* The HTTP face on a real socket: routes, bodies, headers, the firmware whole and in parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "face_http.h"
#include "firmware.h"
#include "folder.h"
#include "mem.h"

enum { TEST_IP = 0x7f000001, TEST_PORT = 28402, FIRMWARE = 300000 };

struct fixture {
	char dir[FOLDER_PATH_MAX];
	struct tap tap, other;
	struct face_http *face;
	int firmware_fd;
	uint32_t crc;
	struct buf reply;
};

static void
on_echo(void *arg, const struct serve_request *request, struct serve_reply *reply)
{
	const char *mark = serve_header(request, "x-mark");

	(void)arg;
	serve_text(reply, 200, request->method);
	serve_add(reply, "X-Path", request->path);
	serve_add(reply, "X-Mark", mark ? mark : "none");
	buf_text(&reply->body, " ");
	buf_span(&reply->body, request->body);
}

static void
on_firmware(void *arg, const struct serve_request *request, struct serve_reply *reply)
{
	(void)arg;
	(void)request;
	reply->status = 200;
	reply->firmware = true;
}

static int
setup(void **state)
{
	struct fixture *f = mem_new(sizeof *f);
	const struct face_http_route routes[] = {
		{ "/echo", &f->tap, on_echo, NULL },
		{ "/firmware", &f->tap, on_firmware, NULL },
	};
	char path[FOLDER_PATH_MAX];

	*state = f;
	assert_int_equal(folder_make(NULL, f->dir), 0);
	assert_int_equal(pool_log_open(folder_file(f->dir, "log", path), &f->tap.log), 0);
	assert_int_equal(firmware_make(folder_file(f->dir, "nbt", path), "1.0", FIRMWARE,
			     &f->firmware_fd, &f->crc),
	    0);
	f->tap.server = "test";
	f->other = f->tap;
	assert_int_equal(face_http_new(&(struct face_http_cfg){ .at = { TEST_IP, TEST_PORT },
					   .routes = routes,
					   .n_routes = 2,
					   .other = &f->other,
					   .firmware_fd = f->firmware_fd,
					   .firmware_size = FIRMWARE },
			     &f->face),
	    0);
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	face_http_free(f->face);
	close(f->firmware_fd);
	pool_log_close(f->tap.log);
	folder_remove(f->dir);
	buf_done(&f->reply);
	mem_free(f);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* Send a request on a new connection, read the reply to its end.  Returns the status. */
static int
ask(struct fixture *f, const char *request)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(TEST_PORT),
		.sin_addr.s_addr = htonl(TEST_IP),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char in[65536];
	ssize_t n;

	buf_clear(&f->reply);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
	while ((n = recv(fd, in, sizeof in, 0)) > 0)
		buf_put(&f->reply, in, (size_t)n);
	close(fd);
	return f->reply.n > 12 ? atoi(buf_cstr(&f->reply) + 9) : 0;
}

static struct span
body(struct fixture *f)
{
	const char *at = strstr(buf_cstr(&f->reply), "\r\n\r\n");
	struct span all = buf_bytes(&f->reply);

	assert_non_null(at);
	at += 4;
	return (
	    struct span){ (const uint8_t *)at, all.n - (size_t)((const uint8_t *)at - all.p) };
}

static void
given_a_post_the_route_gets_path_query_headers_and_body(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f,
			     "POST /Echo/x.upx?ReqID=CACert&Renewal=-1%20 HTTP/1.1\r\n"
			     "Host: a\r\nX-Mark: m\r\nContent-Length: 4\r\n"
			     "Connection: close\r\n\r\nbody"),
	    200);
	assert_true(span_is(body(f), "POST body"));
	assert_non_null(
	    strstr(buf_cstr(&f->reply), "X-Path: /Echo/x.upx?ReqID=CACert&Renewal=-1%20\r\n"));
	assert_non_null(strstr(buf_cstr(&f->reply), "X-Mark: m\r\n"));
}

static void
given_an_unknown_path_the_answer_is_404(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    ask(f, "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 404);
	assert_int_equal(f->other.requests, 1);
}

static void
given_too_large_a_body_the_answer_is_413(void **state)
{
	struct fixture *f = *state;
	struct buf request = { 0 };

	buf_text(&request,
	    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1100000\r\n"
	    "Connection: close\r\n\r\n");
	for (int i = 0; i < 1100; i++)
		buf_printf(&request, "%01000d", 0);
	assert_int_equal(ask(f, buf_cstr(&request)), 413);
	buf_done(&request);
}

static void
given_the_firmware_it_comes_whole_with_its_crc(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    ask(f, "GET /firmware HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
		    200);
		assert_int_equal(body(f).n, FIRMWARE);
		assert_int_equal(crc32(crc32(0, NULL, 0), body(f).p, (uInt)body(f).n), f->crc);
	}
}

static void
given_a_range_the_rest_comes_with_206(void **state)
{
	struct fixture *f = *state;
	uint8_t want[1000];

	assert_int_equal(ask(f,
			     "GET /firmware HTTP/1.1\r\nHost: a\r\nRange: bytes=299000-\r\n"
			     "Connection: close\r\n\r\n"),
	    206);
	assert_non_null(
	    strstr(buf_cstr(&f->reply), "Content-Range: bytes 299000-299999/300000\r\n"));
	assert_int_equal(body(f).n, sizeof want);
	assert_int_equal(pread(f->firmware_fd, want, sizeof want, 299000), sizeof want);
	assert_memory_equal(body(f).p, want, sizeof want);
	assert_int_equal(ask(f,
			     "GET /firmware HTTP/1.1\r\nHost: a\r\nRange: bytes=300000-\r\n"
			     "Connection: close\r\n\r\n"),
	    416);
}

static void
given_garbage_the_face_lives(void **state)
{
	struct fixture *f = *state;

	ask(f, "\x16\x03\x01\x02garbage\r\n\r\n");
	ask(f, "GET\r\n\r\n");
	ask(f, "GET /echo HTTP/1.1\r\nno colon\r\nConnection: close\r\n\r\n");
	assert_int_equal(
	    ask(f, "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    given_a_post_the_route_gets_path_query_headers_and_body, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_an_unknown_path_the_answer_is_404, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_too_large_a_body_the_answer_is_413, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_the_firmware_it_comes_whole_with_its_crc, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_a_range_the_rest_comes_with_206, setup, teardown),
		cmocka_unit_test_setup_teardown(given_garbage_the_face_lives, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
