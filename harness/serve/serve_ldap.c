/* serve_ldap.c - one LDAP connection: messages out of the stream, binds, searches; RFC 4511. */
#include "serve_ldap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SERVE_LDAP_PAGE_MAX = 1000, SERVE_LDAP_REPLY_MAX = 1 << 15 };

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

static struct ldap_result
serve_ldap_result(int code, const char *text)
{
	return (struct ldap_result){ .code = code, .text = span_of(text) };
}

/* Say that the connection ends here, and why. */
static int
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

/* ---- search ------------------------------------------------------------------ */

static bool
serve_ldap_wants(const struct ldap_asked *q, const char *attr)
{
	for (size_t i = 0; i < q->n_want; i++) {
		if (span_is(q->want[i], "*") || ldap_attr_is(q->want[i], attr))
			return true;
	}
	return q->n_want == 0;
}

static int
serve_ldap_entry(struct buf *out, const struct ldap_msg *m, const char *dn,
    const struct ldap_value *values, size_t n_values)
{
	struct ldap_value wanted[LDAP_DIR_ROOT_DSE];
	size_t n = 0;

	for (size_t i = 0; i < n_values && n < LDAP_DIR_ROOT_DSE; i++) {
		if (serve_ldap_wants(&m->search, values[i].attr))
			wanted[n++] = values[i];
	}
	return ldap_msg_entry(out, m->id, dn, wanted, n);
}

/* The rootDSE is open to everybody; (objectClass=*) is the only filter it fits. */
static int
serve_ldap_root_dse(struct serve_ldap_conn *c, const struct ldap_msg *m, struct buf *out)
{
	const struct ldap_dir *d = &c->server->dir;
	struct ldap_result r = { .code = LDAP_SUCCESS };
	int err = serve_ldap_entry(out, m, "", d->root_dse, d->n_root_dse);

	return err != 0 ? err : ldap_msg_done(out, m->id, &r, m->search.page != 0);
}

/* Where the next page begins: the index of the object, as two octets. */
static size_t
serve_ldap_cookie(struct span cookie)
{
	return cookie.n == 2 ? (size_t)cookie.p[0] << 8 | cookie.p[1] : 0;
}

/* The parts of the forest below the base that are naming contexts of their own. */
static int
serve_ldap_references(const struct ldap_dir *d, const struct ldap_msg *m,
    const struct ldap_object *base, struct buf *out)
{
	char url[2 * LDAP_DIR_DN_MAX];
	const char *domain = d->cfg.domain;
	int err;

	/* A reference names what lies below, so only a subtree search gets any. */
	if (m->search.scope != LDAP_SUBTREE)
		return 0;
	if (base == ldap_dir_find(d, span_of(d->config_nc))) {
		snprintf(url, sizeof url, "ldap://%s/%s", domain, d->schema_nc);
		return ldap_msg_reference(out, m->id, url);
	}
	if (base != ldap_dir_find(d, span_of(d->domain_nc)))
		return 0;
	snprintf(url, sizeof url, "ldap://ForestDnsZones.%s/DC=ForestDnsZones,%s", domain,
	    d->domain_nc);
	err = ldap_msg_reference(out, m->id, url);
	snprintf(url, sizeof url, "ldap://DomainDnsZones.%s/DC=DomainDnsZones,%s", domain,
	    d->domain_nc);
	if (err == 0)
		err = ldap_msg_reference(out, m->id, url);
	snprintf(url, sizeof url, "ldap://%s/%s", domain, d->config_nc);
	return err != 0 ? err : ldap_msg_reference(out, m->id, url);
}

struct serve_ldap_hits { /* how far a search has come */
	size_t n, limit;
	bool paged;
	uint8_t cookie[2];
	struct ldap_result result;
};

/* One object that fits.  1: go on; 0: the page or the limit is full; or -errno. */
static int
serve_ldap_found(struct serve_ldap_conn *c, const struct ldap_msg *m, size_t i,
    struct serve_ldap_hits *f, struct buf *out)
{
	const struct ldap_object *o = &c->server->dir.object[i];
	int err;

	if (f->n == f->limit && f->paged) {
		f->cookie[0] = (uint8_t)(i >> 8);
		f->cookie[1] = (uint8_t)i;
		f->result.cookie = (struct span){ f->cookie, sizeof f->cookie };
		return 0;
	}
	if (f->n == f->limit) {
		f->result = serve_ldap_result(LDAP_SIZE_LIMIT, "");
		return 0;
	}
	err = serve_ldap_entry(out, m, o->dn, o->values, o->n_values);
	f->n++;
	c->server->entries++;
	return err != 0 ? err : 1;
}

static int
serve_ldap_objects(struct serve_ldap_conn *c, const struct ldap_msg *m,
    const struct ldap_object *base, struct serve_ldap_hits *f, struct buf *out)
{
	const struct ldap_dir *d = &c->server->dir;
	int more = 1;

	for (size_t i = serve_ldap_cookie(m->search.cookie); i < d->n_objects && more > 0;
	     i++) {
		int fits = ldap_filter_match(m->search.filter, ldap_object_has, &d->object[i]);

		if (fits < 0)
			return fits;
		if (fits == 0 || !ldap_dir_within(&d->object[i], base, m->search.scope))
			continue;
		more = serve_ldap_found(c, m, i, f, out);
	}
	return more < 0 ? more : 0;
}

static int
serve_ldap_tree(struct serve_ldap_conn *c, const struct ldap_msg *m,
    const struct ldap_object *base, struct buf *out)
{
	struct serve_ldap_hits f = { .limit = SERVE_LDAP_PAGE_MAX,
		.paged = m->search.page > 0 };
	int err;

	if (f.paged && m->search.page < SERVE_LDAP_PAGE_MAX)
		f.limit = (size_t)m->search.page;
	else if (!f.paged && m->search.size_limit != 0)
		f.limit = (size_t)m->search.size_limit;

	err = serve_ldap_objects(c, m, base, &f, out);
	if (err == -EBADMSG)
		return serve_ldap_bye(out, "filter");
	if (err == -EOPNOTSUPP || err == -ELOOP)
		f.result = serve_ldap_result(LDAP_UNWILLING, "filter");
	else if (err != 0)
		return err;
	err = f.result.cookie.n != 0 ? 0 : serve_ldap_references(&c->server->dir, m, base, out);
	return err != 0 ? err : ldap_msg_done(out, m->id, &f.result, f.paged);
}

static int
serve_ldap_search(struct serve_ldap_conn *c, const struct ldap_msg *m, struct buf *out)
{
	const struct ldap_object *base;
	struct ldap_result r;

	c->server->searches++;
	if (m->search.base.n == 0 && m->search.scope == LDAP_BASE)
		return serve_ldap_root_dse(c, m, out);
	if (!c->bound) {
		r = serve_ldap_result(LDAP_OPERATIONS_ERROR,
		    "000004DC: LdapErr: DSID-0C0906E8, comment: In order to perform this "
		    "operation a successful bind must be completed on the connection., data 0, "
		    "v1db1");
		return ldap_msg_done(out, m->id, &r, false);
	}
	base = ldap_dir_find(&c->server->dir, m->search.base);
	if (base == NULL) {
		r = serve_ldap_result(LDAP_NO_SUCH_OBJECT,
		    "0000208D: NameErr: DSID-0310020A, problem 2001 (NO_OBJECT), data 0");
		return ldap_msg_done(out, m->id, &r, false);
	}
	return serve_ldap_tree(c, m, base, out);
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
