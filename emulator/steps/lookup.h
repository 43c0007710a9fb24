/*
 * lookup.h - a step asks DNS: the servers and suffixes are those of its facts,
 * the patience is its profile's, names and answers go into `seen`.
 */
#ifndef STEPS_LOOKUP_H
#define STEPS_LOOKUP_H
#include "dns_talk.h"
#include "step.h"

/* Begin; `name` is lent until the talk ends.  The step feeds dns_talk_event() and, in its
 * cancel, calls dns_talk_drop(). */
enum talk_state lookup_start(struct step *, struct dns_talk *, const char *name, enum dns_type);

/* What a failed lookup comes to: FAIL not_found for a name that does not exist, RETRY for
 * everything else.  Detail "dns:NXDOMAIN autodiscover.contoso.com". */
enum verdict lookup_lost(struct step *, const struct dns_talk *);

/* Keep what was found in a fact; port 0 = the one that DNS named. */
void lookup_keep(struct facts_target *, const struct dns_found *, uint16_t port);

#endif
