/* text.c - see text.h. */
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int
text_u64(struct span s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return -EINVAL;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = s.p[i] - (unsigned)'0';

		if (d > 9)
			return -EINVAL;
		if (v > (max - d) / 10 || d > max)
			return -ERANGE;
		v = v * 10 + d;
	}
	*out = v;
	return 0;
}

int
text_ip(struct span s, uint32_t *out)
{
	uint32_t ip = 0;

	for (int i = 0; i < 4; i++) {
		uint64_t octet;
		struct span part = i < 3 ? span_cut(&s, '.') : s;

		if (part.n > 3 || text_u64(part, 255, &octet) != 0)
			return -EINVAL;
		ip = ip << 8 | (uint32_t)octet;
	}
	*out = ip;
	return 0;
}

const char *
text_ip_str(uint32_t ip, char out[TEXT_IP_MAX])
{
	(void)snprintf(
	    out, TEXT_IP_MAX, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
	return out;
}

/* The value of a hexadecimal digit, or -1. */
static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
text_mac(struct span s, uint8_t out[6])
{
	uint8_t mac[6];

	if (s.n != 17)
		return -EINVAL;
	for (size_t i = 0; i < 6; i++) {
		int hi = hex_digit(s.p[3 * i]), lo = hex_digit(s.p[3 * i + 1]);

		if (hi < 0 || lo < 0)
			return -EINVAL;
		if (i < 5 && s.p[3 * i + 2] != ':' && s.p[3 * i + 2] != '-')
			return -EINVAL;
		mac[i] = (uint8_t)(hi << 4 | lo);
	}
	memcpy(out, mac, sizeof mac);
	return 0;
}

const char *
text_mac_str(const uint8_t mac[6], char out[TEXT_MAC_MAX])
{
	(void)snprintf(out, TEXT_MAC_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
	    mac[2], mac[3], mac[4], mac[5]);
	return out;
}

int
text_copy(char *out, size_t cap, struct span s)
{
	if (cap == 0)
		return -ENAMETOOLONG;
	out[0] = '\0';
	if (s.n >= cap || (s.n > 0 && memchr(s.p, '\0', s.n) != NULL))
		return -ENAMETOOLONG;
	if (s.n > 0)
		memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return 0;
}

void
text_upper(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'a' && *s <= 'z')
			*s = (char)(*s - ('a' - 'A'));
}

/* The value of a base64 digit, or -1. */
static int
base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

int
text_unbase64(struct buf *out, struct span s)
{
	size_t before = out->n;
	uint32_t acc = 0;
	int digits = 0, pads = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		int d;

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c == '=') {
			pads++;
			continue;
		}
		d = base64_digit(c);
		if (d < 0 || pads > 0)
			goto bad;
		acc = acc << 6 | (uint32_t)d;
		if (++digits % 4 != 0)
			continue;
		buf_put(out,
		    (uint8_t[]){ (uint8_t)(acc >> 16), (uint8_t)(acc >> 8), (uint8_t)acc }, 3);
		acc = 0;
	}
	if (digits % 4 == 1 || pads > 2 || (pads > 0 && (digits + pads) % 4 != 0))
		goto bad;
	if (digits % 4 == 2)
		buf_u8(out, (uint8_t)(acc >> 4));
	if (digits % 4 == 3)
		buf_u16(out, (uint16_t)(acc >> 2));
	return out->err;
bad:
	out->n = before;
	return -EBADMSG;
}

int
text_unhex(struct buf *out, struct span s)
{
	size_t before = out->n;

	if (s.n % 2 != 0)
		return -EBADMSG;
	for (size_t i = 0; i < s.n; i += 2) {
		int hi = hex_digit(s.p[i]), lo = hex_digit(s.p[i + 1]);

		if (hi < 0 || lo < 0) {
			out->n = before;
			return -EBADMSG;
		}
		buf_u8(out, (uint8_t)(hi << 4 | lo));
	}
	return out->err;
}

int
text_version_cmp(const char *a, const char *b)
{
	struct span x = span_of(a), y = span_of(b);

	while (x.n > 0 || y.n > 0) {
		uint64_t m = 0, n = 0;

		(void)text_u64(span_cut(&x, '.'), UINT32_MAX, &m);
		(void)text_u64(span_cut(&y, '.'), UINT32_MAX, &n);
		if (m != n)
			return m < n ? -1 : 1;
	}
	return 0;
}

void
text_xml(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == '&')
			buf_text(b, "&amp;");
		else if (c == '<')
			buf_text(b, "&lt;");
		else if (c == '>')
			buf_text(b, "&gt;");
		else if (c == '"')
			buf_text(b, "&quot;");
		/* As they are, a reader would make blanks of them in an attribute. */
		else if (c == '\t' || c == '\n' || c == '\r')
			buf_printf(b, "&#%u;", c);
		else if (c >= ' ')
			buf_u8(b, c);
		else
			buf_u8(b, '?');
	}
}

void
text_json(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == '"' || c == '\\')
			buf_put(b, (uint8_t[]){ '\\', c }, 2);
		else if (c < ' ' || c >= 127)
			buf_printf(b, "\\u%04x", c);
		else
			buf_u8(b, c);
	}
}

void
text_plain(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		/* U+0080 to U+009F are orders to some terminals. */
		bool c1 =
		    s.p[i] == 0xc2 && i + 1 < s.n && s.p[i + 1] >= 0x80 && s.p[i + 1] < 0xa0;

		buf_u8(b, s.p[i] < ' ' || s.p[i] == 127 || c1 ? '?' : s.p[i]);
		i += c1;
	}
}
