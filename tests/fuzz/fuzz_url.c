/* fuzz_url.c - any bytes as a URL; written again it is the same.  And any bytes as what else
 * servers write in plain text: numbers, addresses, names, base64, what XML and JSON escape. */
#include "url.h"

#include "fuzz.h"
#include "text.h"

/* A name or an IPv4 address, as the header says: nothing that means something in a URL. */
static bool
is_host(const char *host)
{
	for (const char *c = host; *c != '\0'; c++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._",
			*c) == NULL)
			return false;
	return host[0] != '\0';
}

static void
read_url(struct span s)
{
	struct url u, again;
	struct buf b = { 0 };

	fuzz_mark(&u, sizeof u);
	if (url_read(s, &u) != 0) {
		HOLDS(fuzz_untouched(&u, sizeof u));
		return;
	}
	HOLDS(is_host(u.host) && u.port > 0);
	HOLDS(u.path[0] == '/' && strlen(u.path) < URL_PATH_MAX && fuzz_one_line(u.path));
	HOLDS(strchr(u.path, ' ') == NULL);
	buf_printf(&b, "%s://%s:%u%s", u.tls ? "HTTPS" : "http", u.host, u.port, u.path);
	HOLDS(url_read(buf_bytes(&b), &again) == 0);
	HOLDS(again.tls == u.tls && again.port == u.port);
	HOLDS(strcmp(again.host, u.host) == 0 && strcmp(again.path, u.path) == 0);
	HOLDS(url_port_is_default(&u) == (u.port == (u.tls ? 443 : 80)));
	buf_done(&b);
}

static void
read_numbers(struct span s)
{
	char text[32];
	uint8_t mac[6], mac_again[6];
	uint64_t v = 99;
	uint32_t ip, ip_again;

	if (text_u64(s, 1000, &v) != 0)
		HOLDS(v == 99);
	else
		HOLDS(v <= 1000);
	if (text_u64(s, UINT64_MAX, &v) == 0 && s.p[0] != '0')
		HOLDS(snprintf(text, sizeof text, "%llu", (unsigned long long)v) > 0 &&
		    span_is(s, text));
	if (text_ip(s, &ip) == 0)
		HOLDS(
		    text_ip(span_of(text_ip_str(ip, text)), &ip_again) == 0 && ip == ip_again);
	if (text_mac(s, mac) == 0)
		HOLDS(text_mac(span_of(text_mac_str(mac, text)), mac_again) == 0 &&
		    memcmp(mac, mac_again, 6) == 0);
}

/* Into letters and back; on an error what was there before is still there. */
static void
read_letters(struct span s)
{
	struct buf letters = { 0 }, back = { 0 };

	buf_base64(&letters, s);
	HOLDS(text_unbase64(&back, buf_bytes(&letters)) == 0);
	HOLDS(span_eq(buf_bytes(&back), s));
	buf_clear(&letters);
	buf_clear(&back);
	buf_hex(&letters, s, s.n % 2 == 0);
	HOLDS(text_unhex(&back, buf_bytes(&letters)) == 0);
	HOLDS(span_eq(buf_bytes(&back), s));

	buf_clear(&back);
	buf_text(&back, "before");
	if (text_unbase64(&back, s) != 0)
		HOLDS(span_is(buf_bytes(&back), "before"));
	buf_clear(&back);
	buf_text(&back, "before");
	if (text_unhex(&back, s) != 0)
		HOLDS(span_is(buf_bytes(&back), "before"));
	buf_done(&letters);
	buf_done(&back);
}

static bool
has_none_of(struct span s, const char *reserved)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(reserved, s.p[i]) != NULL)
			return false;
	return true;
}

static void
escape(struct span s)
{
	struct buf out = { 0 };

	text_xml(&out, s);
	HOLDS(has_none_of(buf_bytes(&out), "<>\""));
	buf_clear(&out);
	text_json(&out, s);
	HOLDS(has_none_of(buf_bytes(&out), "\n\r\t") && out.n >= s.n);
	buf_done(&out);
}

static void
compare(struct span in)
{
	char a[64], b[64];

	(void)fuzz_text(&in, a, sizeof a);
	(void)fuzz_text(&in, b, sizeof b);
	HOLDS(text_version_cmp(a, b) == -text_version_cmp(b, a));
	HOLDS(text_version_cmp(a, a) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };

	read_url(s);
	read_numbers(s);
	read_letters(s);
	escape(s);
	compare(s);
	return 0;
}
