#!/bin/sh
# make.sh - the lab's private CA: a SHA-1 root, as certsrv.exe of 2007 made it, and a
# certificate a server, all that a CX700 can verify.  Usage: make.sh; into $LAB_RUN/pki.
set -eu
here=$(dirname "$0")
. "$here/../lab.env"
to=$LAB_RUN/pki

root() {
	openssl req -x509 -newkey rsa:2048 -nodes -sha1 -days 3650 \
		-subj "/DC=com/DC=contoso/CN=contoso-CA01-CA" -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature \
		-addext basicConstraints=critical,CA:TRUE -keyout "$to/root.key" -out "$to/root.pem"
	openssl x509 -in "$to/root.pem" -outform DER -out "$to/root.der"
	# What certnew.p7b is: the chain in a SignedData that signs nothing; Enc=b64 puts it
	# into a certificate's armour, with the line ends of its system.
	openssl crl2pkcs7 -nocrl -certfile "$to/root.pem" -outform PEM |
		sed 's/ PKCS7-/ CERTIFICATE-/; s/$/\r/' >"$to/certnew.p7b"
}

# leaf NAME DIGEST DAYS HOST...: into NAME.pem (with its key in NAME.key).
leaf() {
	name=$1 digest=$2 days=$3
	shift 3
	names=$(printf 'DNS:%s,' "$@")
	printf 'subjectAltName=%s\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n' \
		"${names%,}" >"$to/$name.ext"
	openssl req -new -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$to/$name.key" -out "$to/$name.csr"
	# -days counts from now on; a negative number makes one that has expired.
	openssl x509 -req -in "$to/$name.csr" -CA "$to/root.pem" -CAkey "$to/root.key" -CAcreateserial \
		"-$digest" -days "$days" -extfile "$to/$name.ext" -out "$to/$name.pem"
	rm -f "$to/$name.csr" "$to/$name.ext"
}

umask 077
mkdir -p "$to"
[ -e "$to/done" ] && exit 0
exec 3>&2 >"$to/make.log" 2>&1
trap '[ -e "$to/done" ] || cat "$to/make.log" >&3' EXIT
root
d=$LAB_DOMAIN
leaf pool sha1 1000 "pool01.$d" "fe01.$d" "sip.$d" "sipinternal.$d" "sipexternal.$d"
leaf mail sha1 1000 "mail01.$d" "autodiscover.$d" "$d"
leaf foreign sha1 1000 "sip.$LAB_FOREIGN"
# The ones that an administrator hopes not to have.
leaf pool-sha2 sha256 1000 "pool01.$d" "fe01.$d"
leaf pool-expired sha1 -1 "pool01.$d" "fe01.$d"
: >"$to/done"
