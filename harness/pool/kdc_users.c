/*
 * kdc_users.c - see kdc_users.h.  A dump of version 7 is text: a line that says so, then a
 * line for each principal, fields parted by tabs:
 *
 *	princ 38 LENGTH-OF-NAME TL-DATA KEYS EXTRA NAME@REALM attributes ... keys ...;
 */
#include "kdc_users.h"

#include <errno.h>
#include <string.h>

#include "pool_file.h"
#include "text.h"

static const char DUMP_HEADER[] = "kdb5_util load_dump version 7\n";

struct user_record {
	struct span counts; /* tl-data, keys, extra, with the tabs between */
	struct span rest;   /* all behind the name */
};

/* Does this line describe `name`?  Then its two other parts go out. */
static bool
record_read(struct span line, struct span name, struct user_record *out)
{
	struct span rest = line, counts;

	if (!span_is(span_cut(&rest, '\t'), "princ"))
		return false;
	/* Length of the record's base, length of the name. */
	span_cut(&rest, '\t');
	span_cut(&rest, '\t');
	counts.p = rest.p;
	span_cut(&rest, '\t');
	span_cut(&rest, '\t');
	span_cut(&rest, '\t');
	counts.n = (size_t)(rest.p - counts.p);
	if (!span_eq(span_cut(&rest, '\t'), name))
		return false;
	*out = (struct user_record){ counts, rest };
	return true;
}

/* Another version of MIT's may write another form: better no users than wrong ones. */
static bool
dump_known(struct span dump)
{
	size_t n = sizeof DUMP_HEADER - 1;

	return dump.n > n && memcmp(dump.p, DUMP_HEADER, n) == 0;
}

static int
record_find(struct span dump, struct span name, struct user_record *out)
{
	while (dump.n > 0)
		if (record_read(span_cut(&dump, '\n'), name, out))
			return 0;
	return -ENOENT;
}

int
kdc_user_name(const struct kdc_users *users, uint32_t i, char *out, size_t cap)
{
	if (i == 0 && strchr(users->name, '%') == NULL)
		return text_copy(out, cap, span_of(users->name));
	return pool_user_name(users->name, users->first + i, out, cap);
}

/* NAME@REALM */
static int
user_principal(const struct kdc_realm *realm, uint32_t i, struct buf *out)
{
	char user[KDC_TEXT_MAX];
	int err = kdc_user_name(&realm->users, i, user, sizeof user);

	if (err != 0)
		return err;
	buf_clear(out);
	buf_printf(out, "%s@%s", user, realm->name);
	return out->err;
}

int
kdc_users_copy(const struct kdc_realm *realm, struct span dump, struct buf *out)
{
	struct user_record record;
	struct buf name;
	uint32_t i;
	int err;

	buf_init(&name, 0);
	err = user_principal(realm, 0, &name);
	if (err == 0)
		err = record_find(dump, buf_bytes(&name), &record);
	if (err == 0 && !dump_known(dump))
		err = -EBADMSG;
	buf_text(out, DUMP_HEADER);
	for (i = 1; err == 0 && i < realm->users.count; i++) {
		err = user_principal(realm, i, &name);
		buf_printf(out, "princ\t38\t%zu\t", name.n);
		buf_span(out, record.counts);
		buf_span(out, buf_bytes(&name));
		buf_u8(out, '\t');
		buf_span(out, record.rest);
		buf_u8(out, '\n');
	}
	buf_done(&name);
	return err != 0 ? err : out->err;
}

bool
kdc_users_has(const struct kdc_realm *realm, struct span dump, const char *principal)
{
	struct user_record record;
	struct buf name;
	int err;

	buf_init(&name, 0);
	buf_printf(&name, "%s@%s", principal, realm->name);
	err = name.err != 0 ? name.err : record_find(dump, buf_bytes(&name), &record);
	buf_done(&name);
	return err == 0;
}
