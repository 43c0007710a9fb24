/* test_ldap_talk.c - requests over an LDAP connection: ids, pages, messages put together from
 * pieces, and where a server's talk must end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ldap_talk.h"
#include "mem.h"
#include "sim.h"

struct rig {
	struct sim *f;
	struct io *io;
	struct io_scope scope;
	struct ldap_talk talk;
	struct buf said; /* by the phone, since it was last looked at */
	struct buf in;   /* what the server is about to say */
	char notes[256];
};

static const char *const want[] = { "cn" };
static const struct ldap_search search = {
	.base = "DC=x", .scope = LDAP_SUBTREE, .attr = "cn", .want = want, .n_want = 1
};
static const struct ldap_search paged = { .base = "DC=x",
	.scope = LDAP_SUBTREE,
	.attr = "cn",
	.value = "a",
	.want = want,
	.n_want = 1,
	.page = 10 };
static const struct ldap_result ok = { 0 };

static void
on_call(void *arg, struct sim *f, const struct sim_call *c)
{
	struct rig *r = arg;

	if (c->deed == SIM_OPENED)
		sim_up(f, c->h, 1000, NULL);
	if (c->deed == SIM_SENT)
		buf_span(&r->said, c->bytes);
}

static void
on_event(void *arg, const struct io_event *ev)
{
	(void)arg;
	(void)ev;
}

static void
on_note(void *arg, enum talk_fact fact, const char *text)
{
	struct rig *r = arg;
	size_t n = strlen(r->notes);

	(void)snprintf(r->notes + n, sizeof r->notes - n, "%s%s;",
	    fact == TALK_LDAP_RESULT ? "=" : "", text);
}

static int
set_up(void **state)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the phone's */
	struct rig *r = mem_new(sizeof *r);
	struct io_stream_cfg to = { .to = { 0x7f000001, 389 } };
	struct talk_cfg cfg = { .note = on_note, .note_arg = r };
	struct io_handle *conn;

	r->f = sim_new();
	r->io = sim_io(r->f);
	cfg.io = r->io;
	sim_listen(r->f, SIM_STREAM, 389, on_call, r);
	assert_int_equal(r->io->ops->address(r->io, 0x7f2a0001, 0), 0);
	assert_int_equal(
	    r->io->ops->stream(r->io, (struct io_owner){ &r->scope, on_event, r }, &to, &conn),
	    0);
	sim_run(r->f, 1000000);
	ldap_talk_init(&r->talk, &cfg, conn, 0);
	(void)mem_fail_at(left);
	*state = r;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *r = *state;

	ldap_talk_drop(&r->talk);
	io_scope_close(r->io, &r->scope);
	buf_done(&r->said);
	buf_done(&r->in);
	sim_free(r->f);
	mem_free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* What was put into r->in arrives; what the talk makes of it. */
static int
hears(struct rig *r, struct ldap_msg *m)
{
	int err = ldap_talk_bytes(&r->talk, buf_bytes(&r->in));

	buf_clear(&r->in);
	return err != 0 ? err : ldap_talk_next(&r->talk, m);
}

/* The id of the request said last. */
static int
said_id(struct rig *r)
{
	struct ldap_msg m;

	assert_int_equal(ldap_msg_decode(buf_bytes(&r->said), &m), 0);
	buf_clear(&r->said);
	return m.id;
}

/* ---- one after the other
 * ---------------------------------------------------------------------- */

static void
each_request_has_the_next_id(void **state)
{
	struct rig *r = *state;
	struct ldap_msg m;

	assert_int_equal(ldap_talk_search(&r->talk, &search), 0);
	assert_int_equal(said_id(r), 1);
	ldap_msg_done(&r->in, 1, &ok, false);
	assert_int_equal(hears(r, &m), 0);
	assert_int_equal(ldap_talk_bind(&r->talk, "GSS-SPNEGO", span_of("token")), 0);
	assert_int_equal(said_id(r), 2);
	ldap_msg_bind_response(&r->in, 2, &ok);
	assert_int_equal(hears(r, &m), 0);
	assert_int_equal(m.op, LDAP_BIND_RESPONSE);
	assert_int_equal(ldap_talk_unbind(&r->talk), 0);
	assert_int_equal(said_id(r), 3);
	assert_string_equal(r->notes, "search (cn=*);=0;bind GSS-SPNEGO;=0;unbind;");
}

static void
entries_come_one_by_one_from_pieces_of_any_size(void **state)
{
	struct rig *r = *state;
	const struct ldap_value value = { "cn", span_of("somebody") };
	struct ldap_msg m;
	size_t entries = 0;
	int err = -EAGAIN;

	assert_int_equal(ldap_talk_search(&r->talk, &search), 0);
	for (int i = 0; i < 3; i++)
		ldap_msg_entry(&r->in, 1, "CN=somebody", &value, 1);
	ldap_msg_done(&r->in, 1, &ok, false);
	for (size_t i = 0; i < r->in.n; i++) {
		assert_int_equal(ldap_talk_bytes(&r->talk, (struct span){ r->in.p + i, 1 }), 0);
		while ((err = ldap_talk_next(&r->talk, &m)) == 0)
			if (m.op == LDAP_SEARCH_ENTRY)
				entries++;
		assert_int_equal(err, -EAGAIN);
	}
	assert_int_equal(entries, 3);
	assert_int_equal(m.op, LDAP_SEARCH_DONE);
}

static void
references_to_other_servers_are_passed_over(void **state)
{
	struct rig *r = *state;
	struct ldap_msg m;

	assert_int_equal(ldap_talk_search(&r->talk, &search), 0);
	ldap_msg_reference(&r->in, 1, "ldap://one/");
	ldap_msg_reference(&r->in, 1, "ldap://two/");
	assert_int_equal(hears(r, &m), -EAGAIN);
	ldap_msg_done(&r->in, 1, &ok, false);
	assert_int_equal(hears(r, &m), 0);
	assert_int_equal(m.op, LDAP_SEARCH_DONE);
}

/* ---- pages
 * ----------------------------------------------------------------------------------------- */

static void
the_next_page_is_asked_for_with_the_servers_cookie(void **state)
{
	struct rig *r = *state;
	struct ldap_result more = { .cookie = span_of("biscuit") };
	struct ldap_msg m, asked;

	assert_int_equal(ldap_talk_search(&r->talk, &paged), 0);
	buf_clear(&r->said);
	ldap_msg_done(&r->in, 1, &more, true);
	assert_int_equal(hears(r, &m), -EAGAIN);
	assert_int_equal(ldap_msg_decode(buf_bytes(&r->said), &asked), 0);
	assert_int_equal(asked.id, 2);
	assert_int_equal(asked.search.page, 10);
	assert_true(span_is(asked.search.cookie, "biscuit"));
	ldap_msg_done(&r->in, 2, &ok, true);
	assert_int_equal(hears(r, &m), 0);
	/* Only the last page's result is one. */
	assert_string_equal(r->notes, "search (cn=a);=0;");
}

static void
a_search_that_was_not_paged_ends_with_its_first_answer(void **state)
{
	struct rig *r = *state;
	struct ldap_result more = { .cookie = span_of("biscuit") };
	struct ldap_msg m;

	assert_int_equal(ldap_talk_search(&r->talk, &search), 0);
	buf_clear(&r->said);
	ldap_msg_done(&r->in, 1, &more, true);
	assert_int_equal(hears(r, &m), 0);
	assert_int_equal(r->said.n, 0);
}

static void
a_refusal_ends_a_paged_search_whatever_its_cookie(void **state)
{
	struct rig *r = *state;
	struct ldap_result refused = { .code = LDAP_SIZE_LIMIT, .cookie = span_of("biscuit") };
	struct ldap_msg m;

	assert_int_equal(ldap_talk_search(&r->talk, &paged), 0);
	ldap_msg_done(&r->in, 1, &refused, true);
	assert_int_equal(hears(r, &m), 0);
	assert_int_equal(m.result.code, LDAP_SIZE_LIMIT);
	assert_string_equal(r->notes, "search (cn=a);=4;");
}

static void
empty_pages_without_end_have_an_end(void **state)
{
	struct rig *r = *state;
	struct ldap_result more = { .cookie = span_of("biscuit") };
	struct ldap_msg m;
	int err = -EAGAIN, pages = 0;

	assert_int_equal(ldap_talk_search(&r->talk, &paged), 0);
	while (err == -EAGAIN && pages < 2 * LDAP_TALK_ENTRIES) {
		ldap_msg_done(&r->in, ++pages, &more, true);
		err = hears(r, &m);
		buf_clear(&r->said);
	}
	assert_int_equal(err, -EMSGSIZE);
	assert_int_equal(pages, LDAP_TALK_ENTRIES + 1);
}

static void
entries_without_end_have_an_end(void **state)
{
	struct rig *r = *state;
	const struct ldap_value value = { "cn", span_of("x") };
	struct ldap_msg m;
	int err = 0, entries = 0;

	assert_int_equal(ldap_talk_search(&r->talk, &search), 0);
	while (err == 0 && entries < 2 * LDAP_TALK_ENTRIES) {
		ldap_msg_entry(&r->in, 1, "CN=x", &value, 1);
		err = hears(r, &m);
		entries++;
	}
	assert_int_equal(err, -EMSGSIZE);
	assert_int_equal(entries, LDAP_TALK_ENTRIES + 1);
}

/* ---- what is no answer
 * ------------------------------------------------------------------------------ */

static void
an_answer_of_another_kind_or_number_is_none(void **state)
{
	struct rig *r = *state;
	const struct ldap_value value = { "cn", span_of("x") };
	struct ldap_msg m;

	assert_int_equal(ldap_talk_search(&r->talk, &search), 0);
	ldap_msg_bind_response(&r->in, 1, &ok);
	assert_int_equal(hears(r, &m), -EPROTO);
	ldap_msg_search(&r->in, 1, &search);
	assert_int_equal(hears(r, &m), -EPROTO);
	ldap_msg_extended(&r->in, 1, &ok, "1.2.3");
	assert_int_equal(hears(r, &m), -EPROTO);
	ldap_msg_done(&r->in, 2, &ok, false);
	assert_int_equal(hears(r, &m), -EPROTO);

	assert_int_equal(ldap_talk_bind(&r->talk, "GSS-SPNEGO", span_of("token")), 0);
	ldap_msg_entry(&r->in, 2, "CN=x", &value, 1);
	assert_int_equal(hears(r, &m), -EPROTO);
	ldap_msg_done(&r->in, 2, &ok, false);
	assert_int_equal(hears(r, &m), -EPROTO);
	ldap_msg_bind_response(&r->in, 2, &ok);
	assert_int_equal(hears(r, &m), 0);
}

static void
a_farewell_is_the_end_whatever_it_says(void **state)
{
	struct rig *r = *state;
	struct ldap_result bye = { .code = LDAP_UNAVAILABLE, .text = span_of("restarting") };
	struct ldap_msg m;

	assert_int_equal(ldap_talk_search(&r->talk, &search), 0);
	ldap_msg_extended(&r->in, 0, &bye, "1.3.6.1.4.1.1466.20036");
	assert_int_equal(hears(r, &m), -ECONNRESET);
}

static void
bytes_that_are_no_ldap_or_too_much_of_it_are_refused(void **state)
{
	struct rig *r = *state;
	static const uint8_t huge[] = { 0x30, 0x84, 0x00, 0x10, 0x00, 0x00 };
	static uint8_t flood[2 * LDAP_MSG_MAX + 1];
	struct ldap_msg m;

	assert_int_equal(ldap_talk_search(&r->talk, &search), 0);
	buf_text(&r->in, "HTTP/1.1 400");
	assert_int_equal(hears(r, &m), -EBADMSG);
	ldap_talk_drop(&r->talk);
	buf_put(&r->in, huge, sizeof huge);
	assert_int_equal(hears(r, &m), -EMSGSIZE);
	ldap_talk_drop(&r->talk);
	assert_int_equal(
	    ldap_talk_bytes(&r->talk, (struct span){ flood, sizeof flood }), -EMSGSIZE);
}

static void
out_of_memory_is_told_and_costs_nothing_else(void **state)
{
	struct rig *r = *state;
	struct ldap_msg m;
	long n = 0;
	int err = -ENOMEM;

	while (err == -ENOMEM) {
		mem_fail_at(++n);
		err = ldap_talk_search(&r->talk, &search);
		mem_fail_at(0);
	}
	assert_int_equal(err, 0);
	ldap_msg_done(&r->in, r->talk.id, &ok, false);
	mem_fail_at(1);
	assert_int_equal(ldap_talk_bytes(&r->talk, buf_bytes(&r->in)), -ENOMEM);
	mem_fail_at(0);
	ldap_talk_drop(&r->talk);
	assert_int_equal(hears(r, &m), 0);
}

int
main(void)
{
#define LDAP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		LDAP_TEST(each_request_has_the_next_id),
		LDAP_TEST(entries_come_one_by_one_from_pieces_of_any_size),
		LDAP_TEST(references_to_other_servers_are_passed_over),
		LDAP_TEST(the_next_page_is_asked_for_with_the_servers_cookie),
		LDAP_TEST(a_search_that_was_not_paged_ends_with_its_first_answer),
		LDAP_TEST(a_refusal_ends_a_paged_search_whatever_its_cookie),
		LDAP_TEST(empty_pages_without_end_have_an_end),
		LDAP_TEST(entries_without_end_have_an_end),
		LDAP_TEST(an_answer_of_another_kind_or_number_is_none),
		LDAP_TEST(a_farewell_is_the_end_whatever_it_says),
		LDAP_TEST(bytes_that_are_no_ldap_or_too_much_of_it_are_refused),
		LDAP_TEST(out_of_memory_is_told_and_costs_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
