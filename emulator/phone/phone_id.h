/* phone_id.h - who phone number N is. */
#ifndef PHONE_PHONE_ID_H
#define PHONE_PHONE_ID_H
#include "phone.h"
#include "step.h"

/*
 * The identity of a phone of this pool: MAC = the pool file's base + index, the serial number
 * is its hexadecimal digits (no rule of the real one is known), user number first + index,
 * think time drawn by the seed.  0, or -EINVAL / -ENAMETOOLONG: the pool file's user names.
 */
int phone_id(const struct phone_cfg *, uint64_t seed, uint32_t index, struct identity *out);

/* The Kerberos realm of the pool's users: their DNS domain in upper case; cap bytes. */
void phone_realm(const struct pool_file *, char *out, size_t cap);

#endif
