/*
 * serve_dhcp.h - a DHCP server's logic: scopes, leases, options as a Windows
 * administrator would set them.  RFC 2131, 2132, 3046 (option 82 echoed), 3397.
 *
 * An address belongs to a MAC: the scope's n-th one to the MAC whose low 24 bits
 * are n modulo the scope's size, the next free one if that is taken.  So two runs
 * lease the same addresses.  Those that end in .0 and .255 are never leased.
 * Finding a lease takes O(1).
 */
#ifndef SERVE_SERVE_DHCP_H
#define SERVE_SERVE_DHCP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "dhcp_msg.h"
#include "span.h"

struct serve_dhcp;

struct serve_dhcp_scope { /* addresses in host byte order */
	uint32_t giaddr;  /* the relay agent of this subnet; 0: clients without a relay */
	uint32_t ip, mask;
	uint32_t first, last; /* what is leased, both included */
	uint32_t router;      /* 0 = none; never leased */
	uint32_t dns[2];
	uint16_t voice_vlan; /* option 43.10, ASCII decimal, for cfg.vendor_class; 0 = none */
};

struct serve_dhcp_cfg {
	uint32_t server; /* option 54; never leased */
	const struct serve_dhcp_scope *scopes;
	size_t n_scopes;
	const char *vendor_class;  /* matched bytewise: "CPE-OCPhone" */
	const char *domain;        /* option 15 */
	const char *const *search; /* option 119, sent only if asked for */
	size_t n_search;
	const uint8_t *off; /* options that are never sent */
	size_t n_off;
	uint32_t lease_s; /* T1 is half of it, T2 seven eighths */
};

/* Everything is copied.  0, -ENOMEM, or -EINVAL: a scope without addresses. */
int serve_dhcp_new(const struct serve_dhcp_cfg *, struct serve_dhcp **out);
void serve_dhcp_free(struct serve_dhcp *);

/* From now on every REQUEST is answered NAK, as by a server whose database was lost; or no
 * more. */
void serve_dhcp_refuse(struct serve_dhcp *, bool nak);

/* What an exchange came to, for the log, and where the reply goes. */
struct serve_dhcp_done {
	enum dhcp_type asked, answered; /* 0 = could not be read / no reply */
	uint8_t mac[6];
	uint32_t ip;      /* of the lease spoken of */
	uint32_t to_ip;   /* 0 = broadcast */
	uint16_t to_port; /* 67: the relay; 68: the client */
};

/*
 * One message in; the reply, if there is one, is appended.  now_us is any clock
 * that only goes forward.  0; -EBADMSG cannot be read; -ENOENT no scope for it;
 * -ENOMEM.
 */
int serve_dhcp_answer(struct serve_dhcp *, struct span request, uint64_t now_us,
    struct buf *reply, struct serve_dhcp_done *);

/* Leases that hold now. */
size_t serve_dhcp_leases(const struct serve_dhcp *, uint64_t now_us);

#endif
