/* doctor_json.c - the doctor's report for programs: cx700farm-check/1. */
#include <errno.h>

#include "doctor_priv.h"

/* A text with what was seen put in. */
static json_t *
json_filled(const struct doctor_found *found,
    void (*fill)(const struct doctor_finding *, json_t *, struct buf *))
{
	struct buf words = { 0 };
	json_t *text;

	fill(found->finding, found->row, &words);
	/* What a server sent may not be UTF-8; a report without it is better than none. */
	text = json_string(buf_cstr(&words));
	if (text == NULL)
		text = json_string("");
	buf_done(&words);
	return text;
}

static json_t *
json_finding(const struct doctor_found *found)
{
	const struct doctor_finding *f = found->finding;

	return json_pack("{s:s, s:s, s:s, s:o?, s:I, s:s, s:o, s:o}", "id", f->id, "severity",
	    doctor_severity_name(found->severity), "step", doctor_word(found->row, "step"),
	    "guide", json_incref(json_object_get(found->row, "guide")), "times",
	    (json_int_t)found->times, "detail", doctor_word(found->row, "detail"), "says",
	    json_filled(found, doctor_says), "mend", json_filled(found, doctor_mend));
}

/* The patient, the verdict; rows and findings come behind. */
static json_t *
json_head(const struct doctor *d, const struct doctor_patient *p)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:[], s:O}", "format",
	    "cx700farm-check/1", "version", p->version, "pool", p->pool, "profile", p->profile,
	    "ready", d->ready, "arrived", d->arrived, "findings", "rows", d->rows);
}

static int
json_piece(const char *text, size_t n, void *out)
{
	buf_put(out, text, n);
	return ((struct buf *)out)->err;
}

int
doctor_json(const struct doctor *d, const struct doctor_patient *p, struct buf *out)
{
	json_t *all = json_head(d, p), *findings = json_object_get(all, "findings");
	int err = all == NULL ? -ENOMEM : 0;

	for (size_t i = 0; err == 0 && i < d->n; i++)
		if (json_array_append_new(findings, json_finding(&d->found[i])) != 0)
			err = -ENOMEM;
	if (err == 0 &&
	    json_dump_callback(
		all, json_piece, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0)
		err = out->err != 0 ? out->err : -ENOMEM;
	json_decref(all);
	buf_text(out, "\n");
	return err;
}
