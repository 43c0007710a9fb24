/* dhcp_option.c - see dhcp_msg.h: what the options of a decoded message say. */
#include <errno.h>
#include <string.h>

#include "dhcp_msg.h"
#include "dns_name.h"
#include "text.h"

enum { VLAN_MAX = 4094 };

/* Walks over every option of a message; decode has proven that the lengths are right. */
struct walk {
	const struct dhcp_msg *m;
	size_t area, at;
};

/* The next option in any area; false at the end of the last. */
static bool
walk_next(struct walk *w, uint8_t *code, struct span *value)
{
	while (w->area < DHCP_MSG_AREAS) {
		struct span a = w->m->area[w->area];

		if (w->at >= a.n) {
			w->area++;
			w->at = 0;
			continue;
		}
		*code = a.p[w->at++];
		if (*code == DHCP_OPT_PAD)
			continue;
		*value = (struct span){ a.p + w->at + 1, a.p[w->at] };
		w->at += 1 + value->n;
		return true;
	}
	return false;
}

bool
dhcp_msg_get(const struct dhcp_msg *m, uint8_t code, struct buf *out)
{
	struct walk w = { .m = m };
	struct span value;
	bool found = false;
	uint8_t c;

	while (walk_next(&w, &c, &value)) {
		if (c != code)
			continue;
		/* The same code again is the rest of the value (RFC 3396 section 7). */
		buf_span(out, value);
		found = true;
	}
	return found;
}

/* An option in several parts is named once for each. */
size_t
dhcp_msg_codes(const struct dhcp_msg *m, uint8_t *out, size_t max)
{
	struct walk w = { .m = m };
	struct span value;
	size_t n = 0;
	uint8_t c;

	while (n < max && walk_next(&w, &c, &value))
		out[n++] = c;
	if (n < max)
		out[n++] = DHCP_OPT_END;
	return n;
}

/* An option's value in given memory; too long is as good as none. */
static struct span
value_of(const struct dhcp_msg *m, uint8_t code, uint8_t memory[DHCP_VALUE_MAX])
{
	struct buf b;

	buf_over(&b, memory, DHCP_VALUE_MAX);
	if (!dhcp_msg_get(m, code, &b) || b.err != 0)
		return (struct span){ memory, 0 };
	return buf_bytes(&b);
}

size_t
dhcp_msg_ips(const struct dhcp_msg *m, uint8_t code, uint32_t *out, size_t max)
{
	uint8_t memory[DHCP_VALUE_MAX];
	struct span v = value_of(m, code, memory);
	size_t n = 0;

	/* Not a list of addresses: none of it is trusted. */
	if (v.n % 4 != 0)
		return 0;
	for (; n < max && n < v.n / 4; n++) {
		const uint8_t *p = v.p + 4 * n;

		out[n] =
		    (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	}
	return n;
}

bool
dhcp_msg_u32(const struct dhcp_msg *m, uint8_t code, uint32_t *out)
{
	return dhcp_msg_ips(m, code, out, 1) == 1;
}

/* Letters, digits and what service names use besides. */
static bool
name_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_' || c == '.';
}

int
dhcp_msg_name(const struct dhcp_msg *m, uint8_t code, char out[DHCP_NAME_MAX])
{
	uint8_t memory[DHCP_VALUE_MAX];
	struct span v = value_of(m, code, memory);

	/* Windows servers send the NUL along. */
	while (v.n > 0 && v.p[v.n - 1] == '\0')
		v.n--;
	if (v.n > 0 && v.p[v.n - 1] == '.')
		v.n--;
	if (v.n == 0)
		return -ENOENT;
	if (v.n >= DHCP_NAME_MAX)
		return -EBADMSG;
	for (size_t i = 0; i < v.n; i++)
		if (!name_char(v.p[i]))
			return -EBADMSG;
	return text_copy(out, DHCP_NAME_MAX, v);
}

size_t
dhcp_msg_search(const struct dhcp_msg *m, char out[][DHCP_NAME_MAX], size_t max)
{
	uint8_t memory[DHCP_VALUE_MAX];
	struct span v = value_of(m, DHCP_OPT_SEARCH, memory);
	char name[DNS_NAME_MAX];
	size_t at = 0, n = 0;

	/* Pointers count from the option's first byte (RFC 3397 section 2). */
	while (n < max && at < v.n && dns_name_read(v, &at, name) == 0)
		if (name[0] != '\0' && text_copy(out[n], DHCP_NAME_MAX, span_of(name)) == 0)
			n++;
	return n;
}

/* A VLAN as text or as a binary number: two digits and more are no binary one below 4095. */
static uint16_t
vlan_of(struct span v)
{
	uint64_t n = 0;

	while (v.n > 1 && v.p[v.n - 1] == '\0' && v.p[0] >= '1' && v.p[0] <= '9')
		v.n--;
	/* Text first, as the server's administrator types it. */
	if (text_u64(v, VLAN_MAX, &n) == 0)
		return (uint16_t)n;
	if (v.n == 0 || v.n > 4)
		return 0;
	n = 0;
	for (size_t i = 0; i < v.n; i++)
		n = n << 8 | v.p[i];
	return n <= VLAN_MAX ? (uint16_t)n : 0;
}

uint16_t
dhcp_msg_vlan(const struct dhcp_msg *m, uint8_t suboption)
{
	uint8_t memory[DHCP_VALUE_MAX];
	struct span v = value_of(m, DHCP_OPT_VENDOR, memory);

	for (size_t at = 0; at < v.n && v.p[at] != DHCP_OPT_END;) {
		if (v.p[at] == DHCP_OPT_PAD) {
			at++;
			continue;
		}
		/* Another vendor's layout, perhaps: no VLAN, and no error either. */
		if (v.n - at < 2 || v.n - at - 2 < v.p[at + 1])
			return 0;
		if (v.p[at] == suboption)
			return vlan_of((struct span){ v.p + at + 2, v.p[at + 1] });
		at += 2u + v.p[at + 1];
	}
	return 0;
}
