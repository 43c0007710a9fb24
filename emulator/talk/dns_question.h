/* dns_question.h - the question a dns_talk has out: the name with its suffix, or a target. */
#ifndef TALK_DNS_QUESTION_H
#define TALK_DNS_QUESTION_H
#include "dns_talk.h"

/* What is asked for: an address while targets are looked up, else what the caller wanted. */
enum dns_type dns_question_type(const struct dns_talk *);

/* The name as it goes over the wire.  0 or -EINVAL: too long. */
int dns_question_name(const struct dns_talk *, char out[DNS_NAME_MAX]);

/* Append the query.  0, or as dns_msg_query(). */
int dns_question_write(const struct dns_talk *, struct buf *);

/* Note "SRV _sip._tls.contoso.com". */
void dns_question_note(const struct dns_talk *);

#endif
