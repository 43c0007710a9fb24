/* bottleneck.c - see bottleneck.h. */
#include "bottleneck.h"

/* Figures are for people: whole milliseconds, unless that would hide by how much. */
static void
bottleneck_ms(struct buf *out, const char *what, double ms, double most)
{
	buf_printf(out, ms < most + 1 ? "%s p99 %.2f ms > %.0f ms" : "%s p99 %.0f ms > %.0f ms",
	    what, ms, most);
}

bool
farm_bottleneck(const struct metrics *m, struct buf *out)
{
	double start_lag_ms = (double)hist_at(&m->start_lag, 0.99) / 1e3;
	const char *before = "";

	/* Its loops were late for everything. */
	if (m->loop_lag_p99_ms > FARM_LOOP_LAG_MAX_MS) {
		bottleneck_ms(out, "loop lag", m->loop_lag_p99_ms, FARM_LOOP_LAG_MAX_MS);
		buf_printf(out, " on shard %u", m->loop_lag_shard);
		before = "; ";
	}
	/* It could not start phones when they were due. */
	if (start_lag_ms > FARM_START_LAG_MAX_MS) {
		buf_text(out, before);
		bottleneck_ms(out, "start lag", start_lag_ms, FARM_START_LAG_MAX_MS);
		before = "; ";
	}
	if (m->without_descriptor > 0) {
		buf_printf(out, "%sno descriptor was left for %llu tries", before,
		    (unsigned long long)m->without_descriptor);
		before = "; ";
	}
	return before[0] != '\0';
}
