/*
 * epid.h - who an endpoint is, by [MS-SIPRE] 3.2.3.1 and [MS-SIPREGE]: the epid that
 * it makes up, the instance id derived from it, the GRUU that the server gives.
 */
#ifndef PROTO_EPID_H
#define PROTO_EPID_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum { EPID_SIZE = 13, UUID_SIZE = 16, UUID_TEXT_SIZE = 37 };

/* Our phones' epid: the MAC as 12 lower-case hex digits.  Returns out. */
const char *epid_of_mac(const uint8_t mac[6], char out[EPID_SIZE]);

/* The instance id of an epid: bytes in the order of a Windows GUID. */
void epid_uuid(struct span epid, uint8_t out[UUID_SIZE]);

/* As text in lower case, "4b1682a8-f968-5701-83fc-7c6741dc6697".  Returns out. */
const char *epid_uuid_text(const uint8_t uuid[UUID_SIZE], char out[UUID_TEXT_SIZE]);

/* Is +sip.instance `<urn:uuid:...>` (any case, with or without the brackets) that of this
 * epid? */
bool epid_owns(struct span epid, struct span instance);

/* Append "sip:user@domain;opaque=user:epid:...;gruu". */
void epid_gruu(struct buf *, struct span aor, const uint8_t uuid[UUID_SIZE]);

#endif
