/* sip_status.h - what the SIP steps share: a refusal as verdict, what goes into `seen`. */
#ifndef STEPS_SIP_STATUS_H
#define STEPS_SIP_STATUS_H
#include "line.h"
#include "sip_msg.h"
#include "step.h"

/*
 * A final answer that is not the wanted one, by status and [MS-OCER] id: FAIL for what a later
 * try cannot mend, else RETRY, not before Retry-After.  Detail "sip:403/4004" (the id of
 * ms-diagnostics).
 */
enum verdict sip_refused(struct step *, const struct sip_msg *);

/* No answer that counts: silence, forgery or the line's end, as RETRY.  After silence the
 * connection is closed too, so that the next try begins with a new one. */
enum verdict sip_unanswered(struct step *, const struct line_reply *);

/* Note the requests that the line sends from now on / no more.  headers: of each also the
 * names of its headers and User-Agent. */
void sip_note_sent(struct step *, bool headers);
void sip_note_no_more(struct step *);

#endif
