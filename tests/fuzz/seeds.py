#!/usr/bin/env python3
"""seeds.py OUT: where each fuzzer begins, and the words it tries.

Seeds are what other programs really sent (tests/golden), what we ship (scenarios, profiles and
their templates) and what a fuzzer once found (tests/fuzz/seeds/NAME).  A dictionary is made of
the texts in the sources of the code under test, so it cannot fall behind.  Written to
OUT/seeds/NAME/ and OUT/NAME.dict.
"""
import base64
import glob
import os
import re
import sys

# Fuzzer -> files it begins with; .hex files are turned into the bytes they stand for.
SEEDS = {
    'dhcp_msg': ['tests/golden/dhcp_*.hex'],
    'serve_dhcp': ['tests/golden/dhcp_*.hex'],
    'frame': ['tests/golden/frame_*.hex'],
    'dns_msg': ['tests/golden/dns_*.hex'],
    'serve_dns': ['tests/golden/dns_query_*.hex'],
    'ntp_msg': ['tests/golden/ntp_*.hex'],
    'cert_chain': ['tests/golden/p7b/*'],
    'sip_msg': ['tests/golden/sip_signed.txt'],
    'sip_signed': ['tests/golden/sip_signed.txt'],
    'sip_stream': ['tests/golden/sip_signed.txt'],
    'serve_sip': ['tests/golden/sip_signed.txt'],
    'tree': ['scenarios/*.yaml', 'tests/scenarios/*.yaml', 'emulator/profiles/*.yaml'],
    'scenario': ['scenarios/*.yaml', 'tests/scenarios/*.yaml', 'tests/golden/yaml/*.yaml'],
    'profile': ['emulator/profiles/*.yaml'],
    'template': ['emulator/profiles/templates/*.xml'],
    'update_xml': ['emulator/profiles/templates/ucdevice-request.xml'],
    'autodiscover_xml': ['emulator/profiles/templates/autodiscover-request.xml'],
    'provision_xml': ['emulator/profiles/templates/provision-request.xml'],
    'serve_web': ['emulator/profiles/templates/*.xml'],
}

# Fuzzer -> the sources whose texts are its words.
WORDS = {
    'http_auth': ['emulator/proto/http_auth.c', 'harness/serve/serve_negotiate.c'],
    'sip_msg': ['emulator/proto/sip_*.c', 'emulator/line/*.c'],
    'sip_signed': ['emulator/proto/sip_*.c'],
    'sip_stream': ['emulator/proto/sip_*.c'],
    'serve_sip': ['emulator/proto/sip_*.c', 'harness/serve/serve_sip*.c'],
    'serve_ldap': ['harness/serve/serve_ldap*.c'],
    'tree': ['emulator/config/tree*.c'],
    'scenario': ['emulator/config/*.c'],
    'pool_file': ['emulator/config/pool_*.c', 'emulator/config/field*.c'],
    'profile': ['emulator/config/profile_load.c', 'emulator/config/field*.c'],
    'run_folder': ['emulator/report/run_dir*.c', 'emulator/report/junit*.c', 'emulator/report/diff*.c',
                   'emulator/report/explain*.c', 'emulator/report/course_*.c'],
    'url': ['emulator/proto/url.c'],
    'quantity': ['emulator/config/quantity.c', 'emulator/config/spread.c'],
    'expectation': ['emulator/config/expectation*.c'],
    'update_xml': ['emulator/proto/update_xml.c'],
    'autodiscover_xml': ['emulator/proto/autodiscover_xml.c'],
    'provision_xml': ['emulator/proto/provision_xml.c'],
    'phone': ['emulator/line/*.c', 'emulator/steps/*.c', 'emulator/proto/*.c', 'harness/serve/*.c'],
    'serve_web': ['harness/serve/serve_update.c', 'harness/serve/serve_exchange.c',
                  'harness/serve/serve_ca_web.c', 'emulator/proto/*_xml.c'],
}


def pieces(path):
    """The seeds in one file: (name, bytes)."""
    name = os.path.basename(path)
    data = open(path, 'rb').read()
    if name.endswith('.hex'):
        text = b''.join(line for line in data.splitlines() if not line.startswith(b'#'))
        yield name[:-4], bytes.fromhex(text.decode())
    elif name.endswith('.b64'):
        # One input a line, see fuzz.sh --learn.
        for i, line in enumerate(data.splitlines()):
            yield f'{name[:-4]}_{i}', base64.b64decode(line)
    elif name == 'sip_signed.txt':
        # Recorded messages: a line with what is signed, the message, a line with %.
        for i, part in enumerate(data.decode('latin-1').split('\n%\n')):
            message = part.partition('\n')[2].replace('\r\n', '\n').replace('\n', '\r\n')
            if message:
                yield f'sip_{i}', (message + '\r\n').encode('latin-1')
    else:
        yield name, data


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data)


def words(patterns):
    """The short texts in these sources; messages for people are no words."""
    found = set()
    for path in [p for pattern in patterns for p in glob.glob(pattern)]:
        code = re.sub(r'/\*.*?\*/|^\s*#.*?$', '', open(path).read(), flags=re.S | re.M)
        found.update(re.findall(r"'(?:\\.|[^'\\])*'|\"((?:\\.|[^\"\\\n])*)\"", code))
    return sorted(w for w in found if re.fullmatch(r'[!-~]{2,48}( [!-~]{1,24})?', w) and not set(w) & set('%\\'))


def main():
    out = sys.argv[1]
    for fuzzer in sorted(set(SEEDS) | set(os.listdir('tests/fuzz/seeds')
                                          if os.path.isdir('tests/fuzz/seeds') else [])):
        for pattern in SEEDS.get(fuzzer, []) + [f'tests/fuzz/seeds/{fuzzer}/*']:
            for path in sorted(glob.glob(pattern)):
                for name, data in pieces(path):
                    write(f'{out}/seeds/{fuzzer}/{name}', data)
    # A phone whose first events all come as they are, with every way of living and every pool.
    for how in range(8):
        write(f'{out}/seeds/phone/quiet_{how}', bytes([how, 0, 0]) + bytes(400))
    for bit in range(16):
        write(f'{out}/seeds/phone/odd_{bit}', bytes([7, (1 << bit) & 255, 1 << bit >> 8]) + bytes(400))
    for server in range(9):
        write(f'{out}/seeds/phone/faulty_{server}', bytes([15, 0, 0, 1, server, 0, 0, 1, 99, 3, 25]) + bytes(400))
    # People come and go: each deed (out, in, update, off, on) after some seconds, and then another.
    for first in range(5):
        for then in range(5):
            write(f'{out}/seeds/phone/people_{first}{then}', bytes([135, 0, 0, 2, 128 + first, 30, 128 + then, 2]))
    for fuzzer, patterns in WORDS.items():
        text = ''.join(f'"{w}"\n' for w in words(patterns))
        write(f'{out}/{fuzzer}.dict', text.encode())


main()
