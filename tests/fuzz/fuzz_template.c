/* fuzz_template.c - any text as a template, and any text as a value in one. */
#include "template.h"

#include "fuzz.h"

enum { TEXT_MAX = 600 };

/* A text whose braces are doubled stands for itself. */
static void
doubled(const char *text)
{
	struct buf twice = { 0 }, out = { 0 };

	for (const char *c = text; *c != '\0'; c++) {
		buf_u8(&twice, (uint8_t)*c);
		if (*c == '{')
			buf_u8(&twice, '{');
	}
	HOLDS(template_fill(&out, buf_cstr(&twice), NULL, 0, true) == 0);
	HOLDS(span_is(buf_bytes(&out), text));
	buf_done(&twice);
	buf_done(&out);
}

/* The values stand where their names stood; escaped, none can leave its element. */
static void
filled(const char *name, const char *value)
{
	const struct template_value values[] = { { "a", "1" }, { "name", value } };
	struct buf out = { 0 }, want = { 0 };

	buf_printf(&want, "<x>%s1%s</x>", value, value);
	HOLDS(template_fill(&out, "<x>{name}{a}{name}</x>", values, 2, false) == 0);
	HOLDS(span_eq(buf_bytes(&out), buf_bytes(&want)));
	buf_clear(&out);
	HOLDS(template_fill(&out, "{name}", values, 2, true) == 0);
	HOLDS(out.n == 0 ||
	    (memchr(out.p, '<', out.n) == NULL && memchr(out.p, '"', out.n) == NULL));
	buf_clear(&want);
	buf_printf(&want, "{%s}", name);
	buf_clear(&out);
	if (strcmp(name, "a") != 0 && strcmp(name, "name") != 0 && name[0] != '{' &&
	    strchr(name, '}') == NULL)
		HOLDS(template_fill(&out, buf_cstr(&want), values, 2, false) < 0);
	buf_done(&out);
	buf_done(&want);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct template_value values[] = { { "mac", "00:04" }, { "x", "" } };
	struct span in = { p, n };
	char text[TEXT_MAX], name[64], value[64];
	struct buf out = { 0 };

	n = n < sizeof text - 1 ? n : sizeof text - 1;
	if (n > 0)
		memcpy(text, p, n);
	text[n] = '\0';
	buf_text(&out, "before");
	(void)template_fill(&out, text, values, 2, n % 2 == 0);
	HOLDS(out.n >= 6 && memcmp(out.p, "before", 6) == 0);
	buf_done(&out);
	doubled(text);
	(void)fuzz_text(&in, name, sizeof name);
	filled(name, fuzz_text(&in, value, sizeof value));
	return 0;
}
