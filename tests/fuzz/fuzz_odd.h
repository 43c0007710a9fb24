/* fuzz_odd.h - bytes as the oddities of a simulated pool: the habits of its servers, and what
 * goes wrong with them when. */
#ifndef TESTS_FUZZ_ODD_H
#define TESTS_FUZZ_ODD_H
#include "fault.h"
#include "fuzz.h"
#include "servers.h"
#include "text.h"

enum { FUZZ_ODD_FAULTS = 3 };

#define FUZZ_ODD_HOME "pool02.contoso.com"
#define FUZZ_ODD_SECOND UINT64_C(1000000)

/* Two zeros are a pool without oddities. */
static inline void
fuzz_odd_servers(struct servers *s, uint8_t one, uint8_t two)
{
	enum servers_certificate certificate = (enum servers_certificate)(one / 16 % 6);

	servers_default(s);
	s->ldap.publish_ca ^= one & 1;
	s->ldap.enrollment ^= one >> 1 & 1;
	s->ca_web.wrong_key ^= one >> 2 & 1;
	if (one & 8)
		s->sip.certificate = certificate;
	s->update.blank ^= two & 1;
	s->update.wrong_length ^= two >> 1 & 1;
	s->exchange.mailbox ^= two >> 2 & 1;
	if (two & 8)
		s->exchange.certificate = certificate;
	if (two & 16) {
		(void)text_copy(s->sip.home_pool, SERVERS_NAME_MAX, span_of(FUZZ_ODD_HOME));
		s->sip.redirect = 1;
	}
	if (two & 32)
		s->dhcp.voice_vlan = 0;
	if (two & 64)
		s->kdc.offset_us = 20 * 60 * (int64_t)FUZZ_ODD_SECOND;
	if (two & 128)
		s->sip.version = 3;
}

/* A refusal of this server's own kind. */
static inline void
fuzz_odd_answer(struct fault_deed *d, enum servers_id id, uint8_t how)
{
	static const struct {
		int answer;
		const char *word;
	} answers[SERVERS_COUNT][2] = {
		[SERVERS_DHCP] = { { 6, "nak" }, { 6, "nak" } },
		[SERVERS_DNS] = { { 2, "SERVFAIL" }, { 3, "NXDOMAIN" } },
		[SERVERS_NTP] = { { 1, "RATE" }, { 1, "DENY" } },
		[SERVERS_KDC] = { { 24, "24" }, { 37, "37" } },
		[SERVERS_LDAP] = { { 49, "49" }, { 51, "51" } },
		[SERVERS_CA_WEB] = { { 503, "503" }, { 404, "404" } },
		[SERVERS_SIP] = { { 503, "503" }, { 403, "403" } },
		[SERVERS_EXCHANGE] = { { 503, "503" }, { 500, "500" } },
		[SERVERS_UPDATE] = { { 503, "503" }, { 404, "404" } },
	};

	d->answer = answers[id][how & 1].answer;
	(void)text_copy(
	    d->answer_word, sizeof d->answer_word, span_of(answers[id][how & 1].word));
	if (id >= SERVERS_CA_WEB)
		d->retry_after_s = how & 2 ? how : 0;
}

/* One kind of deed, and how much of it. */
static inline void
fuzz_odd_deed(struct fault_deed *d, enum servers_id id, uint8_t kind, uint8_t how)
{
	double share = how / 255.0;

	if (kind % 8 == 0)
		d->delay.a_us = how * how * UINT64_C(1000);
	else if (kind % 8 == 1)
		d->drop = share;
	else if (kind % 8 == 2)
		d->duplicate = d->reorder = share;
	else if (kind % 8 == 3)
		d->corrupt = share;
	else if (kind % 8 == 4)
		fuzz_odd_answer(d, id, how);
	else if (kind % 8 == 5 && id >= SERVERS_KDC)
		*(how & 1 ? &d->reset_after : &d->truncate_after) = how * UINT64_C(8);
	else if (kind % 8 == 6)
		*(how & 1 || id < SERVERS_KDC ? &d->refuse : &d->reset) = true;
	else
		d->bytes_per_s = 1 + how * UINT64_C(16);
	if (id == SERVERS_SIP && kind & 64)
		(void)text_copy(d->sign_off, sizeof d->sign_off, span_of("rejected"));
}

/* A few faults, each of two deeds, from a time on and for a time. */
static inline void
fuzz_odd_faults(struct faults *faults, struct span *in)
{
	faults->n = fuzz_u8(in) % (FUZZ_ODD_FAULTS + 1);
	for (size_t i = 0; i < faults->n; i++) {
		struct fault *f = &faults->fault[i];
		enum servers_id id = (enum servers_id)(fuzz_u8(in) % SERVERS_COUNT);

		*f = (struct fault){ .at = { .line = 1, .col = 1 } };
		(void)text_copy(f->server, sizeof f->server, span_of(servers_name[id]));
		f->from_us = fuzz_u8(in) * FUZZ_ODD_SECOND;
		f->for_us = fuzz_u8(in) * 4 * FUZZ_ODD_SECOND;
		for (int k = 0; k < 2; k++) {
			uint8_t kind = fuzz_u8(in);

			fuzz_odd_deed(&f->deed, id, kind, fuzz_u8(in));
		}
	}
}

#endif
