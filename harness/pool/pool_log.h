/*
 * pool_log.h - the servers' own words: who asked what, what was answered; one
 * line a request, buffered, from any of the pool's threads.  No secrets.
 */
#ifndef POOL_LOG_H
#define POOL_LOG_H
#include <stdbool.h>
#include <stdint.h>

#include "span.h"

struct pool_log;

/* Append to the file at path.  0 or -errno. */
int pool_log_open(const char *path, struct pool_log **out);
void pool_log_close(struct pool_log *); /* NULL is fine */

/* "2009-03-11T12:00:00.123Z sip 127.42.0.7 ...\n"; control bytes of a client's text are
 * blanked.
 */
void pool_log_line(struct pool_log *, const char *server, uint32_t peer_ip, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

/* From now on append to the file at path, another day's, which begins with `head` if it is new;
 * the one before is closed.  0, or -errno and nothing has changed. */
int pool_log_turn(struct pool_log *, const char *path, const char *head);

/* Text exactly as given, with its own line ends. */
void pool_log_raw(struct pool_log *, struct span text);

/* Was the file empty when it was opened? */
bool pool_log_is_new(const struct pool_log *);

/* What is buffered goes to the file. */
void pool_log_flush(struct pool_log *);

#endif
