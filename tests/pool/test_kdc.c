/* test_kdc.c - the pool's realm, its krb5kdc as a child of the loop, and the front before it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kdc.h"
#include "kdc_front.h"
#include "kdc_rig.h"
#include "mem.h"

enum { FRONT_PORT = 20088, PHONES = 50 };

/* A pool of KDC and front, and phones in a thread of their own that find the front. */
struct stage {
	struct kdc_rig rig;    /* the realm; its port is krb5kdc's */
	struct kdc_rig phones; /* the same, with the front's port */
	struct loop *loop;
	struct kdc *kdc;
	struct kdc_front *front;
	int exit_status;
	struct faults faults;
	struct wire *wire;
	unsigned done;
	void (*play)(struct stage *);
};

static void
stage_on_up(void *arg)
{
	loop_stop(((struct stage *)arg)->loop);
}

static void
stage_on_exit(void *arg, int status)
{
	struct stage *stage = arg;

	stage->exit_status = status;
	loop_stop(stage->loop);
}

/* A wire before the KDC on which this holds from the beginning. */
static void
stage_fault(struct stage *stage, struct fault_deed deed)
{
	static const struct servers_cost cost = { .workers = 1 };

	stage->faults.n = 1;
	stage->faults.fault[0] = (struct fault){ .server = "kdc", .deed = deed };
	assert_int_equal(wire_new(&(struct wire_cfg){ .loop = stage->loop,
				      .server = SERVERS_KDC,
				      .faults = &stage->faults,
				      .cost = &cost },
			     &stage->wire),
	    0);
	wire_begin(stage->wire);
}

static bool
stage_open_with(struct stage *stage, uint32_t n_users, const struct fault_deed *deed)
{
	struct kdc_cfg cfg = { .on_up = stage_on_up, .on_exit = stage_on_exit, .arg = stage };
	struct kdc_front_cfg front = { .wire = NULL };

	memset(stage, 0, sizeof *stage);
	if (!kdc_rig_make(&stage->rig, n_users))
		return false;
	stage->phones = stage->rig;
	stage->phones.realm.port = FRONT_PORT;
	assert_int_equal(loop_new(&stage->loop), 0);
	cfg.realm = stage->rig.realm;
	assert_int_equal(kdc_new(stage->loop, &cfg, &stage->kdc), 0);
	stage->exit_status = -1;
	loop_run(stage->loop);
	assert_int_equal(stage->exit_status, -1);

	if (deed != NULL)
		stage_fault(stage, *deed);
	front.wire = stage->wire;
	front.ip = front.kdc_ip = stage->rig.realm.ip;
	front.port = FRONT_PORT;
	front.kdc_port = stage->rig.realm.port;
	assert_int_equal(kdc_front_new(stage->loop, &front, &stage->front), 0);
	return true;
}

static bool
stage_open(struct stage *stage, uint32_t n_users)
{
	return stage_open_with(stage, n_users, NULL);
}

static void
stage_close(struct stage *stage)
{
	kdc_front_free(stage->front);
	wire_free(stage->wire);
	kdc_free(stage->kdc);
	loop_free(stage->loop);
	kdc_rig_down(&stage->rig);
}

static void
stage_on_played(void *arg)
{
	loop_stop(((struct stage *)arg)->loop);
}

static void *
stage_thread(void *arg)
{
	struct stage *stage = arg;

	stage->play(stage);
	loop_post(stage->loop, stage_on_played, stage);
	return NULL;
}

/* Phones play in their thread while the pool's loop runs in ours. */
static void
stage_play(struct stage *stage, void (*play)(struct stage *))
{
	pthread_t thread;

	stage->play = play;
	assert_int_equal(pthread_create(&thread, NULL, stage_thread, stage), 0);
	loop_run(stage->loop);
	pthread_join(thread, NULL);
}

static void
play_logins(struct stage *stage)
{
	struct auth_out out;
	struct auth *phone;
	uint32_t i;

	for (i = 0; i < PHONES; i++) {
		phone = kdc_rig_phone(i, NULL);
		stage->done += kdc_rig_login(&stage->phones, phone, &out) == AUTH_DONE &&
		    kdc_rig_ticket(&stage->phones, phone, "sip/fe01.contoso.com", &out) ==
			AUTH_DONE;
		auth_krb5_free(phone);
	}
}

static void
given_phones_that_sign_in_the_front_counts_their_packets(void **state)
{
	const struct kdc_front_count *count;
	struct stage stage;

	(void)state;
	if (!stage_open(&stage, PHONES))
		skip();
	stage_play(&stage, play_logins);
	count = kdc_front_counts(stage.front);
	assert_int_equal(stage.done, PHONES);
	assert_int_equal(count->requests, 3 * PHONES);
	assert_int_equal(count->replies, 3 * PHONES);
	assert_int_equal(count->streams, 0);
	assert_int_equal(count->dropped, 0);
	assert_true(count->bytes_in > 0 && count->bytes_out > count->bytes_in);
	stage_close(&stage);
}

static void
given_requests_that_are_delayed_they_still_arrive(void **state)
{
	const struct fault_deed slow = { .delay = { .a_us = 2000 } };
	struct buf counts = { 0 };
	struct stage stage;

	(void)state;
	if (!stage_open_with(&stage, PHONES, &slow))
		skip();
	stage_play(&stage, play_logins);
	assert_int_equal(stage.done, PHONES);
	assert_int_equal(kdc_front_counts(stage.front)->replies, 3 * PHONES);
	wire_counts(stage.wire, 0, &counts);
	assert_non_null(strstr(buf_cstr(&counts), "\"delayed\""));
	buf_done(&counts);
	stage_close(&stage);
}

static void
play_streams(struct stage *stage)
{
	stage->phones.always_stream = true;
	play_logins(stage);
}

static void
given_phones_over_tcp_the_front_joins_their_streams(void **state)
{
	const struct kdc_front_count *count;
	struct stage stage;

	(void)state;
	if (!stage_open(&stage, PHONES))
		skip();
	stage_play(&stage, play_streams);
	count = kdc_front_counts(stage.front);
	assert_int_equal(stage.done, PHONES);
	assert_int_equal(count->streams, 3 * PHONES);
	assert_int_equal(count->requests, 3 * PHONES);
	assert_int_equal(count->replies, 3 * PHONES);
	stage_close(&stage);
}

static void
stage_on_tick(void *arg)
{
	struct stage *stage = arg;

	if (kdc_front_counts(stage->front)->requests > 0)
		loop_stop(stage->loop);
}

static void
given_a_request_to_be_dropped_nothing_goes_on(void **state)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(FRONT_PORT) };
	const struct fault_deed lossy = { .drop = 1 };
	struct loop_timer *tick;
	struct stage stage;
	struct buf counts = { 0 };
	char byte;
	int fd;

	(void)state;
	if (!stage_open_with(&stage, 1, &lossy))
		skip();
	to.sin_addr.s_addr = htonl(stage.rig.realm.ip);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(send(fd, "x", 1, 0), 1);
	assert_int_equal(loop_timer_new(stage.loop, stage_on_tick, &stage, &tick), 0);
	loop_timer_set(tick, 1000, 1000);
	loop_run(stage.loop);
	loop_timer_close(tick);
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	close(fd);
	wire_counts(stage.wire, 0, &counts);
	assert_string_equal(buf_cstr(&counts), "{\"dropped\": 1}");
	buf_done(&counts);
	stage_close(&stage);
}

/* Nobody listens: the kernel says so.  Then somebody does again. */
static void
given_a_front_that_refuses_the_kernel_says_so(void **state)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(FRONT_PORT) };
	struct stage stage;
	char byte;
	int fd;

	(void)state;
	if (!stage_open(&stage, PHONES))
		skip();
	assert_int_equal(kdc_front_refuse(stage.front, true), 0);
	assert_int_equal(kdc_front_refuse(stage.front, true), 0);
	to.sin_addr.s_addr = htonl(stage.rig.realm.ip);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(send(fd, "x", 1, 0), 1);
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	assert_int_equal(errno, ECONNREFUSED);
	close(fd);
	assert_int_equal(kdc_front_refuse(stage.front, false), 0);
	stage_play(&stage, play_logins);
	assert_int_equal(stage.done, PHONES);
	stage_close(&stage);
}

static void
given_a_kdc_that_is_killed_its_exit_is_told(void **state)
{
	struct stage stage;

	(void)state;
	if (!stage_open(&stage, 1))
		skip();
	assert_int_equal(kill(kdc_pid(stage.kdc), SIGKILL), 0);
	loop_run(stage.loop);
	assert_int_equal(stage.exit_status, 128 + SIGKILL);
	stage_close(&stage);
}

/* What a pool in a process of its own tells: krb5kdc's number and the folder it leaves behind.
 */
struct told {
	int kdc;
	struct kdc_rig rig;
};

static void
stage_in_child(int say_fd)
{
	struct told told = { .kdc = -1 };
	struct stage stage;

	if (stage_open(&stage, 1)) {
		told.kdc = kdc_pid(stage.kdc);
		memcpy(told.rig.dir, stage.rig.dir, sizeof told.rig.dir);
	}
	if (write(say_fd, &told, sizeof told) != sizeof told)
		_exit(1);
	for (;;)
		pause();
}

static void
given_a_pool_that_is_killed_its_kdc_dies_too(void **state)
{
	struct pollfd gone = { .events = POLLIN };
	struct told told;
	int ends[2];
	pid_t pool;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pool = fork();
	if (pool == 0)
		stage_in_child(ends[1]);
	assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
	if (told.kdc > 0)
		gone.fd = (int)syscall(SYS_pidfd_open, told.kdc, 0);
	assert_int_equal(kill(pool, SIGKILL), 0);
	assert_int_equal(waitpid(pool, NULL, 0), pool);
	close(ends[0]);
	close(ends[1]);
	if (told.kdc < 0)
		skip();
	assert_int_equal(poll(&gone, 1, 10000), 1);
	close(gone.fd);
	told.rig.realm.dir = told.rig.dir;
	kdc_rig_down(&told.rig);
}

static void
given_a_port_that_is_taken_the_front_says_so(void **state)
{
	struct kdc_front_cfg cfg = { .port = FRONT_PORT };
	struct kdc_front *second;
	struct stage stage;

	(void)state;
	if (!stage_open(&stage, 1))
		skip();
	cfg.ip = stage.rig.realm.ip;
	assert_int_equal(kdc_front_new(stage.loop, &cfg, &second), -EADDRINUSE);
	stage_close(&stage);
}

static void
play_the_last_of_many(struct stage *stage)
{
	struct auth *phone = kdc_rig_phone(9999, NULL);
	struct auth_out out;

	stage->done += kdc_rig_login(&stage->phones, phone, &out) == AUTH_DONE;
	auth_krb5_free(phone);
}

static void
given_ten_thousand_users_the_last_signs_in(void **state)
{
	struct stage stage;

	(void)state;
	if (!stage_open(&stage, 10000))
		skip();
	stage_play(&stage, play_the_last_of_many);
	assert_int_equal(stage.done, 1);
	stage_close(&stage);
}

static void
given_names_that_cannot_be_the_realm_is_refused(void **state)
{
	struct kdc_service service = { "HTTP/dc 01", NULL, false };
	struct kdc_realm realm = { .dir = "/tmp",
		.name = "CONTOSO.COM",
		.secret = "x",
		.users = { "phone%s", 0, 1, "x" } };
	char text[KDC_TEXT_MAX];

	(void)state;
	assert_int_equal(kdc_realm_make(&realm, text), -EINVAL);
	assert_non_null(strstr(text, "users' name"));
	realm.users.name = "phone%05d";
	realm.users.password = "two\nlines";
	assert_int_equal(kdc_realm_make(&realm, text), -EINVAL);
	assert_non_null(strstr(text, "password"));
	realm.users.password = "one";
	realm.services = &service;
	realm.n_services = 1;
	assert_int_equal(kdc_realm_make(&realm, text), -EINVAL);
	assert_non_null(strstr(text, "service"));
	realm.dir = "relative";
	assert_int_equal(kdc_realm_make(&realm, text), -EINVAL);
	assert_non_null(strstr(text, "folder"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_phones_that_sign_in_the_front_counts_their_packets),
		cmocka_unit_test(given_requests_that_are_delayed_they_still_arrive),
		cmocka_unit_test(given_phones_over_tcp_the_front_joins_their_streams),
		cmocka_unit_test(given_a_request_to_be_dropped_nothing_goes_on),
		cmocka_unit_test(given_a_front_that_refuses_the_kernel_says_so),
		cmocka_unit_test(given_a_kdc_that_is_killed_its_exit_is_told),
		cmocka_unit_test(given_a_pool_that_is_killed_its_kdc_dies_too),
		cmocka_unit_test(given_a_port_that_is_taken_the_front_says_so),
		cmocka_unit_test(given_ten_thousand_users_the_last_signs_in),
		cmocka_unit_test(given_names_that_cannot_be_the_realm_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
