/* serve_sip_impl.h - the front end from inside; only serve_sip*.c include it. */
#ifndef SERVE_SERVE_SIP_IMPL_H
#define SERVE_SERVE_SIP_IMPL_H
#include "epid.h"
#include "list.h"
#include "rng.h"
#include "serve_sip.h"
#include "sip_msg.h"
#include "sip_signed.h"

enum { SIP_EPID_MAX = 16, SIP_TAG_SIZE = 33, SIP_BUCKETS_MIN = 1024 };

#define SIP_REALM "SIP Communications Service"

/* A binding of the registrar: one endpoint of a user. */
struct sip_binding {
	struct list bucket;          /* with others of the same hash of the user */
	struct serve_sip_conn *conn; /* NULL: its connection is gone */
	char *aor, *epid, *contact;
	char *call_id, *client_tag; /* of the REGISTER, for our NOTIFY */
	uint8_t uuid[UUID_SIZE];
	uint64_t until_us;
	uint32_t cseq; /* of our last request in that dialog */
};

/* The signing context with one client. */
struct sip_context {
	struct accept_sa *sa;
	char *aor, *epid;
	unsigned version;
	char opaque[9];
	uint32_t snum;
	struct sip_replay seen;
	uint64_t until_us; /* it signs no longer than that */
	bool proxy;        /* the client says Proxy-Authorization */
};

struct serve_sip {
	struct serve_sip_cfg cfg;
	struct serve_sip_stats stats;
	struct rng rng;
	char *target; /* sip/<fqdn> */
	struct list *buckets;
	size_t n_buckets;
	uint32_t next_cid;
	int refuse; /* status; 0: serves */
	uint32_t retry_after_s;
};

struct serve_sip_conn {
	struct serve_sip *s;
	void *face;
	struct sip_stream in;
	struct sip_context *context; /* NULL: not authenticated */
	struct sip_binding *binding; /* NULL: not registered */
	uint64_t heard_us;
	uint32_t ip, cid;
	uint16_t port;
	char tag[SIP_TAG_SIZE];
};

/* One request being answered. */
struct sip_turn {
	struct serve_sip_conn *conn;
	const struct sip_msg *msg;
	uint64_t now_us;
	int64_t wall_us;
	struct buf *out;
	struct buf head; /* of the answer, from the status line */
	size_t status_n; /* bytes of the status line */
	int status;
	bool unsigned_; /* 401 and the like */
	int err;        /* an answer could not be made: the connection ends */
	struct sip_addr from, to;
	struct sip_uri user; /* of From */
};

/* ---- serve_sip_answer.c --------------------------------------------------- */

/* n upper-case hex digits of chance and a NUL. */
void sip_random_hex(struct serve_sip *, char *out, size_t n);

/* Begin an answer: status line and what is echoed.  Add headers to turn->head, then end it. */
void sip_answer_begin(struct sip_turn *, int status);
/* Sign it if there is a context, add the body, put it out. */
void sip_answer_end(struct sip_turn *, const char *type, struct span body);
/* All of it, with `ms-diagnostics: id;reason="...";source="..."` if id is not 0. */
void sip_answer(struct sip_turn *, int status, unsigned id, const char *reason);
/* A signed request of ours to the endpoint registered here. */
struct sip_dialog {
	struct span call_id, client_tag;
	uint32_t cseq;
};
int sip_request(struct serve_sip_conn *, const struct sip_dialog *, const char *method,
    const char *headers, const char *type, struct span body, struct buf *out);

/* ---- serve_sip_auth.c ----------------------------------------------------- */

/* Is this request allowed to go on?  If not it has been answered (or is to be ignored). */
bool sip_authenticate(struct sip_turn *);
/* Is the client's answer to a request of ours signed by it? */
bool sip_response_is_signed(const struct sip_turn *);
/* Append the signed form of a head (status or request line n bytes long) to out. */
int sip_put_signed(struct serve_sip_conn *, struct buf *head, size_t line_n, const char *type,
    struct span body, struct buf *out);
/* Forget the signing context of a connection, if there is one. */
void sip_context_drop(struct serve_sip_conn *);

/* ---- serve_sip_register.c ------------------------------------------------- */

void sip_register(struct sip_turn *);
/* Is there such a user in the configuration? */
bool sip_user_exists(const struct serve_sip *, struct span user);
void sip_binding_free(struct serve_sip *, struct sip_binding *);
/* The bindings of this user's bucket. */
struct list *sip_bucket(const struct serve_sip *, struct span aor);

/* ---- serve_sip_subscribe.c ------------------------------------------------ */

void sip_subscribe(struct sip_turn *);

/* What the registrar says it can notify of. */
extern const char sip_allow_events[];

#endif
