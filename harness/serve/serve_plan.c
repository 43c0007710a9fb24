/* serve_plan.c - see serve_plan.h: tables, and the names put where they belong. */
#include "serve_plan.h"

#include "serve_names.h"

/* clang-format off */
const struct serve_service serve_services[] = {
	{ "ldap/" POOL_DC,                   KEYS_LDAP },
	{ "HTTP/" POOL_DC,                   KEYS_CA_WEB },
	{ "HTTP/" POOL_DC_SHORT,             KEYS_NOBODY },
	{ "sip/" POOL_FRONT,                 KEYS_SIP },
	{ "sip/" POOL_NAME,                  KEYS_SIP },
	{ "sip/" POOL_HOME_FRONT,            KEYS_HOME },
	{ "sip/" POOL_HOME,                  KEYS_HOME },
	{ "HTTP/" POOL_MAIL,                 KEYS_HTTPS },
	{ "HTTP/autodiscover." POOL_DOMAIN,  KEYS_HTTPS },
	{ "HTTP/ucupdates-r2." POOL_DOMAIN,  KEYS_HTTPS },
	{ "HTTP/pool." POOL_DOMAIN,          KEYS_HTTPS },
	{ "HTTP/" POOL_NAME,                 KEYS_HTTPS },
};
/* clang-format on */
const size_t serve_n_services = sizeof serve_services / sizeof serve_services[0];

const char *const serve_sip_names[] = { POOL_NAME, POOL_FRONT, "sip." POOL_DOMAIN,
	"sipinternal." POOL_DOMAIN, "sipexternal." POOL_DOMAIN, NULL };
const char *const serve_web_names[] = { POOL_MAIL, "autodiscover." POOL_DOMAIN,
	"ucupdates-r2." POOL_DOMAIN, "pool." POOL_DOMAIN, POOL_NAME, POOL_FRONT, POOL_DOMAIN,
	NULL };
const char *const serve_home_names[] = { POOL_HOME, POOL_HOME_FRONT, NULL };

size_t
serve_scopes(const struct serve_net *net, struct serve_dhcp_scope out[SERVE_SCOPES_MAX])
{
	uint32_t bits = net->bits + (net->voice_vlan != 0 ? 1 : 0);
	uint32_t mask = UINT32_MAX << (32 - bits), size = ~mask + 1;
	size_t n = net->voice_vlan != 0 ? 2 : 1;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t ip = net->net + i * size;

		out[i] = (struct serve_dhcp_scope){
			.giaddr = net->relay + i,
			.ip = ip,
			.mask = mask,
			.first = ip + 1,
			.last = ip + size - 2,
			.dns = { net->dns },
			/* Only who is not there yet is told. */
			.voice_vlan = i == 0 ? net->voice_vlan : 0,
		};
	}
	return n;
}

/* Phones of this class are told the voice VLAN. */
struct serve_dhcp_cfg
serve_plan_dhcp(void)
{
	static const char *const search[] = { POOL_DOMAIN };

	return (struct serve_dhcp_cfg){
		.vendor_class = "CPE-OCPhone",
		.domain = POOL_DOMAIN,
		.search = search,
		.n_search = 1,
	};
}

struct ldap_dir_cfg
serve_plan_directory(void)
{
	return (struct ldap_dir_cfg){ .domain = POOL_DOMAIN,
		.dc_name = POOL_DC,
		.ca_name = POOL_CA,
		.ca_host = POOL_DC };
}

/* Where a phone is told to look for updates, from inside and from outside. */
struct serve_sip_cfg
serve_plan_sip(void)
{
	return (struct serve_sip_cfg){
		.fqdn = POOL_FRONT,
		.sip_domain = POOL_DOMAIN,
		.krb_realm = POOL_REALM,
		.users = POOL_USERS,
		.update_internal = "http://" POOL_NAME "/RequestHandler/ucdevice.upx",
		.update_external = "https://" POOL_NAME "/RequestHandlerExt/ucdevice.upx",
		.mwi_poll_min = 3,
	};
}

struct serve_update_cfg
serve_plan_update(void)
{
	return (struct serve_update_cfg){
		.internal_url = "http://" POOL_NAME "/DeviceUpdateFiles_Int",
		.external_url = "https://" POOL_NAME "/DeviceUpdateFiles_Ext",
	};
}

struct serve_exchange_cfg
serve_plan_exchange(void)
{
	return (struct serve_exchange_cfg){
		.ews_url = "https://" POOL_MAIL "/EWS/Exchange.asmx", .sip_domain = POOL_DOMAIN
	};
}
