/*
 * fuzz_krb_msg.c - any bytes as a Kerberos message, and as BER of any kind, element by element,
 * at the very end of memory, since liblber is not watched by the sanitizers.  The same bytes to
 * the toy Kerberos of the simulated world, which gets corrupted packets when a scenario says
 * so: its KDC, its acceptor, the phone; and good conversations with one byte changed on the
 * way.
 */
#include "krb_msg.h"

#include <errno.h>

#include "ber.h"
#include "edge.h"
#include "fuzz.h"
#include "fuzz_krb.h"
#include "krb_refusal.h"
#include "mem.h"
#include "sim_kdc.h"
#include "sim_krb.h"

enum { DEPTH_MAX = 16, ROUNDS = 6, PACKET_MAX = 1 << 16 };

/* ---- the codec ------------------------------------------------------------ */

/* Every element lies within its parent, and the walk comes to an end. */
static void
walk_ber(BerElement *reader, struct span rest, int depth)
{
	while (rest.n > 0) {
		struct span before = rest, content = { NULL, 99 };
		int number;

		if (ber_take(reader, &rest, &content) == LBER_DEFAULT) {
			HOLDS(rest.p == before.p && rest.n == before.n && content.n == 99);
			return;
		}
		HOLDS(rest.n < before.n && fuzz_inside(rest, before));
		HOLDS(fuzz_inside(content, before));
		HOLDS(rest.p + rest.n == before.p + before.n);
		HOLDS(content.p + content.n == rest.p);
		(void)ber_number(content, &number);
		if (depth > 0)
			walk_ber(reader, content, depth - 1);
	}
}

static void
read_bytes(struct span s)
{
	BerElement *reader = ber_reader();
	char name[KRB_MSG_NAME_MAX];
	struct krb_asked asked;

	fuzz_mark(name, sizeof name);
	if (krb_msg_name(s, name) != 0)
		HOLDS(fuzz_untouched(name, sizeof name));
	else
		HOLDS(strlen(name) < sizeof name && fuzz_one_line(name));
	fuzz_mark(&asked, sizeof asked);
	if (krb_asked_read(s, &asked) != 0)
		HOLDS(fuzz_untouched(&asked, sizeof asked));
	else
		HOLDS(fuzz_inside(asked.realm, s) && fuzz_inside(asked.service, s));
	HOLDS(reader != NULL);
	walk_ber(reader, s, DEPTH_MAX);
	ber_free(reader, 0);
}

/* ---- the toy ------------------------------------------------------------ */

struct spoiler { /* which byte of which packet is changed, and how */
	uint8_t packet, change;
	uint16_t at;
};

static void
spoil(const struct spoiler *s, unsigned packet, struct buf *b)
{
	if (packet == s->packet && b->n > 0)
		b->p[s->at % b->n] ^= s->change;
}

/* Any bytes at all to all who listen. */
static void
raw(struct span s)
{
	struct sim_kdc kdc = { .password = "secret", .realm = FUZZ_REALM };
	struct acceptor *a = fuzz_acceptor();
	char client[ACCEPT_NAME_MAX];
	struct accept_sa *sa = NULL;
	const char *why = NULL;
	struct sim_krb m;
	struct buf reply;
	bool wrap;

	(void)sim_krb_read(s, false, &m);
	(void)sim_krb_open(s, span_of("key"), &m);
	buf_init(&reply, PACKET_MAX);
	for (int stream = 0; stream < 2; stream++) {
		buf_clear(&reply);
		if (sim_kdc_answer(&kdc, s, stream == 1, 1000000, &reply) == 0)
			HOLDS(reply.n > 0 &&
			    sim_krb_read(buf_bytes(&reply), stream == 1, &m) == 0);
		else
			HOLDS(reply.n == 0);
	}
	buf_clear(&reply);
	/* Nobody gets in by chance: a token has the MIC of a session. */
	if (a->ops->spnego(a, "HTTP", s, &reply, client, &wrap, &why) != 0)
		HOLDS(why != NULL);
	if (a->ops->sip_open(a, s, &sa, client, &why) == 0)
		a->ops->sip_close(sa);
	buf_done(&reply);
}

/* One conversation with the KDC, each packet both ways past the spoiler. */
static enum auth_next
walk(struct sim_kdc *kdc, struct auth *auth, struct auth_talk *talk, const struct spoiler *s,
    unsigned *packet)
{
	struct buf there, back;
	struct auth_out out;
	enum auth_next next = auth->ops->next(talk, (struct span){ NULL, 0 }, &out);

	buf_init(&there, PACKET_MAX);
	buf_init(&back, PACKET_MAX);
	for (int i = 0; i < ROUNDS && next == AUTH_SEND; i++) {
		buf_clear(&there);
		buf_clear(&back);
		buf_span(&there, out.packet);
		spoil(s, (*packet)++, &there);
		if (sim_kdc_answer(kdc, buf_bytes(&there), out.stream, 1000000, &back) != 0)
			break;
		spoil(s, (*packet)++, &back);
		next = auth->ops->next(talk, buf_bytes(&back), &out);
	}
	if (next == AUTH_FAILED)
		HOLDS(out.text != NULL && fuzz_one_line(out.text));
	auth->ops->drop(talk);
	buf_done(&there);
	buf_done(&back);
	return next;
}

/* Log in, get a ticket, sign in: with nothing spoiled it works. */
static void
converse(struct span in)
{
	const struct sim_auth_cfg cfg = {
		.user = FUZZ_USER, .realm = FUZZ_REALM, .password = "secret"
	};
	struct sim_kdc kdc = { .password = "secret", .realm = FUZZ_REALM };
	struct spoiler s = { .packet = fuzz_u8(&in) % 8, .change = fuzz_u8(&in) };
	struct auth_talk *talk;
	enum auth_next next;
	struct auth *auth;
	unsigned packet = 0;

	s.at = (uint16_t)fuzz_u32(&in);
	kdc.ticket_bytes = fuzz_u8(&in) * 16u;
	HOLDS(sim_auth_make(&cfg, &auth) == 0);
	HOLDS(auth->ops->login(auth, &talk) == 0);
	next = walk(&kdc, auth, talk, &s, &packet);
	if (next == AUTH_DONE && auth->ops->ticket(auth, FUZZ_SIP_SPN, &talk) == 0)
		next = walk(&kdc, auth, talk, &s, &packet);
	HOLDS(s.change != 0 || next == AUTH_DONE);
	sim_auth_unmake(auth);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	long before;

	(void)fuzz_acceptor();
	before = mem_out();
	read_bytes(n <= EDGE_MAX ? edge(s) : s);
	raw(s);
	converse(s);
	HOLDS(mem_out() == before);
	return 0;
}
