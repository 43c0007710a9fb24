/* dhcp_lease.c - see dhcp_lease.h. */
#include "dhcp_lease.h"

#include <string.h>
#include <strings.h>

/* Option 15 first, then what 119 has besides. */
static void
lease_suffixes(struct dhcp_lease *l, const struct dhcp_msg *m)
{
	char search[DHCP_TALK_SUFFIXES][DHCP_NAME_MAX];
	size_t n = dhcp_msg_search(m, search, DHCP_TALK_SUFFIXES);

	if (dhcp_msg_name(m, DHCP_OPT_DOMAIN, l->domain) == 0)
		memcpy(l->suffix[l->n_suffixes++], l->domain, sizeof l->domain);
	for (size_t i = 0; i < n && l->n_suffixes < DHCP_TALK_SUFFIXES; i++)
		if (strcasecmp(search[i], l->domain) != 0)
			memcpy(l->suffix[l->n_suffixes++], search[i], sizeof search[i]);
}

/* T1 and T2 as told if they make sense, else a half and seven eighths of the lease: RFC
 * 2131 section 4.4.5. */
static void
lease_times(struct dhcp_lease *l, const struct dhcp_msg *m)
{
	(void)dhcp_msg_u32(m, DHCP_OPT_T1, &l->t1_s);
	(void)dhcp_msg_u32(m, DHCP_OPT_T2, &l->t2_s);
	if (l->t1_s == 0 || l->t1_s >= l->lease_s)
		l->t1_s = l->lease_s / 2;
	if (l->t2_s <= l->t1_s || l->t2_s >= l->lease_s)
		l->t2_s = (uint32_t)((uint64_t)l->lease_s * 7 / 8);
	/* A T1 told so late that the T2 nobody told would come before it. */
	if (l->t1_s >= l->t2_s)
		l->t1_s = l->lease_s / 2;
}

const char *
dhcp_lease_read(struct dhcp_lease *out, const struct dhcp_msg *ack, uint8_t vlan_suboption)
{
	struct dhcp_lease l = { .ip = ack->yiaddr };

	(void)dhcp_msg_u32(ack, DHCP_OPT_LEASE, &l.lease_s);
	(void)dhcp_msg_u32(ack, DHCP_OPT_MASK, &l.mask);
	(void)dhcp_msg_u32(ack, DHCP_OPT_ROUTER, &l.router);
	(void)dhcp_msg_u32(ack, DHCP_OPT_SERVER, &l.server);
	if (l.ip == 0)
		return "dhcp:no address";
	if (l.lease_s < 1)
		return "dhcp:no lease time";
	/* RFC 2131 can do without a mask; Windows CE cannot. */
	if (l.mask == 0)
		return "dhcp:no mask";

	/* Of more than two servers the first two are kept. */
	(void)dhcp_msg_ips(ack, DHCP_OPT_DNS, l.dns, 2);
	lease_times(&l, ack);
	lease_suffixes(&l, ack);
	l.voice_vlan = dhcp_msg_vlan(ack, vlan_suboption);
	*out = l;
	return NULL;
}
