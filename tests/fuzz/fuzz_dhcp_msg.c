/* fuzz_dhcp_msg.c - any bytes as a DHCP message, and every option of it. */
#include "dhcp_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char domains[4][DHCP_NAME_MAX];
	uint8_t codes[300];
	uint32_t ips[4];
	struct dhcp_msg m;
	struct buf b = { 0 };

	if (dhcp_msg_decode(&m, (struct span){ p, n }) != 0)
		return 0;
	(void)dhcp_msg_codes(&m, codes, sizeof codes);
	(void)dhcp_msg_search(&m, domains, 4);
	(void)dhcp_msg_vlan(&m, 10);
	for (unsigned code = 1; code < 255; code++) {
		(void)dhcp_msg_get(&m, (uint8_t)code, &b);
		(void)dhcp_msg_ips(&m, (uint8_t)code, ips, 4);
		(void)dhcp_msg_u32(&m, (uint8_t)code, ips);
		(void)dhcp_msg_name(&m, (uint8_t)code, domains[0]);
	}
	buf_done(&b);
	return 0;
}
