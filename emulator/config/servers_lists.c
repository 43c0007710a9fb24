/* servers_lists.c - see servers_lists.h. */
#include "servers_lists.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "servers.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* The words of a record, separated by blanks: at most NAME SRV and its four. */
enum { WORDS_MAX = 6 };

/* ---- names ---------------------------------------------------------------- */

static bool
is_name_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_';
}

/* A host or domain with labels of 1 to 63 bytes; a dot at its end is dropped. */
static int
name_read(struct span s, char out[SERVERS_NAME_MAX])
{
	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n == 0 || s.n >= SERVERS_NAME_MAX)
		return -EINVAL;
	for (size_t i = 0, label = 0; i <= s.n; i++) {
		if (i < s.n && is_name_byte(s.p[i])) {
			label++;
			continue;
		}
		if ((i < s.n && s.p[i] != '.') || label == 0 || label > 63)
			return -EINVAL;
		label = 0;
	}
	return text_copy(out, SERVERS_NAME_MAX, s);
}

/* A list of names into rows of `out`. */
static int
names_read(const struct field_place *at, const struct node *list, char (*out)[SERVERS_NAME_MAX],
    size_t cap, size_t *n_out)
{
	if (list->kind != NODE_LIST)
		return field_fail(at, list, "`%s' must be a list of names", list->key);
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		if (*n_out == cap)
			return field_fail(at, n, "more than %zu names", cap);
		if (n->kind != NODE_SCALAR || name_read(span_of(n->text), out[*n_out]) != 0)
			return field_fail(at, n, "not a name such as contoso.com%s%.60s%s",
			    n->text ? ": `" : "", n->text ? n->text : "", n->text ? "'" : "");
		(*n_out)++;
	}
	return 0;
}

int
servers_own_search(const struct field_place *at, const struct node *n, void *base)
{
	struct servers_dhcp *d = &((struct servers *)base)->dhcp;

	return names_read(at, n, d->search, COUNT(d->search), &d->n_search);
}

int
servers_own_hide(const struct field_place *at, const struct node *n, void *base)
{
	struct servers_dns *d = &((struct servers *)base)->dns;

	return names_read(at, n, d->hide, COUNT(d->hide), &d->n_hide);
}

/* An empty one: what the pool has itself. */
int
servers_own_domain(const struct field_place *at, const struct node *n, void *base)
{
	struct servers_dhcp *d = &((struct servers *)base)->dhcp;
	const char *text = field_scalar(at, n, "a name such as contoso.com");

	if (text == NULL)
		return -EINVAL;
	if (text[0] != '\0' && name_read(span_of(text), d->domain) != 0)
		return field_fail(
		    at, n, "`domain' must be a name such as contoso.com, not `%.40s'", text);
	return 0;
}

/* ---- numbers --------------------------------------------------------------- */

static int
port_read(struct span s, uint16_t *out)
{
	uint64_t v;

	if (text_u64(s, UINT16_MAX, &v) != 0)
		return -EINVAL;
	*out = (uint16_t)v;
	return 0;
}

/* A host, with a port behind it or not; nothing: nobody lives elsewhere. */
int
servers_own_home_pool(const struct field_place *at, const struct node *n, void *base)
{
	struct servers_sip *sip = &((struct servers *)base)->sip;
	const char *text = field_scalar(at, n, "a host such as pool02.contoso.com");
	struct span rest = span_of(text), host = span_cut(&rest, ':');
	char name[SERVERS_NAME_MAX], whole[sizeof name + sizeof ":65535"];
	uint16_t port = 0;
	bool has_port;

	if (text == NULL)
		return -EINVAL;
	if (text[0] == '\0')
		return 0;
	has_port = host.n < strlen(text);
	if (name_read(host, name) != 0 ||
	    (has_port && (port_read(rest, &port) != 0 || port == 0)))
		goto fail;
	(void)snprintf(whole, sizeof whole, has_port ? "%s:%u" : "%s", name, port);
	if (text_copy(sip->home_pool, sizeof sip->home_pool, span_of(whole)) == 0)
		return 0;
fail:
	return field_fail(at, n,
	    "`home_pool' must be a host such as pool02.contoso.com, with a port or without, "
	    "not `%.40s'",
	    text);
}

int
servers_own_options_off(const struct field_place *at, const struct node *list, void *base)
{
	struct servers_dhcp *d = &((struct servers *)base)->dhcp;

	if (list->kind != NODE_LIST)
		return field_fail(
		    at, list, "`options_off' must be a list of numbers, as in [42, 43]");
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		/* 0 and 255 are no options: padding and the end. */
		const struct field f = {
			.key = "options_off", .type = FIELD_U8, .min = 1, .max = 254
		};
		int err;

		if (d->n_options_off == COUNT(d->options_off))
			return field_fail(
			    at, n, "more than %zu options", COUNT(d->options_off));
		err = field_read(at, n, &f, &d->options_off[d->n_options_off]);
		if (err)
			return err;
		d->n_options_off++;
	}
	return 0;
}

/* "1.0.522.101": four numbers, as the update service compares them. */
int
servers_own_version(const struct field_place *at, const struct node *n, void *base)
{
	struct servers_update *u = &((struct servers *)base)->update;
	const char *text = field_scalar(at, n, "a version such as 1.0.522.101");
	struct span rest = span_of(text);
	unsigned parts = 0;
	uint64_t number;

	if (text == NULL)
		return -EINVAL;
	while (rest.n > 0 && text_u64(span_cut(&rest, '.'), UINT32_MAX, &number) == 0)
		parts++;
	if (rest.n > 0 || parts != 4 || text[strlen(text) - 1] == '.' ||
	    text_copy(u->version, sizeof u->version, span_of(text)) != 0)
		return field_fail(at, n,
		    "`version' must be a version such as 1.0.522.101, not `%.40s'", text);
	return 0;
}

/* ---- records of the zone ------------------------------------------------------ */

static size_t
words_of(struct span s, struct span words[WORDS_MAX + 1])
{
	size_t n = 0;

	while (n <= WORDS_MAX) {
		s = span_trim(s);
		if (s.n == 0)
			break;
		words[n++] = span_cut(&s, ' ');
	}
	return n;
}

/* The three kinds, as an administrator would enter them; -EINVAL for what is none. */
static int
record_read(struct span text, struct servers_record *r)
{
	struct span w[WORDS_MAX + 1];
	size_t n = words_of(text, w);

	if (n < 3 || name_read(w[0], r->name) != 0)
		return -EINVAL;
	if (n == 3 && span_is_nocase(w[1], "A")) {
		r->type = SERVERS_A;
		return text_ip(w[2], &r->ip);
	}
	if (n == 3 && span_is_nocase(w[1], "CNAME")) {
		r->type = SERVERS_CNAME;
		return name_read(w[2], r->target);
	}
	if (n != 6 || !span_is_nocase(w[1], "SRV"))
		return -EINVAL;
	r->type = SERVERS_SRV;
	if (port_read(w[2], &r->priority) != 0 || port_read(w[3], &r->weight) != 0 ||
	    port_read(w[4], &r->port) != 0)
		return -EINVAL;
	return name_read(w[5], r->target);
}

int
servers_own_add(const struct field_place *at, const struct node *list, void *base)
{
	struct servers_dns *d = &((struct servers *)base)->dns;

	if (list->kind != NODE_LIST)
		return field_fail(
		    at, list, "`add' must be a list of records, as in [\"NAME A ADDRESS\"]");
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		struct servers_record r = { .at = n->at };

		if (d->n_add == COUNT(d->add))
			return field_fail(at, n, "more than %zu records", COUNT(d->add));
		if (n->kind != NODE_SCALAR || record_read(span_of(n->text), &r) != 0)
			return field_fail(at, n,
			    "a record is NAME A ADDRESS, NAME CNAME TARGET, or NAME SRV "
			    "PRIORITY "
			    "WEIGHT PORT TARGET");
		d->add[d->n_add++] = r;
	}
	return 0;
}
