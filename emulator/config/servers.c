/* servers.c - see servers.h.  The tables are the format, and the page of what the servers of a
 * pool of 2009 are taken to stand. */
#include "servers.h"

#include <errno.h>
#include <string.h>

#include "servers_lists.h"

#define AT(member) .offset = offsetof(struct servers, member)
#define COUNT(table) (sizeof(table) / sizeof *(table))

const char *const servers_name[SERVERS_COUNT + 1] = { "dhcp", "dns", "ntp", "kdc", "ldap",
	"ca_web", "sip", "exchange", "update", NULL };

static const char *const certificate_words[] = { "good", "sha2", "expired", "early",
	"wrong_name", "other_root", NULL };

/* clang-format off */

/* What servers_lists.c reads: RFC 1035's names with the _ of RFC 2782, and the three kinds of records. */
#define LABEL "[A-Za-z0-9_-]{1,63}"
#define DOMAIN LABEL "([.]" LABEL ")*[.]?"
#define NUMBER "[0-9]{1,5} +"
#define RECORD "^ *" DOMAIN " +([Aa] +[0-9]{1,3}([.][0-9]{1,3}){3}|[Cc][Nn][Aa][Mm][Ee] +" DOMAIN \
	"|[Ss][Rr][Vv] +" NUMBER NUMBER NUMBER DOMAIN ") *$"

/*
 * What a request costs a server, in front of its habits: takes, workers, latency, bandwidth.
 * All stand in one switched network: 0.2 ms one way and a port of 1 Gbit/s each.
 */
#define COST(id, takes_, workers_)                                                                  \
	{ .key = "takes", .type = FIELD_SPREAD, AT(cost[id].takes), .def = (takes_),                  \
	  .help = "how long a worker is busy with one request; the embedded pool: where the file says so" },                                   \
	{ .key = "workers", .type = FIELD_U32, AT(cost[id].workers), .min = 1, .max = 10000, .def = (workers_), \
	  .help = "how many requests are served at a time" },                                       \
	{ .key = "latency", .type = FIELD_DURATION, AT(cost[id].latency_us), .max = 60000000, .def = "0.2ms", \
	  .help = "of the network, one way" },                                                      \
	{ .key = "bandwidth", .type = FIELD_RATE, AT(cost[id].bytes_per_s), .def = "1Gbit/s",       \
	  .help = "of the server's port, all replies together" }

/*
 * 500 messages a second.  Each lease is committed to a database on disc: ISC names 2,559 leases a
 * second for Kea with MySQL, on hardware ten years younger.
 */
static const struct field dhcp_fields[] = {
	COST(SERVERS_DHCP, "2ms", "1"),
	{ .key = "voice_vlan", .type = FIELD_U16, AT(dhcp.voice_vlan), .max = 4094, .def = "200",
	  .help = "the VLAN option 43 names to phones; 0: none" },
	{ .key = "lease", .type = FIELD_SECONDS, AT(dhcp.lease_s), .min = 10, .max = 31536000, .def = "192h",
	  .help = "how long a lease holds" },
	{ .key = "domain", .type = FIELD_OWN, .own = servers_own_domain, .pattern = "^(" DOMAIN ")?$",
	  .help = "option 15; left out: the pool's" },
	{ .key = "search", .type = FIELD_OWN, .own = servers_own_search, .form = FORM_TEXTS, .pattern = "^" DOMAIN "$",
	  .help = "option 119: a list of domains" },
	{ .key = "options_off", .type = FIELD_OWN, .own = servers_own_options_off, .form = FORM_TEXTS,
	  .pattern = "^([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-4])$",
	  .help = "options that are not set: [42, 43]" },
};
/* 10,000 a second: from memory.  A server of its time answers several times as many. */
static const struct field dns_fields[] = {
	COST(SERVERS_DNS, "0.2ms", "2"),
	{ .key = "add", .type = FIELD_OWN, .own = servers_own_add, .form = FORM_TEXTS, .pattern = RECORD,
	  .help = "[\"NAME A ADDRESS\", \"NAME SRV PRIORITY WEIGHT PORT TARGET\", \"NAME CNAME TARGET\"]" },
	{ .key = "hide", .type = FIELD_OWN, .own = servers_own_hide, .form = FORM_TEXTS, .pattern = "^" DOMAIN "$",
	  .help = "names that the zone lacks" },
};
/* 10,000 a second.  chrony was seen to answer 16,000 without loss. */
static const struct field ntp_fields[] = {
	COST(SERVERS_NTP, "0.1ms", "1"),
	{ .key = "offset", .type = FIELD_OFFSET, AT(ntp.offset_us), .def = "0s",
	  .help = "how far its clock is ahead: 20m, or behind: -20m" },
};
/* 2,000 a second: 2 ms each on four cores.  385 tickets a second with preauthentication are
 * reported of one MIT KDC of 2012. */
static const struct field kdc_fields[] = {
	COST(SERVERS_KDC, "2ms", "4"),
	{ .key = "offset", .type = FIELD_OFFSET, AT(kdc.offset_us), .def = "0s",
	  .help = "how far its clock is ahead or behind; only in a rehearsal" },
	/* MIT's with RC4 keys, measured.  A Windows KDC puts the user's groups in (a PAC): some 1.2 kB,
	 * and then nothing fits a datagram. */
	{ .key = "ticket", .type = FIELD_SIZE, AT(kdc.ticket_bytes), .min = 300, .max = 40000, .def = "560B",
	  .help = "how long a ticket is: 560B, of Windows 1200B; long ones go by TCP; only in a rehearsal" },
	{ .key = "wrong_password", .type = FIELD_PHONES, AT(kdc.wrong_password), .help = "who has typed a wrong one" },
	{ .key = "expired", .type = FIELD_PHONES, AT(kdc.expired), .help = "whose password has expired" },
	{ .key = "locked", .type = FIELD_PHONES, AT(kdc.locked), .help = "whose account is locked or revoked" },
	{ .key = "disabled", .type = FIELD_PHONES, AT(kdc.disabled), .help = "whose account is disabled" },
	{ .key = "unknown", .type = FIELD_PHONES, AT(kdc.unknown), .help = "who has no account" },
};
/* 4,000 a second on four cores.  OpenLDAP is reported to do 12,700 searches on one; a bind with
 * Kerberos is more than a search. */
static const struct field ldap_fields[] = {
	COST(SERVERS_LDAP, "1ms", "4"),
	{ .key = "publish_ca", .type = FIELD_BOOL, AT(ldap.publish_ca), .def = "false",
	  .help = "the root certificate stands in the directory" },
	{ .key = "enrollment", .type = FIELD_BOOL, AT(ldap.enrollment), .def = "true",
	  .help = "the directory names the CA's host" },
};
/* 200 a second: classic ASP that runs certificate services, four at a time.  Our estimate. */
static const struct field ca_web_fields[] = {
	COST(SERVERS_CA_WEB, "20ms", "4"),
	{ .key = "wrong_key", .type = FIELD_BOOL, AT(ca_web.wrong_key), .def = "true",
	  .help = "a ticket for the first SPN is refused" },
};
/*
 * 200 a second, hence some 50 sign-ins of four requests.  The documents of the vendor's own load
 * tool call 12 sign-ins a second a pool's ceiling: a quarter of this.
 */
static const struct field sip_fields[] = {
	COST(SERVERS_SIP, "20ms", "4"),
	{ .key = "certificate", .type = FIELD_WORD, AT(sip.certificate), .words = certificate_words, .def = "good",
	  .help = "good, sha2, expired, early, wrong_name or other_root" },
	{ .key = "keep_alive", .type = FIELD_SECONDS, AT(sip.keep_alive_s), .min = 1, .max = 86400, .def = "300s",
	  .help = "the timeout it names to its clients" },
	{ .key = "expires", .type = FIELD_SECONDS, AT(sip.expires_s), .min = 60, .max = 86400, .def = "2h",
	  .help = "how long a registration holds" },
	{ .key = "home_pool", .type = FIELD_OWN, .own = servers_own_home_pool,
	  .pattern = "^(" DOMAIN "(:0*[1-9][0-9]{0,4})?)?$", .help = "where redirected users live" },
	{ .key = "redirect", .type = FIELD_SHARE, AT(sip.redirect), .def = "0%", .help = "users who live there" },
	{ .key = "version", .type = FIELD_U32, AT(sip.version), .min = 3, .max = 4, .def = "4",
	  .help = "of the signatures" },
};
/* 270 a second: ASP.NET that asks the directory itself.  Our estimate. */
static const struct field exchange_fields[] = {
	COST(SERVERS_EXCHANGE, "30ms", "8"),
	{ .key = "certificate", .type = FIELD_WORD, AT(exchange.certificate), .words = certificate_words,
	  .def = "good", .help = "as sip's" },
	{ .key = "mailbox", .type = FIELD_BOOL, AT(exchange.mailbox), .def = "true", .help = "the users have one" },
};
/* 800 a second; the image's 15 MiB are the port's matter: 8 downloads a second at 1 Gbit/s. */
static const struct field update_fields[] = {
	COST(SERVERS_UPDATE, "10ms", "8"),
	{ .key = "version", .type = FIELD_OWN, .own = servers_own_version, .pattern = "^[0-9]+([.][0-9]+){3}$",
	  .def = "1.0.522.101",
	  .help = "the firmware that is approved" },
	{ .key = "size", .type = FIELD_SIZE, AT(update.size), .min = 4096, .max = (uint64_t)1 << 32, .def = "15MiB",
	  .help = "of its image" },
	{ .key = "blank", .type = FIELD_BOOL, AT(update.blank), .def = "false", .help = "the answer names no URL" },
	{ .key = "wrong_length", .type = FIELD_BOOL, AT(update.wrong_length), .def = "false",
	  .help = "the image is not as long as announced" },
};

#define SERVER(name_, fields_, help_) \
	{ .key = (name_), .type = FIELD_MAP, .sub = (fields_), .n_sub = COUNT(fields_), .help = (help_) }
const struct field servers_fields[SERVERS_COUNT] = {
	SERVER("dhcp", dhcp_fields, "the DHCP server"),
	SERVER("dns", dns_fields, "the DNS server and its zone"),
	SERVER("ntp", ntp_fields, "the time server"),
	SERVER("kdc", kdc_fields, "the domain controller's Kerberos"),
	SERVER("ldap", ldap_fields, "the domain controller's directory"),
	SERVER("ca_web", ca_web_fields, "the CA's web server"),
	SERVER("sip", sip_fields, "the pool's front end"),
	SERVER("exchange", exchange_fields, "Exchange's client access server"),
	SERVER("update", update_fields, "the update service"),
};
/* clang-format on */

/* Who is sent away must be told where to. */
static int
check_redirect(const struct field_place *at, const struct node *map, const struct servers *s)
{
	const struct node *sip = tree_get(map, "sip");

	if (s->sip.redirect > 0 && s->sip.home_pool[0] == '\0')
		return field_fail(
		    at, tree_get(sip, "redirect"), "`redirect' needs a `home_pool'");
	return 0;
}

/* What stands in the file, rather than in the tables. */
static void
note_said(const struct node *map, struct servers *s)
{
	for (int id = 0; id < SERVERS_COUNT; id++) {
		const struct node *one = tree_get(map, servers_name[id]);
		struct servers_cost *cost = &s->cost[id];

		if (one == NULL)
			continue;
		cost->said_work =
		    tree_get(one, "takes") != NULL || tree_get(one, "workers") != NULL;
		cost->said_latency = tree_get(one, "latency") != NULL;
		cost->said_bandwidth = tree_get(one, "bandwidth") != NULL;
	}
}

int
servers_read(const struct field_place *at, const struct node *map, void *servers)
{
	int err = fields_read(at, map, servers_fields, SERVERS_COUNT, servers);

	if (err == 0)
		note_said(map, servers);
	return err ? err : check_redirect(at, map, servers);
}

const char *
servers_only_rehearsed(const struct servers *s)
{
	struct servers usual;

	servers_default(&usual);
	/* It is krb5kdc, which has this machine's clock and makes its own tickets. */
	if (s->kdc.offset_us != 0)
		return "kdc.offset: the KDC keeps this machine's time; ntp.offset sets the "
		       "phones' clocks";
	if (s->kdc.ticket_bytes != usual.kdc.ticket_bytes)
		return "kdc.ticket: the KDC makes real tickets";
	return NULL;
}

void
servers_default(struct servers *s)
{
	struct config_error error;
	const struct field_place at = { .file = "servers", .error = &error };
	const struct node nothing = { .kind = NODE_MAP };

	*s = (struct servers){ 0 };
	/* The tables' own defaults are good ones: a test says so. */
	(void)servers_read(&at, &nothing, s);
}

enum servers_id
servers_find(const char *name)
{
	enum servers_id id = SERVERS_DHCP;

	while (id < SERVERS_COUNT && strcmp(servers_name[id], name) != 0)
		id++;
	return id;
}
