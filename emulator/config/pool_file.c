/* pool_file.c - see pool_file.h.  The tables are the format. */
#include "pool_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "mem.h"
#include "pool_lists.h"
#include "text.h"

#define AT(member) .offset = offsetof(struct pool_file, member)
#define TEXT_AT(member) AT(member), .size = sizeof((struct pool_file *)0)->member
#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char *const network_words[] = { "loopback", "interface", "host", NULL };
static const char *const dhcp_words[] = { "none", "relay", "broadcast", NULL };
static const char *const side_words[] = { "internal", "external", NULL };
static int own_side(const struct field_place *, const struct node *, void *base);
static int own_password(const struct field_place *, const struct node *, void *base);

/* clang-format off */
static const struct field network_fields[] = {
	{ .key = "mode", .type = FIELD_WORD, AT(network.mode), .words = network_words, .required = true,
	  .mark_offset = offsetof(struct pool_file, network.at), .help = "loopback, interface or host" },
	{ .key = "interface", .type = FIELD_TEXT, TEXT_AT(network.interface), .help = "mode interface: its name" },
	{ .key = "netns", .type = FIELD_TEXT, TEXT_AT(network.netns), .help = "mode interface: the network namespace that has it (ip netns)" },
	{ .key = "vlans", .type = FIELD_OWN, .own = pool_read_vlans, .help = "{TAG: INTERFACE}" },
	{ .key = "addresses", .type = FIELD_OWN, .own = pool_read_addresses, .help = "a list of networks the phones may use" },
};
static const struct field dhcp_fields[] = {
	{ .key = "mode", .type = FIELD_WORD, AT(dhcp.mode), .words = dhcp_words, .required = true,
	  .mark_offset = offsetof(struct pool_file, dhcp.at), .help = "relay, broadcast or none" },
	{ .key = "server", .type = FIELD_IP, AT(dhcp.server), .help = "mode relay: the DHCP server" },
	{ .key = "relay", .type = FIELD_OWN, .own = pool_read_relays, .help = "{untagged: ADDRESS, TAG: ADDRESS}" },
	{ .key = "domain", .type = FIELD_TEXT, TEXT_AT(dhcp.domain), .help = "mode none: the DNS domain" },
	{ .key = "dns", .type = FIELD_OWN, .own = pool_read_dns, .help = "mode none: one or two DNS servers" },
	{ .key = "suffixes", .type = FIELD_OWN, .own = pool_read_suffixes, .help = "mode none: the search list" },
};
static const struct field user_fields[] = {
	{ .key = "name", .type = FIELD_TEXT, TEXT_AT(users.name), .required = true, .help = "a pattern such as phone%05d" },
	{ .key = "first", .type = FIELD_U32, AT(users.first), .def = "0", .help = "the first user's number" },
	{ .key = "domain", .type = FIELD_TEXT, TEXT_AT(users.domain), .required = true, .help = "the Active Directory domain, as DNS name" },
	{ .key = "sip_domain", .type = FIELD_TEXT, TEXT_AT(users.sip_domain), .required = true, .help = "right side of the sign-in address" },
	{ .key = "password", .type = FIELD_OWN, .own = own_password, .required = true, .help = "file:NAME, whose first line it is" },
};
static const struct field guard_fields[] = {
	{ .key = "canary", .type = FIELD_U32, AT(guard.canary), .max = 1000, .help = "so many phones must log in before the rest start" },
	{ .key = "wrong_passwords", .type = FIELD_U32, AT(guard.wrong_passwords), .max = 1000,
	  .help = "stop after so many wrong passwords in a row" },
};
static const struct field pool_fields[] = {
	{ .key = "name", .type = FIELD_TEXT, TEXT_AT(name), .required = true, .help = "what the reports call it" },
	{ .key = "network", .type = FIELD_MAP, .sub = network_fields, .n_sub = COUNT(network_fields), .required = true,
	  .help = "how the phones get onto the network" },
	{ .key = "macs", .type = FIELD_MAC, AT(macs), .def = "00:04:f2:10:00:00", .help = "MAC address of phone 0" },
	{ .key = "side", .type = FIELD_OWN, .own = own_side, .help = "internal or external" },
	{ .key = "dhcp", .type = FIELD_MAP, .sub = dhcp_fields, .n_sub = COUNT(dhcp_fields), .required = true,
	  .help = "where the leases come from" },
	{ .key = "ports", .type = FIELD_OWN, .own = pool_read_ports, .help = "{STANDARD: REAL}" },
	{ .key = "users", .type = FIELD_MAP, .sub = user_fields, .n_sub = COUNT(user_fields), .required = true,
	  .help = "who the phones are" },
	{ .key = "guard", .type = FIELD_MAP, .sub = guard_fields, .n_sub = COUNT(guard_fields), .help = "before accounts lock" },
	{ .key = "leave", .type = FIELD_BOOL, AT(leave), .def = "false", .help = "true: at the end, leave sign-ins and leases as they are" },
	{ .key = "allow", .type = FIELD_OWN, .own = pool_read_allow, .required = true, .help = "networks the farm may send to" },
};
/* clang-format on */

static int
own_side(const struct field_place *at, const struct node *n, void *base)
{
	/* Two words in the file, one flag in the program. */
	static const struct field side = {
		.key = "side", .type = FIELD_WORD, .words = side_words
	};
	int word;
	int err = field_read(at, n, &side, &word);

	if (!err)
		((struct pool_file *)base)->external = word == 1;
	return err;
}

/* The first line of a file without its end.  0 or -errno. */
static int
read_first_line(const char *path, char *line, size_t cap)
{
	FILE *f = fopen(path, "re");
	bool whole;

	if (f == NULL)
		return -errno;
	if (fgets(line, (int)cap, f) == NULL)
		line[0] = '\0';
	/* A line cut in the middle would be a wrong password, and so lock accounts. */
	whole = strchr(line, '\n') != NULL || fgetc(f) == EOF;
	(void)fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	return whole ? 0 : -ENAMETOOLONG;
}

/* The first line of a file that stands beside the pool file. */
static int
own_password(const struct field_place *at, const struct node *n, void *base)
{
	struct pool_file *p = base;
	const char *text = field_scalar(at, n, "file:NAME");
	const char *slash = strrchr(at->file, '/');
	char path[1024], line[256];
	int dir = slash != NULL ? (int)(slash - at->file) + 1 : 0, err;

	if (text == NULL)
		return -EINVAL;
	/* No password stands in a pool file, where it would be copied along. */
	if (strncmp(text, "file:", 5) != 0)
		return field_fail(at, n,
		    "`password' must be file:NAME; the password is that file's first line");
	text += 5;
	if (snprintf(path, sizeof path, "%.*s%s", text[0] == '/' ? 0 : dir, at->file, text) >=
	    (int)sizeof path)
		return field_fail(at, n, "the name of the password's file is too long");

	err = read_first_line(path, line, sizeof line);
	if (err == -ENAMETOOLONG)
		err = field_fail(at, n, "the first line of %.200s is too long", path);
	else if (err != 0)
		err = field_fail(at, n, "the password's file %.200s cannot be opened: %s", path,
		    strerror(-err));
	else if (line[0] == '\0')
		err = field_fail(
		    at, n, "the password's file %.200s has an empty first line", path);
	else if ((p->users.password = mem_copy(line, strlen(line))) == NULL)
		err = field_fail(at, n, "no memory");
	/* On every way out, also that of an error. */
	mem_wipe(line, sizeof line);
	return err;
}

/* The one %d or %0Nd of a pattern: where it starts, how long it is, how wide.  Nothing else may
 * follow a %. */
static int
find_place(const char *pattern, size_t *at, size_t *len, int *width)
{
	const char *p = strchr(pattern, '%');
	const char *q;

	if (p == NULL || strchr(p + 1, '%') != NULL)
		return -EINVAL;
	q = p + 1;
	*width = 0;
	if (*q == '0' && q[1] >= '1' && q[1] <= '9') {
		*width = q[1] - '0';
		q += 2;
	}
	if (*q != 'd')
		return -EINVAL;
	*at = (size_t)(p - pattern);
	*len = (size_t)(q - p) + 1;
	return 0;
}

int
pool_user_name(const char *pattern, uint32_t number, char *out, size_t cap)
{
	size_t at, len;
	int width, n;

	if (find_place(pattern, &at, &len, &width) != 0)
		return -EINVAL;
	n = snprintf(
	    out, cap, "%.*s%0*u%s", (int)at, pattern, width, number, pattern + at + len);
	return n < 0 || (size_t)n >= cap ? -ENAMETOOLONG : 0;
}

/* What a mode needs, and the modes that exclude each other. */
static int
check_modes(const struct field_place *at, const struct pool_file *p)
{
	if (p->network.mode == POOL_INTERFACE && p->network.interface[0] == '\0')
		return config_fail(
		    at->error, at->file, p->network.at, "mode interface needs `interface'");
	if (p->network.mode != POOL_INTERFACE && p->network.netns[0] != '\0')
		return config_fail(
		    at->error, at->file, p->network.at, "`netns' needs mode interface");
	if (p->network.mode == POOL_HOST && p->dhcp.mode != POOL_DHCP_NONE)
		return config_fail(at->error, at->file, p->dhcp.at,
		    "network mode host has one address for all: dhcp mode must be none");
	if (p->dhcp.mode == POOL_DHCP_RELAY && (p->dhcp.server == 0 || p->dhcp.n_relays == 0))
		return config_fail(
		    at->error, at->file, p->dhcp.at, "mode relay needs `server' and `relay'");
	if (p->dhcp.mode == POOL_DHCP_NONE &&
	    (p->dhcp.domain[0] == '\0' || p->dhcp.dns[0] == 0))
		return config_fail(
		    at->error, at->file, p->dhcp.at, "mode none needs `domain' and `dns'");
	return 0;
}

static int
check_users(const struct field_place *at, const struct tree *t, const struct pool_file *p)
{
	const struct node *users = tree_get(t->root, "users");
	char name[128];

	/* The first name made is the proof of the pattern. */
	if (pool_user_name(p->users.name, p->users.first, name, sizeof name) == 0)
		return 0;
	return field_fail(at, tree_get(users, "name"),
	    "`name' must have exactly one %%d or %%0Nd, as in phone%%05d");
}

int
pool_file_load(const char *path, struct pool_file *out, struct config_error *error)
{
	struct field_place at = { .file = path, .error = error };
	struct pool_file p = { 0 };
	struct tree t;
	int err = tree_load(path, &t, error);

	if (err)
		return err;
	err = fields_read(&at, t.root, pool_fields, COUNT(pool_fields), &p);
	if (!err)
		err = check_modes(&at, &p);
	if (!err)
		err = check_users(&at, &t, &p);
	if (err) {
		pool_file_done(&p);
		tree_free(&t);
		return err;
	}
	/* The tree's copy of the name is kept for errors found later. */
	p.file = t.file;
	t.file = NULL;
	tree_free(&t);
	*out = p;
	return 0;
}

void
pool_file_help(struct buf *to)
{
	fields_help(pool_fields, COUNT(pool_fields), 1, to);
}

void
pool_file_done(struct pool_file *p)
{
	if (p == NULL)
		return;
	if (p->users.password != NULL)
		mem_wipe(p->users.password, strlen(p->users.password));
	mem_free(p->users.password);
	mem_free(p->file);
	p->users.password = p->file = NULL;
}
