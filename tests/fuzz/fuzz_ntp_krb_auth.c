/* fuzz_ntp_krb_auth.c - any bytes as an NTP packet, a Kerberos message's name, an
 * authentication header, a URL. */
#include "http_auth.h"
#include "krb_msg.h"
#include "ntp_msg.h"
#include "url.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n }, rest = s;
	char name[KRB_MSG_NAME_MAX];
	struct http_challenge c;
	struct buf b = { 0 };
	struct ntp_msg m;
	struct url u;

	(void)ntp_msg_decode(&m, s);
	(void)krb_msg_name(s, name);
	while (http_auth_next(&rest, &c) == 1)
		continue;
	(void)http_auth_offers(s, "Negotiate");
	(void)http_auth_token(s, &b);
	(void)url_read(s, &u);
	buf_done(&b);
	return 0;
}
