/*
 * main.c - cx700pool: reads its options, starts the pool, says where it is,
 * waits for SIGINT, SIGTERM or SIGHUP, stops it and says what it did.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pool.h"
#include "text.h"

enum { EXIT_USAGE = 2, EXIT_ENVIRONMENT = 4 };

struct main_run {
	struct pool pool;
	struct loop_signal *ends[3];
	int status;
};

/* 18,000 lines need their descriptors, and a dead client must not end us. */
static void
main_limits(void)
{
	struct rlimit files;

	umask(077); /* logs say who signed in */
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* A machine's crypto policy may forbid what a phone of 2007 needs; GnuTLS reads it
 * before main(). */
static void
main_without_policy(char *argv[])
{
	static const char variable[] = "GNUTLS_SYSTEM_PRIORITY_FILE";

	if (getenv(variable) != NULL || access("/etc/gnutls/config", F_OK) != 0)
		return;
	setenv(variable, "/dev/null", 1);
	execv("/proc/self/exe", argv);
}

/* Spawned by a run: when that ends, so do we, cleanly; our own children keep out of it. */
static void
main_for_a_run(const struct pool_options *o)
{
	if (o->ready_fd >= 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		fcntl(o->ready_fd, F_SETFD, FD_CLOEXEC);
	}
	if (o->begin_fd >= 0)
		fcntl(o->begin_fd, F_SETFD, FD_CLOEXEC);
}

/* For people; a run that started us reads one line on its descriptor instead. */
static void
main_say(const struct pool *pool)
{
	static const struct {
		const char *name;
		enum pool_ports port;
	} servers[] = { { "dhcp", PORT_DHCP }, { "dns", PORT_DNS }, { "ntp", PORT_NTP },
		{ "kdc", PORT_KDC }, { "ldap", PORT_LDAP }, { "http", PORT_HTTP },
		{ "https", PORT_HTTPS }, { "sip", PORT_SIP } };
	char ip[TEXT_IP_MAX];

	if (pool->options.only != NULL) {
		printf("cx700pool: sip on %s:%u, %u users; logs in %s\n",
		    text_ip_str(pool->options.listen, ip), pool_at(pool, 0, PORT_SIP).port,
		    pool->options.users, pool->dir);
		fflush(stdout);
		return;
	}
	printf("cx700pool: %u users, firmware %s (%llu bytes, crc32 %08x)\n",
	    pool->options.users, pool->options.firmware_version,
	    (unsigned long long)pool->options.firmware_size, pool->firmware_crc);
	printf("cx700pool: on %s:", text_ip_str(pool->options.listen, ip));
	for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
		printf(" %s %u", servers[i].name, pool_at(pool, 0, servers[i].port).port);
	printf("\ncx700pool: pool file %s/pool.yaml\n", pool->dir);
	fflush(stdout);
}

/* All servers answer: only now may who waits for us begin. */
static void
main_on_up(void *arg)
{
	struct main_run *run = arg;
	int fd = run->pool.options.ready_fd;

	main_say(&run->pool);
	if (run->pool.options.begin_fd < 0)
		pool_begin(&run->pool);
	/* Nobody reads any more: who started us is gone. */
	if (fd >= 0 && dprintf(fd, "ready %s/pool.yaml\n", run->pool.dir) < 0)
		loop_stop(run->pool.loop);
	/* A run that says when it begins is told at the end what was counted. */
	if (fd >= 0 && run->pool.options.begin_fd < 0)
		close(fd);
}

/* A part that cannot be done without has ended: the complaint says which. */
static void
main_on_dead(void *arg)
{
	struct main_run *run = arg;

	fprintf(stderr, "cx700pool: %s\n", run->pool.complaint);
	run->status = EXIT_ENVIRONMENT;
	loop_stop(run->pool.loop);
}

/* The first is enough: stopping needs no patience. */
static void
main_on_signal(void *arg)
{
	struct main_run *run = arg;

	loop_stop(run->pool.loop);
}

/* Read after the servers' threads have ended. */
static void
main_count(const struct pool *pool)
{
	printf("cx700pool: %-16s %12s %12s %14s %16s\n", "server", "requests", "replies",
	    "bytes in", "bytes out");
	for (int i = 0; i < SERVER_COUNT; i++) {
		const struct tap *tap = &pool->taps[i];

		printf("cx700pool: %-16s %12llu %12llu %14llu %16llu\n", tap->server,
		    (unsigned long long)tap->requests, (unsigned long long)tap->replies,
		    (unsigned long long)tap->bytes_in, (unsigned long long)tap->bytes_out);
	}
}

/* However it is told to end, its folder goes.  A closed terminal tells it, too, but not under
 * nohup. */
static int
main_signals(struct main_run *run)
{
	static const int signums[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction hangup;
	int n = sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_IGN ? 2 : 3;
	int rc = 0;

	for (int i = 0; rc == 0 && i < n; i++)
		rc = loop_signal_new(
		    run->pool.loop, signums[i], main_on_signal, run, &run->ends[i]);
	return rc;
}

/* 0, or 4 when a server could not start or ended before its time. */
static int
main_run(struct main_run *run)
{
	struct pool *pool = &run->pool;
	int rc = loop_new(&pool->loop);

	if (rc == 0)
		rc = main_signals(run);
	if (rc != 0) {
		fprintf(stderr, "cx700pool: %s\n", strerror(-rc));
		return EXIT_ENVIRONMENT;
	}
	pool->on_up = main_on_up;
	pool->on_dead = main_on_dead;
	pool->arg = run;
	rc = pool_start(pool);
	if (rc != 0) {
		fprintf(stderr, "cx700pool: %s\n", pool->complaint);
		run->status = EXIT_ENVIRONMENT;
	} else {
		loop_run(pool->loop);
		pool_stop(pool);
		main_count(pool);
	}
	for (int i = 0; i < 3; i++)
		if (run->ends[i] != NULL)
			loop_signal_close(run->ends[i]);
	loop_free(pool->loop);
	return run->status;
}

/* Default, then file, then command line: the options are read twice where there is a file. */
static int
main_options(struct pool *pool, int argc, char *argv[], struct buf *text)
{
	struct config_error error;
	int rc;

	pool_options_default(&pool->options);
	rc = pool_options_read(&pool->options, argc, argv, text);
	if (rc != 0 || pool->options.help)
		return rc;
	rc = pool_habits_read(pool, &error);
	if (rc != 0)
		buf_text(text, error.text);
	else if (pool->options.faults != NULL)
		rc = pool_options_read(&pool->options, argc, argv, text);
	return rc;
}

int
main(int argc, char *argv[])
{
	static struct main_run run;
	struct buf text = { 0 };
	int rc;

	if (main_options(&run.pool, argc, argv, &text) != 0) {
		fprintf(stderr, "cx700pool: %s\n", buf_cstr(&text));
		buf_done(&text);
		return EXIT_USAGE;
	}
	if (run.pool.options.help) {
		pool_options_help(&text);
		fputs(buf_cstr(&text), stdout);
		buf_done(&text);
		return 0;
	}
	main_without_policy(argv); /* begins again: nothing may have been done to descriptors */
	main_for_a_run(&run.pool.options);
	main_limits();
	rc = main_run(&run);
	buf_done(&text);
	return rc;
}
