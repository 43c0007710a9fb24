/* serve_dns_zone.c - see serve_dns_zone.h. */
#include "serve_dns_zone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "text.h"

static int
by_name(const void *a, const void *b)
{
	const struct dns_record *x = a, *y = b;
	int c = strcasecmp(x->name, y->name);

	if (c != 0)
		return c;
	return (x->nth > y->nth) - (x->nth < y->nth);
}

/* Copy a name without its last dot; -EINVAL: DNS cannot carry it. */
static int
name_copy(char out[DNS_NAME_MAX], const char *name)
{
	uint8_t memory[DNS_NAME_MAX];
	struct span s = span_of(name);
	struct buf b;

	buf_over(&b, memory, sizeof memory);
	if (s.n == 0 || dns_name_write(&b, name) != 0)
		return -EINVAL;
	if (s.p[s.n - 1] == '.')
		s.n--;
	return text_copy(out, DNS_NAME_MAX, s);
}

static int
record_copy(struct dns_record *out, const struct serve_dns_record *in)
{
	if (name_copy(out->name, in->name) != 0)
		return -EINVAL;
	if (in->type != DNS_A && name_copy(out->target, in->target) != 0)
		return -EINVAL;
	out->type = in->type;
	out->ip = in->ip;
	out->priority = in->priority;
	out->weight = in->weight;
	out->port = in->port;
	return 0;
}

int
serve_dns_new(
    const struct serve_dns_record *table, size_t n, uint32_t ttl_s, struct serve_dns **out)
{
	struct serve_dns *d = mem_new(sizeof *d);

	if (d == NULL)
		return -ENOMEM;
	d->records = mem_new((n > 0 ? n : 1) * sizeof *d->records);
	if (d->records == NULL) {
		serve_dns_free(d);
		return -ENOMEM;
	}
	d->n = n;
	d->ttl_s = ttl_s;
	for (size_t i = 0; i < n; i++) {
		d->records[i].nth = i;
		if (record_copy(&d->records[i], &table[i]) != 0) {
			serve_dns_free(d);
			return -EINVAL;
		}
	}
	qsort(d->records, n, sizeof *d->records, by_name);
	*out = d;
	return 0;
}

void
serve_dns_free(struct serve_dns *d)
{
	if (d == NULL)
		return;
	mem_free(d->records);
	mem_free(d);
}

const struct dns_record *
serve_dns_find(const struct serve_dns *d, const char *name)
{
	size_t from = 0, end = d->n;

	while (from < end) {
		size_t mid = from + (end - from) / 2;

		if (strcasecmp(d->records[mid].name, name) < 0)
			from = mid + 1;
		else
			end = mid;
	}
	if (from == d->n || strcasecmp(d->records[from].name, name) != 0)
		return NULL;
	return &d->records[from];
}

const struct dns_record *
serve_dns_next(const struct serve_dns *d, const struct dns_record *r)
{
	const struct dns_record *next = r + 1;

	return next < d->records + d->n && strcasecmp(next->name, r->name) == 0 ? next : NULL;
}

void
serve_dns_refuse(struct serve_dns *d, uint8_t rcode)
{
	d->refuse = rcode;
}
