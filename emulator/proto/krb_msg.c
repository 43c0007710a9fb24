/* krb_msg.c - see krb_msg.h: the outer tag, and of an error its code. */
#include "krb_msg.h"

#include <errno.h>
#include <stdio.h>

#include "ber.h"

/* Application and context tags, RFC 4120 section 5.10. */
enum { KRB_ERROR = 0x7e, KRB_ERROR_CODE = 0xa6 };

struct krb_name {
	ber_tag_t tag;
	const char *name;
};

static const struct krb_name krb_names[] = {
	{ 0x6a, "AS-REQ" },
	{ 0x6b, "AS-REP" },
	{ 0x6c, "TGS-REQ" },
	{ 0x6d, "TGS-REP" },
};

/* SEQUENCE { ... error-code [6] Int32 ... } */
static int
krb_error_code(BerElement *ber, struct span error, int *out)
{
	struct span sequence, field, number;
	ber_tag_t tag;

	if (ber_take(ber, &error, &sequence) != LBER_SEQUENCE)
		return -EBADMSG;
	/* Fields before the code may be missing, so it is looked for by its tag. */
	do {
		tag = ber_take(ber, &sequence, &field);
	} while (tag != LBER_DEFAULT && tag != KRB_ERROR_CODE);
	if (tag == LBER_DEFAULT || ber_take(ber, &field, &number) != LBER_INTEGER)
		return -EBADMSG;
	return ber_number(number, out);
}

static int
krb_name(BerElement *ber, struct span message, char out[KRB_MSG_NAME_MAX])
{
	struct span content;
	ber_tag_t tag = ber_take(ber, &message, &content);
	int code;

	for (size_t i = 0; i < sizeof krb_names / sizeof krb_names[0]; i++) {
		if (krb_names[i].tag != tag)
			continue;
		snprintf(out, KRB_MSG_NAME_MAX, "%s", krb_names[i].name);
		return 0;
	}
	if (tag != KRB_ERROR || krb_error_code(ber, content, &code) != 0)
		return -EBADMSG;
	snprintf(out, KRB_MSG_NAME_MAX, "KRB-ERROR %d", code);
	return 0;
}

int
krb_msg_name(struct span message, char out[KRB_MSG_NAME_MAX])
{
	BerElement *ber = ber_reader();
	int err;

	if (ber == NULL)
		return -ENOMEM;
	err = krb_name(ber, message, out);
	ber_free(ber, 0);
	return err;
}
