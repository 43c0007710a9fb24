/* tls_note.h - what a handshake showed, written into `seen`. */
#ifndef STEPS_TLS_NOTE_H
#define STEPS_TLS_NOTE_H
#include "io.h"
#include "seen.h"

/* Suites offered and chosen, version, alert and flaw; NULL is fine. */
void tls_note(struct seen *, const struct io_tls_seen *);

/* "no_root", "sha2", "expired", "early", "name", "other"; "ok" without a flaw. */
const char *tls_flaw_name(enum io_flaw);

#endif
