#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A realm's codes count by time (TOTP) or by use (HOTP, RFC 4226: otpPolicyType "hotp"). The address behind the QR code says which:
# otpauth://totp/… or otpauth://hotp/…&counter=0. What do password managers and libraries make of an address of the second kind?
#
# Expected: the code of the counter (RFC 4226's own example: 755224), or a refusal to store what the program cannot do.
# Seen: Bitwarden and KeePassXC take the address and show a code: the one of this half minute, as if it said totp. Neither says
# anything. pyotp and otpauth read the counter. With a timed address, of SHA-256, eight
# digits and sixty seconds even, all four agree.
# So a realm that changes its policy to HOTP shuts out who keeps codes in either: the setting up never ends, for the code that is
# asked for there is never right, and to the user all looks well. Who counts codes in a realm has to say which programs to use.
# For us: the provider writes the same addresses as Keycloak, so the same holds; docs/usage/provider-users.md warns of it.
#
# Bitwarden's SDK 0.2.0-main.1054 (what its apps compute codes with), KeePassXC 2.7.4 (Debian), pyotp 2.12.0, otpauth 9.5.2.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir debs
(cd debs && apt-get -qq download keepassxc=2.7.4+dfsg.1-2 libbotan-2-19 libdouble-conversion3 libmd4c0 libqt5concurrent5 libqt5core5a \
    libqt5dbus5 libqt5gui5 libqt5network5 libqt5svg5 libqt5widgets5 libqt5x11extras5 libtspi1 libzxcvbn0 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
python3 -m venv v
v/bin/pip -q install pyotp==2.12.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @bitwarden/sdk-internal@0.2.0-main.1054 otpauth@9.5.2

cat >ask.mjs <<'JS'
import sdk from '@bitwarden/sdk-internal'
import { URI } from 'otpauth'

const [address, now] = process.argv.slice(2)
const client = new sdk.PasswordManagerClient({ get_access_token: async () => undefined }, undefined, new sdk.ManagedSettingsClient())
console.log(client.vault().totp().generate_totp(address, Number(now) * 1000).code)
const read = URI.parse(address)
console.log(read.generate('counter' in read ? {} : { timestamp: Number(now) * 1000 }))
JS

cat >ask.py <<'PY'
import html
import os
import subprocess
import time

import pyotp

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", of RFC 4226 and RFC 6238
TIMED = f"otpauth://totp/r:ann?secret={SECRET}&digits=8&algorithm=SHA256&issuer=r&period=60"
COUNTED = f"otpauth://hotp/r:ann?secret={SECRET}&digits=6&algorithm=SHA1&issuer=r&counter=0"
keepass = {**os.environ, "LD_LIBRARY_PATH": "root/usr/lib/x86_64-linux-gnu", "QT_QPA_PLATFORM": "offscreen", "HOME": os.getcwd()}


def keepassxc(*arguments):
    call = ["root/usr/bin/keepassxc-cli", *arguments]
    return subprocess.run(call, input="word\nword\n", text=True, env=keepass, check=True, capture_output=True).stdout.strip()


def keep(addresses):
    entries = "".join(
        f"<Entry><UUID>{'A' * 21}{place}==</UUID><String><Key>Title</Key><Value>{place}</Value></String>"
        f"<String><Key>otp</Key><Value>{html.escape(address)}</Value></String></Entry>"
        for place, address in zip("Qg", addresses)
    )
    with open("all.xml", "w") as file:
        file.write(f"<KeePassFile><Root><Group><UUID>{'A' * 21}w==</UUID><Name>Root</Name>{entries}</Group></Root></KeePassFile>")
    keepassxc("import", "-p", "all.xml", "all.kdbx")


def ask(place, address):
    """What each shows, at a moment of which the half minute did not end."""
    read = pyotp.parse_uri(address)
    while True:
        now = int(time.time())
        codes = {"keepassxc": keepassxc("show", "-q", "-t", "all.kdbx", place)}
        if now // 30 == int(time.time()) // 30:
            break
    seen = subprocess.run(["node", "ask.mjs", address, str(now)], text=True, check=True, capture_output=True).stdout.split()
    codes["bitwarden"], codes["otpauth"] = seen
    codes["pyotp"] = read.at(0 if isinstance(read, pyotp.HOTP) else now)
    return now, codes


keep([TIMED, COUNTED])
now, timed = ask("Q", TIMED)
print("timed:", timed)
assert len(set(timed.values())) == 1, "they do not agree on a timed address"
now, counted = ask("g", COUNTED)
half_minute = pyotp.TOTP(SECRET).at(now)
print("counted:", counted, "of the half minute:", half_minute)
assert counted == {"bitwarden": half_minute, "keepassxc": half_minute, "otpauth": "755224", "pyotp": "755224"}
PY
v/bin/python ask.py
