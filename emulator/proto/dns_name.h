/*
 * dns_name.h - names as DNS writes them: labels with lengths, compression
 * pointers.  RFC 1035 section 4.1.4.  Also option 119 of DHCP.
 */
#ifndef PROTO_DNS_NAME_H
#define PROTO_DNS_NAME_H
#include <stddef.h>

#include "buf.h"
#include "span.h"

enum { DNS_NAME_MAX = 256 }; /* as text, with its NUL */

/*
 * Read the name at *at in a message, following pointers backwards only; *at moves
 * behind it.  The root is "".  0, or -EBADMSG: it runs over the end, loops, is too long, or
 * holds bytes a host or service name has not.
 */
int dns_name_read(struct span msg, size_t *at, char out[DNS_NAME_MAX]);

/* Append a name uncompressed; one trailing dot is fine.  0, or -EINVAL: an empty or too long
 * label, or too long altogether (nothing is written then). */
int dns_name_write(struct buf *, const char *name);

#endif
