/*
 * users_write.c - see users.h.
 *
 * What OCS 2007 needs at an account is what its own console writes there: enabled, a sign-in
 * address, enhanced presence, and the pool it is at home in.  A file that removes names nothing
 * but the accounts.  Rows for csvde are written here, the others in files of their own.
 */
#include <errno.h>
#include <string.h>

#include "pool_file.h"
#include "text.h"
#include "users_priv.h"

enum { /* userAccountControl: a normal account; disabled; its password never expires */
	USERS_NORMAL = 0x200,
	USERS_DISABLED = 0x2,
	USERS_NO_EXPIRY = 0x10000
};

/* ---- what Active Directory takes ---- */

static bool
users_are_letters(const char *text, const char *more)
{
	for (; *text != '\0'; text++)
		if (!(*text >= 'a' && *text <= 'z') && !(*text >= 'A' && *text <= 'Z') &&
		    !(*text >= '0' && *text <= '9') && strchr(more, *text) == NULL)
			return false;
	return true;
}

static bool
users_are_labels(const char *domain)
{
	return domain[0] != '\0' && domain[0] != '.' && strstr(domain, "..") == NULL &&
	    domain[strlen(domain) - 1] != '.' && users_are_letters(domain, ".-");
}

/* A DN as it was given goes into a file: it may not bring lines of its own. */
static bool
users_is_line(const char *text)
{
	if (text == NULL)
		return true;
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return text[0] != '\0' && strlen(text) < USERS_DN_MAX / 2;
}

/* A text of a file may be anything. */
static void
users_complain(struct buf *complaint, const char *text, const char *says)
{
	text_plain(complaint, span_of(text));
	buf_text(complaint, says);
}

int
users_check(const struct users_cfg *c, struct buf *complaint)
{
	char name[USERS_NAME_MAX + 1];

	/* The last name is the longest. */
	if (c->count == 0 || c->first > UINT32_MAX - (c->count - 1))
		buf_text(complaint, "so many accounts cannot be numbered");
	else if (pool_user_name(c->pattern, c->first + c->count - 1, name, sizeof name) != 0)
		users_complain(complaint, c->pattern,
		    ": an account's name has at most 20 characters in Active Directory");
	else if (!users_are_letters(name, ".-_"))
		users_complain(
		    complaint, name, ": only letters, digits, dots, - and _ in a name");
	else if (!users_are_labels(c->domain))
		users_complain(complaint, c->domain, ": not a domain");
	else if (!users_are_labels(c->sip_domain))
		users_complain(complaint, c->sip_domain, ": not a domain");
	else if (!users_is_line(c->ou))
		buf_text(complaint, "--ou: not a name such as OU=Phones,DC=contoso,DC=com");
	else if (!users_is_line(c->home))
		buf_text(
		    complaint, "--home: not a name such as CN=LC Services,CN=Microsoft,...");
	return complaint->n > 0 ? -EINVAL : 0;
}

/* ---- accounts ---- */

void
users_base(const struct users_cfg *c, struct buf *to)
{
	struct span labels = span_of(c->domain);

	if (c->ou != NULL) {
		buf_text(to, c->ou);
		return;
	}
	buf_text(to, "CN=Users");
	while (labels.n > 0) {
		buf_text(to, ",DC=");
		buf_span(to, span_cut(&labels, '.'));
	}
}

static int
users_account(const struct users_cfg *c, uint32_t i, struct account *out)
{
	struct buf dn;
	int err = pool_user_name(c->pattern, c->first + i, out->name, sizeof out->name);

	buf_over(&dn, out->dn, sizeof out->dn - 1);
	buf_printf(&dn, "CN=%s,", out->name);
	users_base(c, &dn);
	/* Given memory: its end is ours to write. */
	out->dn[dn.n] = '\0';
	return err != 0 ? err : dn.err;
}

unsigned
users_control(const struct users_cfg *c)
{
	return c->password != NULL ? USERS_NORMAL | USERS_NO_EXPIRY
				   : USERS_NORMAL | USERS_DISABLED;
}

/* ---- CSV (csvde) ---- */

/* In quotes, which are doubled inside: a DN has commas. */
static void
csv_field(struct buf *to, const char *value)
{
	buf_u8(to, '"');
	for (; *value != '\0'; value++) {
		if (*value == '"')
			buf_u8(to, '"');
		buf_u8(to, (uint8_t)*value);
	}
	buf_u8(to, '"');
}

static void
csv_head(const struct users_cfg *c, struct buf *to)
{
	buf_text(to, "DN");
	if (!c->remove)
		buf_text(to,
		    ",objectClass,sAMAccountName,userPrincipalName,displayName,description,"
		    "userAccountControl");
	if (!c->remove && !c->plain)
		buf_text(to,
		    ",proxyAddresses,msRTCSIP-PrimaryUserAddress,msRTCSIP-UserEnabled,"
		    "msRTCSIP-OptionFlags");
	if (!c->remove && !c->plain && c->home != NULL)
		buf_text(to, ",msRTCSIP-PrimaryHomeServer");
	buf_u8(to, '\n');
}

static void
csv_account(const struct users_cfg *c, const struct account *a, struct buf *to)
{
	csv_field(to, a->dn);
	if (!c->remove)
		buf_printf(to, ",user,%s,%s@%s,%s," USERS_DESCRIPTION ",%u", a->name, a->name,
		    c->domain, a->name, users_control(c));
	if (!c->remove && !c->plain)
		buf_printf(to, ",sip:%s@%s,sip:%s@%s,TRUE,%d", a->name, c->sip_domain, a->name,
		    c->sip_domain, USERS_ENHANCED_PRESENCE);
	if (!c->remove && !c->plain && c->home != NULL) {
		buf_u8(to, ',');
		csv_field(to, c->home);
	}
	buf_u8(to, '\n');
}

/* ---- all of them ---- */

int
users_write(const struct users_cfg *c, struct buf *out)
{
	static void (*const each[])(const struct users_cfg *, const struct account *,
	    struct buf *) = { csv_account, users_ldif, users_shell };
	struct account a;

	if (c->format == USERS_CSV)
		csv_head(c, out);
	if (c->format == USERS_POWERSHELL)
		users_shell_head(c, out);
	for (uint32_t i = 0; i < c->count && out->err == 0; i++) {
		int err = users_account(c, i, &a);

		if (err != 0)
			return err;
		each[c->format](c, &a, out);
	}
	return out->err;
}
