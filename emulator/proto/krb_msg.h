/* krb_msg.h - what a Kerberos message is, read off its outside; its inside is auth's.  RFC 4120
 * section 5. */
#ifndef PROTO_KRB_MSG_H
#define PROTO_KRB_MSG_H
#include "span.h"

enum { KRB_MSG_NAME_MAX = 32 };

/* "AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP", "KRB-ERROR 25".  0, -EBADMSG: none of these, or
 * -ENOMEM. */
int krb_msg_name(struct span message, char out[KRB_MSG_NAME_MAX]);

#endif
