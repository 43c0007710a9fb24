/* noise.c - see noise.h.  Both by the normal distribution, which is good enough from some ten
 * values on; who asks sees to it that there are. */
#include "noise.h"

#include <math.h>

/* Of a figure so many standard deviations away from what is expected, to either side. */
static double
noise_two_sided(double z)
{
	return erfc(fabs(z) / sqrt(2));
}

double
noise_ranks(const struct hist *a, const struct hist *b)
{
	double n_a = (double)a->count, n_b = (double)b->count, n = n_a + n_b;
	double u = 0, below = 0, ties = 0, variance;

	if (a->count == 0 || b->count == 0)
		return 1;
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		double tie = (double)a->bucket[i] + (double)b->bucket[i];

		/* Each value of b has won against those of a below it, and half against ties.
		 */
		u += (double)b->bucket[i] * (below + (double)a->bucket[i] / 2);
		below += (double)a->bucket[i];
		ties += tie * tie * tie - tie;
	}
	variance = n_a * n_b / 12 * (n + 1 - ties / (n * (n - 1)));
	return variance > 0 ? noise_two_sided((u - n_a * n_b / 2) / sqrt(variance)) : 1;
}

double
noise_shares(uint64_t hits_a, uint64_t of_a, uint64_t hits_b, uint64_t of_b)
{
	double a = (double)of_a, b = (double)of_b, both, variance;

	if (of_a == 0 || of_b == 0)
		return 1;
	both = ((double)hits_a + (double)hits_b) / (a + b);
	variance = both * (1 - both) * (1 / a + 1 / b);
	if (variance <= 0)
		return 1;
	return noise_two_sided(((double)hits_b / b - (double)hits_a / a) / sqrt(variance));
}
