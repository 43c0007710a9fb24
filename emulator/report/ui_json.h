/* ui_json.h - what the live page asks for, as JSON.  Each appends one object. */
#ifndef REPORT_UI_JSON_H
#define REPORT_UI_JSON_H
#include "ui.h"

/* By how much the counts grew in the last second, by the second. */
struct ui_rates {
	double started, ended, megabytes;
};

/* A moment of the run. */
struct ui_now {
	const struct metrics *metrics; /* NULL: the first second is not over */
	uint64_t since_began_us;
	struct ui_rates rates;
	const struct report_end *end; /* NULL: it goes on */
};

/* /run; want of memory is the buffer's error, as in the others. */
void ui_json_run(const struct ui_cfg *, struct buf *out);

/* /summary. */
void ui_json_summary(const struct ui_cfg *, const struct ui_now *, struct buf *out);

/* /phone/N. */
void ui_json_phone(
    const struct ui_cfg *, uint32_t number, const struct board_phone *, struct buf *out);

#endif
