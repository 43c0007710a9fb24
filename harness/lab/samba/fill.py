#!/usr/bin/python3
"""fill.py - what an administrator of contoso.com has entered: accounts, service principals, the
CA's objects, names.  Straight into the database of a provisioned domain controller, before it
starts.  Usage: fill.py SMB.CONF (the rest comes from lab.env's variables)."""

import os
import secrets
import sys
import time

from ldb import FLAG_MOD_ADD, Message, MessageElement
from samba import dckeytab  # noqa: F401  (gives Net its export_keytab)
from samba.auth import system_session
from samba.credentials import Credentials
from samba.ndr import ndr_pack
from samba.net import Net
from samba.param import LoadParm
from samba.provision.sambadns import ARecord, SRVRecord
from samba.samdb import SamDB

E = os.environ
DOMAIN, RUN = E["LAB_DOMAIN"], E["LAB_RUN"]
USER_ENABLED, MACHINE_ENABLED = "66048", "69632"  # password never expires
BYPASS_PASSWORD_HASH = "local_oid:1.3.6.1.4.1.7165.4.3.12:0"

# Account, is it a machine's, its principals, whose keytab gets its key.  The short name of the
# CA's host is the machine's and not the web server's: a ticket for it is good and useless.
SERVICES = [
    ("svc-ca", False, ["HTTP/ca01." + DOMAIN], "ca.keytab"),
    ("CA01$", True, ["HOST/ca01", "HTTP/ca01"], None),
    ("svc-mail", False, ["HTTP/mail01." + DOMAIN, "HTTP/autodiscover." + DOMAIN], "mail.keytab"),
    ("svc-rtc", False, ["sip/fe01." + DOMAIN, "sip/pool01." + DOMAIN], "sip.keytab"),
    ("svc-web", False, ["HTTP/pool01." + DOMAIN, "HTTP/pool." + DOMAIN,
                        "HTTP/ucupdates-r2." + DOMAIN], "update.keytab"),
]


def names():
    """The zone as an administrator of OCS 2007 R2 enters it; provisioning made the DC's."""
    pool, mail = E["LAB_POOL"], E["LAB_MAIL"]
    hosts = {"ca01": E["LAB_CA"], "mail01": mail, "autodiscover": mail, "pool01": pool,
             "fe01": pool, "ucupdates-r2": pool, "pool": pool, "sip": pool,
             "sipinternal": pool, "sipexternal": pool, "sip.foreign": E["LAB_SIP"]}
    services = {"_ntp._udp": ("dc01", 123), "_sipinternaltls._tcp": ("pool01", 5061),
                "_sip._tls": ("pool01", 5061),
                "_sipinternaltls._tcp.foreign": ("sip.foreign", 5061)}
    for name, address in hosts.items():
        yield name, ARecord(address)
    for name, (host, port) in services.items():
        yield name, SRVRecord("%s.%s" % (host, DOMAIN), port)


def add_names(sam):
    zone = "DC=%s,CN=MicrosoftDNS,DC=DomainDnsZones,%s" % (DOMAIN, sam.domain_dn())
    for name, record in names():
        sam.add({"dn": "DC=%s,%s" % (name, zone), "objectClass": ["top", "dnsNode"],
                 "dnsRecord": [ndr_pack(record)]})


def account(sam, name, machine=False):
    return {"dn": "CN=%s,CN=%s,%s" % (name.rstrip("$"), "Computers" if machine else "Users",
                                      sam.domain_dn()),
            "objectClass": "computer" if machine else "user",
            "sAMAccountName": name,
            "userAccountControl": MACHINE_ENABLED if machine else USER_ENABLED}


def add_services(sam):
    for name, machine, spns, _ in SERVICES:
        entry = account(sam, name, machine)
        entry["servicePrincipalName"] = spns
        entry["clearTextPassword"] = ("Svc-" + secrets.token_urlsafe(24)).encode("utf-16-le")
        sam.add(entry)


def add_directory(sam):
    """What a domain controller's own updater would enter some minutes after its start."""
    dc = sam.search(sam.domain_dn(), expression="(sAMAccountName=DC01$)", attrs=[])[0]
    change = Message(dc.dn)
    spns = ["ldap/dc01." + DOMAIN, "ldap/dc01.%s/%s" % (DOMAIN, DOMAIN), "ldap/DC01"]
    change["spn"] = MessageElement(spns, FLAG_MOD_ADD, "servicePrincipalName")
    sam.modify(change)


def read(name):
    with open(os.path.join(RUN, name), "rb") as f:
        return f.read()


def add_ca(sam):
    """What certutil -dspublish and an enterprise CA leave in the configuration.  The guide's
    phones find the root's certificate in none of the objects (a null byte stands where there
    is no value, as certutil does with lists it has not) and ask the CA's web server;
    LAB_PUBLISH=1 is how a later administrator mends that."""
    pki = "CN=Public Key Services,CN=Services,%s" % sam.get_config_basedn()
    root = read("pki/root.der")
    shown = root if E.get("LAB_PUBLISH") == "1" else b"\0"
    name = "CN=contoso-CA01-CA"
    for place in ("", "CN=AIA,", "CN=Certification Authorities,", "CN=Enrollment Services,"):
        dn = place + pki
        if not sam.search(dn.split(",", 1)[1], scope=1, expression="(distinguishedName=%s)" % dn):
            sam.add({"dn": dn, "objectClass": "container"})
    for dn in ("%s,CN=AIA,%s" % (name, pki), "%s,CN=Certification Authorities,%s" % (name, pki),
               "CN=NTAuthCertificates,%s" % pki):
        sam.add({"dn": dn, "objectClass": "certificationAuthority", "cACertificate": shown,
                 "certificateRevocationList": b"\0", "authorityRevocationList": b"\0"})
    sam.add({"dn": "%s,CN=Enrollment Services,%s" % (name, pki),
             "objectClass": "pKIEnrollmentService", "dNSHostName": "ca01." + DOMAIN,
             "displayName": "contoso-CA01-CA", "cACertificate": root})


def add_users(sam):
    """All with one password.  Only its NT hash is stored, which is the RC4 key: nothing else is
    ever asked for, and thousands of accounts take seconds and not minutes."""
    password = "Cx7-" + secrets.token_urlsafe(12)
    credentials = Credentials()
    credentials.set_password(password)
    for i in range(int(E["LAB_USERS"])):
        entry = account(sam, "phone%05d" % i)
        entry["userPrincipalName"] = "phone%05d@%s" % (i, DOMAIN)
        entry["unicodePwd"] = credentials.get_nt_hash()
        entry["pwdLastSet"] = str((int(time.time()) + 11644473600) * 10000000)
        sam.add(entry, controls=[BYPASS_PASSWORD_HASH])
    path = os.path.join(RUN, "users.secret")
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as f:
        f.write(password + "\n")


def export_keys(lp):
    """Each server gets the keys of its own account, and of no other."""
    os.makedirs(os.path.join(RUN, "keys"), 0o755, exist_ok=True)
    for _, _, spns, keytab in SERVICES:
        path = os.path.join(RUN, "keys", keytab) if keytab else None
        if path and os.path.exists(path):
            os.unlink(path)
        for spn in spns if path else ():
            Net(None, lp).export_keytab(keytab=path, principal=spn)


def main():
    lp = LoadParm()
    lp.load(sys.argv[1])
    sam = SamDB(session_info=system_session(), lp=lp)
    sam.transaction_start()
    try:
        add_names(sam)
        add_ca(sam)
        add_services(sam)
        add_directory(sam)
        add_users(sam)
    except BaseException:
        sam.transaction_cancel()
        raise
    sam.transaction_commit()
    export_keys(lp)


main()
