/* fuzz_scenario.c - any bytes as a scenario's file: arrivals, events, faults, servers. */
#include "scenario.h"

#include "fuzz_file.h"

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
		HOLDS(s->event[i].what <= SCENARIO_PLUG && s->event[i].mark.line > 0);
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

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const char *path = fuzz_file(p, n);
	struct config_error error = { "" };
	static struct scenario s;

	fuzz_mark(&s, sizeof s);
	if (scenario_load(path, &s, &error) != 0) {
		HOLDS(fuzz_untouched(&s, sizeof s));
		fuzz_told(&error, path);
		return 0;
	}
	HOLDS(s.n_groups >= 1 && s.n_groups <= SCENARIO_GROUPS_MAX);
	HOLDS(strcmp(s.file, path) == 0 && s.title[0] != '\0');
	HOLDS(s.phones >= 1 && s.phones <= 1000000);
	HOLDS(s.group[0].journey.n_overrides <= SCENARIO_OVERRIDES_MAX);
	look_at_arrivals(&s.group[0]);
	look_at_events(&s);
	look_at_faults(&s.faults);
	look_at_servers(&s.servers);
	HOLDS(s.expect.n <= EXPECTATIONS_MAX);
	scenario_done(&s);
	return 0;
}
