/*
 * step_update_confirm.c - one last GET, answered 200: the image is whole and will
 * be booted.  Guide 28, which does not name the object: the profile does.
 *
 * needs  FACT_UPDATE, and image_bytes of the row above
 * gives  FACT_IMAGE, when something was downloaded
 */
#include "steps.h"
#include "update_file.h"

static enum verdict
confirm_start(struct step *s)
{
	/* The row above may have been given up. */
	if (update_is_newer(s->facts) && s->facts->image_bytes == 0)
		return step_skip(s, "update:there is no image to confirm");
	return update_file_start(s, s->state, s->profile->update.confirm_file, false);
}

static enum verdict
confirm_event(struct step *s, const struct io_event *ev)
{
	return update_file_event(s, s->state, ev);
}

static void
confirm_cancel(struct step *s)
{
	fetch_drop(s, s->state);
}

const struct step_ops step_update_confirm = {
	.name = "update_confirm",
	.state_size = sizeof(struct fetch),
	.start = confirm_start,
	.event = confirm_event,
	.cancel = confirm_cancel,
};
