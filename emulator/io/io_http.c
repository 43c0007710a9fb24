/*
 * io_http.c - an HTTP session with one server, by libcurl.
 *
 * curl's callbacks only take notes; the owner is told when curl has returned, so that he
 * may ask and close as he likes.  Headers go out as given: all of them are one
 * "header" to curl, behind empty ones that keep curl's own away.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <zlib.h>

#include "io_http_priv.h"
#include "mem.h"

enum {
	HTTP_HEAD_MAX = 64 * 1024,
	HTTP_LEND_READ = 16 * 1024,
	HTTP_COUNT_READ = 128 * 1024,    /* large: one system call each */
	HTTP_FRESH_MAX = 4 * 1024 * 1024 /* of a lent body, in one turn */
};

static enum io_service
http_service(const struct io_http *s)
{
	return s->tls ? IO_SVC_HTTPS : IO_SVC_HTTP;
}

static void
http_touch(struct io_http *s)
{
	if (list_empty(&s->touched))
		list_add_tail(&io_world_of(&s->h)->http->touched, &s->touched);
}

/* ---- what curl reads ---- */

/* "name\0value\0" of one line; a line that is no header is left out. */
static void
http_take_header(struct io_http *s, struct span line)
{
	struct span value = line, name = span_trim(span_cut(&value, ':'));

	if (name.n == line.n || name.n == 0)
		return;
	value = span_trim(value);
	buf_span(&s->head, name);
	buf_u8(&s->head, 0);
	buf_span(&s->head, value);
	buf_u8(&s->head, 0);
	s->seen.n_headers++;
}

/* "HTTP/1.1 200 OK": begins the head anew, for 1xx may have come before. */
static void
http_take_status(struct io_http *s, struct span line)
{
	struct span rest = line;

	span_cut(&rest, ' ');
	s->seen.status = 0;
	for (size_t i = 0; i < 3 && i < rest.n && rest.p[i] >= '0' && rest.p[i] <= '9'; i++)
		s->seen.status = 10 * s->seen.status + (rest.p[i] - '0');
	s->seen.n_headers = 0;
	buf_clear(&s->head);
}

static void
http_end_head(struct io_http *s)
{
	char *p;

	if (s->seen.status / 100 == 1)
		return;
	s->headers = mem_new((s->seen.n_headers + 1) * sizeof(*s->headers));
	if (s->headers == NULL || s->head.err != 0) {
		s->err_below = s->head.err == -ENOBUFS ? -EMSGSIZE : -ENOMEM;
		return;
	}
	p = (char *)s->head.p;
	for (size_t i = 0; i < s->seen.n_headers; i++) {
		s->headers[i].name = p;
		p += strlen(p) + 1;
		s->headers[i].value = p;
		p += strlen(p) + 1;
	}
	s->seen.headers = s->headers;
	s->have_head = s->head_new = true;
	http_touch(s);
}

static size_t
http_on_header(char *p, size_t size, size_t n, void *arg)
{
	struct io_http *s = arg;
	struct span line = { (uint8_t *)p, size * n };

	if (s->have_head) /* trailers */
		return line.n;
	if (line.n >= 5 && memcmp(p, "HTTP/", 5) == 0)
		http_take_status(s, line);
	else if (span_trim(line).n == 0)
		http_end_head(s);
	else if (memchr(p, 0, line.n) == NULL)
		http_take_header(s, line);
	return s->err_below == 0 ? line.n : 0;
}

static size_t
http_on_body(char *p, size_t size, size_t n, void *arg)
{
	struct io_http *s = arg;
	struct span bytes = { (uint8_t *)p, size * n };

	s->seen.body_n += bytes.n;
	s->seen.crc32 = (uint32_t)crc32_z(s->seen.crc32, bytes.p, bytes.n);
	if (s->count)
		s->n_fresh += bytes.n;
	else
		buf_span(&s->fresh, bytes);
	if (s->fresh.err != 0)
		s->err_below = s->fresh.err == -ENOBUFS ? -EMSGSIZE : -ENOMEM;
	http_touch(s);
	return s->err_below == 0 ? bytes.n : 0;
}

/* ---- the end of a request ---- */

static int
http_errno(CURL *easy, CURLcode result)
{
	long os = 0;

	switch ((int)result) {
	case CURLE_COULDNT_CONNECT:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os);
		return os > 0 ? -(int)os : -ECONNRESET;
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

static void
http_release(struct io_http *s)
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

void
io_http_ended(struct io_http *s, CURLcode result)
{
	struct io_count *count = &io_world_of(&s->h)->counts[http_service(s)];
	long sent = 0, head = 0;
	curl_off_t body = 0;

	curl_easy_getinfo(s->easy, CURLINFO_REQUEST_SIZE, &sent);
	curl_easy_getinfo(s->easy, CURLINFO_SIZE_UPLOAD_T, &body);
	curl_easy_getinfo(s->easy, CURLINFO_HEADER_SIZE, &head);
	count->bytes_out += (uint64_t)sent + (uint64_t)body;
	count->bytes_in += (uint64_t)head + s->seen.body_n;
	s->err = 0;
	if (result == CURLE_OK && s->have_head)
		count->replies++;
	else
		s->err = s->err_below != 0 ? s->err_below : http_errno(s->easy, result);
	s->end_new = true;
	http_release(s);
	http_touch(s);
}

/* ---- telling ---- */

static void
http_free(struct io_http *s)
{
	buf_done(&s->head);
	buf_done(&s->fresh);
	mem_free(s->headers);
	mem_free(s->name);
}

static void
http_forget_reply(struct io_http *s)
{
	buf_clear(&s->head);
	mem_free(s->headers);
	s->headers = NULL;
	s->seen = (struct io_http_seen){ 0 };
	s->have_head = s->head_new = false;
	s->err = s->err_below = 0;
}

static bool
http_event(struct io_http *s, struct io_event ev)
{
	ev.h = &s->h;
	ev.http = &s->seen;
	if (s->tls)
		ev.tls = &s->tls_seen;
	return io_tell(&s->h, &ev);
}

static bool
http_tell_body(struct io_http *s)
{
	struct io_event ev = { .kind = IO_BODY };
	struct buf lent = s->fresh;
	bool open;

	if (s->n_fresh == 0 && lent.n == 0)
		return true;
	ev.bytes = s->count ? (struct span){ NULL, (size_t)s->n_fresh } : buf_bytes(&lent);
	s->n_fresh = 0;
	buf_init(&s->fresh, HTTP_FRESH_MAX);
	open = http_event(s, ev);
	buf_done(&lent);
	return open;
}

static bool
http_tell_end(struct io_http *s)
{
	if (!s->end_new)
		return true;
	s->end_new = false;
	return http_event(
	    s, (struct io_event){ .kind = s->err == 0 ? IO_WHOLE : IO_DOWN, .err = s->err });
}

static bool
http_tell_head(struct io_http *s)
{
	if (!s->head_new)
		return true;
	s->head_new = false;
	return http_event(s, (struct io_event){ .kind = IO_HEAD });
}

/* What is lent must last until the owner returns, also if he closes meanwhile. */
void
io_http_tell(struct io_http *s)
{
	s->telling = true;
	if (http_tell_head(s) && http_tell_body(s))
		http_tell_end(s);
	s->telling = false;
	if (s->freed)
		http_free(s);
	else if (s->asked)
		http_forget_reply(s);
	s->asked = false;
}

/* ---- asking ---- */

/* Nothing of ours may look like another header or another request. */
static bool
http_is_line(const char *text, bool blanks)
{
	if (text == NULL)
		return false;
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f || (*text == ' ' && !blanks))
			return false;
	return true;
}

static int
http_check(const struct io_ask *ask)
{
	if (!http_is_line(ask->method, false) || !http_is_line(ask->path, false) ||
	    ask->method[0] == '\0' || ask->path[0] == '\0')
		return -EINVAL;
	for (size_t i = 0; i < ask->n_headers; i++)
		if (!http_is_line(ask->headers[i].name, false) ||
		    !http_is_line(ask->headers[i].value, true))
			return -EINVAL;
	return 0;
}

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

	snprintf(url, sizeof(url), "http://%u.%u.%u.%u/", s->id >> 24, s->id >> 16 & 255,
	    s->id >> 8 & 255, s->id & 255);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, s);
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
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, http_on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, s);
}

/* Between an end and its telling, and while one runs, another cannot be asked. */
static int
http_ask(struct io_handle *h, const struct io_ask *ask)
{
	struct io_http *s = (struct io_http *)h;
	struct io_world *w = io_world_of(h);
	int rc = http_check(ask);

	if (s->easy != NULL || s->end_new)
		return -EBUSY;
	if (rc < 0)
		return rc;
	s->easy = io_curl_easy(w);
	if (s->easy == NULL)
		return -ENOMEM;
	rc = http_copy(s, ask);
	if (rc < 0) {
		http_release(s);
		return rc;
	}
	/* In the event that tells the end, the reply is still lent. */
	s->asked = s->telling;
	if (!s->telling)
		http_forget_reply(s);
	s->count = ask->reply == IO_COUNT;
	http_set_options(s);
	http_set_request(s, ask);
	curl_multi_add_handle(w->http->multi, s->easy);
	w->counts[http_service(s)].requests++;
	io_wake(h);
	return 0;
}

static void
http_wake(struct io_handle *h)
{
	io_curl_run(io_world_of(h));
}

/* ---- from open to close ---- */

static void
http_end(struct io_http *s, bool reset)
{
	if (reset)
		io_curl_reset(s);
	if (s->easy != NULL)
		http_release(s);
	io_curl_leave(s, reset);
	io_tunnel_leave(s, reset);
	list_remove(&s->touched);
	s->freed = s->telling;
	if (!s->telling)
		http_free(s);
	io_handle_free(&s->h);
}

static void
http_close(struct io_handle *h)
{
	http_end((struct io_http *)h, false);
}

static void
http_cut(struct io_handle *h)
{
	http_end((struct io_http *)h, true);
}

static const struct io_type http_type = {
	.ask = http_ask,
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
	s->trust_nothing = cfg->trust_nothing;
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
