/* test_epid.c - the vectors of [MS-SIPRE], [MS-SIPAE] and the captures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "epid.h"
#include "text.h"

static void
the_instance_id_comes_from_the_epid(void **state)
{
	static const struct {
		const char *epid, *uuid;
	} known[] = {
		{ "01010101", "4b1682a8-f968-5701-83fc-7c6741dc6697" },
		{ "2ebb6f264f", "124841e4-264d-52e8-96c5-d22aa8cdc316" },
		{ "8248ca9ebb", "4233fd41-093b-5fd6-b5d2-651ed55969e6" },
		{ "c8ca638a15", "34d859db-6585-5f91-a3b4-de853c15347d" },
		{ "fc68f4ccf1", "02c51493-0e21-59bd-83e4-28ea883a80da" },
		{ "abb2cb12b77f", "0e324752-e1ab-56eb-8f4a-267c85a97459" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		char text[UUID_TEXT_SIZE];
		uint8_t uuid[UUID_SIZE];

		epid_uuid(span_of(known[i].epid), uuid);
		assert_string_equal(epid_uuid_text(uuid, text), known[i].uuid);
	}
}

static void
an_instance_is_compared_in_any_case_and_as_a_whole(void **state)
{
	struct span epid = span_of("c8ca638a15");

	(void)state;
	assert_true(
	    epid_owns(epid, span_of("<urn:uuid:34D859DB-6585-5F91-A3B4-DE853C15347D>")));
	assert_true(epid_owns(epid, span_of("urn:uuid:34d859db-6585-5f91-a3b4-de853c15347d")));
	assert_false(
	    epid_owns(epid, span_of("<urn:uuid:34d859db-6585-5f91-a3b4-de853c15347e>")));
	assert_false(
	    epid_owns(epid, span_of("<urn:uuid:34d859db-6585-5f91-a3b4-de853c15347d0>")));
	assert_false(epid_owns(epid, span_of("34d859db-6585-5f91-a3b4-de853c15347d")));
	assert_false(epid_owns(epid, span_of("<>")));
	assert_false(epid_owns(epid, span_of("")));
	assert_false(epid_owns(
	    span_of("c8ca638a16"), span_of("<urn:uuid:34d859db-6585-5f91-a3b4-de853c15347d>")));
}

static void
the_gruu_carries_the_instance_in_base64url(void **state)
{
	static const uint8_t other[UUID_SIZE] = { 0x40, 0x92, 0x58, 0xc1, 0x60, 0xe6, 0x4f,
		0x59, 0xa8, 0xb3, 0x4b, 0x55, 0xf3, 0x58, 0xcb, 0xc1 };
	uint8_t uuid[UUID_SIZE];
	char text[128];
	struct buf b;

	(void)state;
	epid_uuid(span_of("c8ca638a15"), uuid);
	buf_over(&b, text, sizeof text);
	epid_gruu(&b, span_of("sip:user@cosmo.local"), uuid);
	assert_string_equal(buf_cstr(&b),
	    "sip:user@cosmo.local;opaque=user:epid:21nYNIVlkV-jtN6FPBU0fQAA;gruu");

	buf_clear(&b);
	epid_gruu(&b, span_of("sip:a@b"), other);
	assert_string_equal(
	    buf_cstr(&b), "sip:a@b;opaque=user:epid:QJJYwWDmT1mos0tV81jLwQAA;gruu");
}

static void
the_epid_of_a_phone_is_its_mac(void **state)
{
	static const uint8_t mac[6] = { 0x00, 0x04, 0xf2, 0x00, 0x01, 0x76 };
	char epid[EPID_SIZE];

	(void)state;
	assert_string_equal(epid_of_mac(mac, epid), "0004f2000176");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_instance_id_comes_from_the_epid),
		cmocka_unit_test(an_instance_is_compared_in_any_case_and_as_a_whole),
		cmocka_unit_test(the_gruu_carries_the_instance_in_base64url),
		cmocka_unit_test(the_epid_of_a_phone_is_its_mac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
