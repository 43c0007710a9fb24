/* ca_web.h - what the three steps with the CA's web server share: its request, its SPNs, its
 * file. */
#ifndef STEPS_CA_WEB_H
#define STEPS_CA_WEB_H
#include "negotiate_talk.h"
#include "step.h"

enum { CA_WEB_PORT = 80, CA_WEB_FILE_MAX = 1 << 20, CA_WEB_HEADERS = 3 };

/* GET the chain: headers is room for the request's.  Lent from the facts and the profile. */
struct io_ask ca_web_ask(const struct step *, struct io_header headers[CA_WEB_HEADERS]);

/* Ask with the profile's SPN of this index over the stage's session. */
enum talk_state ca_web_negotiate(struct step *, struct negotiate_talk *, size_t spn);

/* Did the talk fail because the KDC has no key for this SPN? */
bool ca_web_no_key(const struct negotiate_talk *);

/* Keep the body while the reply is a 200.  0, -EMSGSIZE, -ENOMEM. */
int ca_web_body(
    struct buf *, const struct negotiate_talk *, const struct step *, const struct io_event *);

/* The file is whole: trust its root, note it.  DONE, or why not. */
enum verdict ca_web_trust(struct step *, const struct buf *file);

/* A talk has failed: as step_talk_lost(), and the session is let go. */
enum verdict ca_web_lost(struct step *, const struct negotiate_talk *);

/* The try ends: drop the talk, and the session if a reply is still to come on it. */
void ca_web_cancel(struct step *, struct negotiate_talk *, struct buf *file);

#endif
