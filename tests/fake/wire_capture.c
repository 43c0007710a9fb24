/* wire_capture.c - see wire_capture.h. */
#include "wire_capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

#define SERVER_PORTS "26000" /* the pool listens on this plus the well-known number */

/* Which of the translated ports is what; inside TLS too. */
static const char decode_as[] =
    " -d udp.port==26067,dhcp -d udp.port==26053,dns -d tcp.port==26053,dns"
    " -d udp.port==26123,ntp -d udp.port==26088,kerberos -d tcp.port==26088,kerberos"
    " -d tcp.port==26389,ldap -d tcp.port==26080,http -d tcp.port==26443,tls"
    " -d tcp.port==31061,tls -d tls.port==26443,http -d tls.port==31061,sip";

/* The firmware is cut short in the file: its answer, and what follows, is shown without waiting
 * for the rest. */
#define FIRMWARE "http.content_type == \"application/octet-stream\""

/* Fields of every packet. */
#define ALWAYS " -e frame.number  -e ip.src  -e ip.dst "

static const char firmware_options[] =
    "-o http.desegment_body:FALSE -o tcp.reassemble_out_of_order:FALSE" ALWAYS
    "-e http.response.code -e http.content_type -e http.content_length_header";

static const char talk[] = "(dhcp || dns || ntp || kerberos || ldap || sip || tls || "
			   "http.request || http.response) && !(" FIRMWARE ")";

/* ---- the run ---- */

static bool
wire_has(const char *program, struct buf *why)
{
	char command[64];

	snprintf(command, sizeof command, "command -v %s >/dev/null", program);
	if (system(command) == 0)
		return true;
	buf_printf(why, "%s is not installed", program);
	return false;
}

int
wire_run(struct wire *w, struct buf *why)
{
	const char *const args[] = { "run", "scenarios/first_boot.yaml", "-n", "2", "-s", "1",
		"-o", w->dir, "--pcap", "-q", "--pool-arg=--listen", "--pool-arg=" WIRE_SERVER,
		"--pool-arg=--port-base", "--pool-arg=" SERVER_PORTS, "--pool-arg=--addresses",
		"--pool-arg=127.44.0.0/16", NULL };
	int status;

	snprintf(w->dir, sizeof w->dir, "/tmp/cx700farm-wire-XXXXXX");
	if (mkdtemp(w->dir) == NULL)
		return -1;
	if (!wire_has("tshark", why) || !wire_has("dumpcap", why))
		return 1;
	status = program_run("cx700farm", args, NULL, why);
	if (status == 4 && strstr(buf_cstr(why), "--pcap: dumpcap says") != NULL)
		return 1;
	if (status != 0)
		buf_printf(why, "(exit %d)", status);
	return status == 0 ? 0 : -1;
}

/* ---- tshark ---- */

/* Append the packets it shows. */
static int
wire_tshark(struct wire *w, const char *options, const char *filter, struct buf *why)
{
	struct buf command = { 0 };
	json_error_t error = { 0 };
	json_t *packets, *packet;
	FILE *from;
	size_t i;

	buf_printf(&command,
	    "tshark -n -r %s/run.pcapng -o tls.keylog_file:%s/keys.log%s "
	    "-T json %s -Y '%s' 2>%s/tshark.err",
	    w->dir, w->dir, decode_as, options, filter, w->dir);
	from = popen(buf_cstr(&command), "r");
	packets = from != NULL ? json_loadf(from, 0, &error) : NULL;
	if (from == NULL || pclose(from) != 0 || packets == NULL)
		buf_printf(why, "%s: %s\n", buf_cstr(&command), error.text);
	json_array_foreach(packets, i, packet) json_array_append(
	    w->frames, json_object_get(json_object_get(packet, "_source"), "layers"));
	json_decref(packets);
	buf_done(&command);
	return why->n == 0 ? 0 : -1;
}

/* The first value of a field, "" without it. */
static const char *
wire_value(const json_t *frame, const char *field)
{
	const char *s = json_string_value(json_array_get(json_object_get(frame, field), 0));

	return s != NULL ? s : "";
}

static long
wire_number(const json_t *frame)
{
	return atol(wire_value(frame, "frame.number"));
}

/* ---- whose packet it is ---- */

/* The pool's first MACs are the farm's; transactions count up from the MAC's last four bytes,
 * read as Windows CE reads them. */
static void
wire_phone_init(struct wire_phone *p, unsigned index)
{
	uint32_t seed = index << 24 | 0x0010f2;

	snprintf(p->mac, sizeof p->mac, "00:04:f2:10:00:%02x", index);
	for (uint32_t i = 0; i < 3; i++)
		snprintf(p->xid[i], sizeof p->xid[i], "0x%08x", seed + i);
	p->frames = json_array();
}

/* Of the addresses acknowledged to it the first, and the first other one. */
static void
wire_phone_learn(struct wire_phone *p, const json_t *frame)
{
	const char *ip = wire_value(frame, "dhcp.ip.your");

	if (strcmp(wire_value(frame, "dhcp.option.dhcp"), "5") != 0)
		return;
	if (p->first[0] == '\0')
		snprintf(p->first, sizeof p->first, "%s", ip);
	else if (p->voice[0] == '\0' && strcmp(p->first, ip) != 0)
		snprintf(p->voice, sizeof p->voice, "%s", ip);
}

static bool
wire_phone_is(const struct wire_phone *p, const json_t *frame)
{
	const char *mac = wire_value(frame, "dhcp.hw.mac_addr");
	const char *src = wire_value(frame, "ip.src"), *dst = wire_value(frame, "ip.dst");

	if (mac[0] != '\0')
		return strcmp(mac, p->mac) == 0;
	return strcmp(src, p->voice) == 0 || strcmp(dst, p->voice) == 0;
}

/* Into its place by number: the two readings are each in order. */
static void
wire_phone_take(struct wire_phone *p, json_t *frame)
{
	size_t i = json_array_size(p->frames);

	while (i > 0 && wire_number(json_array_get(p->frames, i - 1)) > wire_number(frame))
		i--;
	json_array_insert(p->frames, i, frame);
}

static void
wire_sort(struct wire *w)
{
	json_t *frame;
	size_t i;

	for (unsigned k = 0; k < WIRE_PHONES; k++) {
		struct wire_phone *p = &w->phone[k];

		wire_phone_init(p, k);
		json_array_foreach(w->frames, i, frame)
		{
			if (!wire_phone_is(p, frame))
				continue;
			wire_phone_learn(p, frame);
			wire_phone_take(p, frame);
		}
	}
}

int
wire_read(struct wire *w, const struct wire_sight *sights, size_t n, struct buf *why)
{
	struct buf fields = { 0 };
	int err;

	buf_text(&fields,
	    " -o tcp.reassemble_out_of_order:TRUE" ALWAYS " -e dhcp.hw.mac_addr "
	    " -e dhcp.ip.your  -e dhcp.option.dhcp  -e _ws.malformed  -e _ws.expert.severity ");
	for (size_t i = 0; i < n; i++)
		wire_sight_fields(sights[i].what, &fields);
	w->frames = json_array();
	err = wire_tshark(w, buf_cstr(&fields), talk, why);
	if (err == 0)
		err = wire_tshark(w, firmware_options, FIRMWARE, why);
	if (err == 0)
		wire_sort(w);
	buf_done(&fields);
	return err;
}

/* ---- looking ---- */

static const char *
wire_known(void *arg, const char *name)
{
	const struct wire_phone *p = arg;
	const char *known[][2] = { { "mac", p->mac }, { "first", p->first },
		{ "voice", p->voice }, { "xid", p->xid[0] }, { "xid+1", p->xid[1] },
		{ "xid+2", p->xid[2] }, { "server", WIRE_SERVER } };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i][0], name) == 0)
			return known[i][1];
	return NULL;
}

long
wire_find(const struct wire_phone *p, const struct wire_sight *sight, size_t *at)
{
	for (size_t i = *at; i < json_array_size(p->frames); i++) {
		const json_t *frame = json_array_get(p->frames, i);
		bool down = strcmp(wire_value(frame, "ip.src"), WIRE_SERVER) == 0;

		if (down == (sight->way == WIRE_DOWN) &&
		    wire_sight_holds(frame, sight->what, wire_known, (void *)(uintptr_t)p)) {
			*at = i + 1;
			return wire_number(frame);
		}
	}
	return 0;
}

void
wire_done(struct wire *w)
{
	static const char *const files[] = { "run.pcapng", "keys.log", "summary.json",
		"trace.jsonl", "tshark.err" };
	char path[WIRE_PATH + 32];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", w->dir, files[i]);
		unlink(path);
	}
	rmdir(w->dir);
	for (size_t i = 0; i < WIRE_PHONES; i++)
		json_decref(w->phone[i].frames);
	json_decref(w->frames);
}
