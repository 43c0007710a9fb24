/* test_list.c - doubly linked lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "list.h"

static void
given_links_a_list_keeps_their_order(void **state)
{
	struct item {
		int n;
		struct list link;
	} a = { 1, { 0 } }, b = { 2, { 0 } };
	struct list head;

	(void)state;
	list_init(&head);
	assert_true(list_empty(&head));
	list_add_tail(&head, &a.link);
	list_add_tail(&head, &b.link);
	assert_int_equal(LIST_ITEM(head.next, struct item, link)->n, 1);
	list_remove(&a.link);
	list_remove(&a.link);
	assert_int_equal(LIST_ITEM(head.next, struct item, link)->n, 2);
	list_remove(&b.link);
	assert_true(list_empty(&head));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_links_a_list_keeps_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
