/* test_pool_place.c - two runs at once do not meet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pool_place.h"

static void
given_a_place_is_taken_the_next_one_is_found(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(20067) };
	struct pool_place first, second;
	unsigned next = 0;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	assert_true(pool_place_find(&next, &first));
	assert_int_equal(inet_pton(AF_INET, first.listen, &at.sin_addr), 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
	next = 0;
	assert_true(pool_place_find(&next, &second));
	assert_string_not_equal(first.listen, second.listen);
	assert_string_not_equal(first.addresses, second.addresses);
	close(fd);
}

static void
given_the_user_says_where_nothing_is_chosen(void **state)
{
	static const char *const said[] = { "--keep-alive", "20s", "--port-base=30000" };

	(void)state;
	assert_false(pool_place_is_given(said, 2));
	assert_true(pool_place_is_given(said, 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_place_is_taken_the_next_one_is_found),
		cmocka_unit_test(given_the_user_says_where_nothing_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
