/*
 * kdc_rig.h - for tests: a real krb5kdc with a fresh realm on a loopback address of
 * this process's own, and a way to walk a phone's Kerberos conversation with it.
 */
#ifndef FAKE_KDC_RIG_H
#define FAKE_KDC_RIG_H
#include <sys/types.h>

#include "auth_krb5.h"
#include "kdc_realm.h"

#define RIG_REALM "CONTOSO.COM"
#define RIG_PASSWORD "Pa\"ss w0rd\\'%d"

struct kdc_rig {
	char dir[64];
	struct kdc_realm realm;
	pid_t pid;
	unsigned packets, streams; /* sent by kdc_rig_walk */
	bool always_stream;        /* carry what is for UDP over TCP nevertheless */
};

/*
 * Makes the realm with users phone00000 ... and these services: in web.keytab
 * HTTP/dc01.contoso.com, in no keytab HTTP/dc01, in ldap.keytab ldap/dc01.contoso.com, in
 * sip.keytab sip/fe01.contoso.com, in aes.keytab sip/fe02.contoso.com with AES keys.  Prepares
 * this process for phones (auth_krb5_init).  False, having printed why, if krb5kdc is not
 * installed.
 */
bool kdc_rig_up(struct kdc_rig *, uint32_t n_users);

/* The same without starting krb5kdc. */
bool kdc_rig_make(struct kdc_rig *, uint32_t n_users);

/* Between make and start: more lines for krb5.conf or kdc.conf; then krb5kdc itself. */
void kdc_rig_configure(struct kdc_rig *, const char *file, const char *lines);
void kdc_rig_start(struct kdc_rig *);

/* Ends krb5kdc and removes the folder. */
void kdc_rig_down(struct kdc_rig *);

/* kadmin.local with this script. */
void kdc_rig_admin(struct kdc_rig *, const char *script);

/*
 * Carries the packets of a conversation until it ends; it is then dropped, so out->text points
 * to the thread's static copy.  AUTH_SEND: it wants another realm, which is in out->text.
 */
enum auth_next kdc_rig_walk(
    struct kdc_rig *, struct auth *, struct auth_talk *, struct auth_out *out);

/* Sends one request, waits for its reply (at most 64 KiB); its length. */
size_t kdc_rig_exchange(struct kdc_rig *, const struct auth_out *, uint8_t *reply);

/* A KRB-ERROR of code 52, RESPONSE_TOO_BIG, as a KDC would send it; its length. */
size_t kdc_rig_too_big(uint8_t *out, size_t cap);

/* login and ticket, walked; DONE or the failure. */
enum auth_next kdc_rig_login(struct kdc_rig *, struct auth *, struct auth_out *out);
enum auth_next kdc_rig_ticket(
    struct kdc_rig *, struct auth *, const char *spn, struct auth_out *out);

/* Phone number i of the rig's users, with this password (NULL: the right one). */
struct auth *kdc_rig_phone(uint32_t i, const char *password);

/* dir/file in static memory. */
const char *kdc_rig_path(const struct kdc_rig *, const char *file);

#endif
