/* log.h - one line to standard error.  Levels: -q shows errors only, -v everything. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR, LOG_NOTE, LOG_DEBUG };

/* What is more than this is not shown.  Set before threads start. */
void log_set(enum log_level shown);

/* Would a line of this level be shown? */
int log_shows(enum log_level);

/* One line, written at once; a newline is added, too much is cut, control bytes are made
 * harmless: a server's words may be in it. */
void log_line(enum log_level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
