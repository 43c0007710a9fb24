/*
 * provision_xml.h - the answer to the provisioning SUBSCRIBE, [MS-SIPREGE] 2.2.2.5:
 * of its ServerConfiguration group what a phone acts on.  Unknown groups and
 * elements are passed over.
 */
#ifndef PROTO_PROVISION_XML_H
#define PROTO_PROVISION_XML_H
#include <stdbool.h>
#include <stdint.h>

#include "span.h"

enum { PROVISION_URL_MAX = 256, PROVISION_MWI_DEFAULT = 3, PROVISION_MWI_MAX = 60 };

struct provision {
	bool server_configuration; /* the group was there */
	bool update_enabled;       /* updatesServerEnabled; true if it is not said */
	char update_internal[PROVISION_URL_MAX], update_external[PROVISION_URL_MAX];
	uint32_t mwi_poll_min; /* ucExchangeMWIPoll, 0-60; 3 if not said or out of range */
};

/* 0; -EBADMSG: no well-formed provisionGroupList; -ENOMEM. */
int provision_xml_read(struct span xml, struct provision *out);

#endif
