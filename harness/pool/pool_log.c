/* pool_log.c - see pool_log.h.  A lock, a big stdio buffer, and no flush a line. */
#include "pool_log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "loop.h"
#include "mem.h"
#include "text.h"

enum { LOG_BUFFER = 256 * 1024, LOG_LINE_MAX = 512 };

struct pool_log {
	FILE *file;
	bool fresh;
	pthread_mutex_t lock;
	char buffer[LOG_BUFFER];
};

/* Use this file, which has just been opened. */
static void
log_take(struct pool_log *log, FILE *file)
{
	log->file = file;
	setvbuf(file, log->buffer, _IOFBF, sizeof log->buffer);
	fseek(file, 0, SEEK_END);
	log->fresh = ftell(file) == 0;
}

/* Appended to: a named folder keeps the logs of earlier pools. */
int
pool_log_open(const char *path, struct pool_log **out)
{
	struct pool_log *log = mem_new(sizeof *log);
	FILE *file;
	int rc;

	if (log == NULL)
		return -ENOMEM;
	file = fopen(path, "ae");
	if (file == NULL) {
		rc = -errno;
		mem_free(log);
		return rc;
	}
	log_take(log, file);
	pthread_mutex_init(&log->lock, NULL);
	*out = log;
	return 0;
}

/* The new file first: if it cannot be opened, the old one goes on. */
int
pool_log_turn(struct pool_log *log, const char *path, const char *head)
{
	FILE *file = fopen(path, "ae");

	if (file == NULL)
		return -errno;
	pthread_mutex_lock(&log->lock);
	fclose(log->file);
	log_take(log, file);
	if (log->fresh)
		fputs(head, file);
	pthread_mutex_unlock(&log->lock);
	return 0;
}

void
pool_log_close(struct pool_log *log)
{
	if (log == NULL)
		return;
	fclose(log->file);
	pthread_mutex_destroy(&log->lock);
	mem_free(log);
}

/* What a client says must not forge a line. */
static void
log_blank(char *line)
{
	for (; *line != '\0'; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = ' ';
}

void
pool_log_line(struct pool_log *log, const char *server, uint32_t peer_ip, const char *fmt, ...)
{
	char line[LOG_LINE_MAX], ip[TEXT_IP_MAX];
	int64_t us = loop_wall_us();
	time_t s = (time_t)(us / 1000000);
	struct tm tm;
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	log_blank(line);
	gmtime_r(&s, &tm);
	/* The client's text was put together before: others wait for the writing only. */
	pthread_mutex_lock(&log->lock);
	fprintf(log->file, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %s %s %s\n", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    (int)(us % 1000000 / 1000), server, text_ip_str(peer_ip, ip), line);
	pthread_mutex_unlock(&log->lock);
}

/* In one piece under the lock. */
void
pool_log_raw(struct pool_log *log, struct span text)
{
	pthread_mutex_lock(&log->lock);
	fwrite(text.p, 1, text.n, log->file);
	pthread_mutex_unlock(&log->lock);
}

bool
pool_log_is_new(const struct pool_log *log)
{
	return log->fresh;
}

void
pool_log_flush(struct pool_log *log)
{
	pthread_mutex_lock(&log->lock);
	fflush(log->file);
	pthread_mutex_unlock(&log->lock);
}
