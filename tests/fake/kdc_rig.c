/* kdc_rig.c - see kdc_rig.h.  Blocking sockets: a test has nothing else to do. */
#include "kdc_rig.h"

#include <arpa/inet.h>
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <krb5/krb5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kdc_tool.h"

enum { RIG_PORT = 20888, RIG_REPLY_MAX = 65536, RIG_PATIENCE_S = 10, RIG_LENGTH = 4 };

static const struct kdc_service SERVICES[] = {
	{ "HTTP/dc01.contoso.com", "web.keytab", false },
	{ "HTTP/dc01", NULL, false },
	{ "ldap/dc01.contoso.com", "ldap.keytab", false },
	{ "sip/fe01.contoso.com", "sip.keytab", false },
	{ "sip/fe02.contoso.com", "aes.keytab", true },
};

const char *
kdc_rig_path(const struct kdc_rig *rig, const char *file)
{
	static char path[KDC_PATH_MAX];

	return folder_file(rig->realm.dir, file, path);
}

/* Reads until the child says that it listens, or ends. */
static bool
rig_await(int fd)
{
	char text[512];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof text - 1 && (got = read(fd, text + n, sizeof text - 1 - n)) > 0) {
		n += (size_t)got;
		text[n] = '\0';
		if (strstr(text, "starting...") != NULL)
			return true;
	}
	return false;
}

static bool
rig_run(struct kdc_rig *rig)
{
	char path[KDC_PATH_MAX];
	char *argv[] = { path, "-n", NULL };
	struct kdc_env env;
	bool up;
	int ends[2];

	kdc_tool_env(&rig->realm, &env);
	if (kdc_tool_find("krb5kdc", path) != 0 || pipe2(ends, O_CLOEXEC) != 0)
		return false;
	rig->pid = fork();
	if (rig->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], 2);
		execve(path, argv, env.list);
		_exit(127);
	}
	close(ends[1]);
	up = rig_await(ends[0]);
	close(ends[0]);
	return up;
}

/* The first port from RIG_PORT on that nobody listens at. */
static uint16_t
rig_free_port(uint32_t ip)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(ip) };
	uint16_t port = RIG_PORT;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (at.sin_port = htons(port); bind(fd, (struct sockaddr *)&at, sizeof at) != 0;
	     at.sin_port = htons(++port))
		assert(errno == EADDRINUSE);
	close(fd);
	return port;
}

bool
kdc_rig_make(struct kdc_rig *rig, uint32_t n_users)
{
	char text[KDC_TEXT_MAX];
	uint32_t ip = 0x7f4d0000u | ((unsigned)getpid() & 0xffffu) | 1u;
	int err;

	memset(rig, 0, sizeof *rig);
	snprintf(rig->dir, sizeof rig->dir, "/tmp/cx700-kdc-XXXXXX");
	assert(mkdtemp(rig->dir) != NULL);
	rig->realm = (struct kdc_realm){
		.dir = rig->dir,
		.name = RIG_REALM,
		.secret = "a master key for tests",
		.ip = ip,
		.port = rig_free_port(ip),
		.services = SERVICES,
		.n_services = sizeof SERVICES / sizeof SERVICES[0],
		.users = { .name = "phone%05d", .count = n_users, .password = RIG_PASSWORD },
	};
	err = kdc_realm_make(&rig->realm, text);
	if (err != 0) {
		printf("skipped: no KDC here: %s\n", text);
		kdc_rig_down(rig);
		assert(err == -ENOENT);
		return false;
	}
	assert(auth_krb5_init(rig->dir) == 0);
	return true;
}

void
kdc_rig_configure(struct kdc_rig *rig, const char *file, const char *lines)
{
	FILE *conf = fopen(kdc_rig_path(rig, file), "ae");

	assert(conf != NULL && fputs(lines, conf) >= 0 && fclose(conf) == 0);
}

void
kdc_rig_start(struct kdc_rig *rig)
{
	if (rig_run(rig))
		return;
	printf("krb5kdc did not start\n");
	kdc_rig_down(rig);
	abort();
}

bool
kdc_rig_up(struct kdc_rig *rig, uint32_t n_users)
{
	if (!kdc_rig_make(rig, n_users))
		return false;
	kdc_rig_start(rig);
	return true;
}

void
kdc_rig_down(struct kdc_rig *rig)
{
	char path[KDC_PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(rig->dir);

	if (rig->pid > 0) {
		kill(rig->pid, SIGKILL);
		waitpid(rig->pid, NULL, 0);
	}
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlink(folder_file(rig->realm.dir, entry->d_name, path));
	if (dir != NULL)
		closedir(dir);
	rmdir(rig->dir);
}

void
kdc_rig_admin(struct kdc_rig *rig, const char *script)
{
	const char *argv[] = { "kadmin.local", "-r", RIG_REALM, NULL };

	assert(kdc_tool_run(&rig->realm, argv, span_of(script)) == 0);
}

static int
rig_connect(struct kdc_rig *rig, bool stream)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(rig->realm.port),
		.sin_addr.s_addr = htonl(rig->realm.ip) };
	struct timeval patience = { .tv_sec = RIG_PATIENCE_S };
	int fd = socket(AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);

	assert(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	return fd;
}

static uint32_t
rig_length(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A stream's reply, length and all. */
static size_t
rig_receive(int fd, bool stream, uint8_t *reply)
{
	size_t n = 0;
	ssize_t got;

	do {
		got = recv(fd, reply + n, RIG_REPLY_MAX - n, 0);
		assert(got > 0);
		n += (size_t)got;
	} while (stream && (n < RIG_LENGTH || n - RIG_LENGTH < rig_length(reply)));
	return n;
}

size_t
kdc_rig_exchange(struct kdc_rig *rig, const struct auth_out *out, uint8_t *reply)
{
	bool stream = out->stream || rig->always_stream;
	uint32_t length = htonl((uint32_t)out->packet.n);
	int fd = rig_connect(rig, stream);
	size_t n;

	rig->packets++;
	rig->streams += stream;
	if (stream && !out->stream)
		assert(send(fd, &length, sizeof length, 0) == sizeof length);
	assert(send(fd, out->packet.p, out->packet.n, 0) == (ssize_t)out->packet.n);
	n = rig_receive(fd, stream, reply);
	close(fd);
	if (stream && !out->stream) {
		n -= RIG_LENGTH;
		memmove(reply, reply + RIG_LENGTH, n);
	}
	return n;
}

enum auth_next
kdc_rig_walk(
    struct kdc_rig *rig, struct auth *auth, struct auth_talk *talk, struct auth_out *out)
{
	static _Thread_local char text[128];
	static _Thread_local uint8_t reply[RIG_REPLY_MAX];
	enum auth_next next;
	size_t n = 0;

	for (;;) {
		next = auth->ops->next(talk, (struct span){ reply, n }, out);
		if (next != AUTH_SEND)
			break;
		if (strcmp(out->realm, RIG_REALM) != 0)
			break;
		n = kdc_rig_exchange(rig, out, reply);
	}
	snprintf(text, sizeof text, "%s",
	    next == AUTH_SEND       ? out->realm
		: out->text != NULL ? out->text
				    : "");
	out->text = text;
	out->realm = NULL;
	out->packet = (struct span){ NULL, 0 };
	auth->ops->drop(talk);
	return next;
}

enum auth_next
kdc_rig_login(struct kdc_rig *rig, struct auth *auth, struct auth_out *out)
{
	struct auth_talk *talk;

	assert(auth->ops->login(auth, &talk) == 0);
	return kdc_rig_walk(rig, auth, talk, out);
}

enum auth_next
kdc_rig_ticket(struct kdc_rig *rig, struct auth *auth, const char *spn, struct auth_out *out)
{
	struct auth_talk *talk;

	assert(auth->ops->ticket(auth, spn, &talk) == 0);
	return kdc_rig_walk(rig, auth, talk, out);
}

size_t
kdc_rig_too_big(uint8_t *out, size_t cap)
{
	krb5_error error = { .error = 52, .stime = 1 };
	krb5_context ctx;
	krb5_data bytes;

	assert(krb5_init_context(&ctx) == 0);
	assert(krb5_parse_name(ctx, "krbtgt/" RIG_REALM "@" RIG_REALM, &error.server) == 0);
	assert(krb5_mk_error(ctx, &error, &bytes) == 0 && bytes.length <= cap);
	memcpy(out, bytes.data, bytes.length);
	cap = bytes.length;
	krb5_free_data_contents(ctx, &bytes);
	krb5_free_principal(ctx, error.server);
	krb5_free_context(ctx);
	return cap;
}

struct auth *
kdc_rig_phone(uint32_t i, const char *password)
{
	struct auth_krb5_cfg cfg = { .realm = RIG_REALM, .serial = i };
	struct auth *auth;
	char user[32];

	snprintf(user, sizeof user, "phone%05u", i);
	cfg.user = user;
	cfg.password = password != NULL ? password : RIG_PASSWORD;
	assert(auth_krb5_new(&cfg, &auth) == 0);
	return auth;
}
