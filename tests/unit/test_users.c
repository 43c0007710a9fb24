/* test_users.c - the accounts of the phones, as csvde, ldifde and PowerShell take them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "text.h"
#include "users.h"

static const char home[] = "CN=LC Services,CN=Microsoft,CN=pool01,CN=Pools,CN=RTC "
			   "Service,CN=Microsoft,CN=System,DC=contoso,DC=com";

/* Two phones of contoso.com. */
static struct users_cfg
two(enum users_format format)
{
	return (struct users_cfg){
		.format = format,
		.count = 2,
		.first = 41,
		.pattern = "phone%05d",
		.domain = "corp.contoso.com",
		.sip_domain = "contoso.com",
	};
}

static const char *
written(const struct users_cfg *c, struct buf *out)
{
	struct buf complaint = { 0 };

	if (users_check(c, &complaint) != 0)
		fail_msg("%s", buf_cstr(&complaint));
	assert_int_equal(users_write(c, out), 0);
	return buf_cstr(out);
}

static void
assert_written(const struct users_cfg *c, const char *whole)
{
	struct buf out = { 0 };

	assert_string_equal(written(c, &out), whole);
	buf_done(&out);
	assert_int_equal(mem_out(), 0);
}

static void
assert_has(const struct users_cfg *c, const char *words)
{
	struct buf out = { 0 };

	if (strstr(written(c, &out), words) == NULL)
		fail_msg("no `%s' in:\n%s", words, buf_cstr(&out));
	buf_done(&out);
}

static void
assert_lacks(const struct users_cfg *c, const char *words)
{
	struct buf out = { 0 };

	if (strstr(written(c, &out), words) != NULL)
		fail_msg("`%s' in:\n%s", words, buf_cstr(&out));
	buf_done(&out);
}

static size_t
times(const struct users_cfg *c, const char *words)
{
	struct buf out = { 0 };
	size_t n = 0;

	for (const char *at = written(c, &out); (at = strstr(at, words)) != NULL; n++)
		at += strlen(words);
	buf_done(&out);
	return n;
}

/* ---- LDIF ---- */

static void
an_ldif_record_is_an_account_that_may_sign_in(void **state)
{
	struct users_cfg c = two(USERS_LDIF);

	(void)state;
	c.count = 1;
	c.home = home;
	assert_written(&c,
	    "dn: CN=phone00041,CN=Users,DC=corp,DC=contoso,DC=com\n"
	    "changetype: add\n"
	    "objectClass: user\n"
	    "sAMAccountName: phone00041\n"
	    "userPrincipalName: phone00041@corp.contoso.com\n"
	    "displayName: phone00041\n"
	    "description: cx700farm test account\n"
	    "userAccountControl: 514\n"
	    "proxyAddresses: sip:phone00041@contoso.com\n"
	    "msRTCSIP-PrimaryUserAddress: sip:phone00041@contoso.com\n"
	    "msRTCSIP-UserEnabled: TRUE\n"
	    "msRTCSIP-OptionFlags: 256\n"
	    "msRTCSIP-PrimaryHomeServer: CN=LC Services,CN=Microsoft,CN=pool01,CN=Pools,CN=RTC "
	    "Service,CN=Microsoft,CN=System,DC=contoso,DC=com\n"
	    "\n");
}

static void
what_only_ocs_knows_may_be_left_out(void **state)
{
	(void)state;
	for (int f = USERS_CSV; f <= USERS_POWERSHELL; f++) {
		struct users_cfg c = two((enum users_format)f);

		c.home = home;
		assert_has(&c, "msRTCSIP-UserEnabled");
		assert_has(&c, "msRTCSIP-PrimaryHomeServer");
		c.plain = true;
		assert_lacks(&c, "msRTCSIP");
		assert_lacks(&c, "sip:");
		assert_lacks(&c, "$more");
	}
}

/* The bytes of unicodePwd, or none. */
static void
ldif_password(const struct users_cfg *c, struct buf *wide)
{
	struct buf out = { 0 };
	const char *at = strstr(written(c, &out), "unicodePwd:: ");

	assert_non_null(at);
	at += strlen("unicodePwd:: ");
	assert_int_equal(
	    text_unbase64(wide, (struct span){ (const uint8_t *)at, strcspn(at, "\n") }), 0);
	buf_done(&out);
}

static void
a_password_is_quoted_in_utf16_and_the_account_is_enabled(void **state)
{
	static const struct {
		const char *password;
		uint8_t wide[16];
		size_t n;
	} cases[] = {
		{ "Aq", { '"', 0, 'A', 0, 'q', 0, '"', 0 }, 8 },
		{ "\xc3\xbc", { '"', 0, 0xfc, 0, '"', 0 }, 6 },
		{ "\xe2\x82\xac", { '"', 0, 0xac, 0x20, '"', 0 }, 6 },
		/* Behind the first 64 Ki characters: two of UTF-16. */
		{ "\xf0\x9f\x98\x80", { '"', 0, 0x3d, 0xd8, 0x00, 0xde, '"', 0 }, 8 },
		/* Cut in the middle of a character: nothing is read behind the end. */
		{ "\xe2\x82", { '"', 0, 0xe2, 0, 0x82, 0, '"', 0 }, 8 },
	};
	struct users_cfg c = two(USERS_LDIF);

	(void)state;
	c.count = 1;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf wide = { 0 };

		c.password = cases[i].password;
		ldif_password(&c, &wide);
		assert_int_equal(wide.n, cases[i].n);
		assert_memory_equal(wide.p, cases[i].wide, wide.n);
		buf_done(&wide);
		assert_has(&c, "userAccountControl: 66048\n");
	}
}

static void
what_is_not_plain_in_ldif_is_in_base64(void **state)
{
	struct users_cfg c = two(USERS_LDIF);

	(void)state;
	c.count = 1;
	c.remove = true;
	c.ou = "OU=B\xc3\xbcro,DC=x";
	assert_written(&c, "dn:: Q049cGhvbmUwMDA0MSxPVT1Cw7xybyxEQz14\nchangetype: delete\n\n");

	c.remove = false;
	c.ou = NULL;
	c.home = " CN=x";
	assert_has(&c, "msRTCSIP-PrimaryHomeServer:: IENOPXg=\n");
	c.home = "CN=x ";
	assert_has(&c, "msRTCSIP-PrimaryHomeServer:: Q049eCA=\n");
	c.home = ":x";
	assert_has(&c, "msRTCSIP-PrimaryHomeServer:: Ong=\n");
}

/* ---- CSV ---- */

static void
csv_rows_have_the_columns_of_their_head(void **state)
{
	struct users_cfg c = two(USERS_CSV);

	(void)state;
	assert_written(&c,
	    "DN,objectClass,sAMAccountName,userPrincipalName,displayName,description,"
	    "userAccountControl,proxyAddresses,msRTCSIP-PrimaryUserAddress,"
	    "msRTCSIP-UserEnabled,msRTCSIP-OptionFlags\n"
	    "\"CN=phone00041,CN=Users,DC=corp,DC=contoso,DC=com\",user,phone00041,"
	    "phone00041@corp.contoso.com,phone00041,cx700farm test account,514,"
	    "sip:phone00041@contoso.com,sip:phone00041@contoso.com,TRUE,256\n"
	    "\"CN=phone00042,CN=Users,DC=corp,DC=contoso,DC=com\",user,phone00042,"
	    "phone00042@corp.contoso.com,phone00042,cx700farm test account,514,"
	    "sip:phone00042@contoso.com,sip:phone00042@contoso.com,TRUE,256\n");
	c.plain = true;
	c.ou = "OU=\"A\",DC=x";
	assert_written(&c,
	    "DN,objectClass,sAMAccountName,userPrincipalName,displayName,description,"
	    "userAccountControl\n"
	    "\"CN=phone00041,OU=\"\"A\"\",DC=x\",user,phone00041,phone00041@corp.contoso.com,"
	    "phone00041,cx700farm test account,514\n"
	    "\"CN=phone00042,OU=\"\"A\"\",DC=x\",user,phone00042,phone00042@corp.contoso.com,"
	    "phone00042,cx700farm test account,514\n");
}

static void
csv_that_removes_is_a_list_of_names(void **state)
{
	struct users_cfg c = two(USERS_CSV);

	(void)state;
	c.remove = true;
	c.home = home;
	assert_written(&c,
	    "DN\n"
	    "\"CN=phone00041,CN=Users,DC=corp,DC=contoso,DC=com\"\n"
	    "\"CN=phone00042,CN=Users,DC=corp,DC=contoso,DC=com\"\n");
}

/* ---- PowerShell ---- */

static void
a_script_without_the_password_asks_for_it(void **state)
{
	struct users_cfg c = two(USERS_POWERSHELL);

	(void)state;
	assert_has(&c, "# Creates 2 accounts");
	assert_has(&c, "$password = Read-Host -AsSecureString");
	assert_has(&c, "$path = 'CN=Users,DC=corp,DC=contoso,DC=com'\n");
	assert_has(&c, "-UserPrincipalName ($name + '@corp.contoso.com')");
	assert_has(&c, "-Enabled $true -OtherAttributes $more\n}\n");
	assert_has(&c, "\nAdd-PhoneUser 'phone00041'\nAdd-PhoneUser 'phone00042'\n");
	assert_int_equal(times(&c, "\nAdd-PhoneUser"), 2);
}

static void
in_a_script_a_quote_ends_no_text(void **state)
{
	struct users_cfg c = two(USERS_POWERSHELL);

	(void)state;
	c.password = "it's $5 `n";
	c.ou = "OU=O'Hara,DC=x";
	c.home = "CN=d'Or";
	assert_has(
	    &c, "$password = ConvertTo-SecureString -AsPlainText -Force 'it''s $5 `n'\n");
	assert_has(&c, "$path = 'OU=O''Hara,DC=x'\n");
	assert_has(&c, "'msRTCSIP-PrimaryHomeServer' = 'CN=d''Or'\n");
	assert_lacks(&c, "Read-Host");
}

static void
a_script_with_other_letters_says_that_it_is_utf8(void **state)
{
	struct users_cfg c = two(USERS_POWERSHELL);

	(void)state;
	assert_lacks(&c, "\xef\xbb\xbf");
	c.password = "gr\xc3\xbcn";
	assert_has(&c, "\xef\xbb\xbf# Creates");
	c.password = NULL;
	c.ou = "OU=B\xc3\xbcro,DC=x";
	assert_has(&c, "\xef\xbb\xbf# Creates");
}

static void
a_script_that_removes_looks_whose_account_it_is(void **state)
{
	struct users_cfg c = two(USERS_POWERSHELL);

	(void)state;
	c.remove = true;
	assert_has(&c, "# Removes the 2 accounts");
	assert_has(&c, "if ($user.Description -ne 'cx700farm test account') {");
	assert_has(&c, "\nRemove-PhoneUser 'phone00041'\nRemove-PhoneUser 'phone00042'\n");
	assert_lacks(&c, "New-ADUser");
	assert_lacks(&c, "Read-Host");
}

/* ---- what cannot be ---- */

static void
assert_refused(const struct users_cfg *c, const char *words)
{
	struct buf complaint = { 0 };

	assert_int_equal(users_check(c, &complaint), -EINVAL);
	if (strstr(buf_cstr(&complaint), words) == NULL)
		fail_msg("no `%s' in: %s", words, buf_cstr(&complaint));
	assert_null(strchr(buf_cstr(&complaint), '\n'));
	buf_done(&complaint);
}

static void
what_active_directory_would_not_take_is_refused_before(void **state)
{
	static const char *const names[] = { "a b%d", "a,%d", "a'%d", "a\n%d", "a@%d",
		"\xc3\xbc%d" };
	static const char *const domains[] = { "", ".com", "a..b", "a.", "a,b", "a b", "a'b" };
	struct users_cfg c = two(USERS_LDIF);

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		c.pattern = names[i];
		assert_refused(&c, "only letters, digits");
	}
	c = two(USERS_LDIF);
	for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
		c.domain = domains[i];
		assert_refused(&c, "not a domain");
	}
	c = two(USERS_LDIF);
	c.sip_domain = "x\ny";
	assert_refused(&c, "not a domain");
	c = two(USERS_LDIF);
	c.ou = "OU=x\nchangetype: delete";
	assert_refused(&c, "--ou");
	c.ou = "";
	assert_refused(&c, "--ou");
	c = two(USERS_LDIF);
	c.home = "CN=x\r";
	assert_refused(&c, "--home");
}

static void
a_name_has_twenty_characters_and_the_last_number_counts(void **state)
{
	struct users_cfg c = two(USERS_LDIF);

	(void)state;
	c.pattern = "a-phone-at-a-desk-%d"; /* 18 and the number */
	c.first = 98;
	assert_has(&c, "sAMAccountName: a-phone-at-a-desk-99\n");
	c.first = 99;
	assert_refused(&c, "at most 20 characters");

	c = two(USERS_LDIF);
	c.first = UINT32_MAX;
	assert_refused(&c, "cannot be numbered");
	c.count = 1;
	assert_has(&c, "phone4294967295");
	c.count = 0;
	assert_refused(&c, "cannot be numbered");
}

static void
a_long_domain_still_fits(void **state)
{
	struct users_cfg c = two(USERS_LDIF);
	char domain[128];

	(void)state;
	memset(domain, '.', sizeof domain);
	for (size_t i = 0; i < sizeof domain; i += 2)
		domain[i] = 'a';
	domain[sizeof domain - 1] = '\0';
	c.domain = domain;
	assert_int_equal(times(&c, ",DC=a"), 2 * 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ldif_record_is_an_account_that_may_sign_in),
		cmocka_unit_test(what_only_ocs_knows_may_be_left_out),
		cmocka_unit_test(a_password_is_quoted_in_utf16_and_the_account_is_enabled),
		cmocka_unit_test(what_is_not_plain_in_ldif_is_in_base64),
		cmocka_unit_test(csv_rows_have_the_columns_of_their_head),
		cmocka_unit_test(csv_that_removes_is_a_list_of_names),
		cmocka_unit_test(a_script_without_the_password_asks_for_it),
		cmocka_unit_test(in_a_script_a_quote_ends_no_text),
		cmocka_unit_test(a_script_with_other_letters_says_that_it_is_utf8),
		cmocka_unit_test(a_script_that_removes_looks_whose_account_it_is),
		cmocka_unit_test(what_active_directory_would_not_take_is_refused_before),
		cmocka_unit_test(a_name_has_twenty_characters_and_the_last_number_counts),
		cmocka_unit_test(a_long_domain_still_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
