/*
 * sip_rig.h - for tests: a SIP front end (harness/serve/serve_sip) in the fake
 * world, with the toy Kerberos' acceptor, so that signatures are checked on both sides.
 */
#ifndef TESTS_FAKE_SIP_RIG_H
#define TESTS_FAKE_SIP_RIG_H
#include "buf.h"
#include "serve_sip.h"
#include "sim.h"

enum { SIP_RIG_CONNS = 8 };

struct sip_rig {
	struct serve_sip_cfg cfg; /* usual values after init; a test may change it before up */
	uint16_t port;            /* 5061 */
	struct sim *f;
	struct serve_sip *server;
	struct {
		struct io_handle *h;
		struct serve_sip_conn *conn;
	} conns[SIP_RIG_CONNS];
	struct buf heard; /* all that clients sent, one after the other */
	struct buf said;  /* the last answer */
	unsigned opened, closed;

	/* How it behaves. */
	size_t cut;            /* answers come in pieces of so many bytes; 0: whole */
	bool deaf;             /* what clients send is lost */
	bool mute;             /* hears and answers, but nothing arrives */
	const char *from, *to; /* this text in answers is replaced by one of the same length */
	const char *instead;   /* said instead of the server's answer */
};

/* Usual values: fe01.contoso.com, phone00000..phone00099 of contoso.com, version 4. */
void sip_rig_init(struct sip_rig *, struct sim *);
/* From now on it listens on its port. */
void sip_rig_up(struct sip_rig *);
void sip_rig_down(struct sip_rig *);

/* The connection made last that is still open. */
struct serve_sip_conn *sip_rig_conn(struct sip_rig *);
/* Say something to that client, as is. */
void sip_rig_say(struct sip_rig *, struct span);
/* Let the front end ask that client something, signed: headers are whole lines, call_id NULL
 * means the dialog of its registration. */
void sip_rig_request(struct sip_rig *, const char *method, const char *call_id,
    const char *headers, const char *body);
/* End that connection. */
void sip_rig_cut(struct sip_rig *, int err);

/* How often this text is in what clients sent. */
size_t sip_rig_heard(const struct sip_rig *, const char *text);

#endif
