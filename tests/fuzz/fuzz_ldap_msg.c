/* fuzz_ldap_msg.c - any bytes as LDAP, entries walked. */
#include "ldap_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n }, type, value;
	struct ldap_msg m;
	size_t length;

	(void)ldap_msg_length(s, &length);
	if (ldap_msg_decode(s, &m) != 0)
		return 0;
	if (m.op == LDAP_SEARCH_ENTRY) {
		struct ldap_walk w = { .attrs = m.entry.attrs };

		while (ldap_entry_next(&w, &type, &value) == 1)
			(void)ldap_attr_is(type, "cACertificate");
	}
	return 0;
}
