/* serve_exchange.c - see serve_exchange.h. */
#include "serve_exchange.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "autodiscover_xml.h"
#include "serve_negotiate.h"

bool
serve_exchange_is(const char *path)
{
	return serve_path_in(path, "/autodiscover/") || serve_path_in(path, "/ews/");
}

/* Settings for an address of ours; error 500 ("cannot be found") for another. */
static void
on_autodiscover(struct serve_exchange *x, const struct serve_request *q, struct serve_reply *r,
    const char *client)
{
	struct autodiscover_answer a = { 0 };
	char email[256];
	const char *at;

	if (autodiscover_xml_read_request(q->body, email, sizeof email) != 0) {
		serve_text(r, 400, "Not an Autodiscover request.");
		return;
	}
	x->autodiscovers++;
	at = strchr(email, '@');
	/* An error is an answer: 200, with the code in the document ([MS-OXDSCLI]). */
	if (at == NULL || x->cfg.no_mailbox || strcasecmp(at + 1, x->cfg.sip_domain) != 0) {
		a.error_code = 500;
	} else {
		/* There is no directory to ask: the principal's first part has to do. */
		(void)snprintf(a.display_name, sizeof a.display_name, "%.*s",
		    (int)strcspn(client, "@"), client);
		(void)snprintf(a.ews_url, sizeof a.ews_url, "%s", x->cfg.ews_url);
	}
	r->status = 200;
	serve_add(r, "Content-Type", "text/xml; charset=utf-8");
	serve_add(r, "Server", "Microsoft-IIS/7.0");
	autodiscover_xml_write(&r->body, email, &a);
}

/* An inbox with nothing unread in it, whoever asks. */
static void
on_ews(struct serve_exchange *x, const struct serve_request *q, struct serve_reply *r)
{
	if (q->body.n == 0 || memmem(q->body.p, q->body.n, "GetFolder", 9) == NULL) {
		serve_text(r, 500, "Only GetFolder is served here.");
		return;
	}
	x->polls++;
	r->status = 200;
	serve_add(r, "Content-Type", "text/xml; charset=utf-8");
	serve_add(r, "Server", "Microsoft-IIS/7.0");
	buf_text(&r->body,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
	    "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\""
	    " xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\""
	    " xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/"
	    "messages\"><soap:Body>"
	    "<m:GetFolderResponse><m:ResponseMessages><m:GetFolderResponseMessage "
	    "ResponseClass=\"Success\">"
	    "<m:ResponseCode>NoError</"
	    "m:ResponseCode><m:Folders><t:Folder><t:DisplayName>Inbox</t:DisplayName>"
	    "<t:TotalCount>0</t:TotalCount><t:UnreadCount>0</t:UnreadCount></t:Folder></"
	    "m:Folders>"
	    "</m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>"
	    "</soap:Body></soap:Envelope>");
}

void
serve_exchange(struct serve_exchange *x, const struct serve_request *q, struct serve_reply *r)
{
	char client[ACCEPT_NAME_MAX];

	/* TLS first: IIS refuses plain HTTP before it asks who it is. */
	if (!q->tls) {
		serve_text(r, 403, "This address is served over HTTPS only.");
		return;
	}
	if (!serve_negotiate(x->cfg.acceptor, q, r, client))
		return;
	if (strcmp(q->method, "POST") != 0)
		serve_bad_method(r, "POST");
	else if (serve_path_is(q->path, "/autodiscover/autodiscover.xml"))
		on_autodiscover(x, q, r, client);
	else if (serve_path_is(q->path, "/ews/exchange.asmx"))
		on_ews(x, q, r);
	else
		serve_text(r, 404, "The file cannot be found.");
}
