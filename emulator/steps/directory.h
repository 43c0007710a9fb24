/*
 * directory.h - what the two directory steps share: a failed result code as
 * verdict, the message ids of the one connection.
 */
#ifndef STEPS_DIRECTORY_H
#define STEPS_DIRECTORY_H
#include "ldap_talk.h"
#include "step.h"

enum { DIRECTORY_PORT = 389, DIRECTORY_ID_BIND = 0, DIRECTORY_ID_FIND = 100 };

/*
 * A result code that is not success, with detail "ldap:49 <what the server says>": FAIL auth
 * for what credentials cannot mend (7, 8, 14 and 48 to 50), FAIL not_found for 32, RETRY
 * server_error for 51, 52 and 80, RETRY bad_reply for the rest.
 */
enum verdict directory_refused(struct step *, const struct ldap_result *);

#endif
