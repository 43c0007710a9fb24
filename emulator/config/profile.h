/*
 * profile.h - a firmware's habits, as data.  Everything about the phone that is
 * not proven lives in emulator/profiles/ as YAML with its evidence tag, and comes
 * to the code through this struct.  Read-only once loaded; shared by all threads.
 */
#ifndef CONFIG_PROFILE_H
#define CONFIG_PROFILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROFILE_LIST_MAX = 16, PROFILE_SPN_MAX = 4 };

/* How it asks for a lease, and how long it goes on asking. */
struct profile_dhcp {
	char vendor_class[32];         /* option 60, after 55 */
	uint8_t ask[PROFILE_LIST_MAX]; /* option 55 */
	size_t n_ask;
	char host_name[17];  /* option 12; "" = not sent */
	uint32_t pad_to;     /* smallest payload */
	uint32_t wait_ms[8]; /* before each retransmission; the last one ends the round */
	size_t n_wait;
	uint32_t wait_jitter_ms; /* +/- */
	uint32_t rounds;
	uint32_t again_s;       /* on 169.254/16: a new DISCOVER every so often */
	uint32_t init_delay_ms; /* random 0..this before the first DISCOVER */
	uint8_t vlan_suboption; /* of option 43 */
};

struct profile_dns {
	uint32_t timeout_ms, tries; /* of one name at one server */
};

struct profile_ntp {
	char default_host[64]; /* asked when there is no SRV */
};

struct profile_tls {
	uint16_t suites[PROFILE_LIST_MAX]; /* in ClientHello order, also those that cannot be
					      offered */
	size_t n_suites;
	bool split_records;
};

/* How it fetches the root from the CA's web pages. */
struct profile_trust {
	char spn[PROFILE_SPN_MAX][48]; /* "HTTP/{short}", "HTTP/{fqdn}"; in the order tried */
	size_t n_spn;
	char path[128]; /* /certsrv/certnew.p7b?... */
	char user_agent[128];
};

/* How it signs in and keeps the line. */
struct profile_sip {
	char user_agent[160];
	char auth_header[24]; /* Authorization or Proxy-Authorization */
	uint32_t transaction_ms;
	uint32_t keep_alive_percent; /* of the server's timeout, +/- jitter */
	uint32_t keep_alive_jitter_percent;
	uint32_t refresh_before_s; /* before Expires */
	uint32_t reconnect_ms;     /* after a lost line, doubling up to .. */
	uint32_t reconnect_max_ms;
};

/* What it tells the update service of itself, and where it looks for it. */
struct profile_update {
	bool at_power_on;       /* row 6 */
	char power_on_host[64]; /* "ucupdates-r2": + DHCP domain */
	char fallback_host[64]; /* "pool" */
	uint32_t every_h;
	char device_type[16], vendor[16], model[16], revision[8], locale[8];
	char path_internal[64], path_external[64];
	char user_agent[128], content_type[64];
	char confirm_file[32]; /* of the last GET */
};

/* How it finds its mailbox and polls it. */
struct profile_exchange {
	char user_agent[128], path[64];
	uint32_t autodiscover_every_h;
	uint32_t poll_min; /* when provisioning says nothing */
	char ews_path[64];
};

/* Bodies with {name} places, filled by template_fill(); each a NUL-terminated text. */
struct profile_templates {
	char *update_request, *autodiscover_request, *provision_request, *ews_poll;
};

/* All of it; made by profile_load(). */
struct profile {
	char name[48];    /* cx700-1.0.199.123 */
	char version[24]; /* 1.0.199.123 */
	struct profile_dhcp dhcp;
	struct profile_dns dns;
	struct profile_ntp ntp;
	struct profile_tls tls;
	struct profile_trust trust;
	struct profile_sip sip;
	struct profile_update update;
	struct profile_exchange exchange;
	struct profile_templates templates;
};

#endif
