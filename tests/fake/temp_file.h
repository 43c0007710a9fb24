/* temp_file.h - files that a test needs for a moment. */
#ifndef TESTS_TEMP_FILE_H
#define TESTS_TEMP_FILE_H
#include <stddef.h>

/* Write bytes into a new file under a folder of the test's own; returns its path, lent until
 * the next call. */
const char *temp_file(const char *name, const void *bytes, size_t n);
/* The folder. */
const char *temp_folder(void);
/* Remove the folder and all that is in it. */
void temp_clean(void);

#endif
