/*
 * step_ldap_find_ca.c - look for the root in the directory: published certificates first, then
 * the name of the CA's web server.  The order is that of the OCS 2007 R2 help on the phone's
 * root certificate.
 *
 * Both searches go to the configuration naming context: that is where these
 * objects are, and a search of the domain's own tree would not meet them.
 *
 * needs  FACT_DIRECTORY: the stage's bound connection, closed here
 * gives  FACT_CA: facts->ca.name; FACT_ROOT beside it if a certificate was published
 */
#include <errno.h>

#include "directory.h"
#include "step_talk.h"
#include "text.h"
#include "trust.h"

enum { FIND_PAGE = 256, FIND_TRUST_MAX = 16 };

struct find_state {
	struct ldap_talk ldap;
	struct ldap_search search;
	bool for_server; /* the second search */
	size_t n_trusted;
	char name[FACTS_NAME_MAX];
};
_Static_assert(sizeof(struct find_state) <= STEP_STATE_MAX, "fits the scratch");

static const char *const find_certificate[] = { "cACertificate" };
static const char *const find_host[] = { "dNSHostName" };

/* The whole subtree: these objects lie in more than one container. */
static enum verdict
find_search(struct step *s, const char *category, const char *const *want)
{
	struct find_state *find = s->state;
	int err;

	find->search = (struct ldap_search){
		.base = s->facts->config_nc,
		.scope = LDAP_SUBTREE,
		.attr = "objectCategory",
		.value = category,
		.want = want,
		.n_want = 1,
		.page = FIND_PAGE,
	};
	err = ldap_talk_search(&find->ldap, &find->search);
	return err == 0 ? STEP_WAIT : step_lost(s, err);
}

static enum verdict
find_start(struct step *s)
{
	struct find_state *find = s->state;
	struct talk_cfg cfg = step_talk(s);

	if (s->held == NULL)
		return step_retry(s, WHY_RESET, "ldap:no connection");
	ldap_talk_init(&find->ldap, &cfg, s->held, DIRECTORY_ID_FIND);
	return find_search(s, "certificationAuthority", find_certificate);
}

/* ---- what is found ------------------------------------------------------------- */

/* Whatever was published is trusted; what is no certificate is passed over. */
static int
find_on_certificate(struct step *s, struct span der)
{
	struct find_state *find = s->state;
	struct trusted trusted;
	int err;

	if (find->n_trusted == FIND_TRUST_MAX)
		return 0;
	err = trust_certificate(s->io, der, &trusted);
	if (err == -EBADMSG)
		return 0;
	if (err == 0 && find->n_trusted++ == 0)
		seen_text(s->seen, SEEN_ROOT, span_of(trusted.sha1));
	return err;
}

/* The first server named is the one. */
static int
find_on_host(struct step *s, struct span name)
{
	struct find_state *find = s->state;

	if (find->name[0] == '\0' && name.n != 0)
		(void)text_copy(find->name, sizeof find->name, name);
	return 0;
}

static enum verdict
find_on_entry(struct step *s, const struct ldap_entry *entry)
{
	const struct find_state *find = s->state;
	struct ldap_walk walk = { .attrs = entry->attrs };
	struct span type, value;
	int more, err = 0;

	while (err == 0 && (more = ldap_entry_next(&walk, &type, &value)) == 1) {
		if (!find->for_server && ldap_attr_is(type, find_certificate[0]))
			err = find_on_certificate(s, value);
		else if (find->for_server && ldap_attr_is(type, find_host[0]))
			err = find_on_host(s, value);
	}
	if (err == 0 && more < 0)
		err = more;
	return err == 0 ? STEP_WAIT : step_lost(s, err);
}

/* ---- the end of a search ------------------------------------------------------- */

/* Take leave of the directory: nobody needs it after this. */
static void
find_leave(struct step *s)
{
	struct find_state *find = s->state;

	(void)ldap_talk_unbind(&find->ldap);
	step_let_go(s);
}

static enum verdict
find_on_end(struct step *s, const struct ldap_result *r)
{
	struct find_state *find = s->state;

	/* A server that has more than it may say has said enough. */
	if (r->code != LDAP_SUCCESS && r->code != LDAP_SIZE_LIMIT &&
	    r->code != LDAP_NO_SUCH_OBJECT)
		return directory_refused(s, r);

	/* Nothing published, or nothing that is a certificate: where is the CA itself? */
	if (!find->for_server && find->n_trusted == 0) {
		find->for_server = true;
		return find_search(s, "pKIEnrollmentService", find_host);
	}
	find_leave(s);
	if (find->n_trusted != 0) {
		/* Not what the row promises, but it spares the phone the rows of the CA. */
		s->facts->known |= FACT_ROOT;
		return STEP_DONE;
	}
	if (find->name[0] == '\0')
		/* What the phone shows on its screen. */
		return step_fail(s, WHY_NOT_FOUND, "ldap:Cannot validate server certificate");
	s->facts->ca = (struct facts_target){ .port = 80 };
	(void)text_copy(s->facts->ca.name, sizeof s->facts->ca.name, span_of(find->name));
	return STEP_DONE;
}

static enum verdict
find_on_bytes(struct step *s, struct span bytes)
{
	struct find_state *find = s->state;
	enum verdict v = STEP_WAIT;
	struct ldap_msg m;
	int err = ldap_talk_bytes(&find->ldap, bytes);

	while (err == 0 && v == STEP_WAIT) {
		err = ldap_talk_next(&find->ldap, &m);
		if (err != 0)
			break;
		v = m.op == LDAP_SEARCH_ENTRY ? find_on_entry(s, &m.entry)
					      : find_on_end(s, &m.result);
	}
	return err == 0 || err == -EAGAIN ? v : step_lost(s, err);
}

static enum verdict
find_event(struct step *s, const struct io_event *ev)
{
	/* Only the stage's connection speaks here: no alarm, no talk with the KDC. */
	if (s->held == NULL || ev->h != s->held)
		return STEP_WAIT;
	if (ev->kind == IO_BYTES)
		return find_on_bytes(s, ev->bytes);
	return ev->kind == IO_DOWN ? step_lost(s, ev->err) : STEP_WAIT;
}

/* Nobody knows what is still to come on the connection: another try makes its own. */
static void
find_cancel(struct step *s)
{
	struct find_state *find = s->state;

	ldap_talk_drop(&find->ldap);
	step_let_go(s);
}

const struct step_ops step_ldap_find_ca = {
	.name = "ldap_find_ca",
	.state_size = sizeof(struct find_state),
	.start = find_start,
	.event = find_event,
	.cancel = find_cancel,
};
