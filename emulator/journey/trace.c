/* trace.c - see trace.h. */
#include "trace.h"

#include "text.h"

const char *
verdict_name(enum verdict v)
{
	static const char *const names[] = { "wait", "done", "retry", "fail", "skip" };

	return v <= STEP_SKIP ? names[v] : "unknown";
}

/* Milliseconds with three digits behind the point. */
static void
trace_ms(struct buf *b, const char *key, uint64_t us)
{
	buf_printf(b, ", \"%s\": %llu.%03llu", key, (unsigned long long)(us / 1000),
	    (unsigned long long)(us % 1000));
}

static void
trace_text(struct buf *b, const char *key, const char *text)
{
	buf_printf(b, ", \"%s\": \"", key);
	text_json(b, span_of(text));
	buf_text(b, "\"");
}

void
trace_line(
    struct buf *b, const struct identity *id, uint64_t began_us, const struct journey_row *row)
{
	const struct leg *leg = row->leg;
	char mac[TEXT_MAC_MAX];

	buf_printf(b, "{\"phone\": %u, \"mac\": \"%s\"", (unsigned)id->index,
	    text_mac_str(id->mac, mac));
	trace_ms(b, "t_ms", row->started_us - began_us);
	trace_ms(b, "ms", row->ended_us - row->started_us);
	trace_text(b, "step", leg->step->name);
	/* Every line has every key; what there is not is null. */
	if (leg->first != 0)
		buf_printf(b, ", \"guide\": [%u, %u]", leg->first, leg->last);
	else
		buf_text(b, ", \"guide\": null");
	buf_printf(b, ", \"try\": %u", row->tries);
	trace_text(b, "verdict", verdict_name(row->verdict));
	if (row->why != WHY_NONE)
		trace_text(b, "why", reason_name(row->why));
	else
		buf_text(b, ", \"why\": null");
	trace_text(b, "detail", row->detail);
	buf_text(b, ", \"seen\": ");
	seen_json(row->seen, b);
	buf_text(b, "}\n");
}

void
trace_words(struct buf *b, const struct identity *id, const struct journey_row *row)
{
	const struct leg *leg = row->leg;

	buf_printf(b, "phone=%04u ", (unsigned)id->index);
	if (leg->first != 0 && leg->first == leg->last)
		buf_printf(b, "guide=%u ", leg->first);
	else if (leg->first != 0)
		buf_printf(b, "guide=%u-%u ", leg->first, leg->last);
	buf_printf(
	    b, "step=%s try=%u %s", leg->step->name, row->tries, verdict_name(row->verdict));
	if (row->why != WHY_NONE)
		buf_printf(b, " %s", reason_name(row->why));
	if (row->detail[0] != '\0')
		buf_printf(b, " %s", row->detail);
	buf_printf(
	    b, " %llums", (unsigned long long)((row->ended_us - row->started_us) / 1000));
}
