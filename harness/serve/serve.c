/* serve.c - see serve.h: what all HTTP servers' logic shares. */
#include "serve.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text.h"

const char *
serve_header(const struct serve_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_headers; i++)
		if (strcasecmp(request->headers[i].name, name) == 0)
			return request->headers[i].value;
	return NULL;
}

bool
serve_path_in(const char *path, const char *folder)
{
	return strncasecmp(path, folder, strlen(folder)) == 0;
}

bool
serve_path_is(const char *path, const char *page)
{
	/* What follows the name decides: nothing, or a query. */
	char after = serve_path_in(path, page) ? path[strlen(page)] : '/';

	return after == '\0' || after == '?';
}

void
serve_add(struct serve_reply *reply, const char *name, const char *value)
{
	size_t at = reply->n_headers;

	/* It counts only when both parts fitted. */
	if (at < SERVE_HEADERS_MAX &&
	    text_copy(reply->headers[at].name, sizeof reply->headers[at].name, span_of(name)) ==
		0 &&
	    text_copy(
		reply->headers[at].value, sizeof reply->headers[at].value, span_of(value)) == 0)
		reply->n_headers++;
}

void
serve_text(struct serve_reply *reply, int status, const char *text)
{
	reply->status = status;
	serve_add(reply, "Content-Type", "text/plain");
	buf_text(&reply->body, text);
}

void
serve_refuse(struct serve_reply *reply, int status, uint32_t retry_after_s)
{
	char seconds[16];

	serve_text(reply, status, "The request cannot be served now.");
	if (status == 401) {
		serve_add(reply, "WWW-Authenticate", "Negotiate");
		serve_add(reply, "WWW-Authenticate", "NTLM");
	}
	if (retry_after_s == 0)
		return;
	(void)snprintf(seconds, sizeof seconds, "%u", retry_after_s);
	serve_add(reply, "Retry-After", seconds);
}

void
serve_bad_method(struct serve_reply *reply, const char *allow)
{
	serve_text(reply, 405, "Method not allowed.");
	serve_add(reply, "Allow", allow);
}
