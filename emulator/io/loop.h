/*
 * loop.h - one event loop, for whoever is not a phone: farm, hw, report, harness/pool.
 *
 * A loop belongs to the thread that runs it; only loop_post() and loop_stop()
 * may be called from another.  libuv is behind it and does not show.
 *
 * A loop may be virtual (harness/sim/sim_loop.h): its time stands still while anything is
 * called and then passes to the next event at once.  Times, posts and timers are all it has.
 */
#ifndef IO_LOOP_H
#define IO_LOOP_H
#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_timer;
struct loop_watch;
struct loop_child;
struct loop_signal;

typedef void loop_fn(void *arg);

/* 0 or -errno. */
int loop_new(struct loop **out);

/* Everything opened on it must have been closed.  NULL is fine. */
void loop_free(struct loop *);

/* Run until loop_stop(), or until nothing is left to wait for. */
void loop_run(struct loop *);
/* From any thread; loop_run() returns soon, and may be called again. */
void loop_stop(struct loop *);

/* Monotonic microseconds, read now (not cached); of a virtual loop, its own. */
uint64_t loop_now_us(struct loop *);

/* Wall clock, microseconds since 1970. */
int64_t loop_wall_us(void);

/* How late the loop has been: the 99th percentile lag of a 10 ms tick since it began.  A
 * virtual loop is never late. */
double loop_lag_p99_ms(struct loop *);

/* Call fn(arg) on the loop's thread, soon, in the order of the posts.  From any thread (a
 * virtual loop: from its own).  0 or -ENOMEM. */
int loop_post(struct loop *, loop_fn *, void *arg);

/* A timer, not yet set.  Rings once, or every every_us when that is not 0.  Resolution 1 ms; a
 * virtual loop's is exact. */
int loop_timer_new(struct loop *, loop_fn *, void *arg, struct loop_timer **out);
/* Set or move it; from now, at least 1 ms (virtual: 0 is now, after what is already due now).
 */
void loop_timer_set(struct loop_timer *, uint64_t after_us, uint64_t every_us);
void loop_timer_stop(struct loop_timer *);
/* Inside its own callback too; it does not ring any more. */
void loop_timer_close(struct loop_timer *);

/* Watch a descriptor, which stays the caller's.  fn gets what is possible. */
enum { LOOP_READ = 1, LOOP_WRITE = 2 };
typedef void loop_watch_fn(void *arg, int possible);
int loop_watch_new(struct loop *, int fd, loop_watch_fn *, void *arg, struct loop_watch **out);
/* What to wait for from now on: LOOP_READ | LOOP_WRITE, or 0 for nothing. */
int loop_watch_set(struct loop_watch *, int wanted);
/* Stop watching; do so before closing the descriptor. */
void loop_watch_close(struct loop_watch *);

/* Call fn on every such signal. */
int loop_signal_new(struct loop *, int signum, loop_fn *, void *arg, struct loop_signal **out);
void loop_signal_close(struct loop_signal *);

/*
 * A child process.  argv ends in NULL; env too (NULL = ours).  stdout and stderr
 * go to the given descriptors (-1 = /dev/null).  on_exit gets the exit status
 * (128 + signal when killed) once.
 */
typedef void loop_exit_fn(void *arg, int status);
struct loop_child_cfg {
	const char *const *argv;
	const char *const *env;
	int out_fd, err_fd;
	bool own_session; /* a Ctrl-C on our terminal does not reach it */
	loop_exit_fn *on_exit;
	void *arg;
};
/* Start it; argv[0] is looked up in PATH.  0 or -errno; no on_exit inside this call. */
int loop_child_new(struct loop *, const struct loop_child_cfg *, struct loop_child **out);
int loop_child_pid(const struct loop_child *);
/* Send it a signal; nothing once it has ended. */
void loop_child_kill(struct loop_child *, int signum);
/* Forget it; it is killed if it still runs, and on_exit is not called. */
void loop_child_close(struct loop_child *);

#endif
