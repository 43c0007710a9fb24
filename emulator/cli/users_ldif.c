/* users_ldif.c - see users.h: records for ldifde or ldapmodify, RFC 2849. */
#include <string.h>

#include "mem.h"
#include "users_priv.h"

/* In base64 what is not plain ASCII, or would begin like something else. */
static void
ldif_line(struct buf *to, const char *name, struct span value)
{
	bool plain =
	    value.n > 0 && strchr(" :<", value.p[0]) == NULL && value.p[value.n - 1] != ' ';

	for (size_t i = 0; i < value.n; i++)
		plain &= value.p[i] < 0x80;
	buf_printf(to, "%s:", name);
	if (plain) {
		buf_u8(to, ' ');
		buf_span(to, value);
	} else {
		buf_text(to, ": ");
		buf_base64(to, value);
	}
	buf_u8(to, '\n');
}

static void
ldif_text(struct buf *to, const char *name, const char *value)
{
	ldif_line(to, name, span_of(value));
}

/* The next character of UTF-8; what is none stands for itself. */
static uint32_t
utf8_next(struct span *s)
{
	uint32_t c = s->p[0];
	size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

	if (more >= s->n)
		more = 0;
	if (more > 0)
		c &= 0x3fu >> more;
	for (size_t i = 1; i <= more; i++)
		c = c << 6 | (s->p[i] & 0x3f);
	*s = (struct span){ s->p + 1 + more, s->n - 1 - more };
	return c;
}

static void
utf16_put(struct buf *to, uint32_t c)
{
	buf_u8(to, (uint8_t)c);
	buf_u8(to, (uint8_t)(c >> 8));
}

/* unicodePwd is the password in quotes, in UTF-16 (little endian). */
static void
ldif_password(struct buf *to, const char *password)
{
	struct span left = span_of(password);
	struct buf wide = { 0 };

	utf16_put(&wide, '"');
	while (left.n > 0) {
		uint32_t c = utf8_next(&left);

		if (c < 0x10000) {
			utf16_put(&wide, c);
			continue;
		}
		utf16_put(&wide, 0xd800 + (((c - 0x10000) >> 10) & 0x3ff));
		utf16_put(&wide, 0xdc00 + ((c - 0x10000) & 0x3ff));
	}
	utf16_put(&wide, '"');
	if (wide.err != 0)
		to->err = wide.err;
	buf_text(to, "unicodePwd:: ");
	buf_base64(to, buf_bytes(&wide));
	buf_u8(to, '\n');
	if (wide.p != NULL)
		mem_wipe(wide.p, wide.n);
	buf_done(&wide);
}

static void
ldif_ocs(const struct users_cfg *c, const char *name, struct buf *to)
{
	buf_printf(to,
	    "proxyAddresses: sip:%s@%s\n"
	    "msRTCSIP-PrimaryUserAddress: sip:%s@%s\n"
	    "msRTCSIP-UserEnabled: TRUE\n"
	    "msRTCSIP-OptionFlags: %d\n",
	    name, c->sip_domain, name, c->sip_domain, USERS_ENHANCED_PRESENCE);
	if (c->home != NULL)
		ldif_text(to, "msRTCSIP-PrimaryHomeServer", c->home);
}

void
users_ldif(const struct users_cfg *c, const struct account *a, struct buf *to)
{
	ldif_text(to, "dn", a->dn);
	if (c->remove) {
		buf_text(to, "changetype: delete\n\n");
		return;
	}
	buf_printf(to,
	    "changetype: add\n"
	    "objectClass: user\n"
	    "sAMAccountName: %s\n"
	    "userPrincipalName: %s@%s\n"
	    "displayName: %s\n"
	    "description: " USERS_DESCRIPTION "\n"
	    "userAccountControl: %u\n",
	    a->name, a->name, c->domain, a->name, users_control(c));
	if (c->password != NULL)
		ldif_password(to, c->password);
	if (!c->plain)
		ldif_ocs(c, a->name, to);
	buf_text(to, "\n");
}
