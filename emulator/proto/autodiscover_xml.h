/*
 * autodiscover_xml.h - Exchange's Autodiscover answers, "plain old XML" for Outlook
 * ([MS-OXDSCLI]): read what the phone needs, and write what a client access server says.
 */
#ifndef PROTO_AUTODISCOVER_XML_H
#define PROTO_AUTODISCOVER_XML_H
#include "buf.h"
#include "span.h"

enum { AUTODISCOVER_URL_MAX = 256 };

struct autodiscover_answer {
	char display_name[128];              /* "" if it is longer */
	char ews_url[AUTODISCOVER_URL_MAX];  /* of the first protocol that names one */
	char redirect[AUTODISCOVER_URL_MAX]; /* RedirectAddr or RedirectUrl, or "" */
	int error_code;                      /* of <Error>; 0 = none */
};

/* Read an answer.  0; -EBADMSG: no <Autodiscover> document, or a value too long; -ENOMEM. */
int autodiscover_xml_read(struct span, struct autodiscover_answer *out);

/* Read the address a request asks for.  0, -EBADMSG, -ENOMEM. */
int autodiscover_xml_read_request(struct span, char *email, size_t cap);

/* Append an answer: its error if it has one, else its settings. */
void autodiscover_xml_write(
    struct buf *, const char *email, const struct autodiscover_answer *);

#endif
