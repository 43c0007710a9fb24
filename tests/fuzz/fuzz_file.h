/* fuzz_file.h - a file with any bytes, for loaders that take a path. */
#ifndef TESTS_FUZZ_FILE_H
#define TESTS_FUZZ_FILE_H
#include "fuzz.h"
#include "temp_file.h"
#include "tree.h"

/* The path of a file with these bytes; its folder goes when the fuzzer ends. */
static inline const char *
fuzz_file(const uint8_t *p, size_t n)
{
	static bool known;

	if (!known && atexit(temp_clean) == 0)
		known = true;
	return temp_file("fuzz.yaml", p, n);
}

/* A mistake is told on one line that begins with the file's name. */
static inline void
fuzz_told(const struct config_error *error, const char *path)
{
	HOLDS(strncmp(error->text, path, strlen(path)) == 0);
	HOLDS(error->text[strlen(path)] == ':' && fuzz_one_line(error->text));
}

#endif
