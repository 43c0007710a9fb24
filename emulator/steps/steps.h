/* steps.h - every step there is, one line each. */
#ifndef STEPS_STEPS_H
#define STEPS_STEPS_H
#include "step.h"

extern const struct step_ops step_dhcp_lease;
extern const struct step_ops step_dhcp_voice_vlan;
extern const struct step_ops step_dhcp_renew;
extern const struct step_ops step_ntp_find;
extern const struct step_ops step_ntp_sync;
extern const struct step_ops step_update_at_power_on;
extern const struct step_ops step_user_enters;
extern const struct step_ops step_pool_find;
extern const struct step_ops step_pool_tls_untrusted;
extern const struct step_ops step_dc_find;
extern const struct step_ops step_krb_login;
extern const struct step_ops step_ldap_bind;
extern const struct step_ops step_ldap_find_ca;
extern const struct step_ops step_ca_find;
extern const struct step_ops step_ca_wrong_key;
extern const struct step_ops step_ca_fetch;
extern const struct step_ops step_pool_tls;
extern const struct step_ops step_sip_register;
extern const struct step_ops step_sip_provision;
extern const struct step_ops step_sip_refresh;
extern const struct step_ops step_autodiscover_find;
extern const struct step_ops step_cas_tls;
extern const struct step_ops step_ews_poll;
extern const struct step_ops step_update_ask;
extern const struct step_ops step_update_download;
extern const struct step_ops step_update_confirm;
extern const struct step_ops step_sip_sign_out;
extern const struct step_ops step_dhcp_release;

#endif
