/* phone.c - see phone.h. */
#include "phone.h"

#include <errno.h>
#include <string.h>

#include "log.h"
#include "mem.h"
#include "phone_id.h"
#include "phone_rows.h"
#include "steps.h"
#include "trace.h"

struct phone {
	struct instance instance; /* first */
	const struct phone_cfg *cfg;
	const struct phone_group *group;
	struct instance_sink *sink;
	struct io *io;
	struct auth *auth;
	struct journey *j;
	struct identity id;
};

/* The instance is the first member of its phone. */
static const struct phone *
phone_const(const struct instance *i)
{
	return (const struct phone *)(const void *)i;
}

static struct phone *
phone_of(struct instance *i)
{
	return (struct phone *)(void *)i;
}

/* ---- what the journey tells goes to the sink -------------------------------- */

/* A try with another to follow is a RETRY; only the last one counts as the row. */
static enum instance_verdict
verdict_of(const struct journey_row *row)
{
	if (!row->final)
		return INSTANCE_RETRY;
	if (row->verdict == STEP_SKIP)
		return INSTANCE_SKIPPED;
	return row->verdict == STEP_DONE ? INSTANCE_DONE : INSTANCE_NOT_DONE;
}

/* Only a download that was walked has moved bytes. */
static uint64_t
firmware_bytes(const struct phone *p, const struct journey_row *row)
{
	if (row->leg->step != &step_update_download || row->verdict != STEP_DONE)
		return 0;
	return journey_facts(p->j)->image_bytes;
}

/* step_lost() names the error: the process's limit, or the machine's. */
static bool
has_no_descriptor(const struct journey_row *row)
{
	return row->why == WHY_LOCAL &&
	    (strcmp(row->detail, "errno:EMFILE") == 0 ||
		strcmp(row->detail, "errno:ENFILE") == 0);
}

/* The one place where a phone's steps are logged: `run -v`. */
static void
phone_log(const struct phone *p, const struct journey_row *row)
{
	struct buf words = { 0 };

	if (!log_shows(LOG_DEBUG))
		return;
	trace_words(&words, &p->id, row);
	log_line(LOG_DEBUG, "%s", buf_cstr(&words));
	buf_done(&words);
}

static void
phone_on_row(void *arg, const struct journey_row *row)
{
	struct phone *p = arg;
	struct buf *trace = p->sink->ops->trace(p->sink);
	struct instance_row told = {
		.row = phone_row_of(row->leg),
		.verdict = verdict_of(row),
		.why = row->why,
		.started_us = row->started_us,
		.ended_us = row->ended_us,
		.firmware_bytes = firmware_bytes(p, row),
		.detail = row->detail,
		/* KDC_ERR_PREAUTH_FAILED, RFC 4120 section 7.5.9. */
		.wrong_password =
		    row->why == WHY_AUTH && strncmp(row->detail, "krb:24 ", 7) == 0,
		.no_descriptor = has_no_descriptor(row),
	};

	if (trace != NULL && row->final)
		trace_line(trace, &p->id, p->sink->run_began_us, row);
	phone_log(p, row);
	p->sink->ops->row(p->sink, &told);
}

static void
phone_on_state(void *arg, enum journey_state state)
{
	static const enum instance_state told[] = {
		[JOURNEY_OFF] = INSTANCE_OFF,
		[JOURNEY_WALKING] = INSTANCE_WALKING,
		[JOURNEY_STAYING] = INSTANCE_STAYING,
		[JOURNEY_ARRIVED] = INSTANCE_ARRIVED,
		[JOURNEY_FAILED] = INSTANCE_FAILED,
		[JOURNEY_SIGNING_OUT] = INSTANCE_SIGNING_OUT,
		[JOURNEY_SIGNED_OUT] = INSTANCE_SIGNED_OUT,
		[JOURNEY_LEFT] = INSTANCE_LEFT,
	};
	struct phone *p = arg;

	/* The farm has no name for leaving: it waits for the end of it. */
	if (state != JOURNEY_LEAVING)
		p->sink->ops->state(p->sink, told[state]);
}

/* The number of a profile, which is that of its TLS habits. */
static unsigned
profile_number(const struct phone_cfg *cfg, const struct profile *profile)
{
	unsigned i = 0;

	while (i + 1 < cfg->n_profiles && cfg->profiles[i] != profile)
		i++;
	return i;
}

/* Another build greets TLS servers in another way. */
static void
phone_on_restart(void *arg)
{
	struct phone *p = arg;
	const struct phone_world *world = p->cfg->world;

	world->ops->tls(world, p->io, profile_number(p->cfg, journey_profile(p->j)));
	p->sink->ops->restart(p->sink);
}

/* ---- what the farm does with it ------------------------------------------------ */

static void
phone_power(struct instance *i, bool on)
{
	if (on)
		journey_power_on(phone_of(i)->j);
	else
		journey_power_off(phone_of(i)->j);
}

static void
phone_tell(struct instance *i, enum instance_command command)
{
	struct journey *j = phone_of(i)->j;

	switch (command) {
	case INSTANCE_SIGN_OUT:
		journey_sign_out(j);
		break;
	case INSTANCE_SIGN_IN:
		journey_sign_in(j);
		break;
	case INSTANCE_CHECK_UPDATE:
		journey_check_update(j);
		break;
	}
}

static void
phone_leave(struct instance *i)
{
	journey_leave(phone_of(i)->j);
}

static bool
phone_holds(const struct instance *i)
{
	const struct phone *p = phone_const(i);

	/* Where nobody was to stay, to have arrived is all. */
	return p->group->plan->stay_us == 0 || journey_holds(p->j);
}

static void
phone_close(struct instance *i)
{
	struct phone *p = phone_of(i);
	const struct phone_world_ops *world = p->cfg->world->ops;

	/* Also a phone that was only half made: all of them take NULL. */
	journey_free(p->j);
	world->auth_free(p->auth);
	world->io_free(p->io);
	mem_free(p);
}

/* ---- making one ------------------------------------------------------------------- */

/* What it stands in; all phones of a pool have one password. */
static int
make_world(struct phone *p, const struct instance_place *place, const char **err_out)
{
	const struct phone_world *world = p->cfg->world;
	const struct pool_users *users = &p->cfg->pool->users;
	char realm[sizeof users->domain];
	const struct phone_who who = {
		.place = place,
		.id = &p->id,
		.realm = realm,
		.password = users->password,
		.profile = p->group->profile,
		.link = p->group->link,
	};
	int err;

	phone_realm(p->cfg->pool, realm, sizeof realm);
	*err_out = "no world for a phone";
	err = world->ops->io(world, &who, &p->io);
	if (err != 0)
		return err;
	*err_out = "no Kerberos for a phone";
	return world->ops->auth(world, &who, &p->auth);
}

/* Delivered with its group's profile; an update may change that. */
static int
make_journey(struct phone *p)
{
	const struct phone_world *world = p->cfg->world;
	struct journey_cfg cfg = {
		.io = p->io,
		.auth = p->auth,
		.id = &p->id,
		.profile = p->cfg->profiles[p->group->profile],
		.plan = p->group->plan,
		.watch = { p, phone_on_row, phone_on_state, phone_on_restart },
		.host_wall_minus_now_us =
		    world->ops->wall_us(world, p->io) - (int64_t)p->io->ops->now_us(p->io),
		.table = journey_table,
		.n_rows = journey_rows,
		.chores = chores_table,
		.n_chores = chores_count,
	};

	return journey_new(&cfg, &p->j);
}

int
phone_make(
    void *arg, const struct instance_place *place, struct instance **out, const char **err_out)
{
	static const struct instance_ops ops = { phone_power, phone_tell, phone_leave,
		phone_holds, phone_close };
	const struct phone_cfg *cfg = arg;
	struct phone *p = mem_new(sizeof *p);
	const char *what;
	int err;

	*err_out = "no memory for a phone";
	if (p == NULL)
		return -ENOMEM;
	p->instance.ops = &ops;
	p->cfg = cfg;
	p->group = phone_group_of(cfg, place->index);
	p->sink = place->sink;

	what = "the pool file's user names do not fit";
	err = phone_id(cfg, place->seed, place->index, &p->id);
	if (err != 0)
		goto fail;
	err = make_world(p, place, &what);
	if (err != 0)
		goto fail;
	what = "no memory for a phone";
	err = make_journey(p);
	if (err != 0)
		goto fail;
	*out = &p->instance;
	return 0;
fail:
	*err_out = what;
	phone_close(&p->instance);
	return err;
}

struct io *
phone_io(const struct instance *i)
{
	return phone_const(i)->io;
}

const struct facts *
phone_facts(const struct instance *i)
{
	return journey_facts(phone_const(i)->j);
}

const struct phone_group *
phone_group_of(const struct phone_cfg *cfg, uint32_t index)
{
	size_t i = cfg->n_groups - 1;

	while (cfg->groups[i].first > index)
		i--;
	return &cfg->groups[i];
}

const struct profile *
phone_profile_of(const void *phone_cfg, const char *version)
{
	const struct phone_cfg *cfg = phone_cfg;

	for (size_t i = 0; i < cfg->n_profiles; i++)
		if (strcmp(cfg->profiles[i]->version, version) == 0)
			return cfg->profiles[i];
	return NULL;
}
