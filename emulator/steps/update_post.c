/* update_post.c - see update_post.h. */
#include "update_post.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "template.h"
#include "text.h"
#include "update_xml.h"

enum { UPDATE_BODY_MAX = 8 << 10 };

void
update_post_url(const struct step *s, const char *host, char out[FACTS_URL_MAX])
{
	const struct profile_update *u = &s->profile->update;
	bool outside = s->id->external;

	/* Inside HTTP, port 80; outside HTTPS, port 443. */
	(void)snprintf(out, FACTS_URL_MAX, "%s://%s.%s%s", outside ? "https" : "http", host,
	    s->facts->domain, outside ? u->path_external : u->path_internal);
}

bool
update_is_newer(const struct facts *f)
{
	return f->offered_version[0] != '\0' && f->base_url[0] != '\0' &&
	    text_version_cmp(f->offered_version, f->version) > 0;
}

/* "00-04-F2-10-00-00", the form of the service's own reports. */
static void
mac_text(const uint8_t mac[6], char out[TEXT_MAC_MAX])
{
	(void)snprintf(out, TEXT_MAC_MAX, "%02X-%02X-%02X-%02X-%02X-%02X", mac[0], mac[1],
	    mac[2], mac[3], mac[4], mac[5]);
}

/* The profile's template with what this phone and its user are. */
static int
write_request(const struct step *s, struct buf *out)
{
	const struct profile_update *u = &s->profile->update;
	time_t seconds = (time_t)(step_wall_us(s) / 1000000);
	char mac[TEXT_MAC_MAX], when[32] = "", user[200] = "";
	struct tm tm;
	const struct template_value values[] = {
		{ "device_type", u->device_type },
		{ "mac", mac },
		{ "serial", s->id->serial },
		{ "vendor", u->vendor },
		{ "model", u->model },
		{ "revision", u->revision },
		{ "locale", u->locale },
		{ "version", s->facts->version },
		{ "time", when },
		{ "user", user },
	};

	mac_text(s->id->mac, mac);
	if (gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
	/* Before anybody has signed in the field stays empty. */
	if (facts_know(s->facts, FACT_USER))
		(void)snprintf(user, sizeof user, "%s@%s", s->id->sip_user, s->id->sip_domain);
	return template_fill(out, s->profile->templates.update_request, values,
	    sizeof values / sizeof *values, true);
}

/* Outside nobody is served anonymously; before the login there is nothing else to offer. */
static enum fetch_auth
update_auth(const struct step *s)
{
	return s->id->external && facts_know(s->facts, FACT_TGT) ? FETCH_ON_401
								 : FETCH_ANONYMOUS;
}

enum verdict
update_post_start(struct step *s, struct fetch *f, const char *url, bool bare_ip)
{
	struct fetch_ask ask = { .method = "POST",
		.url = url,
		.user_agent = s->profile->update.user_agent,
		.content_type = s->profile->update.content_type,
		.bare_ip = bare_ip,
		.auth = update_auth(s) };
	enum verdict v;
	struct buf body;

	buf_init(&body, UPDATE_BODY_MAX);
	if (write_request(s, &body) != 0) {
		buf_done(&body);
		return step_fail(s, WHY_LOCAL, "profile:template update_request");
	}
	ask.body = buf_bytes(&body);
	seen_text(s->seen, SEEN_VERSION, span_of(s->facts->version));
	v = fetch_start(s, f, &ask);
	buf_done(&body);
	return v;
}

enum verdict
update_post_event(struct step *s, struct fetch *f, const struct io_event *ev)
{
	enum verdict v = fetch_event(s, f, ev);
	struct facts *facts = s->facts;
	struct update_answer a;
	const char *base;

	if (v != STEP_DONE)
		return v;
	/* A 200 with another body, of a proxy or a login page, say. */
	if (update_xml_read_answer(buf_bytes(&f->body), &a) != 0)
		return step_retry(s, WHY_BAD_REPLY, "update:not a <Response>");
	/* Each side has its own URL. A service that was never set up leaves both blank:
	 * then its version counts for nothing either. */
	base = s->id->external ? a.external_base_url : a.base_url;
	if (text_copy(facts->base_url, sizeof facts->base_url, span_of(base)) != 0 ||
	    text_copy(facts->offered_version, sizeof facts->offered_version,
		span_of(base[0] != '\0' ? a.version : "")) != 0)
		return step_retry(s, WHY_BAD_REPLY, "update:URL or version too long");
	facts->update = f->at;
	seen_text(s->seen, SEEN_OFFERED, span_of(facts->offered_version));
	return STEP_DONE;
}
