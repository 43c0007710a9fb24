/*
 * test_field_pattern.c - the patterns by which an editor knows a value: each takes what its
 * reader takes, and refuses what it refuses; and the tables say enough of every key for a
 * schema to be made of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "scenario.h"
#include "temp_file.h"

static bool
matches(const char *pattern, const char *text)
{
	regex_t re;
	bool yes;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		fail_msg("no pattern: %s", pattern);
	yes = regexec(&re, text, 0, NULL, 0) == 0;
	regfree(&re);
	return yes;
}

/* ---- types ------------------------------------------------------------------ */

/* What somebody may write, right or wrong, for any of them. */
static const char *const texts[] = { "5s", "250ms", "1.5h", ".5m", "5.s", "5", "s", "-5s",
	"+20m", "-20m", "- 5s", " 5s ", "5 s", "5S", "0.2ms", "1e3s", "20s±8s", "20s+-8s",
	"20s ± 8s", " 20s ±8s ", "20s±8", "20s±", "±8s", "20s+8s", "0%", "5%", "100%", "100.0%",
	"100.1%", "101%", "99.9%", ".5%", "007%", "0100%", "5 %", "%", "1000%", "7B", "64kB",
	"7MB", "1GB", "15MiB", "1KB", "1MBs", "64kB/s", "100Mbit/s", "1.5Gbit/s", "1bit/s",
	"7MB/m", "5/s", "200/s", "30/m", "7/h", "1.5/s", "5/d", " 5/s ", "5 /s", "5/", "/s",
	"3", "3,7", "3,7-9", " 3 , 7 - 9 ", "3-", "-3", "3,,4", "3,", "1234567", "10.0.0.1",
	"255.255.255.255", "256.0.0.1", "10.0.0", "10.0.0.0.1", "10.0.0.01",
	"00:04:f2:10:00:00", "00:04:F2:10:0a:ff", "00:04:f2:10:00", "00-04-f2-10-00-00",
	"0:4:f2:10:0:0", "", "x", "ten", "a b", "5ss", "5s5", "..5s", "1.2.3s", "1000000/s",
	"0/s", "99999999/s" };

struct typed {
	enum field_type type;
	const char *name;
	size_t least; /* so many of the texts are right */
};

static bool
is_read(enum field_type type, const char *text)
{
	struct config_error error = { "" };
	const struct field_place at = { .file = "f.yaml", .error = &error };
	const struct field f = { .key = "key", .type = type };
	struct node n = { .kind = NODE_SCALAR, .text = (char *)(uintptr_t)text };
	union {
		uint64_t number;
		double real;
		struct spread spread;
		struct phones phones;
		uint8_t mac[6];
	} out;

	return field_read(&at, &n, &f, &out) == 0;
}

static void
each_types_pattern_takes_what_its_reader_takes(void **state)
{
	static const struct typed types[] = {
		{ FIELD_DURATION, "duration", 6 },
		{ FIELD_MS, "ms", 6 },
		{ FIELD_SECONDS, "seconds", 6 },
		{ FIELD_OFFSET, "offset", 8 },
		{ FIELD_SHARE, "share", 8 },
		{ FIELD_SIZE, "size", 5 },
		{ FIELD_RATE, "rate", 3 },
		{ FIELD_PACE, "pace", 5 },
		{ FIELD_PHONES, "phones", 12 },
		{ FIELD_SPREAD, "spread", 10 },
		{ FIELD_IP, "ip", 2 },
		{ FIELD_MAC, "mac", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		const struct field f = { .type = types[i].type };
		size_t right = 0;

		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
			bool read = is_read(types[i].type, texts[k]);

			right += read;
			if (read != matches(field_pattern(&f), texts[k]))
				fail_msg("%s: `%s' is %s", types[i].name, texts[k],
				    read ? "read" : "not read");
		}
		if (right < types[i].least)
			fail_msg("%s: only %zu are right", types[i].name, right);
	}
}

static void
what_its_type_says_whole_has_no_pattern(void **state)
{
	static const enum field_type whole[] = { FIELD_TEXT, FIELD_U8, FIELD_U16, FIELD_U32,
		FIELD_U64, FIELD_BOOL, FIELD_WORD, FIELD_MAP, FIELD_PART, FIELD_OWN };
	const struct field own = { .type = FIELD_DURATION, .pattern = "^mine$" };

	(void)state;
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		const struct field f = { .type = whole[i] };

		assert_null(field_pattern(&f));
	}
	/* Its own goes before its type's. */
	assert_string_equal(field_pattern(&own), "^mine$");
}

/* ---- values of their own ------------------------------------------------------- */

struct place {
	const char *name, *scenario; /* with %s where the text stands, in quotes */
	const char *table[4];        /* the keys that lead to it */
	const char *texts[24];
};

#define HEAD "title: x\nphones: 9\narrival: [{at_once: 9}]\n"

static const struct field *
row(const struct field *f, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		const struct field *found =
		    f[i].type == FIELD_PART ? row(f[i].sub, f[i].n_sub, key) : &f[i];

		if (found != NULL && strcmp(found->key, key) == 0)
			return found;
	}
	return NULL;
}

static const struct field *
row_at(const char *const *keys)
{
	size_t n;
	const struct field *f = scenario_table(&n), *found = NULL;

	for (; *keys != NULL; keys++) {
		found = row(f, n, *keys);
		assert_non_null(found);
		f = found->sub;
		n = found->n_sub;
	}
	return found;
}

static bool
is_loaded(const char *text, struct scenario *s)
{
	struct config_error error;

	if (scenario_load(temp_file("s.yaml", text, strlen(text)), s, &error) != 0)
		return false;
	scenario_done(s);
	return true;
}

static const struct place places[] = {
	{ "trace", HEAD "trace: '%s'\n", { "trace" },
	    { "all", "failures", "20", "0", "some", "", "-1", "1.5", "12345678" } },
	{ "link", HEAD "links: {wan: {loss: 1%%}}\nlink: '%s'\n", { "link" },
	    { "wan", "Wan", "10%", "", "40ms" } },
	{ "delay", HEAD "link: {delay: '%s'}\n", { "link", "delay" },
	    { "40ms", "40ms±10ms", "40ms+-10ms", " 1s ", "40", "fast", "", "-5ms" } },
	{ "group's name", HEAD "groups: [{name: '%s'}]\n", { "groups", "name" },
	    { "a", "branch", "floor-2_b", "2nd", "A", "a.b", "", "a b",
		"abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwxy" } },
	{ "group's phones", HEAD "groups: [{name: a, phones: '%s'}, {name: b, phones: 1}]\n",
	    { "groups", "phones" }, { "rest", "some", "", "-1", "1.5", "x%" } },
	{ "at", HEAD "events: [{at: '%s', do: unplug}]\n", { "events", "at" },
	    { "5s", "1.5h", "krb_login", "5", "", " 5s ", "-5s", "+5s", ".5m", "5%" } },
	{ "whom",
	    HEAD "groups: [{name: branch}]\nevents: [{at: 5s, do: unplug, phones: '%s'}]\n",
	    { "events", "phones" },
	    { "branch", "10%", "3,7-8", " 3 ", "Branch", "", "110%", "3;4" } },
	{ "answer of dhcp", HEAD "faults: [{server: dhcp, do: {answer: '%s'}}]\n",
	    { "faults", "do", "answer" }, { "nak", "ack", "", "0", "NAK" } },
	{ "answer of sip", HEAD "faults: [{server: sip, do: {answer: '%s'}}]\n",
	    { "faults", "do", "answer" }, { "503", "busy", "", "0503", "5030", "-1" } },
	{ "domain", HEAD "servers: {dhcp: {domain: '%s'}}\n", { "servers", "dhcp", "domain" },
	    { "contoso.com", "contoso.com.", "", "_a.b-c", "a..b", ".a", "a b", "für.de" } },
	{ "hidden", HEAD "servers: {dns: {hide: ['%s']}}\n", { "servers", "dns", "hide" },
	    { "a.b", "", "a..b", "x", "a/b" } },
	{ "record", HEAD "servers: {dns: {add: ['%s']}}\n", { "servers", "dns", "add" },
	    { "a.b A 10.0.0.1", "a.b a 10.0.0.1", "a.b CNAME c.d", "a.b SRV 0 5 5061 c.d",
		"a.b  cname  c.d ", "a.b A", "a.b MX c.d", "a.b SRV 0 5 c.d", "A 10.0.0.1", "",
		"a.b A c.d", "a.b SRV 0 5 5061 c.d e" } },
	{ "home pool", HEAD "servers: {sip: {home_pool: '%s'}}\n",
	    { "servers", "sip", "home_pool" },
	    { "pool02.contoso.com", "pool02:5061", "", "pool02:", "pool02:0", ":5061", "a b",
		"pool02:5x" } },
	{ "version", HEAD "servers: {update: {version: '%s'}}\n",
	    { "servers", "update", "version" },
	    { "1.0.522.101", "522", "1.0.522", "1.0.522.101.1", "", "1.0.522.x", "1.0..1" } },
	{ "certificate's pause", HEAD "journey: {override: {krb_login: {pause: '%s'}}}\n",
	    { "journey", "override", "pause" }, { "2s", "2s±1s", "2", "", "now" } },
	{ "paces", "title: x\nphones: 1\narrival: [{ramp: {from: '%s', to: 9/s, over: 5s}}]\n",
	    { "arrival", "ramp", "from" }, { "1/s", "30/m", "0/h", "5", "", "1/d", "-1/s" } },
};

static void
each_own_pattern_takes_what_the_loader_takes(void **state)
{
	struct scenario *s = mem_new(sizeof *s);

	(void)state;
	assert_non_null(s);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		const struct place *p = &places[i];
		const char *pattern = field_pattern(row_at(p->table));
		size_t right = 0, n = 0;

		assert_non_null(pattern);
		for (; p->texts[n] != NULL; n++) {
			char text[500];
			bool loads;

			snprintf(text, sizeof text, p->scenario, p->texts[n]);
			loads = is_loaded(text, s);
			right += loads;
			if (loads != matches(pattern, p->texts[n]))
				fail_msg("%s: `%s' is %s", p->name, p->texts[n],
				    loads ? "read" : "not read");
		}
		/* It agrees on right ones and on wrong ones. */
		assert_in_range(right, 1, n - 1);
	}
	mem_free(s);
}

/* ---- the tables whole ------------------------------------------------------------- */

static void
assert_says_enough(const char *key, const struct field *f)
{
	bool scalars = f->pattern != NULL || f->words != NULL;

	switch (f->form) {
	case FORM_VALUE:
	case FORM_SOME:
		if (!scalars && strcmp(key, "include") != 0)
			fail_msg("%s: what its scalars look like is not said", key);
		break;
	case FORM_TEXTS:
		if (!scalars && f->sub == NULL)
			fail_msg("%s: what is in the list is not said", key);
		break;
	case FORM_LIST:
	case FORM_MAP_OF:
	case FORM_ONE_OF:
	case FORM_MAP:
		if (f->sub == NULL || f->n_sub == 0)
			fail_msg("%s: what is in it is not said", key);
		break;
	}
}

/* How many keys there are, those below them too. */
static size_t
walk(const struct field *f, size_t n)
{
	size_t keys = 0;

	for (const struct field *end = f + n; f < end; f++) {
		const char *pattern = field_pattern(f);

		keys += f->type != FIELD_PART;
		if (f->type != FIELD_PART && (f->key == NULL || f->help == NULL))
			fail_msg("%s: no help", f->key ? f->key : "a row without a key");
		if (pattern != NULL && f->def != NULL && !matches(pattern, f->def))
			fail_msg("%s: its default is not like its pattern", f->key);
		if (f->type == FIELD_OWN)
			assert_says_enough(f->key, f);
		if (f->type == FIELD_WORD)
			assert_non_null(f->words);
		if (f->sub != NULL)
			keys += walk(f->sub, f->n_sub);
	}
	return keys;
}

static void
every_key_says_enough_for_a_schema(void **state)
{
	size_t n;
	const struct field *table = scenario_table(&n);

	(void)state;
	assert_in_range(walk(table, n), 100, 400);
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_types_pattern_takes_what_its_reader_takes),
		cmocka_unit_test(what_its_type_says_whole_has_no_pattern),
		cmocka_unit_test(each_own_pattern_takes_what_the_loader_takes),
		cmocka_unit_test(every_key_says_enough_for_a_schema),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
