/* browser_pipe.h - what browser.c and browser_pipe.c share: the process and its protocol. */
#ifndef FAKE_BROWSER_PIPE_H
#define FAKE_BROWSER_PIPE_H
#include <sys/types.h>

#include "browser.h"
#include "buf.h"

enum { BROWSER_PATH_MAX = 64 };

struct browser {
	pid_t pid;
	int to, from;   /* its descriptors 3 and 4: messages with a NUL behind each */
	unsigned id;    /* of the last command */
	unsigned loads; /* load events of the page */
	char *session;  /* the page's */
	struct buf in;  /* bytes of messages not taken yet */
	struct buf complaints, asked;
	char folder[BROWSER_PATH_MAX]; /* its profile */
};

/* Start the process; 0 or -ENOENT when there is none on this machine. */
int browser_pipe_start(struct browser *);

/* Close its ends, which ends it, and wait for that. */
void browser_pipe_end(struct browser *);

/* Send a command (`params` is taken, may be NULL) and return its result; events that come
 * before it are noted.  An error of the protocol fails the test, as want of an answer does. */
json_t *browser_call(struct browser *, const char *method, json_t *params_take);

/* Take one message: an event is noted; a reply is returned, else NULL. */
json_t *browser_take(struct browser *);

/* An event's doing (browser_events.c): complaints, requests, loads. */
void browser_note(struct browser *, const char *method, const json_t *params);

#endif
