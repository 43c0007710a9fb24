/* fuzz_rtnl.c - any bytes as the kernel's word on routes, rules and interfaces; and what is
 * asked for is read as it was meant. */
#include "fuzz.h"
#include "rtnl.h"

static void
read_bytes(struct span in)
{
	struct span rest = in;
	struct rtnl_told t;

	fuzz_mark(&t, sizeof t);
	while (rtnl_read(&rest, &t)) {
		HOLDS(fuzz_inside(rest, in));
		if (t.kind != RTNL_TOLD_THING)
			continue;
		HOLDS(t.thing.what <= RTNL_LINK);
		HOLDS(strnlen(t.thing.name, sizeof t.thing.name) < sizeof t.thing.name);
		HOLDS(strnlen(t.thing.alias, sizeof t.thing.alias) < sizeof t.thing.alias);
		fuzz_mark(&t, sizeof t);
	}
	HOLDS(fuzz_untouched(&t, sizeof t) || t.kind != RTNL_TOLD_THING);
}

static void
ask(struct span in)
{
	struct rtnl_thing thing = { .what = fuzz_u8(&in) % 2 ? RTNL_RULE : RTNL_ROUTE,
		.ip = fuzz_u32(&in),
		.len = 32,
		.table = fuzz_u32(&in),
		.metric = fuzz_u32(&in),
		.gateway = fuzz_u32(&in),
		.index = fuzz_u8(&in) };
	struct rtnl_told told;
	struct buf b = { 0 };
	struct span rest;

	rtnl_write_add(&b, &thing);
	rest = buf_bytes(&b);
	HOLDS(b.err == 0 && rtnl_read(&rest, &told) && rest.n == 0 && told.mine);
	HOLDS(told.thing.ip == thing.ip && told.thing.table == thing.table);
	if (thing.what == RTNL_ROUTE)
		HOLDS(told.thing.gateway == thing.gateway &&
		    told.thing.metric == thing.metric && told.thing.index == thing.index);
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	read_bytes((struct span){ p, n });
	ask((struct span){ p, n });
	return 0;
}
