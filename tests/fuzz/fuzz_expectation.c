/* fuzz_expectation.c - any lines as expectations, judged against a run whose figures are any,
 * too. */
#include "expectation.h"

#include "expect.h"
#include "fuzz.h"
#include "load.h"
#include "mem.h"
#include "rng.h"

static const struct farm_row rows[] = {
	{ "dhcp_lease", "address", 1, 2, false },
	{ "krb_login", "identity", 11, 12, false },
};
static const char *const reasons[] = { "none", "timeout" };

enum { ROWS = 2, REASONS = 2 };

static void
counted(struct service_metrics *s, struct rng *r)
{
	*s = (struct service_metrics){ rng_below(r, 9), rng_below(r, 9), rng_u64(r) >> 9, 0 };
}

/* A run of anything from nobody on. */
static void
make_run(struct metrics *m, struct rng *r)
{
	uint32_t started = (uint32_t)rng_below(r, 9);

	m->n_rows = ROWS;
	m->phones = (struct phone_counts){
		.started = started, .finished = started / 2, .failed = started / 4
	};
	for (size_t i = 0; i < ROWS; i++) {
		uint64_t done = rng_below(r, 3), failed = rng_below(r, 3);

		m->row[i] = (struct row_metrics){ .attempts = done + failed + rng_below(r, 3),
			.done = done,
			.failed = failed };
		for (uint64_t k = 0; k < done; k++)
			hist_add(&m->row[i].latency, rng_u64(r) >> rng_below(r, 64));
	}
	for (size_t i = 0; i < METRICS_SERVICES; i++)
		counted(&m->service[i], r);
	m->firmware_bytes = rng_u64(r) >> rng_below(r, 64);
}

/* What comes out is a value with its unit for each, on one line; and of opposites just one is
 * true, unless there was nothing to measure. */
static void
judge(const struct expectations *all, uint64_t seed)
{
	struct metrics *m = mem_new(sizeof *m);
	struct report_run run = { .planned = 8,
		.rows = rows,
		.n_rows = ROWS,
		.reasons = reasons,
		.n_reasons = REASONS,
		.expect = all };
	struct report_end end = { .metrics = m, .cpu_user_s = 0.5 };
	static struct report_expect out[EXPECTATIONS_MAX], other[EXPECTATIONS_MAX];
	const char *details[EXPECTATION_DETAILS_MAX + 1];
	static struct expectations opposite;
	struct rng rng;

	HOLDS(m != NULL);
	HOLDS(expectations_details(all, details) <= EXPECTATION_DETAILS_MAX);
	rng_seed(&rng, seed, 0);
	make_run(m, &rng);
	end.wall_s = rng_unit(&rng) < 0.2 ? 0 : rng_exp(&rng) * 40;
	HOLDS(expect_judge(&run, &end, out) == all->n);
	opposite = *all;
	for (size_t i = 0; i < all->n; i++) {
		static const enum expectation_op ops[] = { [EXPECT_EQ] = EXPECT_NE,
			[EXPECT_NE] = EXPECT_EQ,
			[EXPECT_LT] = EXPECT_GE,
			[EXPECT_LE] = EXPECT_GT,
			[EXPECT_GT] = EXPECT_LE,
			[EXPECT_GE] = EXPECT_LT };

		opposite.item[i].op = ops[all->item[i].op];
	}
	run.expect = &opposite;
	HOLDS(expect_judge(&run, &end, other) == all->n);
	for (size_t i = 0; i < all->n; i++) {
		bool none = strncmp(out[i].value, "no", 2) == 0;

		HOLDS(out[i].text == all->item[i].text && fuzz_one_line(out[i].value));
		HOLDS(out[i].value[0] != '\0' && strcmp(out[i].value, other[i].value) == 0);
		HOLDS(none ? !out[i].pass && !other[i].pass : out[i].pass != other[i].pass);
	}
	mem_free(m);
}

static void
look_at(const struct expectations *all)
{
	HOLDS(all->n <= EXPECTATIONS_MAX);
	for (size_t i = 0; i < all->n; i++) {
		const struct expectation *e = &all->item[i];

		HOLDS(e->subject <= EXPECT_FIRMWARE && e->op <= EXPECT_GE);
		HOLDS(e->text[0] != '\0' && fuzz_one_line(e->text) && e->at.line > 0);
		HOLDS(e->value >= 0 && e->share >= 0 && e->share <= 1 && e->number <= 28);
	}
}

/* Each line of the bytes is an item, in quotes. */
static void
write_list(struct buf *b, struct span in)
{
	buf_text(b, "expect:\n");
	while (in.n > 0) {
		struct span line = span_cut(&in, '\n');

		buf_text(b, "- '");
		for (size_t i = 0; i < line.n; i++)
			if (line.p[i] == '\'')
				buf_text(b, "''");
			else
				buf_u8(b, line.p[i]);
		buf_text(b, "'\n");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct expectations all;
	struct config_error error = { "" };
	struct field_place at = { .file = "fuzz.yaml", .error = &error };
	struct buf text = { 0 };
	struct tree t;

	write_list(&text, (struct span){ p, n });
	all = (struct expectations){ .n = 0 };
	if (tree_parse(buf_bytes(&text), at.file, &t, &error) == 0) {
		if (expectations_read(&at, t.root->first, &all) == 0)
			judge(&all, n);
		else
			HOLDS(strncmp(error.text, "fuzz.yaml:", 10) == 0 &&
			    fuzz_one_line(error.text));
		/* Also after an error: what was read before it. */
		look_at(&all);
		tree_free(&t);
	}
	buf_done(&text);
	return 0;
}
