/*
 * io_http.c - an HTTP session with one server, by libcurl: its opening and its end, and the
 * end of each request.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "io_http_priv.h"
#include "mem.h"

enum io_service
io_http_service(const struct io_http *s)
{
	return s->tls ? IO_SVC_HTTPS : IO_SVC_HTTP;
}

/* ---- the end of a request ---- */

/*
 * curl's result as the errno a bare stream would have given; anything else is taken for bad
 * HTTP.
 */
static int
http_errno(CURL *easy, CURLcode result)
{
	long os = 0;

	switch ((int)result) {
	case CURLE_COULDNT_CONNECT:
	case CURLE_SEND_ERROR:
		curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os);
		return os > 0 ? -(int)os : -ECONNRESET;
	case CURLE_RECV_ERROR:
		/* No error of the system's: the chunks are none. */
		curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os);
		return os > 0 ? -(int)os : -EBADMSG;
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
		return -ECONNRESET;
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIMEDOUT;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	default:
		return -EBADMSG;
	}
}

/* A connection that is still good stays in curl's cache for the next request. */
void
io_http_release(struct io_http *s)
{
	struct io_world *w = io_world_of(&s->h);

	curl_multi_remove_handle(w->http->multi, s->easy);
	io_curl_release(w, s->easy);
	s->easy = NULL;
	curl_slist_free_all(s->lines);
	s->lines = NULL;
	mem_free(s->text);
	s->text = NULL;
	mem_free(s->body);
	s->body = NULL;
}

/*
 * A body without a length ends with its connection: in order, or it is not whole.  Of what
 * happens under curl, curl sees no more than an end.
 */
static bool
http_is_cut(const struct io_http *s)
{
	curl_off_t length = -1;

	curl_easy_getinfo(s->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (s->err_below == 0 || s->seen.body_n == 0 || length >= 0)
		return false;
	for (size_t i = 0; i < s->seen.n_headers; i++)
		if (strcasecmp(s->headers[i].name, "Transfer-Encoding") == 0)
			return false;
	return true;
}

void
io_http_ended(struct io_http *s, CURLcode result)
{
	struct io_count *count = &io_world_of(&s->h)->counts[io_http_service(s)];
	long sent = 0, head = 0;
	curl_off_t body = 0;

	/* Bytes as HTTP has them: head and body, without TLS. */
	curl_easy_getinfo(s->easy, CURLINFO_REQUEST_SIZE, &sent);
	curl_easy_getinfo(s->easy, CURLINFO_SIZE_UPLOAD_T, &body);
	curl_easy_getinfo(s->easy, CURLINFO_HEADER_SIZE, &head);
	count->bytes_out += (uint64_t)sent + (uint64_t)body;
	count->bytes_in += (uint64_t)head + s->seen.body_n;
	/* The cause below curl says more than curl's own code for it. */
	s->err = 0;
	if (result == CURLE_OK && s->have_head && !http_is_cut(s))
		count->replies++;
	else
		s->err = s->err_below != 0 ? s->err_below : http_errno(s->easy, result);
	s->end_new = true;
	io_http_release(s);
	io_http_touch(s);
}

/* On the turn after ask(): curl begins to send. */
static void
http_wake(struct io_handle *h)
{
	io_curl_run(io_world_of(h));
}

/* ---- from open to close ---- */

/* Nothing under curl may outlive the session: connections, tunnels, the request. */
static void
http_end(struct io_http *s, bool reset)
{
	if (reset)
		io_curl_reset(s);
	if (s->easy != NULL)
		io_http_release(s);
	io_curl_leave(s, reset);
	io_tunnel_leave(s, reset);
	list_remove(&s->touched);
	/* Closed inside its own event: what is lent there lives until the owner returns. */
	s->freed = s->telling;
	if (!s->telling)
		io_http_free(s);
	io_handle_free(&s->h);
}

static void
http_close(struct io_handle *h)
{
	http_end((struct io_http *)h, false);
}

/* A power cut: resets on the wire, no event. */
static void
http_cut(struct io_handle *h)
{
	http_end((struct io_http *)h, true);
}

static const struct io_type http_type = {
	.ask = io_http_ask,
	.close = http_close,
	.cut = http_cut,
	.wake = http_wake,
};

int
io_http_open(struct io *io, struct io_owner owner, const struct io_stream_cfg *cfg,
    struct io_handle **out)
{
	struct io_phone *phone = (struct io_phone *)io;
	struct io_http_world *http = phone->world->http;
	int rc = io_may_open(phone, cfg->to);
	struct io_http *s;

	if (rc < 0)
		return rc;
	s = io_handle_new(phone, &http_type, owner, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	list_init(&s->conns);
	list_init(&s->touched);
	list_init(&s->expected);
	list_init(&s->tunnels);
	buf_init(&s->head, HTTP_HEAD_MAX);
	buf_init(&s->fresh, HTTP_FRESH_MAX);
	s->to = cfg->to;
	s->tls = cfg->tls;
	s->tunnel = cfg->tls || phone->shaper != NULL;
	s->trust_nothing = cfg->trust_nothing;
	/* The host of its URL: no two sessions share a connection. */
	s->id = ++http->last_id;
	if (cfg->name != NULL && (s->name = mem_copy(cfg->name, strlen(cfg->name))) == NULL) {
		http_close(&s->h);
		return -ENOMEM;
	}
	*out = &s->h;
	return 0;
}

int
io_http_init(struct io_world *w, const char **err_out)
{
	struct io_http_world *http = mem_new(sizeof(*http));
	int rc;

	if (http == NULL)
		return -ENOMEM;
	w->http = http;
	http->world = w;
	http->last_id = 0x01000000; /* 1.0.0.0 is the sweeper's */
	list_init(&http->touched);
	list_init(&http->expected);
	rc = io_tunnel_init(w, err_out);
	if (rc < 0)
		return rc;
	*err_out = "libcurl";
	rc = io_curl_init(w);
	if (rc == 0)
		*err_out = NULL;
	return rc;
}

void
io_http_done(struct io_world *w)
{
	if (w->http == NULL)
		return;
	io_curl_done(w);
	io_tunnel_done(w);
	mem_free(w->http);
	w->http = NULL;
}
