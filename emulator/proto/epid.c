/* epid.c - see epid.h.  The UUID is name-based with SHA-1, but its name space and its
 * first three fields are in Windows GUID byte order, unlike RFC 4122 version 5. */
#include "epid.h"

#include <stdio.h>
#include <string.h>

#include "sha1.h"

const char *
epid_of_mac(const uint8_t mac[6], char out[EPID_SIZE])
{
	for (int i = 0; i < 6; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", mac[i]);
	return out;
}

void
epid_uuid(struct span epid, uint8_t out[UUID_SIZE])
{
	/* fcacfb03-8a73-46ef-91b1-e5ebeeaba4fe */
	static const uint8_t space[UUID_SIZE] = { 0x03, 0xfb, 0xac, 0xfc, 0x73, 0x8a, 0xef,
		0x46, 0x91, 0xb1, 0xe5, 0xeb, 0xee, 0xab, 0xa4, 0xfe };
	uint8_t digest[SHA1_SIZE];
	struct sha1 s;

	sha1_init(&s);
	sha1_put(&s, (struct span){ space, sizeof space });
	sha1_put(&s, epid);
	sha1_done(&s, digest);

	/* The first 16 of the digest's 20 bytes. */
	memcpy(out, digest, UUID_SIZE);
	out[7] = (uint8_t)((out[7] & 0x0f) | 0x50); /* version, in the little-endian field */
	out[8] = (uint8_t)((out[8] & 0x3f) | 0x80); /* variant */
}

const char *
epid_uuid_text(const uint8_t u[UUID_SIZE], char out[UUID_TEXT_SIZE])
{
	/* The first three fields are little-endian. */
	(void)snprintf(out, UUID_TEXT_SIZE,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[3], u[2],
	    u[1], u[0], u[5], u[4], u[7], u[6], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
	    u[15]);
	return out;
}

bool
epid_owns(struct span epid, struct span instance)
{
	static const char urn[] = "urn:uuid:";
	char text[UUID_TEXT_SIZE];
	uint8_t uuid[UUID_SIZE];

	if (instance.n >= 2 && instance.p[0] == '<' && instance.p[instance.n - 1] == '>')
		instance = (struct span){ instance.p + 1, instance.n - 2 };
	if (instance.n != sizeof urn - 1 + UUID_TEXT_SIZE - 1 ||
	    !span_is_nocase((struct span){ instance.p, sizeof urn - 1 }, urn))
		return false;

	epid_uuid(epid, uuid);
	instance = (struct span){ instance.p + sizeof urn - 1, UUID_TEXT_SIZE - 1 };
	return span_is_nocase(instance, epid_uuid_text(uuid, text));
}

void
epid_gruu(struct buf *out, struct span aor, const uint8_t uuid[UUID_SIZE])
{
	uint8_t bytes[UUID_SIZE + 2] = { 0 };
	char text[25]; /* 18 bytes make 24 letters without padding */
	struct buf b;

	/* The UUID and two zero bytes, in base64 with the alphabet for URLs. */
	memcpy(bytes, uuid, UUID_SIZE);
	buf_over(&b, text, sizeof text);
	buf_base64(&b, (struct span){ bytes, sizeof bytes });
	for (size_t i = 0; i < b.n; i++)
		text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];

	buf_span(out, aor);
	buf_text(out, ";opaque=user:epid:");
	buf_put(out, text, b.n);
	buf_text(out, ";gruu");
}
