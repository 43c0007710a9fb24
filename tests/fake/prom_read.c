/* prom_read.c - see prom_read.h. */
#include "prom_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "temp_file.h"

/* Where the value of a series begins, or NULL. */
static const char *
find(const char *text, const char *series)
{
	size_t n = strlen(series);

	for (const char *line = text; line != NULL && *line != '\0';) {
		if (strncmp(line, series, n) == 0 && line[n] == ' ')
			return line + n + 1;
		line = strchr(line, '\n');
		line = line != NULL ? line + 1 : NULL;
	}
	return NULL;
}

bool
prom_read_has(const char *text, const char *series)
{
	return find(text, series) != NULL;
}

double
prom_read(const char *text, const char *series)
{
	const char *value = find(text, series);
	char *end;
	double v;

	if (value == NULL)
		fail_msg("there is no %s", series);
	v = strtod(value, &end);
	assert_true(end > value && *end == '\n');
	return v;
}

double
prom_readf(const char *text, const char *series, ...)
{
	char whole[256];
	va_list args;

	va_start(args, series);
	vsnprintf(whole, sizeof whole, series, args);
	va_end(args);
	return prom_read(text, whole);
}

const char *
prom_read_tool(const char *text, char *out, size_t cap)
{
	const char *path = temp_file("metrics.txt", text, strlen(text));
	char command[512];
	FILE *tool;
	size_t n;

	if (system("command -v promtool >/dev/null 2>&1") != 0)
		return NULL;
	snprintf(command, sizeof command, "promtool check metrics <%s 2>&1", path);
	tool = popen(command, "r");
	assert_non_null(tool);
	n = fread(out, 1, cap - 1, tool);
	out[n] = '\0';
	/* A complaint that printed nothing is one too. */
	if (pclose(tool) != 0 && n == 0)
		snprintf(out, cap, "promtool failed");
	return out;
}
