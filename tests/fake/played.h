/* played.h - a scenario's text, run by cx700farm against the embedded pool on real sockets, and
 * what it left. */
#ifndef FAKE_PLAYED_H
#define FAKE_PLAYED_H
#include <jansson.h>
#include <stdint.h>

struct played {
	int status; /* cx700farm's exit */
	json_t *summary, *servers;
	char dir[128];   /* of the run */
	char said[4096]; /* on standard error */
};

/*
 * Run `tail` behind the head of a scenario: a title, so many phones that start at once and type
 * fast.  A run for which the machine was too busy is made again.  temp_clean() removes what it
 * left.
 */
void played_run(struct played *, unsigned phones, const char *tail);

/* The same, rehearsed. */
void played_rehearse(struct played *, unsigned phones, const char *tail);

/* Forget it. */
void played_done(struct played *);

/* A number of one step of the summary: "done", "failed", "retries", "attempts". */
json_int_t played_step(const struct played *, const char *step, const char *what);

/* Its retries and failures for that reason. */
json_int_t played_reason(const struct played *, const char *step, const char *reason);

/* A percentile of its latency in ms: "p50", "max"; of a step that was never done, -1. */
double played_ms(const struct played *, const char *step, const char *percentile);

/* phones.finished and the like. */
json_int_t played_phones(const struct played *, const char *what);

/* How often that happened at one of the pool's servers: "kdc", "delayed". */
json_int_t played_fault(const struct played *, const char *server, const char *what);

#endif
