/* profile_load.c - see profile_load.h.  The tables are the format. */
#include "profile_load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "data_file.h"
#include "field.h"
#include "mem.h"
#include "profile_names.h"
#include "text.h"

#define AT(member) .offset = offsetof(struct profile, member)
#define TEXT_AT(member) AT(member), .size = sizeof((struct profile *)0)->member
#define COUNT(table) (sizeof(table) / sizeof *(table))

static int own_ask(const struct field_place *, const struct node *, void *base);
static int own_waits(const struct field_place *, const struct node *, void *base);
static int own_suites(const struct field_place *, const struct node *, void *base);
static int own_spns(const struct field_place *, const struct node *, void *base);
static int own_update_request(const struct field_place *, const struct node *, void *base);
static int own_autodiscover_request(
    const struct field_place *, const struct node *, void *base);
static int own_provision_request(const struct field_place *, const struct node *, void *base);
static int own_ews_poll(const struct field_place *, const struct node *, void *base);

/* clang-format off */
static const struct field dhcp_fields[] = {
	{ .key = "vendor_class", .type = FIELD_TEXT, TEXT_AT(dhcp.vendor_class), .required = true, .help = "option 60" },
	{ .key = "ask", .type = FIELD_OWN, .own = own_ask, .required = true, .help = "option 55, in order" },
	{ .key = "host_name", .type = FIELD_TEXT, TEXT_AT(dhcp.host_name), .help = "option 12; empty: not sent" },
	{ .key = "pad_to", .type = FIELD_U32, AT(dhcp.pad_to), .def = "300", .max = 576, .help = "smallest payload, bytes" },
	{ .key = "waits", .type = FIELD_OWN, .own = own_waits, .required = true, .help = "before each retransmission of a round" },
	{ .key = "wait_jitter", .type = FIELD_MS, AT(dhcp.wait_jitter_ms), .def = "1s", .help = "plus or minus" },
	{ .key = "rounds", .type = FIELD_U32, AT(dhcp.rounds), .def = "3", .min = 1, .max = 10, .help = "before auto-IP" },
	{ .key = "again", .type = FIELD_U32, AT(dhcp.again_s), .def = "300", .min = 1, .max = 86400, .help = "seconds on 169.254/16 between DISCOVERs" },
	{ .key = "init_delay", .type = FIELD_MS, AT(dhcp.init_delay_ms), .def = "0s", .max = 60000, .help = "random wait before the first DISCOVER" },
	{ .key = "vlan_suboption", .type = FIELD_U8, AT(dhcp.vlan_suboption), .def = "10", .min = 1, .max = 254, .help = "of option 43" },
};
static const struct field dns_fields[] = {
	{ .key = "timeout", .type = FIELD_MS, AT(dns.timeout_ms), .def = "2s", .min = 100, .max = 60000, .help = "for one answer" },
	{ .key = "tries", .type = FIELD_U32, AT(dns.tries), .def = "3", .min = 1, .max = 10, .help = "of each name" },
};
static const struct field ntp_fields[] = {
	{ .key = "default_host", .type = FIELD_TEXT, TEXT_AT(ntp.default_host), .def = "time.windows.com", .help = "without an SRV record" },
};
static const struct field tls_fields[] = {
	{ .key = "suites", .type = FIELD_OWN, .own = own_suites, .required = true, .help = "cipher suites in the ClientHello's order, as '0004'" },
	{ .key = "split_records", .type = FIELD_BOOL, AT(tls.split_records), .def = "false", .help = "1/n-1 splitting of CBC records" },
};
static const struct field trust_fields[] = {
	{ .key = "spns", .type = FIELD_OWN, .own = own_spns, .required = true, .help = "service names for the CA's web server, in order" },
	{ .key = "path", .type = FIELD_TEXT, TEXT_AT(trust.path), .required = true, .help = "of the chain" },
	{ .key = "user_agent", .type = FIELD_TEXT, TEXT_AT(trust.user_agent), .required = true, .help = "HTTP header" },
};
static const struct field sip_fields[] = {
	{ .key = "user_agent", .type = FIELD_TEXT, TEXT_AT(sip.user_agent), .required = true, .help = "SIP header" },
	{ .key = "auth_header", .type = FIELD_TEXT, TEXT_AT(sip.auth_header), .def = "Authorization", .help = "or Proxy-Authorization" },
	{ .key = "transaction", .type = FIELD_MS, AT(sip.transaction_ms), .def = "60s", .min = 100, .help = "wait for a final answer" },
	{ .key = "keep_alive_percent", .type = FIELD_U32, AT(sip.keep_alive_percent), .def = "70", .min = 10, .max = 100, .help = "of the server's timeout" },
	{ .key = "keep_alive_jitter_percent", .type = FIELD_U32, AT(sip.keep_alive_jitter_percent), .def = "10", .max = 50, .help = "plus or minus" },
	{ .key = "refresh_before", .type = FIELD_U32, AT(sip.refresh_before_s), .def = "30", .min = 1, .max = 3600, .help = "seconds before Expires" },
	{ .key = "reconnect", .type = FIELD_MS, AT(sip.reconnect_ms), .def = "5s", .min = 10, .help = "after a lost line; doubles" },
	{ .key = "reconnect_max", .type = FIELD_MS, AT(sip.reconnect_max_ms), .def = "5m", .min = 10, .help = "the longest wait" },
};
static const struct field update_fields[] = {
	{ .key = "at_power_on", .type = FIELD_BOOL, AT(update.at_power_on), .required = true, .help = "row 6" },
	{ .key = "power_on_host", .type = FIELD_TEXT, TEXT_AT(update.power_on_host), .def = "ucupdates-r2", .help = "before the DHCP domain" },
	{ .key = "fallback_host", .type = FIELD_TEXT, TEXT_AT(update.fallback_host), .def = "pool", .help = "before the DHCP domain" },
	{ .key = "every_h", .type = FIELD_U32, AT(update.every_h), .def = "24", .min = 1, .max = 8760, .help = "hours between checks" },
	{ .key = "device_type", .type = FIELD_TEXT, TEXT_AT(update.device_type), .def = "UCPhone", .help = "in the request" },
	{ .key = "vendor", .type = FIELD_TEXT, TEXT_AT(update.vendor), .def = "Polycom", .help = "in the request" },
	{ .key = "model", .type = FIELD_TEXT, TEXT_AT(update.model), .def = "CX700", .help = "in the request" },
	{ .key = "revision", .type = FIELD_TEXT, TEXT_AT(update.revision), .def = "A", .help = "in the request" },
	{ .key = "locale", .type = FIELD_TEXT, TEXT_AT(update.locale), .def = "ENU", .help = "in the request" },
	{ .key = "path_internal", .type = FIELD_TEXT, TEXT_AT(update.path_internal), .def = "/RequestHandler/ucdevice.upx", .help = "of the service" },
	{ .key = "path_external", .type = FIELD_TEXT, TEXT_AT(update.path_external), .def = "/RequestHandlerExt/ucdevice.upx", .help = "of the service, from outside" },
	{ .key = "user_agent", .type = FIELD_TEXT, TEXT_AT(update.user_agent), .required = true, .help = "HTTP header" },
	{ .key = "content_type", .type = FIELD_TEXT, TEXT_AT(update.content_type), .def = "text/xml; charset=utf-8", .help = "of the request" },
	{ .key = "confirm_file", .type = FIELD_TEXT, TEXT_AT(update.confirm_file), .def = "CPE.cat", .help = "object of the last GET" },
};
static const struct field exchange_fields[] = {
	{ .key = "user_agent", .type = FIELD_TEXT, TEXT_AT(exchange.user_agent), .required = true, .help = "HTTP header" },
	{ .key = "path", .type = FIELD_TEXT, TEXT_AT(exchange.path), .def = "/autodiscover/autodiscover.xml", .help = "of autodiscover" },
	{ .key = "autodiscover_every_h", .type = FIELD_U32, AT(exchange.autodiscover_every_h), .def = "24", .min = 1, .max = 8760, .help = "hours" },
	{ .key = "poll_min", .type = FIELD_U32, AT(exchange.poll_min), .def = "3", .max = 60, .help = "minutes between polls; provisioning overrides it" },
	{ .key = "ews_path", .type = FIELD_TEXT, TEXT_AT(exchange.ews_path), .def = "/EWS/Exchange.asmx", .help = "when autodiscover names none" },
};
static const struct field template_fields[] = {
	{ .key = "update_request", .type = FIELD_OWN, .own = own_update_request, .required = true, .help = "body of the update POST" },
	{ .key = "autodiscover_request", .type = FIELD_OWN, .own = own_autodiscover_request, .required = true, .help = "body of the autodiscover POST" },
	{ .key = "provision_request", .type = FIELD_OWN, .own = own_provision_request, .required = true, .help = "body of the provisioning SUBSCRIBE" },
	{ .key = "ews_poll", .type = FIELD_OWN, .own = own_ews_poll, .required = true, .help = "body of the mailbox poll" },
};
#define PART(name) .type = FIELD_MAP, .sub = name##_fields, .n_sub = COUNT(name##_fields), .required = true
static const struct field profile_fields[] = {
	{ .key = "name", .type = FIELD_TEXT, TEXT_AT(name), .required = true, .help = "cx700-VERSION" },
	{ .key = "version", .type = FIELD_TEXT, TEXT_AT(version), .required = true, .help = "of the firmware" },
	{ .key = "dhcp", PART(dhcp), .help = "lease habits" },
	{ .key = "dns", PART(dns), .help = "name look-up habits" },
	{ .key = "ntp", PART(ntp), .help = "clock habits" },
	{ .key = "tls", PART(tls), .help = "handshake habits" },
	{ .key = "trust", PART(trust), .help = "how the root is fetched" },
	{ .key = "sip", PART(sip), .help = "sign-in habits" },
	{ .key = "update", PART(update), .help = "update habits" },
	{ .key = "exchange", PART(exchange), .help = "mailbox habits" },
	{ .key = "templates", PART(template), .help = "files with the bodies" },
};
/* clang-format on */

static int
check_list(const struct field_place *at, const struct node *list, size_t max)
{
	size_t n = 0;

	if (list->kind != NODE_LIST || list->first == NULL)
		return field_fail(at, list, "`%s' must be a list", list->key);
	for (const struct node *k = list->first; k != NULL; k = k->next)
		if (++n > max)
			return field_fail(at, k, "more than %zu items in `%s'", max, list->key);
	return 0;
}

static int
own_ask(const struct field_place *at, const struct node *list, void *base)
{
	static const struct field code = {
		.key = "ask", .type = FIELD_U8, .min = 1, .max = 254
	};
	struct profile_dhcp *d = &((struct profile *)base)->dhcp;
	int err = check_list(at, list, PROFILE_LIST_MAX);

	for (const struct node *n = list->first; !err && n != NULL; n = n->next)
		err = field_read(at, n, &code, &d->ask[d->n_ask++]);
	return err;
}

static int
own_waits(const struct field_place *at, const struct node *list, void *base)
{
	static const struct field wait = {
		.key = "waits", .type = FIELD_MS, .min = 100, .max = 600000
	};
	struct profile_dhcp *d = &((struct profile *)base)->dhcp;
	int err = check_list(at, list, COUNT(d->wait_ms));

	for (const struct node *n = list->first; !err && n != NULL; n = n->next)
		err = field_read(at, n, &wait, &d->wait_ms[d->n_wait++]);
	return err;
}

static int
own_suites(const struct field_place *at, const struct node *list, void *base)
{
	struct profile_tls *t = &((struct profile *)base)->tls;
	int err = check_list(at, list, PROFILE_LIST_MAX);

	for (const struct node *n = list->first; !err && n != NULL; n = n->next) {
		const char *text = field_scalar(at, n, "four hexadecimal digits");
		uint8_t two[2];
		struct buf b;

		if (text == NULL)
			return -EINVAL;
		buf_over(&b, two, sizeof two);
		if (strlen(text) != 4 || text_unhex(&b, span_of(text)) != 0)
			return field_fail(at, n,
			    "a suite is four hexadecimal digits in quotes, not `%.40s'", text);
		t->suites[t->n_suites++] = (uint16_t)(two[0] << 8 | two[1]);
	}
	return err;
}

static int
own_spns(const struct field_place *at, const struct node *list, void *base)
{
	struct profile_trust *t = &((struct profile *)base)->trust;
	struct field spn = {
		.key = "spns", .type = FIELD_TEXT, .size = sizeof t->spn[0], .required = true
	};
	int err = check_list(at, list, PROFILE_SPN_MAX);

	for (const struct node *n = list->first; !err && n != NULL; n = n->next)
		err = field_read(at, n, &spn, t->spn[t->n_spn++]);
	return err;
}

/* A template from the program itself, when the profile came from there. */
static char *
embedded_text(const char *name)
{
	for (size_t i = 0; i < profile_files_count; i++)
		if (strcmp(profile_files[i].name, name) == 0)
			return mem_copy(profile_files[i].bytes, profile_files[i].n);
	return NULL;
}

static char *
file_text(const char *path)
{
	FILE *f = fopen(path, "re");
	char chunk[1024], *text = NULL;
	struct buf b;
	size_t n;

	if (f == NULL)
		return NULL;
	buf_init(&b, 64 << 10);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_put(&b, chunk, n);
	if (!ferror(f) && !b.err)
		text = mem_copy(b.p, b.n);
	(void)fclose(f);
	buf_done(&b);
	return text;
}

/* A file beside the profile; without one there, the program's own of that name. */
static int
read_template(const struct field_place *at, const struct node *n, char **out)
{
	const char *name = field_scalar(at, n, "the name of a file");
	const char *slash = strrchr(at->file, '/');
	char path[1024];

	if (name == NULL)
		return -EINVAL;
	if (snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - at->file) + 1 : 0,
		at->file, name) >= (int)sizeof path)
		return field_fail(at, n, "the name of the template is too long");
	*out = slash ? file_text(path) : NULL;
	if (*out == NULL)
		*out = embedded_text(name);
	if (*out == NULL)
		return field_fail(at, n, "template `%.200s' cannot be read", name);
	return 0;
}

static int
own_update_request(const struct field_place *at, const struct node *n, void *base)
{
	return read_template(at, n, &((struct profile *)base)->templates.update_request);
}

static int
own_autodiscover_request(const struct field_place *at, const struct node *n, void *base)
{
	return read_template(at, n, &((struct profile *)base)->templates.autodiscover_request);
}

static int
own_provision_request(const struct field_place *at, const struct node *n, void *base)
{
	return read_template(at, n, &((struct profile *)base)->templates.provision_request);
}

static int
own_ews_poll(const struct field_place *at, const struct node *n, void *base)
{
	return read_template(at, n, &((struct profile *)base)->templates.ews_poll);
}

int
profile_load(const char *name, struct profile **out, struct config_error *error)
{
	struct field_place at = { .error = error };
	struct profile *p;
	struct tree t;
	int err = profile_tree(name, &t, error);

	if (err)
		return err;
	at.file = t.file;
	p = mem_new(sizeof *p);
	if (p == NULL)
		err = config_fail(error, name, (struct mark){ 0 }, "no memory");
	else
		err = fields_read(&at, t.root, profile_fields, COUNT(profile_fields), p);
	tree_free(&t);
	if (err) {
		profile_free(p);
		return err;
	}
	*out = p;
	return 0;
}

void
profile_help(struct buf *to)
{
	fields_help(profile_fields, COUNT(profile_fields), 1, to);
}

void
profile_free(struct profile *p)
{
	if (p == NULL)
		return;
	mem_free(p->templates.update_request);
	mem_free(p->templates.autodiscover_request);
	mem_free(p->templates.provision_request);
	mem_free(p->templates.ews_poll);
	mem_free(p);
}
