/* web_rig.c - see web_rig.h. */
#include "web_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mem.h"

const uint32_t web_rig_usual = FACT_ADDRESS | FACT_DOMAIN | FACT_CLOCK | FACT_USER;

static const struct serve_dns_record zone[] = {
	{ .name = "pool.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
	{ .name = "ucupdates-r2.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
	{ .name = "dc01.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
	{ .name = "mail.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
	{ .name = "autodiscover.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
};

static void
on_request(void *arg, const struct serve_request *q, struct serve_reply *r)
{
	struct web_rig *rig = arg;

	if (q->body.n > 0 && q->body.n < sizeof rig->posted) {
		memcpy(rig->posted, q->body.p, q->body.n);
		rig->posted[q->body.n] = '\0';
	}
	r->status = rig->status;
	for (size_t i = 0; i < rig->pages; i++)
		buf_text(&r->body, rig->body);
	if (rig->negotiate != NULL)
		serve_add(r, "WWW-Authenticate", rig->negotiate);
}

int
web_rig_set_up(void **state)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the phone's */
	static const uint16_t ports[] = { 80, 443, 8080 };
	struct web_rig *rig = mem_new(sizeof *rig);

	rig->p = fake_phone_new();
	rig->web.serve = on_request;
	rig->web.arg = rig;
	rig->status = 200;
	rig->body = "";
	rig->pages = 1;
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		fake_http_listen(rig->p->f, ports[i], &rig->web);
	fake_dns_listen(&rig->dns, rig->p->f, zone, sizeof zone / sizeof zone[0]);
	sim_kdc_listen(rig->p->f, &rig->kdc);
	fake_phone_knows(rig->p, web_rig_usual);
	(void)mem_fail_at(left);
	*state = rig;
	return 0;
}

int
web_rig_tear_down(void **state)
{
	struct web_rig *rig = *state;

	fake_phone_free(rig->p);
	fake_dns_done(&rig->dns);
	mem_free(rig);
	assert_int_equal(mem_out(), 0);
	return 0;
}

void
web_rig_ended(
    const struct web_rig *rig, enum verdict verdict, enum reason why, const char *detail)
{
	assert_string_equal(rig->p->row->detail, detail);
	assert_int_equal(rig->p->row->verdict, verdict);
	assert_int_equal(rig->p->row->why, why);
}
