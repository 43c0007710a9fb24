/* step_talk.c - see step_talk.h. */
#include "step_talk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Talks know nothing of `seen`: here their facts get their keys. */
static void
step_talk_note(void *arg, enum talk_fact fact, const char *text)
{
	struct step *s = arg;

	switch (fact) {
	case TALK_KRB_MESSAGE:
		seen_add_text(s->seen, SEEN_KRB_MESSAGES, span_of(text));
		break;
	case TALK_SPN:
		seen_add_text(s->seen, SEEN_SPN, span_of(text));
		break;
	case TALK_HTTP_REQUEST:
		seen_add_text(s->seen, SEEN_HTTP_REQUESTS, span_of(text));
		break;
	case TALK_HTTP_HEADER:
		seen_add_text(s->seen, SEEN_HTTP_HEADERS, span_of(text));
		break;
	case TALK_HTTP_STATUS:
		seen_add_num(s->seen, SEEN_HTTP_STATUS, strtoul(text, NULL, 10));
		break;
	case TALK_DNS_NAME:
		seen_add_text(s->seen, SEEN_DNS_NAMES, span_of(text));
		break;
	case TALK_DNS_ANSWER:
		seen_add_text(s->seen, SEEN_DNS_ANSWERS, span_of(text));
		break;
	case TALK_LDAP_OP:
		seen_add_text(s->seen, SEEN_LDAP_OPS, span_of(text));
		break;
	case TALK_LDAP_RESULT:
		seen_add_num(s->seen, SEEN_LDAP_RESULTS, strtoul(text, NULL, 10));
		break;
	}
}

struct talk_cfg
step_talk(struct step *s)
{
	return (struct talk_cfg){
		.io = s->io,
		.auth = s->auth,
		.owner = step_owner(s),
		.kdc_ip = facts_know(s->facts, FACT_DC) ? s->facts->dc.ip : 0,
		.note = step_talk_note,
		.note_arg = s,
	};
}

enum verdict
step_talk_lost(struct step *s, int err, const char *detail)
{
	enum verdict v = step_lost(s, err);

	/* The talk knows more than an errno can say. */
	if (*detail != '\0')
		snprintf(s->detail, sizeof s->detail, "%s", detail);
	return err == -EACCES || err == -ENOENT ? STEP_FAIL : v;
}

enum verdict
step_http_status(struct step *s, int status)
{
	enum reason why = WHY_BAD_REPLY;

	if (status == 401 || status == 403)
		why = WHY_AUTH;
	else if (status == 404)
		why = WHY_NOT_FOUND;
	else if (status >= 500 && status <= 599)
		why = WHY_SERVER_ERROR;
	return step_retry(s, why, "http:%d", status);
}
