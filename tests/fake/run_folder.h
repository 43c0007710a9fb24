/*
 * run_folder.h - a run's folder as `run -o` leaves it, made by the program's own writers from
 * what a test says has happened.
 *
 *	struct run_folder *f = run_folder_new("a");
 *
 *	run_folder_done(f, RF_LOGIN, 5000, 100);
 *	run_folder_failed(f, RF_LOGIN, RF_TIMEOUT, 3);
 *	run_folder_phone(f, 7, RF_LOGIN, RF_TIMEOUT, 9000);
 *	run_folder_row(f, 7, RF_LOGIN, "\"ms\": 9000.0, ...");
 *	... run_folder_write(f) ...
 *	run_folder_free(f);
 */
#ifndef TESTS_RUN_FOLDER_H
#define TESTS_RUN_FOLDER_H
#include "course.h"
#include "run_dir.h"

enum { RF_LEASE, RF_LOGIN, RF_TLS, RF_REGISTER, RF_UPDATE, RF_RENEW, RF_ROWS };
enum { RF_TIMEOUT = 1, RF_REFUSED, RF_AUTH, RF_REASONS };
enum { RF_PHONES = 20, RF_EXPECT = 4 };

struct run_folder { /* a test may change all of it before run_folder_write() */
	char path[256];
	struct report_run run;
	struct report_end end;
	struct report_expect expect[RF_EXPECT];
	struct metrics *m;
	struct farm_phone phone[RF_PHONES];
	struct buf trace;
	json_t *patch; /* its members replace the summary's */
};

/* A folder of that name among the test's own files; nothing has happened in it. */
struct run_folder *run_folder_new(const char *name);
void run_folder_free(struct run_folder *);

/* So many of a row's tries took so long and were done; or the row failed for that reason. */
void run_folder_done(struct run_folder *, unsigned row, uint64_t us, unsigned times);
void run_folder_failed(struct run_folder *, unsigned row, unsigned why, unsigned times);

/* A phone failed there, at that time. */
void run_folder_phone(
    struct run_folder *, uint32_t phone, unsigned row, unsigned why, uint32_t at_ms);

/* A line of the trace: begins at t_ms, and takes ms. */
struct run_folder_row {
	double t_ms, ms;
	const char *step, *guide; /* NULL: none */
	unsigned tries;
	const char *verdict, *why, *detail, *seen; /* NULL: done, none, "", {} */
};
void run_folder_row(struct run_folder *, uint32_t phone, const struct run_folder_row *);

/* An expectation came out so. */
void run_folder_expect(struct run_folder *, const char *text, const char *value, bool pass);

/* Write summary.json, course.json and trace.jsonl; returns the folder's path. */
const char *run_folder_write(struct run_folder *);

/* Write any file into it; remove one. */
void run_folder_put(const struct run_folder *, const char *name, const char *text);
void run_folder_drop(const struct run_folder *, const char *name);

/* The whole file as text; mem_free() it. */
char *run_folder_get(const struct run_folder *, const char *name);

/* Open it, which must succeed. */
struct run_dir *run_folder_open(const struct run_folder *);

#endif
