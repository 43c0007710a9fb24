/*
 * rng.h - chance that can be repeated: the same seed and stream give the same
 * numbers on every machine.  (xoshiro256** by Blackman and Vigna, seeded by
 * splitmix64.)  Not for secrets.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

/* Start stream number `stream` of this seed. */
void rng_seed(struct rng *, uint64_t seed, uint64_t stream);

/* All 64, or the upper 32, bits of the next number. */
uint64_t rng_u64(struct rng *);
uint32_t rng_u32(struct rng *);

/* Uniform in [0, n); 0 if n is 0. */
uint64_t rng_below(struct rng *, uint64_t n);

/* Uniform in [0, 1). */
double rng_unit(struct rng *);

/* Mean 0 and standard deviation 1; mean 1, exponential. */
double rng_normal(struct rng *);
double rng_exp(struct rng *);

#endif
