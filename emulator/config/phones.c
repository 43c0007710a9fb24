/* phones.c - see phones.h. */
#include "phones.h"

#include <errno.h>
#include <string.h>

#include "quantity.h"
#include "rng.h"
#include "text.h"

enum { PHONES_MOST = 999999, PHONES_ROUNDS = 4 };

/* "7" or "7-9". */
static int
range_read(struct span s, struct phones_range *out)
{
	struct span to = s;
	bool dash = to.n > 0 && memchr(to.p, '-', to.n) != NULL;
	struct span from = span_trim(span_cut(&to, '-'));
	uint64_t first, last;

	if (text_u64(from, PHONES_MOST, &first) != 0)
		return -EINVAL;
	last = first;
	if (dash && text_u64(span_trim(to), PHONES_MOST, &last) != 0)
		return -EINVAL;
	if (last < first)
		return -EINVAL;
	*out = (struct phones_range){ (uint32_t)first, (uint32_t)last };
	return 0;
}

/* Ranges with commas between them, added to those that are there. */
static int
ranges_add(struct span s, struct phones *p)
{
	bool more = true;

	while (more) {
		more = s.n > 0 && memchr(s.p, ',', s.n) != NULL;
		if (p->n_ranges == PHONES_RANGES_MAX)
			return -E2BIG;
		if (range_read(span_cut(&s, ','), &p->range[p->n_ranges]) != 0)
			return -EINVAL;
		p->n_ranges++;
	}
	return 0;
}

static int
phones_fail(const struct field_place *at, const struct node *n, const struct field *f, int err)
{
	if (err == -E2BIG)
		return field_fail(
		    at, n, "`%s' has more than %d parts", f->key, PHONES_RANGES_MAX);
	return field_fail(
	    at, n, "`%s' must be a share such as 10%% or a list such as [3, 7-9]", f->key);
}

int
phones_node(const struct field_place *at, const struct node *n, const struct field *f,
    struct phones *out)
{
	struct phones p = { 0 };
	int err = 0;

	if (n->kind == NODE_SCALAR && share_read(span_of(n->text), &p.share) != 0)
		err = ranges_add(span_of(n->text), &p);
	else if (n->kind == NODE_MAP || (n->kind == NODE_LIST && n->first == NULL))
		err = -EINVAL;
	if (err)
		return phones_fail(at, n, f, err);
	/* In braces a comma ends a value, so the list may also be one of YAML's. */
	for (const struct node *k = n->first; k != NULL; k = k->next) {
		err = k->kind == NODE_SCALAR ? ranges_add(span_of(k->text), &p) : -EINVAL;
		if (err)
			return phones_fail(at, k, f, err);
	}
	*out = p;
	return 0;
}

/* One round's share of a number: a hash of it that the seed chooses. */
static uint32_t
round_of(uint64_t seed, unsigned round, uint32_t half)
{
	struct rng r;

	rng_seed(&r, seed, (uint64_t)round << 32 | half);
	return rng_u32(&r);
}

/*
 * Where phone `index` stands when all are shuffled by the seed, without shuffling them: a
 * Feistel network permutes the numbers up to a power of four, and is walked until it comes back
 * to one below total.
 */
static uint32_t
shuffled(uint64_t seed, uint32_t index, uint32_t total)
{
	unsigned bits = 1;
	uint32_t mask, x = index;

	while (bits < 16 && UINT64_C(1) << (2 * bits) < total)
		bits++;
	mask = (UINT32_C(1) << bits) - 1;
	do {
		uint32_t left = x >> bits, right = x & mask;

		for (unsigned i = 0; i < PHONES_ROUNDS; i++) {
			uint32_t next = left ^ (round_of(seed, i, right) & mask);

			left = right;
			right = next;
		}
		x = left << bits | right;
	} while (x >= total);
	return x;
}

bool
phones_has(const struct phones *p, uint64_t seed, uint32_t index, uint32_t total)
{
	for (size_t i = 0; i < p->n_ranges; i++)
		if (index >= p->range[i].first && index <= p->range[i].last)
			return index < total;
	if (p->n_ranges > 0 || index >= total)
		return false;
	return shuffled(seed, index, total) < (uint32_t)(p->share * total + 0.5);
}

uint32_t
phones_last(const struct phones *p)
{
	uint32_t last = 0;

	for (size_t i = 0; i < p->n_ranges; i++)
		if (p->range[i].last > last)
			last = p->range[i].last;
	return last;
}
