/*
 * doctor_table.h - what the two pages of findings share: their short words.
 *
 * Each line: what it is called, which row shows it and how, how grave it is; what that means
 * for the phones; what to mend.  Those of a step stand together, the particular before the
 * general, because of a row that failed the first that fits is told.
 */
#ifndef REPORT_DOCTOR_TABLE_H
#define REPORT_DOCTOR_TABLE_H
#include "doctor.h"

/* The phone's way to its root, and then to its pool, its mailbox and its update. */
extern const struct doctor_finding doctor_trust_table[], doctor_pool_table[];
extern const size_t doctor_trust_findings, doctor_pool_findings;

#define DONE DOCTOR_DONE
#define FAIL DOCTOR_FAIL
#define SKIP DOCTOR_SKIP
#define BLOCKS DOCTOR_BLOCKS
#define HARMS DOCTOR_HARMS
#define NOTE DOCTOR_NOTE

/* What is asked of the row. */
#define ANY DOCTOR_ANY, NULL, NULL
#define HAS(key, value) DOCTOR_HAS, key, value
#define LACKS(key, value) DOCTOR_LACKS, key, value
#define EMPTY(key) DOCTOR_EMPTY, key, NULL
#define THERE(key) DOCTOR_THERE, key, NULL
#define MORE(key, value) DOCTOR_MORE, key, value
#define INSIDE(key, value) DOCTOR_INSIDE, key, value

/* Rows that several lines are about. */
#define ADDRESS "dhcp_lease|dhcp_voice_vlan"
#define POOL "pool_tls_untrusted|pool_tls"
#define CA_WEB "ca_find|ca_wrong_key|ca_fetch"
#define TICKETS "ldap_bind|ca_wrong_key|ca_fetch|sip_register|cas_tls"

#endif
