/* rtnl_write.c - see rtnl.h: what is asked of the kernel. */
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "rtnl.h"

enum { RTNL_VLAN_TAGS = 0x8100 };

/* Zeros up to the next place where a header or an attribute may stand. */
static void
align(struct buf *b)
{
	if (b->err == 0)
		buf_zero(b, NLMSG_ALIGN(b->n) - b->n);
}

static size_t
begin(struct buf *b, uint16_t type, uint16_t flags, const void *body, size_t n)
{
	struct nlmsghdr head = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags };
	size_t start = b->n;

	buf_put(b, &head, sizeof head);
	buf_put(b, body, n);
	align(b);
	return start;
}

/* What is written since `start` has this length, whose field is there at `start`. */
static void
end_msg(struct buf *b, size_t start)
{
	uint32_t n = (uint32_t)(b->n - start);

	if (b->err == 0)
		memcpy(b->p + start, &n, sizeof n);
}

static size_t
begin_attr(struct buf *b, uint16_t type)
{
	struct rtattr head = { .rta_type = type };
	size_t start = b->n;

	buf_put(b, &head, sizeof head);
	return start;
}

static void
end_attr(struct buf *b, size_t start)
{
	uint16_t n = (uint16_t)(b->n - start);

	if (b->err == 0)
		memcpy(b->p + start, &n, sizeof n);
	align(b);
}

static void
attr(struct buf *b, uint16_t type, const void *value, size_t n)
{
	size_t start = begin_attr(b, type);

	buf_put(b, value, n);
	end_attr(b, start);
}

static void
attr_u32(struct buf *b, uint16_t type, uint32_t value)
{
	attr(b, type, &value, sizeof value);
}

static void
attr_ip(struct buf *b, uint16_t type, uint32_t ip)
{
	attr_u32(b, type, htonl(ip));
}

static void
write_route(struct buf *b, uint16_t type, uint16_t flags, const struct rtnl_thing *t)
{
	bool through = t->gateway != 0;
	struct rtmsg m = {
		.rtm_family = AF_INET,
		.rtm_dst_len = t->len,
		.rtm_table = t->local ? RT_TABLE_LOCAL : RT_TABLE_UNSPEC,
		.rtm_protocol = RTNL_MINE,
		.rtm_scope = t->local ? RT_SCOPE_HOST
		    : through         ? RT_SCOPE_UNIVERSE
				      : RT_SCOPE_LINK,
		.rtm_type = t->local ? RTN_LOCAL : RTN_UNICAST,
		/* The router is on this wire, also when nothing says so. */
		.rtm_flags = through ? RTNH_F_ONLINK : 0,
	};
	size_t start = begin(b, type, flags, &m, sizeof m);

	if (t->len != 0)
		attr_ip(b, RTA_DST, t->ip);
	if (through)
		attr_ip(b, RTA_GATEWAY, t->gateway);
	attr_u32(b, RTA_OIF, (uint32_t)t->index);
	if (t->metric != 0)
		attr_u32(b, RTA_PRIORITY, t->metric);
	if (!t->local)
		attr_u32(b, RTA_TABLE, t->table);
	end_msg(b, start);
}

static void
write_rule(struct buf *b, uint16_t type, uint16_t flags, const struct rtnl_thing *t)
{
	struct fib_rule_hdr m = {
		.family = AF_INET, .src_len = t->len, .action = FR_ACT_TO_TBL
	};
	uint8_t mine = RTNL_MINE;
	size_t start = begin(b, type, flags, &m, sizeof m);

	if (t->len != 0)
		attr_ip(b, FRA_SRC, t->ip);
	attr_u32(b, FRA_PRIORITY, RTNL_RULE_AT);
	attr_u32(b, FRA_TABLE, t->table);
	attr(b, FRA_PROTOCOL, &mine, sizeof mine);
	end_msg(b, start);
}

/* An interface for one tag of another one; it is up at once. */
static void
write_link(struct buf *b, uint16_t flags, const struct rtnl_thing *t)
{
	struct ifinfomsg m = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	size_t start = begin(b, RTM_NEWLINK, flags, &m, sizeof m), info, data;
	uint16_t tag = htons(RTNL_VLAN_TAGS);

	attr_u32(b, IFLA_LINK, (uint32_t)t->index);
	attr(b, IFLA_IFNAME, t->name, strlen(t->name) + 1);
	attr(b, IFLA_IFALIAS, t->alias, strlen(t->alias) + 1);
	info = begin_attr(b, IFLA_LINKINFO);
	attr(b, IFLA_INFO_KIND, "vlan", 4);
	data = begin_attr(b, IFLA_INFO_DATA);
	attr(b, IFLA_VLAN_ID, &t->vlan, sizeof t->vlan);
	attr(b, IFLA_VLAN_PROTOCOL, &tag, sizeof tag);
	end_attr(b, data);
	end_attr(b, info);
	end_msg(b, start);
}

void
rtnl_write_add(struct buf *b, const struct rtnl_thing *t)
{
	const uint16_t flags = NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;

	if (t->what == RTNL_ROUTE)
		write_route(b, RTM_NEWROUTE, flags, t);
	else if (t->what == RTNL_RULE)
		write_rule(b, RTM_NEWRULE, flags, t);
	else
		write_link(b, flags, t);
}

void
rtnl_write_remove(struct buf *b, const struct rtnl_thing *t)
{
	struct ifinfomsg m = { .ifi_index = t->index };

	if (t->what == RTNL_ROUTE)
		write_route(b, RTM_DELROUTE, NLM_F_ACK, t);
	else if (t->what == RTNL_RULE)
		write_rule(b, RTM_DELRULE, NLM_F_ACK, t);
	else
		end_msg(b, begin(b, RTM_DELLINK, NLM_F_ACK, &m, sizeof m));
}

void
rtnl_write_list(struct buf *b, enum rtnl_what what)
{
	struct ifinfomsg link = { 0 };
	struct rtmsg route = { .rtm_family = AF_INET }; /* of a rule: its head is alike */
	uint16_t type = what == RTNL_ROUTE ? RTM_GETROUTE : RTM_GETRULE;

	if (what == RTNL_LINK)
		end_msg(b, begin(b, RTM_GETLINK, NLM_F_DUMP, &link, sizeof link));
	else
		end_msg(b, begin(b, type, NLM_F_DUMP, &route, sizeof route));
}

void
rtnl_write_where(struct buf *b, uint32_t ip)
{
	struct rtmsg m = { .rtm_family = AF_INET, .rtm_dst_len = 32 };
	size_t start = begin(b, RTM_GETROUTE, 0, &m, sizeof m);

	attr_ip(b, RTA_DST, ip);
	end_msg(b, start);
}
