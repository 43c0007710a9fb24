/* serve_update.c - see serve_update.h. */
#include "serve_update.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "serve_negotiate.h"
#include "text.h"
#include "update_xml.h"

static const char ask_inside[] = "/RequestHandler/ucdevice.upx";
static const char ask_outside[] = "/RequestHandlerExt/ucdevice.upx";
static const char files_inside[] = "/DeviceUpdateFiles_Int/";
static const char files_outside[] = "/DeviceUpdateFiles_Ext/";

bool
serve_update_is(const char *path)
{
	return serve_path_in(path, "/RequestHandler") || serve_path_in(path, files_inside) ||
	    serve_path_in(path, files_outside);
}

const char *
serve_update_audit_head(void)
{
	return "Logging DateTime,User Host Address,Device Type,Mac Address,Serial "
	       "Number,Vendor,Model,"
	       "Revision,Locale,Request Modules,Response Modules,User ID\r\n";
}

/* What a device says must not forge a line, a column or a module's part: it becomes a blank. */
static void
audit_text(struct buf *b, const char *text, const char *parting)
{
	for (; *text != '\0'; text++)
		buf_u8(b, *text < ' ' || strchr(parting, *text) != NULL ? ' ' : (uint8_t)*text);
}

static void
audit_field(struct buf *b, const char *text)
{
	audit_text(b, text, ",\"");
	buf_u8(b, ',');
}

/* File, signature, version and time stamp are joined by semicolons, modules by #. */
static void
audit_module(struct buf *b, const char *file, const char *signature, const char *version,
    const char *time)
{
	const char *parts[] = { file, signature, version, time };
	const char *join = "";

	for (size_t i = 0; version[0] != '\0' && i < sizeof parts / sizeof parts[0]; i++) {
		if (parts[i] == signature && signature[0] == '\0')
			continue;
		buf_text(b, join);
		audit_text(b, parts[i], ",\";#");
		join = ";";
	}
	buf_u8(b, ',');
}

/* One line in the format of the service's own log; the columns are those of its head. */
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
	audit_text(b, device->user, ",\"");
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

/* What the answer says of the approved update; an URL too long: no offer at all. */
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

/* Only the MAC and the serial number may be blank (the audit log's documentation): the others
 * are the path of its files. */
static bool
names_files(const struct update_request *d)
{
	return d->device_type[0] != '\0' && d->vendor[0] != '\0' && d->model[0] != '\0' &&
	    d->revision[0] != '\0' && d->locale[0] != '\0';
}

/* A device says what it has; it gets what is newer, or an empty list. */
static void
on_ask(struct serve_update *u, const struct serve_request *q, struct serve_reply *r,
    struct buf *log)
{
	struct update_request device = { 0 };
	struct update_answer a = { 0 };
	/* Whoever only looks (GET, or a POST without a body) gets an empty list and no line. */
	bool asks = strcmp(q->method, "POST") == 0 && q->body.n > 0;

	if (!asks && strcmp(q->method, "GET") != 0 && strcmp(q->method, "POST") != 0) {
		serve_bad_method(r, "GET, POST");
		return;
	}
	if (asks && (update_xml_read_request(q->body, &device) != 0 || !names_files(&device))) {
		serve_text(r, 400,
		    "The request lacks a device type, vendor, model, revision or locale.");
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
	/* Only the approved version has files, whatever device the path names. */
	bool ours =
	    n > 0 && name - q->path > n && strncasecmp(name - n, version, (size_t)n) == 0;
	bool get = strcmp(q->method, "GET") == 0;

	if (!get && strcmp(q->method, "HEAD") != 0) {
		serve_bad_method(r, "GET, HEAD");
		return;
	}
	if (!ours || (strcasecmp(name, "CPE.nbt") != 0 && strcasecmp(name, "CPE.cat") != 0)) {
		serve_text(r, 404, "The file cannot be found.");
		return;
	}
	r->status = 200;
	serve_add(r, "Content-Type", "application/octet-stream");
	serve_add(r, "Server", "Microsoft-IIS/6.0");
	r->firmware = strcasecmp(name, "CPE.nbt") == 0;
	/* HEAD is a look, not a download; the catalogue is fetched last, as confirmation. */
	u->downloads += get && r->firmware;
	u->confirmed += get && !r->firmware;
	if (r->firmware)
		return;
	buf_printf(&r->body, "Catalogue of CPE.nbt, version %s, unsigned: embedded pool.\r\n",
	    u->cfg.version);
}

void
serve_update(struct serve_update *u, const struct serve_request *q, struct serve_reply *r,
    struct buf *log)
{
	bool ask_out = serve_path_is(q->path, ask_outside);
	bool files_out = serve_path_in(q->path, files_outside);
	bool outside = ask_out || files_out;
	char client[ACCEPT_NAME_MAX];

	/* From outside everything, the files too, needs TLS and a token. */
	if (outside && !q->tls) {
		serve_text(r, 403, "This address is served over HTTPS only.");
		return;
	}
	if (outside && !serve_negotiate(u->cfg.acceptor, q, r, client))
		return;
	if (ask_out || serve_path_is(q->path, ask_inside))
		on_ask(u, q, r, log);
	else if (files_out || serve_path_in(q->path, files_inside))
		on_file(u, q, r);
	else
		serve_text(r, 404, "The file cannot be found.");
}
