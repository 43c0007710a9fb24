/* serve_ldap.c - one LDAP connection: messages out of the stream, binds; RFC 4511. */
#include "serve_ldap.h"

#include <errno.h>

#include "serve_ldap_impl.h"

enum { SERVE_LDAP_REPLY_MAX = 1 << 15 };

static const char bad_credentials[] =
    "8009030C: LdapErr: DSID-0C0904DC, comment: AcceptSecurityContext error, data 0, v1db1";

#define NOTICE_OF_DISCONNECTION "1.3.6.1.4.1.1466.20036"

int
serve_ldap_init(struct serve_ldap *l, const struct serve_ldap_cfg *cfg)
{
	*l = (struct serve_ldap){ .acceptor = cfg->acceptor };
	return ldap_dir_init(&l->dir, &cfg->dir);
}

void
serve_ldap_open(struct serve_ldap_conn *c, struct serve_ldap *server)
{
	*c = (struct serve_ldap_conn){ .server = server };
	buf_init(&c->in, 2 * LDAP_MSG_MAX);
}

void
serve_ldap_close(struct serve_ldap_conn *c)
{
	buf_done(&c->in);
	c->bound = false;
}

struct ldap_result
serve_ldap_result(int code, const char *text)
{
	return (struct ldap_result){ .code = code, .text = span_of(text) };
}

int
serve_ldap_bye(struct buf *out, const char *text)
{
	struct ldap_result r = serve_ldap_result(LDAP_PROTOCOL_ERROR, text);

	(void)ldap_msg_extended(out, 0, &r, NOTICE_OF_DISCONNECTION);
	return -ECONNRESET;
}

/* ---- bind -------------------------------------------------------------------- */

static int
serve_ldap_spnego(struct serve_ldap_conn *c, int id, struct span token, struct buf *out)
{
	struct acceptor *a = c->server->acceptor;
	struct buf answer = { .max = SERVE_LDAP_REPLY_MAX };
	struct ldap_result r = { .code = LDAP_SUCCESS };
	int err;

	err = a->ops->spnego(a, "ldap", token, &answer, c->client, &c->wrapped, &c->why);
	if (err == 0) {
		c->bound = true;
		c->server->binds++;
		r.creds = buf_bytes(&answer);
	} else {
		c->wrapped = false;
		c->client[0] = '\0';
		c->server->refused++;
		r = serve_ldap_result(LDAP_INVALID_CREDENTIALS, bad_credentials);
	}
	err = ldap_msg_bind_response(out, id, &r);
	buf_done(&answer);
	return err;
}

/* Each bind begins anew, RFC 4513 section 4. */
static int
serve_ldap_bind(struct serve_ldap_conn *c, const struct ldap_msg *m, struct buf *out)
{
	const struct ldap_bind *bind = &m->bind;
	struct ldap_result r = { .code = LDAP_SUCCESS };

	c->bound = false;
	c->client[0] = '\0';
	c->why = NULL;
	if (bind->version != 3)
		r = serve_ldap_result(LDAP_PROTOCOL_ERROR, "version 3 only");
	else if (bind->sasl && span_is_nocase(bind->mechanism, "GSS-SPNEGO"))
		return serve_ldap_spnego(c, m->id, bind->creds, out);
	else if (bind->sasl)
		r = serve_ldap_result(LDAP_AUTH_METHOD_NOT_SUPPORTED,
		    "00002027: LdapErr: DSID-0C09050F, comment: Invalid Authentication method");
	else if (bind->name.n != 0 || bind->creds.n != 0)
		r = serve_ldap_result(LDAP_STRONGER_AUTH, "00002028: LdapErr: SASL is needed");
	return ldap_msg_bind_response(out, m->id, &r);
}

/* ---- the connection ------------------------------------------------------------- */

/* A server that is in no state to serve. */
static int
serve_ldap_refuse(struct serve_ldap_conn *c, const struct ldap_msg *m, struct buf *out)
{
	struct ldap_result r = serve_ldap_result(
	    c->server->refuse, "0000200E: SvcErr: DSID-031A120C, problem 5001 (BUSY), data 0");

	if (c->server->refuse == LDAP_INVALID_CREDENTIALS)
		r.text = span_of(bad_credentials);

	c->server->refused++;
	return m->op == LDAP_BIND_REQUEST ? ldap_msg_bind_response(out, m->id, &r)
					  : ldap_msg_done(out, m->id, &r, false);
}

static bool
serve_ldap_refuses(const struct serve_ldap *l, const struct ldap_msg *m)
{
	if (l->refuse == 0)
		return false;
	return m->op == LDAP_BIND_REQUEST ||
	    (m->op == LDAP_SEARCH_REQUEST && l->refuse != LDAP_INVALID_CREDENTIALS);
}

static int
serve_ldap_message(struct serve_ldap_conn *c, const struct ldap_msg *m, struct buf *out)
{
	struct ldap_result r;

	if (serve_ldap_refuses(c->server, m))
		return serve_ldap_refuse(c, m, out);
	switch (m->op) {
	case LDAP_BIND_REQUEST:
		return serve_ldap_bind(c, m, out);
	case LDAP_SEARCH_REQUEST:
		return serve_ldap_search(c, m, out);
	case LDAP_UNBIND:
		return -ECONNRESET;
	case LDAP_ABANDON:
		return 0;
	case LDAP_EXTENDED_REQUEST:
		r = serve_ldap_result(LDAP_PROTOCOL_ERROR, "no such extended operation");
		return ldap_msg_extended(out, m->id, &r, NULL);
	case LDAP_BIND_RESPONSE:
	case LDAP_SEARCH_ENTRY:
	case LDAP_SEARCH_DONE:
	case LDAP_SEARCH_REFERENCE:
	case LDAP_EXTENDED_RESPONSE:
		break;
	}
	return serve_ldap_bye(out, "no such operation");
}

/* The next whole message of what has come.  -EAGAIN: there is none. */
static int
serve_ldap_next(struct serve_ldap_conn *c, struct buf *out)
{
	struct ldap_msg m;
	size_t n;
	int err = ldap_msg_length(buf_bytes(&c->in), &n);

	if (err == 0 && c->in.n < n)
		err = -EAGAIN;
	if (err == 0)
		err = ldap_msg_decode((struct span){ c->in.p, n }, &m);
	if (err == -EBADMSG || err == -EMSGSIZE)
		return serve_ldap_bye(out, "not a message");
	if (err == 0)
		err = serve_ldap_message(c, &m, out);
	if (err == 0)
		buf_eat(&c->in, n);
	return err;
}

int
serve_ldap_bytes(struct serve_ldap_conn *c, struct span bytes, struct buf *reply)
{
	int err = 0;

	if (c->wrapped)
		return 0;
	buf_span(&c->in, bytes);
	if (c->in.err != 0)
		return c->in.err == -ENOMEM ? -ENOMEM : serve_ldap_bye(reply, "too long");
	while (err == 0 && !c->wrapped)
		err = serve_ldap_next(c, reply);
	if (c->in.n == 0)
		buf_done(&c->in);
	return err == -EAGAIN ? 0 : err;
}
