#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# People read their mail with a realm's access token for a password, or by a program that knows OAuth. Both end at Dovecot, which asks or
# verifies (passdb oauth2); here it takes every password, so that nothing but the token's way to it is looked at. A token of a realm as it
# comes (RS256) has some 1,100 bytes for a user who may do nothing, and some thousands for one with many roles. How long may it be?
#
# Expected: 8 KB or more, as in HTTP, and by whichever of the ways that IMAP and POP3 have for one and the same password.
# Seen: 1,024 bytes by LOGIN (IMAP) and PASS (POP3), 6,136 by AUTHENTICATE and AUTH. So no user comes in by LOGIN with a usual token, and
# by the other way all but those with many roles. Which one a program takes for a password is its own affair: imaplib's login() and
# poplib's pass_() are the short ones. "Input buffer full" says nothing of a password; by AUTHENTICATE the connection just closes. The
# log has "Authentication response too large", and no name of a user. There is no setting for either.
# For us: tokens signed with ES256 have some 800 bytes, lightweight ones 750; docs/usage/provider-programs.md says how.
#
# Debian 12: dovecot-core, dovecot-imapd and dovecot-pop3d 2.3.19.1 (run as root), Python's imaplib and poplib.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

version=1:2.3.19.1+dfsg1-2.1+deb12u7
mkdir debs
(cd debs && apt-get -qq download dovecot-{core,imapd,pop3d}=$version libapparmor1 libcap2 libexttextcat-2.0-0 libicu72 liblua5.4-0 \
    liblzma5 libpam0g libsodium23 libstemmer0d libsystemd0 libtirpc3 libunwind8 libwrap0 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done

cat >ports.py <<'PY'
import socket

sockets = [socket.socket() for _ in range(2)]
for each in sockets:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))
PY
read -r imap pop3 < <(python3 ports.py)
cat >dovecot.conf <<CONF
base_dir = $work/run
state_dir = $work/run
log_path = $work/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
auth_verbose = yes
default_internal_user = root
default_internal_group = root
default_login_user = nobody
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = $pop3
  }
}
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$work/home mail=maildir:$work/home/mail
}
CONF
mkdir home
chown nobody:nogroup home

# The longest token that comes in by each way, and what is said of one that is a byte longer.
cat >ask.py <<'PY'
import base64
import contextlib
import imaplib
import poplib
import sys

IMAP, POP3 = int(sys.argv[1]), int(sys.argv[2])


@contextlib.contextmanager
def connection(kind, port):
    made = kind("127.0.0.1", port)
    try:
        yield made
    finally:
        with contextlib.suppress(OSError):
            made.sock.close()


def proof(token):
    return base64.b64encode(b"\0ann\0" + token.encode())


def imap_login(token):
    with connection(imaplib.IMAP4, IMAP) as mail:
        mail.login("ann", token)


def imap_authenticate(token):
    with connection(imaplib.IMAP4, IMAP) as mail:
        mail.authenticate("PLAIN", lambda _: b"\0ann\0" + token.encode())


def imap_authenticate_at_once(token):
    with connection(imaplib.IMAP4, IMAP) as mail:
        mail.send(b"a AUTHENTICATE PLAIN " + proof(token) + b"\r\n")
        while not (line := mail.readline()).startswith(b"a OK"):
            if line.startswith((b"a ", b"* BYE")) or not line:
                raise imaplib.IMAP4.error(line.decode().strip())


def pop3_pass(token):
    with connection(poplib.POP3, POP3) as mail:
        mail.user("ann")
        mail.pass_(token)


def pop3_auth(token):
    with connection(poplib.POP3, POP3) as mail:
        mail._shortcmd("AUTH PLAIN")
        mail._shortcmd(proof(token).decode())


def refusal(way, size):
    try:
        way("t" * size)
    except (OSError, imaplib.IMAP4.error, poplib.error_proto) as error:
        text = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        return text.split("=> ")[-1] if "full" in text else "connection closed"
    return None


for way in (imap_login, pop3_pass, imap_authenticate, imap_authenticate_at_once, pop3_auth):
    good, bad = 100, 100000
    assert refusal(way, good) is None, refusal(way, good)
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if refusal(way, middle) is None else (good, middle)
    print(f"{way.__name__}: {good} bytes; more: {refusal(way, bad)}")
PY
cat >ask.sh <<'SHELL'
dovecot -c dovecot.conf
python3 ask.py "$1" "$2" || true
doveadm -c dovecot.conf stop
SHELL
# Dovecot knows where it lies: for it alone, /usr has the package's files, too.
unshare --mount bash -c "mount -t overlay overlay -o lowerdir=$work/root/usr:/usr /usr; . ./ask.sh" ask "$imap" "$pop3" >seen
grep -oE 'Disconnected: (Input|Authentication)[a-z ]*[a-z]' dovecot.log | sort -u >>seen
cat seen
cat >expected <<'TEXT'
imap_login: 1024 bytes; more: Input buffer full, aborting
pop3_pass: 1024 bytes; more: -ERR Input buffer full, aborting
imap_authenticate: 6136 bytes; more: connection closed
imap_authenticate_at_once: 6136 bytes; more: connection closed
pop3_auth: 6136 bytes; more: connection closed
Disconnected: Authentication response too large
Disconnected: Input buffer full
TEXT
diff expected seen
