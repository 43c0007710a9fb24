/*
 * dhcp_rig.h - for tests: one exchange of talk/dhcp_talk.h, and a server whose every answer the
 * test writes.
 */
#ifndef TESTS_FAKE_DHCP_RIG_H
#define TESTS_FAKE_DHCP_RIG_H
#include "dhcp_talk.h"
#include "sim.h"

enum {
	S = 1000000,
	DHCP_RIG_MINE = 0x0a000005,
	DHCP_RIG_OTHER = 0x0a000006,
	DHCP_RIG_SERVER = 0x0a000001,
	DHCP_RIG_SAID = 64
};

struct dhcp_rig {
	struct sim *f;
	struct io *io;
	struct io_scope scope;
	struct profile_dhcp habit; /* two rounds of 1 s and 2 s, no jitter, no delay */
	struct dhcp_talk_cfg cfg;
	struct dhcp_talk talk;
	uint32_t xid;
	enum talk_state state; /* what the last event came to */

	/* what the phone said */
	struct dhcp_msg last;
	enum dhcp_type type[DHCP_RIG_SAID];
	uint64_t at_us[DHCP_RIG_SAID];
	uint32_t said_xid[DHCP_RIG_SAID], wanted, named; /* options 50 and 54 of the last */
	struct io_handle *h;
	size_t n, noted_sent, noted_heard;
};

/* cmocka fixtures: *state is a struct dhcp_rig. */
int dhcp_rig_set_up(void **state);
int dhcp_rig_tear_down(void **state);
#define DHCP_TEST(name) \
	cmocka_unit_test_setup_teardown(name, dhcp_rig_set_up, dhcp_rig_tear_down)

/* An answer to the last thing said; a test changes what it wants. */
struct dhcp_answer {
	struct dhcp_head head;
	enum dhcp_type type;
	uint32_t mask, server, lease_s; /* 0: left out */
};
struct dhcp_answer dhcp_rig_answer(const struct dhcp_rig *, enum dhcp_type);
/* It arrives, and nothing else happens meanwhile. */
void dhcp_rig_say(struct dhcp_rig *, const struct dhcp_answer *);
void dhcp_rig_say_usual(struct dhcp_rig *, enum dhcp_type);

void dhcp_rig_run(struct dhcp_rig *, uint64_t us);
/* Begin with a DISCOVER / go on to the REQUEST for what was offered. */
void dhcp_rig_discover(struct dhcp_rig *);
void dhcp_rig_request(struct dhcp_rig *);
/* Nothing more is said to it: it fails with this errno and, if not NULL, this flaw. */
void dhcp_rig_fails(struct dhcp_rig *, int err, const char *flaw);

#endif
