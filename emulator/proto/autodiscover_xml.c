/* autodiscover_xml.c - see autodiscover_xml.h. */
#include "autodiscover_xml.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "text.h"
#include "xml_walk.h"

struct reading {
	struct autodiscover_answer a;
	char *email;
	size_t email_cap;
	bool rooted, bad;
};

/* The first value wins: later protocols say the same for other networks. */
static void
keep(struct reading *r, char *out, size_t cap, struct span value)
{
	if (out[0] == '\0' && text_copy(out, cap, value) != 0)
		r->bad = true;
}

static void
on_element(void *arg, const struct xml_element *e)
{
	struct reading *r = arg;

	/* Start of an element: only the root's name matters. */
	if (e->attr != NULL) {
		if (e->parent[0] == '\0')
			r->rooted = strcmp(e->name, "Autodiscover") == 0;
		return;
	}
	if (strcmp(e->name, "EwsUrl") == 0)
		keep(r, r->a.ews_url, sizeof r->a.ews_url, e->text);
	else if (strcmp(e->name, "DisplayName") == 0)
		/* Only to be shown: one too long does no harm (the directory allows 256). */
		(void)text_copy(r->a.display_name, sizeof r->a.display_name, e->text);
	else if (strcmp(e->name, "RedirectAddr") == 0 || strcmp(e->name, "RedirectUrl") == 0)
		keep(r, r->a.redirect, sizeof r->a.redirect, e->text);
	else if (strcmp(e->name, "EMailAddress") == 0 && r->email != NULL)
		keep(r, r->email, r->email_cap, e->text);
	else if (strcmp(e->name, "ErrorCode") == 0) {
		uint64_t code = 0;

		r->bad |= text_u64(e->text, 99999, &code) != 0;
		r->a.error_code = (int)code;
	}
}

int
autodiscover_xml_read(struct span document, struct autodiscover_answer *out)
{
	struct reading r = { 0 };
	int err = xml_walk(document, on_element, &r);

	if (err)
		return err;
	if (!r.rooted || r.bad)
		return -EBADMSG;
	*out = r.a;
	return 0;
}

int
autodiscover_xml_read_request(struct span document, char *email, size_t cap)
{
	struct reading r = { .email = email, .email_cap = cap };
	int err;

	email[0] = '\0';
	err = xml_walk(document, on_element, &r);
	if (err)
		return err;
	return r.rooted && !r.bad && email[0] != '\0' ? 0 : -EBADMSG;
}

static void
write_element(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "<%s>", name);
	text_xml(b, span_of(value));
	buf_printf(b, "</%s>", name);
}

/* [MS-OXDSCLI]: of the settings only what the phone reads. */
void
autodiscover_xml_write(struct buf *b, const char *email, const struct autodiscover_answer *a)
{
	buf_text(b,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
	    "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/"
	    "responseschema/2006\">");
	/* An error stands in the schema of all answers, settings in Outlook's. */
	if (a->error_code != 0) {
		buf_printf(b, "<Response><Error><ErrorCode>%d</ErrorCode>", a->error_code);
		write_element(b, "Message", "The email address can't be found.");
		buf_text(b, "</Error></Response></Autodiscover>");
		return;
	}
	buf_text(b,
	    "<Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/"
	    "responseschema/2006a\"><User>");
	write_element(b, "DisplayName", a->display_name);
	write_element(b, "AutoDiscoverSMTPAddress", email);
	buf_text(b,
	    "</User><Account><AccountType>email</AccountType><Action>settings</Action>"
	    "<Protocol><Type>EXCH</Type>");
	write_element(b, "EwsUrl", a->ews_url);
	buf_text(b, "</Protocol></Account></Response></Autodiscover>");
}
