/* html_ways.c - which phones' ways are worth showing, and their rows out of the trace: the
 * slowest, and the first to fail of each step and reason.  See html_priv.h. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "html_priv.h"

enum { WAYS_MAX = HTML_SLOWEST + HTML_FAILED, WAYS_HEAD = HTML_ROWS / 3 };

struct ways {
	uint32_t phone[WAYS_MAX];
	size_t n;
	json_t *of; /* by the phone's number */
};

/* ---- who ---- */

static void
ways_add(struct ways *w, const json_t *number, size_t room)
{
	json_int_t n = json_integer_value(number);

	if (json_is_integer(number) && n >= 0 && n <= UINT32_MAX && w->n < room)
		w->phone[w->n++] = (uint32_t)n;
}

static int
ways_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Ascending, each once. */
static void
ways_sort(struct ways *w)
{
	size_t kept = 0;

	qsort(w->phone, w->n, sizeof *w->phone, ways_cmp);
	for (size_t i = 0; i < w->n; i++)
		if (kept == 0 || w->phone[kept - 1] != w->phone[i])
			w->phone[kept++] = w->phone[i];
	w->n = kept;
}

static void
ways_choose(struct ways *w, const json_t *outcomes)
{
	const json_t *one, *number;
	size_t i, k;

	json_array_foreach(json_object_get(outcomes, "slowest"), i, one)
	{
		ways_add(w, json_object_get(one, "phone"), HTML_SLOWEST);
	}
	json_array_foreach(json_object_get(outcomes, "first_failed_by_reason"), i, one)
	{
		json_array_foreach(json_object_get(one, "phones"), k, number)
		{
			ways_add(w, number, WAYS_MAX);
		}
	}
	ways_sort(w);
}

/* ---- what they did ---- */

/* A tenth of a millisecond is fine enough for a bar, and spares digits. */
static json_t *
ways_ms(const json_t *ms)
{
	return json_real(round(json_number_value(ms) * 10) / 10);
}

/* Did it go well, and at once?  Then nobody asks what was seen on the wire. */
static bool
ways_smooth(const json_t *row)
{
	const char *verdict = json_string_value(json_object_get(row, "verdict"));

	return strcmp(verdict, "skip") == 0 ||
	    (strcmp(verdict, "done") == 0 &&
		json_integer_value(json_object_get(row, "try")) <= 1);
}

static json_t *
ways_row(json_t *row)
{
	json_t *list =
	    json_pack("[o, o, O, O?, O, O?, O?]", ways_ms(json_object_get(row, "t_ms")),
		ways_ms(json_object_get(row, "ms")), json_object_get(row, "step"),
		json_object_get(row, "try"), json_object_get(row, "verdict"),
		json_object_get(row, "why"), json_object_get(row, "detail"));
	json_t *seen = json_object_get(row, "seen");

	if (list != NULL && seen != NULL && !ways_smooth(row))
		(void)json_array_append(list, seen);
	return list;
}

/* The phone's own, made with its first row. */
static json_t *
ways_of(struct ways *w, uint32_t phone, json_t *row)
{
	char key[16];
	json_t *way;

	(void)snprintf(key, sizeof key, "%u", phone);
	way = json_object_get(w->of, key);
	if (way != NULL)
		return way;
	way = json_pack(
	    "{s:O?, s:i, s:[]}", "mac", json_object_get(row, "mac"), "left_out", 0, "rows");
	return json_object_set_new(w->of, key, way) == 0 ? way : NULL;
}

/* A phone that stays for a day has thousands of rows: how it began and how it ended is told. */
static void
ways_trim(json_t *way, json_t *rows)
{
	json_t *left_out = json_object_get(way, "left_out");

	if (json_array_size(rows) <= HTML_ROWS)
		return;
	(void)json_array_remove(rows, WAYS_HEAD);
	(void)json_integer_set(left_out, json_integer_value(left_out) + 1);
}

static int
ways_on_row(void *arg, uint32_t phone, json_t *row)
{
	json_t *way = ways_of(arg, phone, row);
	json_t *rows = json_object_get(way, "rows");

	if (rows == NULL || json_array_append_new(rows, ways_row(row)) != 0)
		return -ENOMEM;
	ways_trim(way, rows);
	return 0;
}

int
html_ways(const struct run_dir *dir, json_t **out, struct buf *error)
{
	struct ways w = { .of = json_object() };
	int err;

	if (w.of == NULL)
		return -ENOMEM;
	ways_choose(&w, json_object_get(dir->course, "outcomes"));
	err = run_dir_phones(dir, w.phone, w.n, ways_on_row, &w, error);
	if (err != 0)
		json_decref(w.of);
	else
		*out = w.of;
	return err;
}
