/* test_serve_plan.c - what all our pools have in common: names, zone, leases, the image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <zlib.h>

#include "mem.h"
#include "serve_firmware.h"
#include "serve_names.h"
#include "serve_plan.h"
#include "serve_zone.h"

/* ---- the zone -------------------------------------------------------------- */

static const struct serve_dns_record *
record(const struct serve_dns_record *zone, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(zone[i].name, name) == 0)
			return &zone[i];
	return NULL;
}

static void
each_host_has_its_own_address(void **state)
{
	const struct serve_hosts hosts = { .dc = 1, .pool = 2, .mail = 3, .home = 4 };
	struct serve_dns_record zone[SERVE_ZONE_MAX];
	size_t n = serve_zone(&hosts, zone);

	(void)state;
	assert_int_equal(record(zone, n, POOL_DC)->ip, 1);
	assert_int_equal(record(zone, n, POOL_DOMAIN)->ip, 1);
	assert_int_equal(record(zone, n, POOL_NAME)->ip, 2);
	assert_int_equal(record(zone, n, "ucupdates-r2.contoso.com")->ip, 2);
	assert_int_equal(record(zone, n, "autodiscover.contoso.com")->ip, 3);
	assert_int_equal(record(zone, n, POOL_HOME_FRONT)->ip, 4);
}

static void
a_host_that_is_not_there_has_no_records(void **state)
{
	const struct serve_hosts hosts = { .dc = 1, .pool = 2 };
	struct serve_dns_record zone[SERVE_ZONE_MAX];
	size_t n = serve_zone(&hosts, zone);

	(void)state;
	assert_null(record(zone, n, POOL_MAIL));
	assert_null(record(zone, n, "autodiscover.contoso.com"));
	assert_null(record(zone, n, POOL_HOME));
	assert_non_null(record(zone, n, POOL_NAME));
}

/* Every service leads to a host that has an address, at the port it listens on. */
static void
each_service_leads_to_a_host_of_the_zone(void **state)
{
	const struct serve_hosts hosts = { .dc = 1, .pool = 2, .mail = 3, .home = 4 };
	struct serve_dns_record zone[SERVE_ZONE_MAX];
	size_t n = serve_zone(&hosts, zone), services = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (zone[i].type != DNS_SRV)
			continue;
		services++;
		assert_int_equal(record(zone, n, zone[i].target)->type, DNS_A);
		assert_int_not_equal(zone[i].port, 0);
	}
	assert_int_equal(services, 8);
	assert_int_equal(record(zone, n, "_ntp._udp.contoso.com")->port, 123);
	assert_int_equal(record(zone, n, "_sipinternaltls._tcp.contoso.com")->port, 5061);
}

/* ---- leases ------------------------------------------------------------------ */

static void
without_a_voice_vlan_all_addresses_are_one_subnet(void **state)
{
	const struct serve_net net = {
		.net = 0x0a400000, .bits = 10, .relay = 0x0a280002, .dns = 0x0a280001
	};
	struct serve_dhcp_scope scope[SERVE_SCOPES_MAX];

	(void)state;
	assert_int_equal(serve_scopes(&net, scope), 1);
	assert_int_equal(scope[0].ip, 0x0a400000);
	assert_int_equal(scope[0].mask, 0xffc00000);
	assert_int_equal(scope[0].first, 0x0a400001);
	assert_int_equal(scope[0].last, 0x0a7ffffe);
	assert_int_equal(scope[0].giaddr, 0x0a280002);
	assert_int_equal(scope[0].dns[0], 0x0a280001);
	assert_int_equal(scope[0].voice_vlan, 0);
}

static void
with_one_the_upper_half_is_the_vlan_and_the_lower_names_it(void **state)
{
	const struct serve_net net = {
		.net = 0x0a400000, .bits = 10, .voice_vlan = 200, .relay = 7, .dns = 9
	};
	struct serve_dhcp_scope scope[SERVE_SCOPES_MAX];

	(void)state;
	assert_int_equal(serve_scopes(&net, scope), 2);
	assert_int_equal(scope[0].mask, 0xffe00000);
	assert_int_equal(scope[0].voice_vlan, 200);
	assert_int_equal(scope[0].giaddr, 7);
	assert_int_equal(scope[1].ip, 0x0a600000);
	assert_int_equal(scope[1].giaddr, 8);
	assert_int_equal(scope[1].voice_vlan, 0);
	assert_int_equal(scope[1].last, 0x0a7ffffe);
}

static void
the_plan_makes_a_dhcp_server_that_leases(void **state)
{
	const struct serve_net net = { .net = 0x0a400000, .bits = 24, .relay = 1, .dns = 2 };
	struct serve_dhcp_scope scope[SERVE_SCOPES_MAX];
	struct serve_dhcp_cfg cfg = serve_plan_dhcp();
	struct serve_dhcp *dhcp;

	(void)state;
	cfg.scopes = scope;
	cfg.n_scopes = serve_scopes(&net, scope);
	cfg.lease_s = 60;
	assert_int_equal(serve_dhcp_new(&cfg, &dhcp), 0);
	assert_string_equal(cfg.vendor_class, "CPE-OCPhone");
	assert_string_equal(cfg.search[0], cfg.domain);
	serve_dhcp_free(dhcp);
}

/* ---- services and names --------------------------------------------------------- */

static enum serve_keys
keys_of(const char *spn)
{
	for (size_t i = 0; i < serve_n_services; i++)
		if (strcmp(serve_services[i].spn, spn) == 0)
			return serve_services[i].keys;
	return KEYS_COUNT;
}

static void
the_first_key_for_the_ca_is_nobodys(void **state)
{
	(void)state;
	assert_int_equal(keys_of("HTTP/dc01"), KEYS_NOBODY);
	assert_int_equal(keys_of("HTTP/dc01.contoso.com"), KEYS_CA_WEB);
	assert_int_equal(keys_of("ldap/dc01.contoso.com"), KEYS_LDAP);
	assert_int_equal(keys_of("sip/fe01.contoso.com"), KEYS_SIP);
	assert_int_equal(keys_of("sip/fe02.contoso.com"), KEYS_HOME);
	assert_int_equal(keys_of("HTTP/autodiscover.contoso.com"), KEYS_HTTPS);
}

/* What the zone says of a host is on the certificate of whoever answers there. */
static bool
is_named(const char *const names[], const char *name)
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void
certificates_have_the_names_that_the_zone_has(void **state)
{
	const struct serve_hosts hosts = { .pool = 2, .mail = 3, .home = 4 };
	struct serve_dns_record zone[SERVE_ZONE_MAX];
	size_t n = serve_zone(&hosts, zone);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (zone[i].type != DNS_A)
			continue;
		assert_true(is_named(serve_sip_names, zone[i].name) ||
		    is_named(serve_web_names, zone[i].name) ||
		    is_named(serve_home_names, zone[i].name));
	}
	assert_string_equal(serve_sip_names[0], POOL_NAME);
	assert_true(is_named(serve_home_names, POOL_HOME));
}

static void
what_servers_say_fits_together(void **state)
{
	(void)state;
	assert_string_equal(serve_plan_sip().fqdn, POOL_FRONT);
	assert_string_equal(serve_plan_sip().update_internal,
	    "http://pool01.contoso.com/RequestHandler/ucdevice.upx");
	assert_true(serve_update_is("/RequestHandler/ucdevice.upx"));
	assert_string_equal(serve_plan_update().internal_url,
	    "http://pool01.contoso.com/DeviceUpdateFiles_Int");
	assert_string_equal(
	    serve_plan_exchange().ews_url, "https://mail01.contoso.com/EWS/Exchange.asmx");
	assert_string_equal(serve_plan_directory().ca_host, POOL_DC);
}

/* ---- the image ------------------------------------------------------------------- */

static void
the_sum_is_zlibs(void **state)
{
	uint8_t bytes[300];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t n = 0; n <= sizeof bytes; n += 25) {
		uint32_t half = serve_crc32(0, (struct span){ bytes, n / 2 });

		assert_int_equal(serve_crc32(0, (struct span){ bytes, n }),
		    (uint32_t)crc32(0, bytes, (uInt)n));
		assert_int_equal(serve_crc32(half, (struct span){ bytes + n / 2, n - n / 2 }),
		    (uint32_t)crc32(0, bytes, (uInt)n));
	}
	assert_int_equal(serve_crc32(0, span_of("123456789")), 0xcbf43926);
}

static uint32_t
image(const char *version, uint64_t size, uint8_t *chunk, uint64_t *n_out)
{
	struct serve_firmware f;
	uint32_t crc = 0;
	size_t n;

	*n_out = 0;
	serve_firmware_begin(&f, version, size);
	while ((n = serve_firmware_next(&f, chunk)) > 0) {
		if (*n_out == 0) {
			assert_memory_equal(chunk, "CX700NBT", 8);
			assert_string_equal((const char *)chunk + 8, version);
			assert_int_equal(chunk[40] | chunk[41] << 8 | chunk[42] << 16, size);
		}
		crc = (uint32_t)crc32(crc, chunk, (uInt)n);
		*n_out += n;
	}
	assert_int_equal(f.crc32, crc);
	return crc;
}

static void
the_same_version_and_size_are_the_same_image(void **state)
{
	uint8_t *chunk = mem_new(FIRMWARE_CHUNK);
	uint64_t n;
	uint32_t crc = image("1.0.522.101", 2500000, chunk, &n);

	(void)state;
	assert_int_equal(n, 2500000);
	assert_int_equal(image("1.0.522.101", 2500000, chunk, &n), crc);
	assert_int_not_equal(image("1.0.522.102", 2500000, chunk, &n), crc);
	assert_int_not_equal(image("1.0.522.101", 2500001, chunk, &n), crc);
	assert_int_equal(
	    image("1", FIRMWARE_CHUNK, chunk, &n), image("1", FIRMWARE_CHUNK, chunk, &n));
	assert_int_equal(n, FIRMWARE_CHUNK);
	mem_free(chunk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_host_has_its_own_address),
		cmocka_unit_test(a_host_that_is_not_there_has_no_records),
		cmocka_unit_test(each_service_leads_to_a_host_of_the_zone),
		cmocka_unit_test(without_a_voice_vlan_all_addresses_are_one_subnet),
		cmocka_unit_test(with_one_the_upper_half_is_the_vlan_and_the_lower_names_it),
		cmocka_unit_test(the_plan_makes_a_dhcp_server_that_leases),
		cmocka_unit_test(the_first_key_for_the_ca_is_nobodys),
		cmocka_unit_test(certificates_have_the_names_that_the_zone_has),
		cmocka_unit_test(what_servers_say_fits_together),
		cmocka_unit_test(the_sum_is_zlibs),
		cmocka_unit_test(the_same_version_and_size_are_the_same_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
