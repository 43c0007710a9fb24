/*
 * step_update_download.c - GET CPE.nbt, about 15 MB, if it is newer than what
 * runs; counted and summed, never kept.  Guide 26-27.
 *
 * needs  FACT_UPDATE
 * sets   image_bytes, image_crc32
 *
 * After a reset the next try starts from the first byte: whether the phone resumes is not
 * known.
 */
#include "steps.h"
#include "update_file.h"

static enum verdict
download_start(struct step *s)
{
	return update_file_start(s, s->state, "CPE.nbt", true);
}

static enum verdict
download_event(struct step *s, const struct io_event *ev)
{
	struct fetch *f = s->state;
	enum verdict v = update_file_event(s, f, ev);

	if (v != STEP_DONE)
		return v;
	if (f->bytes == 0)
		return step_retry(s, WHY_BAD_REPLY, "update:an empty image");
	s->facts->image_bytes = f->bytes;
	s->facts->image_crc32 = f->crc32;
	seen_num(s->seen, SEEN_BYTES, f->bytes);
	seen_num(s->seen, SEEN_CRC32, f->crc32);
	return STEP_DONE;
}

static void
download_cancel(struct step *s)
{
	fetch_drop(s, s->state);
}

const struct step_ops step_update_download = {
	.name = "update_download",
	.state_size = sizeof(struct fetch),
	.start = download_start,
	.event = download_event,
	.cancel = download_cancel,
};
