/*
 * expectation.h - what must hold when a run has ended: `expect:`, a list of comparisons.
 *
 *   step.krb_login.p99 < 800ms      phones.finished == 100%      detail.krb:24 == 0
 *   {that: step.krb_login.p99 < 800ms, after: 30s, abort: true}
 *
 * Here they are read; report/expect.h measures.  The tables in expectation_subject.c are the
 * format.
 */
#ifndef CONFIG_EXPECTATION_H
#define CONFIG_EXPECTATION_H
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "field.h"
#include "tree.h"

enum {
	EXPECTATIONS_MAX = 64,
	EXPECTATION_TEXT_MAX = 120,
	EXPECTATION_NAME_MAX = 64,
	EXPECTATION_DETAILS_MAX = 16
};

/* What is measured; in brackets what `figure` is. */
enum expectation_subject {
	EXPECT_PHONES,     /* phones.finished [planned ...] */
	EXPECT_STEP,       /* step.NAME.done [attempts ...] */
	EXPECT_LATENCY,    /* step.NAME.p99 [share] */
	EXPECT_BOOT,       /* boot.p99 [share]: from the intended start */
	EXPECT_GROUP,      /* group.NAME.finished [planned ...]; not planned */
	EXPECT_GROUP_BOOT, /* group.NAME.p99 [share]: as boot */
	EXPECT_REASON,     /* reason.NAME: tries lost for it */
	EXPECT_DETAIL,     /* detail.TEXT: tries whose detail begins with it */
	EXPECT_GUIDE,      /* guide.N: phones that completed the number */
	EXPECT_SERVER,     /* server.NAME.requests [requests ...] */
	EXPECT_WALL,       /* wall: how long the run took */
	EXPECT_CPU,        /* farm.cpu: what it cost, user and system */
	EXPECT_RSS,        /* farm.rss: the most memory it had, bytes */
	EXPECT_LOOP_LAG,   /* farm.loop_lag.p99: the worst shard's */
	EXPECT_START_LAG,  /* farm.start_lag.p99 [share]: from the intended start to the actual
			    */
	EXPECT_FIRMWARE    /* bytes.firmware */
};

enum expectation_phones {
	EXPECT_PLANNED,
	EXPECT_STARTED,
	EXPECT_FINISHED,
	EXPECT_FAILED,
	EXPECT_UNFINISHED
};

enum expectation_step {
	EXPECT_ATTEMPTS,
	EXPECT_STEP_DONE,
	EXPECT_STEP_FAILED,
	EXPECT_SKIPPED,
	EXPECT_RETRIES
};

enum expectation_server { EXPECT_REQUESTS, EXPECT_REPLIES, EXPECT_BYTES_IN, EXPECT_BYTES_OUT };

enum expectation_op { EXPECT_EQ, EXPECT_NE, EXPECT_LT, EXPECT_LE, EXPECT_GT, EXPECT_GE };

enum expectation_unit {
	EXPECT_COUNT,   /* value is a number */
	EXPECT_SHARE,   /* of 1; of what, the subject says */
	EXPECT_SECONDS, /* a duration */
	EXPECT_BYTES,
	EXPECT_PER_SECOND, /* on average over the run */
	EXPECT_BYTES_PER_SECOND
};

struct expectation {
	char text[EXPECTATION_TEXT_MAX]; /* as it was written */
	struct mark at;
	enum expectation_subject subject;
	char name[EXPECTATION_NAME_MAX]; /* of the step, reason, server, group; the detail's
					    text */
	int figure;                      /* enum expectation_phones, _step, _server */
	double share;                    /* percentiles: 0.99; max is 1 */
	unsigned number;                 /* of the guide */
	enum expectation_op op;
	enum expectation_unit unit;
	double value;
	/* Judged once a second, and the run stopped when it is broken; not before this time
	 * since the start. */
	bool abort;
	uint64_t after_us;
};

struct expectations {
	struct expectation item[EXPECTATIONS_MAX];
	size_t n;
};

/* The keys of one that is written as a map, for the manual. */
enum { EXPECTATION_FIELDS = 3 };
extern const struct field expectation_fields[EXPECTATION_FIELDS];

/* Read the list of `expect:` into a struct expectations.  Names of steps, reasons
 * and groups are checked by who knows them.  0, or -EINVAL with the error. */
int expectations_read(const struct field_place *, const struct node *list, void *expectations);

/* Append the manual: one line for each that can be measured. */
void expectations_help(struct buf *);

/* The different texts of detail.TEXT, lent, in their order; how many.  After
 * expectations_read() at most EXPECTATION_DETAILS_MAX. */
size_t expectations_details(
    const struct expectations *, const char *out[EXPECTATION_DETAILS_MAX + 1]);

#endif
