/* sim_krb.c - messages, MICs, KDC and acceptor of the toy Kerberos; see sim_auth.h. */
#include "sim_krb.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sim_auth.h"
#include "text.h"

/* ---- messages ------------------------------------------------------------ */

/* tag, length in the long form of two bytes, content. */
static void
put_tlv(struct buf *b, uint8_t tag, struct span content)
{
	buf_u8(b, tag);
	buf_u8(b, 0x82);
	buf_u16(b, (uint16_t)content.n);
	buf_span(b, content);
}

static void
put_message(struct buf *b, bool stream, uint8_t tag, struct span content)
{
	if (stream)
		buf_u32(b, (uint32_t)content.n + 4);
	put_tlv(b, tag, content);
}

void
sim_krb_write(struct buf *b, bool stream, enum sim_krb_tag tag, const char *text)
{
	put_message(b, stream, (uint8_t)tag, span_of(text));
}

static const char *
error_name(int code)
{
	switch (code) {
	case 6:
		return "KDC_ERR_C_PRINCIPAL_UNKNOWN";
	case 7:
		return "KDC_ERR_S_PRINCIPAL_UNKNOWN";
	case 18:
		return "KDC_ERR_CLIENT_REVOKED";
	case 23:
		return "KDC_ERR_KEY_EXPIRED";
	case 24:
		return "KDC_ERR_PREAUTH_FAILED";
	case 25:
		return "KDC_ERR_PREAUTH_REQUIRED";
	case 37:
		return "KRB_AP_ERR_SKEW";
	case 52:
		return "KRB_ERR_RESPONSE_TOO_BIG";
	default:
		return "KRB_ERR_GENERIC";
	}
}

/* KRB-ERROR { SEQUENCE { [6] INTEGER } }, as far as krb_msg_name() looks. */
void
sim_krb_write_error(struct buf *b, bool stream, int code)
{
	const uint8_t number[] = { 0xa6, 3, 2, 1, (uint8_t)code };
	struct buf inner = { 0 };

	put_tlv(&inner, 0x30, (struct span){ number, sizeof number });
	put_message(b, stream, SIM_KRB_ERROR, buf_bytes(&inner));
	buf_done(&inner);
}

int
sim_krb_read(struct span s, bool stream, struct sim_krb *out)
{
	*out = (struct sim_krb){ 0 };
	if (stream && s.n >= 4)
		s = (struct span){ s.p + 4, s.n - 4 };
	if (s.n < 4 || s.p[1] != 0x82)
		return -EBADMSG;
	out->tag = (enum sim_krb_tag)s.p[0];
	if (out->tag == SIM_KRB_ERROR) {
		out->code = s.p[s.n - 1];
		snprintf(out->text, sizeof out->text, "%s", error_name(out->code));
		return 0;
	}
	if (text_copy(out->text, sizeof out->text, (struct span){ s.p + 4, s.n - 4 }) != 0)
		return -EBADMSG;
	return out->tag >= SIM_AS_REQ && out->tag <= SIM_TGS_REP ? 0 : -EBADMSG;
}

/* ---- MICs -------------------------------------------------------------------- */

/* FNV-1a, twice with different beginnings: not secret, but no change goes unnoticed. */
static uint64_t
fnv(uint64_t h, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i]) * 0x100000001b3u;
	return h;
}

void
sim_mic(const char *key, const char *from, struct span bytes, struct buf *out)
{
	for (uint64_t start = 0xcbf29ce484222325u, i = 0; i < 2; i++, start = ~start) {
		uint64_t h = fnv(fnv(fnv(start, span_of(key)), span_of(from)), bytes);

		buf_u32(out, (uint32_t)(h >> 32));
		buf_u32(out, (uint32_t)h);
	}
}

bool
sim_mic_is(const char *key, const char *from, struct span bytes, struct span mic)
{
	struct buf want = { 0 };
	bool is;

	sim_mic(key, from, bytes, &want);
	is = span_eq(buf_bytes(&want), mic);
	buf_done(&want);
	return is;
}

/* ---- the KDC ------------------------------------------------------------------- */

static void
kdc_answer_login(const struct sim_kdc *k, bool stream, const char *text, struct buf *reply)
{
	const char *password = strchr(text, ' ');

	if (k->login_error != 0)
		sim_krb_write_error(reply, stream, k->login_error);
	else if (password == NULL)
		sim_krb_write_error(reply, stream, 25);
	else if (k->password != NULL && strcmp(password + 1, k->password) != 0)
		sim_krb_write_error(reply, stream, 24);
	else
		sim_krb_write(reply, stream, SIM_AS_REP, text);
}

static void
kdc_answer_ticket(const struct sim_kdc *k, bool stream, const char *spn, struct buf *reply)
{
	if (k->unknown_spn != NULL && strcmp(spn, k->unknown_spn) == 0)
		sim_krb_write_error(reply, stream, 7);
	else if (k->too_big && !stream)
		sim_krb_write_error(reply, stream, 52);
	else
		sim_krb_write(reply, stream, SIM_TGS_REP, spn);
}

static void
kdc_hears(void *arg, struct sim *f, const struct sim_call *c)
{
	struct sim_kdc *k = arg;
	struct buf reply = { 0 };
	struct sim_krb m;
	bool stream = c->type == SIM_STREAM;

	if (c->deed == SIM_OPENED && stream && !k->silent)
		sim_up(f, c->h, k->delay_us, NULL);
	if (c->deed != SIM_SENT)
		return;
	k->packets++;
	if (k->silent || sim_krb_read(c->bytes, stream, &m) != 0)
		return;

	if (m.tag == SIM_AS_REQ)
		kdc_answer_login(k, stream, m.text, &reply);
	else
		kdc_answer_ticket(k, stream, m.text, &reply);
	if (reply.p[stream ? 4 : 0] == SIM_AS_REP)
		k->logins++;
	if (stream)
		sim_bytes(f, c->h, k->delay_us, buf_bytes(&reply));
	else
		sim_packet(f, c->h, k->delay_us, buf_bytes(&reply));
	buf_done(&reply);
}

void
sim_kdc_listen(struct sim *f, struct sim_kdc *k)
{
	sim_listen(f, SIM_UDP, 88, kdc_hears, k);
	sim_listen(f, SIM_STREAM, 88, kdc_hears, k);
}

/* ---- the acceptor ---------------------------------------------------------------- */

struct sim_acceptor {
	struct acceptor acceptor; /* first */
	char refused[160];
};

struct accept_sa {
	char key[160];
};

/* "KIND SPN USER@REALM" */
static int
token_read(struct acceptor *acceptor, const char *kind, const char *service, struct span token,
    char spn[160], char client[ACCEPT_NAME_MAX], const char **text_out)
{
	const struct sim_acceptor *a = (const void *)acceptor;
	struct span rest = token;
	size_t n = strlen(service);

	*text_out = "no token of ours";
	if (!span_is(span_cut(&rest, ' '), kind) ||
	    text_copy(spn, 160, span_cut(&rest, ' ')) != 0 ||
	    text_copy(client, ACCEPT_NAME_MAX, rest) != 0)
		return -EACCES;
	*text_out = "not for this service";
	if (strncmp(spn, service, n) != 0 || spn[n] != '/')
		return -EACCES;
	*text_out = "another key";
	return strcmp(spn, a->refused) == 0 ? -EACCES : 0;
}

static int
toy_spnego(struct acceptor *acceptor, const char *service, struct span token, struct buf *reply,
    char client[ACCEPT_NAME_MAX], bool *wrap_out, const char **text_out)
{
	bool plain = token.n > 5 && memcmp(token.p, "PLAIN", 5) == 0;
	char spn[160];
	int rc;

	rc = token_read(
	    acceptor, plain ? "PLAIN" : "SPNEGO", service, token, spn, client, text_out);
	if (rc != 0)
		return rc;
	*wrap_out = !plain;
	buf_text(reply, "MUTUAL");
	return 0;
}

static int
toy_sip_open(struct acceptor *acceptor, struct span token, struct accept_sa **out,
    char client[ACCEPT_NAME_MAX], const char **text_out)
{
	struct accept_sa *sa;
	char spn[160];
	int rc = token_read(acceptor, "RAW", "sip", token, spn, client, text_out);

	if (rc != 0)
		return rc;
	sa = mem_new(sizeof *sa);
	assert(sa != NULL);
	memcpy(sa->key, spn, sizeof sa->key);
	*out = sa;
	return 0;
}

static int
toy_sip_sign(struct accept_sa *sa, struct span bytes, struct buf *mic_out)
{
	sim_mic(sa->key, "server", bytes, mic_out);
	return mic_out->err;
}

static int
toy_sip_check(struct accept_sa *sa, struct span bytes, struct span mic)
{
	return sim_mic_is(sa->key, "client", bytes, mic) ? 0 : -EBADMSG;
}

static void
toy_sip_close(struct accept_sa *sa)
{
	mem_free(sa);
}

struct acceptor *
sim_acceptor_new(const char *refused)
{
	static const struct accept_ops ops = {
		.spnego = toy_spnego,
		.sip_open = toy_sip_open,
		.sip_sign = toy_sip_sign,
		.sip_check = toy_sip_check,
		.sip_close = toy_sip_close,
	};
	struct sim_acceptor *a = mem_new(sizeof *a);

	assert(a != NULL);
	a->acceptor.ops = &ops;
	snprintf(a->refused, sizeof a->refused, "%s", refused != NULL ? refused : "");
	return &a->acceptor;
}

void
sim_acceptor_free(struct acceptor *a)
{
	mem_free(a);
}
