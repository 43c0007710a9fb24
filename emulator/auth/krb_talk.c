/*
 * krb_talk.c - one exchange with the KDC, request by request, carried by the caller.
 *
 * The library's step calls take the last reply and give the next request.  When
 * the KDC says RESPONSE_TOO_BIG they give the request again, and it goes over TCP,
 * as does every later one and every one that UDP would cut in pieces.
 */
#include <errno.h>
#include <string.h>

#include "auth_krb5_priv.h"
#include "mem.h"

/* What Windows of that time still sends by UDP (MaxPacketSize), and MIT too. */
enum { LARGEST_PACKET = 1465, LENGTH = 4 };

int
krb_talk_new(struct auth_krb5 *auth, struct auth_talk **out)
{
	struct auth_talk *talk = mem_new(sizeof *talk);

	if (talk == NULL)
		return -ENOMEM;
	talk->auth = auth;
	*out = talk;
	return 0;
}

/* A request is lent until the next call: then it goes. */
static void
talk_forget_request(struct auth_talk *talk)
{
	krb5_context ctx = talk->auth->ctx;

	krb5_free_data_contents(ctx, &talk->out);
	krb5_free_data_contents(ctx, &talk->realm);
	mem_free(talk->realm_text);
	talk->realm_text = NULL;
	buf_clear(&talk->framed);
}

void
krb_talk_drop(struct auth_talk *talk)
{
	if (talk == NULL)
		return;
	talk_forget_request(talk);
	buf_done(&talk->framed);
	if (talk->as != NULL)
		krb5_init_creds_free(talk->auth->ctx, talk->as);
	if (talk->as_opt != NULL)
		krb5_get_init_creds_opt_free(talk->auth->ctx, talk->as_opt);
	if (talk->tgs != NULL)
		krb5_tkt_creds_free(talk->auth->ctx, talk->tgs);
	mem_free(talk);
}

/* A TCP reply without its length; false if that is not what came. */
static bool
talk_unframe(struct span *reply)
{
	size_t n;

	if (reply->n < LENGTH)
		return false;
	n = (size_t)reply->p[0] << 24 | (size_t)reply->p[1] << 16 | (size_t)reply->p[2] << 8 |
	    reply->p[3];
	reply->p += LENGTH;
	reply->n -= LENGTH;
	return n == reply->n;
}

/* AS or TGS: the library's two step functions, which differ in name only. */
static krb5_error_code
talk_step(struct auth_talk *talk, struct span reply, bool *again)
{
	krb5_data in = { .length = (unsigned)reply.n, .data = (char *)(uintptr_t)reply.p };
	krb5_context ctx = talk->auth->ctx;
	krb5_error_code code;
	unsigned flags = 0;

	if (talk->as != NULL) {
		code =
		    krb5_init_creds_step(ctx, talk->as, &in, &talk->out, &talk->realm, &flags);
		*again = (flags & KRB5_INIT_CREDS_STEP_FLAG_CONTINUE) != 0;
		return code;
	}
	code = krb5_tkt_creds_step(ctx, talk->tgs, &in, &talk->out, &talk->realm, &flags);
	*again = (flags & KRB5_TKT_CREDS_STEP_FLAG_CONTINUE) != 0;
	return code;
}

/* Lend the request, for TCP behind its length. */
static int
talk_lend(struct auth_talk *talk, struct auth_out *out)
{
	if (talk->out.length > LARGEST_PACKET)
		talk->stream = true;
	talk->realm_text = mem_copy(talk->realm.data, talk->realm.length);
	if (talk->realm_text == NULL)
		return -ENOMEM;

	out->realm = talk->realm_text;
	out->stream = talk->stream;
	out->packet = (struct span){ (const uint8_t *)talk->out.data, talk->out.length };
	if (!talk->stream)
		return 0;
	buf_u32(&talk->framed, talk->out.length);
	buf_span(&talk->framed, out->packet);
	out->packet = buf_bytes(&talk->framed);
	return talk->framed.err;
}

static enum auth_next
talk_fail(struct auth_talk *talk, krb5_error_code code, struct auth_out *out)
{
	krb_error_tell(talk, code, out);
	return AUTH_FAILED;
}

enum auth_next
krb_talk_next(struct auth_talk *talk, struct span reply, struct auth_out *out)
{
	krb5_error_code code;
	bool again = false;

	memset(out, 0, sizeof *out);
	if (talk->begun && talk->stream && !talk_unframe(&reply))
		return talk_fail(talk, EBADMSG, out);
	if (talk->begun && reply.n == 0) /* the library would begin again */
		return talk_fail(talk, EBADMSG, out);
	talk->begun = true;
	talk_forget_request(talk);
	/* Preauthentication, referrals and the decision to go on are the library's. */
	code = talk_step(talk, reply, &again);

	/* RFC 4120 7.2.1: the same request again, over TCP. */
	if (code == KRB5KRB_ERR_RESPONSE_TOO_BIG && !talk->stream && talk->out.length > 0) {
		talk->stream = again = true;
		code = 0;
	}
	/* A TGS exchange has stored its ticket by itself. */
	if (code == 0 && !again && talk->as != NULL)
		code = krb_login_done(talk);
	if (code == 0 && again && talk_lend(talk, out) != 0)
		code = ENOMEM;
	if (code != 0)
		return talk_fail(talk, code, out);
	return again ? AUTH_SEND : AUTH_DONE;
}
