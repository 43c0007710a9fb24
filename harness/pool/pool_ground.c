/* pool_ground.c - what the servers stand on: folder, logs, image, certificates, pool file. */
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mem.h"
#include "pool.h"
#include "pool_yaml.h"

enum { FLUSH_US = 1000000, DAY_S = 86400 };

static int
folder_start(struct pool *pool)
{
	char what[POOL_COMPLAINT_MAX], path[FOLDER_PATH_MAX];
	int rc = folder_make(pool->options.dir, pool->dir);

	/* A folder that was named to us stays, with its logs. */
	pool->dir_ours = rc == 0 && pool->options.dir == NULL;
	if (rc == 0)
		rc = pool->dir_fd = folder_hold(pool->dir);
	if (rc >= 0) {
		/* That of a pool that was killed. */
		unlink(folder_file(pool->dir, "pool.yaml", path));
		return 0;
	}
	if (rc == -EBUSY || rc == -EPERM) {
		snprintf(pool->complaint, sizeof pool->complaint, "the folder %.200s: %s",
		    pool->dir,
		    rc == -EBUSY ? "another pool is in it"
				 : "everybody may write there; a private one is needed");
		return rc;
	}
	snprintf(what, sizeof what, "the folder %.200s",
	    pool->options.dir != NULL ? pool->options.dir : "in TMPDIR or /tmp");
	return pool_failed(pool, what, rc);
}

/* A named folder keeps the counters; our own goes. */
static void
folder_stop(struct pool *pool)
{
	struct buf stats = { 0 };

	if (pool->dir_ours) {
		folder_remove(pool->dir);
	} else if (pool->dir_fd >= 0) {
		pool_stats(pool, &stats);
		folder_write(pool->dir, "pool-stats.json", buf_bytes(&stats));
		buf_done(&stats);
	}
	if (pool->dir_fd >= 0)
		close(pool->dir_fd);
}

const struct pool_part part_folder = { "folder", folder_start, folder_stop };

/* The audit log has a file a day; line 1 is what a parser of the real one looks for. */
static int
log_open_audit(struct pool *pool)
{
	char name[64], path[FOLDER_PATH_MAX];
	time_t now = (time_t)(loop_wall_us() / 1000000);
	struct tm tm;
	int rc;

	gmtime_r(&now, &tm);
	strftime(name, sizeof name, "RequestHandlerAuditLog_fe01_%Y%m%d.log", &tm);
	folder_file(pool->dir, name, path);
	pool->audit_day = now / DAY_S;
	if (pool->audit != NULL)
		return pool_log_turn(pool->audit, path, serve_update_audit_head());
	rc = pool_log_open(path, &pool->audit);
	if (rc == 0 && pool_log_is_new(pool->audit))
		pool_log_raw(pool->audit, span_of(serve_update_audit_head()));
	return rc;
}

/* Once a second: whoever watches the logs is at most so far behind. */
static void
log_on_flush(void *arg)
{
	struct pool *pool = arg;

	if (loop_wall_us() / 1000000 / DAY_S != pool->audit_day)
		(void)log_open_audit(pool); /* if it cannot be, the old one goes on */
	pool_log_flush(pool->log);
	pool_log_flush(pool->audit);
}

static int
log_start(struct pool *pool)
{
	char path[FOLDER_PATH_MAX];
	int rc = pool_log_open(folder_file(pool->dir, "pool.log", path), &pool->log);

	if (rc == 0)
		rc = log_open_audit(pool);
	if (rc == 0)
		rc = loop_timer_new(pool->loop, log_on_flush, pool, &pool->flush);
	if (rc != 0)
		return pool_failed(pool, path, rc);
	loop_timer_set(pool->flush, FLUSH_US, FLUSH_US);
	/* From here on every server can log. */
	for (int i = 0; i < SERVER_COUNT; i++)
		pool->taps[i].log = pool->log;
	return 0;
}

static void
log_stop(struct pool *pool)
{
	if (pool->flush != NULL)
		loop_timer_close(pool->flush);
	pool_log_close(pool->audit);
	pool_log_close(pool->log);
}

const struct pool_part part_log = { "logs", log_start, log_stop };

/* Made at every start, in about the time of writing it. */
static int
firmware_start(struct pool *pool)
{
	char path[FOLDER_PATH_MAX];
	int rc = firmware_make(folder_file(pool->dir, "CPE.nbt", path),
	    pool->options.firmware_version, pool->options.firmware_size, &pool->firmware_fd,
	    &pool->firmware_crc);

	return rc == 0 ? 0 : pool_failed(pool, path, rc);
}

static void
firmware_stop(struct pool *pool)
{
	if (pool->firmware_fd >= 0)
		close(pool->firmware_fd);
}

const struct pool_part part_firmware = { "firmware", firmware_start, firmware_stop };

/* By the pool's CA, or by one that the directory does not know. */
static int
ca_issue(const struct pool *pool, const char *const names[], enum servers_certificate flaw,
    struct pool_cert **out)
{
	struct pool_ca *ca = pool->ca;
	int rc = 0;

	if (flaw == CERTIFICATE_OTHER_ROOT)
		rc = pool_ca_new("contoso-OLD-CA", loop_wall_us() / 1000000,
		    pool->options.seed + 1, false, &ca);
	if (rc == 0)
		rc = pool_ca_issue(ca, names, flaw, out);
	if (ca != pool->ca)
		pool_ca_free(ca);
	return rc;
}

/* Servers are known by many names: two certificates, each with all of its server's. */
static int
ca_start(struct pool *pool)
{
	enum servers_certificate sip = pool->habits.sip.certificate;
	/* A front end with SHA-2 has it up to the root. */
	int rc = pool_ca_new(POOL_CA, loop_wall_us() / 1000000, pool->options.seed,
	    sip == CERTIFICATE_SHA2, &pool->ca);

	if (rc == 0)
		rc = ca_issue(pool, serve_sip_names, sip, &pool->sip_cert);
	if (rc == 0)
		rc = ca_issue(
		    pool, serve_web_names, pool->habits.exchange.certificate, &pool->web_cert);
	if (rc == 0)
		rc = folder_write(pool->dir, "root.pem", span_of(pool_ca_root_pem(pool->ca)));
	return rc == 0 ? 0 : pool_failed(pool, "certificates", rc);
}

/* Leaves first, then what signed them. */
static void
ca_stop(struct pool *pool)
{
	pool_cert_free(pool->web_cert);
	pool_cert_free(pool->sip_cert);
	pool_ca_free(pool->ca);
}

const struct pool_part part_ca = { "CA", ca_start, ca_stop };

/* The pool file goes last: who waits for it finds everything there. */
static int
file_start(struct pool *pool)
{
	struct buf text = { 0 };
	int rc;

	pool_yaml(&pool->options, &pool->hosts, pool->other.port, &text);
	rc = text.err != 0 ? text.err : folder_write(pool->dir, "pool.yaml", buf_bytes(&text));
	buf_done(&text);
	return rc == 0 ? 0 : pool_failed(pool, "pool.yaml", rc);
}

static void
file_stop(struct pool *pool)
{
	char path[FOLDER_PATH_MAX];

	/* A pool file says that there is a pool. */
	unlink(folder_file(pool->dir, "pool.yaml", path));
}

const struct pool_part part_file = { "pool file", file_start, file_stop };
