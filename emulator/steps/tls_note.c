/* tls_note.c - see tls_note.h. */
#include "tls_note.h"

const char *
tls_flaw_name(enum io_flaw flaw)
{
	static const char *const names[] = {
		[TLS_OK] = "ok",
		[TLS_NO_ROOT] = "no_root",
		[TLS_SHA2] = "sha2",
		[TLS_EXPIRED] = "expired",
		[TLS_EARLY] = "early",
		[TLS_NAME] = "name",
		[TLS_OTHER] = "other",
	};

	return names[flaw];
}

void
tls_note(struct seen *seen, const struct io_tls_seen *tls)
{
	uint8_t alert;

	if (tls == NULL)
		return;
	for (size_t i = 0; i < tls->n_hello; i++)
		seen_add_num(seen, SEEN_TLS_OFFERED, tls->hello[i]);
	if (tls->suite != 0)
		seen_num(seen, SEEN_TLS_CHOSEN, tls->suite);
	if (tls->version != 0)
		seen_num(seen, SEEN_TLS_VERSION, tls->version);
	/* What the phone complained of, else what the server did. */
	alert = tls->alert_sent != 0 ? tls->alert_sent : tls->alert_got;
	if (alert != 0)
		seen_num(seen, SEEN_TLS_ALERT, alert);
	if (tls->flaw != TLS_OK)
		seen_text(seen, SEEN_TLS_FLAW, span_of(tls_flaw_name(tls->flaw)));
}
