/* scenario.c - see scenario.h.  The tables are the format. */
#include "scenario.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "mem.h"
#include "scenario_parts.h"
#include "text.h"

#define AT(member) .offset = offsetof(struct scenario, member)
#define COUNT(table) (sizeof(table) / sizeof *(table))

static int own_faults(const struct field_place *, const struct node *, void *base);
static int own_servers(const struct field_place *, const struct node *, void *base);
static int own_expect(const struct field_place *, const struct node *, void *base);
static int own_trace(const struct field_place *, const struct node *, void *base);

/* clang-format off */
static const struct field scenario_fields[] = {
	INCLUDE_FIELD,
	{ .key = "title", .type = FIELD_TEXT, AT(title), .size = sizeof((struct scenario *)0)->title, .required = true, .help = "one line for people" },
	{ .key = "phones", .type = FIELD_U32, AT(phones), .min = 1, .max = 1000000, .required = true,
	  .help = "how many phones" },
	{ .key = "links", .type = FIELD_OWN, .own = scenario_own_links, .form = FORM_MAP_OF, .pattern = SCENARIO_NAME_PATTERN,
	  .sub = scenario_link_fields, .n_sub = SCENARIO_LINK_FIELDS,
	  .help = "{NAME: {delay, loss, down, up}}: lines that `link' can name" },
	{ .type = FIELD_PART, AT(group), .sub = scenario_group_fields, .n_sub = SCENARIO_GROUP_FIELDS },
	{ .key = "groups", .type = FIELD_OWN, .own = scenario_own_groups, .form = FORM_LIST,
	  .sub = scenario_groups_fields, .n_sub = SCENARIO_GROUPS_FIELDS,
	  .help = "phones that differ: a list of {name, phones} and whatever else differs from the top" },
	{ .key = "events", .type = FIELD_OWN, .own = scenario_own_events, .form = FORM_LIST,
	  .sub = scenario_event_fields, .n_sub = SCENARIO_EVENT_FIELDS,
	  .help = "a list of {at, do, phones}: power that goes and comes, people who sign out and in" },
	{ .key = "faults", .type = FIELD_OWN, .own = own_faults, .form = FORM_LIST, .sub = fault_fields, .n_sub = FAULT_FIELDS,
	  .help = "a list of {server, from, for, do}: what goes wrong with a server, rehearsed or embedded" },
	{ .key = "servers", .type = FIELD_OWN, .own = own_servers, .form = FORM_MAP, .sub = servers_fields, .n_sub = SERVERS_COUNT,
	  .help = "habits of the servers of a rehearsal or of the embedded pool, and what a request costs them" },
	{ .key = "expect", .type = FIELD_OWN, .own = own_expect, .form = FORM_TEXTS,
	  .sub = expectation_fields, .n_sub = EXPECTATION_FIELDS,
	  .help = "a list of comparisons that must hold at the end" },
	{ .key = "trace", .type = FIELD_OWN, .own = own_trace, .pattern = "^(all|failures|[0-9]{1,7})$", .def = "all",
	  .help = "whose steps are kept: all, failures, or a number of phones and the failures" },
	{ .key = "seed", .type = FIELD_U64, AT(seed), .def = "1", .help = "the same seed gives the same run" },
};
/* clang-format on */

static int
own_faults(const struct field_place *at, const struct node *n, void *base)
{
	struct scenario *s = base;

	s->faults_at = n->key_at;
	return faults_read(at, n, &s->faults);
}

static int
own_servers(const struct field_place *at, const struct node *n, void *base)
{
	struct scenario *s = base;

	s->servers_at = n->key_at;
	return servers_read(at, n, &s->servers);
}

static int
own_expect(const struct field_place *at, const struct node *n, void *base)
{
	return expectations_read(at, n, &((struct scenario *)base)->expect);
}

int
scenario_trace_read(const char *text, enum scenario_trace *trace_out, uint32_t *sample_out)
{
	uint64_t sample = 0;
	enum scenario_trace trace = SCENARIO_TRACE_SAMPLE;

	if (strcmp(text, "all") == 0)
		trace = SCENARIO_TRACE_ALL;
	else if (strcmp(text, "failures") == 0)
		trace = SCENARIO_TRACE_FAILURES;
	else if (text_u64(span_of(text), 1000000, &sample) != 0)
		return -EINVAL;
	*trace_out = trace;
	*sample_out = (uint32_t)sample;
	return 0;
}

static int
own_trace(const struct field_place *at, const struct node *n, void *base)
{
	struct scenario *s = base;
	const char *text = field_scalar(at, n, "all, failures or a number of phones");

	if (text == NULL)
		return -EINVAL;
	if (scenario_trace_read(text, &s->trace, &s->trace_sample) == 0)
		return 0;
	return field_fail(
	    at, n, "`trace' must be all, failures or a number of phones, not `%.40s'", text);
}

/* All of a tree into a scenario. */
static int
read_tree(const struct field_place *at, const struct tree *t, struct scenario *s)
{
	int err = fields_read(at, t->root, scenario_fields, COUNT(scenario_fields), s);

	if (!err)
		err = scenario_check_groups(at, t->root, s);
	if (!err && s->servers_at.line == 0)
		servers_default(&s->servers);
	return err;
}

int
scenario_load_from(const struct include_source *source, const char *path, struct scenario *out,
    struct config_error *error)
{
	struct field_place at = { .file = path, .error = error };
	struct scenario s = { 0 };
	struct tree t;
	int err =
	    include_load(source, path, scenario_fields, COUNT(scenario_fields), &t, error);

	if (err)
		return err;
	err = read_tree(&at, &t, &s);
	if (!err) {
		/* The tree's names are kept for errors found later. */
		s.file = t.file;
		memcpy(s.included, t.included, sizeof s.included);
		s.n_included = t.n_included;
		t.file = NULL;
		t.n_included = 0;
		*out = s;
	}
	tree_free(&t);
	return err;
}

int
scenario_load(const char *path, struct scenario *out, struct config_error *error)
{
	return scenario_load_from(&include_files, path, out, error);
}

int
scenario_load_servers(const char *path, struct faults *faults, struct servers *servers,
    struct config_error *error)
{
	struct field_place at = { .file = path, .error = error };
	const struct node *n;
	struct tree t;
	int err = include_load(
	    &include_files, path, scenario_fields, COUNT(scenario_fields), &t, error);

	if (err)
		return err;
	*faults = (struct faults){ .n = 0 };
	servers_default(servers);
	/* A key of no scenario is as wrong here as there. */
	err = fields_known(&at, t.root, scenario_fields, COUNT(scenario_fields));
	n = err ? NULL : tree_get(t.root, "faults");
	if (n != NULL)
		err = faults_read(&at, n, faults);
	n = err ? NULL : tree_get(t.root, "servers");
	if (n != NULL) {
		memset(servers, 0, sizeof *servers);
		err = servers_read(&at, n, servers);
	}
	/* The names of the files go with the tree. */
	for (size_t i = 0; i < faults->n; i++)
		faults->fault[i].at.file = NULL;
	for (size_t i = 0; i < servers->dns.n_add; i++)
		servers->dns.add[i].at.file = NULL;
	tree_free(&t);
	return err;
}

void
scenario_done(struct scenario *s)
{
	if (s == NULL)
		return;
	mem_free(s->file);
	s->file = NULL;
	for (size_t i = 0; i < s->n_included; i++)
		mem_free(s->included[i]);
	s->n_included = 0;
}

const struct field *
scenario_table(size_t *n_out)
{
	*n_out = COUNT(scenario_fields);
	return scenario_fields;
}

void
scenario_help(struct buf *to)
{
	fields_help(scenario_fields, COUNT(scenario_fields), 1, to);
	buf_text(to, "  what expect compares (==, !=, <, <=, >, >=), and in what:\n");
	expectations_help(to);
	buf_text(to,
	    "  in any value: ${NAME} or ${NAME:-default}, from the environment; $$ is a $\n"
	    "  included files: maps are merged with ours key by key, of all else ours holds\n");
}
