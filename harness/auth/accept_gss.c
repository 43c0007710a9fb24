/*
 * accept_gss.c - see accept_gss.h.
 *
 * No principal is named to the library: the keys decide, and what the token was
 * made for is compared with the service afterwards.
 */
#include "accept_gss.h"

#include <errno.h>
#include <gssapi/gssapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accept_keys.h"
#include "mem.h"

enum { ACCEPT_PATH_MAX = 512, ACCEPT_TEXT_MAX = 256 };

static const char FOR_SERVERS[] = "[libdefaults]\n"
				  "\tdns_lookup_kdc = false\n"
				  "\tdns_lookup_realm = false\n"
				  "\tdns_canonicalize_hostname = false\n"
				  "\trdns = false\n"
				  "\tqualify_shortname = \"\"\n"
				  "\tallow_rc4 = true\n"
				  "\tpermitted_enctypes = aes256-cts aes128-cts arcfour-hmac\n";

struct acceptor_gss {
	struct acceptor base;
	struct accept_keys keys;
	gss_cred_id_t cred;
	char text[ACCEPT_TEXT_MAX]; /* why the last token was refused */
};

struct accept_sa {
	gss_ctx_id_t ctx;
};

/* What gss_accept_sec_context() said of a token. */
struct accept_token {
	gss_ctx_id_t ctx;
	gss_buffer_desc reply;
	gss_name_t client;
	OM_uint32 flags;
};

static struct acceptor_gss *
acceptor_of(struct acceptor *acceptor)
{
	return (struct acceptor_gss *)(void *)acceptor;
}

int
acceptor_gss_init(const char *dir)
{
	char path[ACCEPT_PATH_MAX];
	int n = snprintf(path, sizeof path, "%s/servers-krb5.conf", dir);
	int err = 0;
	FILE *file;

	if (n < 0 || (size_t)n >= sizeof path)
		return -ENAMETOOLONG;
	file = fopen(path, "we");
	if (file == NULL)
		return -errno;
	if (fputs(FOR_SERVERS, file) == EOF)
		err = -EIO;
	if (fclose(file) != 0 && err == 0)
		err = -errno;
	if (err != 0)
		return err;
	if (setenv("KRB5_CONFIG", path, 1) != 0 || setenv("KRB5RCACHENAME", "none:", 1) != 0)
		return -errno;
	return 0;
}

/* ---- a token ---- */

static void
token_done(struct accept_token *token)
{
	OM_uint32 minor;

	gss_release_buffer(&minor, &token->reply);
	gss_release_name(&minor, &token->client);
	gss_delete_sec_context(&minor, &token->ctx, GSS_C_NO_BUFFER);
}

static int
token_refuse(struct acceptor_gss *acceptor, const char *why, const char **text_out)
{
	snprintf(acceptor->text, sizeof acceptor->text, "%s", why);
	*text_out = acceptor->text;
	return -EACCES;
}

/* The mechanism's own words ("No key table entry found for HTTP/dc01@CONTOSO.COM"). */
static int
token_refuse_minor(
    struct acceptor_gss *acceptor, OM_uint32 major, OM_uint32 minor, const char **text_out)
{
	gss_buffer_desc words = GSS_C_EMPTY_BUFFER;
	OM_uint32 ignored, more = 0;

	if (minor != 0)
		gss_display_status(
		    &ignored, minor, GSS_C_MECH_CODE, GSS_C_NO_OID, &more, &words);
	else
		gss_display_status(
		    &ignored, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more, &words);
	snprintf(acceptor->text, sizeof acceptor->text, "%.*s", (int)words.length,
	    words.value != NULL ? (const char *)words.value : "");
	gss_release_buffer(&ignored, &words);
	*text_out = acceptor->text;
	return -EACCES;
}

static int
name_text(gss_name_t name, char *out, size_t cap)
{
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;
	int err = -EACCES;

	if (name != GSS_C_NO_NAME &&
	    gss_display_name(&minor, name, &text, NULL) == GSS_S_COMPLETE &&
	    text.length < cap) {
		memcpy(out, text.value, text.length);
		out[text.length] = '\0';
		err = 0;
	}
	gss_release_buffer(&minor, &text);
	return err;
}

/* Was the ticket made for this service ("HTTP" of "HTTP/dc01.contoso.com@CONTOSO.COM")? */
static bool
token_is_for(const struct accept_token *token, const char *service)
{
	char target[ACCEPT_NAME_MAX + ACCEPT_TEXT_MAX];
	gss_name_t name = GSS_C_NO_NAME;
	size_t n = strlen(service);
	OM_uint32 minor;
	bool is = false;

	if (gss_inquire_context(&minor, token->ctx, NULL, &name, NULL, NULL, NULL, NULL,
		NULL) == GSS_S_COMPLETE &&
	    name_text(name, target, sizeof target) == 0)
		is = strncasecmp(target, service, n) == 0 && target[n] == '/';
	gss_release_name(&minor, &name);
	return is;
}

static int
token_take(struct acceptor_gss *acceptor, const char *service, struct span bytes,
    struct accept_token *token, char client[ACCEPT_NAME_MAX], const char **text_out)
{
	gss_buffer_desc in = { bytes.n, (void *)(uintptr_t)bytes.p };
	OM_uint32 major, minor;

	if (bytes.n == 0)
		return token_refuse(acceptor, "no token", text_out);
	major = gss_accept_sec_context(&minor, &token->ctx, acceptor->cred, &in,
	    GSS_C_NO_CHANNEL_BINDINGS, &token->client, NULL, &token->reply, &token->flags, NULL,
	    NULL);
	if (GSS_ERROR(major))
		return token_refuse_minor(acceptor, major, minor, text_out);
	if (major != GSS_S_COMPLETE)
		return token_refuse(acceptor, "the token wants another round", text_out);
	if (!token_is_for(token, service))
		return token_refuse(acceptor, "the ticket is for another service", text_out);
	if (name_text(token->client, client, ACCEPT_NAME_MAX) != 0)
		return token_refuse(acceptor, "the client's name is too long", text_out);
	return 0;
}

/* ---- accept.h ---- */

static int
accept_spnego(struct acceptor *base, const char *service, struct span bytes, struct buf *reply,
    char client[ACCEPT_NAME_MAX], bool *wrap_out, const char **text_out)
{
	struct accept_token token = { .ctx = GSS_C_NO_CONTEXT, .client = GSS_C_NO_NAME };
	char name[ACCEPT_NAME_MAX];
	int err = token_take(acceptor_of(base), service, bytes, &token, name, text_out);

	if (err == 0) {
		buf_put(reply, token.reply.value, token.reply.length);
		err = reply->err;
	}
	if (err == 0) {
		memcpy(client, name, sizeof name);
		*wrap_out = (token.flags & (GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG)) != 0;
	}
	token_done(&token);
	return err;
}

/* MS-SIPAE: a bare Kerberos token, and nothing to answer. */
static bool
sip_is_raw(struct span bytes)
{
	static const uint8_t OID[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01,
		0x02, 0x02 };
	size_t at = 2;

	if (bytes.n < 2 || bytes.p[0] != 0x60)
		return false;
	if ((bytes.p[1] & 0x80) != 0)
		at += bytes.p[1] & 0x7f;
	return bytes.n >= at + sizeof OID && memcmp(bytes.p + at, OID, sizeof OID) == 0;
}

static int
accept_sip_open(struct acceptor *base, struct span bytes, struct accept_sa **out,
    char client[ACCEPT_NAME_MAX], const char **text_out)
{
	struct accept_token token = { .ctx = GSS_C_NO_CONTEXT, .client = GSS_C_NO_NAME };
	struct acceptor_gss *acceptor = acceptor_of(base);
	char name[ACCEPT_NAME_MAX];
	struct accept_sa *sa = NULL;
	int err;

	if (!sip_is_raw(bytes))
		return token_refuse(acceptor, "not a bare Kerberos token", text_out);
	err = token_take(acceptor, "sip", bytes, &token, name, text_out);
	if (err == 0 && token.reply.length > 0)
		err =
		    token_refuse(acceptor, "the client wants mutual authentication", text_out);
	if (err == 0)
		sa = mem_new(sizeof *sa);
	if (err == 0 && sa == NULL)
		err = token_refuse(acceptor, "out of memory", text_out);
	if (err == 0) {
		sa->ctx = token.ctx;
		token.ctx = GSS_C_NO_CONTEXT;
		memcpy(client, name, sizeof name);
		*out = sa;
	}
	token_done(&token);
	return err;
}

static int
accept_sip_sign(struct accept_sa *sa, struct span text, struct buf *mic_out)
{
	gss_buffer_desc message = { text.n, (void *)(uintptr_t)text.p };
	gss_buffer_desc mic = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;

	if (gss_get_mic(&minor, sa->ctx, GSS_C_QOP_DEFAULT, &message, &mic) != GSS_S_COMPLETE)
		return -EACCES;
	buf_put(mic_out, mic.value, mic.length);
	gss_release_buffer(&minor, &mic);
	return mic_out->err;
}

static int
accept_sip_check(struct accept_sa *sa, struct span text, struct span mic)
{
	gss_buffer_desc message = { text.n, (void *)(uintptr_t)text.p };
	gss_buffer_desc token = { mic.n, (void *)(uintptr_t)mic.p };
	OM_uint32 minor;

	if (gss_verify_mic(&minor, sa->ctx, &message, &token, NULL) != GSS_S_COMPLETE)
		return -EBADMSG;
	return 0;
}

static void
accept_sip_close(struct accept_sa *sa)
{
	OM_uint32 minor;

	if (sa == NULL)
		return;
	gss_delete_sec_context(&minor, &sa->ctx, GSS_C_NO_BUFFER);
	mem_free(sa);
}

static const struct accept_ops ACCEPTOR_GSS_OPS = {
	.spnego = accept_spnego,
	.sip_open = accept_sip_open,
	.sip_sign = accept_sip_sign,
	.sip_check = accept_sip_check,
	.sip_close = accept_sip_close,
};

/* ---- the acceptor itself ---- */

int
acceptor_gss_new(const char *keytab, struct acceptor **out)
{
	struct acceptor_gss *acceptor = mem_new(sizeof *acceptor);
	int err;

	if (acceptor == NULL)
		return -ENOMEM;
	acceptor->base.ops = &ACCEPTOR_GSS_OPS;
	acceptor->cred = GSS_C_NO_CREDENTIAL;
	err = accept_keys_read(&acceptor->keys, keytab);
	if (err == 0)
		err = accept_keys_cred(&acceptor->keys, &acceptor->cred);
	if (err != 0) {
		acceptor_gss_free(&acceptor->base);
		return err;
	}
	*out = &acceptor->base;
	return 0;
}

void
acceptor_gss_free(struct acceptor *base)
{
	struct acceptor_gss *acceptor = acceptor_of(base);
	OM_uint32 minor;

	if (acceptor == NULL)
		return;
	gss_release_cred(&minor, &acceptor->cred);
	accept_keys_done(&acceptor->keys);
	mem_free(acceptor);
}
