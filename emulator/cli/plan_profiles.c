/* plan_profiles.c - see plan_profiles.h. */
#include "plan_profiles.h"

#include <string.h>

#include "mem.h"
#include "profile_load.h"
#include "profile_names.h"

/* What a group's phones are delivered with; the flag wins over the scenario. */
static const char *
profile_asked(const struct run_plan *p, const struct run_options *o, size_t group)
{
	return o->profile != NULL ? o->profile : p->scenario.group[group].profile;
}

/* A name that is nobody's is the scenario's mistake, and its place is said. */
static int
profile_of_group(
    struct run_plan *p, const struct run_options *o, size_t group, struct config_error *error)
{
	const char *name = profile_asked(p, o, group);
	/* A file's own complaint names its place; a mere name has none. */
	bool is_file = strchr(name, '/') != NULL || strstr(name, ".yaml") != NULL;
	int err = profile_load(name, &p->profiles[p->n_profiles], error);
	struct config_error inner = *error;

	p->n_profiles += err == 0;
	if (err != 0 && o->profile == NULL && !is_file)
		return config_fail(error, p->scenario.file, p->scenario.group[group].profile_at,
		    "%s", inner.text);
	return err;
}

/* Groups with the same firmware share it. */
static int
profiles_of_groups(struct run_plan *p, const struct run_options *o, struct config_error *error)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < p->scenario.n_groups; i++) {
		size_t same = 0;

		while (strcmp(profile_asked(p, o, same), profile_asked(p, o, i)) != 0)
			same++;
		p->group[i].profile =
		    same < i ? p->group[same].profile : (unsigned)p->n_profiles;
		if (same == i)
			err = profile_of_group(p, o, i, error);
	}
	return err;
}

static bool
profile_is_there(const struct run_plan *p, const char *name)
{
	for (size_t i = 0; i < p->n_profiles; i++)
		if (strcmp(p->profiles[i]->name, name) == 0)
			return true;
	return false;
}

/* All that can be named: one of them may be what the phones are updated to. */
static int
profiles_of_program(struct run_plan *p, struct config_error *error)
{
	struct profile_names *all = mem_new(sizeof *all);
	int err = 0;

	if (all == NULL)
		return config_fail(error, p->scenario.file, (struct mark){ 0 }, "no memory");
	profile_names(all);
	for (size_t i = 0; err == 0 && i < all->n; i++) {
		if (profile_is_there(p, all->name[i]) || p->n_profiles == PLAN_PROFILES)
			continue;
		err = profile_load(all->name[i], &p->profiles[p->n_profiles], error);
		p->n_profiles += err == 0;
	}
	mem_free(all);
	return err;
}

int
plan_profiles(struct run_plan *p, const struct run_options *o, struct config_error *error)
{
	int err = profiles_of_groups(p, o, error);

	if (err == 0)
		err = profiles_of_program(p, error);
	/* By profile: io_phone_cfg.tls is an index into both. */
	for (size_t i = 0; i < p->n_profiles; i++)
		p->tls[i] = (struct io_tls_habit){
			.suites = p->profiles[i]->tls.suites,
			.n_suites = p->profiles[i]->tls.n_suites,
			.split_records = p->profiles[i]->tls.split_records,
		};
	return err;
}
