/* dhcp_say.h - one DHCP message of the phone: what all have in common, and sending it. */
#ifndef TALK_DHCP_SAY_H
#define TALK_DHCP_SAY_H
#include "dhcp_msg.h"
#include "dhcp_talk.h"

/* A message with the profile's habits and the phone's MAC; xid and addresses are still 0. */
struct dhcp_ask dhcp_say_begin(const struct dhcp_talk_cfg *, enum dhcp_type);

/* Write, send, and note what was sent.  0 or io's error. */
int dhcp_say(const struct dhcp_talk_cfg *, struct io_handle *conn, const struct dhcp_ask *);

#endif
