/*
 * test_doctor_findings.c - every line of the doctor's page is provoked: by a pool with a habit
 * or a fault through which a simulated phone walks its whole way; by a server that has it in
 * for one row; or, what no simulated server does, by the row as a phone would tell it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "case_world.h"
#include "doctor.h"
#include "mem.h"
#include "rehearsal.h"
#include "steps.h"
#include "trace.h"

static const uint64_t S = 1000000;

#define OLD "cx700-1.0.199.123"
#define R2 "cx700-1.0.522.101"

/* ---- a whole walk through a pool --------------------------------------------------------- */

struct walked {
	const char *id, *yaml;
	enum doctor_severity severity;
	const char *profile; /* NULL: the oldest */
};

/* clang-format off */
static const struct walked walks[] = {
	{ "dhcp_silent",        "faults: [{server: dhcp, do: {drop: 100%}}]", DOCTOR_BLOCKS, NULL },
	{ "dhcp_nak",           "faults: [{server: dhcp, do: {answer: nak}}]", DOCTOR_BLOCKS, NULL },
	{ "dhcp_no_domain",     "servers: {dhcp: {options_off: [15]}}", DOCTOR_BLOCKS, NULL },
	{ "dhcp_no_search",     "servers: {dhcp: {options_off: [119]}}", DOCTOR_HARMS, NULL },
	{ "dhcp_no_dns",        "servers: {dhcp: {options_off: [6]}}", DOCTOR_BLOCKS, NULL },
	{ "dhcp_no_router",     "{}", DOCTOR_NOTE, NULL },
	{ "dhcp_refused_once",  "faults: [{server: dhcp, for: 2s, do: {answer: nak}}]", DOCTOR_HARMS, NULL },
	{ "no_voice_vlan",      "servers: {dhcp: {voice_vlan: 0}}", DOCTOR_NOTE, NULL },
	{ "dns_silent",         "faults: [{server: dns, do: {drop: 100%}}]", DOCTOR_BLOCKS, NULL },
	{ "dns_fails",          "faults: [{server: dns, do: {answer: SERVFAIL}}]", DOCTOR_BLOCKS, NULL },
	{ "ntp_not_in_dns",     "servers: {dns: {hide: [_ntp._udp.contoso.com]}}", DOCTOR_BLOCKS, NULL },
	{ "ntp_from_internet",  "servers: {dns: {hide: [_ntp._udp.contoso.com], add: ['time.windows.com A 10.40.0.10']}}", DOCTOR_NOTE, NULL },
	{ "ntp_silent",         "faults: [{server: ntp, do: {drop: 100%}}]", DOCTOR_BLOCKS, NULL },
	{ "ntp_closed",         "faults: [{server: ntp, do: {refuse: true}}]", DOCTOR_BLOCKS, NULL },
	{ "ntp_refuses",        "faults: [{server: ntp, do: {answer: DENY}}]", DOCTOR_BLOCKS, NULL },
	{ "no_ucupdates",       "servers: {dns: {hide: [ucupdates-r2.contoso.com]}}", DOCTOR_HARMS, R2 },
	{ "update_at_power_on_failed", "faults: [{server: update, do: {answer: 500}}]", DOCTOR_HARMS, R2 },
	{ "pool_not_in_dns",    "servers: {dns: {hide: [_sipinternaltls._tcp.contoso.com, _sip._tls.contoso.com, _sipinternal._tcp.contoso.com,"
				" sipinternal.contoso.com, sip.contoso.com, sipexternal.contoso.com]}}", DOCTOR_BLOCKS, NULL },
	{ "pool_without_srv",   "servers: {dns: {hide: [_sipinternaltls._tcp.contoso.com, _sip._tls.contoso.com]}}", DOCTOR_HARMS, NULL },
	{ "pool_certificate_expired", "servers: {sip: {certificate: expired}}", DOCTOR_BLOCKS, NULL },
	{ "pool_certificate_early", "servers: {sip: {certificate: early}}", DOCTOR_BLOCKS, NULL },
	{ "pool_certificate_name", "servers: {sip: {certificate: wrong_name}}", DOCTOR_BLOCKS, NULL },
	{ "pool_certificate_sha2", "servers: {sip: {certificate: sha2}}", DOCTOR_BLOCKS, NULL },
	{ "pool_root_unknown",  "servers: {sip: {certificate: other_root}}", DOCTOR_BLOCKS, NULL },
	{ "pool_closed",        "faults: [{server: sip, do: {refuse: true}}]", DOCTOR_BLOCKS, NULL },
	{ "pool_breaks_off",    "faults: [{server: sip, do: {reset: true}}]", DOCTOR_BLOCKS, NULL },
	{ "pool_unreachable",   "faults: [{server: sip, do: {drop: 100%}}]", DOCTOR_BLOCKS, NULL },
	{ "dc_not_in_dns",      "servers: {dns: {hide: [_ldap._tcp.dc._msdcs.contoso.com, _kerberos._tcp.contoso.com]}}", DOCTOR_BLOCKS, NULL },
	{ "dc_without_msdcs",   "servers: {dns: {hide: [_ldap._tcp.dc._msdcs.contoso.com]}}", DOCTOR_HARMS, NULL },
	{ "clock_skew",         "servers: {ntp: {offset: 7m}}", DOCTOR_BLOCKS, NULL },
	{ "user_unknown",       "servers: {kdc: {unknown: 0}}", DOCTOR_BLOCKS, NULL },
	{ "user_disabled",      "servers: {kdc: {locked: 0}}", DOCTOR_BLOCKS, NULL },
	{ "password_expired",   "servers: {kdc: {expired: 0}}", DOCTOR_BLOCKS, NULL },
	{ "password_wrong",     "servers: {kdc: {wrong_password: 0}}", DOCTOR_BLOCKS, NULL },
	{ "rc4_refused",        "faults: [{server: kdc, do: {answer: 14}}]", DOCTOR_BLOCKS, NULL },
	{ "krb_policy",         "faults: [{server: kdc, do: {answer: 12}}]", DOCTOR_BLOCKS, NULL },
	{ "kdc_closed",         "faults: [{server: kdc, do: {refuse: true}}]", DOCTOR_BLOCKS, NULL },
	{ "kdc_silent",         "faults: [{server: kdc, do: {drop: 100%}}]", DOCTOR_BLOCKS, NULL },
	{ "krb_failed",         "faults: [{server: kdc, do: {answer: 60}}]", DOCTOR_BLOCKS, NULL },
	{ "ldap_ticket_refused", "faults: [{server: ldap, do: {answer: 49}}]", DOCTOR_BLOCKS, NULL },
	{ "ldap_signing",       "faults: [{server: ldap, do: {answer: 8}}]", DOCTOR_BLOCKS, NULL },
	{ "ldap_busy",          "faults: [{server: ldap, do: {answer: 51}}]", DOCTOR_BLOCKS, NULL },
	{ "ldap_closed",        "faults: [{server: ldap, do: {refuse: true}}]", DOCTOR_BLOCKS, NULL },
	{ "ldap_failed",        "faults: [{server: ldap, do: {drop: 100%}}]", DOCTOR_BLOCKS, NULL },
	{ "ca_not_published",   "servers: {ldap: {enrollment: false}}", DOCTOR_BLOCKS, NULL },
	{ "root_is_published",  "servers: {ldap: {publish_ca: true}}", DOCTOR_NOTE, NULL },
	{ "ca_web_closed",      "faults: [{server: ca_web, do: {refuse: true}}]", DOCTOR_BLOCKS, NULL },
	{ "ca_web_missing",     "faults: [{server: ca_web, do: {answer: 404}}]", DOCTOR_BLOCKS, NULL },
	{ "ca_web_forbidden",   "faults: [{server: ca_web, do: {answer: 403}}]", DOCTOR_BLOCKS, NULL },
	{ "ca_web_error",       "faults: [{server: ca_web, do: {answer: 500}}]", DOCTOR_BLOCKS, NULL },
	{ "ca_web_failed",      "faults: [{server: ca_web, do: {drop: 100%}}]", DOCTOR_BLOCKS, NULL },
	{ "ca_first_key_taken", "servers: {ca_web: {wrong_key: false}}", DOCTOR_NOTE, NULL },
	{ "sip_version_filter", "faults: [{server: sip, do: {answer: 403}}]", DOCTOR_BLOCKS, NULL },
	{ "sip_user_unknown",   "faults: [{server: sip, do: {answer: 404}}]", DOCTOR_BLOCKS, NULL },
	{ "sip_busy",           "faults: [{server: sip, do: {answer: 503}}]", DOCTOR_BLOCKS, NULL },
	{ "sip_home_pool",      "servers: {sip: {home_pool: pool02.contoso.com, redirect: 100%}}", DOCTOR_NOTE, NULL },
	{ "autodiscover_not_in_dns", "servers: {dns: {hide: [autodiscover.contoso.com]}}", DOCTOR_HARMS, NULL },
	{ "exchange_certificate_expired", "servers: {exchange: {certificate: expired}}", DOCTOR_HARMS, NULL },
	{ "exchange_certificate_early", "servers: {exchange: {certificate: early}}", DOCTOR_HARMS, NULL },
	{ "exchange_certificate_name", "servers: {exchange: {certificate: wrong_name}}", DOCTOR_HARMS, NULL },
	{ "exchange_certificate_sha2", "servers: {exchange: {certificate: sha2}}", DOCTOR_HARMS, NULL },
	{ "exchange_root_unknown", "servers: {exchange: {certificate: other_root}}", DOCTOR_HARMS, NULL },
	{ "exchange_closed",    "faults: [{server: exchange, do: {refuse: true}}]", DOCTOR_HARMS, NULL },
	{ "exchange_no_tls",    "faults: [{server: exchange, do: {reset: true}}]", DOCTOR_HARMS, NULL },
	{ "exchange_missing",   "faults: [{server: exchange, do: {answer: 404}}]", DOCTOR_HARMS, NULL },
	{ "exchange_failed",    "faults: [{server: exchange, do: {answer: 500}}]", DOCTOR_HARMS, NULL },
	{ "no_mailbox",         "servers: {exchange: {mailbox: false}}", DOCTOR_HARMS, NULL },
	{ "update_closed",      "faults: [{server: update, do: {refuse: true}}]", DOCTOR_HARMS, NULL },
	{ "update_missing",     "faults: [{server: update, do: {answer: 404}}]", DOCTOR_HARMS, NULL },
	{ "update_forbidden",   "faults: [{server: update, do: {answer: 403}}]", DOCTOR_HARMS, NULL },
	{ "update_error",       "faults: [{server: update, do: {answer: 500}}]", DOCTOR_HARMS, NULL },
	{ "update_url_blank",   "servers: {update: {blank: true}}", DOCTOR_HARMS, NULL },
	{ "image_cut",          "servers: {update: {wrong_length: true}}", DOCTOR_HARMS, NULL },
	{ "lost_tries",         "faults: [{server: ntp, for: 5s, do: {drop: 100%}}]", DOCTOR_NOTE, NULL },
};
/* clang-format on */

struct rows {
	json_t *all, *lost; /* tries, by step */
};

static void
try_lost(struct rows *rows, const char *step, const char *detail)
{
	if (json_object_get(rows->lost, step) == NULL)
		(void)json_object_set_new(rows->lost, step, json_array());
	(void)json_array_append_new(json_object_get(rows->lost, step), json_string(detail));
}

/* As a run would write it, and a reader read it. */
static void
row_told(void *arg, const struct journey_row *row)
{
	static const struct identity id = { .mac = { 0, 4, 0xf2, 0x10, 0, 0 } };
	const char *step = row->leg->step->name;
	struct rows *rows = arg;
	struct buf line = { 0 };
	json_t *one;

	if (!row->final) {
		try_lost(rows, step, row->detail);
		return;
	}
	trace_line(&line, &id, 0, row);
	one = json_loadb((const char *)line.p, line.n, 0, NULL);
	assert_non_null(one);
	(void)json_object_set(one, "lost", json_object_get(rows->lost, step));
	(void)json_object_del(rows->lost, step);
	(void)json_array_append_new(rows->all, one);
	buf_done(&line);
}

static void
walk(const char *yaml, const char *profile, json_t *all, bool *arrived_out)
{
	struct rows rows = { all, json_object() };
	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){ .phones = 1,
	    .yaml = yaml,
	    .seed = 7,
	    .profile = profile,
	    .told = row_told,
	    .arg = &rows });

	r->plan.stage_loops = 0;
	rehearsal_on(r, 0, 0);
	rehearsal_run(r, 12 * 3600 * S);
	*arrived_out = r->phone[0].state == JOURNEY_ARRIVED;
	rehearsal_free(r);
	json_decref(rows.lost);
}

static const struct doctor_found *
found_of(const struct doctor *d, const char *id)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->found[i].finding->id, id) == 0)
			return &d->found[i];
	return NULL;
}

/* Is it shown, as gravely as it is?  What blocks comes first, and decides with what harms
 * whether the pool is ready. */
static bool
walk_shows(const struct walked *w, const struct doctor *d)
{
	const struct doctor_found *found = found_of(d, w->id);

	if (found == NULL || found->severity != w->severity)
		return false;
	return d->ready == (w->severity == DOCTOR_NOTE) &&
	    (w->severity != DOCTOR_BLOCKS || found == &d->found[0]);
}

/* false: otherwise than the table has it, and printed. */
static bool
provoke_by_walk(const struct walked *w)
{
	json_t *rows = json_array();
	struct doctor d;
	bool arrived, shown;

	walk(w->yaml, w->profile, rows, &arrived);
	doctor_judge(rows, arrived, &d);
	shown = walk_shows(w, &d);
	if (!shown)
		print_error("%s was to show %s as \"%s\":\n", w->yaml, w->id,
		    doctor_severity_name(w->severity));
	for (size_t i = 0; !shown && i < d.n; i++)
		print_error("  %s \"%s\"\n", d.found[i].finding->id,
		    doctor_severity_name(d.found[i].severity));
	json_decref(rows);
	return shown;
}

static void
a_walk_through_such_a_pool_shows_it(void **state)
{
	long before = mem_out();
	size_t shown = 0;

	(void)state;
	for (size_t i = 0; i < sizeof walks / sizeof *walks; i++)
		shown += provoke_by_walk(&walks[i]);
	assert_int_equal(shown, sizeof walks / sizeof *walks);
	assert_int_equal(mem_out(), before);
}

static void
a_pool_without_a_flaw_is_ready(void **state)
{
	static const char *const profiles[] = { OLD, R2, "cx700-3.5.6907.35" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		json_t *rows = json_array();
		struct doctor d;
		bool arrived;

		walk("servers: {update: {version: 4.0.7577.1}}", profiles[i], rows, &arrived);
		doctor_judge(rows, arrived, &d);
		assert_true(arrived);
		assert_true(d.ready);
		for (size_t k = 0; k < d.n; k++)
			assert_int_equal(d.found[k].severity, DOCTOR_NOTE);
		json_decref(rows);
	}
}

/* ---- a server that has it in for one row --------------------------------------------------
 */

struct spited {
	const char *id;
	const struct step_ops *step;
	struct case_mood mood;
};

/* clang-format off */
static const struct spited spites[] = {
	{ "ldap_spn_missing",     &step_ldap_bind,     { .server = SERVERS_KDC, .fault = { .answer = 7 } } },
	{ "service_without_rc4",  &step_ldap_bind,     { .server = SERVERS_KDC, .fault = { .answer = 14 } } },
	{ "clock_skew",           &step_ldap_bind,     { .server = SERVERS_KDC, .fault = { .answer = 37 } } },
	{ "realm_wrong",          &step_krb_login,     { .server = SERVERS_KDC, .fault = { .answer = 68 } } },
	{ "ldap_search_denied",   &step_ldap_find_ca,  { .server = SERVERS_LDAP, .fault = { .answer = 50 } } },
	{ "ldap_search_failed",   &step_ldap_find_ca,  { .server = SERVERS_LDAP, .fault = { .drop = 1 } } },
	{ "ca_not_in_dns",        &step_ca_find,       { .server = SERVERS_DNS, .fault = { .answer = 3 } } },
	{ "ca_spn_missing",       &step_ca_fetch,      { .server = SERVERS_KDC, .fault = { .answer = 7 } } },
	{ "ca_wrong_keytab",      &step_ca_fetch,      { .server = SERVERS_CA_WEB, .fault = { .answer = 401 } } },
	{ "ca_fetch_failed",      &step_ca_fetch,      { .server = SERVERS_CA_WEB, .fault = { .drop = 1 } } },
	{ "ca_web_missing",       &step_ca_fetch,      { .server = SERVERS_CA_WEB, .fault = { .answer = 404 } } },
	{ "ca_web_failed",        &step_ca_wrong_key,  { .server = SERVERS_CA_WEB, .fault = { .drop = 1 } } },
	{ "sip_spn_missing",      &step_sip_register,  { .server = SERVERS_KDC, .fault = { .answer = 7 } } },
	{ "sip_silent",           &step_sip_register,  { .server = SERVERS_SIP, .catch = case_all } },
	{ "sip_failed",           &step_sip_register,  { .server = SERVERS_SIP, .fault = { .answer = 488 } } },
	{ "sip_busy",             &step_sip_provision, { .server = SERVERS_SIP, .fault = { .answer = 503 } } },
	{ "provisioning_failed",  &step_sip_provision, { .server = SERVERS_SIP, .fault = { .answer = 488 } } },
	{ "exchange_spn_missing", &step_cas_tls,       { .server = SERVERS_KDC, .fault = { .answer = 7 } } },
	{ "exchange_ticket_refused", &step_cas_tls,    { .server = SERVERS_EXCHANGE, .fault = { .answer = 401 } } },
	{ "update_not_in_dns",    &step_update_ask,    { .server = SERVERS_DNS, .fault = { .answer = 3 } } },
	{ "update_not_an_answer", &step_update_ask,    { .server = SERVERS_UPDATE, .catch = case_request, .answer = case_login_page } },
	{ "image_missing",        &step_update_download, { .server = SERVERS_UPDATE, .fault = { .answer = 404 } } },
	{ "image_forbidden",      &step_update_download, { .server = SERVERS_UPDATE, .fault = { .answer = 403 } } },
	{ "catalogue_missing",    &step_update_confirm, { .server = SERVERS_UPDATE, .fault = { .answer = 404 } } },
	{ "dns_fails",            &step_pool_find,     { .server = SERVERS_DNS, .fault = { .answer = 2 } } },
	{ "dns_silent",           &step_dc_find,       { .server = SERVERS_DNS, .fault = { .drop = 1 } } },
};
/* clang-format on */

static json_t *
row_of(const struct rehearsal_row *row)
{
	return json_pack("{s:s, s:i, s:s, s:s, s:s, s:{}}", "step", row->step, "try",
	    (int)row->tries, "verdict", verdict_name(row->verdict), "why",
	    reason_name(row->why), "detail", row->detail, "seen");
}

static bool
shows(const char *id, json_t *row, const char *told)
{
	const struct doctor_finding *found[8];
	size_t n = doctor_row(row, found, 8);
	bool shown = false;

	for (size_t i = 0; i < n; i++)
		shown |= strcmp(found[i]->id, id) == 0;
	if (!shown)
		print_error(
		    "%s was to show %s, not %s\n", told, id, n > 0 ? found[0]->id : "nothing");
	return shown;
}

static void
a_server_that_spites_one_row_shows_in_it(void **state)
{
	size_t shown = 0;

	(void)state;
	for (size_t i = 0; i < sizeof spites / sizeof *spites; i++) {
		const struct spited *s = &spites[i];
		struct case_world *c = case_world_new(step_cases_of(s->step), &s->mood);
		char told[160];
		json_t *row;

		case_world_begin(c);
		case_world_end(c);
		row = row_of(case_world_row(c));
		(void)snprintf(told, sizeof told, "%s with \"%s\"", s->step->name,
		    json_string_value(json_object_get(row, "detail")));
		shown += shows(s->id, row, told);
		json_decref(row);
		case_world_free(c);
	}
	assert_int_equal(shown, sizeof spites / sizeof *spites);
}

/* ---- what no simulated server does ---------------------------------------------------------
 */

struct told {
	const char *id, *row;
};

/* clang-format off */
static const struct told tellings[] = {
	{ "local_limit",          "'step': 'krb_login', 'verdict': 'fail', 'why': 'local', 'detail': 'errno:EMFILE'" },
	{ "dhcp_left_out",        "'step': 'dhcp_lease', 'verdict': 'skip', 'detail': 'dhcp:none, 10.1.2.3 is given'" },
	{ "voice_vlan_silent",    "'step': 'dhcp_voice_vlan', 'verdict': 'fail', 'why': 'timeout', 'detail': 'dhcp:no answer'" },
	{ "dhcp_incomplete",      "'step': 'dhcp_lease', 'verdict': 'fail', 'why': 'bad_reply', 'detail': 'dhcp:no mask'" },
	{ "dhcp_failed",          "'step': 'dhcp_lease', 'verdict': 'fail', 'why': 'refused', 'detail': 'errno:ENETUNREACH'" },
	{ "dns_unreadable",       "'step': 'dc_find', 'verdict': 'fail', 'why': 'bad_reply', 'detail': 'dns:unreadable answer to x'" },
	{ "clock_differs",        "'step': 'clock_compare', 'verdict': 'done', 'detail': '', 'seen': {'clock_off_s': 420, 'clock_off': '7 min 0 s behind'}" },
	{ "ntp_unsynchronised",   "'step': 'ntp_sync', 'verdict': 'fail', 'why': 'server_error', 'detail': 'ntp:INIT'" },
	{ "ntp_far_from_source",  "'step': 'ntp_sync', 'verdict': 'done', 'detail': '', 'seen': {'ntp_stratum': 10}" },
	{ "pool_certificate_bad", "'step': 'pool_tls', 'verdict': 'fail', 'why': 'tls', 'detail': 'tls:42', 'seen': {'tls_flaw': 'other'}" },
	{ "pool_no_suite",        "'step': 'pool_tls_untrusted', 'verdict': 'fail', 'why': 'tls', 'detail': 'tls:40', 'seen': {'tls_alert': 40}" },
	{ "pool_no_tls_1_0",      "'step': 'pool_tls_untrusted', 'verdict': 'fail', 'why': 'tls', 'detail': 'tls:70', 'seen': {'tls_alert': 70}" },
	{ "pool_tls_failed",      "'step': 'pool_tls', 'verdict': 'fail', 'why': 'tls', 'detail': 'tls:80', 'seen': {}" },
	{ "pool_uses_3des",       "'step': 'pool_tls', 'verdict': 'done', 'detail': '', 'seen': {'tls_chosen': 10}" },
	{ "ldap_no_spnego",       "'step': 'ldap_bind', 'verdict': 'fail', 'why': 'auth', 'detail': 'ldap:no GSS-SPNEGO'" },
	{ "ldap_no_config",       "'step': 'ldap_bind', 'verdict': 'fail', 'why': 'not_found', 'detail': 'ldap:no configurationNamingContext'" },
	{ "ca_web_no_negotiate",  "'step': 'ca_find', 'verdict': 'fail', 'why': 'auth', 'detail': 'http:401 without Negotiate'" },
	{ "ca_web_anonymous",     "'step': 'ca_find', 'verdict': 'done', 'detail': '', 'seen': {'http_status': [200]}" },
	{ "ca_chain_bad",         "'step': 'ca_fetch', 'verdict': 'fail', 'why': 'not_found', 'detail': 'p7b:no root'" },
	{ "sip_no_kerberos",      "'step': 'sip_register', 'verdict': 'fail', 'why': 'auth', 'detail': 'sip:401 without Kerberos'" },
	{ "sip_ticket_refused",   "'step': 'sip_register', 'verdict': 'fail', 'why': 'auth', 'detail': 'sip:401', 'seen': {'spn': ['sip/fe01']}" },
	{ "sip_not_enabled",      "'step': 'sip_register', 'verdict': 'fail', 'why': 'auth', 'detail': 'sip:403/4003'" },
	{ "sip_forged",           "'step': 'sip_register', 'verdict': 'fail', 'why': 'auth', 'detail': 'sip:wrong signature'" },
	{ "sip_home_lost",        "'step': 'sip_register', 'verdict': 'fail', 'why': 'not_found', 'detail': 'sip:301 pool02.contoso.com'" },
	{ "provisioning_missing", "'step': 'sip_provision', 'verdict': 'skip', 'detail': 'sip:the pool does not offer vnd-microsoft-provisioning-v2'" },
	{ "exchange_redirects",   "'step': 'cas_tls', 'verdict': 'fail', 'why': 'not_found', 'detail': 'autodiscover:redirect to a@b'" },
	{ "update_failed",        "'step': 'update_ask', 'verdict': 'fail', 'why': 'bad_reply', 'detail': 'update:URL or version too long'" },
	{ "update_url_not_provisioned", "'step': 'update_ask', 'verdict': 'done', 'detail': '', 'seen': {'offered': '1.0.522.101',"
					" 'http_url': 'http://ucupdates-r2.contoso.com/RequestHandler/ucdevice.upx'}" },
	{ "update_not_newer",     "'step': 'update_download', 'verdict': 'skip', 'detail': 'update:1.0.199.100 is not newer than 1.0.199.123'" },
	{ "image_bad",            "'step': 'update_download', 'verdict': 'fail', 'why': 'bad_reply', 'detail': 'update:an empty image'" },
	{ "hello_refused",        "'step': 'client_hello', 'verdict': 'fail', 'why': 'tls', 'detail': 'tls:40', 'seen': {'tls_server': 'a:5061'}" },
	{ "hello_failed",         "'step': 'client_hello', 'verdict': 'fail', 'why': 'reset', 'detail': 'tcp:closed', 'seen': {'tls_server': 'a:5061'}" },
	{ "hello_weak_suite",     "'step': 'client_hello', 'verdict': 'done', 'detail': '', 'seen': {'tls_server': 'a:5061', 'tls_chosen': 3, 'tls_version': 769}" },
	{ "hello_ssl3",           "'step': 'client_hello', 'verdict': 'done', 'detail': '', 'seen': {'tls_server': 'a:5061', 'tls_chosen': 4, 'tls_version': 768}" },
	{ "hello_foreign_suite",  "'step': 'client_hello', 'verdict': 'done', 'detail': '', 'seen': {'tls_server': 'a:5061', 'tls_chosen': 47, 'tls_version': 769}" },
	{ "other",                "'step': 'sip_sign_out', 'verdict': 'fail', 'why': 'timeout', 'detail': 'sip:no reply'" },
};
/* clang-format on */

static json_t *
row_from(const char *text)
{
	struct buf json = { 0 };
	json_t *row;

	buf_printf(&json, "{%s}", text);
	for (size_t i = 0; i < json.n; i++)
		if (json.p[i] == '\'')
			json.p[i] = '"';
	row = json_loadb((const char *)json.p, json.n, 0, NULL);
	if (row == NULL)
		fail_msg("no JSON: %s", text);
	buf_done(&json);
	return row;
}

static void
a_row_that_tells_of_it_shows_it(void **state)
{
	size_t shown = 0;

	(void)state;
	for (size_t i = 0; i < sizeof tellings / sizeof *tellings; i++) {
		json_t *row = row_from(tellings[i].row);

		shown += shows(tellings[i].id, row, tellings[i].row);
		json_decref(row);
	}
	assert_int_equal(shown, sizeof tellings / sizeof *tellings);
}

/* ---- the page as a whole -------------------------------------------------------------------
 */

static bool
is_provoked(const char *id)
{
	bool is = false;

	for (size_t i = 0; i < sizeof walks / sizeof *walks; i++)
		is |= strcmp(walks[i].id, id) == 0;
	for (size_t i = 0; i < sizeof spites / sizeof *spites; i++)
		is |= strcmp(spites[i].id, id) == 0;
	for (size_t i = 0; i < sizeof tellings / sizeof *tellings; i++)
		is |= strcmp(tellings[i].id, id) == 0;
	return is;
}

static void
no_line_of_the_page_is_without_a_test(void **state)
{
	const struct doctor_finding *f;

	(void)state;
	for (size_t i = 0; (f = doctor_finding(i)) != NULL; i++)
		if (!is_provoked(f->id))
			fail_msg("nothing here provokes %s", f->id);
}

/* Where the pool is broken on purpose in ten ways, the right one is named first. */
static void
what_is_broken_is_named_first(void **state)
{
	static const struct walked broken[] = {
		{ "pool_certificate_sha2",
		    "servers: {sip: {certificate: sha2}, exchange: {certificate: sha2}}",
		    DOCTOR_BLOCKS, NULL },
		{ "dhcp_no_domain", "servers: {dhcp: {options_off: [15, 119]}}", DOCTOR_BLOCKS,
		    NULL },
		{ "dhcp_no_search", "servers: {dhcp: {options_off: [119]}}", DOCTOR_HARMS,
		    NULL },
		{ "update_url_blank", "servers: {update: {blank: true}}", DOCTOR_HARMS, NULL },
		{ "ca_not_published", "servers: {ldap: {enrollment: false}}", DOCTOR_BLOCKS,
		    NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		json_t *rows = json_array();
		struct doctor d;
		bool arrived;

		walk(broken[i].yaml, NULL, rows, &arrived);
		doctor_judge(rows, arrived, &d);
		assert_true(d.n > 0);
		assert_string_equal(d.found[0].finding->id, broken[i].id);
		assert_int_equal(d.found[0].severity, broken[i].severity);
		assert_false(d.ready);
		json_decref(rows);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_through_such_a_pool_shows_it),
		cmocka_unit_test(a_pool_without_a_flaw_is_ready),
		cmocka_unit_test(a_server_that_spites_one_row_shows_in_it),
		cmocka_unit_test(a_row_that_tells_of_it_shows_it),
		cmocka_unit_test(no_line_of_the_page_is_without_a_test),
		cmocka_unit_test(what_is_broken_is_named_first),
	};

	return cmocka_run_group_tests_name("doctor_findings", tests, NULL, NULL);
}
