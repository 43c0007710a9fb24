/* prom_read.h - Prometheus' text format, read by a test. */
#ifndef FAKE_PROM_READ_H
#define FAKE_PROM_READ_H
#include <stdbool.h>
#include <stddef.h>

/* Is there a line for this series, "name" or "name{labels}" as it is written? */
bool prom_read_has(const char *text, const char *series);

/* Its value; the test fails if there is none. */
double prom_read(const char *text, const char *series);

/* The value of a series that is put together. */
double prom_readf(const char *text, const char *series, ...)
    __attribute__((format(printf, 2, 3)));

/* What `promtool check metrics` has to say of it, "" when it is content; NULL: there is no
 * promtool here. */
const char *prom_read_tool(const char *text, char *out, size_t cap);

#endif
