/*
 * facts.h - what a phone has learned.  A fact is a bit, so that the table can
 * say which row needs and gives it, and the fields it stands for.  A field may be read
 * only when its bit is known.
 *
 * Flash facts survive a power cut, RAM facts do not.
 */
#ifndef STEPS_FACTS_H
#define STEPS_FACTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io.h"

enum fact {
	FACT_ADDRESS = 1u << 0,   /* ip, mask, router, dns, lease times: the address is ours */
	FACT_DOMAIN = 1u << 1,    /* domain, suffixes: options 15 and 119 */
	FACT_NTP = 1u << 2,       /* ntp */
	FACT_CLOCK = 1u << 3,     /* clock_offset_us */
	FACT_USER = 1u << 4,      /* flash: the sign-in was typed */
	FACT_POOL = 1u << 5,      /* pool[]: where the pool is */
	FACT_ROOT = 1u << 6,      /* flash: the private root is trusted (io keeps it) */
	FACT_DC = 1u << 7,        /* dc, dcs[] */
	FACT_TGT = 1u << 8,       /* auth holds a ticket-granting ticket */
	FACT_DIRECTORY = 1u << 9, /* stage: a bound LDAP connection; config_nc, root_nc */
	FACT_CA = 1u << 10,       /* ca.name: the CA's web server */
	FACT_CA_WEB = 1u << 11,   /* stage: ca.ip and an HTTP session with it */
	FACT_LINE = 1u << 12,     /* the line to the pool is up */
	FACT_REGISTERED = 1u << 13,  /* signed in */
	FACT_PROVISIONED = 1u << 14, /* update_url, mwi_poll_min */
	FACT_CAS = 1u << 15,         /* cas: Exchange's client access server */
	FACT_MAILBOX = 1u << 16,     /* ews_url */
	FACT_UPDATE = 1u << 17, /* offered_version, base_url: the update service has answered */
	FACT_IMAGE = 1u << 18,  /* flash: offered_version is on the other bank, to be booted */
	FACT_LEASE = 1u << 19,  /* flash: last_ip, last_server, vlan: for INIT-REBOOT */
	FACT_URLS = 1u << 20,   /* flash: update_url of the last provisioning */

	FACTS_FLASH = FACT_USER | FACT_ROOT | FACT_IMAGE | FACT_LEASE | FACT_URLS,
	FACTS_STAGE = FACT_DIRECTORY | FACT_CA_WEB /* gone with the stage's connection */
};

enum {
	FACTS_NAME_MAX = 128,
	FACTS_URL_MAX = 256,
	FACTS_SUFFIXES = 3,
	FACTS_POOLS = 4,
	FACTS_DCS = 4
};

/* A server to try, in order. */
struct facts_target {
	char name[FACTS_NAME_MAX];
	uint32_t ip;
	uint16_t port;
};

struct facts {
	uint32_t known; /* enum fact, or-ed */

	/* FACT_ADDRESS, FACT_LEASE */
	uint32_t ip, mask, router, dns[2], dhcp_server;
	uint32_t lease_s, t1_s, t2_s;
	uint64_t leased_at_us; /* io's now */
	uint32_t last_ip, last_server;
	int64_t last_until_us; /* wall clock by the host: io's now does not survive a power cut
				  of hours */
	uint16_t vlan;         /* the VLAN the address is in; 0 = untagged */
	uint16_t voice_vlan;   /* what option 43.10 named; 0 = nothing */
	bool auto_ip;          /* 169.254/16: no server answered */
	uint32_t xid;          /* the per-boot counter, Windows CE's rule */

	/* FACT_DOMAIN */
	char domain[FACTS_NAME_MAX];
	char suffix[FACTS_SUFFIXES][FACTS_NAME_MAX];
	uint8_t n_suffixes;

	/* FACT_NTP, FACT_CLOCK */
	struct facts_target ntp;
	int64_t clock_offset_us; /* wall clock by NTP minus io's now_us */

	/* FACT_POOL: SRV targets by priority and weight, then the fixed hosts; at is the one in
	 * use */
	struct facts_target pool[FACTS_POOLS];
	uint8_t n_pools, pool_at;
	bool redirected; /* pool[] is what a 301 named */

	/* FACT_DC: SRV targets by priority and weight; dc is the one in use */
	struct facts_target dc, dcs[FACTS_DCS];
	uint8_t n_dcs, dc_at;

	/* FACT_DIRECTORY: naming contexts of the rootDSE */
	char root_nc[FACTS_NAME_MAX], config_nc[FACTS_NAME_MAX];

	/* FACT_CA, FACT_CA_WEB */
	struct facts_target ca;
	bool ca_first_key_taken; /* the server accepted the first SPN: row 18-19 has the chain
				    already */

	/* FACT_PROVISIONED, FACT_URLS */
	char update_url[FACTS_URL_MAX]; /* of the phone's side; "" if none was sent */
	uint32_t mwi_poll_min;          /* 0 = do not poll */

	/* FACT_CAS, FACT_MAILBOX */
	struct facts_target cas;
	char ews_url[FACTS_URL_MAX];

	/* FACT_UPDATE, FACT_IMAGE */
	char version[24];         /* what runs */
	char offered_version[24]; /* "" = the service has nothing for us */
	char base_url[FACTS_URL_MAX];
	struct facts_target update;
	uint64_t image_bytes;
	uint32_t image_crc32;
};

/* Is there an image to be booted that is not what runs? */
bool facts_new_image(const struct facts *);

/* What is left of them after a power cut: flash facts; the installed image is what runs now. */
void facts_power_cut(struct facts *);

/* The names of these bits, "CAS ROOT"; returns out. */
const char *facts_names(uint32_t bits, char *out, size_t cap);

/* Is every one of these bits known? */
static inline bool
facts_know(const struct facts *f, uint32_t bits)
{
	return (f->known & bits) == bits;
}

#endif
