/* program.h - one of our own programs, run by a test as its user would. */
#ifndef FAKE_PROGRAM_H
#define FAKE_PROGRAM_H
#include <sys/types.h>

#include "buf.h"

struct program {
	pid_t pid;
	int out, err; /* our ends of what it prints */
};

/* Start build/NAME, found beside the folder of the running test; args end in NULL. */
void program_start(struct program *, const char *name, const char *const *args);

/* Read until it says this on standard output or error. */
void program_await(struct program *, const char *text, struct buf *said);

/* Read until it has ended; its exit status, or 128 + signal.  Either buffer may be NULL. */
int program_end(struct program *, struct buf *out, struct buf *err);

/* All in one. */
int program_run(const char *name, const char *const *args, struct buf *out, struct buf *err);

/* cx700farm, in a test that is not about speed: a run that says of itself that this machine was
 * too busy for it (exit 5) has shown nothing, and is made again, at most four times. */
int program_run_farm(const char *const *args, struct buf *out, struct buf *err);

/* The child of that process which runs this program, or 0. */
pid_t program_child(pid_t parent, const char *name);

#endif
