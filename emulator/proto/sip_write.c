/* sip_write.c - writing SIP messages line by line; see sip_msg.h. */
#include <stdarg.h>
#include <stdio.h>

#include "mem.h"
#include "sip_msg.h"

void
sip_write_request(struct buf *b, const char *method, const char *uri)
{
	buf_printf(b, "%s %s SIP/2.0\r\n", method, uri);
}

void
sip_write_status(struct buf *b, int status, const char *phrase)
{
	buf_printf(b, "SIP/2.0 %d %s\r\n", status, phrase);
}

void
sip_write(struct buf *b, const char *name, const char *fmt, ...)
{
	va_list ap;

	buf_text(b, name);
	buf_text(b, ": ");
	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
	buf_text(b, "\r\n");
}

void
sip_write_span(struct buf *b, const char *name, struct span value)
{
	buf_text(b, name);
	buf_text(b, ": ");
	buf_span(b, value);
	buf_text(b, "\r\n");
}

void
sip_write_body(struct buf *b, struct span body)
{
	buf_text(b, "\r\n");
	buf_span(b, body);
}

const char *
sip_phrase(int status)
{
	/* For people to read: no receiver may depend on the words (RFC 3261 section 7.2). */
	static const struct {
		int status;
		const char *phrase;
	} known[] = {
		{ 100, "Trying" },
		{ 200, "OK" },
		{ 301, "Moved Permanently" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 415, "Unsupported Media Type" },
		{ 421, "Extension Required" },
		{ 423, "Interval Too Brief" },
		{ 480, "Temporarily Unavailable" },
		{ 481, "Call Leg/Transaction Does Not Exist" },
		{ 488, "Not Acceptable Here" },
		{ 489, "Bad Event" },
		{ 500, "Server Internal Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 504, "Server Time-out" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].status == status)
			return known[i].phrase;
	return "Unknown";
}
