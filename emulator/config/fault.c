/* fault.c - see fault.h.  The tables are the format. */
#include "fault.h"

#include <errno.h>
#include <string.h>

#include "servers.h"
#include "text.h"

#define AT(member) .offset = offsetof(struct fault, member)
#define COUNT(table) (sizeof(table) / sizeof *(table))

/* A server's own kinds of refusal: words, numbers from min to max, or both. */
struct fault_word {
	const char *word;
	int answer;
};

struct fault_manner {
	bool connections; /* there is something to reset */
	bool status;      /* answers are status codes, and may say Retry-After */
	const struct fault_word *words;
	int min, max;
	const char *what; /* for the message */
};

/* RFC 2131: DHCPNAK; RFC 1035 section 4.1.1; RFC 5905 section 7.4. */
static const struct fault_word dhcp_words[] = { { "nak", 6 }, { NULL, 0 } };
static const struct fault_word dns_words[] = { { "SERVFAIL", 2 }, { "NXDOMAIN", 3 },
	{ "REFUSED", 5 }, { NULL, 0 } };
static const struct fault_word ntp_words[] = { { "DENY", 1 }, { "RATE", 1 }, { "RSTR", 1 },
	{ NULL, 0 } };

/* clang-format off */
static const struct fault_manner manners[SERVERS_COUNT] = {
	[SERVERS_DHCP]     = { false, false, dhcp_words, 0, 0, "nak" },
	[SERVERS_DNS]      = { true, false, dns_words, 1, 15, "SERVFAIL, NXDOMAIN, REFUSED or an RCODE from 1 to 15" },
	[SERVERS_NTP]      = { false, false, ntp_words, 0, 0, "DENY, RATE or RSTR" },
	[SERVERS_KDC]      = { true, false, NULL, 1, 127, "the number of a KRB-ERROR, from 1 to 127" },
	[SERVERS_LDAP]     = { true, false, NULL, 1, 122, "a result code from 1 to 122" },
	[SERVERS_CA_WEB]   = { true, true, NULL, 400, 599, "a status from 400 to 599" },
	[SERVERS_SIP]      = { true, true, NULL, 400, 699, "a status from 400 to 699" },
	[SERVERS_EXCHANGE] = { true, true, NULL, 400, 599, "a status from 400 to 599" },
	[SERVERS_UPDATE]   = { true, true, NULL, 400, 599, "a status from 400 to 599" },
};

/* How a server of [MS-SIPREGE] ends a registration. */
static const char *const sign_off_words[] = { "unregistered", "rejected", "deactivated",
	"preferred-registrar-change", NULL };

static int own_server(const struct field_place *, const struct node *, void *base);
static int own_answer(const struct field_place *, const struct node *, void *base);
static int own_sign_off(const struct field_place *, const struct node *, void *base);

static const struct field deed_fields[] = {
	{ .key = "delay", .type = FIELD_SPREAD, AT(deed.delay), .help = "added to each way: 300ms±100ms" },
	{ .key = "drop", .type = FIELD_SHARE, AT(deed.drop), .help = "packets that are lost: 20%" },
	{ .key = "duplicate", .type = FIELD_SHARE, AT(deed.duplicate), .help = "packets that come twice" },
	{ .key = "reorder", .type = FIELD_SHARE, AT(deed.reorder), .help = "packets that are overtaken" },
	{ .key = "corrupt", .type = FIELD_SHARE, AT(deed.corrupt), .help = "packets whose bytes are changed" },
	{ .key = "refuse", .type = FIELD_BOOL, AT(deed.refuse), .help = "nothing listens there" },
	{ .key = "reset", .type = FIELD_BOOL, AT(deed.reset), .help = "connections are reset, open ones too" },
	{ .key = "reset_after", .type = FIELD_SIZE, AT(deed.reset_after), .min = 1,
	  .help = "a reply is reset after so many bytes: 7MB" },
	{ .key = "truncate", .type = FIELD_SIZE, AT(deed.truncate_after), .min = 1,
	  .help = "a reply ends after so many bytes: 1000B" },
	{ .key = "slow", .type = FIELD_RATE, AT(deed.bytes_per_s), .help = "no faster than this: 64kB/s" },
	{ .key = "answer", .type = FIELD_OWN, .own = own_answer,
	  .pattern = "^(nak|SERVFAIL|NXDOMAIN|REFUSED|DENY|RATE|RSTR|[1-9][0-9]{0,2})$",
	  .help = "its own refusal: nak, SERVFAIL, RATE, 18 (kdc), 49 (ldap), 503 (sip, HTTP)" },
	{ .key = "retry_after", .type = FIELD_SECONDS, AT(deed.retry_after_s), .min = 1, .max = 86400,
	  .help = "beside an answer of sip or HTTP: Retry-After" },
	{ .key = "sign_off", .type = FIELD_OWN, .own = own_sign_off, .words = sign_off_words,
	  .help = "sip: all users are signed off then; unregistered, rejected, deactivated" },
};
const struct field fault_fields[FAULT_FIELDS] = {
	{ .key = "server", .type = FIELD_OWN, .own = own_server, .required = true, .words = servers_name,
	  .help = "dhcp, dns, ntp, kdc, ldap, ca_web, sip, exchange or update" },
	{ .key = "from", .type = FIELD_DURATION, AT(from_us), .def = "0s", .help = "since the run's beginning" },
	{ .key = "for", .type = FIELD_DURATION, AT(for_us), .min = 1000, .help = "left out: to the end" },
	{ .key = "do", .type = FIELD_MAP, .sub = deed_fields, .n_sub = COUNT(deed_fields), .required = true,
	  .help = "what goes wrong" },
};
/* clang-format on */

/* One of these words, kept as text. */
static int
read_name(const struct field_place *at, const struct node *n, const char *key,
    const char *const *words, char *out, size_t cap)
{
	const struct field f = { .key = key, .type = FIELD_WORD, .words = words };
	int i, err = field_read(at, n, &f, &i);

	return err ? err : text_copy(out, cap, span_of(words[i]));
}

static int
own_server(const struct field_place *at, const struct node *n, void *base)
{
	struct fault *f = base;

	f->at = n->at;
	return read_name(at, n, "server", servers_name, f->server, sizeof f->server);
}

static int
own_sign_off(const struct field_place *at, const struct node *n, void *base)
{
	struct fault_deed *d = &((struct fault *)base)->deed;

	return read_name(at, n, "sign_off", sign_off_words, d->sign_off, sizeof d->sign_off);
}

/* A word of this server's, or a number in its range; 0: neither. */
static int
answer_of(const struct fault_manner *m, const char *text)
{
	uint64_t number;

	for (const struct fault_word *w = m->words; w != NULL && w->word != NULL; w++)
		if (strcmp(w->word, text) == 0)
			return w->answer;
	if (m->max == 0 || text[0] == '0' ||
	    text_u64(span_of(text), (uint64_t)m->max, &number) != 0 ||
	    number < (uint64_t)m->min)
		return 0;
	return (int)number;
}

/* What it may be depends on the server, which the table has read before. */
static int
own_answer(const struct field_place *at, const struct node *n, void *base)
{
	struct fault *f = base;
	const struct fault_manner *m = &manners[servers_find(f->server)];
	const char *text = field_scalar(at, n, m->what);

	if (text == NULL)
		return -EINVAL;
	f->deed.answer = answer_of(m, text);
	if (f->deed.answer == 0)
		return field_fail(
		    at, n, "`answer' of %s must be %s, not `%.40s'", f->server, m->what, text);
	return text_copy(f->deed.answer_word, sizeof f->deed.answer_word, span_of(text));
}

/* Deeds that make no sense with this server: better said now than not played. */
static int
check_fit(const struct field_place *at, const struct node *deed, const struct fault *f)
{
	enum servers_id id = servers_find(f->server);
	const struct fault_manner *m = &manners[id];
	const struct node *n;

	if (deed->first == NULL)
		return field_fail(at, deed, "`do' is empty: what goes wrong?");
	n = tree_get(deed, "reset");
	if (n == NULL)
		n = tree_get(deed, "reset_after");
	if (n != NULL && !m->connections)
		return field_fail(
		    at, n, "`%s': %s has no connections to reset", n->key, f->server);
	n = tree_get(deed, "retry_after");
	if (n != NULL && (!m->status || f->deed.answer == 0))
		return field_fail(
		    at, n, "`retry_after' goes with an `answer' of sip or an HTTP server");
	n = tree_get(deed, "sign_off");
	if (n != NULL && id != SERVERS_SIP)
		return field_fail(at, n, "`sign_off' is only for sip");
	return 0;
}

int
faults_read(const struct field_place *at, const struct node *list, void *faults)
{
	struct faults *all = faults;

	if (list->kind != NODE_LIST)
		return field_fail(
		    at, list, "`faults' must be a list, as in `- {server: kdc, do: {...}}'");
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		struct fault *f = &all->fault[all->n];
		int err;

		if (all->n == FAULTS_MAX)
			return field_fail(at, n, "more than %d faults", FAULTS_MAX);
		if (n->kind != NODE_MAP)
			return field_fail(at, n, "a fault is a map with `server' and `do'");
		err = fields_read(at, n, fault_fields, FAULT_FIELDS, f);
		if (!err)
			err = check_fit(at, tree_get(n, "do"), f);
		if (err)
			return err;
		all->n++;
	}
	return 0;
}

bool
fault_holds(const struct fault *f, uint64_t at_us)
{
	return at_us >= f->from_us && (f->for_us == 0 || at_us - f->from_us < f->for_us);
}
