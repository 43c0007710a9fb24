/*
 * serve_update.h - the device update service: ucdevice.upx, the update files and
 * the audit log, inside (port 80) and outside (TLS, with Negotiate).
 */
#ifndef SERVE_UPDATE_H
#define SERVE_UPDATE_H
#include "accept.h"
#include "serve.h"

struct serve_update_cfg {    /* all lent */
	const char *version; /* the update that is approved */
	const char
	    *internal_url; /* of the files: "http://pool01.contoso.com/DeviceUpdateFiles_Int" */
	const char *external_url;  /* "https://pool01.contoso.com/DeviceUpdateFiles_Ext" */
	bool blank;                /* the WMI settings were never filled in: no URLs */
	struct acceptor *acceptor; /* asked outside; NULL: outside everybody is refused */
};

struct serve_update {
	struct serve_update_cfg cfg;
	uint64_t asked, offered, downloads, confirmed;
};

/* Does the path belong to this service? */
bool serve_update_is(const char *path);

/*
 * Answer one request.  A device that asks leaves a line in `audit` (appended, with
 * its line end); reply->firmware is set for the image.
 */
void serve_update(struct serve_update *, const struct serve_request *, struct serve_reply *,
    struct buf *audit);

/* The first line of an audit log, with its line end. */
const char *serve_update_audit_head(void);

#endif
