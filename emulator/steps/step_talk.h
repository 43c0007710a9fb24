/* step_talk.h - a step and its talks: what a talk is told, and what its failure means. */
#ifndef STEPS_STEP_TALK_H
#define STEPS_STEP_TALK_H
#include "step.h"
#include "talk.h"

/* A talk that speaks for this step: its io, auth and owner, the KDC of FACT_DC; what it notes
 * goes into `seen`. */
struct talk_cfg step_talk(struct step *);

/*
 * A talk has failed: err as step_lost() takes it, detail "" or what the talk says.
 * FAIL for -EACCES (refused: no try does better) and -ENOENT (another realm), else RETRY.
 */
enum verdict step_talk_lost(struct step *, int err, const char *detail);

/* An HTTP status that is not the wanted one, as RETRY with detail "http:503": 401, 403 auth;
 * 404 not_found; 5xx server_error; else bad_reply. */
enum verdict step_http_status(struct step *, int status);

#endif
