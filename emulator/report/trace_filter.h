/*
 * trace_filter.h - whose lines of the trace are kept.  A run writes all of them into
 * trace.jsonl.part, for nobody knows beforehand who will fail; at its end those that were asked
 * for become trace.jsonl.  A run that does not get there leaves the .part.
 */
#ifndef REPORT_TRACE_FILTER_H
#define REPORT_TRACE_FILTER_H
#include <stdbool.h>
#include <stdint.h>

#include "farm.h"
#include "scenario.h"

#define TRACE_NAME "trace.jsonl"
#define TRACE_PART_NAME "trace.jsonl.part"

struct trace_choice {
	enum scenario_trace keep;
	uint32_t sample; /* so many phones besides, spread evenly over the numbers */
	uint32_t phones;
	const struct farm_phone *phone; /* farm_end's */
};

/* Are this phone's lines kept?  Always those of one that was started and has not finished. */
bool trace_keeps(const struct trace_choice *, uint32_t phone);

/*
 * Make DIR/trace.jsonl of DIR/trace.jsonl.part, which is then gone.  A line that is not a
 * phone's is kept, one that was cut short is not.  0 or -errno, and the .part is left as it
 * was.
 */
int trace_filter(const char *dir, const struct trace_choice *);

#endif
