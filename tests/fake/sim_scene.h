/*
 * sim_scene.h - a few phones in a simulated world, and notes of what each was told and of what
 * its servers heard; for tests of the world itself.
 */
#ifndef TESTS_SIM_SCENE_H
#define TESTS_SIM_SCENE_H
#include "buf.h"
#include "sim.h"

enum { SCENE_PHONES = 8, SCENE_NOTES = 256, SCENE_IP = 0x0a400001, SCENE_SERVER = 0x0a280001 };

struct scene_note {
	struct io_event ev; /* what it points to is not kept, but for: */
	struct io_tls_seen tls;
	struct io_http_seen http;
	uint64_t at_us;
	char text[64];
	bool numbered; /* bytes were only a number */
};

struct scene_phone {
	struct scene *scene;
	struct io *io;
	struct io_scope scope;
	struct scene_note note[SCENE_NOTES];
	size_t n;
	void (*then)(struct scene_phone *, const struct io_event *);
	void *of_test;
};

struct scene {
	struct sim *sim;
	struct scene_phone phone[SCENE_PHONES];
	size_t n_phones;
	/* What servers heard, one word a deed: "opened sent:hello closed". */
	struct buf heard;
	struct sim_call last; /* lent things in it are not to be followed */
	uint64_t last_us;
};

/* A world, strict or lean, with so many phones; phone i is at SCENE_IP + i. */
void scene_begin(struct scene *, bool strict, size_t phones);
/* The same, each phone with a line of its own (NULL: none). */
void scene_begin_over(struct scene *, bool strict, size_t phones, const struct io_link *);
/* Frees phones and world; everything must be closed by then but what a power cut closes. */
void scene_end(struct scene *);

struct io_owner scene_owner(struct scene *, size_t phone);
/* Open, for this phone; it must work. */
struct io_handle *scene_udp(struct scene *, size_t phone, struct io_addr);
struct io_handle *scene_stream(struct scene *, size_t phone, struct io_addr);
struct io_handle *scene_tls(struct scene *, size_t phone, struct io_addr, const char *name);
struct io_handle *scene_http(struct scene *, size_t phone, struct io_addr);
struct io_handle *scene_alarm(struct scene *, size_t phone, uint64_t after_us);
int scene_get(struct scene_phone *, struct io_handle *, const char *path);

/* Note a deed in `heard` (a listener's own function calls it, or is it). */
void scene_hear(struct scene *, const struct sim_call *);
sim_fn scene_on_call; /* arg: the scene */
/* What was heard since this was last asked. */
const char *scene_heard(struct scene *);

/* The last note of a phone, which must have one. */
const struct scene_note *scene_last(const struct scene *, size_t phone);
/* Until nothing happens any more. */
void scene_run(struct scene *);

#endif
