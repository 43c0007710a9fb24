/*
 * io_http_ask.c - a request, as curl is to send it.
 *
 * Headers go out as given: all of them are one "header" to curl, behind empty ones that
 * keep curl's own away.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io_ask.h"
#include "io_http_priv.h"
#include "mem.h"

enum {
	HTTP_LEND_READ = 16 * 1024,
	HTTP_COUNT_READ = 64 * 1024 /* fewer system calls; larger ones are not cheaper */
};

static int
http_line(struct io_http *s, const char *line)
{
	struct curl_slist *lines = curl_slist_append(s->lines, line);

	if (lines == NULL)
		return -ENOMEM;
	s->lines = lines;
	return 0;
}

/* An empty one keeps curl's own header away, and what we send is none of curl's business. */
static int
http_make_lines(struct io_http *s, const struct io_ask *ask)
{
	static const char *const none[] = {
		"Host:", "User-Agent:", "Accept:", "Expect:", "Content-Type:"
	};
	struct buf all = { 0 };
	int rc = 0;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]) && rc == 0; i++)
		rc = http_line(s, none[i]);
	for (size_t i = 0; i < ask->n_headers; i++)
		buf_printf(&all, "%s%s: %s", i > 0 ? "\r\n" : "", ask->headers[i].name,
		    ask->headers[i].value);
	if (rc == 0 && all.n > 0)
		rc = all.err != 0 ? all.err : http_line(s, buf_cstr(&all));
	buf_done(&all);
	return rc;
}

static int
http_copy(struct io_http *s, const struct io_ask *ask)
{
	struct buf text = { 0 };

	buf_printf(&text, "%s %s", ask->method, ask->path);
	buf_u8(&text, 0);
	s->text = text.err == 0 ? (char *)text.p : NULL;
	if (s->text == NULL)
		buf_done(&text);
	s->body = mem_copy(ask->body.p, ask->body.n);
	if (s->text == NULL || s->body == NULL)
		return -ENOMEM;
	return http_make_lines(s, ask);
}

/* "POST /path" is cut in two. */
static void
http_set_request(struct io_http *s, const struct io_ask *ask)
{
	char *path = strchr(s->text, ' ');
	bool sends = ask->body.n > 0 || strcmp(ask->method, "POST") == 0 ||
	    strcmp(ask->method, "PUT") == 0;

	*path++ = '\0';
	/* POST here is only how curl is told of a body; the method's name is set below. */
	if (sends) {
		curl_easy_setopt(s->easy, CURLOPT_POST, 1L);
		curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.n);
		curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, s->body);
	} else if (strcmp(ask->method, "HEAD") == 0) {
		curl_easy_setopt(s->easy, CURLOPT_NOBODY, 1L);
	}
	curl_easy_setopt(s->easy, CURLOPT_CUSTOMREQUEST, s->text);
	curl_easy_setopt(s->easy, CURLOPT_REQUEST_TARGET, path);
	curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->lines);
}

static void
http_set_options(struct io_http *s)
{
	CURL *easy = s->easy;
	char url[32];

	/* A host that means nothing: curl neither looks it up nor connects there. */
	snprintf(url, sizeof(url), "http://%u.%u.%u.%u/", s->id >> 24, s->id >> 16 & 255,
	    s->id >> 8 & 255, s->id & 255);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, s);
	/* The operator's http_proxy is none of the phone's. */
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 3600L); /* the rows have limits */
	curl_easy_setopt(
	    easy, CURLOPT_BUFFERSIZE, (long)(s->count ? HTTP_COUNT_READ : HTTP_LEND_READ));
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, io_curl_on_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, s);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, io_curl_on_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, io_world_of(&s->h));
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, io_http_on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, io_http_on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, s);
}

/* Between an end and its telling, and while one runs, another cannot be asked. */
int
io_http_ask(struct io_handle *h, const struct io_ask *ask)
{
	struct io_http *s = (struct io_http *)h;
	struct io_world *w = io_world_of(h);
	int rc = io_ask_check(ask);

	if (s->easy != NULL || s->end_new)
		return -EBUSY;
	if (rc < 0)
		return rc;
	s->easy = io_curl_easy(w);
	if (s->easy == NULL)
		return -ENOMEM;
	rc = http_copy(s, ask);
	if (rc < 0) {
		io_http_release(s);
		return rc;
	}
	io_curl_spoil(s);
	s->count = ask->reply == IO_COUNT;
	http_set_options(s);
	http_set_request(s, ask);
	if (curl_multi_add_handle(w->http->multi, s->easy) != CURLM_OK) {
		io_http_release(s);
		return -ENOMEM;
	}
	/* In the event that tells the end, the reply is still lent. */
	s->asked = s->telling;
	if (!s->telling)
		io_http_forget(s);
	w->counts[io_http_service(s)].requests++;
	io_wake(h);
	return 0;
}
