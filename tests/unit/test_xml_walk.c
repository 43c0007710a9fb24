/* test_xml_walk.c - XML element by element, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "edge.h"
#include "mem.h"
#include "xml_walk.h"

/* Writes down what it is told: "+root/name id=value", "-root/name text". */
static void
note(void *arg, const struct xml_element *e)
{
	struct buf *b = arg;

	if (e->attr != NULL)
		buf_printf(b, "+%s/%s id=%s\n", e->parent, e->name, xml_attr(e, "id"));
	else
		buf_printf(b, "-%s/%s %.*s\n", e->parent, e->name, (int)e->text.n,
		    (const char *)e->text.p);
}

static int
walk(const char *document, struct buf *told)
{
	buf_clear(told);
	return xml_walk(edge(span_of(document)), note, told);
}

static void
given_a_document_each_element_is_told_twice(void **state)
{
	struct buf told = { 0 };

	(void)state;
	assert_int_equal(walk("<?xml version='1.0'?><!-- x --><n:a id='1'> t <b "
			      "id='2'/><![CDATA[<u>]]>&amp;</n:a>",
			     &told),
	    0);
	assert_string_equal(buf_cstr(&told), "+/a id=1\n+a/b id=2\n-a/b \n-/a <u>&\n");
	buf_done(&told);
	assert_int_equal(mem_out(), 0);
}

static void
given_what_is_no_document_it_is_refused(void **state)
{
	static const char *const bad[] = { "", " ", "text", "<a>", "<a></b>", "<a/><b/>",
		"<a b/>", "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
		"<a>&e;</a>", "<a>\x01</a>", "<a>\xff</a>" };
	struct buf told = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(walk(bad[i], &told), -EBADMSG);
	buf_done(&told);
}

static void
given_names_or_nesting_beyond_the_bounds_it_is_refused(void **state)
{
	struct buf told = { 0 }, document = { 0 };
	char name[80] = "";

	(void)state;
	for (int i = 0; i < XML_WALK_DEPTH; i++)
		buf_text(&document, "<a>");
	for (int i = 0; i < XML_WALK_DEPTH; i++)
		buf_text(&document, "</a>");
	assert_int_equal(walk(buf_cstr(&document), &told), 0);
	buf_clear(&document);
	for (int i = 0; i <= XML_WALK_DEPTH; i++)
		buf_text(&document, "<a>");
	for (int i = 0; i <= XML_WALK_DEPTH; i++)
		buf_text(&document, "</a>");
	assert_int_equal(walk(buf_cstr(&document), &told), -EBADMSG);

	/* An empty element is refused at its start, and its end is not told. */
	buf_clear(&document);
	for (int i = 0; i < XML_WALK_DEPTH; i++)
		buf_text(&document, "<a>");
	buf_text(&document, "<b/>");
	assert_int_equal(walk(buf_cstr(&document), &told), -EBADMSG);
	assert_null(strstr(buf_cstr(&told), "-"));

	memset(name, 'x', 64);
	buf_clear(&document);
	buf_printf(&document, "<%s/>", name);
	assert_int_equal(walk(buf_cstr(&document), &told), -EBADMSG);
	assert_int_equal(told.n, 0);
	buf_clear(&document);
	buf_printf(&document, "<%s/>", name + 1);
	assert_int_equal(walk(buf_cstr(&document), &told), 0);
	buf_done(&document);
	buf_done(&told);
}

static void
given_no_memory_it_says_so(void **state)
{
	char text[2048];
	struct buf told;
	int err = -ENOMEM;

	(void)state;
	for (long n = 1; err == -ENOMEM; n++) {
		buf_over(&told, text, sizeof text);
		assert_in_range(n, 1, 100);
		mem_fail_at(n);
		err = walk("<a id='1'>text<b>text</b></a>", &told);
		mem_fail_at(0);
		assert_int_equal(mem_out(), 0);
	}
	assert_int_equal(err, 0);
}

static void
given_every_truncation_it_is_an_error(void **state)
{
	static const char document[] = "<?xml version=\"1.0\"?><a id='1'>t<b>u&lt;</b></a>";
	struct buf told = { 0 };

	(void)state;
	for (size_t n = 0; n < sizeof document - 1; n++) {
		struct span cut = edge((struct span){ (const uint8_t *)document, n });

		assert_int_equal(xml_walk(cut, note, &told), -EBADMSG);
	}
	buf_done(&told);
	assert_int_equal(mem_out(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_document_each_element_is_told_twice),
		cmocka_unit_test(given_what_is_no_document_it_is_refused),
		cmocka_unit_test(given_names_or_nesting_beyond_the_bounds_it_is_refused),
		cmocka_unit_test(given_no_memory_it_says_so),
		cmocka_unit_test(given_every_truncation_it_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
