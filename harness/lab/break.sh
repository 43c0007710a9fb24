#!/bin/sh
# break.sh - make one thing of the lab as bad as administrators have it: break.sh VARIANT, and
# break.sh mend makes all of it good again.  What `cx700farm check` says of each is its test.
#
# sha2         the pool's certificate is signed with SHA-256
# expired      it has expired
# no_srv       no _sipinternaltls nor _sip SRV, nor any host of the pool's usual names
# no_rc4       the domain controller refuses RC4
# no_spn       no account has sip/fe01
# no_ca        the directory has no CA at all
# ntp          nobody serves the time
# dhcp         the scope has neither option 15 nor 119
# blank        the update service names no URLs
# wrong_keytab the front end has another account's key
set -eu
here=$(cd "$(dirname "$0")" && pwd)
set -a
. "$here/lab.env"
set +a
sam=$LAB_RUN/samba/private/sam.ldb
base=DC=contoso,DC=com

lab() { sh "$here/lab.sh" "$@"; }

# The directory as it was is kept once, beside it.
keep() {
	lab stop samba
	[ -e "$LAB_RUN/samba.kept" ] || cp -a "$LAB_RUN/samba" "$LAB_RUN/samba.kept"
}

# edit: LDIF from standard input, into a directory that stands still.
edit() {
	keep
	ldbmodify -H "$sam" >/dev/null
	lab start samba
}

forget() {
	zone="DC=contoso.com,CN=MicrosoftDNS,DC=DomainDnsZones,$base"
	for name; do
		printf 'dn: DC=%s,%s\nchangetype: delete\n\n' "$name" "$zone"
	done
}

certificate() {
	lab stop sip
	LAB_SIP_CERTIFICATE=$1 lab start sip
}

mend() {
	rm -f "$LAB_RUN/apache-pool/blank" "$LAB_RUN/kea.broken"
	cp "$LAB_RUN/keys/sip.keytab.kept" "$LAB_RUN/keys/sip.keytab" 2>/dev/null || :
	if [ -e "$LAB_RUN/samba.kept" ]; then
		lab stop samba
		rm -rf "$LAB_RUN/samba"
		mv "$LAB_RUN/samba.kept" "$LAB_RUN/samba"
	fi
	lab stop sip
	lab stop kea
	lab up
}

case ${1:-} in
sha2) certificate pool-sha2 ;;
expired) certificate pool-expired ;;
no_srv) forget _sipinternaltls._tcp _sip._tls sip sipinternal sipexternal | edit ;;
no_rc4)
	keep
	sed -i 's/^\(\tkdc supported enctypes = \)rc4-hmac, /\1/' "$LAB_RUN/samba/smb.conf"
	lab start samba
	;;
no_spn)
	edit <<-END
		dn: CN=svc-rtc,CN=Users,$base
		changetype: modify
		delete: servicePrincipalName
		servicePrincipalName: sip/fe01.contoso.com
	END
	;;
no_ca)
	pki="CN=Public Key Services,CN=Services,CN=Configuration,$base"
	edit <<-END
		dn: CN=contoso-CA01-CA,CN=Enrollment Services,$pki
		changetype: delete
	END
	;;
ntp) lab stop chrony ;;
dhcp)
	: >"$LAB_RUN/kea.broken"
	lab restart kea
	;;
blank) : >"$LAB_RUN/apache-pool/blank" ;;
wrong_keytab)
	cp "$LAB_RUN/keys/sip.keytab" "$LAB_RUN/keys/sip.keytab.kept"
	cp "$LAB_RUN/keys/mail.keytab" "$LAB_RUN/keys/sip.keytab"
	lab restart sip
	;;
mend) mend ;;
*)
	sed -n '2,15s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
