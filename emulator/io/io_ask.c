/* io_ask.c - see io_ask.h. */
#include "io_ask.h"

#include <errno.h>

static bool
ask_is_line(const char *text, bool blanks)
{
	if (text == NULL)
		return false;
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f || (*text == ' ' && !blanks))
			return false;
	return true;
}

int
io_ask_check(const struct io_ask *ask)
{
	if (!ask_is_line(ask->method, false) || !ask_is_line(ask->path, false) ||
	    ask->method[0] == '\0' || ask->path[0] == '\0')
		return -EINVAL;
	for (size_t i = 0; i < ask->n_headers; i++)
		if (!ask_is_line(ask->headers[i].name, false) ||
		    !ask_is_line(ask->headers[i].value, true))
			return -EINVAL;
	return 0;
}
