/* data_file.h - files that travel inside the program, made by embed.sh when it is built. */
#ifndef BASE_DATA_FILE_H
#define BASE_DATA_FILE_H
#include <stddef.h>

struct data_file {
	const char *name;
	const unsigned char *bytes; /* a NUL follows them */
	size_t n;
};

/* The profiles and their templates: "cx700-1.0.199.123.yaml", "templates/ews-poll.xml". */
extern const struct data_file profile_files[];
extern const size_t profile_files_count;

/* The report's and the live page's parts, and d3: "report.css", "d3.min.js". */
extern const struct data_file page_files[];
extern const size_t page_files_count;

#endif
