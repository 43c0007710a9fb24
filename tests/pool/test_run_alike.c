/*
 * test_run_alike.c - a fault or a habit is the same thing in a rehearsal and on real sockets:
 * each step of the phones is done, fails and is tried again as often, for the same reasons.
 * Chance has no say in these, and time none either: they hold all the time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "played.h"
#include "temp_file.h"

enum { PHONES = 4 };

/* One try, for those that would be tried for a long time. */
#define ONCE(step) "journey: {override: {" step ": {tries: 1}}}\n"
#define TWICE(step) "journey: {override: {" step ": {tries: 2, pause: 100ms}}}\n"

static const char *const kdc[] = {
	"faults: [{server: kdc, do: {answer: 6}}]\n",
	"faults: [{server: kdc, do: {answer: 18}}]\n",
	"faults: [{server: kdc, do: {answer: 24}}]\n",
	"faults: [{server: kdc, do: {answer: 37}}]\n",
	"faults: [{server: kdc, do: {answer: 60}}]\n" TWICE("krb_login"),
	"faults: [{server: kdc, do: {refuse: true}}]\n" TWICE("krb_login"),
	"servers: {kdc: {wrong_password: 50%, locked: '1', unknown: '2'}}\n",
	"servers: {kdc: {expired: '0-1', disabled: '3'}}\n",
	NULL,
};

static const char *const network[] = {
	"faults: [{server: dhcp, do: {answer: nak}}]\n"
	"journey: {until: dhcp_lease, override: {dhcp_lease: {tries: 1, limit: 2s}}}\n",
	"faults: [{server: dns, do: {answer: SERVFAIL}}]\n" ONCE("pool_find"),
	"faults: [{server: dns, do: {answer: NXDOMAIN}}]\n" ONCE("pool_find"),
	"faults: [{server: ntp, do: {answer: RATE}}]\n"
	"journey: {until: user_enters, override: {ntp_sync: {tries: 1}}}\n",
	"faults: [{server: ntp, do: {refuse: true}}]\n"
	"journey: {until: user_enters, override: {ntp_sync: {tries: 1}}}\n",
	"faults: [{server: dns, do: {duplicate: 100%}}, {server: ntp, do: {duplicate: 100%}},\n"
	"  {server: kdc, do: {duplicate: 100%}}]\njourney: {until: sip_provision}\n",
	"servers: {dhcp: {voice_vlan: 0, lease: 1h, options_off: [42, 119]}}\n"
	"journey: {until: sip_provision}\n",
	"servers: {dns: {hide: [autodiscover.contoso.com]}}\n",
	NULL,
};

static const char *const trust[] = {
	"faults: [{server: ldap, do: {answer: 49}}]\n" ONCE("ldap_bind"),
	"faults: [{server: ldap, do: {refuse: true}}]\n" ONCE("ldap_bind"),
	"faults: [{server: ldap, do: {reset: true}}]\n" ONCE("ldap_bind"),
	"faults: [{server: ca_web, do: {answer: 404}}]\n" ONCE("ca_find"),
	"faults: [{server: ca_web, do: {reset: true}}]\n" ONCE("ca_find"),
	"servers: {ldap: {publish_ca: true}}\n",
	"servers: {ldap: {enrollment: false}}\n",
	"servers: {ca_web: {wrong_key: false}}\n",
	NULL,
};

static const char *const front_end[] = {
	"faults: [{server: sip, do: {answer: 503, retry_after: 1s}}]\n" TWICE("sip_register"),
	"faults: [{server: sip, do: {answer: 403}}]\n" ONCE("sip_register"),
	"faults: [{server: sip, do: {refuse: true}}]\n" ONCE("pool_tls_untrusted"),
	"faults: [{server: sip, do: {reset: true}}]\n" ONCE("pool_tls_untrusted"),
	"servers: {sip: {certificate: wrong_name}}\n",
	"servers: {sip: {certificate: expired}}\n",
	"servers: {sip: {version: 3}}\njourney: {until: sip_provision}\n",
	"servers: {sip: {home_pool: 'north.contoso.com:5071', redirect: 100%}}\n"
	"journey: {until: sip_provision}\n",
	NULL,
};

static const char *const services[] = {
	"faults: [{server: exchange, do: {answer: 500}}]\n" ONCE("cas_tls"),
	"faults: [{server: exchange, do: {refuse: true}}]\n" ONCE("cas_tls"),
	"servers: {exchange: {mailbox: false}}\n",
	"servers: {exchange: {certificate: other_root}}\n" ONCE("cas_tls"),
	"faults: [{server: update, do: {answer: 503}}]\n" ONCE("update_ask"),
	"faults: [{server: update, do: {refuse: true}}]\n" ONCE("update_ask"),
	"faults: [{server: update, do: {reset_after: 300kB}}]\nservers: {update: {size: "
	"1MB}}\n" ONCE("update_download"),
	"faults: [{server: update, do: {truncate: 300kB}}]\nservers: {update: {size: "
	"1MB}}\n" ONCE("update_download"),
	"servers: {update: {blank: true}}\n",
	"servers: {update: {wrong_length: true, size: 1MB}}\n" ONCE("update_download"),
	"servers: {update: {version: 1.0.199.123}}\n",
	NULL,
};

static int
setup(void **state)
{
	*state = calloc(2, sizeof(struct played));
	return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	struct played *p = *state;

	played_done(&p[0]);
	played_done(&p[1]);
	free(p);
	temp_clean();
	return 0;
}

/* What must be the same of a step, as text. */
static char *
step_text(json_t *step)
{
	json_t *same = json_object();
	static const char *const keys[] = { "name", "attempts", "done", "failed", "skipped",
		"retries", "reasons" };
	char *text;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		json_object_set(same, keys[i], json_object_get(step, keys[i]));
	text = json_dumps(same, JSON_SORT_KEYS);
	json_decref(same);
	return text;
}

static void
compare(const char *tail, const struct played *real, const struct played *dry)
{
	json_t *steps = json_object_get(real->summary, "steps");
	json_t *others = json_object_get(dry->summary, "steps");
	size_t i;

	if (real->summary == NULL || dry->summary == NULL)
		fail_msg("%s: no summary: %s%s", tail, real->said, dry->said);
	assert_int_equal(json_array_size(steps), json_array_size(others));
	for (i = 0; i < json_array_size(steps); i++) {
		char *is = step_text(json_array_get(steps, i));
		char *should = step_text(json_array_get(others, i));

		if (strcmp(is, should) != 0)
			fail_msg("%son real sockets %s\nrehearsed %s", tail, is, should);
		free(is);
		free(should);
	}
	assert_int_equal(real->status, dry->status);
}

static void
play_all(struct played *p, const char *const *tails)
{
	for (; *tails != NULL; tails++) {
		played_run(&p[0], PHONES, *tails);
		played_rehearse(&p[1], PHONES, *tails);
		compare(*tails, &p[0], &p[1]);
		played_done(&p[0]);
		played_done(&p[1]);
	}
}

static void
a_kdc_refuses_as_it_was_rehearsed(void **state)
{
	play_all(*state, kdc);
}

static void
names_leases_and_time_are_as_rehearsed(void **state)
{
	play_all(*state, network);
}

static void
directory_and_ca_are_as_rehearsed(void **state)
{
	play_all(*state, trust);
}

static void
the_front_end_is_as_rehearsed(void **state)
{
	play_all(*state, front_end);
}

static void
mailbox_and_update_are_as_rehearsed(void **state)
{
	play_all(*state, services);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(a_kdc_refuses_as_it_was_rehearsed),
		WITH(names_leases_and_time_are_as_rehearsed),
		WITH(directory_and_ca_are_as_rehearsed),
		WITH(the_front_end_is_as_rehearsed),
		WITH(mailbox_and_update_are_as_rehearsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
