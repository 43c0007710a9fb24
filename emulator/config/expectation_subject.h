/* expectation_subject.h - what an expectation measures, by its name; for expectation.c. */
#ifndef CONFIG_EXPECTATION_SUBJECT_H
#define CONFIG_EXPECTATION_SUBJECT_H
#include "expectation.h"
#include "span.h"

/* The last word of a name, and what it stands for. */
struct expect_figure {
	const char *word;
	enum expectation_subject subject;
	int figure;
	double share;
};

/* The first word of a name, and what follows it: a name of somebody's, one of the figures. */
struct expect_head {
	const char *word;
	bool named;
	const struct expect_figure *figures; /* ends in an empty word; NULL: none */
	enum expectation_subject subject;    /* without figures */
	const char *form;                    /* for the message */
};

enum { EXPECT_HEADS = 11 };
extern const struct expect_head expect_heads[EXPECT_HEADS];

/* An error at a part of the node's own text; always -EINVAL. */
int expectation_fail(const struct field_place *, const struct node *, const uint8_t *part,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Read "step.krb_login.p99", a part of the node's text, into what is measured: subject, name,
 * figure, share, number.  0, or -EINVAL with the error. */
int expectation_subject(
    const struct field_place *, const struct node *, struct span text, struct expectation *);

/* Does this unit fit what is measured? */
bool expectation_fits(const struct expectation *, enum expectation_unit);

/* Does it make sense to stop a run because this is broken?  Not if it is broken until the end
 * comes, as phones.finished == 100% is. */
bool expectation_can_abort(const struct expectation *);

/* In what it is measured, for people: "a duration (ms, s, m, h)". */
const char *expectation_measure(const struct expectation *);

#endif
