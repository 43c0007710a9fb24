/* test_dhcp_lease.c - what Windows CE makes of an ACK: times, suffixes, and what it would not
 * take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "dhcp_lease.h"
#include "mem.h"

enum { VLAN_SUBOPTION = 10 };

static const struct dhcp_head head = {
	.op = 2, .xid = 7, .yiaddr = 0x0a000005, .mac = { 0, 4, 0xf2, 0, 0, 1 }
};

static void
begin(struct buf *b, const struct dhcp_head *h)
{
	*b = (struct buf){ 0 };
	dhcp_msg_begin(b, h);
	dhcp_msg_option(b, DHCP_OPT_TYPE, (struct span){ (const uint8_t[]){ DHCP_ACK }, 1 });
}

/* The usual head of an ACK: an address, a mask, a lease of so long. */
static void
begin_lease(struct buf *b, uint32_t lease_s)
{
	begin(b, &head);
	dhcp_msg_option_u32(b, DHCP_OPT_MASK, 0xffffff00);
	dhcp_msg_option_u32(b, DHCP_OPT_LEASE, lease_s);
}

/* Read it and give the buffer back: NULL or the flaw. */
static const char *
end(struct buf *b, struct dhcp_lease *out)
{
	struct dhcp_msg m;
	const char *flaw;

	dhcp_msg_end(b, 0, 300);
	assert_int_equal(b->err, 0);
	assert_int_equal(dhcp_msg_decode(&m, buf_bytes(b)), 0);
	flaw = dhcp_lease_read(out, &m, VLAN_SUBOPTION);
	buf_done(b);
	assert_int_equal(mem_out(), 0);
	return flaw;
}

/* ---- times ------------------------------------------------------------------------------- */

static void
reads_times(uint32_t lease_s, uint32_t t1, uint32_t t2, uint32_t want_t1, uint32_t want_t2)
{
	struct dhcp_lease l;
	struct buf b;

	begin_lease(&b, lease_s);
	if (t1 != 0)
		dhcp_msg_option_u32(&b, DHCP_OPT_T1, t1);
	if (t2 != 0)
		dhcp_msg_option_u32(&b, DHCP_OPT_T2, t2);
	assert_null(end(&b, &l));
	assert_int_equal(l.lease_s, lease_s);
	assert_int_equal(l.t1_s, want_t1);
	assert_int_equal(l.t2_s, want_t2);
}

static void
times_are_as_told_when_they_make_sense(void **state)
{
	(void)state;
	reads_times(3600, 1000, 3000, 1000, 3000);
	reads_times(3600, 1, 2, 1, 2);
	reads_times(3600, 3598, 3599, 3598, 3599);
}

static void
untold_they_are_a_half_and_seven_eighths(void **state)
{
	(void)state;
	reads_times(3600, 0, 0, 1800, 3150);
	reads_times(3600, 1000, 0, 1000, 3150);
	reads_times(3600, 0, 3000, 1800, 3000);
	reads_times(0xffffffff, 0, 0, 0x7fffffff, 0xdfffffff);
	reads_times(1, 0, 0, 0, 0);
	reads_times(2, 0, 0, 1, 1);
}

static void
times_that_make_no_sense_are_not_kept(void **state)
{
	(void)state;
	reads_times(3600, 3600, 0, 1800, 3150);
	reads_times(3600, 9999, 3000, 1800, 3000);
	reads_times(3600, 1000, 3600, 1000, 3150);
	reads_times(3600, 1000, 1000, 1000, 3150);
	reads_times(3600, 1000, 500, 1000, 3150);
	reads_times(3600, 1000, 0xffffffff, 1000, 3150);
}

/* T1 comes before T2 (RFC 2131 section 4.4.5), also when only a late T1 is told. */
static void
a_t1_so_late_that_t2_would_come_before_it_is_not_kept(void **state)
{
	(void)state;
	reads_times(3600, 3200, 0, 1800, 3150);
	reads_times(3600, 3150, 0, 1800, 3150);
	reads_times(3600, 3149, 0, 3149, 3150);
	reads_times(3600, 3300, 3200, 1800, 3150);
}

/* ---- what is missing ------------------------------------------------------------------------
 */

static void
without_an_address_a_mask_or_a_time_it_is_no_lease(void **state)
{
	struct dhcp_lease l = { .ip = 42 };
	struct dhcp_head nowhere = head;
	struct buf b;

	(void)state;
	nowhere.yiaddr = 0;
	begin(&b, &nowhere);
	dhcp_msg_option_u32(&b, DHCP_OPT_MASK, 0xffffff00);
	dhcp_msg_option_u32(&b, DHCP_OPT_LEASE, 3600);
	assert_string_equal(end(&b, &l), "dhcp:no address");

	begin(&b, &head);
	dhcp_msg_option_u32(&b, DHCP_OPT_LEASE, 3600);
	assert_string_equal(end(&b, &l), "dhcp:no mask");

	begin(&b, &head);
	dhcp_msg_option_u32(&b, DHCP_OPT_MASK, 0xffffff00);
	assert_string_equal(end(&b, &l), "dhcp:no lease time");

	begin_lease(&b, 0);
	assert_string_equal(end(&b, &l), "dhcp:no lease time");
	/* A lease that is none leaves the one that was. */
	assert_int_equal(l.ip, 42);
}

static void
without_the_rest_it_is_a_lease_all_the_same(void **state)
{
	struct dhcp_lease l;
	struct buf b;

	(void)state;
	begin_lease(&b, 3600);
	assert_null(end(&b, &l));
	assert_int_equal(l.ip, 0x0a000005);
	assert_int_equal(l.mask, 0xffffff00);
	assert_int_equal(l.router, 0);
	assert_int_equal(l.server, 0);
	assert_int_equal(l.dns[0], 0);
	assert_string_equal(l.domain, "");
	assert_int_equal(l.n_suffixes, 0);
	assert_int_equal(l.voice_vlan, 0);
}

static void
of_many_name_servers_two_are_kept(void **state)
{
	static const uint8_t three[] = { 10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3 };
	struct dhcp_lease l;
	struct buf b;

	(void)state;
	begin_lease(&b, 3600);
	dhcp_msg_option(&b, DHCP_OPT_DNS, (struct span){ three, sizeof three });
	assert_null(end(&b, &l));
	assert_int_equal(l.dns[0], 0x0a000001);
	assert_int_equal(l.dns[1], 0x0a000002);
}

/* ---- suffixes
 * ---------------------------------------------------------------------------------- */

/* Names of one or two labels as option 119 carries them. */
static void
put_search(struct buf *b, const char *const *names, size_t n)
{
	struct buf v = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct span rest = span_of(names[i]);

		while (rest.n > 0) {
			struct span label = span_cut(&rest, '.');

			buf_u8(&v, (uint8_t)label.n);
			buf_span(&v, label);
		}
		buf_u8(&v, 0);
	}
	dhcp_msg_option(b, DHCP_OPT_SEARCH, buf_bytes(&v));
	buf_done(&v);
}

static void
the_domain_comes_first_and_is_not_repeated(void **state)
{
	static const char *const names[] = { "voice.contoso.com", "CONTOSO.com",
		"fabrikam.com" };
	struct dhcp_lease l;
	struct buf b;

	(void)state;
	begin_lease(&b, 3600);
	dhcp_msg_option(&b, DHCP_OPT_DOMAIN, span_of("contoso.com"));
	put_search(&b, names, 3);
	assert_null(end(&b, &l));
	assert_string_equal(l.domain, "contoso.com");
	assert_int_equal(l.n_suffixes, 3);
	assert_string_equal(l.suffix[0], "contoso.com");
	assert_string_equal(l.suffix[1], "voice.contoso.com");
	assert_string_equal(l.suffix[2], "fabrikam.com");
}

static void
without_a_domain_the_search_list_stands_alone(void **state)
{
	static const char *const names[] = { "a.com", "b.com", "c.com", "d.com" };
	struct dhcp_lease l;
	struct buf b;

	(void)state;
	begin_lease(&b, 3600);
	put_search(&b, names, 4);
	assert_null(end(&b, &l));
	assert_string_equal(l.domain, "");
	assert_int_equal(l.n_suffixes, 3);
	assert_string_equal(l.suffix[0], "a.com");
	assert_string_equal(l.suffix[2], "c.com");
}

static void
more_suffixes_than_a_phone_keeps_are_cut_behind_the_domain(void **state)
{
	static const char *const names[] = { "a.com", "b.com", "c.com" };
	struct dhcp_lease l;
	struct buf b;

	(void)state;
	begin_lease(&b, 3600);
	dhcp_msg_option(&b, DHCP_OPT_DOMAIN, span_of("contoso.com"));
	put_search(&b, names, 3);
	assert_null(end(&b, &l));
	assert_int_equal(l.n_suffixes, 3);
	assert_string_equal(l.suffix[0], "contoso.com");
	assert_string_equal(l.suffix[1], "a.com");
	assert_string_equal(l.suffix[2], "b.com");
}

static void
a_domain_that_is_no_name_is_none(void **state)
{
	struct dhcp_lease l;
	struct buf b;

	(void)state;
	begin_lease(&b, 3600);
	dhcp_msg_option(&b, DHCP_OPT_DOMAIN, span_of("con toso\x01.com"));
	assert_null(end(&b, &l));
	assert_string_equal(l.domain, "");
	assert_int_equal(l.n_suffixes, 0);
}

/* ---- the voice VLAN
 * ------------------------------------------------------------------------------ */

static void
the_voice_vlan_is_the_profiles_suboption_of_43(void **state)
{
	static const uint8_t ten[] = { 1, 1, 9, 10, 3, '2', '0', '0' };
	static const uint8_t other[] = { 11, 3, '2', '0', '0' };
	struct dhcp_lease l;
	struct buf b;

	(void)state;
	begin_lease(&b, 3600);
	dhcp_msg_option(&b, DHCP_OPT_VENDOR, (struct span){ ten, sizeof ten });
	assert_null(end(&b, &l));
	assert_int_equal(l.voice_vlan, 200);

	begin_lease(&b, 3600);
	dhcp_msg_option(&b, DHCP_OPT_VENDOR, (struct span){ other, sizeof other });
	assert_null(end(&b, &l));
	assert_int_equal(l.voice_vlan, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_as_told_when_they_make_sense),
		cmocka_unit_test(untold_they_are_a_half_and_seven_eighths),
		cmocka_unit_test(times_that_make_no_sense_are_not_kept),
		cmocka_unit_test(a_t1_so_late_that_t2_would_come_before_it_is_not_kept),
		cmocka_unit_test(without_an_address_a_mask_or_a_time_it_is_no_lease),
		cmocka_unit_test(without_the_rest_it_is_a_lease_all_the_same),
		cmocka_unit_test(of_many_name_servers_two_are_kept),
		cmocka_unit_test(the_domain_comes_first_and_is_not_repeated),
		cmocka_unit_test(without_a_domain_the_search_list_stands_alone),
		cmocka_unit_test(more_suffixes_than_a_phone_keeps_are_cut_behind_the_domain),
		cmocka_unit_test(a_domain_that_is_no_name_is_none),
		cmocka_unit_test(the_voice_vlan_is_the_profiles_suboption_of_43),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
