/* fake_http_server.h - a server of harness/serve behind an HTTP session of the fake world. */
#ifndef TESTS_FAKE_HTTP_SERVER_H
#define TESTS_FAKE_HTTP_SERVER_H
#include "serve.h"
#include "sim.h"

enum { FAKE_ASKS_MAX = 32 };

struct fake_http_server {
	/* Answers one request; the test's. */
	void (*serve)(void *arg, const struct serve_request *, struct serve_reply *);
	void *arg;
	uint64_t firmware_size; /* of a reply with ->firmware */
	uint64_t delay_us;
	int down; /* != 0: the next answers are IO_DOWN with this errno, counting `downs` */
	unsigned downs;

	/* What came: "POST /RequestHandler/ucdevice.upx", and the Host header. */
	char asked[FAKE_ASKS_MAX][300], host[FAKE_ASKS_MAX][128];
	bool authorized[FAKE_ASKS_MAX], tls[FAKE_ASKS_MAX];
	size_t n_asked;
};

/* Listen at this port (80, 443). */
void fake_http_listen(struct sim *, uint16_t port, struct fake_http_server *);

#endif
