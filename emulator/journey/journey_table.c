/*
 * journey_table.c - THE PAGE: the way of a phone from power-on to its new firmware.
 *
 * Numbers 17-28 are the guide's own; 1-16 are our cut of what other sources say.  A limit is
 * long enough for the retransmissions inside one try; 0 stands for no number.  Nothing is known
 * of the phone's own pauses: they are ours.
 */
#include "journey.h"
#include "steps.h"

enum {
	ADDR = FACT_ADDRESS | FACT_DOMAIN,
	LEASE = FACT_LEASE,
	NTP = FACT_NTP,
	CLOCK = FACT_CLOCK,
	USER = FACT_USER,
	POOL = FACT_POOL,
	ROOT = FACT_ROOT,
	DC = FACT_DC,
	TGT = FACT_TGT,
	DIR = FACT_DIRECTORY,
	CA = FACT_CA,
	WEB = FACT_CA_WEB,
	LINE = FACT_LINE,
	REG = FACT_REGISTERED,
	PROV = FACT_PROVISIONED | FACT_URLS,
	CAS = FACT_CAS,
	MAIL = FACT_MAILBOX,
	UPD = FACT_UPDATE,
	IMAGE = FACT_IMAGE,
	SEC = 1000,
	MIN = 60 * SEC,
	DAY = 24 * 60 * MIN
};

/* clang-format off */
const struct leg journey_table[] = {
/*    guide   stage        step                       needs              gives       skip_if tries limit    pause    fate   lost: from */
	{  1,  2, "address",   &step_dhcp_lease,          0,                 ADDR|LEASE, 0,      3,  3*MIN,   4*SEC, FATE_STOP,  NULL },
	{  3,  3, "address",   &step_dhcp_voice_vlan,     ADDR,              ADDR|LEASE, 0,      3,  3*MIN,   4*SEC, FATE_STOP,  NULL },
	{  4,  4, "clock",     &step_ntp_find,            ADDR,              NTP,        0,      3,  2*MIN,   5*SEC, FATE_STOP,  NULL },
	{  5,  5, "clock",     &step_ntp_sync,            ADDR|NTP,          CLOCK,      0,      4,  5*SEC,   3*SEC, FATE_STOP,  NULL },
	{  6,  6, "update",    &step_update_at_power_on,  ADDR,              0,          0,      2,  1*MIN,   5*SEC, FATE_GO_ON, NULL },
	{  7,  7, "sign-in",   &step_user_enters,         0,                 USER,       USER,   1,  1*DAY,   0,     FATE_STOP,  NULL },
	{  8,  8, "pool",      &step_pool_find,           ADDR|USER,         POOL,       0,      3,  3*MIN,   5*SEC, FATE_STOP,  NULL },
	{  9,  9, "pool",      &step_pool_tls_untrusted,  POOL,              0,          ROOT,   3, 30*SEC,   5*SEC, FATE_STOP,  NULL },
	{ 10, 10, "identity",  &step_dc_find,             ADDR|USER,         DC,         0,      3,  2*MIN,   5*SEC, FATE_STOP,  NULL },
	{ 11, 12, "identity",  &step_krb_login,           DC|CLOCK|USER,     TGT,        0,      3, 10*SEC,   2*SEC, FATE_STOP,  NULL },
	{ 13, 14, "directory", &step_ldap_bind,           DC|TGT,            DIR,        ROOT,   3, 20*SEC,   2*SEC, FATE_STOP,  NULL },
	{ 15, 15, "directory", &step_ldap_find_ca,        DIR,               CA,         ROOT,   3, 20*SEC,   2*SEC, FATE_STOP,  &step_ldap_bind },
	{ 16, 16, "trust",     &step_ca_find,             ADDR|CA,           WEB,        ROOT,   3,  1*MIN,   2*SEC, FATE_STAGE_AGAIN, NULL },
	{ 17, 17, "trust",     &step_ca_wrong_key,        WEB|TGT,           0,          ROOT,   3, 30*SEC,   2*SEC, FATE_STAGE_AGAIN, &step_ca_find },
	{ 18, 19, "trust",     &step_ca_fetch,            WEB|TGT,           ROOT,       ROOT,   3,  1*MIN,   2*SEC, FATE_STAGE_AGAIN, &step_ca_find },
	{ 20, 21, "pool",      &step_pool_tls,            POOL|ROOT|CLOCK,   LINE,       0,      4, 30*SEC,   3*SEC, FATE_TRUST_AGAIN, NULL },
	{  0,  0, "sign-in",   &step_sip_register,        LINE|DC|TGT,       REG,        0,      3,  3*MIN,   5*SEC, FATE_STOP,  &step_pool_tls },
	{  0,  0, "sign-in",   &step_sip_provision,       LINE|REG,          PROV,       0,      3,  3*MIN,   5*SEC, FATE_STOP,  &step_pool_tls },
	{ 22, 22, "mailbox",   &step_autodiscover_find,   ADDR|USER,         CAS,        0,      2,  1*MIN,   5*SEC, FATE_GO_ON, NULL },
	{ 23, 23, "mailbox",   &step_cas_tls,             CAS|DC|TGT|ROOT,   MAIL,       0,      2,  1*MIN,   5*SEC, FATE_GO_ON, NULL },
	{ 24, 25, "update",    &step_update_ask,          ADDR,              UPD,        0,      3,  1*MIN,   5*SEC, FATE_GO_ON, NULL },
	{ 26, 27, "update",    &step_update_download,     UPD,               0,          0,      3, 30*MIN,   5*SEC, FATE_GO_ON, NULL },
	{ 28, 28, "update",    &step_update_confirm,      UPD,               IMAGE,      0,      3,  1*MIN,   5*SEC, FATE_GO_ON, NULL },
};
/* clang-format on */
const size_t journey_rows = sizeof journey_table / sizeof *journey_table;
