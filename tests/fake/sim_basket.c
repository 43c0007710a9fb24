/* sim_basket.c - see sim_basket.h. */
#include "sim_basket.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
basket_carry(struct sim_way *way, struct sim_parcel *p)
{
	struct basket *b = (struct basket *)(void *)way;

	assert_true(list_empty(&p->queue));
	assert_int_equal(p->event.place, 0);
	assert_int_equal(p->of_way[0], 0);
	list_add_tail(&b->kept, &p->queue);
	b->n++;
}

static void
basket_init(struct basket *b)
{
	*b = (struct basket){ .way = { basket_carry } };
	list_init(&b->kept);
}

struct sim_parcel *
basket_take(struct basket *b)
{
	struct sim_parcel *p;

	assert_true(b->n > 0);
	p = LIST_ITEM(b->kept.next, struct sim_parcel, queue);
	list_remove(&p->queue);
	b->n--;
	return p;
}

void
basket_let_go(struct basket *b)
{
	while (b->n > 0)
		sim_parcel_arrive(basket_take(b));
}

void
scene_with(struct scene *s, struct basket *b, bool strict, size_t phones)
{
	static const struct {
		enum sim_type type;
		uint16_t port;
	} all[] = { { SIM_UDP, 53 }, { SIM_STREAM, 389 }, { SIM_HTTP, 80 }, { SIM_HTTP, 443 } };

	scene_begin(s, strict, phones);
	basket_init(b);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_int_equal(sim_listen_at(s->sim, all[i].type,
				     (struct io_addr){ SCENE_SERVER, all[i].port }, &b->way,
				     scene_on_call, s),
		    0);
}
