/*
 * sim_tls.h - TLS without a cipher: a server's certificate as facts, and what a phone makes of
 * it, in the words of the real world (emulator/io/io_tls*.c, io_verify.c).
 */
#ifndef SIM_SIM_TLS_H
#define SIM_SIM_TLS_H
#include "sim.h"

/* What a server shows; everything is lent for the call. */
struct sim_cert {
	const char *common_name;      /* NULL: none */
	const char *const *dns_names; /* alternative names; if there is one, the common name
					 does not count; "*.contoso.com" stands for one label */
	size_t n_dns_names;
	int64_t not_before_s, not_after_s; /* since 1970 */
	bool sha2;                         /* itself, or one between it and its root */
	struct span root;                  /* DER of the root it hangs from; empty: from none */
	/* Of the root, which counts where it is trusted; 0 0: it always holds. */
	bool root_sha2;
	int64_t root_not_before_s, root_not_after_s;
	/* What the server would speak, what it likes best first; NULL: what the phone likes
	 * best of all that it offers. */
	const uint16_t *suites;
	size_t n_suites;
};

/*
 * The server's part of connecting, with its answer to the TLS handshake if there is one.
 *
 *	stream  in SIM_OPENED: IO_UP follows; or IO_DOWN with -EPROTO and the flaw
 *	http    in SIM_ASKED, before the reply: a request on a connection that is known to be
 *		good goes on at once; on a new one the certificate is looked at first
 *
 * cert is looked at by TLS streams and https sessions only; NULL there: nothing can be agreed
 * upon (alert 40).  false: the phone does not want it, IO_DOWN is on its way; a request has
 * never been heard, the server has nothing to answer.
 */
bool sim_meet(struct sim *, struct io_handle *, const struct sim_cert *, uint64_t after_us);

/* What this phone would say of it, at this moment: 0 or -EPROTO, and what goes over the wire.
 */
int sim_tls_look(const struct io_handle *, const struct sim_cert *, struct io_tls_seen *out);

/* Can the real phone's TLS offer this suite at TLS 1.0? */
bool sim_tls_can_offer(uint16_t suite);

#endif
