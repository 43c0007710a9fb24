/* explain_frames.c - how to find a phone's frames in the run's capture. */
#include <string.h>

#include "explain_priv.h"
#include "explain_words.h"

enum { FRAMES_ADDRESSES = 16 };

/* An address that it had, as far as it is one: the filter is pasted into a shell. */
static bool
frames_is_address(const char *text)
{
	return text[0] != '\0' && strlen(text) < 16 &&
	    strspn(text, "0123456789.") == strlen(text);
}

static size_t
frames_addresses(const struct explain *e, const char *address[FRAMES_ADDRESSES])
{
	size_t n = 0, i;
	json_t *row;

	json_array_foreach(e->row, i, row)
	{
		const char *its = explain_word(json_object_get(row, "seen"), "address");
		bool known = !frames_is_address(its);

		for (size_t k = 0; k < n && !known; k++)
			known = strcmp(address[k], its) == 0;
		if (!known && n < FRAMES_ADDRESSES)
			address[n++] = its;
	}
	return n;
}

/* For a shell, whatever is in it. */
static void
frames_quoted(const char *dir, const char *name, struct buf *out)
{
	buf_text(out, "'");
	for (; *dir != '\0'; dir++)
		buf_text(out, *dir == '\'' ? "'\\''" : (char[]){ *dir, '\0' });
	buf_printf(out, "/%s'", name);
}

static void
frames_filter(const struct explain *e, struct buf *out)
{
	const char *mac = explain_word(json_array_get(e->row, 0), "mac");
	const char *address[FRAMES_ADDRESSES];
	size_t n = frames_addresses(e, address);

	for (size_t i = 0; i < n; i++)
		buf_printf(out, "ip.addr == %s || ", address[i]);
	buf_text(out, "dhcp.hw.mac_addr == ");
	explain_plain(strspn(mac, "0123456789abcdef:") == strlen(mac) ? mac : "?", out);
}

/* Wireshark knows a protocol by its port: of each standard port what it is told, the real one
 * put in for each %d. */
struct frames_protocol {
	json_int_t port;
	const char *as[2];
};

static const struct frames_protocol frames_protocols[] = {
	{ 53, { "udp.port==%d,dns", "tcp.port==%d,dns" } },
	{ 67, { "udp.port==%d,dhcp", NULL } },
	{ 80, { "tcp.port==%d,http", NULL } },
	{ 88, { "udp.port==%d,kerberos", "tcp.port==%d,kerberos" } },
	{ 123, { "udp.port==%d,ntp", NULL } },
	{ 389, { "tcp.port==%d,ldap", NULL } },
	{ 443, { "tcp.port==%d,tls", "tls.port==%d,http" } },
	{ 5061, { "tcp.port==%d,tls", "tls.port==%d,sip" } },
};

static void
frames_decode(const struct frames_protocol *p, int real, struct buf *out)
{
	for (size_t k = 0; k < 2 && p->as[k] != NULL; k++) {
		const char *at = strstr(p->as[k], "%d");

		buf_text(out, " -d ");
		buf_put(out, p->as[k], (size_t)(at - p->as[k]));
		buf_printf(out, "%d%s", real, at + 2);
	}
}

/* The services that are elsewhere, as the run's course has them. */
static void
frames_decodes(const struct explain *e, struct buf *out)
{
	json_t *ports = json_object_get(e->dir->course, "ports"), *pair;
	size_t i;

	json_array_foreach(ports, i, pair)
	{
		json_int_t standard = json_integer_value(json_array_get(pair, 0));
		json_int_t real = json_integer_value(json_array_get(pair, 1));

		for (size_t k = 0; k < sizeof frames_protocols / sizeof *frames_protocols; k++)
			if (frames_protocols[k].port == standard && real > 0 &&
			    real <= UINT16_MAX && real != standard)
				frames_decode(&frames_protocols[k], (int)real, out);
	}
}

void
explain_frames(const struct explain *e, struct buf *out)
{
	if (!e->dir->captured || json_array_size(e->row) == 0)
		return;
	buf_text(out, "Its frames in the capture, as a display filter of Wireshark's:\n\n  ");
	frames_filter(e, out);
	buf_text(out, "\n\nOpen them");
	buf_text(out,
	    e->dir->keys ? ", with the keys of its TLS connections:\n\n  wireshark"
			 : ":\n\n  wireshark");
	if (e->dir->keys) {
		buf_text(out, " -o tls.keylog_file:");
		frames_quoted(e->dir->path, "keys.log", out);
	}
	frames_decodes(e, out);
	buf_text(out, " -Y '");
	frames_filter(e, out);
	buf_text(out, "' ");
	frames_quoted(e->dir->path, "run.pcapng", out);
	buf_text(out, "\n");
}
