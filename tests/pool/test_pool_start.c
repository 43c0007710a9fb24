/* cx700pool as a program: it starts, every server answers, it ends, and nothing is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dhcp_msg.h"
#include "dns_msg.h"
#include "folder.h"
#include "mem.h"
#include "ntp_msg.h"
#include "sock.h"

enum { SERVER = 0x7f000101, RELAY = 0x7f000102, BASE = 27000, TEXT_MAX = 8192 };

struct fixture {
	char program[512];
	char dir[FOLDER_PATH_MAX]; /* of the test; the pool's is below it */
	pid_t pool;
	int out; /* its standard output and error */
	int ready;
	char text[TEXT_MAX];
};

/* build/tests/pool/test_pool_start -> build/cx700pool */
static void
find_program(struct fixture *f)
{
	const char *named = getenv("CX700POOL");
	char self[400];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	assert_true(n > 0);
	self[n] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(self, '/') = '\0';
	snprintf(f->program, sizeof f->program, "%s%s", named ? named : self,
	    named ? "" : "/cx700pool");
}

static int
setup(void **state)
{
	struct fixture *f = mem_new(sizeof *f);

	*state = f;
	find_program(f);
	assert_int_equal(folder_make(NULL, f->dir), 0);
	setenv("TMPDIR", f->dir, 1);
	/* Whoever is orphaned becomes our child, so that its end can be waited for. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	f->pool = f->out = f->ready = -1;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	if (f->pool > 0) {
		kill(f->pool, SIGKILL);
		waitpid(f->pool, NULL, 0);
	}
	if (f->out >= 0)
		close(f->out);
	if (f->ready >= 0)
		close(f->ready);
	while (waitpid(-1, NULL, 0) > 0)
		;
	unsetenv("TMPDIR");
	folder_remove(f->dir);
	mem_free(f);
	return 0;
}

/* In the child: become the pool, with what it says in `out` and the ready line in `ready`. */
static void
become_pool(const char *program, char *const extra[], int out, int ready)
{
	char fd[16];
	char *argv[32] = { (char *)program, (char *)"--listen", (char *)"127.0.1.1",
		(char *)"--port-base", (char *)"27000", (char *)"--users", (char *)"20",
		(char *)"--ready-fd", fd };
	int n = 9;

	snprintf(fd, sizeof fd, "%d", ready);
	for (int i = 0; extra[i] != NULL; i++)
		argv[n++] = extra[i];
	dup2(out, 1);
	dup2(out, 2);
	execv(program, argv);
	_exit(127);
}

/* Start it; returns once it is ready or has ended (false). */
static bool
start(struct fixture *f, char *const extra[])
{
	int out[2], ready[2];
	char line[600] = "";
	FILE *from;

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe(ready), 0);
	fcntl(ready[0], F_SETFD, FD_CLOEXEC);
	f->pool = fork();
	if (f->pool == 0)
		become_pool(f->program, extra, out[1], ready[1]);
	close(out[1]);
	close(ready[1]);
	f->out = out[0];
	f->ready = ready[0];
	from = fdopen(dup(f->ready), "r");
	if (fgets(line, sizeof line, from) == NULL)
		line[0] = '\0';
	fclose(from);
	assert_true(line[0] == '\0' || strncmp(line, "ready /", 7) == 0);
	return line[0] != '\0';
}

/* Wait for its end; returns the exit code, and in f->text what it said. */
static int
ended(struct fixture *f)
{
	size_t got = 0;
	ssize_t n;
	int status;

	while (got < TEXT_MAX - 1 && (n = read(f->out, f->text + got, TEXT_MAX - 1 - got)) > 0)
		got += (size_t)n;
	f->text[got] = '\0';
	assert_int_equal(waitpid(f->pool, &status, 0), f->pool);
	f->pool = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The folder the pool said it was in: the only entry of our TMPDIR. */
static bool
left_behind(const struct fixture *f)
{
	return rmdir(f->dir) != 0;
}

static void
timed(int fd)
{
	struct timeval limit = { .tv_sec = 20 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

static int
to_server(int type, int port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)(BASE + port)),
		.sin_addr.s_addr = htonl(SERVER),
	};
	int fd = socket(AF_INET, type, 0);

	timed(fd);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static size_t
exchange(int port, struct span request, uint8_t *reply, size_t cap)
{
	int fd = to_server(SOCK_DGRAM, port);
	ssize_t n;

	assert_int_equal(send(fd, request.p, request.n, 0), request.n);
	n = recv(fd, reply, cap, 0);
	close(fd);
	assert_true(n > 0);
	return (size_t)n;
}

/* ---- each server ---- */

/* As a relay would: giaddr filled in, the answer comes to its port 67. */
static void
dhcp_offers_an_address_and_names_the_voice_vlan(void)
{
	static const uint8_t ask[] = { 1, 3, 6, 15, 43 };
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(BASE + 67),
		.sin_addr.s_addr = htonl(SERVER),
	};
	struct dhcp_ask discover = { .type = DHCP_DISCOVER,
		.xid = 0x12345678,
		.mac = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x07 },
		.vendor_class = "CPE-OCPhone",
		.ask = ask,
		.n_ask = sizeof ask,
		.pad_to = 300 };
	struct buf out = { 0 };
	struct dhcp_msg msg;
	uint8_t in[1500];
	char domain[DHCP_NAME_MAX];
	ssize_t n;
	int fd = sock_udp(RELAY, BASE + 67);

	assert_true(fd >= 0);
	fcntl(fd, F_SETFL, 0);
	timed(fd);
	dhcp_msg_ask(&out, &discover);
	memcpy(out.p + 24, (uint8_t[]){ 127, 0, 1, 2 }, 4);
	assert_int_equal(sendto(fd, out.p, out.n, 0, (struct sockaddr *)&to, sizeof to), out.n);
	n = recv(fd, in, sizeof in, 0);
	assert_true(n > 0);
	assert_int_equal(dhcp_msg_decode(&msg, (struct span){ in, (size_t)n }), 0);
	assert_int_equal(msg.type, DHCP_OFFER);
	assert_int_equal(msg.xid, 0x12345678);
	assert_int_equal(msg.yiaddr & 0xffff8000, 0x7f2a0000);
	assert_int_equal(dhcp_msg_vlan(&msg, 10), 200);
	assert_int_equal(dhcp_msg_name(&msg, 15, domain), 0);
	assert_string_equal(domain, "contoso.com");
	buf_done(&out);
	close(fd);
}

static void
dns_knows_the_pool(void)
{
	const char *name = "_sipinternaltls._tcp.contoso.com";
	struct dns_srv srv[4];
	struct buf out = { 0 };
	uint8_t in[1500];
	struct span reply = { in, 0 };
	size_t n;

	assert_int_equal(dns_msg_query(&out, 77, name, DNS_SRV), 0);
	reply.n = exchange(53, buf_bytes(&out), in, sizeof in);
	assert_int_equal(dns_msg_check(reply, 77, name, DNS_SRV), 0);
	assert_int_equal(dns_msg_services(reply, srv, 4, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(srv[0].target, "pool01.contoso.com");
	assert_int_equal(srv[0].port, 5061);
	buf_clear(&out);
	assert_int_equal(dns_msg_query(&out, 78, "time.windows.com", DNS_A), 0);
	reply.n = exchange(53, buf_bytes(&out), in, sizeof in);
	assert_int_equal(dns_msg_check(reply, 78, "time.windows.com", DNS_A), -ENOENT);
	buf_done(&out);
}

static void
ntp_tells_the_time(void)
{
	struct buf out = { 0 };
	struct ntp_msg msg;
	uint8_t in[200];
	size_t n;

	ntp_msg_request(&out, 0x1122334455667788);
	n = exchange(123, buf_bytes(&out), in, sizeof in);
	assert_int_equal(ntp_msg_decode(&msg, (struct span){ in, n }), 0);
	assert_int_equal(msg.mode, NTP_MODE_SERVER);
	assert_int_equal(msg.stratum, 2);
	assert_int_equal(msg.origin, 0x1122334455667788);
	buf_done(&out);
}

/* What the command says, read by the shell; its first bytes in text. */
static int
tell(const char *command, char *text, size_t cap)
{
	FILE *from = popen(command, "r");
	size_t n;

	assert_non_null(from);
	n = fread(text, 1, cap - 1, from);
	text[n] = '\0';
	while (fgetc(from) != EOF)
		;
	return pclose(from);
}

static const char *
http(struct fixture *f, const char *request)
{
	int fd = to_server(SOCK_STREAM, 80);
	size_t got = 0;
	ssize_t n;

	assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
	while (got < TEXT_MAX - 1 && (n = recv(fd, f->text + got, TEXT_MAX - 1 - got, 0)) > 0)
		got += (size_t)n;
	f->text[got] = '\0';
	close(fd);
	return f->text;
}

static void
the_web_asks_for_a_ticket_and_offers_an_update(struct fixture *f)
{
	const char *answer = http(f,
	    "GET /certsrv/certnew.p7b?ReqID=CACert&Renewal=-1&Enc=b64 "
	    "HTTP/1.1\r\nHost: dc01\r\nConnection: close\r\n\r\n");

	assert_non_null(strstr(answer, "HTTP/1.1 401 "));
	assert_non_null(strstr(answer, "WWW-Authenticate: Negotiate\r\n"));
	answer = http(f,
	    "GET /RequestHandler/ucdevice.upx HTTP/1.1\r\nHost: pool01\r\n"
	    "Connection: close\r\n\r\n");
	assert_non_null(strstr(answer, "HTTP/1.1 200 "));
	assert_non_null(strstr(answer, "<BaseURL>"));
	answer = http(f,
	    "GET /DeviceUpdateFiles_Int/UCPhone/Polycom/CX700/A/ENU/1.0.522.101/CPE/"
	    "CPE.nbt HTTP/1.1\r\nHost: pool01\r\nRange: bytes=0-18\r\n"
	    "Connection: close\r\n\r\n");
	assert_non_null(strstr(answer, "HTTP/1.1 206 "));
	assert_non_null(strstr(answer, "\r\n\r\nCX700NBT1.0.522.101"));
}

/* OpenSSL's client trusts the root in the pool's folder and finds the name. */
static void
tls_stands_before_openssl(struct fixture *f, const char *dir, int port, const char *name)
{
	char command[1200];

	snprintf(command, sizeof command,
	    "openssl s_client -connect 127.0.1.1:%d -tls1 -cipher 'ALL:@SECLEVEL=0' -CAfile "
	    "%s/root.pem -verify_return_error -verify_hostname %s </dev/null 2>&1",
	    BASE + port, dir, name);
	tell(command, f->text, sizeof f->text);
	assert_non_null(strstr(f->text, "Verify return code: 0 (ok)"));
	assert_non_null(strstr(f->text, "TLSv1"));
}

static void
given_a_start_every_server_answers_and_the_end_is_clean(void **state)
{
	struct fixture *f = *state;
	char dir[FOLDER_PATH_MAX], path[FOLDER_PATH_MAX];
	json_t *stats;

	folder_file(f->dir, "p", dir);
	assert_true(start(f, (char *[]){ (char *)"--dir", dir, NULL }));
	dhcp_offers_an_address_and_names_the_voice_vlan();
	dns_knows_the_pool();
	ntp_tells_the_time();
	the_web_asks_for_a_ticket_and_offers_an_update(f);
	if (system("openssl version >/dev/null 2>&1") == 0) {
		tls_stands_before_openssl(f, dir, 443, "autodiscover.contoso.com");
		tls_stands_before_openssl(f, dir, 5061, "pool01.contoso.com");
	} else {
		printf("skipped: openssl is not installed, TLS was not asked\n");
	}
	kill(f->pool, SIGTERM);
	assert_int_equal(ended(f), 0);
	assert_non_null(strstr(f->text, "cx700pool: on 127.0.1.1: dhcp 27067 dns 27053"));
	stats = json_load_file(folder_file(dir, "pool-stats.json", path), 0, NULL);
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(stats, "dns"), "requests")), 2);
	json_decref(stats);
	assert_int_equal(access(folder_file(dir, "pool.yaml", path), F_OK), -1);
}

static void
given_no_folder_its_own_is_gone_at_the_end(void **state)
{
	static const int signums[] = { SIGINT, SIGHUP };
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		assert_true(start(f, (char *[]){ NULL }));
		assert_true(left_behind(f));
		kill(f->pool, signums[i]);
		assert_int_equal(ended(f), 0);
		assert_false(left_behind(f));
		assert_int_equal(mkdir(f->dir, 0700), 0);
		close(f->out);
		close(f->ready);
	}
	f->out = f->ready = -1;
}

static void
under_nohup_a_closed_terminal_does_not_end_it(void **state)
{
	struct fixture *f = *state;

	signal(SIGHUP, SIG_IGN); /* the child inherits that */
	assert_true(start(f, (char *[]){ NULL }));
	signal(SIGHUP, SIG_DFL);
	kill(f->pool, SIGHUP);
	ntp_tells_the_time();
	kill(f->pool, SIGTERM);
	assert_int_equal(ended(f), 0);
}

/* The folder is left as it was: what a pool has there is still good. */
static void
given_a_folder_in_use_it_keeps_out(void **state)
{
	struct fixture *f = *state;
	char dir[FOLDER_PATH_MAX], path[FOLDER_PATH_MAX];
	int held;

	folder_file(f->dir, "p", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(folder_write(dir, "pool.yaml", span_of("x")), 0);
	held = folder_hold(dir);
	assert_true(held >= 0);
	assert_false(start(f, (char *[]){ (char *)"--dir", dir, NULL }));
	assert_int_equal(ended(f), 4);
	assert_non_null(strstr(f->text, "another pool is in it\n"));
	assert_int_equal(access(folder_file(dir, "pool.yaml", path), F_OK), 0);
	assert_int_equal(access(folder_file(dir, "kdc", path), F_OK), -1);
	close(held);
}

static void
given_a_folder_that_everybody_may_write_to_it_keeps_out(void **state)
{
	struct fixture *f = *state;
	char dir[FOLDER_PATH_MAX];

	folder_file(f->dir, "p", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(chmod(dir, 01777), 0);
	assert_false(start(f, (char *[]){ (char *)"--dir", dir, NULL }));
	assert_int_equal(ended(f), 4);
	assert_non_null(strstr(f->text, "everybody may write there"));
	assert_int_equal(rmdir(dir), 0);
}

static void
given_a_taken_port_it_says_which_and_ends_with_4(void **state)
{
	struct fixture *f = *state;
	int fd = sock_listen(SERVER, BASE + 80);

	assert_true(fd >= 0);
	assert_false(start(f, (char *[]){ NULL }));
	assert_int_equal(ended(f), 4);
	assert_non_null(strstr(f->text, "http cannot listen on 127.0.1.1:27080"));
	assert_non_null(strstr(f->text, "--port-base"));
	assert_false(left_behind(f));
	assert_int_equal(mkdir(f->dir, 0700), 0);
	close(fd);
}

static void
given_a_bad_option_it_ends_with_2_and_one_line(void **state)
{
	struct fixture *f = *state;

	assert_false(start(f, (char *[]){ (char *)"--voice-vlan", (char *)"5000", NULL }));
	assert_int_equal(ended(f), 2);
	assert_non_null(strstr(f->text, "--voice-vlan"));
	assert_ptr_equal(strchr(f->text, '\n'), f->text + strlen(f->text) - 1);
}

/* Its krb5kdc is our child once the pool is gone; waiting for it proves that it ends. */
static void
given_a_kill_the_kdc_goes_along(void **state)
{
	struct fixture *f = *state;

	assert_true(start(f, (char *[]){ NULL }));
	kill(f->pool, SIGKILL);
	assert_int_equal(ended(f), 128 + SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_int_equal(errno, ECHILD);
}

/* A run that dies takes its pool along, and the pool still cleans up. */
static void
given_its_parent_dies_it_ends_and_cleans_up(void **state)
{
	struct fixture *f = *state;
	int ready[2];
	char byte;

	assert_int_equal(pipe(ready), 0);
	f->pool = fork();
	if (f->pool == 0) {
		pid_t pool = fork();

		if (pool == 0)
			become_pool(f->program, (char *[]){ NULL }, ready[1], ready[1]);
		close(ready[1]);
		_exit(read(ready[0], &byte, 1) == 1 ? 0 : 1);
	}
	close(ready[1]);
	assert_int_equal(waitpid(f->pool, NULL, 0), f->pool);
	f->pool = -1;
	while (read(ready[0], &byte, 1) > 0)
		;
	close(ready[0]);
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_false(left_behind(f));
	assert_int_equal(mkdir(f->dir, 0700), 0);
}

int
main(void)
{
#define POOL_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		POOL_TEST(given_a_start_every_server_answers_and_the_end_is_clean),
		POOL_TEST(given_no_folder_its_own_is_gone_at_the_end),
		POOL_TEST(under_nohup_a_closed_terminal_does_not_end_it),
		POOL_TEST(given_a_folder_in_use_it_keeps_out),
		POOL_TEST(given_a_folder_that_everybody_may_write_to_it_keeps_out),
		POOL_TEST(given_a_taken_port_it_says_which_and_ends_with_4),
		POOL_TEST(given_a_bad_option_it_ends_with_2_and_one_line),
		POOL_TEST(given_a_kill_the_kdc_goes_along),
		POOL_TEST(given_its_parent_dies_it_ends_and_cleans_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
