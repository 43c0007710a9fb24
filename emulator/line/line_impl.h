/* line_impl.h - the line from inside; only emulator/line/ includes it. */
#ifndef LINE_LINE_IMPL_H
#define LINE_LINE_IMPL_H
#include "line.h"
#include "sip_msg.h"
#include "sip_signed.h"

enum { LINE_ID_SIZE = 33, LINE_TAG_SIZE = 11 };

/* The signing context: first a challenge, then a context, then one the server has proven. */
struct line_sa {
	struct auth_sa *sa;            /* NULL: challenged, no token made yet */
	char *realm, *target, *opaque; /* ours; opaque comes with the first signed answer */
	unsigned version;              /* 0: not even challenged */
	uint32_t cnum;                 /* of our last signature */
	struct sip_replay seen;
	bool proven;
	bool proxy; /* challenged by 407: Proxy-Authorization, whatever the profile says */
	uint64_t since_us;
};

/* A subscription that lives on the server. */
struct line_dialog {
	struct line_dialog *next;
	char call_id[LINE_ID_SIZE], from_tag[LINE_TAG_SIZE];
	uint32_t cseq;
	char *event, *to_tag, *target, *route; /* route may be NULL */
};

enum line_asked { ASKED_REGISTER, ASKED_SUBSCRIBE, ASKED_UNSUBSCRIBE, ASKED_UNREGISTER };

/* One of our requests on its way. */
struct line_call {
	struct line_call *next;
	enum line_asked asked;
	char call_id[LINE_ID_SIZE], from_tag[LINE_TAG_SIZE];
	uint32_t cseq;
	io_fn *fn; /* who waits; NULL: nobody */
	void *arg;
	int tag;
	uint64_t until_us;
	bool forged; /* an answer came whose signature was wrong */
	bool over;   /* the connection it went out on is gone */
	char *event; /* ASKED_SUBSCRIBE */
};

struct line {
	struct line_cfg cfg;
	struct io_scope scope;
	struct io_handle *h, *alarm;
	uint64_t alarm_us; /* when it rings; 0: not set */
	struct io_addr local;
	char *server;

	struct sip_stream in;
	struct line_call *calls;
	struct line_dialog *dialogs;
	const struct line_reply *reply;
	line_sent_fn *watch;
	void *watch_arg;
	struct line_sa sa;

	/* the registration */
	char call_id[LINE_ID_SIZE], from_tag[LINE_TAG_SIZE], ms_opaque[LINE_TAG_SIZE];
	uint32_t cseq;
	bool registered;
	struct line_facts facts;
	char *gruu, *allow_events;

	uint64_t quiet_us; /* how long nothing may be sent before a keep-alive; 0: any time */
	uint64_t sent_us;  /* when something was sent last */
	uint32_t forged, keep_alives;
	uint32_t connection; /* counts connections, to notice a change inside an event */
	unsigned busy;       /* events we are inside of */
	bool freed;          /* line_free came inside an event */
};

/* ---- line.c ------------------------------------------------------------- */

uint64_t line_now(const struct line *);
/* n lower-case hex digits of chance and a NUL. */
void line_random_hex(struct line *, char *out, size_t n);
/* A copy, or NULL when empty or out of memory. */
char *line_keep(struct span);
/* Let the alarm ring not later than at this time. */
void line_wake_at(struct line *, uint64_t at_us);
/* How long until the next keep-alive: drawn anew each time. */
void line_draw_quiet(struct line *);
/* Put bytes on the wire. */
int line_put(struct line *, struct span);
/* Forget all that belongs to the connection but the calls, which become over. */
void line_reset(struct line *);
/* Everybody whose call is over hears this. */
void line_tell_over(struct line *, enum line_news, int err, const struct io_event *);
/* The server or the network ended it: reset, tell the owners, then on_lost. */
void line_end(
    struct line *, enum line_news, int err, const char *detail, const struct io_event *);

/* ---- line_event.c ------------------------------------------------------- */

void line_on_stream(void *line, const struct io_event *);
void line_on_alarm(void *line, const struct io_event *);

/* ---- line_call.c -------------------------------------------------------- */

/* A call on its way, to be sent by the caller; NULL: no memory. */
struct line_call *line_call_new(
    struct line *, enum line_asked, const struct io_owner *, int tag);
/* Taken out of the list and freed. */
void line_call_drop(struct line *, struct line_call *);
/* The call an answer belongs to, or NULL. */
struct line_call *line_call_find(struct line *, const struct sip_msg *);
/* Take the call out, free it, tell its owner (if any). */
void line_call_end(
    struct line *, struct line_call *, const struct line_reply *, const struct io_event *);
/* What has waited too long is told silence; the rest sets the alarm. */
void line_call_expire(struct line *, const struct io_event *);

/* ---- line_sign.c -------------------------------------------------------- */

void line_sa_forget(struct line *);
/* The token and the context for the challenge taken: appended in base64.  0 or -errno. */
int line_sa_open(struct line *, struct buf *token_out);
/* The token was not sent after all: keep the challenge only. */
void line_sa_reopen(struct line *);
/*
 * Add the signature to a head that still lacks Content-* and the blank line; token:
 * gssapi-data in base64, or empty.  Without a signing context nothing is added.
 */
int line_sign(struct line *, struct buf *head, struct span token);

enum line_trust { LINE_GOOD, LINE_EXEMPT, LINE_BAD };
/* Is this message of the server signed as it must be? */
enum line_trust line_trust(struct line *, const struct sip_msg *);

/* ---- line_send.c -------------------------------------------------------- */

/* The headers every request begins with, Via to User-Agent. */
struct line_head {
	const char *method, *uri, *call_id, *from_tag;
	const char *to_tag; /* NULL: none */
	uint32_t cseq;
	const char *route; /* NULL: none */
	bool register_contact;
};
void line_write_head(struct line *, struct buf *, const struct line_head *);
/* Sign, add type and body, send, give the buffer back.  0 or -errno. */
int line_send(
    struct line *, struct buf *, struct span token, const char *type, struct span body);
/* Answer a request of the server. */
int line_answer(struct line *, const struct sip_msg *, int status);
/* "sip:user@domain", appended. */
void line_write_aor(const struct line *, struct buf *);

/* ---- line_register.c, line_subscribe.c, line_serve.c ---------------------- */

/* A 2xx to REGISTER: what it says. */
void line_registered(struct line *, const struct sip_msg *);
/* SUBSCRIBE Expires: 0 on every dialog; they are forgotten. */
void line_unsubscribe_all(struct line *);
/* A 2xx to SUBSCRIBE: keep the dialog if it lives. */
void line_subscribed(struct line *, const struct line_call *, const struct sip_msg *);
void line_dialog_drop(struct line *, struct line_dialog **);
/* A request of the server, its signature checked. */
void line_serve(struct line *, const struct sip_msg *, const struct io_event *);

#endif
