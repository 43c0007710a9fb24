/* plan_profiles.h - the firmware the phones of a run are delivered with, and what they may be
 * updated to. */
#ifndef CLI_PLAN_PROFILES_H
#define CLI_PLAN_PROFILES_H
#include "run_plan.h"

/*
 * Load the profile of each group, or of all the one that --profile names; then those of the
 * program, for one of them may be what the phones are updated to.  Gives plan->profiles, ->tls
 * and the groups' numbers of theirs.  0, or -errno with the error.
 */
int plan_profiles(struct run_plan *, const struct run_options *, struct config_error *);

#endif
