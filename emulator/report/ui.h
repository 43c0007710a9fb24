/*
 * ui.h - the live page: a tile for each phone of a running farm, and one phone's tries.
 *
 *	/            the page; its parts are below /page/
 *	/run         what does not change: phones, steps, stages, groups (JSON)
 *	/summary     the figures of this moment (JSON)
 *	/state       all phones of this moment: four 32-bit numbers (little endian: version 1,
 *the number of phones, ms since the run began, 1 if it has ended), then four bytes a phone:
 *struct board_place /phone/N     one phone: where it is and what it has tried of late (JSON)
 */
#ifndef REPORT_UI_H
#define REPORT_UI_H
#include "board.h"
#include "report.h"
#include "web.h"

struct ui;

struct ui_cfg { /* all lent */
	const struct report_run *run;
	struct board *board;
	bool rehearsal; /* its time is virtual */
	/* Append what a phone is called: "phone00007@contoso.com 00:04:f2:10:00:07".  NULL: by
	 * its number only. */
	void (*who)(void *arg, uint32_t phone, struct buf *out);
	void *arg;
};

/* 0 or -ENOMEM. */
int ui_new(const struct ui_cfg *, struct ui **out);

/* NULL is fine; the web server that has its routes is gone by then. */
void ui_free(struct ui *);

/* What it answers to; lent. */
const struct web_route *ui_routes(const struct ui *, size_t *n_out);

/* Once a second: the counts of the whole farm, lent until the next time. */
void ui_second(struct ui *, const struct metrics *, uint64_t since_began_us);

/* The run has ended like this; of it only the metrics are lent. */
void ui_end(struct ui *, const struct report_end *);

/* Is somebody looking on who has not seen yet that it has ended? */
bool ui_owes_the_end(const struct ui *);

#endif
