/* rtnl_read.c - see rtnl.h: what the kernel tells. */
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "rtnl.h"

/* The next attribute of *rest.  False: there is none, or it is cut. */
static bool
next_attr(struct span *rest, uint16_t *type, struct span *value)
{
	struct rtattr head;
	size_t whole;

	if (rest->n < sizeof head)
		return false;
	memcpy(&head, rest->p, sizeof head);
	if (head.rta_len < sizeof head || head.rta_len > rest->n)
		return false;
	*type = (uint16_t)(head.rta_type & ~(NLA_F_NESTED | NLA_F_NET_BYTEORDER));
	*value = (struct span){ rest->p + sizeof head, head.rta_len - sizeof head };
	whole = NLMSG_ALIGN((size_t)head.rta_len);
	if (whole > rest->n)
		whole = rest->n;
	*rest = (struct span){ rest->p + whole, rest->n - whole };
	return true;
}

static uint32_t
value_u32(struct span value)
{
	uint32_t v = 0;

	if (value.n >= sizeof v)
		memcpy(&v, value.p, sizeof v);
	return v;
}

/* A kernel's text, which ends in a NUL; one that does not fit is none of ours. */
static void
value_text(struct span value, char *out, size_t cap)
{
	size_t n = strnlen((const char *)value.p, value.n);

	if (n >= cap)
		n = 0;
	memcpy(out, value.p, n);
	out[n] = '\0';
}

/* False: the message is too short for its head. */
static bool
take_head(struct span *body, void *head, size_t n)
{
	if (body->n < n)
		return false;
	memcpy(head, body->p, n);
	*body = (struct span){ body->p + n, body->n - n };
	return true;
}

static bool
read_route(struct span body, struct rtnl_told *t)
{
	struct rtmsg m;
	struct span value;
	uint16_t type;

	if (!take_head(&body, &m, sizeof m))
		return false;
	t->mine = m.rtm_protocol == RTNL_MINE;
	t->type = m.rtm_type;
	t->thing = (struct rtnl_thing){ .what = RTNL_ROUTE,
		.len = m.rtm_dst_len,
		.local = m.rtm_type == RTN_LOCAL,
		.table = m.rtm_table };
	while (next_attr(&body, &type, &value)) {
		if (type == RTA_DST)
			t->thing.ip = ntohl(value_u32(value));
		else if (type == RTA_GATEWAY)
			t->thing.gateway = ntohl(value_u32(value));
		else if (type == RTA_OIF)
			t->thing.index = (int)value_u32(value);
		else if (type == RTA_PRIORITY)
			t->thing.metric = value_u32(value);
		else if (type == RTA_TABLE)
			t->thing.table = value_u32(value);
	}
	return true;
}

static bool
read_rule(struct span body, struct rtnl_told *t)
{
	struct fib_rule_hdr m;
	struct span value;
	uint16_t type;

	if (!take_head(&body, &m, sizeof m))
		return false;
	t->thing = (struct rtnl_thing){ .what = RTNL_RULE, .len = m.src_len, .table = m.table };
	while (next_attr(&body, &type, &value)) {
		if (type == FRA_SRC)
			t->thing.ip = ntohl(value_u32(value));
		else if (type == FRA_TABLE)
			t->thing.table = value_u32(value);
		else if (type == FRA_PROTOCOL && value.n > 0)
			t->mine = value.p[0] == RTNL_MINE;
	}
	return true;
}

static bool
read_link(struct span body, struct rtnl_told *t)
{
	struct ifinfomsg m;
	struct span value;
	uint16_t type;

	if (!take_head(&body, &m, sizeof m))
		return false;
	t->mine = true;
	t->thing = (struct rtnl_thing){ .what = RTNL_LINK, .index = m.ifi_index };
	while (next_attr(&body, &type, &value)) {
		if (type == IFLA_IFNAME)
			value_text(value, t->thing.name, sizeof t->thing.name);
		else if (type == IFLA_IFALIAS)
			value_text(value, t->thing.alias, sizeof t->thing.alias);
	}
	return true;
}

static bool
read_body(uint16_t type, struct span body, struct rtnl_told *t)
{
	int err = 0;

	t->kind = RTNL_TOLD_THING;
	if (type == RTM_NEWROUTE)
		return read_route(body, t);
	if (type == RTM_NEWRULE)
		return read_rule(body, t);
	if (type == RTM_NEWLINK)
		return read_link(body, t);
	t->kind = RTNL_TOLD_OTHER;
	if (type != NLMSG_ERROR && type != NLMSG_DONE)
		return true;
	t->kind = RTNL_TOLD_END;
	if (body.n >= sizeof err)
		memcpy(&err, body.p, sizeof err);
	t->err = err;
	return true;
}

bool
rtnl_read(struct span *rest, struct rtnl_told *out)
{
	struct rtnl_told t = { 0 };
	struct nlmsghdr head;
	size_t whole;

	if (rest->n < sizeof head)
		return false;
	memcpy(&head, rest->p, sizeof head);
	if (head.nlmsg_len < sizeof head || head.nlmsg_len > rest->n)
		return false;
	if (!read_body(head.nlmsg_type,
		(struct span){ rest->p + sizeof head, head.nlmsg_len - sizeof head }, &t))
		return false;
	whole = NLMSG_ALIGN((size_t)head.nlmsg_len);
	if (whole > rest->n)
		whole = rest->n;
	*rest = (struct span){ rest->p + whole, rest->n - whole };
	*out = t;
	return true;
}
