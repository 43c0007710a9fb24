/*
 * update_xml.h - what the phone and the update service (ucdevice.upx) say to each other.
 *
 * Known for sure are only <Response>, <BaseURL> and <ExternalBaseURL> (the guide)
 * and which fields there are (the service's audit log); the other names are ours,
 * and the phone's side of them is a template of the profile.  Names are compared
 * without regard to case, so that a real server's may differ a little.
 */
#ifndef PROTO_UPDATE_XML_H
#define PROTO_UPDATE_XML_H
#include "buf.h"
#include "span.h"

enum { UPDATE_URL_MAX = 256, UPDATE_WORD_MAX = 64 };

struct update_request { /* as the audit log copies it */
	char device_type[UPDATE_WORD_MAX], mac[UPDATE_WORD_MAX], serial[UPDATE_WORD_MAX];
	char vendor[UPDATE_WORD_MAX], model[UPDATE_WORD_MAX], revision[UPDATE_WORD_MAX];
	char locale[UPDATE_WORD_MAX], user[2 * UPDATE_WORD_MAX];
	char module[UPDATE_WORD_MAX], version[UPDATE_WORD_MAX], time[UPDATE_WORD_MAX];
};

struct update_answer { /* "" = blank or not there */
	char base_url[UPDATE_URL_MAX], external_base_url[UPDATE_URL_MAX];
	char file[UPDATE_WORD_MAX], signature[UPDATE_WORD_MAX];
	char version[UPDATE_WORD_MAX], time[UPDATE_WORD_MAX];
};

/* Read a request / an answer.  0; -EBADMSG: not XML, another root element, or a value too long;
 * -ENOMEM. */
int update_xml_read_request(struct span, struct update_request *out);

/* Of several modules the first counts.  A version that none names is taken from the base URL's
 * path: .../ENU/1.0.522.101/CPE. */
int update_xml_read_answer(struct span, struct update_answer *out);

/* Append an answer; without a version: no module, blank URLs stay blank. */
void update_xml_write_answer(struct buf *, const struct update_answer *);

#endif
