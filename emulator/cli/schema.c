/* schema.c - see schema.h.  The tables are walked once, and what each field may hold is said in
 * the schema's words. */
#include "schema.h"

#include <regex.h>
#include <stdbool.h>
#include <string.h>

#include <jansson.h>

#include "field.h"
#include "journey.h"
#include "scenario.h"

/* ---- values -------------------------------------------------------------------------- */

static json_t *schema_map(const struct field *f, size_t n);

/* Anything may come from the environment; what it is then, only the reader sees. */
static json_t *
schema_or_environment(json_t *is)
{
	return json_pack("{s:[o,{s:s}]}", "anyOf", is, "$ref", "#/definitions/environment");
}

/* Does a number without quotes look like this? */
static bool
schema_takes_number(const char *pattern)
{
	regex_t re;
	bool takes;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	takes = regexec(&re, "7", 0, NULL, 0) == 0;
	regfree(&re);
	return takes;
}

static json_t *
schema_pattern(const char *pattern)
{
	json_t *is = json_pack("{s:s, s:s}", "type", "string", "pattern", pattern);

	if (schema_takes_number(pattern))
		json_object_set_new(is, "type", json_pack("[s,s]", "string", "integer"));
	return schema_or_environment(is);
}

static json_t *
schema_words(const char *const *words)
{
	json_t *list = json_array();

	for (; *words != NULL; words++)
		json_array_append_new(list, json_string(*words));
	return schema_or_environment(json_pack("{s:o}", "enum", list));
}

/* The steps of the journey; config/ does not know them. */
static json_t *
schema_steps(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < journey_rows; i++)
		json_array_append_new(list, json_string(journey_table[i].step->name));
	return json_pack("{s:o}", "enum", list);
}

static json_t *
schema_number(const struct field *f)
{
	static const uint64_t most[] = { [FIELD_U8] = UINT8_MAX,
		[FIELD_U16] = UINT16_MAX,
		[FIELD_U32] = UINT32_MAX,
		[FIELD_U64] = INT64_MAX };
	uint64_t max = f->max != 0 ? f->max : most[f->type];

	return schema_or_environment(json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum",
	    (json_int_t)f->min, "maximum", (json_int_t)max));
}

/* {normal: 20s, sd: 4s} and {exp: 5s}, besides the text. */
static json_t *
schema_spread(const struct field *f)
{
	static const struct field width[] = {
		{ .key = "normal", .type = FIELD_DURATION, .required = true },
		{ .key = "sd", .type = FIELD_DURATION, .required = true }
	};
	static const struct field mean[] = {
		{ .key = "exp", .type = FIELD_DURATION, .required = true }
	};

	return json_pack("{s:[o,o,o]}", "anyOf", schema_pattern(field_pattern(f)),
	    schema_map(width, 2), schema_map(mean, 1));
}

/* Words that no table of config/ holds, and text: numbers and words without quotes are text
 * too, where text is wanted. */
static json_t *
schema_text(const struct field *f)
{
	const char *pattern = field_pattern(f);

	if (strcmp(f->key, "until") == 0)
		return schema_or_environment(schema_steps());
	if (f->words != NULL)
		return schema_words(f->words);
	if (pattern != NULL)
		return schema_pattern(pattern);
	return json_pack("{s:[s,s,s], s:i}", "type", "string", "number", "boolean", "minLength",
	    f->required);
}

/* One value, or a list of some. */
static json_t *
schema_some(const struct field *f)
{
	json_t *one = schema_text(f);

	return json_pack("{s:[O,{s:s, s:o}]}", "anyOf", one, "type", "array", "items", one);
}

/* ---- what own() reads ------------------------------------------------------------------ */

static json_t *
schema_list(json_t *items)
{
	return json_pack("{s:s, s:o}", "type", "array", "items", items);
}

/* A list whose items are maps with exactly one key. */
static json_t *
schema_one_of(const struct field *f)
{
	json_t *item = schema_map(f->sub, f->n_sub);

	json_object_set_new(item, "minProperties", json_integer(1));
	json_object_set_new(item, "maxProperties", json_integer(1));
	return json_pack("{s:s, s:i, s:o}", "type", "array", "minItems", 1, "items", item);
}

/* A map whose keys are names; those of `override` are steps. */
static json_t *
schema_map_of(const struct field *f)
{
	json_t *all = json_pack("{s:s, s:o}", "type", "object", "additionalProperties",
	    schema_map(f->sub, f->n_sub));

	if (strcmp(f->key, "override") == 0)
		json_object_set_new(all, "propertyNames", schema_steps());
	else if (f->pattern != NULL)
		json_object_set_new(
		    all, "propertyNames", json_pack("{s:s}", "pattern", f->pattern));
	return all;
}

/* Each item a map, or what the map's first key would hold. */
static json_t *
schema_texts(const struct field *f)
{
	if (f->sub == NULL)
		return schema_list(schema_text(f));
	return schema_list(
	    json_pack("{s:[o,o]}", "anyOf", schema_text(f->sub), schema_map(f->sub, f->n_sub)));
}

/* A scalar, or also a map. */
static json_t *
schema_or_map(const struct field *f)
{
	json_t *is = schema_text(f);

	return f->sub == NULL
	    ? is
	    : json_pack("{s:[o,o]}", "anyOf", is, schema_map(f->sub, f->n_sub));
}

static json_t *
schema_own(const struct field *f)
{
	switch (f->form) {
	case FORM_VALUE:
		return schema_or_map(f);
	case FORM_LIST:
		return schema_list(schema_map(f->sub, f->n_sub));
	case FORM_MAP_OF:
		return schema_map_of(f);
	case FORM_ONE_OF:
		return schema_one_of(f);
	case FORM_TEXTS:
		return schema_texts(f);
	case FORM_SOME:
		return schema_some(f);
	case FORM_MAP:
		return schema_map(f->sub, f->n_sub);
	}
	return json_object();
}

/* ---- one field ------------------------------------------------------------------------- */

static json_t *
schema_value(const struct field *f)
{
	switch (f->type) {
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
		return schema_number(f);
	case FIELD_BOOL:
		return schema_or_environment(json_pack("{s:s}", "type", "boolean"));
	case FIELD_WORD:
		return schema_words(f->words);
	case FIELD_SPREAD:
		return schema_spread(f);
	case FIELD_PHONES:
		return schema_some(f);
	case FIELD_MAP:
		return schema_map(f->sub, f->n_sub);
	case FIELD_OWN:
		return schema_own(f);
	case FIELD_TEXT:
	case FIELD_DURATION:
	case FIELD_MS:
	case FIELD_SECONDS:
	case FIELD_OFFSET:
	case FIELD_SHARE:
	case FIELD_SIZE:
	case FIELD_RATE:
	case FIELD_PACE:
	case FIELD_IP:
	case FIELD_MAC:
	case FIELD_PART:
		break;
	}
	return schema_text(f);
}

/* ---- a map of fields ------------------------------------------------------------------- */

static json_t *
schema_member(const struct field *f)
{
	json_t *is = schema_value(f);

	if (f->help != NULL)
		json_object_set_new(is, "description", json_string(f->help));
	if (f->def != NULL)
		json_object_set_new(is, "default", json_string(f->def));
	return is;
}

/* The keys of a part stand in the same map. */
static void
schema_members(const struct field *f, size_t n, json_t *properties, json_t *required)
{
	for (const struct field *end = f + n; f < end; f++) {
		if (f->type == FIELD_PART) {
			schema_members(f->sub, f->n_sub, properties, required);
			continue;
		}
		json_object_set_new(properties, f->key, schema_member(f));
		if (f->required)
			json_array_append_new(required, json_string(f->key));
	}
}

static json_t *
schema_map(const struct field *f, size_t n)
{
	json_t *properties = json_object(), *required = json_array();
	json_t *map;

	schema_members(f, n, properties, required);
	map = json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0,
	    "properties", properties);
	if (json_array_size(required) > 0)
		json_object_set(map, "required", required);
	json_decref(required);
	return map;
}

/* What must be there may be in a file that is included. */
static void
schema_required(json_t *all)
{
	json_t *required = json_incref(json_object_get(all, "required"));

	json_object_del(all, "required");
	json_object_set_new(all, "anyOf",
	    json_pack("[{s:o},{s:[s]}]", "required", required, "required", "include"));
}

static int
schema_chunk(const char *bytes, size_t n, void *out)
{
	buf_put(out, bytes, n);
	return 0;
}

void
schema_scenario(struct buf *out)
{
	size_t n;
	const struct field *fields = scenario_table(&n);
	json_t *all = json_pack("{s:s, s:s, s:{s:{s:s, s:s, s:s}}}", "$schema",
	    "http://json-schema.org/draft-07/schema#", "title", "a scenario of cx700farm",
	    "definitions", "environment", "type", "string", "pattern",
	    "[$][{][A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?[}]", "description",
	    "${NAME} or ${NAME:-default}: from the environment");

	json_object_update_new(all, schema_map(fields, n));
	schema_required(all);
	(void)json_dump_callback(all, schema_chunk, out, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	buf_text(out, "\n");
	json_decref(all);
}
