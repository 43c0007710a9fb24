/* lane.h - the inside of a journey: two lanes that walk rows, and the phone around them.
 * Private to journey/. */
#ifndef JOURNEY_LANE_H
#define JOURNEY_LANE_H
#include "journey.h"

enum lane_state {
	LANE_RESTS, /* nothing to walk */
	LANE_READY, /* the next try is to begin now */
	LANE_WAITS, /* a try is on its way */
	LANE_PAUSES /* between two tries */
};

/* One walk at a time; `attempt`, `stage` and `walk` close what was opened for a try, for a
 * stage, for all of it. */
struct lane {
	struct journey *j;
	enum lane_state state;
	const struct chore *doing; /* the chore whose rows are walked; NULL: the table's */
	const struct leg *rows;    /* what is walked, and where we are */
	size_t n_rows, at;
	struct step s;
	struct seen seen;
	struct io_scope attempt, stage, walk;
	struct io_handle *alarm; /* the try's limit, or the pause before the next */
	uint64_t row_began_us;
	unsigned walks;        /* counts walks: tells a watcher's power cut in our back */
	unsigned loops, backs; /* the loop guards */
	size_t back_at;        /* the row that sent us back, and its tries so far */
	unsigned back_tries;
	uint64_t back_began_us;
};

struct journey {
	struct journey_cfg cfg;
	const struct profile *profile;
	enum journey_state state;
	struct facts facts;
	struct line *line;
	struct lane road, chore;
	uint64_t on_us;       /* when the power came */
	uint64_t stay_end_us; /* of the stay; 0: it has not arrived yet */
	unsigned restarts;
	bool fresh_image; /* what runs since the last power cut is new */
	bool again;       /* the bell is to restart it */
	bool away;        /* the person has signed out, and nobody has signed in since */
	bool update_wanted;
	struct io_scope power;
	struct io_handle *bell;                     /* restart, the end of the stay */
	struct io_handle *chore_bell;               /* the next chore */
	uint64_t due_us[JOURNEY_CHORES_MAX];        /* 0 = not planned */
	uint64_t not_before_us[JOURNEY_CHORES_MAX]; /* a server asked to be left alone */
	bool line_lost;
	unsigned reconnects; /* in a row without success */
};

/* ---- lane_next.c: where a verdict leads -------------------------------------- */

enum next {
	NEXT_TRY, /* after a pause */
	NEXT_ROW,
	NEXT_BACK,  /* to the row that makes the connection */
	NEXT_AGAIN, /* to where the fate says */
	NEXT_END,   /* that was the last row */
	NEXT_STOP   /* the walk has failed */
};

/* Judge a verdict; a RETRY whose tries are spent becomes a FAIL. */
enum next lane_judge(const struct lane *, enum verdict *);

/* Where the row's fate sends the lane back to; its own index when there is nothing above. */
size_t lane_again_from(const struct lane *);

/* The index of the row with this step among those walked; n_rows: none. */
size_t lane_row_of(const struct lane *, const struct step_ops *);

/* The pause after so many tries: doubles with each, +/- 25 %, and not before what the server
 * asked for. */
uint64_t lane_pause_us(const struct lane *, unsigned tries);

/* So long, +/- 25 % by chance. */
uint64_t lane_blur_us(struct io *, uint64_t us);

/* The row, its limit by table or scenario, and io's now. */
const struct leg *lane_leg(const struct lane *);
uint32_t lane_limit_ms(const struct lane *);
uint64_t lane_now(const struct lane *);

/* ---- journey.c: the runner ------------------------------------------------- */

/* Walk these rows from the first one on a lane that rests: a chore's, or (NULL) the table's.
 * 0 or -ENOMEM. */
int lane_walk(struct lane *, const struct leg *rows, size_t n, const struct chore *);

/* Let the step of the moment drop what is not an io handle: what comes before a power cut. */
void lane_cancel(struct lane *);

/* End the walk where it is, close what it opened; nobody is told.  Does nothing at rest. */
void lane_stop(struct lane *);

/* Where events go: the owner of a try's handles and of a kept one. */
struct io_owner lane_owner(struct lane *, struct io_scope *);

/* ---- power.c: the phone ------------------------------------------------------ */

/* It is this from now on, and the watcher hears of it; who may cut the power in here. */
void journey_enter(struct journey *, enum journey_state);

/* The walk cannot go on: the phone has failed, and keeps nothing open. */
void journey_give_up(struct journey *);

/* Rows of the plan's whole road. */
size_t journey_road_end(const struct journey *);

/* Is there a new image to boot, and does the plan want it? */
bool journey_wants_restart(const struct journey *);

/* Power cut and boot: for a new image, or because the network is gone. */
void journey_restart(struct journey *);

/* The rows of leaving are walked. */
void journey_left(struct journey *);

/* ---- stay.c: the end of a walk ------------------------------------------------------ */

/* The walk of the table is over: by its last row, or by a fate. */
void journey_walked(struct journey *, bool arrived);

/* Restart soon: for a new image, or because the network is gone. */
void journey_again(struct journey *);

/* The update that was asked for is done with: what of its stay there is left. */
void journey_update_asked(struct journey *);

/* The bell rings, perhaps for a stay that the person has ended; arg is the journey. */
void stay_bell(void *arg, const struct io_event *);

/* ---- person.c: who signs in and out ------------------------------------------------- */

/* Rows that are walked now: up to the sign-in screen while nobody is there to type. */
size_t person_road_end(const struct journey *);

/* The pool has been told, or the sign-in screen reached. */
void person_signed_out(struct journey *);

/* ---- chores.c ------------------------------------------------------------------ */

/* Facts or states have changed: plan the chores anew. */
void chores_look(struct journey *);

/* A lane has walked the rows of this chore. */
void chores_walked(struct lane *, const struct chore *, bool done);

/* The chore bell rings. */
void chores_ring(struct journey *);

/* Forget all plans. */
void chores_forget(struct journey *);

/* The line's own news: line_cfg.on_lost. */
void chores_line_lost(void *arg, enum line_news, const char *detail);

/* ---- chores_asked.c: what is not a matter of time --------------------------------- */

/* What these facts give is gone: end the chore of the line that is being walked for it. */
void chores_drop(struct journey *, uint32_t lost);

/* Is there a chore that asks for updates? */
bool chores_know_updates(const struct journey *);

/* Walk the rows of signing out on the road's lane; false: there is nothing to tell the pool, or
 * no memory. */
bool chores_sign_out(struct journey *);

/* Walk the rows of leaving; the phone may have left when this returns.  false: there are none,
 * or no memory. */
bool chores_leave(struct journey *);

#endif
