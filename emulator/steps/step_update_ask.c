/*
 * step_update_ask.c - ask the update service: POST ucdevice.upx; the answer's
 * <BaseURL> may be blank.  Guide 24-25.
 *
 * needs  FACT_ADDRESS, FACT_DOMAIN
 * gives  FACT_UPDATE: offered_version, base_url, update
 *
 * The URL is provisioning's; without one it is ucupdates-r2.<DHCP domain>, or, when that name
 * does not exist, pool.<DHCP domain> as in the guide.  The session stays for the download.
 */
#include <stdio.h>

#include "steps.h"
#include "update_post.h"

struct ask_state {
	struct fetch fetch;
	bool fallen_back;
};

static enum verdict
ask_start(struct step *s)
{
	struct ask_state *st = s->state;
	char url[FACTS_URL_MAX];

	/* Of this sign-in, or of the last one before the power cut. */
	if ((s->facts->known & (FACT_PROVISIONED | FACT_URLS)) &&
	    s->facts->update_url[0] != '\0') {
		st->fallen_back = true;
		return update_post_start(s, &st->fetch, s->facts->update_url, false);
	}
	update_post_url(s, s->profile->update.power_on_host, url);
	return update_post_start(s, &st->fetch, url, false);
}

/* ucupdates-r2 is not in DNS: the guide's name. */
static enum verdict
ask_fall_back(struct step *s, struct ask_state *st)
{
	char url[FACTS_URL_MAX];

	st->fallen_back = true;
	fetch_drop(s, &st->fetch);
	update_post_url(s, s->profile->update.fallback_host, url);
	return update_post_start(s, &st->fetch, url, false);
}

static enum verdict
ask_event(struct step *s, const struct io_event *ev)
{
	struct ask_state *st = s->state;
	enum verdict v = update_post_event(s, &st->fetch, ev);

	if (v == STEP_FAIL && !st->fallen_back && fetch_has_no_host(&st->fetch))
		return ask_fall_back(s, st);
	/* The download may find its files on the same host. */
	if (v == STEP_DONE)
		step_hold(s, st->fetch.session);
	return v;
}

static void
ask_cancel(struct step *s)
{
	struct ask_state *st = s->state;

	fetch_drop(s, &st->fetch);
}

const struct step_ops step_update_ask = {
	.name = "update_ask",
	.state_size = sizeof(struct ask_state),
	.start = ask_start,
	.event = ask_event,
	.cancel = ask_cancel,
};
