/* serve_ldap_search.c - searches of the directory, page by page; RFC 4511 4.5, RFC 2696. */
#include <errno.h>
#include <stdio.h>

#include "serve_ldap_impl.h"

enum { SERVE_LDAP_PAGE_MAX = 1000 };

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

int
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
