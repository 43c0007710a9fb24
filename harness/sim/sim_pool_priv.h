/* sim_pool_priv.h - the simulated pool from inside; only sim_pool*.c include it. */
#ifndef SIM_SIM_POOL_PRIV_H
#define SIM_SIM_POOL_PRIV_H
#include "serve_ca_web.h"
#include "serve_habits.h"
#include "serve_names.h"
#include "serve_plan.h"
#include "serve_zone.h"
#include "sim_accept.h"
#include "sim_cert.h"
#include "sim_kdc.h"
#include "sim_pool.h"
#include "sim_stream.h"
#include "sim_tls.h"

enum { POOL_KEYS = KEYS_COUNT, POOL_NAMES_MAX = 8 };

/* A front end that speaks SIP: the pool's, the other pool's. */
struct pool_front {
	struct sim_pool *pool;
	struct serve_sip *sip;
	struct sim_cert cert;
	struct sim_stream_face face;
};

/* What answers on one port for HTTP. */
struct pool_web {
	struct sim_pool *pool;
	enum servers_id id;
	const struct sim_cert *cert; /* NULL: plain */
	void (*fn)(struct sim_pool *, const struct serve_request *, struct serve_reply *);
};

/* All users are signed off when a fault begins. */
struct pool_sign_off {
	struct sim_event event;
	struct sim_pool *pool;
	const struct fault *fault;
};

struct sim_pool {
	struct sim *sim;
	struct sim_clock *clock;
	struct servers habits;
	const struct faults *faults;
	uint32_t users;
	const char *password;
	uint64_t seed;
	struct sim_way *(*between)(void *arg, enum servers_id, struct sim_way *);
	void *between_arg;
	int parts; /* how many have started */

	struct sim_link *link[SERVERS_COUNT];
	struct buf root, other_root, chain;
	struct acceptor *keys[POOL_KEYS];
	uint32_t firmware_crc; /* once it is summed */
	bool firmware_summed;

	struct serve_dhcp *dhcp;
	struct serve_dns *dns;
	struct sim_stream_face dns_stream;
	struct sim_kdc kdc;
	struct sim_stream_face kdc_stream;
	struct serve_ldap ldap;
	struct sim_stream_face ldap_stream;

	struct pool_front front, home;
	const char *home_names[POOL_NAMES_MAX];
	struct serve_home other; /* its name and port */
	struct pool_sign_off sign_off[FAULTS_MAX];

	struct sim_cert web_cert, update_cert;
	struct serve_ca_web ca_web;
	struct serve_update update, update_external;
	struct serve_exchange exchange;
	struct pool_web ca_port, update_port, update_tls_port, exchange_port;
};

/* A part: start says 0 or -errno; stop, after the world's end, also mends what start left half
 * done. */
struct sim_part {
	const char *name;
	int (*start)(struct sim_pool *);
	void (*stop)(struct sim_pool *);
};

/* The parts, in the order of their start; ends with NULL. */
extern const struct sim_part *const sim_parts[];

extern const struct sim_part sim_part_links, sim_part_certs, sim_part_keys;
extern const struct sim_part sim_part_dhcp, sim_part_dns, sim_part_ntp, sim_part_kdc;
extern const struct sim_part sim_part_ldap, sim_part_sip, sim_part_web;

/* A server listens behind its link.  0 or -errno. */
int sim_pool_listen(struct sim_pool *, enum servers_id, enum sim_type, uint32_t ip,
    uint16_t port, sim_fn *, void *arg);

/* Does a fault want this server to refuse now?  Then with what. */
bool sim_pool_refuses(const struct sim_pool *, enum servers_id, struct fault_deed *out);

/* The facts of a server's certificate that has this flaw; names end with NULL. */
struct sim_cert sim_pool_cert(
    const struct sim_pool *, enum servers_certificate, const char *const names[]);

/* A listener for pool_web's ports. */
void sim_web_hears(void *pool_web, struct sim *, const struct sim_call *);

#endif
