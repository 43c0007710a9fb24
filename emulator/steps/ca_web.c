/* ca_web.c - see ca_web.h. */
#include "ca_web.h"

#include <errno.h>

#include "step_talk.h"
#include "template.h"
#include "text.h"
#include "trust.h"

struct io_ask
ca_web_ask(const struct step *s, struct io_header headers[CA_WEB_HEADERS])
{
	/* In the order of the wire; a talk puts Authorization behind them. */
	headers[0] = (struct io_header){ "Accept", "*/*" };
	headers[1] = (struct io_header){ "User-Agent", s->profile->trust.user_agent };
	headers[2] = (struct io_header){ "Host", s->facts->ca.name };
	return (struct io_ask){
		.method = "GET",
		.path = s->profile->trust.path,
		.headers = headers,
		.n_headers = CA_WEB_HEADERS,
		.reply = IO_LEND,
	};
}

/* "HTTP/{short}" or "HTTP/{fqdn}", filled with the host's name. */
static int
ca_web_spn(const struct step *s, size_t spn, char out[NEGOTIATE_SPN_MAX])
{
	struct span rest = span_of(s->facts->ca.name);
	struct span first = span_cut(&rest, '.');
	char host[FACTS_NAME_MAX];
	struct template_value values[] = { { "short", host }, { "fqdn", s->facts->ca.name } };
	struct buf b;
	int err = text_copy(host, sizeof host, first);

	buf_over(&b, out, NEGOTIATE_SPN_MAX);
	if (err == 0)
		err = template_fill(&b, s->profile->trust.spn[spn], values, 2, false);
	if (err == 0) {
		buf_u8(&b, '\0');
		err = b.err;
	}
	return err;
}

enum talk_state
ca_web_negotiate(struct step *s, struct negotiate_talk *t, size_t spn)
{
	struct io_header headers[CA_WEB_HEADERS];
	struct io_ask ask = ca_web_ask(s, headers);
	struct talk_cfg cfg = step_talk(s);
	char name[NEGOTIATE_SPN_MAX];

	t->err = ca_web_spn(s, spn, name);
	if (t->err != 0)
		return TALK_FAILED;
	return negotiate_talk_start(t, &cfg, s->held, name, &ask);
}

/* KDC_ERR_S_PRINCIPAL_UNKNOWN, KDC_ERR_ETYPE_NOSUPP, KDC_ERR_SERVER_NOMATCH: it is the service
 * that it has no fitting key for. */
bool
ca_web_no_key(const struct negotiate_talk *t)
{
	return t->krb_code == 7 || t->krb_code == 14 || t->krb_code == 26;
}

int
ca_web_body(struct buf *file, const struct negotiate_talk *t, const struct step *s,
    const struct io_event *ev)
{
	/* The page that comes with a 401 is no chain. */
	if (ev->kind != IO_BODY || ev->h != s->held || t->status != 200)
		return 0;
	/* Zeroed by the runner: the first piece gives it its limit. */
	if (file->cap == 0)
		buf_init(file, CA_WEB_FILE_MAX);
	buf_span(file, ev->bytes);
	return file->err == -ENOBUFS ? -EMSGSIZE : file->err;
}

enum verdict
ca_web_trust(struct step *s, const struct buf *file)
{
	struct trusted trusted;
	int err = trust_chain(s->io, buf_bytes(file), &trusted);

	seen_num(s->seen, SEEN_BYTES, file->n);
	/* Another try would bring the same file. */
	if (err == -ENOENT)
		return step_fail(s, WHY_NOT_FOUND, "p7b:no root");
	if (err != 0)
		return step_lost(s, err);
	seen_text(s->seen, SEEN_ROOT, span_of(trusted.sha1));
	return STEP_DONE;
}

enum verdict
ca_web_lost(struct step *s, const struct negotiate_talk *t)
{
	step_let_go(s);
	/* Without a session the next try begins with ca_find, which opens one. */
	return step_talk_lost(s, t->err, t->detail);
}

void
ca_web_cancel(struct step *s, struct negotiate_talk *t, struct buf *file)
{
	if (negotiate_talk_asked(t))
		step_let_go(s);
	negotiate_talk_drop(t);
	buf_done(file);
}
