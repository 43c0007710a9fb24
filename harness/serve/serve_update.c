/* serve_update.c - see serve_update.h. */
#include "serve_update.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "serve_negotiate.h"
#include "text.h"
#include "update_xml.h"

static const char ask_inside[] = "/RequestHandler/ucdevice.upx";
static const char ask_outside[] = "/RequestHandlerExt/ucdevice.upx";
static const char files_inside[] = "/DeviceUpdateFiles_Int/";
static const char files_outside[] = "/DeviceUpdateFiles_Ext/";

static bool
starts(const char *path, const char *with)
{
	return strncmp(path, with, strlen(with)) == 0;
}

bool
serve_update_is(const char *path)
{
	return starts(path, "/RequestHandler") || starts(path, files_inside) ||
	    starts(path, files_outside);
}

const char *
serve_update_audit_head(void)
{
	return "Logging DateTime,User Host Address,Device Type,Mac Address,Serial "
	       "Number,Vendor,Model,"
	       "Revision,Locale,Request Modules,Response Modules,User ID\r\n";
}

/* A field of the log; what would break the line or the columns becomes a blank. */
static void
audit_field(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++)
		buf_u8(b, *text < ' ' || *text == ',' || *text == '"' ? ' ' : (uint8_t)*text);
	buf_u8(b, ',');
}

/* File, signature, version and time stamp are joined by semicolons. */
static void
audit_module(struct buf *b, const char *file, const char *signature, const char *version,
    const char *time)
{
	if (version[0] != '\0')
		buf_printf(
		    b, "%s;%s%s%s;%s", file, signature, signature[0] ? ";" : "", version, time);
	buf_u8(b, ',');
}

static void
audit(struct buf *b, const struct serve_request *q, const struct update_request *device,
    const struct update_answer *a)
{
	time_t seconds = (time_t)(q->wall_us / 1000000);
	char date[32] = "", ip[TEXT_IP_MAX];
	struct tm tm;

	if (gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(date, sizeof date, "%m/%d/%Y %H:%M:%S", &tm);
	audit_field(b, date);
	audit_field(b, text_ip_str(q->peer_ip, ip));
	audit_field(b, device->device_type);
	audit_field(b, device->mac);
	audit_field(b, device->serial);
	audit_field(b, device->vendor);
	audit_field(b, device->model);
	audit_field(b, device->revision);
	audit_field(b, device->locale);
	audit_module(b, device->module, "", device->version, device->time);
	audit_module(b, a->file, a->signature, a->version, a->time);
	for (const char *c = device->user; *c != '\0'; c++)
		buf_u8(b, *c < ' ' || *c == ',' || *c == '"' ? ' ' : (uint8_t)*c);
	buf_text(b, "\r\n");
}

/* UCPhone/Polycom/CX700/A/ENU/1.0.522.101/CPE: the path of a device's files. */
static void
device_path(char *out, size_t cap, const struct update_request *d, const char *version)
{
	int n = snprintf(out, cap, "%s/%s/%s/%s/%s/%s/CPE", d->device_type, d->vendor, d->model,
	    d->revision, d->locale, version);

	if (n < 0 || (size_t)n >= cap)
		out[0] = '\0';
}

static void
offer(const struct serve_update *u, const struct update_request *d, struct update_answer *a)
{
	char path[300];

	device_path(path, sizeof path, d, u->cfg.version);
	(void)snprintf(a->version, sizeof a->version, "%s", u->cfg.version);
	(void)snprintf(a->file, sizeof a->file, "CPE.nbt");
	(void)snprintf(a->signature, sizeof a->signature, "CPE.cat");
	if (u->cfg.blank)
		return;
	if (snprintf(a->base_url, sizeof a->base_url, "%s/%s", u->cfg.internal_url, path) >=
		(int)sizeof a->base_url ||
	    snprintf(a->external_base_url, sizeof a->external_base_url, "%s/%s",
		u->cfg.external_url, path) >= (int)sizeof a->external_base_url)
		*a = (struct update_answer){ 0 };
}

/* A device says what it has; it gets what is newer, or an empty list. */
static void
on_ask(struct serve_update *u, const struct serve_request *q, struct serve_reply *r,
    struct buf *log)
{
	struct update_request device = { 0 };
	struct update_answer a = { 0 };
	bool asks = strcmp(q->method, "POST") == 0 && q->body.n > 0;

	if (!asks && strcmp(q->method, "GET") != 0 && strcmp(q->method, "POST") != 0) {
		serve_text(r, 405, "Method not allowed.");
		return;
	}
	if (asks &&
	    (update_xml_read_request(q->body, &device) != 0 || device.device_type[0] == '\0' ||
		device.vendor[0] == '\0' || device.model[0] == '\0')) {
		serve_text(r, 400, "The request lacks a device type, vendor or model.");
		return;
	}
	if (asks && text_version_cmp(u->cfg.version, device.version) > 0)
		offer(u, &device, &a);
	if (asks) {
		u->asked++;
		u->offered += a.version[0] != '\0';
		audit(log, q, &device, &a);
	}
	if (u->cfg.blank)
		a.version[0] = '\0';
	r->status = 200;
	serve_add(r, "Content-Type", "text/xml; charset=utf-8");
	serve_add(r, "Server", "Microsoft-IIS/6.0");
	update_xml_write_answer(&r->body, &a);
}

/* The image, or the small signed catalogue beside it. */
static void
on_file(struct serve_update *u, const struct serve_request *q, struct serve_reply *r)
{
	char version[80];
	const char *name = strrchr(q->path, '/') + 1;
	int n = snprintf(version, sizeof version, "/%s/CPE/", u->cfg.version);
	bool ours = n > 0 && name - q->path > n && strncmp(name - n, version, (size_t)n) == 0;

	if (strcmp(q->method, "GET") != 0) {
		serve_text(r, 405, "Method not allowed.");
		return;
	}
	if (!ours || (strcmp(name, "CPE.nbt") != 0 && strcmp(name, "CPE.cat") != 0)) {
		serve_text(r, 404, "The file cannot be found.");
		return;
	}
	r->status = 200;
	serve_add(r, "Content-Type", "application/octet-stream");
	serve_add(r, "Server", "Microsoft-IIS/6.0");
	r->firmware = strcmp(name, "CPE.nbt") == 0;
	if (r->firmware) {
		u->downloads++;
		return;
	}
	u->confirmed++;
	buf_printf(&r->body, "Catalogue of CPE.nbt, version %s, unsigned: embedded pool.\r\n",
	    u->cfg.version);
}

void
serve_update(struct serve_update *u, const struct serve_request *q, struct serve_reply *r,
    struct buf *log)
{
	bool outside = starts(q->path, ask_outside) || starts(q->path, files_outside);
	char client[ACCEPT_NAME_MAX];

	if (outside && !q->tls) {
		serve_text(r, 403, "This address is served over HTTPS only.");
		return;
	}
	if (outside && !serve_negotiate(u->cfg.acceptor, q, r, client))
		return;
	if (starts(q->path, ask_inside) || starts(q->path, ask_outside))
		on_ask(u, q, r, log);
	else if (starts(q->path, files_inside) || starts(q->path, files_outside))
		on_file(u, q, r);
	else
		serve_text(r, 404, "The file cannot be found.");
}
