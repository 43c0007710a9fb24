/*
 * check_hello.h - what do TLS servers answer to the phone's own ClientHello?  Our TLS library
 * knows three of its eleven suites; here all are sent, byte for byte, over a stream of io.h,
 * one answer is read, and the connection is closed.  RFC 2246.
 */
#ifndef CLI_CHECK_HELLO_H
#define CLI_CHECK_HELLO_H
#include <jansson.h>

#include "buf.h"
#include "io.h"

enum { CHECK_HELLOS_MAX = 4, CHECK_HELLO_NAME_MAX = 128 };

/* So long a server may take. */
#define CHECK_HELLO_US UINT64_C(10000000)

struct check_target {
	char name[CHECK_HELLO_NAME_MAX];
	struct io_addr to;
};

struct check_hello { /* all of it private, but for: */
	struct io *io;
	struct check_target target[CHECK_HELLOS_MAX];
	size_t n;
	bool ssl2;        /* framed as SSL 2 does */
	int64_t wall_us;  /* the phone's time at io's 0, for the hello's random */
	uint64_t zero_us; /* io's now from which rows count */
	/* A row (doctor.h) for each target, to keep; then the end. */
	void (*on_row)(void *arg, json_t *row_take);
	void (*on_end)(void *arg);
	void *arg;

	struct io_scope scope;
	struct io_handle *stream, *alarm;
	struct buf got;
	uint64_t began_us;
	size_t at;
};

/* Ask them one after the other; on_end may come at once when there is none. */
void check_hello_start(struct check_hello *);

/* Close what is open; neither callback comes any more.  Zeroed memory is fine. */
void check_hello_done(struct check_hello *);

#endif
