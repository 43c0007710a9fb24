/*
 * fake_dns.h - name servers in the fake world: serve_dns' answers over UDP and TCP, and what
 * can go wrong with them.
 */
#ifndef TESTS_FAKE_DNS_H
#define TESTS_FAKE_DNS_H
#include "serve_dns.h"
#include "sim.h"

enum fake_dns_mood {
	FAKE_DNS_GOOD,
	FAKE_DNS_SILENT,
	FAKE_DNS_REFUSED, /* nobody listens */
	FAKE_DNS_SERVFAIL,
	FAKE_DNS_WRONG_ID, /* the answer of another question */
	FAKE_DNS_OTHER_NAME,
	FAKE_DNS_GARBAGE,
	FAKE_DNS_FORGED,   /* garbage and a wrong id first, then the answer */
	FAKE_DNS_TRUNCATED /* over UDP */
};

struct fake_dns {
	struct serve_dns *serve;
	struct { /* by the last bit of the server's address: 127.0.0.53 is 1, .54 is 0 */
		enum fake_dns_mood mood;
		unsigned udp, tcp; /* queries */
		uint64_t delay_us; /* of each answer; 0 = 1 ms */
	} server[2];
	bool tcp_dies;    /* a TCP connection ends without an answer */
	bool tcp_crawls;  /* it comes byte by byte */
	struct buf in;    /* TCP */
	char asked[1024]; /* "name name ", as they came */
};

/* Serve this zone; a zone that DNS cannot carry ends the test. */
void fake_dns_listen(
    struct fake_dns *, struct sim *, const struct serve_dns_record *, size_t n);
void fake_dns_done(struct fake_dns *);

#endif
