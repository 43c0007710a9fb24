/* krb_refusal.c - see krb_refusal.h. */
#include "krb_refusal.h"

#include <errno.h>
#include <time.h>

#include "ber.h"

/* Application, context and universal tags; PA-ENC-TIMESTAMP. */
enum {
	AS_REQ = 0x6a,
	TGS_REQ = 0x6c,
	KRB_ERROR = 0x7e,
	TAG_0 = 0xa0,
	GENERAL_STRING = 0x1b,
	GENERALIZED_TIME = 0x18,
	PVNO = 5,
	MSG_TYPE_ERROR = 30,
	PA_ENC_TIMESTAMP = 2,
	TIME_MAX = 16
};

static ber_tag_t
context(unsigned n)
{
	return (ber_tag_t)TAG_0 + n;
}

/* The content of the member [n] of a sequence; members come in order, some are left out. */
static int
member(BerElement *ber, struct span sequence, unsigned n, struct span *out)
{
	ber_tag_t tag;

	do {
		tag = ber_take(ber, &sequence, out);
	} while (tag != LBER_DEFAULT && tag != context(n));
	return tag == LBER_DEFAULT ? -EBADMSG : 0;
}

/* The same of a member that is one element: its content. */
static int
member_of(BerElement *ber, struct span sequence, unsigned n, ber_tag_t tag, struct span *out)
{
	struct span whole;
	int err = member(ber, sequence, n, &whole);

	if (err != 0)
		return err;
	return ber_take(ber, &whole, out) == tag ? 0 : -EBADMSG;
}

static bool
has_proof(BerElement *ber, struct span list)
{
	struct span one, number;
	int type;

	while (ber_take(ber, &list, &one) == LBER_SEQUENCE)
		if (member_of(ber, one, 1, LBER_INTEGER, &number) == 0 &&
		    ber_number(number, &type) == 0 && type == PA_ENC_TIMESTAMP)
			return true;
	return false;
}

static int
asked_read(BerElement *ber, struct span request, struct krb_asked *out)
{
	struct span outer, request_in, body, padata;
	ber_tag_t tag = ber_take(ber, &request, &outer);
	int err;

	if ((tag != AS_REQ && tag != TGS_REQ) ||
	    ber_take(ber, &outer, &request_in) != LBER_SEQUENCE)
		return -EBADMSG;
	out->login = tag == AS_REQ;
	out->proof = member_of(ber, request_in, 3, LBER_SEQUENCE, &padata) == 0 &&
	    has_proof(ber, padata);
	err = member_of(ber, request_in, 4, LBER_SEQUENCE, &body);
	if (err == 0)
		err = member_of(ber, body, 2, GENERAL_STRING, &out->realm);
	return err != 0 ? err : member(ber, body, 3, &out->service);
}

int
krb_asked_read(struct span request, struct krb_asked *out)
{
	BerElement *ber = ber_reader();
	struct krb_asked asked;
	int err;

	if (ber == NULL)
		return -ENOMEM;
	err = asked_read(ber, request, &asked);
	ber_free(ber, 0);
	if (err == 0)
		*out = asked;
	return err;
}

/* stime [4], susec [5], error-code [6], realm [9], sname [10]; of the client nothing. */
static int
refusal_put(BerElement *ber, const struct krb_asked *asked, int code, int64_t wall_us)
{
	time_t s = (time_t)(wall_us / 1000000);
	char text[TIME_MAX];
	struct tm tm;

	gmtime_r(&s, &tm);
	(void)strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm);
	return ber_printf(ber, "t{{t{i}t{i}t{to}t{i}t{i}t{to}to}}", (ber_tag_t)KRB_ERROR,
		   context(0), (ber_int_t)PVNO, context(1), (ber_int_t)MSG_TYPE_ERROR,
		   context(4), (ber_tag_t)GENERALIZED_TIME, text, (ber_len_t)(sizeof text - 1),
		   context(5), (ber_int_t)(wall_us % 1000000), context(6), (ber_int_t)code,
		   context(9), (ber_tag_t)GENERAL_STRING, asked->realm.p,
		   (ber_len_t)asked->realm.n, context(10), asked->service.p,
		   (ber_len_t)asked->service.n) < 0
	    ? -ENOMEM
	    : 0;
}

int
krb_refusal_write(const struct krb_asked *asked, int code, int64_t wall_us, struct buf *out)
{
	BerElement *ber = ber_alloc_t(LBER_USE_DER);
	struct berval bytes;
	int err;

	if (ber == NULL)
		return -ENOMEM;
	err = refusal_put(ber, asked, code, wall_us);
	if (err == 0 && ber_flatten2(ber, &bytes, 0) != 0)
		err = -ENOMEM;
	if (err == 0)
		buf_put(out, bytes.bv_val, bytes.bv_len);
	ber_free(ber, 1);
	return err != 0 ? err : out->err;
}
