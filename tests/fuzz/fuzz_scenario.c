/* fuzz_scenario.c - any bytes as a scenario's file and those that it includes: groups,
 * arrivals, events, faults, servers. */
#include "scenario.h"

#include "fuzz.h"

static void
look_at_arrivals(const struct scenario_group *s)
{
	double starts = 0;

	HOLDS(s->n_arrivals >= 1 && s->n_arrivals <= SCENARIO_ARRIVALS_MAX);
	for (size_t i = 0; i < s->n_arrivals; i++) {
		HOLDS(s->arrival[i].at.line > 0 && arrival_starts(&s->arrival[i]) > 0);
		starts += arrival_starts(&s->arrival[i]);
	}
	HOLDS(s->arrival[s->n_arrivals - 1].kind == ARRIVAL_POISSON ||
	    starts + 0.001 >= s->phones);
}

/* Some phones: exactly their share, or those of the list that there are. */
static void
look_at_phones(const struct phones *p, uint64_t seed)
{
	enum { TOTAL = 100 };
	uint32_t n = 0;

	HOLDS(p->share >= 0 && p->share <= 1 && p->n_ranges <= PHONES_RANGES_MAX);
	HOLDS(p->n_ranges == 0 || p->share == 0);
	for (size_t i = 0; i < p->n_ranges; i++)
		HOLDS(p->range[i].first <= p->range[i].last &&
		    p->range[i].last <= phones_last(p));
	HOLDS(p->group[0] == '\0' || (p->n_ranges == 0 && p->share == 0));
	for (uint32_t i = 0; i < TOTAL; i++)
		n += phones_has(p, seed, i, TOTAL);
	HOLDS(p->n_ranges > 0 || n == (uint32_t)(p->share * TOTAL + 0.5));
	HOLDS(!phones_has(p, seed, TOTAL, TOTAL));
}

static void
look_at_events(const struct scenario *s)
{
	HOLDS(s->n_events <= SCENARIO_EVENTS_MAX);
	for (size_t i = 0; i < s->n_events; i++) {
		HOLDS(s->event[i].what <= SCENARIO_CHECK_UPDATE && s->event[i].mark.line > 0);
		HOLDS(s->event[i].step[0] == '\0' || s->event[i].at_us == 0);
		look_at_phones(&s->event[i].phones, s->seed);
	}
}

static void
look_at_faults(const struct faults *f)
{
	HOLDS(f->n <= FAULTS_MAX);
	for (size_t i = 0; i < f->n; i++) {
		const struct fault_deed *d = &f->fault[i].deed;

		HOLDS(servers_find(f->fault[i].server) < SERVERS_COUNT);
		HOLDS(d->drop >= 0 && d->drop <= 1 && d->corrupt >= 0 && d->corrupt <= 1);
		HOLDS(d->duplicate >= 0 && d->duplicate <= 1 && d->reorder >= 0);
		HOLDS((d->answer != 0) == (d->answer_word[0] != '\0'));
		HOLDS(d->retry_after_s == 0 || d->answer != 0);
		HOLDS(fault_holds(&f->fault[i], f->fault[i].from_us));
		HOLDS(f->fault[i].from_us == 0 ||
		    !fault_holds(&f->fault[i], f->fault[i].from_us - 1));
	}
}

static void
look_at_servers(const struct servers *s)
{
	HOLDS(s->dhcp.n_search <= SERVERS_SEARCH_MAX && s->dhcp.voice_vlan <= 4094);
	HOLDS(s->dhcp.n_options_off <= SERVERS_OPTIONS_MAX && s->dhcp.lease_s > 0);
	HOLDS(s->dns.n_add <= SERVERS_RECORDS_MAX && s->dns.n_hide <= SERVERS_RECORDS_MAX);
	for (size_t i = 0; i < SERVERS_COUNT; i++)
		HOLDS(s->cost[i].workers > 0 && s->cost[i].bytes_per_s > 0);
	for (size_t i = 0; i < s->dns.n_add; i++)
		HOLDS(s->dns.add[i].name[0] != '\0' &&
		    (s->dns.add[i].type == SERVERS_A || s->dns.add[i].target[0] != '\0'));
	HOLDS(s->sip.redirect >= 0 && s->sip.redirect <= 1);
	HOLDS(s->sip.version >= 3 && s->sip.version <= 4);
	look_at_phones(&s->kdc.wrong_password, 1);
}

/* A number, or nobody. */
static void
look_at_link(const struct scenario_link *l)
{
	HOLDS(l->loss >= 0 && l->loss <= 1 && l->jitter_us <= l->delay_us);
}

/* All phones are in exactly one group, and so are those of any other number. */
static void
look_at_groups(const struct scenario *s)
{
	uint32_t first[SCENARIO_GROUPS_MAX + 1];
	uint64_t phones = 0;

	HOLDS(s->n_groups >= 1 && s->n_groups <= SCENARIO_GROUPS_MAX);
	for (size_t i = 0; i < s->n_groups; i++) {
		const struct scenario_group *g = &s->group[i];

		HOLDS(g->phones > 0 && (g->name[0] != '\0') == (g->at.line > 0));
		HOLDS(g->journey.n_overrides <= SCENARIO_OVERRIDES_MAX);
		phones += g->phones;
		look_at_arrivals(g);
		look_at_link(&g->link);
	}
	HOLDS(phones == s->phones && s->n_links <= SCENARIO_LINKS_MAX);
	scenario_split(s, 100, first);
	HOLDS(first[0] == 0 && first[s->n_groups] == 100);
	for (size_t i = 0; i < s->n_groups; i++)
		HOLDS(first[i] <= first[i + 1]);
}

/* Groups that events and expectations name are there. */
static void
look_at_names(const struct scenario *s)
{
	uint32_t first[SCENARIO_GROUPS_MAX + 1];

	scenario_split(s, s->phones, first);
	for (size_t i = 0; i < s->n_events; i++) {
		const struct phones who = scenario_phones(s, &s->event[i].phones, first);

		HOLDS(who.group[0] == '\0');
		HOLDS(s->event[i].phones.group[0] == '\0' || who.n_ranges == 1);
		HOLDS(phones_last(&who) < s->phones);
	}
	for (size_t i = 0; i < s->expect.n; i++)
		HOLDS(!s->expect.item[i].abort || s->expect.item[i].text[0] != '\0');
}

/* There is no file system here: the input is pages with a NUL between them, and "1" includes
 * the second one. */
static int
read_page(
    void *arg, const char *path, bool included, struct buf *out, struct config_error *error)
{
	struct span pages = *(const struct span *)arg, page = span_cut(&pages, '\0');

	if (included && (path[0] < '0' || path[0] > '9' || path[1] != '\0'))
		return config_fail(error, path, (struct mark){ 0 }, "is not there");
	for (int n = included ? path[0] - '0' : 0; n > 0; n--)
		page = span_cut(&pages, '\0');
	buf_span(out, page);
	return out->err;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char path[] = "fuzz.yaml";
	struct span pages = { p, n };
	const struct include_source source = { read_page, &pages };
	struct config_error error = { "" };
	static struct scenario s;

	fuzz_mark(&s, sizeof s);
	if (scenario_load_from(&source, path, &s, &error) != 0) {
		HOLDS(fuzz_untouched(&s, sizeof s));
		HOLDS(error.text[0] != '\0' && fuzz_one_line(error.text));
		return 0;
	}
	HOLDS(strcmp(s.file, path) == 0 && s.title[0] != '\0');
	HOLDS(s.phones >= 1 && s.phones <= 1000000);
	look_at_groups(&s);
	look_at_events(&s);
	look_at_names(&s);
	look_at_faults(&s.faults);
	look_at_servers(&s.servers);
	HOLDS(s.expect.n <= EXPECTATIONS_MAX);
	scenario_done(&s);
	return 0;
}
