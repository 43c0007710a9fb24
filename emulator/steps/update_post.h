/*
 * update_post.h - ask the update service what is new: the POST to ucdevice.upx
 * with the profile's template, and its answer as facts.
 */
#ifndef STEPS_UPDATE_POST_H
#define STEPS_UPDATE_POST_H
#include "fetch.h"

/* POST to this URL.  As fetch_start(). */
enum verdict update_post_start(struct step *, struct fetch *, const char *url, bool bare_ip);

/* Feed an event.  STEP_DONE: facts' offered_version ("" = nothing), base_url and update are
 * set. */
enum verdict update_post_event(struct step *, struct fetch *, const struct io_event *);

/* The service's URL at a host ("ucupdates-r2") of the DHCP domain, on the phone's side. */
void update_post_url(const struct step *, const char *host, char out[FACTS_URL_MAX]);

/* Does the service offer something newer than what runs? */
bool update_is_newer(const struct facts *);

#endif
