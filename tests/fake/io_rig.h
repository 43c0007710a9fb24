/*
 * io_rig.h - a real world on loopback for tests of io/: one loop, one phone, and notes of what
 * it was told.
 */
#ifndef TESTS_IO_RIG_H
#define TESTS_IO_RIG_H
#include <stdatomic.h>

#include "io_uv.h"

enum { RIG_NOTES = 256, RIG_TEXT = 512 };

struct rig_note {
	enum io_kind kind;
	struct io_handle *h;
	int err, status;
	struct io_addr local;
	size_t n; /* bytes, also of those not kept */
	char text[RIG_TEXT];
	struct io_tls_seen tls;
	uint64_t body_n;
	uint32_t crc32;
	int who; /* the owner's number */
};

struct rig;
typedef void rig_fn(struct rig *, const struct io_event *);

struct rig_owner {
	struct rig *rig;
	int who;
	rig_fn *then; /* called after the note was taken; NULL: nothing */
	struct io_scope scope;
};

struct rig {
	struct loop *loop;
	struct io_world *world;
	struct io *io;
	struct rig_owner owner[4];
	struct rig_note note[RIG_NOTES];
	size_t n, wanted;
	bool inside; /* a call into io runs: no event may come */
	struct loop_timer *guard;
	uint32_t server_ip;
	uint16_t udp_port, tcp_port; /* real ones, by the test */
	void *of_test;
};

/* What worlds of tests have in common: loopback allowed, three suites. */
struct io_world_cfg rig_cfg(void);

/* One loop, one world, phone 0 at 127.42.0.1 (on an interface: without an address). */
void rig_begin(struct rig *, const struct io_world_cfg *);
/* The same with a line of the phone's own (NULL: none). */
void rig_begin_over(struct rig *, const struct io_world_cfg *, const struct io_link *);
void rig_end(struct rig *);

/* For opening: owner number `who`. */
struct io_owner rig_owner(struct rig *, int who);

/* Run the loop until there are n notes (10 s at most: then the test fails). */
void rig_until(struct rig *, size_t n);
/* Run the loop until the test stops it with loop_stop(). */
void rig_run(struct rig *);
/* Let everything that is due now happen. */
void rig_settle(struct rig *);

/* Let it go on until something can be read from this server's socket, or a server has counted
 * so far: over a line what has been said is not there at once. */
void rig_until_heard(struct rig *, int fd);
void rig_until_counted(struct rig *, const atomic_int *, int at_least);

/* A short line, which changes nothing but the time. */
extern const struct io_link rig_near;

/*
 * Run these tests, and then all of them once more with another set-up: that of a phone with a
 * line of its own.
 */
struct CMUnitTest;
int rig_run_tests(const char *name, const struct CMUnitTest *, size_t n,
    int (*group)(void **state), int (*over)(void **state));

/* A socket that listens on 127.0.0.1 at a port of its own. */
int rig_listen(int type, uint16_t *port_out);

#endif
