/* update_file.c - see update_file.h. */
#include "update_file.h"

#include <stdio.h>
#include <string.h>

enum verdict
update_file_start(struct step *s, struct fetch *f, const char *file, bool count)
{
	const struct facts *facts = s->facts;
	size_t n = strlen(facts->base_url);
	char url[FACTS_URL_MAX + 64];
	struct fetch_ask ask = { .method = "GET",
		.url = url,
		.user_agent = s->profile->update.user_agent,
		.count = count,
		.auth = s->id->external ? FETCH_ON_401 : FETCH_ANONYMOUS,
		.at = &facts->update,
		.session = s->held };

	if (facts->offered_version[0] == '\0')
		return step_skip(s, "update:the service offers nothing");
	if (!update_is_newer(facts))
		return step_skip(s, "update:%s is not newer than %s", facts->offered_version,
		    facts->version);
	/* <BaseURL> comes with or without its last slash. */
	(void)snprintf(url, sizeof url, "%s%s%s", facts->base_url,
	    n > 0 && facts->base_url[n - 1] == '/' ? "" : "/", file);
	return fetch_start(s, f, &ask);
}

enum verdict
update_file_event(struct step *s, struct fetch *f, const struct io_event *ev)
{
	enum verdict v = fetch_event(s, f, ev);

	if (v == STEP_DONE) {
		s->facts->update = f->at;
		step_hold(s, f->session);
	}
	return v;
}
