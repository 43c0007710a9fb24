/* scenario_link.c - `link:` and `links:` of a scenario: the line between a phone and the rest.
 * The table is the format. */
#include <errno.h>
#include <string.h>

#include "scenario_parts.h"
#include "text.h"

#define AT(member) .offset = offsetof(struct scenario_link, member)

static int own_delay(const struct field_place *, const struct node *, void *base);

/* clang-format off */
const struct field scenario_link_fields[SCENARIO_LINK_FIELDS] = {
	{ .key = "delay", .type = FIELD_OWN, .own = own_delay, 
	  .pattern = FIELD_PATTERN_SPREAD, .help = "one way: 40ms, or 40ms±10ms" },
	{ .key = "loss", .type = FIELD_SHARE, AT(loss), .help = "packets that are lost, each way: 1%" },
	{ .key = "down", .type = FIELD_RATE, AT(down_per_s), .help = "to the phone no faster than this: 2Mbit/s" },
	{ .key = "up", .type = FIELD_RATE, AT(up_per_s), .help = "from the phone no faster than this: 512kbit/s" },
};
/* clang-format on */

/* A line has no normal distribution: both worlds draw evenly. */
static int
own_delay(const struct field_place *at, const struct node *n, void *base)
{
	static const struct field f = { .key = "delay", .type = FIELD_SPREAD, .max = 60000000 };
	struct scenario_link *link = base;
	struct spread s;
	int err;

	if (field_scalar(at, n, "a duration such as 40ms or 40ms±10ms") == NULL)
		return -EINVAL;
	err = field_read(at, n, &f, &s);
	if (err)
		return err;
	if (s.b_us > s.a_us)
		return field_fail(at, n, "`delay' would be negative: %.40s", n->text);
	link->delay_us = s.a_us;
	link->jitter_us = s.b_us;
	return 0;
}

bool
scenario_is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz", more[] = "0123456789_-";
	size_t n = 0;

	if (text[0] == '\0' || strchr(letters, text[0]) == NULL)
		return false;
	for (; text[n] != '\0'; n++)
		if (strchr(letters, text[n]) == NULL && strchr(more, text[n]) == NULL)
			return false;
	return n < SCENARIO_NAME_MAX;
}

/* One of `links`, found when all is read; or a link of its own. */
int
scenario_own_link(const struct field_place *at, const struct node *n, void *base)
{
	struct scenario_group *g = base;

	g->link = (struct scenario_link){ 0 };
	g->link_name[0] = '\0';
	g->link_at = n->at;
	if (n->kind == NODE_MAP)
		return fields_read(at, n, scenario_link_fields, SCENARIO_LINK_FIELDS, &g->link);
	if (n->kind != NODE_SCALAR || !scenario_is_name(n->text))
		return field_fail(at, n,
		    "`link' must be one of `links', or a map such as {delay: 40ms, loss: 1%%}");
	return text_copy(g->link_name, sizeof g->link_name, span_of(n->text));
}

int
scenario_own_links(const struct field_place *at, const struct node *map, void *base)
{
	struct scenario *s = base;

	if (map->kind != NODE_MAP)
		return field_fail(at, map,
		    "`links' must be a map of names, as in {wan: {delay: 40ms, loss: 1%%}}");
	for (const struct node *n = map->first; n != NULL; n = n->next) {
		struct scenario_named_link *named = &s->links[s->n_links];
		int err;

		if (s->n_links == SCENARIO_LINKS_MAX)
			return field_fail(at, n, "more than %d links", SCENARIO_LINKS_MAX);
		if (!scenario_is_name(n->key))
			return config_fail(at->error, at->file, n->key_at,
			    "`%.40s' is no name: small letters, digits, - and _, at most %d",
			    n->key, SCENARIO_NAME_MAX - 1);
		(void)text_copy(named->name, sizeof named->name, span_of(n->key));
		err = fields_read(
		    at, n, scenario_link_fields, SCENARIO_LINK_FIELDS, &named->link);
		if (err)
			return err;
		s->n_links++;
	}
	return 0;
}
