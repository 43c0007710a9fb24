/* fuzz_dns_msg.c - any bytes as a DNS reply. */
#include "dns_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	struct dns_srv srv[4];
	struct dns_head head;
	uint32_t ips[4];
	size_t count;

	if (dns_msg_head(&head, s) != 0)
		return 0;
	(void)dns_msg_check(s, head.id, head.name, DNS_A);
	(void)dns_msg_rcode(s);
	(void)dns_msg_addresses(s, ips, 4, &count);
	(void)dns_msg_services(s, srv, 4, &count);
	return 0;
}
