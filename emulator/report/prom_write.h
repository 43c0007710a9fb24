/* prom_write.h - the lines of Prometheus' text format.  Names are without their "cx700farm_".
 */
#ifndef REPORT_PROM_WRITE_H
#define REPORT_PROM_WRITE_H
#include "buf.h"
#include "hist.h"

/* Help and type, which stand above a metric's lines. */
void prom_head(struct buf *, const char *name, const char *type, const char *help);

/* One label behind `before`; what reads badly in its value is escaped, what is no UTF-8 is "?".
 */
void prom_label(struct buf *, const char *before, const char *name, const char *value);

/* The end of a line: a count; a time, to the microsecond. */
void prom_count(struct buf *, uint64_t);
void prom_seconds(struct buf *, double);

/* A metric that is one line, with its head. */
void prom_one(
    struct buf *, const char *name, const char *type, const char *help, uint64_t value);
void prom_one_real(
    struct buf *, const char *name, const char *type, const char *help, double seconds);

/* The lines of one histogram; `labels` without braces, or "". */
void prom_histogram(struct buf *, const char *name, const char *labels, const struct hist *);

#endif
