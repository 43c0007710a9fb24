/*
 * fuzz_xml.h - bytes as the plan of an XML document, since expat (which the fuzzer cannot see
 * into) stops bytes of chance at once.
 */
#ifndef TESTS_FUZZ_XML_H
#define TESTS_FUZZ_XML_H
#include "fuzz.h"

enum { FUZZ_XML_DEPTH = 40 };

/* What a plan may use; both lists end in NULL.  An attribute begins with its blank. */
struct fuzz_xml {
	const char *const *elements, *const *attributes;
};

static inline const char *
fuzz_xml_pick(const char *const *words, unsigned nth)
{
	unsigned n = 0;

	while (words[n] != NULL)
		n++;
	return words[nth % n];
}

/* Text that is mostly one, with what is escaped, cut or trimmed in it. */
static inline void
fuzz_xml_text(struct buf *b, unsigned how)
{
	static const char *const texts[] = { "false", "500", "&amp;", "&#13;", " ", "\r\n",
		"http://a/1.0.522.101/", "\xc3\xa4", "&#x9;", "0", "7", "<![CDATA[<]]>", NULL };

	if (how % 16 == 15)
		buf_printf(b, "%0*u", (int)how * 9, how);
	else
		buf_text(b, fuzz_xml_pick(texts, how));
}

/* Two bytes are one deed: open an element, close one, an empty one, text.  What is open at the
 * end is closed. */
static inline void
fuzz_xml_write(struct buf *b, const struct fuzz_xml *x, struct span in)
{
	const char *open[FUZZ_XML_DEPTH];
	size_t depth = 0;

	while (in.n > 0) {
		uint8_t deed = fuzz_u8(&in), how = fuzz_u8(&in);
		const char *name = fuzz_xml_pick(x->elements, deed / 4u);
		const char *attr = fuzz_xml_pick(x->attributes, how);

		if (deed % 4 == 0 && depth < FUZZ_XML_DEPTH) {
			open[depth++] = name;
			buf_printf(b, "<%s%s>", name, attr);
		} else if (deed % 4 == 1 && depth > 0) {
			buf_printf(b, "</%s>", open[--depth]);
		} else if (deed % 4 == 2) {
			buf_printf(b, "<%s%s/>", name, attr);
		} else if (deed % 4 == 3) {
			fuzz_xml_text(b, how);
		}
	}
	while (depth > 0)
		buf_printf(b, "</%s>", open[--depth]);
}

/* Is this text what survives a document: no control bytes, nothing to trim? */
static inline bool
fuzz_xml_plain(const char *text)
{
	return span_eq(span_trim(span_of(text)), span_of(text)) && fuzz_one_line(text);
}

#endif
