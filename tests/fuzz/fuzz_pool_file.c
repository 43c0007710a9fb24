/* fuzz_pool_file.c - any bytes as a pool's file; one that can be read gets its password from a
 * file of its own. */
#include "pool_file.h"

#include "fuzz_file.h"
#include "temp_file.h"

static void
look_at(const struct pool_file *p)
{
	char name[64];

	HOLDS(p->name[0] != '\0' && p->users.password != NULL);
	HOLDS(p->n_allow >= 1 && p->n_allow <= POOL_NETS_MAX);
	HOLDS(p->network.n_addresses <= POOL_NETS_MAX && p->network.n_vlans <= POOL_VLANS_MAX);
	HOLDS(p->dhcp.n_relays <= POOL_VLANS_MAX && p->n_ports <= POOL_PORTS_MAX);
	HOLDS(p->dhcp.n_suffixes <= 3);
	/* A pattern that was let through can be filled in. */
	HOLDS(pool_user_name(p->users.name, p->users.first, name, sizeof name) <= 0);
	for (size_t i = 0; i < p->n_allow; i++)
		HOLDS((p->allow[i].ip & ~p->allow[i].mask) == 0);
	for (size_t i = 0; i < p->n_ports; i++)
		HOLDS(p->ports[i].standard != 0 && p->ports[i].real != 0);
}

/* The file, with the word SECRET in it replaced by the path of one that holds a password. */
static const char *
with_password(const uint8_t *p, size_t n)
{
	static const char *secret;
	const uint8_t *at = memmem(p, n, "SECRET", 6);
	struct buf text = { 0 };
	const char *path;

	if (secret == NULL) {
		secret = temp_file("users.secret", "s3cret\n", 7);
		HOLDS(atexit(temp_clean) == 0);
	}
	if (at == NULL)
		return fuzz_file(p, n);
	buf_put(&text, p, (size_t)(at - p));
	buf_text(&text, secret);
	buf_put(&text, at + 6, n - (size_t)(at - p) - 6);
	path = fuzz_file(text.p, text.n);
	buf_done(&text);
	return path;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct config_error error = { "" };
	const char *path = with_password(p, n);
	struct pool_file pool;

	fuzz_mark(&pool, sizeof pool);
	if (pool_file_load(path, &pool, &error) != 0) {
		HOLDS(fuzz_untouched(&pool, sizeof pool));
		fuzz_told(&error, path);
		return 0;
	}
	look_at(&pool);
	pool_file_done(&pool);
	return 0;
}
