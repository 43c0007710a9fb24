/*
 * step_update_at_power_on.c - builds from 522 on ask for updates at every power-on, before
 * anybody has signed in: POST /RequestHandler/ucdevice.upx at the address of
 * ucupdates-r2.<DHCP domain>.
 *
 * needs  FACT_ADDRESS, FACT_DOMAIN
 * gives  nothing
 *
 * What is offered is only remembered; rows 24-28 fetch it.
 */
#include "steps.h"
#include "update_post.h"

static enum verdict
power_on_start(struct step *s)
{
	char url[FACTS_URL_MAX];

	if (!s->profile->update.at_power_on)
		return step_skip(
		    s, "profile:build %s learns the address after sign-in", s->facts->version);
	update_post_url(s, s->profile->update.power_on_host, url);
	/* Inside, Host is the address that DNS named; outside, TLS wants the name. */
	return update_post_start(s, s->state, url, !s->id->external);
}

static enum verdict
power_on_event(struct step *s, const struct io_event *ev)
{
	return update_post_event(s, s->state, ev);
}

static void
power_on_cancel(struct step *s)
{
	fetch_drop(s, s->state);
}

const struct step_ops step_update_at_power_on = {
	.name = "update_at_power_on",
	.state_size = sizeof(struct fetch),
	.start = power_on_start,
	.event = power_on_event,
	.cancel = power_on_cancel,
};
