/*
 * run_targets.c - see run_targets.h.
 *
 * Most servers are not in the pool file: phones learn them as real ones do, from DHCP and DNS.
 * What holds in any case is `allow': io/ sends nowhere else.
 */
#include "run_targets.h"

#include <string.h>

#include "log.h"
#include "text.h"

/* A kind of server: the port that phones know, from which row on they may need it, and who
 * names it. */
struct target {
	const char *name;
	uint16_t port;
	const char *from;
	const char *named;
};

/* clang-format off */
static const struct target targets[] = {
	{ "DNS",      53,   "ntp_find",           "named by DHCP" },
	{ "NTP",      123,  "ntp_sync",           "named by DHCP or DNS" },
	{ "HTTP",     80,   "update_at_power_on", "the CA and the update service, named by the directory, DNS and the pool" },
	{ "SIP",      5061, "pool_tls_untrusted", "named by DNS, which may also name another port" },
	{ "Kerberos", 88,   "krb_login",          "named by DNS" },
	{ "LDAP",     389,  "ldap_bind",          "named by DNS" },
	{ "HTTPS",    443,  "cas_tls",            "Exchange, found by DNS" },
};
/* clang-format on */

int
run_targets_check(const struct pool_file *pool, bool yes, struct config_error *error)
{
	char ip[TEXT_IP_MAX];

	for (size_t i = 0; i < pool->n_allow && !yes; i++)
		if (!pool_net_is_private(&pool->allow[i]))
			return config_fail(error, pool->file, pool->allow_at,
			    "%s is neither loopback nor private: add --yes if phones shall be "
			    "sent there",
			    text_ip_str(pool->allow[i].ip, ip));
	return 0;
}

/* ---- who ---- */

static const char *
target_mac(const struct run_plan *p, uint32_t phone, char out[TEXT_MAC_MAX])
{
	uint64_t number = 0;
	uint8_t mac[6];

	for (size_t i = 0; i < sizeof mac; i++)
		number = number << 8 | p->pool.macs[i];
	number += phone;
	for (size_t i = sizeof mac; i-- > 0; number >>= 8)
		mac[i] = (uint8_t)number;
	return text_mac_str(mac, out);
}

static void
target_user(const struct run_plan *p, uint32_t phone, struct buf *to)
{
	char name[128];

	if (pool_user_name(
		p->pool.users.name, p->pool.users.first + phone, name, sizeof name) == 0)
		buf_text(to, name);
}

/* Phones and their accounts, the first and the last. */
static void
targets_who(const struct run_plan *p, struct buf *to)
{
	char mac[TEXT_MAC_MAX];
	uint32_t last = p->phones - 1;

	buf_printf(to, "pool %s: %u phone%s, %s", p->pool.name, p->phones,
	    p->phones == 1 ? "" : "s", target_mac(p, 0, mac));
	if (last > 0)
		buf_printf(to, " to %s", target_mac(p, last, mac));
	buf_text(to, ", as ");
	target_user(p, 0, to);
	if (last > 0) {
		buf_text(to, " to ");
		target_user(p, last, to);
	}
	buf_printf(to, " of %s\n", p->pool.users.domain);
}

/* ---- whom ---- */

/* What a real phone would use, and what this pool has instead. */
static void
targets_port(const struct pool_file *pool, const char *name, uint16_t port, struct buf *to)
{
	buf_printf(to, "  %-8s port %u", name, port);
	for (size_t i = 0; i < pool->n_ports; i++)
		if (pool->ports[i].standard == port && pool->ports[i].real != port)
			buf_printf(to, " (here %u)", pool->ports[i].real);
	buf_text(to, ": ");
}

static void
targets_dhcp(const struct pool_file *pool, struct buf *to)
{
	char ip[TEXT_IP_MAX];

	if (pool->dhcp.mode == POOL_DHCP_NONE)
		return;
	targets_port(pool, "DHCP", 67, to);
	if (pool->dhcp.mode == POOL_DHCP_BROADCAST) {
		buf_printf(to, "by broadcast on %s\n", pool->network.interface);
		return;
	}
	buf_text(to, text_ip_str(pool->dhcp.server, ip));
	for (size_t i = 0; i < pool->dhcp.n_relays; i++)
		buf_printf(to, "%s %s", i == 0 ? ", as relay" : " and",
		    text_ip_str(pool->dhcp.relay[i].giaddr, ip));
	buf_text(to, "\n");
}

/* Without DHCP the pool file says which. */
static void
targets_dns(const struct pool_file *pool, struct buf *to)
{
	char ip[TEXT_IP_MAX];

	buf_text(to, text_ip_str(pool->dhcp.dns[0], ip));
	if (pool->dhcp.dns[1] != 0)
		buf_printf(to, ", %s", text_ip_str(pool->dhcp.dns[1], ip));
}

/* Does somebody get so far?  Who stays afterwards may ask anybody. */
static bool
targets_reached(const struct run_plan *p, const char *from)
{
	const struct leg *row = journey_find(from);

	for (size_t i = 0; i < p->scenario.n_groups; i++) {
		const struct leg *until = p->group[i].journey.until;

		if (until == NULL || row == NULL || until >= row ||
		    p->group[i].journey.stay_us > 0)
			return true;
	}
	return false;
}

static void
targets_servers(const struct run_plan *p, struct buf *to)
{
	const struct pool_file *pool = &p->pool;

	targets_dhcp(pool, to);
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		const struct target *t = &targets[i];

		if (!targets_reached(p, t->from))
			continue;
		targets_port(pool, t->name, t->port, to);
		if (t->port == 53 && pool->dhcp.mode == POOL_DHCP_NONE)
			targets_dns(pool, to);
		else if (t->port == 123 && pool->dhcp.mode == POOL_DHCP_NONE)
			buf_text(to, "named by DNS");
		else if (t->port == 443 && pool->external)
			buf_text(to, "Exchange and the update service");
		else
			buf_text(to, t->named);
		buf_text(to, "\n");
	}
}

/* ---- where ---- */

static unsigned
targets_prefix(uint32_t mask)
{
	unsigned bits = 0;

	for (; mask != 0; mask <<= 1)
		bits++;
	return bits;
}

/* The one thing that is not up to the servers. */
static void
targets_allow(const struct pool_file *pool, struct buf *to)
{
	char ip[TEXT_IP_MAX];

	buf_text(to, "  only within ");
	for (size_t i = 0; i < pool->n_allow; i++) {
		const struct pool_net *net = &pool->allow[i];

		buf_printf(to, "%s%s", i > 0 ? ", " : "", text_ip_str(net->ip, ip));
		if (net->mask != ~(uint32_t)0)
			buf_printf(to, "/%u", targets_prefix(net->mask));
		if (!pool_net_is_private(net))
			buf_text(to, " (public)");
	}
	buf_text(to, "\n");
}

/* What stands between a wrong password and locked accounts. */
static void
targets_guard(const struct run_plan *p, struct buf *to)
{
	uint32_t canary = p->pool.guard.canary, wrong = p->pool.guard.wrong_passwords;

	if (!targets_reached(p, "krb_login"))
		return;
	buf_text(to, "  guard: ");
	if (canary == 0 && wrong == 0)
		buf_text(to, "none; with a wrong password all these accounts could be locked");
	if (canary > 0)
		buf_printf(to, "the others wait until %u %s logged in", canary,
		    canary == 1 ? "has" : "have");
	if (wrong > 0)
		buf_printf(to, "%sstop after %u wrong password%s%s", canary > 0 ? "; " : "",
		    wrong, wrong == 1 ? "" : "s", wrong == 1 ? "" : " in a row");
	buf_text(to, "\n");
}

void
run_targets_text(const struct run_plan *p, struct buf *to)
{
	targets_who(p, to);
	targets_servers(p, to);
	targets_allow(&p->pool, to);
	targets_guard(p, to);
}

void
run_targets_tell(const struct run_plan *p)
{
	struct buf text = { 0 };
	struct span lines;

	run_targets_text(p, &text);
	lines = buf_bytes(&text);
	while (lines.n > 0) {
		struct span line = span_cut(&lines, '\n');

		log_line(LOG_NOTE, "cx700farm: %.*s", (int)line.n, (const char *)line.p);
	}
	buf_done(&text);
}
