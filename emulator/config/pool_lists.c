/* pool_lists.c - see pool_lists.h. */
#include "pool_lists.h"

#include <errno.h>
#include <string.h>

#include "pool_file.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* "10.42.0.0/16"; without a length it is one address. */
static int
read_net(const struct field_place *at, const struct node *n, struct pool_net *out)
{
	struct span ip = span_of(field_scalar(at, n, "a network such as 10.42.0.0/16"));
	uint64_t bits = 32;
	struct span rest = ip;
	bool slash;

	if (ip.p == NULL)
		return -EINVAL;
	slash = memchr(ip.p, '/', ip.n) != NULL;
	ip = span_cut(&rest, '/');
	if (text_ip(ip, &out->ip) != 0 || (slash && text_u64(rest, 32, &bits) != 0))
		return field_fail(
		    at, n, "not a network such as 10.42.0.0/16: `%.40s'", n->text);
	/* A shift by 32 would be undefined. */
	out->mask = bits ? ~(uint32_t)0 << (32 - bits) : 0;
	if ((out->ip & ~out->mask) != 0)
		return field_fail(
		    at, n, "`%.40s' has host bits set beyond its /%u", n->text, (unsigned)bits);
	return 0;
}

/* A list of networks, added to those that are there. */
static int
read_nets(
    const struct field_place *at, const struct node *list, struct pool_net *out, size_t *n_out)
{
	if (list->kind != NODE_LIST)
		return field_fail(at, list,
		    "`%s' must be a list of networks, as in [10.42.0.0/16]", list->key);
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		int err;

		if (*n_out == POOL_NETS_MAX)
			return field_fail(at, n, "more than %d networks", POOL_NETS_MAX);
		err = read_net(at, n, &out[*n_out]);
		if (err)
			return err;
		(*n_out)++;
	}
	return 0;
}

int
pool_read_addresses(const struct field_place *at, const struct node *n, void *base)
{
	struct pool_file *p = base;

	return read_nets(at, n, p->network.addresses, &p->network.n_addresses);
}

bool
pool_net_is_private(const struct pool_net *n)
{
	/* RFC 1918, loopback, and the 169.254/16 that a phone without a lease takes. */
	static const struct pool_net known[] = { { 0x0a000000, 0xff000000 },
		{ 0x7f000000, 0xff000000 }, { 0xac100000, 0xfff00000 },
		{ 0xc0a80000, 0xffff0000 }, { 0xa9fe0000, 0xffff0000 } };

	for (size_t i = 0; i < COUNT(known); i++)
		if ((n->ip & known[i].mask) == known[i].ip &&
		    (n->mask & known[i].mask) == known[i].mask)
			return true;
	return false;
}

int
pool_read_allow(const struct field_place *at, const struct node *list, void *base)
{
	struct pool_file *p = base;
	const struct node *n = list->first;
	int err = read_nets(at, list, p->allow, &p->n_allow);

	p->allow_at = list->at;
	/* Better said now than by packets that are all refused. */
	if (!err && p->n_allow == 0)
		return field_fail(at, list, "`allow' is empty: the farm could send nowhere");
	for (size_t i = 0; !err && i < p->n_allow; i++, n = n->next)
		/* Private networks and loopback may be listed whole. */
		if (!pool_net_is_private(&p->allow[i]) && p->allow[i].mask != ~(uint32_t)0)
			err = field_fail(at, n,
			    "`%.40s' is public: list public addresses one by one", n->text);
	return err;
}

/* A key or a value that is a number from 1 up; the error is at the key. */
static int
read_number(const struct field_place *at, const struct node *n, struct span text, uint64_t max,
    uint64_t *out)
{
	if (text.p != NULL && text_u64(text, max, out) == 0 && *out > 0)
		return 0;
	return config_fail(at->error, at->file, n->key_at,
	    "`%.40s' must be a number from 1 to %llu", n->key, (unsigned long long)max);
}

/* The tag is the key: `200: eth0.200'. */
int
pool_read_vlans(const struct field_place *at, const struct node *map, void *base)
{
	struct pool_file *p = base;

	if (map->kind != NODE_MAP)
		return field_fail(at, map, "`vlans' must be a map of tags and interfaces");
	for (const struct node *n = map->first; n != NULL; n = n->next) {
		struct pool_vlan *v = &p->network.vlans[p->network.n_vlans];
		const char *name = field_scalar(at, n, "an interface");
		uint64_t tag;

		if (name == NULL || read_number(at, n, span_of(n->key), 4094, &tag) != 0)
			return -EINVAL;
		if (p->network.n_vlans == POOL_VLANS_MAX)
			return field_fail(at, n, "more than %d VLANs", POOL_VLANS_MAX);
		if (text_copy(v->interface, sizeof v->interface, span_of(name)) != 0)
			return field_fail(at, n, "an interface's name has at most 15 bytes");
		v->vlan = (uint16_t)tag;
		p->network.n_vlans++;
	}
	return 0;
}

/* One gateway address for each tag, and one for untagged traffic (tag 0). */
int
pool_read_relays(const struct field_place *at, const struct node *map, void *base)
{
	struct pool_file *p = base;

	if (map->kind != NODE_MAP)
		return field_fail(at, map,
		    "`relay' must be a map such as {untagged: 127.0.0.2, 200: 127.0.0.3}");
	for (const struct node *n = map->first; n != NULL; n = n->next) {
		struct field ip = { .key = n->key, .type = FIELD_IP };
		uint64_t tag = 0;

		if (strcmp(n->key, "untagged") != 0 &&
		    read_number(at, n, span_of(n->key), 4094, &tag) != 0)
			return -EINVAL;
		if (p->dhcp.n_relays == POOL_VLANS_MAX)
			return field_fail(at, n, "more than %d relays", POOL_VLANS_MAX);
		if (field_read(at, n, &ip, &p->dhcp.relay[p->dhcp.n_relays].giaddr) != 0)
			return -EINVAL;
		p->dhcp.relay[p->dhcp.n_relays++].vlan = (uint16_t)tag;
	}
	return 0;
}

int
pool_read_dns(const struct field_place *at, const struct node *n, void *base)
{
	static const struct field ip = { .key = "dns", .type = FIELD_IP };
	struct pool_file *p = base;
	size_t i = 0;

	/* One server may stand without its list. */
	if (n->kind == NODE_SCALAR)
		return field_read(at, n, &ip, &p->dhcp.dns[0]);
	if (n->kind != NODE_LIST)
		return field_fail(at, n, "`dns' must be an address or a list of two");
	for (const struct node *k = n->first; k != NULL; k = k->next, i++) {
		if (i == COUNT(p->dhcp.dns))
			return field_fail(at, k, "the phone keeps two DNS servers");
		if (field_read(at, k, &ip, &p->dhcp.dns[i]) != 0)
			return -EINVAL;
	}
	return 0;
}

/* In the order they are tried. */
int
pool_read_suffixes(const struct field_place *at, const struct node *n, void *base)
{
	struct pool_file *p = base;

	if (n->kind != NODE_LIST)
		return field_fail(at, n, "`suffixes' must be a list of domains");
	for (const struct node *k = n->first; k != NULL; k = k->next) {
		struct field f = { .key = "suffixes",
			.type = FIELD_TEXT,
			.size = sizeof p->dhcp.suffixes[0] };

		if (p->dhcp.n_suffixes == COUNT(p->dhcp.suffixes))
			return field_fail(
			    at, k, "more than %zu suffixes", COUNT(p->dhcp.suffixes));
		if (field_read(at, k, &f, p->dhcp.suffixes[p->dhcp.n_suffixes]) != 0)
			return -EINVAL;
		p->dhcp.n_suffixes++;
	}
	return 0;
}

int
pool_read_ports(const struct field_place *at, const struct node *map, void *base)
{
	struct pool_file *p = base;

	/* The one word that stands for no translation. */
	if (map->kind == NODE_SCALAR && strcmp(map->text, "standard") == 0)
		return 0;
	if (map->kind != NODE_MAP)
		return field_fail(
		    at, map, "`ports' must be `standard' or a map such as {67: 20067}");
	for (const struct node *n = map->first; n != NULL; n = n->next) {
		uint64_t standard, real;
		const char *text = field_scalar(at, n, "a port");

		if (text == NULL ||
		    read_number(at, n, span_of(n->key), 65535, &standard) != 0 ||
		    read_number(at, n, span_of(text), 65535, &real) != 0)
			return -EINVAL;
		if (p->n_ports == POOL_PORTS_MAX)
			return field_fail(at, n, "more than %d ports", POOL_PORTS_MAX);
		p->ports[p->n_ports++] =
		    (struct pool_port){ (uint16_t)standard, (uint16_t)real };
	}
	return 0;
}
