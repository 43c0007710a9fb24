/* phone_rows.c - see phone_rows.h. */
#include "phone_rows.h"

/* The n-th row of all, table and chores one after the other, or NULL. */
static const struct leg *
rows_leg(size_t n)
{
	if (n < journey_rows)
		return &journey_table[n];
	n -= journey_rows;
	for (size_t i = 0; i < chores_count; i++) {
		if (n < chores_table[i].n_rows)
			return &chores_table[i].rows[n];
		n -= chores_table[i].n_rows;
	}
	return NULL;
}

/* Is it the first row that has its step? */
static bool
rows_is_new(size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rows_leg(i)->step == rows_leg(n)->step)
			return false;
	return true;
}

size_t
phone_rows(struct farm_row *out, size_t cap)
{
	const struct leg *leg;
	size_t n = 0;

	for (size_t i = 0; (leg = rows_leg(i)) != NULL; i++) {
		if (!rows_is_new(i))
			continue;
		if (n < cap)
			out[n] = (struct farm_row){
				.name = leg->step->name,
				.stage = leg->stage,
				.first = leg->first,
				.last = leg->last,
				.chore = i >= journey_rows,
			};
		n++;
	}
	return n < cap ? n : cap;
}

unsigned
phone_row_of(const struct leg *wanted)
{
	const struct leg *leg;
	unsigned n = 0;

	/* Rows of the table come first and have their own index. */
	if (wanted >= journey_table && wanted < journey_table + journey_rows)
		return (unsigned)(wanted - journey_table); /* no step is there twice */
	for (size_t i = 0; (leg = rows_leg(i)) != NULL; i++) {
		if (leg->step == wanted->step)
			break;
		n += rows_is_new(i);
	}
	return n;
}
