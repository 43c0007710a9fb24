/* fuzz_sip_msg.c - any bytes as a SIP stream: messages, credentials, what is signed. */
#include "sip_msg.h"
#include "sip_signed.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
look(const struct sip_msg *m)
{
	struct sip_addr addr;
	struct sip_auth auth;
	struct buf b = { 0 };
	struct span method;
	uint32_t number;

	(void)sip_msg_cseq(m, &number, &method);
	(void)sip_msg_addr(m, "From", &addr);
	(void)sip_msg_lists(m, "Supported", "gruu-10");
	(void)sip_challenge_read(m, "Kerberos", &auth);
	for (int side = SIP_BY_CLIENT; side <= SIP_BY_SERVER; side++)
		if (sip_auth_read(m, (enum sip_side)side, NULL, &auth) == 0)
			(void)sip_signed_bytes(&b, m, &auth);
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct sip_stream in = { 0 };
	struct sip_msg m;

	/* In two pieces, cut by the first byte. */
	size_t cut = n > 0 ? p[0] % n : 0;

	(void)sip_stream_put(&in, (struct span){ p, cut });
	while (sip_stream_next(&in, &m) == 0)
		look(&m);
	(void)sip_stream_put(&in, (struct span){ p + cut, n - cut });
	while (sip_stream_next(&in, &m) == 0)
		look(&m);
	sip_stream_done(&in);
	return 0;
}
