/*
 * users_shell.c - see users.h: a script for PowerShell with the ActiveDirectory module.  The
 * one that removes looks first whether the account is ours.
 */
#include "users_priv.h"

/* Between single quotes nothing has a meaning but the quote itself. */
static void
shell_text(struct buf *to, const char *value)
{
	buf_u8(to, '\'');
	for (; *value != '\0'; value++) {
		if (*value == '\'')
			buf_u8(to, '\'');
		buf_u8(to, (uint8_t)*value);
	}
	buf_u8(to, '\'');
}

static void
shell_ocs(const struct users_cfg *c, struct buf *to)
{
	buf_printf(to,
	    "    $sip = 'sip:' + $name + '@%s'\n"
	    "    $more = @{\n"
	    "        'proxyAddresses' = $sip\n"
	    "        'msRTCSIP-PrimaryUserAddress' = $sip\n"
	    "        'msRTCSIP-UserEnabled' = $true\n"
	    "        'msRTCSIP-OptionFlags' = %d\n",
	    c->sip_domain, USERS_ENHANCED_PRESENCE);
	if (c->home != NULL) {
		buf_text(to, "        'msRTCSIP-PrimaryHomeServer' = ");
		shell_text(to, c->home);
		buf_u8(to, '\n');
	}
	buf_text(to, "    }\n");
}

static void
shell_adder(const struct users_cfg *c, struct buf *to)
{
	struct buf base = { 0 };

	if (c->password != NULL) {
		buf_text(to, "$password = ConvertTo-SecureString -AsPlainText -Force ");
		shell_text(to, c->password);
		buf_u8(to, '\n');
	} else {
		buf_text(
		    to, "$password = Read-Host -AsSecureString 'Password of these accounts'\n");
	}
	buf_text(to, "$path = ");
	users_base(c, &base);
	if (base.err != 0)
		to->err = base.err;
	shell_text(to, buf_cstr(&base));
	buf_done(&base);
	buf_text(to, "\n\nfunction Add-PhoneUser($name) {\n");
	if (!c->plain)
		shell_ocs(c, to);
	buf_printf(to,
	    "    New-ADUser -Name $name -SamAccountName $name -DisplayName $name `\n"
	    "        -UserPrincipalName ($name + '@%s') -Path $path `\n"
	    "        -Description '" USERS_DESCRIPTION "' -AccountPassword $password `\n"
	    "        -PasswordNeverExpires $true -Enabled $true%s\n"
	    "}\n\n",
	    c->domain, c->plain ? "" : " -OtherAttributes $more");
}

/* An account of that name which is not ours stays. */
static void
shell_remover(struct buf *to)
{
	buf_text(to,
	    "\nfunction Remove-PhoneUser($name) {\n"
	    "    $user = Get-ADUser -Filter \"SamAccountName -eq '$name'\" "
	    "-Properties Description\n"
	    "    if (-not $user) { return }\n"
	    "    if ($user.Description -ne '" USERS_DESCRIPTION "') {\n"
	    "        Write-Warning \"$name is another's account and stays\"\n"
	    "        return\n"
	    "    }\n"
	    "    Remove-ADUser -Identity $user -Confirm:$false\n"
	    "}\n\n");
}

/* Windows PowerShell takes a file for the country's own letters unless it begins so. */
static void
shell_mark(const struct users_cfg *c, struct buf *to)
{
	const char *const texts[] = { c->password, c->ou, c->home };
	bool plain = true;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (const char *p = texts[i]; p != NULL && *p != '\0'; p++)
			plain &= (unsigned char)*p < 0x80;
	if (!plain)
		buf_text(to, "\xef\xbb\xbf");
}

void
users_shell_head(const struct users_cfg *c, struct buf *to)
{
	shell_mark(c, to);
	buf_printf(to,
	    "# %s %u accounts of cx700farm's phones.  Needs the ActiveDirectory module.\n"
	    "$ErrorActionPreference = 'Stop'\n"
	    "Import-Module ActiveDirectory\n",
	    c->remove ? "Removes the" : "Creates", c->count);
	if (c->remove)
		shell_remover(to);
	else
		shell_adder(c, to);
}

void
users_shell(const struct users_cfg *c, const struct account *a, struct buf *to)
{
	buf_printf(to, "%s-PhoneUser '%s'\n", c->remove ? "Remove" : "Add", a->name);
}
