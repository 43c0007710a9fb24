/*
 * krb_ticket.c - the TGS exchange (RFC 4120 3.3): a ticket for one service, kept
 * in the phone's cache and taken from there the next time.
 */
#include <errno.h>
#include <string.h>

#include "auth_krb5_priv.h"

int
krb_ticket_name(const struct auth_krb5 *auth, const char *spn, struct buf *out)
{
	/* Servers name services too (targetname, dNSHostName): no realm, no escapes. */
	if (*spn == '\0' || strpbrk(spn, "@\\") != NULL)
		return -EINVAL;
	buf_text(out, spn);
	buf_u8(out, '@');
	buf_text(out, auth->realm);
	return out->err;
}

int
krb_ticket_server(struct auth_krb5 *auth, const char *spn, krb5_principal *out)
{
	struct buf name;
	int err;

	buf_init(&name, 0);
	err = krb_ticket_name(auth, spn, &name);
	if (err == 0 && krb5_parse_name(auth->ctx, buf_cstr(&name), out) != 0)
		err = -EINVAL;
	buf_done(&name);
	if (err == 0)
		/* The name type of services (RFC 4120 section 6.2). */
		(*out)->type = KRB5_NT_SRV_INST;
	return err;
}

/* The library looks into the cache first: a ticket that is there needs no packet. */
int
krb_ticket(struct auth *base, const char *spn, struct auth_talk **out)
{
	struct auth_krb5 *auth = auth_krb5_of(base);
	krb5_creds wanted = { .client = auth->me };
	struct auth_talk *talk;
	int err;

	if (!auth->signed_in)
		return -ENOKEY;
	err = krb_ticket_server(auth, spn, &wanted.server);
	if (err != 0)
		return err;
	err = krb_talk_new(auth, &talk);
	if (err == 0 &&
	    krb5_tkt_creds_init(auth->ctx, auth->cache, &wanted, 0, &talk->tgs) != 0) {
		krb_talk_drop(talk);
		err = -ENOMEM;
	}
	krb5_free_principal(auth->ctx, wanted.server);
	if (err == 0)
		*out = talk;
	return err;
}
