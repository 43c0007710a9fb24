/* step_kit.c - what steps may ask for; see step.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lane.h"
#include "step.h"
#include "tls_note.h"

/* ---- handles ------------------------------------------------------------- */

struct io_owner
step_owner(struct step *s)
{
	return lane_owner(s->lane, &s->lane->attempt);
}

void
step_hold(struct step *s, struct io_handle *h)
{
	/* Held already, by an earlier row of the stage. */
	if (h == s->held)
		return;
	step_let_go(s);
	/* From the try to the stage: it lives as long as that. */
	s->io->ops->give(h, lane_owner(s->lane, &s->lane->stage));
	s->held = h;
}

void
step_let_go(struct step *s)
{
	if (s->held != NULL)
		s->io->ops->close(s->held);
	s->held = NULL;
}

int
step_udp(struct step *s, struct io_addr to, struct io_handle **h)
{
	return s->io->ops->udp(s->io, step_owner(s), to, h);
}

int
step_stream(struct step *s, const struct io_stream_cfg *cfg, struct io_handle **h)
{
	return s->io->ops->stream(s->io, step_owner(s), cfg, h);
}

int
step_http(struct step *s, const struct io_stream_cfg *cfg, struct io_handle **h)
{
	return s->io->ops->http(s->io, step_owner(s), cfg, h);
}

int
step_alarm(struct step *s, uint64_t after_us, struct io_handle **h)
{
	int rc = *h != NULL ? 0 : s->io->ops->alarm(s->io, step_owner(s), h);

	if (rc == 0)
		s->io->ops->alarm_set(*h, after_us);
	return rc;
}

/* ---- verdicts -------------------------------------------------------------- */

static void
kit_say(struct step *s, enum reason why, const char *fmt, va_list ap)
{
	s->why = why;
	(void)vsnprintf(s->detail, sizeof s->detail, fmt, ap);
}

enum verdict
step_retry(struct step *s, enum reason why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kit_say(s, why, fmt, ap);
	va_end(ap);
	return STEP_RETRY;
}

enum verdict
step_fail(struct step *s, enum reason why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kit_say(s, why, fmt, ap);
	va_end(ap);
	return STEP_FAIL;
}

enum verdict
step_skip(struct step *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kit_say(s, WHY_NONE, fmt, ap);
	va_end(ap);
	return STEP_SKIP;
}

/* The table that step_lost() promises. */
static enum reason
kit_reason(int err)
{
	switch (-err) {
	case ETIMEDOUT:
		return WHY_TIMEOUT;
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return WHY_REFUSED;
	case 0:
	case ECONNRESET:
	case ENOTCONN:
	case EPIPE:
		return WHY_RESET;
	case EBADMSG:
	case EPROTO:
	case EMSGSIZE:
		return WHY_BAD_REPLY;
	case ENOENT:
		return WHY_NOT_FOUND;
	case EACCES:
	case EKEYREJECTED:
	case ENOKEY:
		return WHY_AUTH;
	case EREMOTEIO:
		return WHY_SERVER_ERROR;
	default:
		return WHY_LOCAL;
	}
}

enum verdict
step_lost(struct step *s, int err)
{
	const char *name = strerrorname_np(-err);

	if (err == 0)
		return step_retry(s, WHY_RESET, "tcp:closed");
	if (name == NULL)
		return step_retry(s, kit_reason(err), "errno:%d", -err);
	return step_retry(s, kit_reason(err), "errno:%s", name);
}

enum verdict
step_tls_lost(struct step *s, const struct io_event *ev)
{
	const struct io_tls_seen *tls = ev->tls;

	/* What the peer complained of, what the phone did, else what it silently found. */
	if (tls != NULL && tls->alert_got != 0)
		return step_retry(s, WHY_TLS, "tls:%u", tls->alert_got);
	if (tls != NULL && tls->alert_sent != 0)
		return step_retry(s, WHY_TLS, "tls:%u", tls->alert_sent);
	if (tls != NULL && tls->flaw != TLS_OK)
		return step_retry(s, WHY_TLS, "tls:%s", tls_flaw_name(tls->flaw));
	return step_lost(s, ev->err);
}

const char *
reason_name(enum reason why)
{
	static const char *const names[WHY_COUNT] = { "none", "timeout", "refused", "reset",
		"bad_reply", "not_found", "auth", "tls", "server_error", "local" };

	return why < WHY_COUNT ? names[why] : "unknown";
}

/* ---- time -------------------------------------------------------------------- */

int64_t
step_wall_us(const struct step *s)
{
	int64_t now = (int64_t)s->io->ops->now_us(s->io);

	if (facts_know(s->facts, FACT_CLOCK))
		return now + s->facts->clock_offset_us;
	return now - (int64_t)s->lane->j->on_us;
}

int64_t
step_host_us(const struct step *s)
{
	return (int64_t)s->io->ops->now_us(s->io) + s->lane->j->cfg.host_wall_minus_now_us;
}

void
step_set_clock(struct step *s, int64_t wall_minus_now_us)
{
	s->io->ops->clock(s->io, wall_minus_now_us);
	/* Kerberos lives by the host's clock: it wants the difference from that. */
	s->auth->ops->clock(
	    s->auth, wall_minus_now_us - s->lane->j->cfg.host_wall_minus_now_us);
}
