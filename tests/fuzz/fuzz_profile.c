/* fuzz_profile.c - any bytes as a profile's file; templates it names are the program's own. */
#include "profile_load.h"

#include "fuzz_file.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const char *path = fuzz_file(p, n);
	struct config_error error = { "" };
	struct profile *profile = NULL;

	if (profile_load(path, &profile, &error) != 0) {
		HOLDS(profile == NULL);
		fuzz_told(&error, path);
		return 0;
	}
	HOLDS(profile->name[0] != '\0' && profile->version[0] != '\0');
	HOLDS(profile->dhcp.n_ask >= 1 && profile->dhcp.n_ask <= PROFILE_LIST_MAX);
	HOLDS(profile->dhcp.n_wait >= 1 && profile->dhcp.n_wait <= 8);
	HOLDS(profile->tls.n_suites >= 1 && profile->tls.n_suites <= PROFILE_LIST_MAX);
	HOLDS(profile->trust.n_spn >= 1 && profile->trust.n_spn <= PROFILE_SPN_MAX);
	HOLDS(profile->templates.update_request != NULL);
	HOLDS(profile->templates.ews_poll != NULL);
	profile_free(profile);
	return 0;
}
