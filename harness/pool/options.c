/* options.c - see options.h.  One table drives the reading, the limits and the manual. */
#include "options.h"

#include <errno.h>
#include <string.h>

#include "text.h"

enum option_kind {
	OPT_FLAG,
	OPT_TEXT,
	OPT_NUMBER,
	OPT_SIZE,
	OPT_FD,
	OPT_IP,
	OPT_NET,
	OPT_TIME
};

struct option_row {
	const char *name, *value;
	enum option_kind kind;
	size_t at; /* where in struct pool_options */
	uint64_t min, max;
	const char *help;
};

#define AT(field) offsetof(struct pool_options, field)
#define SECONDS(n) ((uint64_t)(n)*1000000)

/* clang-format off */
static const struct option_row option_rows[] = {
	{"--dir",              "DIR",     OPT_TEXT,   AT(dir),              0, 0,                       "keep everything in DIR (default: a private folder, removed at the end)"},
	{"--listen",           "ADDR",    OPT_IP,     AT(listen),           0, 0,                       "address of all servers (127.0.0.1); the DHCP relays are the two after it"},
	{"--port-base",        "N",       OPT_NUMBER, AT(port_base),        1024, 60000,                "port P listens on N + P (20000)"},
	{"--users",            "N",       OPT_NUMBER, AT(users),            1, 1000000,                 "accounts phone00000, phone00001, ... (10000)"},
	{"--lock-out",         "N",       OPT_NUMBER, AT(lock_out),         0, 1000,                    "so many wrong passwords lock an account (0: never)"},
	{"--firmware-version", "V",       OPT_TEXT,   AT(firmware_version), 0, 0,                       "what the update service offers (1.0.522.101)"},
	{"--firmware-size",    "BYTES",   OPT_SIZE,   AT(firmware_size),    4096, (uint64_t)1 << 32,    "how large its image is (15728640)"},
	{"--faults",           "FILE",    OPT_TEXT,   AT(faults),           0, 0,                       "a scenario, or a file like one, whose faults: and servers: are played"},
	{"--keep-alive",       "TIME",    OPT_TIME,   AT(keep_alive_us),    SECONDS(1), SECONDS(86400), "the SIP server's keep-alive timeout (300s)"},
	{"--publish-ca",       NULL,      OPT_FLAG,   AT(publish_ca),       0, 0,                       "the directory holds the root certificate, so no phone asks the CA's web server"},
	{"--no-update",        NULL,      OPT_FLAG,   AT(no_update),        0, 0,                       "the update service answers with a blank BaseURL"},
	{"--addresses",        "NET",     OPT_NET,    AT(net),              8, 29,                      "leases (127.42.0.0/16): the lower half untagged, the upper half in the voice VLAN"},
	{"--voice-vlan",       "N",       OPT_NUMBER, AT(voice_vlan),       0, 4094,                    "the VLAN that DHCP names to phones (200); 0 = none"},
	{"--lease",            "TIME",    OPT_TIME,   AT(lease_us),         SECONDS(10), SECONDS(31536000), "how long a lease holds (192h)"},
	{"--sip-version",      "3|4",     OPT_NUMBER, AT(sip_version),      3, 4,                       "version of the SIP signatures (4)"},
	{"--seed",             "N",       OPT_SIZE,   AT(seed),             0, UINT64_MAX,              "the same root certificate as with this number before (0: a new one)"},
	{"--standard-ports",   NULL,      OPT_FLAG,   AT(standard_ports),   0, 0,                       "listen on the standard ports themselves, which needs root below 1024"},
	{"--only",             "sip",     OPT_TEXT,   AT(only),             0, 0,                       "the SIP front end alone, in a realm that others serve; with the four below"},
	{"--realm",            "REALM",   OPT_TEXT,   AT(realm),            0, 0,                       "whose principals are the users (CONTOSO.COM)"},
	{"--keytab",           "FILE",    OPT_TEXT,   AT(keytab),           0, 0,                       "the front end's key: sip/fe01.contoso.com"},
	{"--certificate",      "FILE",    OPT_TEXT,   AT(certificate),      0, 0,                       "PEM, its own first"},
	{"--key",              "FILE",    OPT_TEXT,   AT(key),              0, 0,                       "PEM, that of the certificate"},
	{"--ready-fd",         "N",       OPT_FD,     AT(ready_fd),         0, 1023,                    "write one line there when all servers are up, and end with the parent"},
	{"--begin-fd",         "N",       OPT_FD,     AT(begin_fd),         0, 1023,                    "the faults' time begins when this can be read or has ended; the counters then go to --ready-fd"},
	{"--help",             NULL,      OPT_FLAG,   AT(help),             0, 0,                       "this text"},
};
/* clang-format on */

/* From here on addresses are multicast, reserved, broadcast. */
#define HOSTS_END 0xe0000000u

enum { OPTION_ROWS = sizeof option_rows / sizeof option_rows[0] };

void
pool_options_default(struct pool_options *o)
{
	*o = (struct pool_options){
		.listen = 0x7f000001,
		.port_base = 20000,
		.users = 10000,
		.firmware_version = "1.0.522.101",
		.firmware_size = 15 * 1024 * 1024,
		.keep_alive_us = SECONDS(300),
		.net = 0x7f2a0000,
		.net_bits = 16,
		.voice_vlan = 200,
		.lease_us = SECONDS(192 * 3600),
		.sip_version = 4,
		.ready_fd = -1,
		.begin_fd = -1,
	};
}

/* "20s", "500ms", "5m", "8h". */
static int
option_time(struct span text, const struct option_row *row, uint64_t *out)
{
	static const struct {
		const char *unit;
		uint64_t us;
	} units[] = { { "ms", 1000 }, { "s", SECONDS(1) }, { "m", SECONDS(60) },
		{ "h", SECONDS(3600) } };
	size_t digits = 0;
	uint64_t n;

	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	/* At most 32 bits, so that the product below cannot overflow. */
	if (text_u64((struct span){ text.p, digits }, UINT32_MAX, &n) != 0)
		return -EINVAL;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		struct span unit = { text.p + digits, text.n - digits };

		if (!span_is(unit, units[i].unit))
			continue;
		if (n * units[i].us < row->min || n * units[i].us > row->max)
			return -ERANGE;
		*out = n * units[i].us;
		return 0;
	}
	return -EINVAL;
}

/* "127.42.0.0/16"; bits behind the prefix must be zero. */
static int
option_net(struct span text, const struct option_row *row, struct pool_options *o)
{
	struct span bits, address = text;
	uint64_t n;
	uint32_t ip;

	address = span_cut(&text, '/');
	bits = text;
	if (text_ip(address, &ip) != 0 || text_u64(bits, 32, &n) != 0)
		return -EINVAL;
	if (n < row->min || n > row->max || (ip << n) != 0)
		return -ERANGE;
	o->net = ip;
	o->net_bits = (uint32_t)n;
	return 0;
}

/* A value outside its bounds is refused, never cut to them. */
static int
option_number(struct span text, const struct option_row *row, uint64_t *out)
{
	uint64_t n;

	if (text_u64(text, UINT64_MAX, &n) != 0)
		return -EINVAL;
	if (n < row->min || n > row->max)
		return -ERANGE;
	*out = n;
	return 0;
}

/* Where the row says, in the type its kind says. */
static int
option_set(struct pool_options *o, const struct option_row *row, const char *value)
{
	char *at = (char *)o + row->at;
	struct span text = span_of(value);
	uint64_t n = 0;
	int rc = 0;

	switch (row->kind) {
	case OPT_FLAG:
		*(bool *)(void *)at = true;
		break;
	case OPT_TEXT:
		rc = text.n > 0 ? 0 : -EINVAL;
		*(const char **)(void *)at = value;
		break;
	case OPT_NUMBER:
		if ((rc = option_number(text, row, &n)) == 0)
			*(uint32_t *)(void *)at = (uint32_t)n;
		break;
	case OPT_FD:
		if ((rc = option_number(text, row, &n)) == 0)
			*(int *)(void *)at = (int)n;
		break;
	case OPT_SIZE:
		if ((rc = option_number(text, row, &n)) == 0)
			*(uint64_t *)(void *)at = n;
		break;
	case OPT_TIME:
		if ((rc = option_time(text, row, &n)) == 0)
			*(uint64_t *)(void *)at = n;
		break;
	case OPT_IP:
		rc = text_ip(text, (uint32_t *)(void *)at);
		break;
	case OPT_NET:
		rc = option_net(text, row, o);
		break;
	}
	return rc;
}

/* Behind a complaint: what would have been taken. */
static void
option_range(const struct option_row *row, struct buf *to)
{
	uint64_t unit = row->kind == OPT_TIME ? SECONDS(1) : 1;
	const char *s = row->kind == OPT_TIME ? "s" : "";

	if (row->kind == OPT_NET)
		buf_printf(to, " (a network of %u to %u bits)", (unsigned)row->min,
		    (unsigned)row->max);
	else
		buf_printf(to, " (%llu%s to %llu%s)", (unsigned long long)(row->min / unit), s,
		    (unsigned long long)(row->max / unit), s);
}

/* The row that arg ("--users" or "--users=5") names; *value_out is what follows "=" or NULL. */
static const struct option_row *
option_find(const char *arg, const char **value_out)
{
	size_t n = strcspn(arg, "=");

	for (size_t i = 0; i < OPTION_ROWS; i++) {
		if (strlen(option_rows[i].name) != n ||
		    strncmp(option_rows[i].name, arg, n) != 0)
			continue;
		*value_out = arg[n] == '=' ? arg + n + 1 : NULL;
		return &option_rows[i];
	}
	return NULL;
}

/* A front end without a realm of its own needs to be told who it is; one with must not be. */
static void
options_joined(const struct pool_options *o, struct buf *complaint)
{
	int given = (o->keytab != NULL) + (o->certificate != NULL) + (o->key != NULL);

	if (o->only != NULL && strcmp(o->only, "sip") != 0)
		buf_printf(complaint, "--only: '%s' cannot stand alone; sip can", o->only);
	else if (o->only != NULL && given < 3)
		buf_text(complaint, "--only sip needs --keytab, --certificate and --key");
	else if (o->only == NULL && (given > 0 || o->realm != NULL))
		buf_text(
		    complaint, "--realm, --keytab, --certificate and --key are for --only sip");
}

/* What no single row can see. */
static int
options_agree(const struct pool_options *o, struct buf *complaint)
{
	if (o->firmware_version[strspn(o->firmware_version, "0123456789.")] != '\0' ||
	    strlen(o->firmware_version) > 31)
		buf_printf(complaint,
		    "--firmware-version: '%s' is not a version like 1.0.522.101",
		    o->firmware_version);
	else if (o->listen == 0 || o->listen >= HOSTS_END)
		buf_text(complaint,
		    "--listen: phones need the address of one host, not of all or many");
	else
		options_joined(o, complaint);
	return complaint->n > 0 ? -EINVAL : 0;
}

int
pool_options_read(struct pool_options *o, int argc, char *const argv[], struct buf *complaint)
{
	for (int i = 1; i < argc; i++) {
		const char *value;
		const struct option_row *row = option_find(argv[i], &value);
		int rc;

		if (row == NULL) {
			buf_printf(complaint, "%s: no such option (see --help)", argv[i]);
			return -EINVAL;
		}
		if (row->kind == OPT_FLAG && value != NULL) {
			buf_printf(complaint, "%s takes no value", row->name);
			return -EINVAL;
		}
		/* "--users 5": the value is the next word. */
		if (row->kind != OPT_FLAG && value == NULL) {
			if (i + 1 == argc) {
				buf_printf(
				    complaint, "%s needs a value: %s", row->name, row->value);
				return -EINVAL;
			}
			value = argv[++i];
		}
		rc = option_set(o, row, value);
		if (rc != 0) {
			buf_printf(complaint, "%s: '%s' is not a good %s", row->name, value,
			    row->value);
			if (rc == -ERANGE)
				option_range(row, complaint);
			return -EINVAL;
		}
	}
	return options_agree(o, complaint);
}

void
pool_options_help(struct buf *to)
{
	buf_text(to,
	    "usage: cx700pool [OPTION]...\n"
	    "Plays all servers that a CX700 phone meets, on loopback and unprivileged "
	    "ports.\n\n");
	for (size_t i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_rows[i];

		buf_printf(to, "  %-18s %-6s %s\n", row->name, row->value ? row->value : "",
		    row->help);
	}
	buf_text(to,
	    "\nTIME is a number and ms, s, m or h.  Ends cleanly on SIGINT, SIGTERM and "
	    "SIGHUP.\n"
	    "Exit: 0 ended, 2 a bad option, 4 a server could not start.\n");
}
