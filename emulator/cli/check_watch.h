/*
 * check_watch.h - the one phone of `check`, and who stands beside it: sees each row as it ends,
 * and before the farm hears that the phone has come to its end, asks the TLS servers it met
 * what they answer to the phone's own ClientHello, from the phone's own address.
 *
 * Everything between make and close happens on the shard's thread.
 */
#ifndef CLI_CHECK_WATCH_H
#define CLI_CHECK_WATCH_H
#include <jansson.h>

#include "check_hello.h"
#include "phone.h"

struct check_watch { /* zeroed, but for: */
	struct phone_cfg *phone;
	bool ssl2; /* the hello is framed so */
	/* NULL: it begins; then each row (doctor.h) as soon as it is there, lent. */
	void (*told)(void *arg, json_t *row);
	void *arg;

	json_t *rows;       /* all of them; check_watch_done() frees it */
	struct buf lines;   /* the same as trace lines */
	bool arrived;       /* the phone came to its way's end */
	const char *failed; /* why it could not be made or watched, or NULL */

	/* private */
	struct instance_sink sink; /* the phone's; it leads on to the farm's */
	struct instance_sink *farm;
	const struct instance *instance;
	struct buf line; /* of the trace, of the row that is told next */
	json_t *lost;    /* by the row's number: what became of its tries so far */
	struct check_hello hello;
	bool asked;
	enum instance_state held; /* the farm hears of it when all is asked */
};

/* An instance_make_fn for farm_cfg; arg is the struct check_watch. */
instance_make_fn check_watch_make;

/* After the farm's end.  Zeroed memory is fine. */
void check_watch_done(struct check_watch *);

#endif
