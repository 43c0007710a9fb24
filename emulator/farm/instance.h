/*
 * instance.h - what the farm knows of a phone: that it can be switched on and
 * off, does what its person asks for, can leave, and tells its progress.  phone/ makes
 * instances of emulated phones, hw/ one of a real device.
 *
 * Everything here happens on the thread of the instance's shard.
 */
#ifndef FARM_INSTANCE_H
#define FARM_INSTANCE_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

struct io_world;
struct loop;

struct instance;

/* What the person at the phone asks for.  Each may come at any time; what cannot be done then
 * is done as soon as it can, or not at all. */
enum instance_command {
	INSTANCE_SIGN_OUT,    /* the pool is told; then it waits for somebody to sign in */
	INSTANCE_SIGN_IN,     /* of one that is signed out: types, and walks on from there */
	INSTANCE_CHECK_UPDATE /* asks for an update, fetches and installs what there is */
};

struct instance_ops {
	/* Switch on: begin to walk.  Switch off: the power is cut, nothing is said to anyone.
	 */
	void (*power)(struct instance *, bool on);
	/* Do this; one without power, that has failed or is leaving, does nothing. */
	void (*tell)(struct instance *, enum instance_command);
	/* Sign out and release the lease, if the pool file wants that; INSTANCE_LEFT is told
	 * when it is over, perhaps before this call returns. */
	void (*leave)(struct instance *);
	/* Is it still what it was when it arrived: signed in, if its way led there? */
	bool (*holds)(const struct instance *);
	/* Cut its power and free it; nothing is told any more. */
	void (*close)(struct instance *);
};

struct instance { /* first member of every implementation */
	const struct instance_ops *ops;
};

enum instance_state {
	INSTANCE_OFF,
	INSTANCE_WALKING,
	INSTANCE_STAYING,     /* reached the end of its way, stays signed in for a while */
	INSTANCE_ARRIVED,     /* and has stayed as long as it should; it is still switched on */
	INSTANCE_FAILED,      /* a fate stopped it */
	INSTANCE_SIGNING_OUT, /* it tells the pool */
	INSTANCE_SIGNED_OUT,  /* it has power and its address, and waits for a sign-in */
	INSTANCE_LEFT         /* after leave() */
};

enum instance_verdict {
	INSTANCE_RETRY, /* this try was lost, another follows: not the row's end */
	INSTANCE_DONE,
	INSTANCE_NOT_DONE, /* all tries lost, or no try can do better */
	INSTANCE_SKIPPED
};

/* One try that ended, told once a try; the last try of a row is also the row's end. */
struct instance_row {
	unsigned row; /* index into farm_cfg.rows */
	bool chore;   /* walked beside the road: says nothing about where the phone is */
	enum instance_verdict verdict;
	unsigned why;                  /* enum reason as a number; 0: none */
	uint64_t started_us, ended_us; /* of the row: from its first try on, loop_now_us() */
	uint64_t firmware_bytes;       /* received in this row */
	const char *detail;            /* what the step says of it, lent; or NULL */
	bool wrong_password;           /* the KDC said KDC_ERR_PREAUTH_FAILED */
	bool no_descriptor;            /* this process may open no more of them */
};

struct instance_sink;

struct instance_sink_ops {
	/* A try has ended. */
	void (*row)(struct instance_sink *, const struct instance_row *);
	/* It has become this; the same state may be told again. */
	void (*state)(struct instance_sink *, enum instance_state);
	/* It boots its new image and walks again from the first row. */
	void (*restart)(struct instance_sink *);
	/* Where its trace lines are appended, whole lines only; NULL: they are not wanted.
	 * Call row() after, never before, appending that row's line. */
	struct buf *(*trace)(struct instance_sink *);
};

/* Where one instance reports to; also inside power() and leave(), never inside make. */
struct instance_sink {
	const struct instance_sink_ops *ops;
	uint64_t run_began_us; /* loop_now_us() of the run's beginning: the trace's zero */
};

/* Where an instance lives. */
struct instance_place {
	struct loop *loop;
	struct io_world *world; /* NULL when the farm was made without one */
	uint32_t index;         /* phones count from 0 */
	uint64_t seed; /* the run's; a phone's streams of chance start from it and index */
	struct instance_sink *sink;
};

/*
 * Make instance number place->index, switched off.  Called when its time to start has
 * come, on its shard's thread: arg is read only.  0 or -errno, and *err_out (static text,
 * or untouched) says what failed.
 */
typedef int instance_make_fn(
    void *arg, const struct instance_place *, struct instance **out, const char **err_out);

#endif
