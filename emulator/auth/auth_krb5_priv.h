/* auth_krb5_priv.h - what the files of emulator/auth share; nobody else includes it. */
#ifndef AUTH_AUTH_KRB5_PRIV_H
#define AUTH_AUTH_KRB5_PRIV_H
#include <krb5/krb5.h>
#include <stdbool.h>

#include "auth_krb5.h"

enum { AUTH_CACHE_NAME_MAX = 24, AUTH_TEXT_MAX = 96 };

struct auth_krb5 {
	struct auth base;
	krb5_context ctx; /* with this phone's clock */
	krb5_principal me;
	krb5_ccache cache;
	char cache_name[AUTH_CACHE_NAME_MAX]; /* the same for GSSAPI: "MEMORY:phone17" */
	char *realm;
	char *password;
	bool signed_in; /* the cache holds a ticket-granting ticket */
};

/* One exchange with the KDC: either an AS (as) or a TGS (tgs) conversation of the library. */
struct auth_talk {
	struct auth_krb5 *auth;
	krb5_init_creds_context as;
	krb5_get_init_creds_opt *as_opt; /* the library reads it until the end */
	krb5_tkt_creds_context tgs;
	krb5_enctype etypes[1];
	bool begun;        /* a request has gone out: a reply must have bytes */
	bool stream;       /* the KDC wants TCP, from now on */
	krb5_data out;     /* the library's request */
	struct buf framed; /* the same behind its length, over TCP */
	krb5_data realm;   /* whose KDC shall get it */
	char *realm_text;  /* the same as a string */
	char text[AUTH_TEXT_MAX];
};

static inline struct auth_krb5 *
auth_krb5_of(struct auth *auth)
{
	return (struct auth_krb5 *)(void *)auth;
}

/* ---- krb_conf.c: what the library may know about the world ---- */

/* Writes the krb5.conf that GSSAPI reads.  0 or -errno. */
int krb_conf_write(const char *path);

/* A context of one phone's own, whose clock can be set.  0 or -errno. */
int krb_conf_context(krb5_context *out);

/* ---- krb_talk.c: the conversation itself ---- */

/* An empty conversation.  0 or -ENOMEM. */
int krb_talk_new(struct auth_krb5 *, struct auth_talk **out);
/* auth_ops.next() and drop(). */
enum auth_next krb_talk_next(struct auth_talk *, struct span reply, struct auth_out *);
void krb_talk_drop(struct auth_talk *);

/* ---- krb_login.c, krb_ticket.c: its two kinds ---- */

/* auth_ops.login(). */
int krb_login(struct auth *, struct auth_talk **);
/* The AS conversation is over: keep its ticket.  A krb5 error code. */
krb5_error_code krb_login_done(struct auth_talk *);
/* auth_ops.ticket(). */
int krb_ticket(struct auth *, const char *spn, struct auth_talk **);

/* "HTTP/dc01.contoso.com" to "HTTP/dc01.contoso.com@CONTOSO.COM".  0, -EINVAL or -ENOMEM. */
int krb_ticket_name(const struct auth_krb5 *, const char *spn, struct buf *out);

/* The same as a principal, to be freed. */
int krb_ticket_server(struct auth_krb5 *, const char *spn, krb5_principal *out);

/* ---- krb_error.c: what went wrong, in the words of RFC 4120 ---- */

/* Fills out->code and out->text from what a conversation ended with. */
void krb_error_tell(struct auth_talk *, krb5_error_code, struct auth_out *out);

/* ---- spnego.c, sip_sign.c: tokens ---- */

/* auth_ops.negotiate(), and negotiate_plain() without integrity and confidentiality. */
int spnego_negotiate(struct auth *, const char *spn, struct buf *token_out);
int spnego_negotiate_plain(struct auth *, const char *spn, struct buf *token_out);

/* auth_ops.sign_open() to sign_close(). */
int sip_sign_open(struct auth *, const char *spn, struct buf *token_out, struct auth_sa **);
int sip_sign(struct auth_sa *, struct span, struct buf *mic_out);
int sip_sign_check(struct auth_sa *, struct span, struct span mic);
uint32_t sip_sign_left_s(struct auth_sa *);
void sip_sign_close(struct auth_sa *);

#endif
