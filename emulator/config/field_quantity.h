/* field_quantity.h - the values of a file that are numbers with a unit; for field_value.c. */
#ifndef CONFIG_FIELD_QUANTITY_H
#define CONFIG_FIELD_QUANTITY_H
#include "field.h"

/* A value of type FIELD_DURATION, _MS, _SECONDS, _OFFSET, _SHARE, _SIZE, _RATE or _PACE to
 * `out`.  0, or -EINVAL with the error. */
int field_quantity(
    const struct field_place *, const struct node *, const struct field *, void *out);

#endif
