/* dns_question.c - see dns_question.h. */
#include "dns_question.h"

#include <errno.h>
#include <stdio.h>

enum dns_type
dns_question_type(const struct dns_talk *t)
{
	return t->looking_up ? DNS_A : (enum dns_type)t->type;
}

int
dns_question_name(const struct dns_talk *t, char out[DNS_NAME_MAX])
{
	int n;

	if (t->looking_up)
		n = snprintf(out, DNS_NAME_MAX, "%s", t->found[t->target].name);
	else if (t->suffix == 0)
		n = snprintf(out, DNS_NAME_MAX, "%s", t->asked);
	else
		n = snprintf(
		    out, DNS_NAME_MAX, "%s.%s", t->asked, t->dns.suffix[t->suffix - 1]);
	return n < 0 || n >= DNS_NAME_MAX ? -EINVAL : 0;
}

int
dns_question_write(const struct dns_talk *t, struct buf *out)
{
	char name[DNS_NAME_MAX];

	if (dns_question_name(t, name) != 0)
		return -EINVAL;
	return dns_msg_query(out, t->id, name, dns_question_type(t));
}

void
dns_question_note(const struct dns_talk *t)
{
	char name[DNS_NAME_MAX], text[DNS_NAME_MAX + 8];

	if (dns_question_name(t, name) != 0)
		return;
	(void)snprintf(
	    text, sizeof text, "%s %s", dns_question_type(t) == DNS_SRV ? "SRV" : "A", name);
	talk_note(&t->cfg, TALK_DNS_NAME, text);
}
