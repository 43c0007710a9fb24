/* case_moods.c - moods of servers that several families of steps meet; see step_cases.h. */
#include <errno.h>

#include "case_world.h"
#include "sim_tls.h"

void
case_noise(struct sim_parcel *p)
{
	for (uint64_t i = 0; p->bytes != NULL && i < p->n; i++)
		p->bytes[i] = (uint8_t)(0xff - i * 37);
}

void
case_half(struct sim_parcel *p)
{
	if (p->bytes != NULL)
		p->n /= 2;
}

bool
case_all(struct sim_parcel *p)
{
	(void)p;
	return true;
}

bool
case_talk(struct sim_parcel *p)
{
	return p->deed == SIM_SENT || p->deed == SIM_ASKED;
}

bool
case_request(struct sim_parcel *p)
{
	return p->deed == SIM_ASKED;
}

/* A server that shows the certificate it should, before it answers like this. */
static bool
meets(struct case_world *c, struct sim *sim, const struct sim_parcel *p)
{
	static const char *const names[] = { "*.contoso.com", "contoso.com" };
	const int64_t now_s = sim_wall_us(sim) / 1000000, day_s = 86400;
	const struct sim_cert cert = { .common_name = names[0],
		.dns_names = names,
		.n_dns_names = 2,
		.not_before_s = now_s - day_s,
		.not_after_s = now_s + day_s,
		.root = sim_pool_root(c->r->pool),
		.root_not_before_s = now_s - day_s,
		.root_not_after_s = now_s + day_s };

	return sim_meet(sim, p->h, &cert, 0);
}

void
case_not_http(struct case_world *c, struct sim *sim, const struct sim_parcel *p)
{
	if (meets(c, sim, p))
		sim_down(sim, p->h, 0, -EBADMSG, NULL);
}

void
case_login_page(struct case_world *c, struct sim *sim, const struct sim_parcel *p)
{
	static const char page[] = "<html><body><form>Please log in</form></body></html>";
	const struct io_header headers[] = { { "Content-Type", "text/html" } };

	if (meets(c, sim, p))
		sim_http(sim, p->h, 0, 200, headers, 1, span_of(page), sizeof page - 1);
}
