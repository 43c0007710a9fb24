/* web_client.h - asks a web server that lives on the test's own loop. */
#ifndef FAKE_WEB_CLIENT_H
#define FAKE_WEB_CLIENT_H
#include <stddef.h>

#include "buf.h"
#include "loop.h"
#include "web.h"

/* Send these bytes, run the loop until the server closes; all that came back, as text. */
const char *web_client_raw(
    struct loop *, const struct web_addr *, const char *request, size_t n, struct buf *reply);

/* GET that path, by address; its status, and the reply's body alone. */
int web_client_get(struct loop *, const struct web_addr *, const char *path, struct buf *body);

#endif
