/* text.h - strict reading of what people and servers write: numbers, addresses, names,
 * versions. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum { TEXT_IP_MAX = 16, TEXT_MAC_MAX = 18 };

/* All of s as a decimal number without sign, not above max.  0 or -EINVAL / -ERANGE. */
int text_u64(struct span s, uint64_t max, uint64_t *out);

/* "192.0.2.1" to an address in host byte order.  0 or -EINVAL. */
int text_ip(struct span s, uint32_t *out);

/* An address in host byte order as text; returns out. */
const char *text_ip_str(uint32_t ip, char out[TEXT_IP_MAX]);

/* "00:04:f2:10:00:00" (or with dashes) to six bytes.  0 or -EINVAL. */
int text_mac(struct span s, uint8_t out[6]);

/* The same as lower-case text with colons; returns out. */
const char *text_mac_str(const uint8_t mac[6], char out[TEXT_MAC_MAX]);

/* Copy with a NUL.  0, or -ENAMETOOLONG (then out is "") if it does not fit whole or holds a
 * NUL. */
int text_copy(char *out, size_t cap, struct span s);

/* Upper-case the ASCII letters in place. */
void text_upper(char *);

/* Append what base64 stands for, skipping white space.  0, -EBADMSG (then nothing is appended)
 * or the buffer's error. */
int text_unbase64(struct buf *out, struct span s);

/* Append what pairs of hexadecimal digits stand for; errors as of text_unbase64(). */
int text_unhex(struct buf *out, struct span s);

/* Compare "1.0.522.101" with "1.0.199.123" number by number: <0, 0, >0.  What is not a number
 * counts as 0. */
int text_version_cmp(const char *a, const char *b);

/* Append s with the characters XML / JSON reserves escaped; control bytes are made harmless. */
void text_xml(struct buf *, struct span);
void text_json(struct buf *, struct span);

/* Append s for a terminal: control characters, also UTF-8's of two bytes, become '?'. */
void text_plain(struct buf *, struct span);

#endif
