/* ldap_msg.c - LDAP messages out of bytes. */
#include "ldap_msg.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "ber.h"

enum { /* context tags */
	TAG_SIMPLE = 0x80,
	TAG_SASL = 0xa3,
	TAG_SERVER_CREDS = 0x87,
	TAG_CONTROLS = 0xa0
};

enum { LDAP_CONTROLS_MAX = 16 };

#define LDAP_PAGED "1.2.840.113556.1.4.319"

int
ldap_msg_length(struct span s, size_t *n_out)
{
	size_t octets, length = 0;

	if (s.n >= 1 && s.p[0] != LBER_SEQUENCE)
		return -EBADMSG;
	if (s.n < 2)
		return -EAGAIN;
	if (s.p[1] < 0x80) {
		*n_out = 2u + s.p[1];
		return 0;
	}
	/* Active Directory always uses four octets. */
	octets = s.p[1] & 0x7f;
	if (octets == 0 || octets > 4)
		return -EBADMSG;
	if (s.n < 2 + octets)
		return -EAGAIN;
	for (size_t i = 0; i < octets; i++)
		length = length << 8 | s.p[2 + i];
	if (length > LDAP_MSG_MAX - 2 - octets)
		return -EMSGSIZE;
	*n_out = 2 + octets + length;
	return 0;
}

/* The next element must have this tag.  0 or -EBADMSG. */
static int
ldap_take(BerElement *ber, struct span *rest, ber_tag_t tag, struct span *content)
{
	struct span look = *rest, found;

	if (ber_take(ber, &look, &found) != tag)
		return -EBADMSG;
	*rest = look;
	*content = found;
	return 0;
}

/* The next element must be a number with this tag. */
static int
ldap_take_number(BerElement *ber, struct span *rest, ber_tag_t tag, int *out)
{
	struct span content;
	int err = ldap_take(ber, rest, tag, &content);

	return err != 0 ? err : ber_number(content, out);
}

/* If the next element has this tag: its content.  Any other is left where it is. */
static void
ldap_take_if(BerElement *ber, struct span *rest, ber_tag_t tag, struct span *content)
{
	(void)ldap_take(ber, rest, tag, content);
}

/* BindRequest: version, name, authentication: simple or SASL. */
static int
ldap_read_bind(BerElement *ber, struct span rest, struct ldap_bind *bind)
{
	struct span sasl;

	if (ldap_take_number(ber, &rest, LBER_INTEGER, &bind->version) != 0 ||
	    ldap_take(ber, &rest, LBER_OCTETSTRING, &bind->name) != 0)
		return -EBADMSG;
	if (ldap_take(ber, &rest, TAG_SIMPLE, &bind->creds) == 0)
		return 0;
	if (ldap_take(ber, &rest, TAG_SASL, &sasl) != 0 ||
	    ldap_take(ber, &sasl, LBER_OCTETSTRING, &bind->mechanism) != 0)
		return -EBADMSG;
	bind->sasl = true;
	ldap_take_if(ber, &sasl, LBER_OCTETSTRING, &bind->creds);
	return 0;
}

/* More attributes asked for than we count are as good as all. */
static int
ldap_read_wanted(BerElement *ber, struct span list, struct ldap_asked *q)
{
	while (list.n != 0) {
		if (q->n_want == LDAP_ATTRS_MAX) {
			q->n_want = 0;
			return 0;
		}
		if (ldap_take(ber, &list, LBER_OCTETSTRING, &q->want[q->n_want]) != 0)
			return -EBADMSG;
		q->n_want++;
	}
	return 0;
}

/* SearchRequest: base, scope, deref, sizeLimit, timeLimit, typesOnly, filter, attributes. */
static int
ldap_read_search(BerElement *ber, struct span rest, struct ldap_asked *q)
{
	int scope, deref, time_limit, types_only;
	struct span filter_at, ignored, list;

	if (ldap_take(ber, &rest, LBER_OCTETSTRING, &q->base) != 0 ||
	    ldap_take_number(ber, &rest, LBER_ENUMERATED, &scope) != 0 ||
	    ldap_take_number(ber, &rest, LBER_ENUMERATED, &deref) != 0 ||
	    ldap_take_number(ber, &rest, LBER_INTEGER, &q->size_limit) != 0 ||
	    ldap_take_number(ber, &rest, LBER_INTEGER, &time_limit) != 0 ||
	    ldap_take_number(ber, &rest, LBER_BOOLEAN, &types_only) != 0)
		return -EBADMSG;
	if (scope < LDAP_BASE || scope > LDAP_SUBTREE || q->size_limit < 0)
		return -EBADMSG;
	q->scope = (enum ldap_scope)scope;

	filter_at = rest;
	if (ber_take(ber, &rest, &ignored) == LBER_DEFAULT)
		return -EBADMSG;
	q->filter = (struct span){ filter_at.p, filter_at.n - rest.n };
	if (ldap_take(ber, &rest, LBER_SEQUENCE, &list) != 0)
		return -EBADMSG;
	return ldap_read_wanted(ber, list, q);
}

static int
ldap_read_entry(BerElement *ber, struct span rest, struct ldap_entry *entry)
{
	if (ldap_take(ber, &rest, LBER_OCTETSTRING, &entry->dn) != 0)
		return -EBADMSG;
	return ldap_take(ber, &rest, LBER_SEQUENCE, &entry->attrs);
}

/* LDAPResult, and what a bind's answer has behind it. */
static int
ldap_read_result(BerElement *ber, struct span rest, struct ldap_result *r)
{
	struct span referral;

	if (ldap_take_number(ber, &rest, LBER_ENUMERATED, &r->code) != 0 ||
	    ldap_take(ber, &rest, LBER_OCTETSTRING, &r->matched) != 0 ||
	    ldap_take(ber, &rest, LBER_OCTETSTRING, &r->text) != 0)
		return -EBADMSG;
	ldap_take_if(ber, &rest, 0xa3, &referral);
	ldap_take_if(ber, &rest, TAG_SERVER_CREDS, &r->creds);
	return 0;
}

/* One Control: SEQUENCE { type, criticality OPTIONAL, value OPTIONAL }. */
static int
ldap_read_control(BerElement *ber, struct span control, int *page, struct span *cookie)
{
	struct span type, critical, value = { NULL, 0 }, paged;

	if (ldap_take(ber, &control, LBER_OCTETSTRING, &type) != 0)
		return -EBADMSG;
	if (!span_is(type, LDAP_PAGED))
		return 0;
	ldap_take_if(ber, &control, LBER_BOOLEAN, &critical);
	if (ldap_take(ber, &control, LBER_OCTETSTRING, &value) != 0 ||
	    ldap_take(ber, &value, LBER_SEQUENCE, &paged) != 0 ||
	    ldap_take_number(ber, &paged, LBER_INTEGER, page) != 0)
		return -EBADMSG;
	return ldap_take(ber, &paged, LBER_OCTETSTRING, cookie);
}

/* The controls behind the operation, of which we know one. */
static int
ldap_read_controls(BerElement *ber, struct span rest, int *page, struct span *cookie)
{
	struct span controls, control;

	if (rest.n == 0 || ldap_take(ber, &rest, TAG_CONTROLS, &controls) != 0)
		return 0;
	for (int i = 0; controls.n != 0 && i < LDAP_CONTROLS_MAX; i++) {
		if (ldap_take(ber, &controls, LBER_SEQUENCE, &control) != 0 ||
		    ldap_read_control(ber, control, page, cookie) != 0)
			return -EBADMSG;
	}
	return 0;
}

static int
ldap_read_op(BerElement *ber, struct span op, struct span controls, struct ldap_msg *m)
{
	int page = 0, err = 0;

	switch (m->op) {
	case LDAP_BIND_REQUEST:
		return ldap_read_bind(ber, op, &m->bind);
	case LDAP_SEARCH_REQUEST:
		err = ldap_read_search(ber, op, &m->search);
		return err != 0
		    ? err
		    : ldap_read_controls(ber, controls, &m->search.page, &m->search.cookie);
	case LDAP_SEARCH_ENTRY:
		return ldap_read_entry(ber, op, &m->entry);
	case LDAP_BIND_RESPONSE:
	case LDAP_SEARCH_DONE:
	case LDAP_EXTENDED_RESPONSE:
		err = ldap_read_result(ber, op, &m->result);
		return err != 0 ? err
				: ldap_read_controls(ber, controls, &page, &m->result.cookie);
	case LDAP_UNBIND:
	case LDAP_SEARCH_REFERENCE:
	case LDAP_ABANDON:
	case LDAP_EXTENDED_REQUEST:
		break;
	}
	return 0;
}

static int
ldap_read(BerElement *ber, struct span whole, struct ldap_msg *m)
{
	struct span rest, op;
	ber_tag_t tag;
	int err;

	if (ldap_take(ber, &whole, LBER_SEQUENCE, &rest) != 0 || whole.n != 0 ||
	    ldap_take_number(ber, &rest, LBER_INTEGER, &m->id) != 0 || m->id < 0)
		return -EBADMSG;
	tag = ber_take(ber, &rest, &op);
	if (tag == LBER_DEFAULT || tag > 0xff)
		return -EBADMSG;
	m->op = (enum ldap_op)tag;
	err = ldap_read_op(ber, op, rest, m);
	return err;
}

int
ldap_msg_decode(struct span whole, struct ldap_msg *out)
{
	BerElement *ber = ber_reader();
	struct ldap_msg m;
	int err;

	if (ber == NULL)
		return -ENOMEM;
	memset(&m, 0, sizeof m);
	err = ldap_read(ber, whole, &m);
	ber_free(ber, 0);
	if (err == 0)
		*out = m;
	return err;
}

/* ---- entries ---------------------------------------------------------------- */

static int
ldap_walk_on(BerElement *ber, struct ldap_walk *w, struct span *value_out)
{
	struct span one;

	while (w->values.n == 0) {
		if (w->attrs.n == 0)
			return 0;
		if (ldap_take(ber, &w->attrs, LBER_SEQUENCE, &one) != 0 ||
		    ldap_take(ber, &one, LBER_OCTETSTRING, &w->type) != 0 ||
		    ldap_take(ber, &one, LBER_SET, &w->values) != 0)
			return -EBADMSG;
	}
	if (ldap_take(ber, &w->values, LBER_OCTETSTRING, value_out) != 0)
		return -EBADMSG;
	return 1;
}

int
ldap_entry_next(struct ldap_walk *w, struct span *type_out, struct span *value_out)
{
	BerElement *ber = ber_reader();
	int more;

	if (ber == NULL)
		return -ENOMEM;
	more = ldap_walk_on(ber, w, value_out);
	if (more == 1)
		*type_out = w->type;
	ber_free(ber, 0);
	return more;
}

bool
ldap_attr_is(struct span type, const char *attr)
{
	return span_is_nocase(span_cut(&type, ';'), attr);
}
