/* update_file.h - GET one file of the offered update, over the session that asked if that is
 * the same host. */
#ifndef STEPS_UPDATE_FILE_H
#define STEPS_UPDATE_FILE_H
#include "update_post.h"

/* SKIP if nothing newer is offered; else as fetch_start(). */
enum verdict update_file_start(struct step *, struct fetch *, const char *file, bool count);

/* As fetch_event(); on STEP_DONE the session is held for the next file. */
enum verdict update_file_event(struct step *, struct fetch *, const struct io_event *);

#endif
