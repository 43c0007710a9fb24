/* chores_table.c - what a phone does when it has arrived, and what for. */
#include "journey.h"
#include "line.h"
#include "steps.h"

enum {
	ADDR = FACT_ADDRESS | FACT_DOMAIN,
	POOL = FACT_POOL,
	ROOT = FACT_ROOT,
	DC = FACT_DC,
	TGT = FACT_TGT,
	CLOCK = FACT_CLOCK,
	USER = FACT_USER,
	LINE = FACT_LINE,
	REG = FACT_REGISTERED,
	PROV = FACT_PROVISIONED | FACT_URLS,
	CAS = FACT_CAS,
	MAIL = FACT_MAILBOX,
	UPD = FACT_UPDATE,
	IMAGE = FACT_IMAGE,
	SEC = 1000,
	MIN = 60 * SEC
};

/* ---- the rows; columns as in journey_table.c -------------------------------- */

/* clang-format off */
/* One try a walk: the step says itself when the next REQUEST is due. */
static const struct leg renew_rows[] = {
	{ 0, 0, "address", &step_dhcp_renew,        ADDR,            0,     0,  1, 3*MIN,       0, FATE_STOP,  NULL },
};
static const struct leg refresh_rows[] = {
	{ 0, 0, "sign-in", &step_sip_refresh,       LINE|REG,        0,     0,  2, 3*MIN,   2*SEC, FATE_STOP,  NULL },
};
/* The login only if the ticket was in doubt. */
static const struct leg line_rows[] = {
	{ 0, 0, "identity", &step_krb_login,        DC|CLOCK|USER,   TGT,   TGT, 3, 10*SEC, 2*SEC, FATE_STOP,  NULL },
	{ 0, 0, "pool",    &step_pool_tls,          POOL|ROOT|CLOCK, LINE,  0,  4, 30*SEC,  3*SEC, FATE_STOP,  NULL },
	{ 0, 0, "sign-in", &step_sip_register,      LINE|DC|TGT,     REG,   0,  3, 3*MIN,   5*SEC, FATE_STOP,  &step_pool_tls },
	{ 0, 0, "sign-in", &step_sip_provision,     LINE|REG,        PROV,  0,  3, 3*MIN,   5*SEC, FATE_STOP,  &step_pool_tls },
};
/* With a ticket in hand, before it ends. */
static const struct leg login_rows[] = {
	{ 0, 0, "identity", &step_krb_login,        DC|CLOCK|USER,   TGT,   0,  3, 10*SEC,  2*SEC, FATE_STOP,  NULL },
};
static const struct leg update_rows[] = {
	{ 0, 0, "update",  &step_update_ask,        ADDR,            UPD,   0,  3, 1*MIN,   5*SEC, FATE_STOP,  NULL },
	{ 0, 0, "update",  &step_update_download,   UPD,             0,     0,  3, 30*MIN,  5*SEC, FATE_STOP,  NULL },
	{ 0, 0, "update",  &step_update_confirm,    UPD,             IMAGE, 0,  3, 1*MIN,   5*SEC, FATE_STOP,  NULL },
};
static const struct leg mailbox_rows[] = {
	{ 0, 0, "mailbox", &step_autodiscover_find, ADDR|USER,       CAS,   0,  2, 1*MIN,   5*SEC, FATE_STOP,  NULL },
	{ 0, 0, "mailbox", &step_cas_tls,           CAS|DC|TGT|ROOT, MAIL,  0,  2, 1*MIN,   5*SEC, FATE_STOP,  NULL },
};
static const struct leg poll_rows[] = {
	{ 0, 0, "mailbox", &step_ews_poll,          MAIL|DC|TGT|ROOT, 0,    0,  1, 1*MIN,   5*SEC, FATE_STOP,  NULL },
};
/* What fails here is left undone: the phone goes all the same. */
static const struct leg leave_rows[] = {
	{ 0, 0, "leave",   &step_sip_sign_out,      0,               0,     0,  1, 5*SEC,   1*SEC, FATE_GO_ON, NULL },
	{ 0, 0, "leave",   &step_dhcp_release,      0,               0,     0,  1, 5*SEC,   1*SEC, FATE_GO_ON, NULL },
};
/* clang-format on */

/* ---- when ------------------------------------------------------------------------ */

static const uint64_t SECOND_US = 1000000;

/* At T1, half the lease unless the server said otherwise; while nobody answers, not before the
 * step wants it. */
static uint64_t
renew_after(const struct step *s)
{
	const struct facts *f = s->facts;
	uint64_t t1 = f->t1_s != 0 ? f->t1_s : f->lease_s / 2;
	uint64_t due = f->leased_at_us + t1 * SECOND_US, now = s->io->ops->now_us(s->io);

	if (t1 == 0 || f->auto_ip || f->lease_s == UINT32_MAX)
		return 0;
	return due > now ? due - now : 1;
}

static uint64_t
refresh_after(const struct step *s)
{
	return line_refresh_after_us(s->line);
}

/* Tickets of a Windows domain live ten hours. */
static uint64_t
login_after(const struct step *s)
{
	(void)s;
	return 8 * 3600 * SECOND_US;
}

/* Beside the checks at power-on and after sign-in: once a day, says the profile. */
static uint64_t
update_after(const struct step *s)
{
	return s->profile->update.every_h * 3600 * SECOND_US;
}

static uint64_t
mailbox_after(const struct step *s)
{
	return s->profile->exchange.autodiscover_every_h * 3600 * SECOND_US;
}

/* The minutes that provisioning named, 0 for never; else the profile has them. */
static uint64_t
poll_after(const struct step *s)
{
	bool told = facts_know(s->facts, FACT_PROVISIONED);

	return (told ? s->facts->mwi_poll_min : s->profile->exchange.poll_min) * 60 * SECOND_US;
}

/* ---- the page ---------------------------------------------------------------------- */

#define ROWS(of) (of), sizeof(of) / sizeof *(of)

/* clang-format off */
const struct chore chores_table[] = {
	/* what               rows                when             needs        how long    idle   lost when it fails */
	{ "renew the lease",  ROWS(renew_rows),   CHORE_TIMED,     ADDR,        renew_after,   false, 0 },
	{ "refresh",          ROWS(refresh_rows), CHORE_TIMED,     LINE | REG,  refresh_after, false, FACT_LINE | FACT_REGISTERED },
	{ "line again",       ROWS(line_rows),    CHORE_LINE_LOST, POOL | DC,   NULL,          false, 0 },
	{ "log in again",     ROWS(login_rows),   CHORE_TIMED,     TGT | DC,    login_after,   false, 0 },
	{ "check for update", ROWS(update_rows),  CHORE_UPDATE,    REG,         update_after,  true,  0 },
	{ "find the mailbox", ROWS(mailbox_rows), CHORE_TIMED,     REG,         mailbox_after, true,  0 },
	{ "poll the mailbox", ROWS(poll_rows),    CHORE_TIMED,     REG | MAIL,  poll_after,    true,  0 },
	{ "sign out",         leave_rows, 1,      CHORE_SIGNING_OUT, 0,         NULL,          false, 0 },
	{ "leave",            ROWS(leave_rows),   CHORE_LEAVING,   0,           NULL,          false, 0 },
};
/* clang-format on */
const size_t chores_count = sizeof chores_table / sizeof *chores_table;

_Static_assert(sizeof chores_table / sizeof *chores_table <= JOURNEY_CHORES_MAX, "they fit");
