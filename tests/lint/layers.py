#!/usr/bin/env python3
"""layers.py: do the arrows point down?  Checks the tree against the house's rules:

  * a file includes only headers of its own folder and of the folders in its row (the Makefile's USES_ rows);
  * a library's header is included only where that library lives;
  * clock, chance, sleep and printing are used only in their folders;
  * steps do not include each other; no step includes a library;
  * limits: files, functions, mutable file-scope variables, #if.

Prints one line a finding and exits 1 if there is any.
"""
import os
import re
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))
TOPS = ('emulator', 'harness', 'hw')

# Library header -> folders that may include it.
LIBRARIES = [
    (r'curl/', ['emulator/io']),
    (r'mbedtls/(asn1|oid)\.h', ['emulator/io', 'emulator/proto']),
    (r'mbedtls/', ['emulator/io']),
    (r'uv\.h', ['emulator/io', 'harness/pool']),
    (r'gnutls/', ['harness/pool']),
    (r'microhttpd\.h', ['harness/pool', 'emulator/report']),
    (r'(krb5|gssapi|profile\.h)', ['emulator/auth', 'harness/auth']),
    (r'yaml\.h', ['emulator/config']),
    (r'(ares|lber|expat)\.h', ['emulator/proto']),
    (r'(ares_dns|ldap)\.h', ['emulator/proto']),
    (r'libserialport\.h', ['hw']),
    (r'(pcap|pcre2)', ['hw']),
    (r'jansson\.h', ['emulator/report', 'emulator/cli']),
    (r'zlib\.h', ['emulator/io', 'harness/pool']),
]

# Call -> folders or files that may use it.
BANNED = [
    (r'\b(time|gettimeofday|clock_gettime|uv_now|uv_hrtime)\s*\(', 'the clock',
     ['emulator/io', 'harness/pool']),
    (r'\b(rand|random|srand|srandom|getrandom|drand48)\s*\(', 'chance',
     ['emulator/base/rng.c', 'emulator/io', 'harness/pool']),
    (r'\b(sleep|usleep|nanosleep|uv_sleep|poll|select)\s*\(', 'waiting', []),
    (r'\b(printf|puts|putchar|perror|vprintf)\s*\(', 'printing',
     ['emulator/cli', 'emulator/report', 'harness/pool/main.c', 'harness/pool/options.c']),
    (r'\b(malloc|calloc|realloc|free|strdup)\s*\(', 'the heap (base/mem.h)',
     ['emulator/base/mem.c']),
    (r'\b(gets|strcpy|strcat|sprintf|strtok|atoi|atol)\s*\(', 'an unbounded or unchecked call', []),
]

FILE_MAX, FUNCTION_MAX = 400, 80


def bare(text):
    """The code without comments and the insides of strings, line numbers kept."""
    def blank(m):
        keep = '\n' * m.group(0).count('\n')
        return '""' + keep if m.group(0)[0] == '"' else keep
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def rows():
    """USES_ rows of the Makefile: folder -> folders."""
    text = open(os.path.join(ROOT, 'Makefile')).read().replace('$E', 'emulator')
    raw = dict(re.findall(r'^USES_(\S+)\s*:=\s*(.*)$', text, re.M))

    def expand(value):
        out = []
        for word in re.findall(r'\$\(USES_[^)]*\)|\S+', value):
            m = re.match(r'\$\(USES_(.*)\)$', word)
            out += expand(raw[m.group(1)]) if m else [word]
        return out
    return {folder: expand(value) for folder, value in raw.items()}


def sources():
    for top in TOPS:
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            for name in sorted(names):
                if name.endswith(('.c', '.h')):
                    yield os.path.relpath(os.path.join(folder, name), ROOT)


def functions(code):
    """(name, first line, length) of every function body that starts in column 0."""
    lines = code.split('\n')
    i = 0
    while i < len(lines):
        if lines[i] == '{' and i > 0:
            start = i
            while start > 0 and not re.match(r'^[a-z_]\w*\s*\(', lines[start]):
                start -= 1
            end = i
            while end < len(lines) and lines[end] != '}':
                end += 1
            name = re.match(r'^(\w*)', lines[start]).group(1)
            yield name, start + 1, end - start + 1
            i = end
        i += 1


def main():
    found = []
    uses = rows()
    home = {}
    for path in sources():
        if path.endswith('.h'):
            home.setdefault(os.path.basename(path), os.path.dirname(path))
    for path in sources():
        folder, name = os.path.dirname(path), os.path.basename(path)
        text = open(os.path.join(ROOT, path)).read()
        code = bare(text)
        lines = text.count('\n')
        allowed = [folder] + uses.get(folder, [])

        def say(line, what):
            found.append(f'{path}:{line}: {what}')

        for m in re.finditer(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text, re.M):
            at = text.count('\n', 0, m.start()) + 1
            header = m.group(2)
            if m.group(1) == '"' and header in home and home[header] not in allowed:
                say(at, f'{folder} may not include {header} of {home[header]}')
            if m.group(1) == '"' and header not in home:
                say(at, f'{header} is no header of this tree')
            if m.group(1) == '<':
                rule = next((r for r in LIBRARIES if re.match(r[0], header)), None)
                if rule and folder not in rule[1]:
                    say(at, f'<{header}> belongs to {", ".join(rule[1])}')
            if re.match(r'step_\w+\.h$', header) and header != 'step_talk.h' and name.startswith('step_'):
                say(at, 'steps do not include each other')
        for pattern, what, where in BANNED:
            if folder in where or path in where:
                continue
            for m in re.finditer(pattern, code):
                if code[max(0, m.start() - 2):m.start()].endswith(('->', '.')):
                    continue
                say(code.count('\n', 0, m.start()) + 1, f'{what} is not used here: {m.group(1)}()')
        if lines > FILE_MAX:
            say(lines, f'{lines} lines, more than {FILE_MAX}')
        for function, at, length in functions(code):
            if length > FUNCTION_MAX:
                say(at, f'{function} has {length} lines, more than {FUNCTION_MAX}')
        if path.endswith('.c') and folder != 'emulator/io':
            for m in re.finditer(r'^\s*#\s*if', code, re.M):
                say(code.count('\n', 0, m.start()) + 1, '#if')
    for line in found:
        print(line)
    print(f'layers: {len(found)} findings')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
