/* expectation.c - see expectation.h: a comparison, its number and its unit.  What can be
 * measured is in expectation_subject.c. */
#include "expectation.h"

#include <errno.h>
#include <string.h>

#include "expectation_subject.h"
#include "quantity.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

struct expect_op {
	const char *sign;
	enum expectation_op op;
};

struct expect_unit {
	const char *word;
	enum expectation_unit unit;
	double of;
};

/* The longer ones first. */
static const struct expect_op ops[] = { { "==", EXPECT_EQ }, { "!=", EXPECT_NE },
	{ "<=", EXPECT_LE }, { ">=", EXPECT_GE }, { "<", EXPECT_LT }, { ">", EXPECT_GT } };

static const struct expect_unit units[] = {
	{ "", EXPECT_COUNT, 1 },
	{ "%", EXPECT_SHARE, 0.01 },
	{ "ms", EXPECT_SECONDS, 1e-3 },
	{ "s", EXPECT_SECONDS, 1 },
	{ "m", EXPECT_SECONDS, 60 },
	{ "h", EXPECT_SECONDS, 3600 },
	{ "/s", EXPECT_PER_SECOND, 1 },
	{ "B", EXPECT_BYTES, 1 },
	{ "kB", EXPECT_BYTES, 1e3 },
	{ "MB", EXPECT_BYTES, 1e6 },
	{ "GB", EXPECT_BYTES, 1e9 },
	{ "B/s", EXPECT_BYTES_PER_SECOND, 1 },
	{ "kB/s", EXPECT_BYTES_PER_SECOND, 1e3 },
	{ "MB/s", EXPECT_BYTES_PER_SECOND, 1e6 },
	{ "GB/s", EXPECT_BYTES_PER_SECOND, 1e9 },
};

/* Take the comparison off the front. */
static int
read_op(
    const struct field_place *at, const struct node *n, struct span *s, struct expectation *e)
{
	for (size_t i = 0; i < COUNT(ops); i++) {
		size_t len = strlen(ops[i].sign);

		if (s->n < len || memcmp(s->p, ops[i].sign, len) != 0)
			continue;
		e->op = ops[i].op;
		*s = (struct span){ s->p + len, s->n - len };
		return 0;
	}
	return expectation_fail(
	    at, n, s->p, "`%c' is no comparison: ==, !=, <, <=, > or >=", (char)s->p[0]);
}

static int
read_value(
    const struct field_place *at, const struct node *n, struct span s, struct expectation *e)
{
	const struct expect_unit *unit = units;
	struct span rest = span_trim(s);
	const uint8_t *number = rest.p;
	double v;

	if (quantity_number(&rest, &v) != 0)
		return expectation_fail(at, n, number, "a number is missing here");
	rest = span_trim(rest);
	while (unit < units + COUNT(units) && !span_is(rest, unit->word))
		unit++;
	if (unit == units + COUNT(units))
		return expectation_fail(at, n, rest.p,
		    "unknown unit `%.*s': ms, s, m, h, %%, /s, B, kB, MB, GB, MB/s",
		    (int)rest.n, rest.p);
	if (!expectation_fits(e, unit->unit))
		return expectation_fail(
		    at, n, number, "this is measured as %s", expectation_measure(e));
	e->unit = unit->unit;
	e->value = v * unit->of;
	return 0;
}

/* ---- one of the list --------------------------------------------------------- */

/* Printed in reports: one line of them. */
static bool
is_plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] == 127)
			return false;
	return true;
}

static int own_that(const struct field_place *, const struct node *, void *base);

/* clang-format off */

/* The same as the tables of what can be measured, in which units; a test compares them. */
#define COMPARED " *(==|!=|<=?|>=?) *([0-9]+[.]?[0-9]*|[.][0-9]+) *"
#define PERCENTILE "(p50|p90|p95|p99|p99[.]9|max)"
#define COUNTED "phones[.](planned|started|finished|failed|unfinished)|group[.][^.=!<>]+[.](started|finished|failed|unfinished)|" \
	"(reason|detail)[.][^=!<>]+|guide[.]0*([1-9]|1[0-9]|2[0-8])"
#define TIMED "(step|group)[.][^.=!<>]+[.]" PERCENTILE "|boot[.]" PERCENTILE "|wall|" \
	"farm[.](cpu|loop_lag[.]p99|start_lag[.]" PERCENTILE ")"
#define PATTERN "^ *((" COUNTED ")" COMPARED "%?" \
	"|(" TIMED ")" COMPARED "(ms|s|m|h)" \
	"|step[.][^.=!<>]+[.](attempts|done|failed|skipped|retries)" COMPARED "(%|/s)?" \
	"|server[.][^.=!<>]+[.](requests|replies)" COMPARED "(/s)?" \
	"|(bytes[.]firmware|server[.][^.=!<>]+[.]bytes_(in|out))" COMPARED "([kMG]?B(/s)?)?" \
	"|farm[.]rss" COMPARED "([kMG]?B)?) *$"

const struct field expectation_fields[EXPECTATION_FIELDS] = {
	{ .key = "that", .type = FIELD_OWN, .own = own_that, .required = true, .pattern = PATTERN,
	  .help = "the comparison" },
	{ .key = "after", .type = FIELD_DURATION, .offset = offsetof(struct expectation, after_us),
	  .max = 86400000000 * 30, .def = "0s", .help = "with abort: not judged before that time" },
	{ .key = "abort", .type = FIELD_BOOL, .offset = offsetof(struct expectation, abort), .def = "false",
	  .help = "judged every second; the run is stopped when it is broken" },
};
/* clang-format on */

/* SUBJECT OP VALUE, blanks between them or not. */
static int
own_that(const struct field_place *at, const struct node *n, void *base)
{
	static const char form[] = "a comparison such as step.krb_login.p99 < 800ms";
	struct expectation *e = base;
	struct span text, left, right;

	if (n->kind != NODE_SCALAR)
		return field_fail(at, n, "an expectation is %s", form);
	text = span_trim(span_of(n->text));
	if (text.n == 0 || !is_plain(text))
		return field_fail(at, n, "an expectation is %s", form);
	if (text_copy(e->text, sizeof e->text, text) != 0)
		return field_fail(at, n, "longer than %zu bytes", sizeof e->text - 1);
	e->at = n->at;

	left = (struct span){ text.p, strcspn(e->text, "=!<>") };
	right = (struct span){ text.p + left.n, text.n - left.n };
	left = span_trim(left);
	if (right.n == 0)
		return field_fail(
		    at, n, "no comparison (==, !=, <, <=, > or >=) in `%s'", e->text);
	if (left.n == 0)
		return field_fail(at, n, "what is compared in `%s'?", e->text);
	if (expectation_subject(at, n, left, e) != 0 || read_op(at, n, &right, e) != 0)
		return -EINVAL;
	return read_value(at, n, right, e);
}

/* A text is the comparison alone. */
static int
read_one(const struct field_place *at, const struct node *n, struct expectation *e)
{
	int err;

	if (n->kind != NODE_MAP)
		return own_that(at, n, e);
	err = fields_read(at, n, expectation_fields, EXPECTATION_FIELDS, e);
	if (err)
		return err;
	if (!e->abort && tree_get(n, "after") != NULL)
		return field_fail(at, tree_get(n, "after"),
		    "`after' goes with `abort: true': without, it is judged at the end");
	if (e->abort && !expectation_can_abort(e))
		return field_fail(at, tree_get(n, "abort"),
		    "`%s' is broken until the end: no run can be stopped for it", e->text);
	return 0;
}

size_t
expectations_details(
    const struct expectations *all, const char *out[EXPECTATION_DETAILS_MAX + 1])
{
	size_t n_out = 0;

	for (size_t i = 0; i < all->n && n_out <= EXPECTATION_DETAILS_MAX; i++) {
		const struct expectation *e = &all->item[i];
		size_t k = 0;

		while (k < n_out && strcmp(out[k], e->name) != 0)
			k++;
		if (e->subject == EXPECT_DETAIL && k == n_out)
			out[n_out++] = e->name;
	}
	return n_out;
}

int
expectations_read(const struct field_place *at, const struct node *list, void *expectations)
{
	struct expectations *all = expectations;
	const char *details[EXPECTATION_DETAILS_MAX + 1];

	if (list->kind != NODE_LIST)
		return field_fail(
		    at, list, "`expect' must be a list, as in `- phones.finished == 100%%'");
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		int err;

		if (all->n == EXPECTATIONS_MAX)
			return field_fail(at, n, "more than %d expectations", EXPECTATIONS_MAX);
		err = read_one(at, n, &all->item[all->n]);
		if (err)
			return err;
		all->n++;
		/* Each detail that is watched costs a comparison for each try. */
		if (expectations_details(all, details) > EXPECTATION_DETAILS_MAX)
			return field_fail(
			    at, n, "more than %d different details", EXPECTATION_DETAILS_MAX);
	}
	return 0;
}
