/* fuzz_scenario.c - any bytes as a scenario's file. */
#include "scenario.h"

#include "fuzz_file.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const char *path = fuzz_file(p, n);
	struct config_error error = { "" };
	struct scenario s;
	double starts = 0;

	fuzz_mark(&s, sizeof s);
	if (scenario_load(path, &s, &error) != 0) {
		HOLDS(fuzz_untouched(&s, sizeof s));
		fuzz_told(&error, path);
		return 0;
	}
	HOLDS(strcmp(s.file, path) == 0 && s.title[0] != '\0');
	HOLDS(s.phones >= 1 && s.phones <= 1000000);
	HOLDS(s.n_arrivals >= 1 && s.n_arrivals <= SCENARIO_ARRIVALS_MAX);
	HOLDS(s.journey.n_overrides <= SCENARIO_OVERRIDES_MAX);
	for (size_t i = 0; i < s.n_arrivals; i++) {
		HOLDS(s.arrival[i].at.line > 0 && arrival_starts(&s.arrival[i]) > 0);
		starts += arrival_starts(&s.arrival[i]);
	}
	HOLDS(
	    s.arrival[s.n_arrivals - 1].kind == ARRIVAL_POISSON || starts + 0.001 >= s.phones);
	scenario_done(&s);
	return 0;
}
