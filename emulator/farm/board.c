/* board.c - see board.h.  A phone's tries are a ring: the latest overwrites the oldest. */
#include "board.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "mem.h"

enum {
	BOARD_BLOCK = 64,                 /* phones to a lock */
	BOARD_MEMORY = 256 * 1024 * 1024, /* for all tries, but */
	BOARD_TRIES_LEAST = 8,
};

struct board_record {
	struct board_place place;
	struct board_place lost; /* the last row it could not do: where a failed phone is */
	uint64_t told;
};

struct board {
	uint32_t phones;
	size_t n_locks; /* made so far */
	pthread_mutex_t *lock;
	struct board_record *record;
	unsigned kept;         /* tries of each */
	struct board_try *try; /* phone after phone, each with its ring */
};

static pthread_mutex_t *
board_lock_of(struct board *b, uint32_t phone)
{
	return &b->lock[phone / BOARD_BLOCK];
}

/* The try that a phone told as its n-th; it stands there until it is overwritten. */
static struct board_try *
board_try_of(struct board *b, uint32_t phone, uint64_t n)
{
	return &b->try[(size_t)phone * b->kept + n % b->kept];
}

/* ---- made and freed ---- */

static unsigned
board_kept(uint32_t phones)
{
	size_t kept = BOARD_MEMORY / sizeof(struct board_try) / (phones > 0 ? phones : 1);

	if (kept < BOARD_TRIES_LEAST)
		return BOARD_TRIES_LEAST;
	return kept < BOARD_TRIES ? (unsigned)kept : BOARD_TRIES;
}

int
board_new(uint32_t phones, struct board **out)
{
	struct board *b = mem_new(sizeof *b);
	size_t n_locks = (phones + (size_t)BOARD_BLOCK - 1) / BOARD_BLOCK;
	int err = 0;

	if (b == NULL)
		return -ENOMEM;
	b->phones = phones;
	b->lock = mem_new(n_locks * sizeof *b->lock);
	b->kept = board_kept(phones);
	b->record = mem_new(phones * sizeof *b->record);
	b->try = mem_new((size_t)phones * b->kept * sizeof *b->try);
	if (b->lock == NULL || b->record == NULL || b->try == NULL)
		err = -ENOMEM;
	while (err == 0 && b->n_locks < n_locks) {
		err = -pthread_mutex_init(&b->lock[b->n_locks], NULL);
		b->n_locks += err == 0;
	}
	if (err != 0) {
		board_free(b);
		return err;
	}
	*out = b;
	return 0;
}

void
board_free(struct board *b)
{
	if (b == NULL)
		return;
	while (b->n_locks > 0)
		(void)pthread_mutex_destroy(&b->lock[--b->n_locks]);
	mem_free(b->lock);
	mem_free(b->record);
	mem_free(b->try);
	mem_free(b);
}

/* ---- written by the shards ---- */

/* What was lost in a row does not count in the next one. */
static void
board_move(struct board_record *r, enum board_state state, unsigned row)
{
	if (state == BOARD_FAILED && r->lost.lost > 0)
		r->place = r->lost;
	else if (row != r->place.row)
		r->place = (struct board_place){ .row = (uint8_t)row };
	r->place.state = (uint8_t)state;
}

void
board_enter(struct board *b, uint32_t phone, enum board_state state, unsigned row)
{
	if (phone >= b->phones)
		return;
	(void)pthread_mutex_lock(board_lock_of(b, phone));
	board_move(&b->record[phone], state, row);
	(void)pthread_mutex_unlock(board_lock_of(b, phone));
}

static void
board_count_lost(struct board_place *at, const struct instance_row *t)
{
	if (at->lost < UINT8_MAX)
		at->lost++;
	at->why = (uint8_t)t->why;
}

/* A chore goes on beside the road: it says nothing of the row the phone is at, but it may be
 * what the phone fails for. */
static void
board_judge(struct board_record *r, const struct instance_row *t)
{
	struct board_place aside = { .row = (uint8_t)t->row };
	struct board_place *at = t->chore ? &aside : &r->place;

	if (t->verdict == INSTANCE_RETRY || t->verdict == INSTANCE_NOT_DONE)
		board_count_lost(at, t);
	else
		at->lost = at->why = 0;
	if (t->verdict == INSTANCE_NOT_DONE) {
		r->lost = *at;
		r->lost.row = (uint8_t)t->row;
	}
}

/* A cut detail ends in whole characters, or a reader of UTF-8 would stumble. */
static void
board_copy_detail(char out[BOARD_DETAIL], const char *detail)
{
	size_t n = detail != NULL ? strlen(detail) : 0;

	if (n >= BOARD_DETAIL) {
		n = BOARD_DETAIL - 1;
		while (n > 0 && ((unsigned char)detail[n] & 0xc0) == 0x80)
			n--;
	}
	memset(out, 0, BOARD_DETAIL);
	if (n > 0)
		memcpy(out, detail, n);
}

void
board_tell(struct board *b, uint32_t phone, const struct instance_row *t, uint64_t run_began_us)
{
	uint64_t t_us = t->started_us > run_began_us ? t->started_us - run_began_us : 0;
	struct board_try try = {
		.t_ms = t_us / 1000 < UINT32_MAX ? (uint32_t)(t_us / 1000) : UINT32_MAX,
		.ms = (float)(t->ended_us - t->started_us) / 1000,
		.row = (uint8_t)t->row,
		.verdict = (uint8_t)t->verdict,
		.why = (uint8_t)t->why,
		.chore = t->chore,
	};
	struct board_record *r;

	if (phone >= b->phones)
		return;
	board_copy_detail(try.detail, t->detail);
	r = &b->record[phone];
	(void)pthread_mutex_lock(board_lock_of(b, phone));
	*board_try_of(b, phone, r->told++) = try;
	board_judge(r, t);
	(void)pthread_mutex_unlock(board_lock_of(b, phone));
}

/* ---- read by whoever looks on ---- */

uint32_t
board_phones(const struct board *b)
{
	return b->phones;
}

void
board_places(struct board *b, struct board_place *out)
{
	for (uint32_t first = 0; first < b->phones; first += BOARD_BLOCK) {
		uint32_t left = b->phones - first, n = left < BOARD_BLOCK ? left : BOARD_BLOCK;

		(void)pthread_mutex_lock(board_lock_of(b, first));
		for (uint32_t i = first; i < first + n; i++)
			out[i] = b->record[i].place;
		(void)pthread_mutex_unlock(board_lock_of(b, first));
	}
}

int
board_phone(struct board *b, uint32_t phone, struct board_phone *out)
{
	const struct board_record *r;

	if (phone >= b->phones)
		return -ENOENT;
	r = &b->record[phone];
	(void)pthread_mutex_lock(board_lock_of(b, phone));
	out->place = r->place;
	out->told = r->told;
	out->n = r->told < b->kept ? (unsigned)r->told : b->kept;
	for (unsigned i = 0; i < out->n; i++)
		out->tries[i] = *board_try_of(b, phone, r->told - out->n + i);
	(void)pthread_mutex_unlock(board_lock_of(b, phone));
	return 0;
}
