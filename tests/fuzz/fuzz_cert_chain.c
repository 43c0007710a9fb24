/* fuzz_cert_chain.c - any bytes as what a CA's web server or directory hands out. */
#include "cert_chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct cert_chain chain;
	struct buf der = { 0 };
	struct cert cert;

	(void)cert_read((struct span){ p, n }, &cert);
	if (cert_chain_read((struct span){ p, n }, &chain) == 0)
		(void)cert_chain_root(&chain);
	if (cert_unarmour(&der, (struct span){ p, n }) == 0 &&
	    cert_chain_read(buf_bytes(&der), &chain) == 0)
		(void)cert_chain_root(&chain);
	buf_done(&der);
	return 0;
}
