/* test_serve_ldap.c - the embedded domain controller's LDAP, message by message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "dir_rig.h"
#include "mem.h"
#include "rng.h"

struct rig {
	struct sim *f;
	struct dir_rig dir;
	struct serve_ldap_conn conn;
	struct buf reply;
	size_t read; /* of reply */
	int id, err;
};

#define CONFIG_NC "CN=Configuration,DC=contoso,DC=com"

static void
rig_up(struct rig *r, bool publish)
{
	memset(r, 0, sizeof *r);
	r->f = sim_new();
	dir_rig_up(&r->dir, r->f, "ldap/another", publish);
	serve_ldap_open(&r->conn, &r->dir.ldap);
}

static void
rig_down(struct rig *r)
{
	serve_ldap_close(&r->conn);
	buf_done(&r->reply);
	dir_rig_down(&r->dir);
	sim_free(r->f);
	assert_int_equal(mem_out(), 0);
}

/* Send a message; the replies are then read one by one. */
static void
say(struct rig *r, struct buf *message)
{
	buf_clear(&r->reply);
	r->read = 0;
	r->err = serve_ldap_bytes(&r->conn, buf_bytes(message), &r->reply);
	buf_done(message);
}

static bool
next(struct rig *r, struct ldap_msg *m)
{
	struct span rest = { r->reply.p + r->read, r->reply.n - r->read };
	size_t n;

	if (rest.n == 0)
		return false;
	assert_int_equal(ldap_msg_length(rest, &n), 0);
	assert_int_equal(ldap_msg_decode((struct span){ rest.p, n }, m), 0);
	r->read += n;
	return true;
}

static void
search(struct rig *r, const struct ldap_search *q)
{
	struct buf message = { 0 };

	assert_int_equal(ldap_msg_search(&message, ++r->id, q), 0);
	say(r, &message);
}

static void
search_category(struct rig *r, const char *base, const char *category)
{
	struct ldap_search q = {
		.base = base, .scope = LDAP_SUBTREE, .attr = "objectCategory", .value = category
	};

	search(r, &q);
}

static int
bind_with(struct rig *r, const char *mechanism, const char *token)
{
	struct buf message = { 0 }, bytes = { 0 };
	struct ldap_msg m;

	sim_auth_token(token, &bytes);
	assert_int_equal(
	    ldap_msg_bind_sasl(&message, ++r->id, mechanism, buf_bytes(&bytes)), 0);
	buf_done(&bytes);
	say(r, &message);
	assert_true(next(r, &m));
	assert_int_equal(m.op, LDAP_BIND_RESPONSE);
	assert_int_equal(m.id, r->id);
	return m.result.code;
}

static int
bind_plain(struct rig *r)
{
	return bind_with(r, "GSS-SPNEGO", "PLAIN ldap/dc01.contoso.com phone00001@CONTOSO.COM");
}

/* What a search came to: entries, values of an attribute among them, references, and the code.
 */
struct found {
	size_t entries, values, references;
	int code;
	uint8_t cookie[8];
	size_t n_cookie;
};

static size_t
count_values(const struct ldap_entry *entry, const char *attr)
{
	struct ldap_walk walk = { .attrs = entry->attrs };
	struct span type, value;
	size_t n = 0;

	while (ldap_entry_next(&walk, &type, &value) == 1)
		n += ldap_attr_is(type, attr);
	return n;
}

static struct found
count(struct rig *r, const char *attr)
{
	struct found f = { .code = -1 };
	struct ldap_msg m;

	while (next(r, &m)) {
		assert_int_equal(m.id, r->id);
		if (m.op == LDAP_SEARCH_ENTRY) {
			f.entries++;
			f.values += count_values(&m.entry, attr);
		} else if (m.op == LDAP_SEARCH_REFERENCE) {
			f.references++;
		} else {
			assert_int_equal(m.op, LDAP_SEARCH_DONE);
			f.code = m.result.code;
			f.n_cookie = m.result.cookie.n;
			assert_true(f.n_cookie <= sizeof f.cookie);
			if (f.n_cookie != 0)
				memcpy(f.cookie, m.result.cookie.p, f.n_cookie);
		}
	}
	return f;
}

/* ---- rootDSE and bind ------------------------------------------------------------------- */

static void
everybody_may_read_the_root_dse(void **state)
{
	static const char *const want[] = { "configurationNamingContext" };
	struct ldap_search q = { .base = "", .attr = "objectClass", .want = want, .n_want = 1 };
	struct span type, value;
	struct ldap_walk walk;
	struct ldap_msg m;
	struct rig r;

	(void)state;
	rig_up(&r, false);
	search(&r, &q);
	assert_true(next(&r, &m));
	walk = (struct ldap_walk){ .attrs = m.entry.attrs };
	assert_int_equal(ldap_entry_next(&walk, &type, &value), 1);
	assert_true(span_is(value, CONFIG_NC));
	assert_int_equal(ldap_entry_next(&walk, &type, &value), 0);
	assert_true(next(&r, &m));
	assert_int_equal(m.result.code, LDAP_SUCCESS);
	rig_down(&r);
}

static void
a_search_without_a_bind_is_an_operations_error(void **state)
{
	struct found f;
	struct rig r;

	(void)state;
	rig_up(&r, true);
	search_category(&r, CONFIG_NC, "certificationAuthority");
	f = count(&r, "cACertificate");
	assert_int_equal(f.code, LDAP_OPERATIONS_ERROR);
	assert_int_equal(f.entries, 0);
	rig_down(&r);
}

static void
a_bind_with_a_good_token_is_remembered_with_its_name(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, false);
	assert_int_equal(bind_plain(&r), LDAP_SUCCESS);
	assert_string_equal(r.conn.client, "phone00001@CONTOSO.COM");
	assert_int_equal(r.dir.ldap.binds, 1);
	rig_down(&r);
}

static void
other_binds_are_refused_each_with_its_code(void **state)
{
	const uint8_t simple[] = { 0x30, 16, 2, 1, 9, 0x60, 11, 2, 1, 3, 4, 1, 'u', 0x80, 3,
		'p', 'w', 'd' };
	const uint8_t version2[] = { 0x30, 12, 2, 1, 9, 0x60, 7, 2, 1, 2, 4, 0, 0x80, 0 };
	struct buf message = { 0 };
	struct ldap_msg m;
	struct rig r;

	(void)state;
	rig_up(&r, false);
	assert_int_equal(bind_with(&r, "DIGEST-MD5", ""), LDAP_AUTH_METHOD_NOT_SUPPORTED);
	assert_int_equal(bind_with(&r, "GSS-SPNEGO", "garbage"), LDAP_INVALID_CREDENTIALS);
	assert_int_equal(
	    bind_with(&r, "GSS-SPNEGO", "PLAIN ldap/another x@Y"), LDAP_INVALID_CREDENTIALS);
	assert_int_equal(r.dir.ldap.refused, 2);
	buf_put(&message, simple, sizeof simple);
	say(&r, &message);
	assert_true(next(&r, &m));
	assert_int_equal(m.result.code, LDAP_STRONGER_AUTH);
	buf_put(&message, version2, sizeof version2);
	say(&r, &message);
	assert_true(next(&r, &m));
	assert_int_equal(m.result.code, LDAP_PROTOCOL_ERROR);
	rig_down(&r);
}

/* Trap: the bind succeeds, and then nothing is ever answered. */
static void
who_asked_for_a_security_layer_is_not_understood_without_it(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, false);
	assert_int_equal(
	    bind_with(&r, "GSS-SPNEGO", "SPNEGO ldap/dc01.contoso.com phone00001@CONTOSO.COM"),
	    LDAP_SUCCESS);
	search_category(&r, CONFIG_NC, "certificationAuthority");
	assert_int_equal(r.err, 0);
	assert_int_equal(r.reply.n, 0);
	rig_down(&r);
}

static void
a_new_bind_begins_anew(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, false);
	assert_int_equal(bind_plain(&r), LDAP_SUCCESS);
	assert_int_equal(bind_with(&r, "GSS-SPNEGO", "garbage"), LDAP_INVALID_CREDENTIALS);
	search_category(&r, CONFIG_NC, "certificationAuthority");
	assert_int_equal(count(&r, "cn").code, LDAP_OPERATIONS_ERROR);
	rig_down(&r);
}

/* ---- searches ---------------------------------------------------------------------------- */

static void
unpublished_the_authorities_are_there_without_their_certificates(void **state)
{
	struct found f;
	struct rig r;

	(void)state;
	rig_up(&r, false);
	bind_plain(&r);
	search_category(&r, CONFIG_NC, "certificationAuthority");
	f = count(&r, "cACertificate");
	assert_int_equal(f.code, LDAP_SUCCESS);
	assert_int_equal(f.entries, 3);
	assert_int_equal(f.values, 0);
	assert_int_equal(f.references, 1);
	rig_down(&r);
}

static void
published_each_authority_has_its_certificate(void **state)
{
	struct found f;
	struct rig r;

	(void)state;
	rig_up(&r, true);
	bind_plain(&r);
	/* The category's whole name is as good as the class's. */
	search_category(&r, CONFIG_NC,
	    "CN=Certification-Authority,CN=Schema,CN=Configuration,DC=contoso,DC=com");
	f = count(&r, "cACertificate");
	assert_int_equal(f.entries, 3);
	assert_int_equal(f.values, 3);
	rig_down(&r);
}

static void
the_enrollment_service_names_its_host(void **state)
{
	struct found f;
	struct rig r;

	(void)state;
	rig_up(&r, false);
	bind_plain(&r);
	search_category(&r, "cn=configuration,dc=contoso,dc=com", "PKIENROLLMENTSERVICE");
	f = count(&r, "dNSHostName");
	assert_int_equal(f.entries, 1);
	assert_int_equal(f.values, 1);
	rig_down(&r);
}

/* The configuration is another naming context: AD only refers to it. */
static void
a_search_of_the_domain_finds_references_only(void **state)
{
	struct found f;
	struct rig r;

	(void)state;
	rig_up(&r, true);
	bind_plain(&r);
	search_category(&r, "DC=contoso,DC=com", "certificationAuthority");
	f = count(&r, "cACertificate");
	assert_int_equal(f.code, LDAP_SUCCESS);
	assert_int_equal(f.entries, 0);
	assert_int_equal(f.references, 3);
	rig_down(&r);
}

static void
a_base_that_is_not_there_is_no_such_object(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, false);
	bind_plain(&r);
	search_category(&r, "DC=fabrikam,DC=com", "certificationAuthority");
	assert_int_equal(count(&r, "cn").code, LDAP_NO_SUCH_OBJECT);
	rig_down(&r);
}

static void
scopes_go_as_deep_as_they_say(void **state)
{
	struct ldap_search q = { .base = CONFIG_NC, .attr = "objectClass" };
	const size_t want[] = { 1, 1, 10 };
	struct rig r;

	(void)state;
	rig_up(&r, false);
	bind_plain(&r);
	for (int scope = LDAP_BASE; scope <= LDAP_SUBTREE; scope++) {
		q.scope = (enum ldap_scope)scope;
		search(&r, &q);
		assert_int_equal(count(&r, "cn").entries, want[scope]);
	}
	rig_down(&r);
}

static void
pages_come_one_after_the_other(void **state)
{
	struct ldap_search q = { .base = CONFIG_NC,
		.scope = LDAP_SUBTREE,
		.attr = "objectCategory",
		.value = "certificationAuthority",
		.page = 2 };
	struct found f;
	struct rig r;

	(void)state;
	rig_up(&r, false);
	bind_plain(&r);
	search(&r, &q);
	f = count(&r, "cn");
	assert_int_equal(f.entries, 2);
	assert_int_not_equal(f.n_cookie, 0);
	q.cookie = (struct span){ f.cookie, f.n_cookie };
	search(&r, &q);
	f = count(&r, "cn");
	assert_int_equal(f.entries, 1);
	assert_int_equal(f.n_cookie, 0);
	rig_down(&r);
}

/* sizeLimit 1, (objectClass=*), made by `openssl asn1parse -genconf`: our own phone sets none.
 */
/* clang-format off */
static const uint8_t limited[] = {
	0x30, 0x47, 0x02, 0x01, 0x09, 0x63, 0x42, 0x04, 0x22, 0x43, 0x4e, 0x3d,
	0x43, 0x6f, 0x6e, 0x66, 0x69, 0x67, 0x75, 0x72, 0x61, 0x74, 0x69, 0x6f,
	0x6e, 0x2c, 0x44, 0x43, 0x3d, 0x63, 0x6f, 0x6e, 0x74, 0x6f, 0x73, 0x6f,
	0x2c, 0x44, 0x43, 0x3d, 0x63, 0x6f, 0x6d, 0x0a, 0x01, 0x02, 0x0a, 0x01,
	0x00, 0x02, 0x01, 0x01, 0x02, 0x01, 0x00, 0x01, 0x01, 0x00, 0x87, 0x0b,
	0x6f, 0x62, 0x6a, 0x65, 0x63, 0x74, 0x43, 0x6c, 0x61, 0x73, 0x73, 0x30,
	0x00,
};
/* clang-format on */

static void
a_size_limit_is_kept(void **state)
{
	struct buf message = { 0 };
	struct found f;
	struct rig r;

	(void)state;
	rig_up(&r, false);
	bind_plain(&r);
	buf_put(&message, limited, sizeof limited);
	r.id = 9;
	say(&r, &message);
	f = count(&r, "cn");
	assert_int_equal(f.entries, 1);
	assert_int_equal(f.code, LDAP_SIZE_LIMIT);
	rig_down(&r);
}

/* ---- the connection
 * -------------------------------------------------------------------------- */

static void
a_message_may_come_byte_by_byte(void **state)
{
	struct ldap_search q = { .base = "", .attr = "objectClass" };
	struct buf message = { 0 };
	struct ldap_msg m;
	struct rig r;

	(void)state;
	rig_up(&r, false);
	assert_int_equal(ldap_msg_search(&message, 1, &q), 0);
	for (size_t i = 0; i < message.n; i++) {
		assert_int_equal(r.reply.n, 0);
		assert_int_equal(
		    serve_ldap_bytes(&r.conn, (struct span){ message.p + i, 1 }, &r.reply), 0);
	}
	assert_true(next(&r, &m));
	assert_int_equal(m.op, LDAP_SEARCH_ENTRY);
	buf_done(&message);
	rig_down(&r);
}

static void
an_unbind_ends_it_without_a_word(void **state)
{
	struct buf message = { 0 };
	struct rig r;

	(void)state;
	rig_up(&r, false);
	assert_int_equal(ldap_msg_unbind(&message, 1), 0);
	say(&r, &message);
	assert_int_equal(r.err, -ECONNRESET);
	assert_int_equal(r.reply.n, 0);
	rig_down(&r);
}

static void
garbage_is_answered_with_a_notice_of_disconnection(void **state)
{
	struct buf message = { 0 };
	struct ldap_msg m;
	struct rig r;

	(void)state;
	rig_up(&r, false);
	buf_text(&message, "GET / HTTP/1.0");
	say(&r, &message);
	assert_int_equal(r.err, -ECONNRESET);
	assert_true(next(&r, &m));
	assert_int_equal(m.op, LDAP_EXTENDED_RESPONSE);
	assert_int_equal(m.id, 0);
	rig_down(&r);
}

static void
random_bytes_do_no_harm(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 11, 0);
	for (int i = 0; i < 3000; i++) {
		uint8_t bytes[80];
		struct rig r;

		rig_up(&r, true);
		bind_plain(&r);
		for (size_t k = 0; k < sizeof bytes; k++)
			bytes[k] = (uint8_t)rng_u32(&rng);
		memcpy(bytes, (const uint8_t[]){ 0x30, 78, 2, 1, 5, 0x63, 73, 4 }, 8);
		bytes[8] = (uint8_t)(bytes[8] % 70);
		buf_clear(&r.reply);
		(void)serve_ldap_bytes(&r.conn, (struct span){ bytes, sizeof bytes }, &r.reply);
		rig_down(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_may_read_the_root_dse),
		cmocka_unit_test(a_search_without_a_bind_is_an_operations_error),
		cmocka_unit_test(a_bind_with_a_good_token_is_remembered_with_its_name),
		cmocka_unit_test(other_binds_are_refused_each_with_its_code),
		cmocka_unit_test(who_asked_for_a_security_layer_is_not_understood_without_it),
		cmocka_unit_test(a_new_bind_begins_anew),
		cmocka_unit_test(
		    unpublished_the_authorities_are_there_without_their_certificates),
		cmocka_unit_test(published_each_authority_has_its_certificate),
		cmocka_unit_test(the_enrollment_service_names_its_host),
		cmocka_unit_test(a_search_of_the_domain_finds_references_only),
		cmocka_unit_test(a_base_that_is_not_there_is_no_such_object),
		cmocka_unit_test(scopes_go_as_deep_as_they_say),
		cmocka_unit_test(pages_come_one_after_the_other),
		cmocka_unit_test(a_size_limit_is_kept),
		cmocka_unit_test(a_message_may_come_byte_by_byte),
		cmocka_unit_test(an_unbind_ends_it_without_a_word),
		cmocka_unit_test(garbage_is_answered_with_a_notice_of_disconnection),
		cmocka_unit_test(random_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
