/* template.h - texts with places: "HTTP/{fqdn}", the XML bodies of a profile. */
#ifndef CONFIG_TEMPLATE_H
#define CONFIG_TEMPLATE_H
#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct template_value {
	const char *name, *value;
};

/*
 * Append text with each {name} replaced by its value, XML-escaped if xml is set.
 * "{{" stands for "{".  0; -ENOENT: a place without a value; or the buffer's error.
 */
int template_fill(
    struct buf *out, const char *text, const struct template_value *, size_t n, bool xml);

#endif
