/* update_xml.c - see update_xml.h. */
#include "update_xml.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "text.h"
#include "xml_walk.h"

/* A name, and where its value goes. */
struct place {
	const char *name;
	char *out;
	size_t cap;
};

struct reading {
	const char *root;
	const struct place *elements, *attributes; /* end in a NULL name */
	bool rooted, bad;
};

/* The first value wins: of several modules the first is the image. */
static void
take(struct reading *r, const struct place *places, const char *name, struct span value)
{
	for (; places->name != NULL; places++)
		if (strcasecmp(places->name, name) == 0 && places->out[0] == '\0' &&
		    text_copy(places->out, places->cap, value) != 0)
			r->bad = true;
}

static void
on_element(void *arg, const struct xml_element *e)
{
	struct reading *r = arg;

	/* A value may be an element of its own or an attribute of <Module>: both are read. */
	if (e->parent[0] == '\0' && e->attr != NULL)
		r->rooted = strcasecmp(e->name, r->root) == 0;
	if (e->attr == NULL) {
		take(r, r->elements, e->name, e->text);
		return;
	}
	if (strcasecmp(e->name, "Module") != 0)
		return;
	for (size_t i = 0; e->attr[i] != NULL; i += 2)
		take(r, r->attributes, e->attr[i], span_of(e->attr[i + 1]));
}

static int
read_document(struct span document, struct reading *r)
{
	int err = xml_walk(document, on_element, r);

	if (err)
		return err;
	return r->rooted && !r->bad ? 0 : -EBADMSG;
}

int
update_xml_read_request(struct span document, struct update_request *out)
{
	struct update_request q = { 0 };
	const struct place elements[] = {
		{ "DeviceType", q.device_type, sizeof q.device_type },
		{ "MacAddress", q.mac, sizeof q.mac },
		{ "SerialNumber", q.serial, sizeof q.serial },
		{ "Vendor", q.vendor, sizeof q.vendor },
		{ "Model", q.model, sizeof q.model },
		{ "Revision", q.revision, sizeof q.revision },
		{ "Locale", q.locale, sizeof q.locale },
		{ "UserID", q.user, sizeof q.user },
		{ NULL, NULL, 0 },
	};
	const struct place attributes[] = {
		{ "FileName", q.module, sizeof q.module },
		{ "Version", q.version, sizeof q.version },
		{ "TimeStamp", q.time, sizeof q.time },
		{ NULL, NULL, 0 },
	};
	struct reading r = {
		.root = "Request", .elements = elements, .attributes = attributes
	};
	int err = read_document(document, &r);

	if (!err)
		*out = q;
	return err;
}

static bool
is_version(struct span s)
{
	size_t dots = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.')
			dots++;
		else if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	/* Three parts at least: "1.0" may be anything. */
	return dots >= 2;
}

/* The part of the URL's path that looks like a version. */
static void
version_of_url(const char *url, char *out, size_t cap)
{
	struct span rest = span_of(url);

	while (rest.n > 0) {
		struct span part = span_cut(&rest, '/');

		if (is_version(part))
			(void)text_copy(out, cap, part);
	}
}

int
update_xml_read_answer(struct span document, struct update_answer *out)
{
	struct update_answer a = { 0 };
	const struct place elements[] = {
		{ "BaseURL", a.base_url, sizeof a.base_url },
		{ "ExternalBaseURL", a.external_base_url, sizeof a.external_base_url },
		{ "Version", a.version, sizeof a.version },
		{ "FileName", a.file, sizeof a.file },
		{ "SignatureFileName", a.signature, sizeof a.signature },
		{ NULL, NULL, 0 },
	};
	const struct place attributes[] = {
		{ "FileName", a.file, sizeof a.file },
		{ "SignatureFileName", a.signature, sizeof a.signature },
		{ "Version", a.version, sizeof a.version },
		{ "TimeStamp", a.time, sizeof a.time },
		{ NULL, NULL, 0 },
	};
	struct reading r = {
		.root = "Response", .elements = elements, .attributes = attributes
	};
	int err = read_document(document, &r);

	if (err)
		return err;
	if (a.version[0] == '\0')
		version_of_url(a.base_url, a.version, sizeof a.version);
	if (a.version[0] == '\0')
		version_of_url(a.external_base_url, a.version, sizeof a.version);
	*out = a;
	return 0;
}

static void
write_value(struct buf *b, const char *before, const char *value, const char *after)
{
	buf_text(b, before);
	text_xml(b, span_of(value));
	buf_text(b, after);
}

void
update_xml_write_answer(struct buf *b, const struct update_answer *a)
{
	buf_text(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Response>\r\n");
	write_value(b, "  <BaseURL>", a->base_url, "</BaseURL>\r\n");
	write_value(b, "  <ExternalBaseURL>", a->external_base_url, "</ExternalBaseURL>\r\n");
	buf_text(b, "  <Modules>");
	/* No version, nothing to load: the list of modules stays empty. */
	if (a->version[0] != '\0') {
		write_value(b, "<Module FileName=\"", a->file, "\"");
		write_value(b, " SignatureFileName=\"", a->signature, "\"");
		write_value(b, " Version=\"", a->version, "\"");
		write_value(b, " TimeStamp=\"", a->time, "\"/>");
	}
	buf_text(b, "</Modules>\r\n</Response>\r\n");
}
