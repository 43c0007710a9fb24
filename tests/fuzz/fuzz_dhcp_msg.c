/*
 * fuzz_dhcp_msg.c - any bytes as a DHCP message and every option of it; written again
 * without overload it says the same.  And what a phone asks is read as it was asked.
 */
#include "dhcp_msg.h"
#include "dns_name.h"
#include "fuzz.h"

enum { CODES_MAX = 4096, VALUE_MAX = 65536, SEARCH_MAX = 4 };

/* One option read in all the ways there are. */
static void
look_at(const struct dhcp_msg *m, uint8_t code)
{
	uint32_t ips[8];
	char name[DHCP_NAME_MAX];
	size_t n;
	int err;

	fuzz_mark(ips, sizeof ips);
	n = dhcp_msg_ips(m, code, ips, 4);
	HOLDS(n <= 4);
	HOLDS(fuzz_untouched(ips + n, sizeof ips - n * sizeof ips[0]));
	fuzz_mark(ips, sizeof ips);
	HOLDS(dhcp_msg_u32(m, code, ips) == (n > 0));
	HOLDS(n > 0 || fuzz_untouched(ips, sizeof ips));

	fuzz_mark(name, sizeof name);
	err = dhcp_msg_name(m, code, name);
	HOLDS(err != 0 ? fuzz_untouched(name, sizeof name)
		       : strlen(name) < sizeof name && name[0] != '\0' && fuzz_one_line(name));
}

/* Option 119: every domain that comes out is one. */
static void
look_at_search(const struct dhcp_msg *m)
{
	char domains[SEARCH_MAX][DHCP_NAME_MAX];
	size_t n = dhcp_msg_search(m, domains, SEARCH_MAX);

	HOLDS(n <= SEARCH_MAX);
	for (size_t i = 0; i < n; i++) {
		struct buf b = { 0 };

		HOLDS(domains[i][0] != '\0' && dns_name_write(&b, domains[i]) == 0);
		buf_done(&b);
	}
}

static void
same_option(const struct dhcp_msg *a, const struct dhcp_msg *b, uint8_t code)
{
	struct buf x, y;

	buf_init(&x, VALUE_MAX);
	buf_init(&y, VALUE_MAX);
	HOLDS(dhcp_msg_get(a, code, &x) == dhcp_msg_get(b, code, &y));
	HOLDS(span_eq(buf_bytes(&x), buf_bytes(&y)));
	buf_done(&x);
	buf_done(&y);
}

/* All in the option field, an option's parts together, where its first part was. */
static void
write_again(const struct dhcp_msg *m, const uint8_t *codes, size_t n, struct buf *out)
{
	struct dhcp_head head = { .op = m->op,
		.hops = m->hops,
		.xid = m->xid,
		.secs = m->secs,
		.flags = m->flags,
		.ciaddr = m->ciaddr,
		.yiaddr = m->yiaddr,
		.siaddr = m->siaddr,
		.giaddr = m->giaddr };
	bool written[256] = { [DHCP_OPT_OVERLOAD] = true, [DHCP_OPT_END] = true };

	memcpy(head.mac, m->mac, sizeof head.mac);
	dhcp_msg_begin(out, &head);
	for (size_t i = 0; i < n; i++) {
		struct buf value;

		if (written[codes[i]])
			continue;
		written[codes[i]] = true;
		buf_init(&value, VALUE_MAX);
		HOLDS(dhcp_msg_get(m, codes[i], &value));
		dhcp_msg_option(out, codes[i], buf_bytes(&value));
		buf_done(&value);
	}
	dhcp_msg_end(out, 0, 300);
}

static void
is_the_same_written_again(const struct dhcp_msg *m, const uint8_t *codes, size_t n)
{
	struct dhcp_msg again;
	struct buf out = { 0 };

	write_again(m, codes, n, &out);
	HOLDS(out.err == 0 && out.n >= 300);
	HOLDS(dhcp_msg_decode(&again, buf_bytes(&out)) == 0);
	HOLDS(again.op == m->op && again.hops == m->hops && again.xid == m->xid);
	HOLDS(again.secs == m->secs && again.flags == m->flags && again.type == m->type);
	HOLDS(again.ciaddr == m->ciaddr && again.yiaddr == m->yiaddr);
	HOLDS(again.siaddr == m->siaddr && again.giaddr == m->giaddr);
	HOLDS(memcmp(again.mac, m->mac, sizeof m->mac) == 0);
	for (size_t i = 0; i < n; i++)
		if (codes[i] != DHCP_OPT_OVERLOAD && codes[i] != DHCP_OPT_END)
			same_option(m, &again, codes[i]);
	HOLDS(dhcp_msg_vlan(m, 10) == dhcp_msg_vlan(&again, 10));
	buf_done(&out);
}

static void
read_bytes(struct span bytes)
{
	static uint8_t codes[CODES_MAX];
	struct dhcp_msg m;
	size_t n;

	fuzz_mark(&m, sizeof m);
	if (dhcp_msg_decode(&m, bytes) != 0) {
		HOLDS(fuzz_untouched(&m, sizeof m));
		return;
	}
	for (size_t i = 0; i < DHCP_MSG_AREAS; i++)
		HOLDS(fuzz_inside(m.area[i], bytes));
	HOLDS(m.type >= DHCP_DISCOVER && m.type <= DHCP_INFORM);
	HOLDS(dhcp_type_name(m.type)[0] != '?');
	HOLDS(dhcp_msg_vlan(&m, 10) <= 4094);
	n = dhcp_msg_codes(&m, codes, CODES_MAX);
	HOLDS(n > 0 && n <= CODES_MAX);
	/* Those that are there, and the last, of which there is never a value. */
	for (size_t i = 0; i < n; i++)
		look_at(&m, codes[i]);
	look_at_search(&m);
	is_the_same_written_again(&m, codes, n);
}

/* What a phone says is read as it was meant. */
static void
ask(struct span in)
{
	char host_name[300], class[300];
	struct dhcp_ask a = { .type = (enum dhcp_type)(fuzz_u8(&in) % DHCP_INFORM + 1),
		.xid = fuzz_u32(&in),
		.secs = (uint16_t)fuzz_u32(&in),
		.ciaddr = fuzz_u32(&in),
		.wanted = fuzz_u32(&in),
		.server = fuzz_u32(&in),
		.pad_to = fuzz_u8(&in) * 3u };
	struct span mac = fuzz_take(&in, sizeof a.mac), list = fuzz_piece(&in);
	struct buf out = { 0 };
	struct dhcp_msg m;
	uint32_t v;

	if (mac.n > 0)
		memcpy(a.mac, mac.p, mac.n);
	a.ask = list.p;
	a.n_ask = list.n;
	a.host_name = fuzz_text(&in, host_name, sizeof host_name);
	a.vendor_class = fuzz_text(&in, class, sizeof class);
	dhcp_msg_ask(&out, &a);
	HOLDS(out.err == 0 && out.n >= a.pad_to);
	HOLDS(dhcp_msg_decode(&m, buf_bytes(&out)) == 0);
	HOLDS(m.op == 1 && m.type == a.type && m.xid == a.xid && m.secs == a.secs);
	HOLDS(m.ciaddr == a.ciaddr && memcmp(m.mac, a.mac, sizeof a.mac) == 0);
	HOLDS(dhcp_msg_u32(&m, DHCP_OPT_SERVER, &v) == (a.server != 0));
	HOLDS(a.server == 0 || v == a.server);
	if (a.type != DHCP_RELEASE && a.wanted != 0)
		HOLDS(dhcp_msg_u32(&m, DHCP_OPT_WANTED, &v) && v == a.wanted);
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	read_bytes((struct span){ p, n });
	ask((struct span){ p, n });
	return 0;
}
