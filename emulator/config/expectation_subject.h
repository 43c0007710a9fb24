/* expectation_subject.h - what an expectation measures, by its name; for expectation.c. */
#ifndef CONFIG_EXPECTATION_SUBJECT_H
#define CONFIG_EXPECTATION_SUBJECT_H
#include "expectation.h"
#include "span.h"

/* An error at a part of the node's own text; always -EINVAL. */
int expectation_fail(const struct field_place *, const struct node *, const uint8_t *part,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Read "step.krb_login.p99", a part of the node's text, into what is measured: subject, name,
 * figure, share, number.  0, or -EINVAL with the error. */
int expectation_subject(
    const struct field_place *, const struct node *, struct span text, struct expectation *);

/* Does this unit fit what is measured? */
bool expectation_fits(const struct expectation *, enum expectation_unit);

/* In what it is measured, for people: "a duration (ms, s, m, h)". */
const char *expectation_measure(const struct expectation *);

#endif
