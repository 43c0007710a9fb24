/* test_scenario_link.c - the line between a phone and the rest, by itself and by its name; and
 * the keys that say whose trace is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "scenario.h"
#include "temp_file.h"

#define HEAD "title: x\nphones: 9\narrival: [{at_once: 9}]\n"

static int
load(const char *tail, struct scenario *s, struct config_error *error)
{
	char text[3000];

	snprintf(text, sizeof text, HEAD "%s", tail);
	*error = (struct config_error){ "" };
	return scenario_load(temp_file("s.yaml", text, strlen(text)), s, error);
}

static struct scenario *
loaded(const char *tail)
{
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;

	assert_non_null(s);
	if (load(tail, s, &error) != 0)
		fail_msg("%s", error.text);
	return s;
}

static void
done(struct scenario *s)
{
	scenario_done(s);
	mem_free(s);
	assert_int_equal(mem_out(), 0);
}

static void
assert_error(const char *tail, const char *wanted)
{
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;

	assert_non_null(s);
	if (load(tail, s, &error) == 0)
		fail_msg("this is sound: %s", tail);
	mem_free(s);
	assert_non_null(strstr(error.text, "s.yaml:"));
	assert_string_equal(strstr(error.text, "s.yaml:"), wanted);
	assert_int_equal(mem_out(), 0);
}

static void
without_a_link_there_is_none(void **state)
{
	const struct scenario_link none = { 0 };
	struct scenario *s = loaded("links: {wan: {delay: 5ms}}\n");

	(void)state;
	assert_memory_equal(&s->group[0].link, &none, sizeof none);
	assert_string_equal(s->group[0].link_name, "");
	assert_int_equal(s->n_links, 1);
	done(s);
}

static void
a_link_says_delay_loss_and_both_rates(void **state)
{
	struct scenario *s =
	    loaded("link: {delay: 40ms+-10ms, loss: 0.5%, down: 2Mbit/s, up: 64kB/s}\n");
	const struct scenario_link *l = &s->group[0].link;

	(void)state;
	assert_int_equal(l->delay_us, 40000);
	assert_int_equal(l->jitter_us, 10000);
	assert_float_equal(l->loss, 0.005, 1e-12);
	assert_int_equal(l->down_per_s, 250000);
	assert_int_equal(l->up_per_s, 64000);
	done(s);
	/* What it does not say does not hold it up. */
	s = loaded("link: {loss: 100%}\n");
	assert_int_equal(s->group[0].link.delay_us, 0);
	assert_int_equal(s->group[0].link.down_per_s, 0);
	assert_float_equal(s->group[0].link.loss, 1, 1e-12);
	done(s);
}

static void
a_named_link_is_found_wherever_it_is_named(void **state)
{
	struct scenario *s = loaded(
	    "links: {wan: {delay: 40ms, loss: 1%}, lan: {delay: 1ms}, isdn: {down: 64kbit/s}}\n"
	    "link: wan\n"
	    "groups: [{name: a, phones: 2}, {name: b, phones: 3, link: lan}, "
	    "{name: c, link: {up: 1kB/s}}]\n");

	(void)state;
	assert_int_equal(s->n_links, 3);
	assert_string_equal(s->group[0].link_name, "wan");
	assert_int_equal(s->group[0].link.delay_us, 40000);
	assert_float_equal(s->group[0].link.loss, 0.01, 1e-12);
	assert_string_equal(s->group[1].link_name, "lan");
	assert_int_equal(s->group[1].link.delay_us, 1000);
	assert_float_equal(s->group[1].link.loss, 0, 1e-12);
	/* Nothing of the other is left. */
	assert_string_equal(s->group[2].link_name, "");
	assert_int_equal(s->group[2].link.delay_us, 0);
	assert_int_equal(s->group[2].link.up_per_s, 1000);
	done(s);
	/* No line at all, whatever the top says. */
	s = loaded("link: {delay: 1ms, loss: 5%}\ngroups: [{name: a, link: {}}]\n");
	assert_memory_equal(
	    &s->group[0].link, &(const struct scenario_link){ 0 }, sizeof s->group[0].link);
	done(s);
	/* A name over a link of the top's own. */
	s = loaded(
	    "links: {lan: {delay: 1ms}}\nlink: {loss: 5%}\ngroups: [{name: a, link: lan}]\n");
	assert_int_equal(s->group[0].link.delay_us, 1000);
	assert_float_equal(s->group[0].link.loss, 0, 1e-12);
	done(s);
}

static void
a_mistake_in_a_link_has_its_place(void **state)
{
	(void)state;
	assert_error("link: wan\n", "s.yaml:4:7: no such link: wan");
	assert_error("links: {branch: {delay: 5ms}}\nlink: brnch\n",
	    "s.yaml:5:7: no such link: brnch; did you mean `branch'?");
	assert_error("links: {branch: {delay: 5ms}}\ngroups:\n- {name: a, link: brunch}\n",
	    "s.yaml:6:19: no such link: brunch; did you mean `branch'?");
	assert_error("link: 40ms\n",
	    "s.yaml:4:7: `link' must be one of `links', or a map such as {delay: 40ms, loss: "
	    "1%}");
	assert_error("link: [wan]\n",
	    "s.yaml:4:7: `link' must be one of `links', or a map such as {delay: 40ms, loss: "
	    "1%}");
	assert_error(
	    "link: {dealy: 40ms}\n", "s.yaml:4:8: unknown key `dealy'; did you mean `delay'?");
	assert_error("link: {delay: 40}\n",
	    "s.yaml:4:15: `delay' must be a duration such as 20s or 20s±8s, not `40'");
	assert_error("link: {delay: {exp: 4ms}}\n",
	    "s.yaml:4:15: `delay' must be a duration such as 40ms or 40ms±10ms, not a map");
	assert_error(
	    "link: {delay: 40ms±50ms}\n", "s.yaml:4:15: `delay' would be negative: 40ms±50ms");
	assert_error("link: {delay: 2h}\n", "s.yaml:4:15: `delay' is out of range: 2h");
	assert_error("link: {loss: 1}\n",
	    "s.yaml:4:14: `loss' must be a share from 0% to 100%, not `1'");
	assert_error("link: {down: 5MB}\n",
	    "s.yaml:4:14: `down' must be a rate such as 64kB/s or 100Mbit/s, not `5MB'");
}

static void
a_mistake_in_the_links_has_its_place(void **state)
{
	char many[1000] = "links:\n";

	(void)state;
	assert_error("links: [wan]\n",
	    "s.yaml:4:8: `links' must be a map of names, as in {wan: {delay: 40ms, loss: 1%}}");
	assert_error("links: {Wan: {delay: 5ms}}\n",
	    "s.yaml:4:9: `Wan' is no name: small letters, digits, - and _, at most 24");
	assert_error(
	    "links: {wan: 5ms}\n", "s.yaml:4:14: `wan' must be a map of keys and values");
	assert_error("links: {wan: {delay: 5ms}, wan: {delay: 6ms}}\n",
	    "s.yaml:4:28: key `wan' is there twice");
	for (int i = 0; i <= SCENARIO_LINKS_MAX; i++)
		sprintf(many + strlen(many), "  l%d: {loss: 1%%}\n", i);
	assert_error(many, "s.yaml:21:8: more than 16 links");
}

/* ---- whose trace ------------------------------------------------------------------ */

static void
a_trace_is_of_all_of_failures_or_of_a_sample(void **state)
{
	struct scenario *s = loaded("");

	(void)state;
	assert_int_equal(s->trace, SCENARIO_TRACE_ALL);
	done(s);
	s = loaded("trace: failures\n");
	assert_int_equal(s->trace, SCENARIO_TRACE_FAILURES);
	done(s);
	s = loaded("trace: 20\n");
	assert_int_equal(s->trace, SCENARIO_TRACE_SAMPLE);
	assert_int_equal(s->trace_sample, 20);
	done(s);
	assert_error("trace: some\n",
	    "s.yaml:4:8: `trace' must be all, failures or a number of phones, not `some'");
	assert_error("trace: 5%\n",
	    "s.yaml:4:8: `trace' must be all, failures or a number of phones, not `5%'");
	assert_error("trace: [1]\n",
	    "s.yaml:4:8: `trace' must be all, failures or a number of phones, not a list");
}

static void
a_flag_reads_the_trace_by_the_same_rule(void **state)
{
	enum scenario_trace trace = SCENARIO_TRACE_ALL;
	uint32_t sample = 9;

	(void)state;
	assert_int_equal(scenario_trace_read("1000000", &trace, &sample), 0);
	assert_int_equal(trace, SCENARIO_TRACE_SAMPLE);
	assert_int_equal(sample, 1000000);
	assert_int_equal(scenario_trace_read("all", &trace, &sample), 0);
	assert_int_equal(trace, SCENARIO_TRACE_ALL);
	/* What is wrong changes nothing. */
	assert_int_equal(scenario_trace_read("1000001", &trace, &sample), -EINVAL);
	assert_int_equal(scenario_trace_read("", &trace, &sample), -EINVAL);
	assert_int_equal(scenario_trace_read("ALL", &trace, &sample), -EINVAL);
	assert_int_equal(trace, SCENARIO_TRACE_ALL);
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
		cmocka_unit_test(without_a_link_there_is_none),
		cmocka_unit_test(a_link_says_delay_loss_and_both_rates),
		cmocka_unit_test(a_named_link_is_found_wherever_it_is_named),
		cmocka_unit_test(a_mistake_in_a_link_has_its_place),
		cmocka_unit_test(a_mistake_in_the_links_has_its_place),
		cmocka_unit_test(a_trace_is_of_all_of_failures_or_of_a_sample),
		cmocka_unit_test(a_flag_reads_the_trace_by_the_same_rule),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
