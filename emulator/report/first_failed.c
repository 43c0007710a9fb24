/* first_failed.c - see first_failed.h. */
#include "first_failed.h"

#include <stdlib.h>
#include <string.h>

static void
first_add(struct first_phones *f, uint32_t phone)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->phone[i] == phone)
			return;
	if (f->n < FIRST_PHONES)
		f->phone[f->n++] = phone;
}

/* The place of a step; NULL when its name is too long, or there are too many. */
static struct first_phones *
first_step(struct first_failed *f, const char *step)
{
	size_t n = strlen(step);

	for (size_t i = 0; i < f->n_steps; i++)
		if (strcmp(f->step[i].step, step) == 0)
			return &f->step[i];
	if (f->n_steps == FIRST_STEPS || n >= FIRST_NAME)
		return NULL;
	memcpy(f->step[f->n_steps].step, step, n + 1);
	return &f->step[f->n_steps++];
}

static int
first_on_row(void *arg, uint32_t phone, json_t *row)
{
	const char *step = json_string_value(json_object_get(row, "step"));
	struct first_phones *of = first_step(arg, step);

	if (of != NULL)
		first_add(of, phone);
	return 0;
}

/* Those that failed by time, as the course has them; then those that did not finish. */
static void
first_outcomes(struct first_failed *f, const struct run_dir *d)
{
	json_t *outcomes = json_object_get(d->course, "outcomes"), *one;
	size_t i;

	json_array_foreach(json_object_get(outcomes, "failed"), i, one)
	{
		const char *step = json_string_value(json_object_get(one, "step"));
		uint32_t phone = (uint32_t)json_integer_value(json_object_get(one, "phone"));
		struct first_phones *of = step != NULL ? first_step(f, step) : NULL;

		first_add(&f->run, phone);
		if (of != NULL)
			first_add(of, phone);
	}
	json_array_foreach(json_object_get(outcomes, "unfinished"), i, one)
	    first_add(&f->run, (uint32_t)json_integer_value(json_object_get(one, "phone")));
}

int
first_failed_read(const struct run_dir *d, struct first_failed *out, struct buf *error)
{
	memset(out, 0, sizeof *out);
	first_outcomes(out, d);
	return run_dir_failed(d, first_on_row, out, error);
}

const struct first_phones *
first_failed_of(const struct first_failed *f, const char *step)
{
	static const struct first_phones nobody;

	for (size_t i = 0; i < f->n_steps; i++)
		if (strcmp(f->step[i].step, step) == 0)
			return &f->step[i];
	return &nobody;
}

static int
first_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

size_t
first_failed_all(const struct first_failed *f, uint32_t *out)
{
	size_t n = 0, once = 0;

	for (size_t i = 0; i < f->run.n; i++)
		out[n++] = f->run.phone[i];
	for (size_t k = 0; k < f->n_steps; k++)
		for (size_t i = 0; i < f->step[k].n; i++)
			out[n++] = f->step[k].phone[i];
	qsort(out, n, sizeof *out, first_cmp);
	for (size_t i = 0; i < n; i++)
		if (once == 0 || out[once - 1] != out[i])
			out[once++] = out[i];
	return once;
}
