/*
 * step_sip_provision.c - in-band provisioning and the phone's two lasting
 * subscriptions; [MS-SIPREGE] 2.2.2.
 *
 * needs  FACT_LINE, FACT_REGISTERED
 * gives  FACT_PROVISIONED, FACT_URLS: update_url of the phone's side, mwi_poll_min
 *
 * All go out at once, as far as the registrar offers them.  What comes of the roaming data is
 * not looked at; only provisioning counts.
 */
#include <errno.h>
#include <string.h>

#include "line.h"
#include "provision_xml.h"
#include "sip_status.h"
#include "steps.h"
#include "template.h"
#include "text.h"

#define APPLICATION(name) "application/vnd-microsoft-" name "+xml"
#define PROVISIONING "vnd-microsoft-provisioning-v2"

enum provision_tag { TAG_CONTACTS, TAG_PROVISIONING, TAG_SELF, TAGS };

struct provision_state {
	uint8_t waiting; /* for answers */
	bool provisioned;
};

static const char roaming_self[] =
    "<roamingList xmlns=\"http://schemas.microsoft.com/2006/09/sip/roaming-self\">"
    "<roaming type=\"categories\"/><roaming type=\"containers\"/>"
    "<roaming type=\"subscribers\"/></roamingList>";

/* clang-format off */
static const struct line_subscribe subscriptions[TAGS] = {
	[TAG_CONTACTS]     = { .event = "vnd-microsoft-roaming-contacts", .accept = APPLICATION("roaming-contacts"), .expires_s = -1 },
	[TAG_PROVISIONING] = { .event = PROVISIONING, .accept = APPLICATION("roaming-provisioning-v2") },
	[TAG_SELF]         = { .event = "vnd-microsoft-roaming-self", .accept = APPLICATION("roaming-self"), .expires_s = -1,
	                       .body = { (const uint8_t *)roaming_self, sizeof roaming_self - 1 } },
};
/* clang-format on */

/* ---- asking ------------------------------------------------------------- */

static int
provision_ask(struct step *s, int tag, struct span body)
{
	struct provision_state *state = s->state;
	struct line_subscribe ask = subscriptions[tag];
	int err;

	/* Not among the Allow-Events of the registration: not asked for. */
	if (!line_allows(s->line, ask.event))
		return 0;
	if (body.n > 0)
		ask.body = body;
	/* Of the three it is provisioning whose headers are worth a comparison. */
	sip_note_sent(s, tag == TAG_PROVISIONING);
	err = line_subscribe(s->line, &ask, step_owner(s), tag);
	sip_note_no_more(s);
	if (err == 0)
		state->waiting++;
	return err;
}

/* A registrar without provisioning: what the profile says, and no update server. */
static enum verdict
provision_without(struct step *s)
{
	s->facts->update_url[0] = '\0';
	s->facts->mwi_poll_min = s->profile->exchange.poll_min;
	return step_skip(s, "sip:the pool does not offer " PROVISIONING);
}

static enum verdict
provision_start(struct step *s)
{
	const struct template_value values[] = { { "sip_user", s->id->sip_user },
		{ "sip_domain", s->id->sip_domain }, { "version", s->profile->version } };
	struct buf body = { 0 };
	int err;

	if (!line_allows(s->line, PROVISIONING))
		return line_is_registered(s->line) ? provision_without(s)
						   : step_lost(s, -ENOTCONN);
	err = template_fill(&body, s->profile->templates.provision_request, values,
	    sizeof values / sizeof values[0], true);
	for (int tag = 0; tag < TAGS && err == 0; tag++)
		err = provision_ask(s, tag,
		    tag == TAG_PROVISIONING ? span_trim(buf_bytes(&body))
					    : (struct span){ NULL, 0 });
	buf_done(&body);
	return err != 0 ? step_lost(s, err) : STEP_WAIT;
}

/* ---- the answers -------------------------------------------------------- */

/* Through an Edge, or told to be outside: the external address. */
static enum verdict
provision_take(struct step *s, struct span xml)
{
	struct provision_state *state = s->state;
	bool external = s->id->external || line_facts(s->line)->remote_user;
	struct provision p;
	const char *url;
	int err = provision_xml_read(xml, &p);

	if (err != 0)
		return step_retry(
		    s, err == -ENOMEM ? WHY_LOCAL : WHY_BAD_REPLY, "sip:no provisioning data");
	url = external ? p.update_external : p.update_internal;
	/* Switched off is the same as no address. */
	memcpy(s->facts->update_url, p.update_enabled ? url : "",
	    strlen(p.update_enabled ? url : "") + 1);
	s->facts->mwi_poll_min = p.mwi_poll_min;
	state->provisioned = true;
	return STEP_WAIT;
}
_Static_assert((int)PROVISION_URL_MAX <= (int)FACTS_URL_MAX, "an URL fits the fact");

/* Signed anew once; then the context is given up, with the connection. */
static enum verdict
provision_not_trusted(struct step *s, int status)
{
	if (s->attempt > 1)
		line_close(s->line);
	return step_retry(s, WHY_AUTH, "sip:%d", status);
}

static enum verdict
provision_on_answer(struct step *s, const struct line_reply *r)
{
	seen_add_num(s->seen, SEEN_SIP_STATUS, (uint64_t)r->msg->status);
	if (r->tag != TAG_PROVISIONING)
		return STEP_WAIT;
	if (r->msg->status == 401 || r->msg->status == 407)
		return provision_not_trusted(s, r->msg->status);
	if (r->msg->status >= 300)
		return sip_refused(s, r->msg);
	return provision_take(s, r->msg->body);
}

static enum verdict
provision_event(struct step *s, const struct io_event *ev)
{
	const struct line_reply *r = line_reply(s->line);
	struct provision_state *state = s->state;
	enum verdict v;

	(void)ev;
	if (r == NULL)
		return STEP_WAIT;
	/* Of the roaming data it is enough that an answer came, or that none will. */
	state->waiting--;
	if (r->news == LINE_ANSWER)
		v = provision_on_answer(s, r);
	else if (r->tag == TAG_PROVISIONING || r->news == LINE_LOST)
		v = sip_unanswered(s, r);
	else
		v = STEP_WAIT;
	return v == STEP_WAIT && state->waiting == 0 && state->provisioned ? STEP_DONE : v;
}

static void
provision_cancel(struct step *s)
{
	line_unwait(s->line, step_owner(s).arg);
}

const struct step_ops step_sip_provision = {
	.name = "sip_provision",
	.state_size = sizeof(struct provision_state),
	.start = provision_start,
	.event = provision_event,
	.cancel = provision_cancel,
};
