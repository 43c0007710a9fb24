/* serve_habits.c - see serve_habits.h. */
#include "serve_habits.h"

#include <strings.h>

#include "serve_names.h"
#include "span.h"
#include "text.h"

void
serve_habits_dhcp(const struct servers_dhcp *habits, const char *search[SERVERS_SEARCH_MAX],
    struct serve_dhcp_cfg *cfg)
{
	cfg->lease_s = habits->lease_s;
	cfg->off = habits->options_off;
	cfg->n_off = habits->n_options_off;
	if (habits->domain[0] != '\0') {
		cfg->domain = habits->domain;
		search[0] = habits->domain;
		cfg->search = search;
	}
	if (habits->n_search == 0)
		return;
	for (size_t i = 0; i < habits->n_search; i++)
		search[i] = habits->search[i];
	cfg->search = search;
	cfg->n_search = habits->n_search;
}

static size_t
zone_hide(const struct servers_dns *habits, struct serve_dns_record *zone, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t h = 0;

		while (h < habits->n_hide && strcasecmp(habits->hide[h], zone[i].name) != 0)
			h++;
		if (h == habits->n_hide)
			zone[kept++] = zone[i];
	}
	return kept;
}

static size_t
zone_add(const struct servers_dns *habits, struct serve_dns_record *zone, size_t n)
{
	static const enum dns_type types[] = {
		[SERVERS_A] = DNS_A, [SERVERS_SRV] = DNS_SRV, [SERVERS_CNAME] = DNS_CNAME
	};

	for (size_t i = 0; i < habits->n_add; i++) {
		const struct servers_record *r = &habits->add[i];

		zone[n++] = (struct serve_dns_record){ .name = r->name,
			.type = types[r->type],
			.ip = r->ip,
			.target = r->target,
			.priority = r->priority,
			.weight = r->weight,
			.port = r->port };
	}
	return n;
}

size_t
serve_habits_zone(const struct servers_dns *habits,
    struct serve_dns_record zone[SERVE_HABITS_ZONE_MAX], size_t n)
{
	return zone_add(habits, zone, zone_hide(habits, zone, n));
}

void
serve_habits_home(const struct servers_sip *habits, struct serve_home *out)
{
	struct span port = span_of(habits->home_pool), name = span_cut(&port, ':');
	uint64_t n;

	if (name.n == 0)
		name = span_of(POOL_HOME);
	(void)text_copy(out->name, sizeof out->name, name);
	out->port = PORT_SIP;
	if (text_u64(port, UINT16_MAX, &n) == 0 && n > 0)
		out->port = (uint16_t)n;
}
