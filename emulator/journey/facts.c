/* facts.c - see facts.h. */
#include "facts.h"

#include <string.h>

bool
facts_new_image(const struct facts *f)
{
	return facts_know(f, FACT_IMAGE) && f->offered_version[0] != '\0' &&
	    strcmp(f->offered_version, f->version) != 0;
}

void
facts_power_cut(struct facts *f)
{
	struct facts kept = { .known = f->known & FACTS_FLASH };

	/* The lease, for INIT-REBOOT in its VLAN. */
	kept.last_ip = f->last_ip;
	kept.last_server = f->last_server;
	kept.last_until_us = f->last_until_us;
	kept.vlan = f->vlan;

	/* What the last provisioning said. */
	memcpy(kept.update_url, f->update_url, sizeof kept.update_url);

	/* The other bank is booted if there is an image on it. */
	memcpy(kept.version, facts_new_image(f) ? f->offered_version : f->version,
	    sizeof kept.version);
	kept.known &= ~(uint32_t)FACT_IMAGE;
	*f = kept;
}

const char *
facts_names(uint32_t bits, char *out, size_t cap)
{
	/* In the order of enum fact. */
	static const char *const names[] = { "ADDRESS", "DOMAIN", "NTP", "CLOCK", "USER",
		"POOL", "ROOT", "DC", "TGT", "DIRECTORY", "CA", "CA_WEB", "LINE", "REGISTERED",
		"PROVISIONED", "CAS", "MAILBOX", "UPDATE", "IMAGE", "LEASE", "URLS" };
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t len = strlen(names[i]);

		if (!(bits >> i & 1) || n + len + 2 > cap)
			continue;
		if (n > 0)
			out[n++] = ' ';
		memcpy(out + n, names[i], len + 1);
		n += len;
	}
	return out;
}
