/*
 * phone_rows.h - the rows of the journey and its chores, as the farm counts them: those of the
 * table in its order, then the chores' own; a step that is in both is one row.
 */
#ifndef PHONE_PHONE_ROWS_H
#define PHONE_PHONE_ROWS_H
#include <stddef.h>

#include "journey.h"
#include "metrics.h"

/* Fill in at most cap rows; how many there are. */
size_t phone_rows(struct farm_row *out, size_t cap);

/* The number of a row of the table or of a chore, for instance_row.row. */
unsigned phone_row_of(const struct leg *);

#endif
