/* explain_words.c - see explain_words.h. */
#include "explain_words.h"

#include <string.h>

/* clang-format off */
static const struct explain_step explain_steps[] = {
	{ "dhcp_lease", "asks for an address[ ({dhcp_messages})]",
	  "it gets {address}[ in VLAN {vlan}][, domain {domain}]",
	  "The DHCP scope: has it free addresses, does the relay (giaddr) of the phone's network reach it, does it answer the class CPE-OCPhone?" },
	{ "dhcp_voice_vlan", "is told of a voice VLAN and leases again in it[ ({dhcp_messages})]",
	  "it gets {address}[ in VLAN {vlan}]",
	  "The voice VLAN that DHCP option 43 names: is it on the phone's switch port, and does a DHCP server or relay answer in it?" },
	{ "ntp_find", "looks for a time server[: {dns_names}]", "DNS says {dns_answers}",
	  "DNS: publish SRV _ntp._udp.<domain>, or let the phones resolve time.windows.com. Without the time no Kerberos ticket is good." },
	{ "ntp_sync", "asks for the time", "it is answered by stratum {ntp_stratum}",
	  "The time server: does UDP 123 reach it, is it synchronised, does it limit clients? Without the time no Kerberos ticket is good." },
	{ "update_at_power_on", "asks the update service at power-on[: {http_url}]", "[it runs {version}][ and is offered {offered}]",
	  "DNS: ucupdates-r2.<DHCP domain>, and the update service there on port 80. The phone goes on without." },
	{ "user_enters", "waits until the person has typed name, number and password", "", "" },
	{ "pool_find", "looks for its pool in DNS[: {dns_names}]", "DNS says {dns_answers}",
	  "DNS: SRV _sipinternaltls._tcp.<SIP domain>, or A sipinternal, sip or sipexternal in it." },
	{ "pool_tls_untrusted", "connects to the pool, whose root it does not know yet",
	  "it refuses the certificate[ ({tls_flaw}, alert {tls_alert})], as it should, and goes for the root",
	  "The pool's port 5061 and its certificate: apart from the unknown root it must be sound, in date, and bear the pool's name." },
	{ "dc_find", "looks for a domain controller[: {dns_names}]", "DNS says {dns_answers}",
	  "DNS: SRV _ldap._tcp.dc._msdcs.<domain> and _kerberos._tcp.<domain>." },
	{ "krb_login", "logs in at the domain controller[: {krb_messages}]", "it has its ticket",
	  "The KDC: does it answer on port 88 in time, is the account right (name, password, not locked or expired), does it allow RC4, are the clocks within five minutes?" },
	{ "ldap_bind", "gets a ticket for the directory and binds[ as {spn}]", "[{ldap_ops}]",
	  "The directory: port 389 of the domain controller, and GSS-SPNEGO." },
	{ "ldap_find_ca", "looks for the CA in the directory[: {ldap_ops}]", "",
	  "The directory: publish the root (certutil -dspublish RootCA), or have a pKIEnrollmentService object with dNSHostName. Otherwise the phone says \"Cannot validate server certificate\"." },
	{ "ca_find", "finds the CA's web server and asks without a ticket[: {http_requests}]",
	  "[DNS says {dns_answers}][, the server {http_status}]",
	  "DNS: the A record of the CA's host; and its port 80, where /certsrv must ask for Negotiate." },
	{ "ca_wrong_key", "asks the CA with the first key[ ({spn})]", "it is refused[ ({http_status})], as it should",
	  "The CA's web server: is it there, and does it answer 401 rather than break off?" },
	{ "ca_fetch", "asks the CA with the second key[ ({spn})]", "it trusts the root it gets[ ({bytes} bytes)]",
	  "The CA's /certsrv: the SPN HTTP/<host>, Windows authentication, and a chain whose root is not signed with SHA-2, which this phone cannot check." },
	{ "pool_tls", "opens its line to the pool", "the certificate is good, the line stands[ (TLS suite {tls_chosen})]",
	  "The front end: port 5061, TLS 1.0 with RC4 or 3DES, a certificate in date that bears the pool's name, from the root that the phone has; the whole chain signed with SHA-1, as the phone knows no SHA-2." },
	{ "sip_register", "signs in[: {sip_requests}]", "[the front end answers {sip_status}][, good for {sip_expires} s]",
	  "The front end and the user: is the user enabled for this pool, is the SPN sip/<front end> registered, are Kerberos and the clocks right?" },
	{ "sip_provision", "asks for its settings[: {sip_requests}]", "[the front end answers {sip_status}]",
	  "The front end's provisioning (vnd-microsoft-provisioning-v2): without it there are no update addresses." },
	{ "autodiscover_find", "looks for its mailbox in DNS[: {dns_names}]", "DNS says {dns_answers}",
	  "DNS: A autodiscover.<SIP domain>. The phone goes on without voice mail." },
	{ "cas_tls", "asks Exchange where its mailbox is[: {http_url}]", "[Exchange answers {http_status}]",
	  "Exchange's client access server: port 443 with TLS 1.0, a certificate from the phone's root, Windows authentication. The phone goes on without voice mail." },
	{ "update_ask", "asks for new firmware[: {http_url}]", "[it runs {version}][ and is offered {offered}]",
	  "The update service: /RequestHandler/ucdevice.upx on the pool's web server, anonymous." },
	{ "update_download", "fetches the firmware[: {http_url}]", "[{bytes} bytes]",
	  "The update service: bandwidth, time limits of the web server, and that the file is whole." },
	{ "update_confirm", "fetches the catalogue, the last of the update[: {http_url}]", "the image is whole",
	  "The update service: the .cat beside the image." },
	{ "dhcp_renew", "renews its lease", "[it keeps {address}]",
	  "The DHCP server: half through each lease it is asked again." },
	{ "dhcp_release", "gives its address back", "", "" },
	{ "sip_refresh", "signs in again before that runs out[: {sip_requests}]", "[the front end answers {sip_status}]",
	  "The front end: it must take the refresh on the line that it has." },
	{ "sip_sign_out", "signs out", "[the front end answers {sip_status}]", "" },
	{ "ews_poll", "asks Exchange for messages[: {http_url}]", "[Exchange answers {http_status}]",
	  "Exchange's web services." },
};

struct explain_word {
	const char *begins; /* or is, of a reason */
	const char *means;
};

static const struct explain_word explain_reasons[] = {
	{ "timeout", "nobody answered in time" },
	{ "refused", "the connection or the service was refused" },
	{ "reset", "the connection was lost" },
	{ "bad_reply", "the answer could not be read or made no sense" },
	{ "not_found", "there is no such name or object" },
	{ "auth", "the credentials, the ticket or the signature were not accepted" },
	{ "tls", "the handshake or the certificate was not good" },
	{ "server_error", "the server said that it had failed" },
	{ "local", "this machine was short of something: the servers are not at fault" },
};

/* The longer beginning stands first. */
static const struct explain_word explain_details[] = {
	{ "krb:6 ", "the KDC does not know this account" },
	{ "krb:12 ", "the KDC's policy forbids it" },
	{ "krb:14 ", "the KDC does not allow RC4, the only encryption that the phone knows" },
	{ "krb:18 ", "the account is disabled or locked" },
	{ "krb:23 ", "the password has expired" },
	{ "krb:24 ", "the password is wrong; each such try counts towards the account's lock" },
	{ "krb:37 ", "the phone's clock is more than five minutes off the KDC's" },
	{ "krb:7 ", "nobody has registered this service's name (SPN)" },
	{ "krb:referral", "the KDC sends the phone to another realm, which it does not follow" },
	{ "dhcp:NAK", "the DHCP server does not want it to have this address" },
	{ "dhcp:no answer", "no DHCP server, or no relay to one, in this network" },
	{ "dhcp:lease expired", "nobody renewed the lease, so the address is no longer its own" },
	{ "sip:403", "this user is not allowed here" },
	{ "sip:404", "this user is not of this pool" },
	{ "sip:408", "the front end itself got no answer in time" },
	{ "sip:480", "the front end does not take the user now" },
	{ "sip:503", "the front end is too busy, or is being restarted" },
	{ "sip:504", "the front end waits in vain for a server behind it" },
	{ "sip:wrong signature", "the front end's signature is not good: it is not who it says it is" },
	{ "sip:signed off", "the front end signed the phone off" },
	{ "http:401", "the web server wants other credentials" },
	{ "http:403", "the web server forbids it" },
	{ "http:404", "there is nothing at this address" },
	{ "http:500", "the web server has failed" },
	{ "http:503", "the web server is too busy" },
	{ "tls:48", "the root of the certificate is not trusted" },
	{ "tls:40", "the two sides know no cipher suite in common" },
	{ "tls:42", "the certificate is damaged" },
	{ "tls:45", "the certificate has expired" },
	{ "tls:46", "the certificate cannot be checked: is it, or its root, signed with SHA-2?" },
	{ "tls:70", "the server does not speak TLS 1.0 any more" },
	{ "tls:expired", "the certificate has expired" },
	{ "tls:early", "the certificate is not valid yet: or is a clock wrong?" },
	{ "tls:name", "the certificate bears another name" },
	{ "tls:no_root", "the root of the certificate is not trusted" },
	{ "tls:sha2", "the certificate is signed with SHA-2, which the phone cannot check" },
	{ "errno:ECONNREFUSED", "nothing listens at that port" },
	{ "errno:ECONNRESET", "the other side broke the connection off" },
	{ "errno:ETIMEDOUT", "no answer came at all: is the server there, is a firewall between?" },
	{ "errno:EHOSTUNREACH", "there is no way to that host" },
	{ "errno:ENETUNREACH", "there is no way to that network" },
	{ "errno:EADDRNOTAVAIL", "the phone's address is not on this machine: the farm's network" },
	{ "errno:EMFILE", "this machine is out of descriptors" },
	{ "ntp:RATE", "the time server is asked too often" },
	{ "ntp:DENY", "the time server does not serve this phone" },
	{ "ntp:RSTR", "the time server does not serve this phone" },
	{ "ntp:not synchronised", "the time server does not know the time itself" },
	{ "ldap:Cannot validate", "the directory knows neither root nor CA: the phone says \"Cannot validate server certificate\"" },
	{ "ldap:49", "the directory does not accept the ticket" },
	{ "p7b:no root", "what the CA gave has no root certificate in it" },
	{ "limit:", "the row's time was up" },
	{ "known:", "it knows that already" },
};
/* clang-format on */

const struct explain_step *
explain_step(const char *name)
{
	static const struct explain_step other = { "", "", "", "" };

	for (size_t i = 0; i < sizeof explain_steps / sizeof *explain_steps; i++)
		if (strcmp(explain_steps[i].name, name) == 0)
			return &explain_steps[i];
	return &other;
}

const char *
explain_reason(const char *why)
{
	for (size_t i = 0; i < sizeof explain_reasons / sizeof *explain_reasons; i++)
		if (strcmp(explain_reasons[i].begins, why) == 0)
			return explain_reasons[i].means;
	return "";
}

const char *
explain_detail(const char *detail)
{
	for (size_t i = 0; i < sizeof explain_details / sizeof *explain_details; i++) {
		const char *begins = explain_details[i].begins;

		if (strncmp(detail, begins, strlen(begins)) == 0)
			return explain_details[i].means;
	}
	return NULL;
}
