/*
 * line_rig.h - for tests: a line of the phone (emulator/line) and the front end it speaks to,
 * in the simulated world, and what the line's owner was told.
 */
#ifndef TESTS_FAKE_LINE_RIG_H
#define TESTS_FAKE_LINE_RIG_H
#include "line.h"
#include "sim_auth.h"
#include "sip_rig.h"

enum { SECOND = 1000000, LINE_RIG_NEWS = 32 };

struct line_rig {
	struct sim *f;
	struct io *io;
	struct sim_auth *auth;
	struct profile *profile;
	struct line *line;
	struct io_scope scope;
	struct sip_rig rig;

	/* what the owner was told */
	enum line_news news[LINE_RIG_NEWS];
	int tags[LINE_RIG_NEWS], status[LINE_RIG_NEWS], err[LINE_RIG_NEWS];
	size_t n;
	unsigned lost;
	enum line_news lost_news;
	char lost_detail[64];
	size_t told_before_lost;
	void (*then)(struct line_rig *);      /* done inside the next event */
	void (*when_lost)(struct line_rig *); /* done inside on_lost */
};

/* cmocka fixtures: *state is a struct line_rig whose front end may still be changed; at the end
 * nothing may be open or out. */
int line_rig_set_up(void **state);
int line_rig_tear_down(void **state);
#define LINE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, line_rig_set_up, line_rig_tear_down)

/* The front end goes up and the line connects. */
void line_rig_start(struct line_rig *);
/* Connect (again); it is up on return. */
void line_rig_connect(struct line_rig *);
/* Open a connection that the line takes when it is up. */
void line_rig_open(struct line_rig *);
/* Let this time pass. */
void line_rig_run(struct line_rig *, uint64_t us);

/* An owner that takes challenges and notes everything. */
struct io_owner line_rig_owner(struct line_rig *);
/* One REGISTER, and a second for its answer. */
void line_rig_register(struct line_rig *, int tag);
/* Challenge and token; what the owner was told is forgotten. */
void line_rig_sign_in(struct line_rig *);

/* A subscription that stays. */
extern const struct line_subscribe line_rig_self;
/* Subscribe to it, and a second for the answer, which must be 200 and is forgotten. */
void line_rig_subscribe(struct line_rig *);

#endif
