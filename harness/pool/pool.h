/*
 * pool.h - the embedded pool: a folder, a realm, a CA and the servers, each a
 * part that starts and stops; pool_parts.c is the page that lists them.
 */
#ifndef POOL_POOL_H
#define POOL_POOL_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "accept.h"
#include "face_http.h"
#include "face_stream.h"
#include "face_udp.h"
#include "fault.h"
#include "firmware.h"
#include "folder.h"
#include "front.h"
#include "kdc.h"
#include "kdc_front.h"
#include "link.h"
#include "loop.h"
#include "options.h"
#include "pool_ca.h"
#include "pool_log.h"
#include "serve_ca_web.h"
#include "serve_dhcp.h"
#include "serve_dns.h"
#include "serve_exchange.h"
#include "serve_habits.h"
#include "serve_ldap.h"
#include "serve_names.h"
#include "serve_ntp.h"
#include "serve_plan.h"
#include "serve_sip.h"
#include "serve_update.h"
#include "serve_zone.h"
#include "servers.h"
#include "tap.h"
#include "tree.h"
#include "wire.h"

/* Who counts; each is used by one thread. */
enum pool_server {
	SERVER_DHCP,
	SERVER_DNS,
	SERVER_NTP,
	SERVER_KDC,
	SERVER_LDAP,
	SERVER_CA_WEB,
	SERVER_SIP,
	SERVER_EXCHANGE,
	SERVER_UPDATE,
	SERVER_UPDATE_EXTERNAL,
	SERVER_HTTP_OTHER,
	SERVER_HTTPS_OTHER,
	SERVER_COUNT
};

enum {
	POOL_PASSWORD_MAX = 33,
	POOL_COMPLAINT_MAX = 700,
	POOL_SERVICES_MAX = 16,
	POOL_FRONTS_MAX = 12,
	POOL_HOME_NAMES = 8
};

/* A front end. */
struct pool_sip {
	struct pool *pool;
	struct serve_sip *logic;
	struct link_tls *tls;
	struct face_stream *face;
	uint32_t peer; /* whose bytes are being read: for the log */
};

/* A door before a server's connections. */
struct pool_front {
	enum servers_id id;
	struct front *front;
};

struct pool {
	struct pool_options options;
	struct servers habits; /* what the options say as well is taken from them */
	struct faults faults;
	struct loop *loop;
	loop_fn *on_up;   /* everything answers */
	loop_fn *on_dead; /* a part ended by itself; complaint says which */
	void *arg;
	char complaint[POOL_COMPLAINT_MAX]; /* why it could not start, in one line */
	int parts;                          /* how many have started */

	struct loop_watch *begins; /* of options.begin_fd */
	uint64_t began_us;         /* of the loop's clock; 0: the run has not begun */

	struct serve_hosts hosts;          /* who is where */
	struct wire *wires[SERVERS_COUNT]; /* NULL: nothing goes wrong with this one */
	struct pool_front fronts[POOL_FRONTS_MAX];
	size_t n_fronts;
	bool web_fronted;                      /* the web servers are told apart */
	_Atomic uint64_t moods[SERVERS_COUNT]; /* the answer of refusal: see pool_refuses() */
	_Atomic uint64_t answered[SERVERS_COUNT]; /* how often that was given */
	struct loop_timer *edge;                  /* of the next fault that begins or ends */
	uint64_t edge_us;                         /* until then all have begun */

	char dir[FOLDER_PATH_MAX];
	int dir_fd;                       /* held, so that no other pool comes in */
	bool dir_ours;                    /* to be removed */
	char password[POOL_PASSWORD_MAX]; /* of every phone; in users.secret */
	char master[POOL_PASSWORD_MAX];   /* of the realm's database */
	struct pool_log *log, *audit;
	int64_t audit_day; /* since 1970: whose file the audit log is */
	struct loop_timer *flush;
	struct tap taps[SERVER_COUNT];

	int firmware_fd;
	uint32_t firmware_crc;
	struct pool_ca *ca;
	struct pool_cert *sip_cert, *web_cert, *home_cert;
	struct kdc_service services[POOL_SERVICES_MAX];
	/* Each is one thread's: the loop's, the loop's, port 80's, port 443's, the loop's. */
	struct acceptor *ldap_keys, *sip_keys, *ca_web_keys, *https_keys, *home_keys;

	struct serve_dhcp *dhcp;
	struct face_udp *dhcp_face;
	struct serve_dns *dns;
	struct face_udp *dns_face;
	struct face_stream *dns_stream;
	struct serve_ntp_cfg ntp;
	struct face_udp *ntp_face;
	struct kdc *kdc;
	struct kdc_front *kdc_front;
	bool kdc_up;

	struct serve_ldap ldap;
	struct face_stream *ldap_face;

	struct pool_sip sip, home; /* home: the other pool's, if there is one */
	struct serve_home other;   /* its name and port */

	struct serve_ca_web ca_web;
	struct serve_update update, update_external; /* of port 80's and 443's thread */
	struct serve_exchange exchange;
	struct face_http *http, *https;
};

/* A part: start says 0 or -errno with pool->complaint; stop also mends what start left half
 * done. */
struct pool_part {
	const char *name;
	int (*start)(struct pool *);
	void (*stop)(struct pool *);
};

/* Read options.faults into faults and habits, and into the options that say the same, which
 * are then to be read again.  Without it: the usual habits.  0, or -errno with the error. */
int pool_habits_read(struct pool *, struct config_error *);

/*
 * Start all parts on the loop; on_up or on_dead follows.  0, or -errno and
 * pool->complaint; then nothing is left running.  options, habits, faults, loop, on_up,
 * on_dead, arg are filled by the caller, the rest is zero.
 */
int pool_start(struct pool *);

/* Stop all that runs, last started first, and remove what was only for now. */
void pool_stop(struct pool *);

/* Where port `standard` of this host is here. */
struct sock_peer pool_at(const struct pool *, uint32_t host, enum pool_ports standard);

/* "dns: 127.0.0.1:20053: Address already in use ..." into the complaint; returns rc. */
int pool_cannot(struct pool *, const char *what, struct sock_peer at, int rc);

/* The same where no port is to blame. */
int pool_failed(struct pool *, const char *what, int rc);

/* The counters as JSON: {"dhcp": {"requests": n, ...}, ...}.  Valid after the parts have
 * stopped or on the loop's thread (HTTP's are then a little old). */
void pool_stats(const struct pool *, struct buf *to);

/* The run begins: time 0 of the faults.  Once. */
void pool_begin(struct pool *);

/* A door for connections to this server, which has a wire; wire is filled in.  0 or -errno. */
int pool_front(struct pool *, enum servers_id, const struct front_cfg *);
/* Before the server goes. */
void pool_front_end(struct pool *, enum servers_id);

/* The number of the refusal that a fault wants of this server now; 0: it serves.  It is counted
 * as given.  On the loop's thread. */
int pool_answer(struct pool *, enum servers_id);

/* The same of a web server, from any thread: with which status, after how long to come again.
 */
bool pool_refuses(struct pool *, enum servers_id, int *answer_out, uint32_t *retry_after_s_out);

/* The parts, in the order of their start; ends with NULL. */
extern const struct pool_part *const pool_parts[];
/* Those of a front end that stands alone (--only sip). */
extern const struct pool_part *const pool_joined_parts[];

extern const struct pool_part part_faults, part_run, part_folder, part_log, part_firmware,
    part_ca, part_file;
extern const struct pool_part part_realm, part_kdc;
extern const struct pool_part part_dhcp, part_dns, part_ntp, part_ldap, part_sip, part_home;
extern const struct pool_part part_http, part_https;

#endif
