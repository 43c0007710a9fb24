/* run_dir_parts.c - single things out of a run's files; see run_dir.h. */
#include <string.h>

#include "run_dir.h"

json_t *
run_dir_step(const struct run_dir *d, const char *name)
{
	json_t *steps = json_object_get(d->summary, "steps"), *step;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		const char *its = json_string_value(json_object_get(step, "name"));

		if (its != NULL && strcmp(its, name) == 0)
			return step;
	}
	return NULL;
}

/* A number that no run counts, or a value beyond all time, is none. */
static bool
run_dir_bin(json_t *bin, uint64_t *us_out, uint32_t *count_out)
{
	json_int_t us = json_integer_value(json_array_get(bin, 0));
	json_int_t count = json_integer_value(json_array_get(bin, 1));

	if (us < 0 || count <= 0 || count > UINT32_MAX)
		return false;
	*us_out = (uint64_t)us;
	*count_out = (uint32_t)count;
	return true;
}

void
run_dir_hist(const struct run_dir *d, const char *name, struct hist *out)
{
	json_t *bins = json_object_get(json_object_get(d->course, "hist"), name), *bin;
	uint64_t us;
	uint32_t count;
	size_t i;

	memset(out, 0, sizeof *out);
	json_array_foreach(bins, i, bin)
	{
		if (run_dir_bin(bin, &us, &count))
			hist_add_many(out, us, count);
	}
}
