/* timeline.c - see timeline.h. */
#include "timeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

/* The latest rows of one phone; older ones are overwritten. */
struct timeline_phone {
	uint32_t phone;
	size_t n; /* rows there were */
	struct buf row[TIMELINE_ROWS];
	char mac[24];
};

struct timeline {
	size_t n;
	struct timeline_phone phone[];
};

/* "" for what is not there. */
static const char *
timeline_word(json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text != NULL ? text : "";
}

void
timeline_row(json_t *row, struct buf *out)
{
	const char *why = timeline_word(row, "why"), *detail = timeline_word(row, "detail");
	json_int_t tries = json_integer_value(json_object_get(row, "try"));

	buf_printf(out, "%10.3f s  %-20s ",
	    json_number_value(json_object_get(row, "t_ms")) / 1e3, timeline_word(row, "step"));
	if (tries > 1)
		buf_printf(out, " try %lld ", (long long)tries);
	buf_printf(out, " %s", timeline_word(row, "verdict"));
	if (why[0] != '\0')
		buf_printf(out, "  %s", why);
	if (detail[0] != '\0')
		buf_printf(out, "  %s", detail);
	buf_printf(out, "  (%.0f ms)\n", json_number_value(json_object_get(row, "ms")));
}

int
timeline_new(const uint32_t *phone, size_t n, struct timeline **out)
{
	struct timeline *t = mem_new(sizeof *t + n * sizeof t->phone[0]);

	if (t == NULL)
		return -ENOMEM;
	t->n = n;
	for (size_t i = 0; i < n; i++)
		t->phone[i].phone = phone[i];
	*out = t;
	return 0;
}

void
timeline_free(struct timeline *t)
{
	for (size_t i = 0; t != NULL && i < t->n; i++)
		for (size_t k = 0; k < TIMELINE_ROWS; k++)
			buf_done(&t->phone[i].row[k]);
	mem_free(t);
}

static const struct timeline_phone *
timeline_find(const struct timeline *t, uint32_t phone)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->phone[i].phone == phone)
			return &t->phone[i];
	return NULL;
}

static int
timeline_on_row(void *arg, uint32_t phone, json_t *row)
{
	struct timeline *t = arg;
	const struct timeline_phone *found = timeline_find(t, phone);
	struct timeline_phone *p = found != NULL ? &t->phone[found - t->phone] : NULL;
	struct buf *line;

	if (p == NULL)
		return 0;
	line = &p->row[p->n++ % TIMELINE_ROWS];
	buf_clear(line);
	timeline_row(row, line);
	strncpy(p->mac, timeline_word(row, "mac"), sizeof p->mac - 1);
	return line->err;
}

int
timeline_read(struct timeline *t, const struct run_dir *d, struct buf *error)
{
	uint32_t *phone = mem_new((t->n + 1) * sizeof *phone);
	int err;

	if (phone == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < t->n; i++)
		phone[i] = t->phone[i].phone;
	err = run_dir_phones(d, phone, t->n, timeline_on_row, t, error);
	mem_free(phone);
	return err;
}

void
timeline_text(const struct timeline *t, uint32_t phone, struct buf *out)
{
	const struct timeline_phone *p = timeline_find(t, phone);
	size_t first;

	if (p == NULL || p->n == 0) {
		buf_printf(out,
		    "phone %u was not traced (trace: in the scenario, or --trace)\n",
		    (unsigned)phone);
		return;
	}
	buf_printf(out, "phone %u, %s\n", (unsigned)phone, p->mac);
	first = p->n > TIMELINE_ROWS ? p->n - TIMELINE_ROWS : 0;
	if (first > 0)
		buf_printf(
		    out, "%12s %zu rows before these are in trace.jsonl\n", "...", first);
	for (size_t i = first; i < p->n; i++)
		buf_span(out, buf_bytes(&p->row[i % TIMELINE_ROWS]));
}
